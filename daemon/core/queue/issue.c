/* A ticket is issued: item, queue, class, number, key. Numbers are unique per (date, letter). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/issue.h"
#include "core/queue/steps.h"

int issue_class(struct decision *d, const char *name, const Halld__PersonClass **ret)
{
    *ret = setup_class_find(d->hall->setup, *name ? name : "normal");
    if (!*ret)
        return refuse(d->refusal, HALL_E_UNKNOWN_CLASS, "class", name);
    if (d->turn->role <= HALLD__ROLE__E__kiosk && (*ret)->head_start_s > 0 && !(*ret)->kiosk)
        return refuse(d->refusal, HALL_E_CLASS_NOT_GRANTED, "class", name);
    return 0;
}

/* Tickets are given in opening hours, until some time before the last closing. */
static bool gives_tickets(const struct hall *h, int64_t now)
{
    const struct day *day = &h->queue->day;
    if (!queue_is_open(h->queue, now))
        return false;
    int64_t last = day->open[day->n_open - 1].to - setup_policy(h->setup)->last_ticket_before_close;
    return now < last;
}

/* A paper ticket counts from when it was given, on this day and not in the future; only staff enter one. */
static int find_t0(struct decision *d, const Halld__IssueTicket *c, int64_t *ret)
{
    *ret = d->turn->now_ms;
    if (!c->has_t0_case)
        return 0;
    if (d->turn->role <= HALLD__ROLE__E__kiosk)
        return refuse(d->refusal, HALL_E_WRONG_ROLE, "t0_at", "");
    if (c->first_case)
        return refuse(d->refusal, HALL_E_BAD_VALUE, "t0_at", ""); /* a return's trace has one time */
    const struct day *day = &d->hall->queue->day;
    if (c->t0_at > d->turn->now_ms || !day->n_open || c->t0_at < day->end_at - INT64_C(90000000) ||
        c->t0_at < day->open[0].from)
        return refuse(d->refusal, HALL_E_BAD_VALUE, "t0_at", "");
    *ret = c->t0_at;
    return 0;
}

static int check_room(struct decision *d, const Halld__Item *item)
{
    const Halld__Queue *q = setup_queue_find(d->hall->setup, item->queue);
    const struct counter *c = queue_counter_find(d->hall->queue, item->queue);
    if (q && q->max_tickets > 0 && c && c->issued >= q->max_tickets)
        return refuse(d->refusal, HALL_E_NO_TICKETS_LEFT, "queue", item->queue);
    return 0;
}

static int check_day(struct decision *d, const Halld__Item *item, bool on_paper)
{
    if (d->hall->queue->day.closed || (!on_paper && !gives_tickets(d->hall, d->turn->now_ms)))
        return refuse(d->refusal, HALL_E_HALL_CLOSED, "", "");
    if (setup_group_index(d->hall->setup, item->group) < 0)
        return refuse(d->refusal, HALL_E_UNKNOWN_ITEM, "item", item->item);
    return 0;
}

int issue_check_open(struct decision *d, const Halld__Item *item)
{
    return check_day(d, item, false);
}

/* The same day again, with a missing paper: once for each ticket that ended with something still to bring. */
static int find_first(struct decision *d, const Halld__IssueTicket *c, const struct ticket **ret)
{
    const struct queue *q = d->hall->queue;
    uint8_t token[16];
    const struct ticket *t = NULL;
    if (c->first_case == HALLD__ISSUE_TICKET__FIRST_RETURN_ID && d->turn->role <= HALLD__ROLE__E__kiosk)
        return refuse(d->refusal, HALL_E_WRONG_ROLE, "return_id", "");
    if (c->first_case == HALLD__ISSUE_TICKET__FIRST_RETURN_ID)
        t = queue_ticket_find(q, c->return_id);
    else if (token_from_text(c->return_token, token))
        t = queue_ticket_by_token(q, token);
    if (!t)
        return refuse(d->refusal, HALL_E_NO_TICKET, "return", "");
    if (!queue_ticket_may_return(t))
        return refuse(d->refusal, HALL_E_NO_RETURN, "ticket", t->number);
    *ret = t;
    return 0;
}

