/* Out of the line and back: cancelled, expired, reported back, a claim withdrawn. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/steps.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool token_from_text(const char *text, uint8_t token[16])
{
    if (strlen(text) != 32)
        return false;
    for (int i = 0; i < 16; i++) {
        int high = hex(text[2 * i]), low = hex(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        token[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

void token_to_text(const uint8_t token[16], char text[33])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        text[2 * i] = digits[token[i] >> 4];
        text[2 * i + 1] = digits[token[i] & 15];
    }
    text[32] = '\0';
}

/* By id, or by the link's token (token wins if given). */
static int find(struct decision *d, uint64_t id, const char *token, struct ticket **ret)
{
    uint8_t bytes[16];
    const struct ticket *t = NULL;
    if (token && token_from_text(token, bytes))
        t = queue_ticket_by_token(d->hall->queue, bytes);
    else if (!token)
        t = queue_ticket_find(d->hall->queue, id);
    if (!t)
        return refuse(d->refusal, HALL_E_NO_TICKET, token ? "token" : "id", "");
    *ret = queue_ticket(d->hall->queue, t->id);
    return 0;
}

int leave_decide_cancel(struct decision *d)
{
    const Halld__CancelTicket *c = d->command->cancel_ticket;
    bool by_link = c->which_case == HALLD__CANCEL_TICKET__WHICH_TOKEN;
    struct ticket *t;
    int code = find(d, by_link ? 0 : c->id, by_link ? c->token : NULL, &t);
    if (!code && ticket_is_over(t))
        code = refuse(d->refusal, HALL_E_TICKET_OVER, "ticket", t->number);
    if (!code && !ticket_may_move(t, HALLD__TICKET_STATE__E__cancelled))
        code = refuse(d->refusal, HALL_E_TICKET_NOT_WAITING, "ticket", t->number);
    if (!code && (!by_link || *c->reason))
        code = steps_reason(d, c->reason);
    if (code)
        return code;
    Halld__TicketCancelled *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_CANCELLED);
    b->ticket = t->id;
    b->reason = alloc_text(by_link ? "person" : c->reason);
    decision_make(d);
    return 0;
}

void leave_apply_cancelled(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_cancelled->ticket);
    if (!t)
        abort();
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__cancelled);
    t->end_at = event->at;
}

void leave_apply_expired(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_expired->ticket);
    if (!t)
        abort();
    if (t->start_at && event->at > t->start_at)
        t->served_ms += event->at - t->start_at;
    t->start_at = 0;
    steps_vacate(h->queue, t, event->at);
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__expired);
    t->end_at = event->at;
}

/* Behind the third waiting ticket with an open gate that a window with its skill could serve; behind the last if
 * there are fewer; e = now if there are none. Windows in service count, and its own group always: a day's trace tells
 * the key. */
static struct key report_back_key(const struct decision *d, const struct ticket *t)
{
    const struct hall *h = d->hall;
    struct skill reach = queue_reach_now(h->queue, t->place.group);
    size_t behind = (size_t)setup_policy(h->setup)->report_back_behind;
    const struct place *p = line_nth(h->queue->line, &reach, behind - 1);
    if (p)
        return (struct key){p->key.e, p->key.t0, p->key.seq, decision_seq(d)};
    return (struct key){d->turn->now_ms, t->place.t0, t->place.seq, decision_seq(d)};
}

int leave_decide_report_back(struct decision *d)
{
    const Halld__ReportBack *c = d->command->report_back;
    bool by_link = c->which_case == HALLD__REPORT_BACK__WHICH_TOKEN;
    struct ticket *t;
    int code = find(d, by_link ? 0 : c->id, by_link ? c->token : NULL, &t);
    if (!code && t->state == HALLD__TICKET_STATE__E__expired)
        code = refuse(d->refusal, HALL_E_REPORT_BACK_LATE, "ticket", t->number);
    if (!code && t->state != HALLD__TICKET_STATE__E__missed)
        code = refuse(d->refusal, ticket_is_over(t) ? HALL_E_TICKET_OVER : HALL_E_WRONG_STATE, "ticket", t->number);
    if (!code && d->turn->now_ms > t->due_at)
        code = refuse(d->refusal, HALL_E_REPORT_BACK_LATE, "ticket", t->number);
    if (code)
        return code;
    struct key key = report_back_key(d, t);
    struct skill reach = queue_reach(d->hall->queue, d->hall->setup, t->place.group);
    Halld__ReportedBack *b = decision_begin(d, HALLD__EVENT__BODY_REPORTED_BACK);
    b->ticket = t->id;
    b->key = decision_key(&key);
    b->ahead = (int32_t)line_count_before(d->hall->queue->line, &reach, &key);
    uint64_t id = t->id;
    decision_make(d);
    steps_assign_ticket(d, id);
    return 0;
}

void leave_apply_reported_back(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->reported_back->ticket);
    if (!t || !event->reported_back->key)
        abort();
    key_from_event(&t->place.key, event->reported_back->key);
    t->place.gate = 0;
    t->due_at = 0;
    t->wait_since_at = event->at;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__waiting);
}

/* The window sees the claim and may correct it, with a reason: the walk-in key anew. */
int leave_decide_class(struct decision *d)
{
    const Halld__ChangeClass *c = d->command->change_class;
    struct ticket *t;
    int code = find(d, c->id, NULL, &t);
    if (!code && ticket_is_over(t))
        code = refuse(d->refusal, HALL_E_TICKET_OVER, "ticket", t->number);
    if (!code && !setup_class_find(d->hall->setup, c->class_))
        code = refuse(d->refusal, HALL_E_UNKNOWN_CLASS, "class", c->class_);
    if (!code)
        code = steps_reason(d, c->reason);
    if (code || strcmp(c->class_, t->class_name) == 0)
        return code;
    struct key key = {t->place.t0 - setup_head_start_ms(d->hall->setup, c->class_), t->place.t0, t->place.seq, 0};
    Halld__ClassChanged *b = decision_begin(d, HALLD__EVENT__BODY_CLASS_CHANGED);
    b->ticket = t->id;
    b->class_ = alloc_text(c->class_);
    b->key = decision_key(&key);
    b->reason = alloc_text(c->reason);
    decision_make(d);
    return 0;
}

void leave_apply_class(struct hall *h, const Halld__Event *event)
{
    const Halld__ClassChanged *b = event->class_changed;
    struct ticket *t = queue_ticket(h->queue, b->ticket);
    if (!t || !b->key)
        abort();
    bool waits = t->state == HALLD__TICKET_STATE__E__waiting;
    if (waits)
        line_remove(h->queue->line, &t->place);
    t->class_name = queue_text(h->queue, b->class_);
    key_from_event(&t->place.key, b->key);
    if (waits)
        line_add(h->queue->line, &t->place);
}
