/* A ticket is issued: item, queue, class, number, key. Numbers are unique per (date, letter). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/steps.h"

/* What the ticket will be, before its event. */
struct wanted {
    const Halld__Item *item;
    const Halld__PersonClass *class_row;
    int64_t t0;
};

static int find_item(struct decision *d, const Halld__IssueTicket *c, const Halld__Item **ret)
{
    return steps_item(d, c->item, c->queue, ret);
}

static int find_class(struct decision *d, const Halld__IssueTicket *c, const Halld__PersonClass **ret)
{
    const char *name = *c->class_ ? c->class_ : "normal";
    *ret = setup_class_find(d->hall->setup, name);
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
    if (setup_group_index(d->hall->setup, item->group) < 0)
        return refuse(d->refusal, HALL_E_UNKNOWN_ITEM, "item", item->item);
    return 0;
}

static int check(struct decision *d, struct wanted *w)
{
    const Halld__IssueTicket *c = d->command->issue_ticket;
    int code = find_item(d, c, &w->item);
    if (!code)
        code = find_class(d, c, &w->class_row);
    if (!code)
        code = find_t0(d, c, &w->t0);
    if (!code && d->hall->queue->day.closed)
        code = refuse(d->refusal, HALL_E_HALL_CLOSED, "", "");
    if (!code && !c->has_t0_case && !gives_tickets(d->hall, d->turn->now_ms))
        code = refuse(d->refusal, HALL_E_HALL_CLOSED, "", "");
    return code ? code : check_room(d, w->item);
}

static Halld__Channel__E channel_of(const struct decision *d)
{
    Halld__Channel__E said = d->command->issue_ticket->channel;
    if (said != HALLD__CHANNEL__E__unset)
        return said;
    return d->turn->role == HALLD__ROLE__E__kiosk ? HALLD__CHANNEL__E__kiosk : HALLD__CHANNEL__E__counter;
}

static int count_ahead(const struct hall *h, const Halld__Item *item, const struct key *key)
{
    struct skill reach = queue_reach(h->queue, h->setup, setup_group_index(h->setup, item->group));
    return (int)line_count_before(h->queue->line, &reach, key);
}

int issue_decide(struct decision *d)
{
    struct wanted w = {0};
    int code = check(d, &w);
    if (code)
        return code;
    const struct counter *counter = queue_counter_find(d->hall->queue, w.item->queue);
    struct key key = {w.t0 - (int64_t)w.class_row->head_start_s * 1000, w.t0, decision_seq(d), 0};
    Halld__TicketIssued *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_ISSUED);
    b->no = counter ? counter->next : 1;
    b->number = alloc_format("%s%03d", w.item->queue, b->no);
    b->queue = alloc_text(w.item->queue);
    b->item = alloc_text(w.item->item);
    b->group = alloc_text(w.item->group);
    b->class_ = alloc_text(w.class_row->class_);
    b->channel = channel_of(d);
    b->key = decision_key(&key);
    b->ahead = count_ahead(d->hall, w.item, &key);
    b->token = (ProtobufCBinaryData){16, alloc_copy(d->turn->random, 16)};
    uint64_t id = key.seq;
    decision_make(d);
    steps_assign_ticket(d, id);
    return 0;
}

void issue_apply(struct hall *h, const Halld__Event *event)
{
    const Halld__TicketIssued *b = event->ticket_issued;
    struct queue *q = h->queue;
    if (b->token.len != 16 || !b->key)
        abort(); /* no journal of ours */
    struct ticket *t = queue_ticket_add(q, event->seq, b->token.data);
    snprintf(t->number, sizeof t->number, "%s", b->number);
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
    struct counter *c = queue_counter(q, b->queue);
    if (b->no >= c->next)
        c->next = b->no + 1;
    c->issued++;
    ticket_enter(q, t, HALLD__TICKET_STATE__E__waiting);
}