/* Who comes back is in the class that was granted the first time, whoever granted it. */
static int find_class(struct decision *d, const char *name, const struct ticket *first, const Halld__PersonClass **ret)
{
    if (!first || *name)
        return issue_class(d, name, ret);
    *ret = setup_class_find(d->hall->setup, first->class_name);
    return *ret ? 0 : refuse(d->refusal, HALL_E_UNKNOWN_CLASS, "class", first->class_name);
}

static int check(struct decision *d, struct issue_wanted *w)
{
    const Halld__IssueTicket *c = d->command->issue_ticket;
    const struct ticket *first = NULL;
    int code = c->first_case ? find_first(d, c, &first) : 0;
    bool same = first && !*c->item && !*c->queue;
    if (!code)
        code = steps_item(d, same ? first->item : c->item, same ? "" : c->queue, &w->item);
    if (!code)
        code = find_class(d, c->class_, first, &w->class_row);
    if (!code)
        code = find_t0(d, c, &w->t0);
    if (!code)
        code = check_day(d, w->item, c->has_t0_case);
    if (!code && !first)
        code = check_room(d, w->item);
    if (first) {
        w->first = first->id;
        w->first_e = first->place.key.e;
    }
    return code;
}

/* policy.md: a walk-in counts from its issue less its class's head start; a return at most 30 minutes before, and
 * not before its first ticket, but never worse than a walk-in. */
static void place_of(const struct decision *d, struct issue_wanted *w)
{
    int64_t head = (int64_t)w->class_row->head_start_s * 1000, walk_in = w->t0 - head;
    w->e = walk_in;
    if (!w->first)
        return;
    int64_t back = w->t0 - setup_policy(d->hall->setup)->return_head;
    int64_t e = w->first_e > back ? w->first_e : back;
    w->origin = HALLD__ORIGIN__E__return;
    w->e = e < walk_in ? e : walk_in;
}

static Halld__Channel__E channel_of(const struct decision *d)
{
    bool issues = d->command->body_case == HALLD__COMMAND__BODY_ISSUE_TICKET;
    if (issues && d->command->issue_ticket->channel != HALLD__CHANNEL__E__unset)
        return d->command->issue_ticket->channel;
    if (d->turn->role == HALLD__ROLE__E__public)
        return HALLD__CHANNEL__E__phone;
    return d->turn->role == HALLD__ROLE__E__kiosk ? HALLD__CHANNEL__E__kiosk : HALLD__CHANNEL__E__counter;
}

static int count_ahead(const struct hall *h, const Halld__Item *item, const struct key *key)
{
    struct skill reach = queue_reach(h->queue, h->setup, setup_group_index(h->setup, item->group));
    return (int)line_count_before(h->queue->line, &reach, key);
}

/* Between two waits, as the head start lies between theirs. */
static int32_t between(int32_t less, int32_t more, int64_t part, int64_t whole)
{
    return less + (int32_t)((more - less) * part / whole);
}

/* Somebody who comes back counts as earlier than a walk-in of the class, and at most as early as the table's row. */
static struct quote_place forecast_return(const struct decision *d, const struct issue_wanted *w,
                                          const struct quote_row *row, const struct quote_place *back)
{
    int64_t class_head = (int64_t)w->class_row->head_start_s * 1000, head = d->turn->now_ms - w->e;
    struct quote_place found = {.p50_s = row->p50_s, .p90_s = row->p90_s};
    if (!back || back->head_start <= class_head || head <= class_head)
        return found;
    int64_t part = head - class_head, whole = back->head_start - class_head;
    if (part > whole)
        part = whole;
    found.p50_s = between(row->p50_s, back->p50_s, part, whole);
    found.p90_s = between(row->p90_s, back->p90_s, part, whole);
    return found;
}

/* false: nothing is. */
static bool find_forecast(const struct decision *d, const struct issue_wanted *w, struct quote_place *ret)
{
    const struct quote *q = d->turn->quote;
    const char *queue = w->item->queue, *group = w->item->group;
    if (w->origin == HALLD__ORIGIN__E__appointment) {
        const struct quote_place *slot = quote_place_find(q, queue, group, w->slot_at);
        if (slot)
            *ret = *slot;
        return slot != NULL;
    }
    const struct quote_row *row = quote_find(q, queue, group, w->class_row->class_);
    if (!row)
        return false;
    *ret = (struct quote_place){.p50_s = row->p50_s, .p90_s = row->p90_s};
    if (w->origin == HALLD__ORIGIN__E__return)
        *ret = forecast_return(d, w, row, quote_place_find(q, queue, group, 0));
    return true;
}

/* What was forecast for somebody who comes now: a walk-in, one who is back, or one who is booked. */
static void set_forecast(const struct decision *d, const struct issue_wanted *w, Halld__TicketIssued *b)
{
    struct quote_place p;
    int64_t now = d->turn->now_ms;
    if (!d->turn->quote || w->t0 != now || now - d->turn->quote->at > QUOTE_KEEPS_MS || !find_forecast(d, w, &p))
        return;
    b->has_p50_case = HALLD__TICKET_ISSUED__HAS_P50_WAIT_P50_S;
    b->wait_p50_s = p.p50_s;
    b->has_p90_case = HALLD__TICKET_ISSUED__HAS_P90_WAIT_P90_S;
    b->wait_p90_s = p.p90_s;
}

void issue_make(struct decision *d, const struct issue_wanted *w)
{
    const struct counter *counter = queue_counter_find(d->hall->queue, w->item->queue);
    struct key key = {w->e, w->t0, decision_seq(d), 0};
    Halld__TicketIssued *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_ISSUED);
    b->no = counter ? counter->next : 1;
    b->number = alloc_format("%s%03d", w->item->queue, b->no);
    b->queue = alloc_text(w->item->queue);
    b->item = alloc_text(w->item->item);
    b->group = alloc_text(w->item->group);
    b->class_ = alloc_text(w->class_row->class_);
    b->origin = w->origin;
    b->channel = channel_of(d);
    b->key = decision_key(&key);
    b->ahead = count_ahead(d->hall, w->item, &key);
    b->token = (ProtobufCBinaryData){16, alloc_copy(d->turn->random, 16)};
    if (w->gate) {
        b->has_gate_case = HALLD__TICKET_ISSUED__HAS_GATE_GATE_AT;
        b->gate_at = w->gate;
    }
    set_forecast(d, w, b);
    b->appointment = w->appointment;
    b->slot_at = w->slot_at;
    b->first = w->first;
    b->first_e_at = w->first_e;
    uint64_t id = key.seq;
    decision_make(d);
    steps_assign_ticket(d, id);
}

int issue_decide(struct decision *d)
{
    struct issue_wanted w = {0};
    int code = check(d, &w);
    if (code)
        return code;
    place_of(d, &w);
    issue_make(d, &w);
    return 0;
}

void issue_apply(struct hall *h, const Halld__Event *event)
{
    const Halld__TicketIssued *b = event->ticket_issued;
    struct queue *q = h->queue;
    if (b->token.len != 16 || !b->key)
        abort(); /* no journal of ours */
    struct ticket *t = queue_ticket_add(q, event->seq, b->token.data);
    memcpy(t->number, b->number, strnlen(b->number, sizeof t->number - 1)); /* it is zeroed */
    t->no = b->no;
    t->queue = queue_text(q, b->queue);
    t->item = queue_text(q, b->item);
    t->group = queue_text(q, b->group);
    t->class_name = queue_text(q, b->class_);
    t->origin = b->origin;
    t->channel = b->channel;
    t->issued_at = t->wait_since_at = event->at;
    t->wait_p50_s = b->has_p50_case ? b->wait_p50_s : 0;
    t->wait_p90_s = b->has_p90_case ? b->wait_p90_s : 0;
    key_from_event(&t->place.key, b->key);
    t->place.t0 = b->key->t0;
    t->place.seq = event->seq;
    t->place.gate = b->has_gate_case && b->gate_at > event->at ? b->gate_at : 0;
    t->place.group = setup_group_index(h->setup, b->group);
    if (t->place.group < 0)
        abort(); /* the settings before it had the group, or the journal is not ours */
    struct counter *c = queue_counter(q, b->queue);
    t->appointment = b->appointment;
    t->slot_at = b->slot_at;
    t->first = b->first;
    if (b->appointment)
        appointment_apply_checked_in(q, b, event->seq);
    struct ticket *first = b->first ? queue_ticket(q, b->first) : NULL;
    if (first)
        first->returned = true;
    if (b->no >= c->next)
        c->next = b->no + 1;
    c->issued++;
    ticket_enter(q, t, HALLD__TICKET_STATE__E__waiting);
}
