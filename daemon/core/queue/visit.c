/* The visit at the window: start, hold, unhold, finish, transfer. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/queue/steps.h"

enum { MISSING_MAX = 20, MISSING_MAX_BYTES = 300 };

int visit_decide_start(struct decision *d)
{
    struct window *w;
    int code = steps_window_with_ticket(d, d->command->start_service->n, &w);
    if (code)
        return code;
    if (w->ticket->state != HALLD__TICKET_STATE__E__called)
        return refuse(d->refusal, HALL_E_WRONG_STATE, "ticket", w->ticket->number);
    Halld__ServiceStarted *b = decision_begin(d, HALLD__EVENT__BODY_SERVICE_STARTED);
    b->ticket = w->ticket->id;
    b->window = w->window;
    b->started_at = d->turn->now_ms;
    decision_make(d);
    return 0;
}

void visit_apply_started(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->service_started->ticket);
    if (!t)
        abort();
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__serving);
    t->start_at = event->service_started->started_at;
    if (!t->first_start_at)
        t->first_start_at = t->start_at;
}

/* A stretch of service ends: at a hold, a transfer, the finish. */
static void end_service(struct ticket *t, int64_t at)
{
    if (t->start_at && at > t->start_at)
        t->served_ms += at - t->start_at;
    t->start_at = 0;
}

/* ---- hold */

int visit_decide_hold(struct decision *d)
{
    struct window *w;
    int code = steps_window_with_ticket(d, d->command->hold_ticket->n, &w);
    if (code)
        return code;
    steps_infer_start(d, w);
    Halld__TicketHeld *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_HELD);
    b->ticket = w->ticket->id;
    b->window = w->window;
    decision_make(d);
    steps_close_if_drained(d, w); /* with a ticket on hold it does not close; it takes up one that came back */
    return 0;
}

void visit_apply_held(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_held->ticket);
    if (!t)
        abort();
    end_service(t, event->at);
    steps_vacate(h->queue, t, event->at);
    t->held_since_at = event->at;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__held);
}

int visit_decide_unhold(struct decision *d)
{
    const Halld__UnholdTicket *c = d->command->unhold_ticket;
    struct window *w;
    int code = steps_window(d, c->n, &w);
    if (code)
        return code;
    const struct ticket *t = queue_ticket(d->hall->queue, c->ticket);
    if (!t)
        return refuse_number(d->refusal, HALL_E_NO_TICKET, "ticket", (long long)c->ticket);
    if (t->state != HALLD__TICKET_STATE__E__held || t->window != c->n)
        return refuse(d->refusal, HALL_E_WRONG_STATE, "ticket", t->number);
    Halld__TicketUnheld *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_UNHELD);
    b->ticket = t->id;
    b->window = c->n;
    decision_make(d);
    steps_assign_ticket(d, c->ticket);
    return 0;
}

void visit_apply_unheld(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_unheld->ticket);
    if (!t)
        abort();
    t->held_ms += event->at - t->held_since_at;
    t->held_since_at = 0;
    t->place.window = event->ticket_unheld->window;
    t->place.unheld = true;
    t->window = 0;
    t->wait_since_at = event->at;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__waiting);
}

/* ---- finish */

int visit_check_outcome(struct decision *d, const struct window *w, Halld__Outcome__E outcome, size_t n_missing,
                        char *const *missing)
{
    if (outcome == HALLD__OUTCOME__E__unset)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "outcome", "");
    if (outcome == HALLD__OUTCOME__E__escalated)
        return refuse(d->refusal, HALL_E_BAD_VALUE, "outcome", "escalated");
    bool tells = outcome == HALLD__OUTCOME__E__supplement;
    if (tells && !n_missing)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "missing", "");
    if (!tells && n_missing)
        return refuse(d->refusal, HALL_E_BAD_VALUE, "missing", missing[0]);
    if (n_missing > MISSING_MAX)
        return refuse_number(d->refusal, HALL_E_TOO_LONG, "missing", (long long)n_missing);
    for (size_t i = 0; i < n_missing; i++)
        if (!*missing[i] || strlen(missing[i]) > MISSING_MAX_BYTES)
            return refuse(d->refusal, *missing[i] ? HALL_E_TOO_LONG : HALL_E_FIELD_MISSING, "missing", missing[i]);
    return w->ticket ? matters_check_outcome(d, w->ticket, outcome) : 0;
}

void visit_finish(struct decision *d, struct window *w, Halld__Outcome__E outcome, size_t n_missing,
                  char *const *missing)
{
    steps_infer_start(d, w);
    Halld__TicketFinished *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_FINISHED);
    b->ticket = w->ticket->id;
    b->window = w->window;
    b->outcome = outcome;
    b->n_missing = n_missing;
    b->missing = alloc_zero((n_missing ? n_missing : 1) * sizeof *b->missing);
    for (size_t i = 0; i < n_missing; i++)
        b->missing[i] = alloc_text(missing[i]);
    decision_make(d);
    steps_close_if_drained(d, w);
}

int visit_decide_finish(struct decision *d)
{
    const Halld__FinishTicket *c = d->command->finish_ticket;
    struct window *w;
    int code = steps_window_with_ticket(d, c->n, &w);
    if (!code)
        code = visit_check_outcome(d, w, c->outcome, c->n_missing, c->missing);
    if (code)
        return code;
    visit_finish(d, w, c->outcome, c->n_missing, c->missing);
    return 0;
}

static const char *missing_lines(struct queue *q, const Halld__TicketFinished *b)
{
    struct buf lines = BUF_INIT;
    for (size_t i = 0; i < b->n_missing; i++)
        buf_add_format(&lines, "%s%s", i ? "\n" : "", b->missing[i]);
    const char *text = queue_text(q, buf_text(&lines));
    buf_fini(&lines);
    return text;
}

void visit_apply_finished(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_finished->ticket);
    if (!t)
        abort();
    end_service(t, event->at);
    if (t->window)
        queue_window(h->queue, t->window)->served++;
    steps_vacate(h->queue, t, event->at);
    t->outcome = event->ticket_finished->outcome;
    t->missing = missing_lines(h->queue, event->ticket_finished);
    t->end_at = event->at;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__done);
}

/* ---- transfer: a new leg of the same ticket, its key unchanged */

static int check_target(struct decision *d, const Halld__TransferTicket *c, const Halld__Item *item)
{
    const struct window *to = queue_window_find(d->hall->queue, c->window);
    if (c->window == c->n)
        return refuse_number(d->refusal, HALL_E_BAD_VALUE, "window", c->window);
    if (!setup_window_find(d->hall->setup, c->window))
        return refuse_number(d->refusal, HALL_E_NO_WINDOW, "window", c->window);
    if (!to || to->state == HALLD__WINDOW_STATE__E__closed || to->state == HALLD__WINDOW_STATE__E__draining)
        return refuse_number(d->refusal, HALL_E_WINDOW_CLOSED, "window", c->window);
    if (!skill_has(&to->skill, setup_group_index(d->hall->setup, item->group)))
        return refuse_number(d->refusal, HALL_E_WINDOW_LACKS_SKILL, "window", c->window);
    return 0;
}

static void transfer(struct decision *d, struct window *w, const Halld__Item *item, int to)
{
    uint64_t id = w->ticket->id;
    Halld__TicketTransferred *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_TRANSFERRED);
    b->ticket = id;
    b->from = w->window;
    b->queue = alloc_text(item->queue);
    b->item = alloc_text(item->item);
    b->group = alloc_text(item->group);
    b->window = to;
    b->leg = w->ticket->leg + 1;
    decision_make(d);
    steps_assign_ticket(d, id);
    steps_close_if_drained(d, w);
}

int visit_decide_transfer(struct decision *d)
{
    const Halld__TransferTicket *c = d->command->transfer_ticket;
    const Halld__Item *item;
    struct window *w;
    int code = steps_window_with_ticket(d, c->n, &w);
    if (code)
        return code;
    const struct ticket *t = w->ticket;
    if (!*c->item && !*c->queue && !c->window)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "queue", "");
    bool same = !*c->item && !*c->queue;
    code = steps_item(d, same ? t->item : c->item, same ? "" : c->queue, &item);
    if (!code && c->window)
        code = check_target(d, c, item);
    if (code)
        return code;
    transfer(d, w, item, c->window);
    return 0;
}

/* An open window of the role that serves the group; 0 if there is none. */
static int open_window_of(const struct decision *d, const char *role, const char *group)
{
    const struct queue *q = d->hall->queue;
    int index = setup_group_index(d->hall->setup, group);
    for (size_t i = 0; i < q->n_windows; i++) {
        const Halld__Window *row = setup_window_find(d->hall->setup, q->windows[i]->window);
        const ProtobufCEnumValue *v =
            row ? protobuf_c_enum_descriptor_get_value(&halld__window_role__e__descriptor, (int)row->role) : NULL;
        Halld__WindowState__E state = q->windows[i]->state;
        if (v && strcmp(v->name, role) == 0 && index >= 0 && skill_has(&q->windows[i]->skill, index) &&
            state != HALLD__WINDOW_STATE__E__closed && state != HALLD__WINDOW_STATE__E__draining)
            return q->windows[i]->window;
    }
    return 0;
}

/* The ticket's own item if such a window serves it, else the default of the first queue that one serves. */
void visit_walk(struct decision *d, uint64_t ticket, const char *role)
{
    const struct ticket *t = queue_ticket(d->hall->queue, ticket);
    struct window *w = t && t->window ? queue_window(d->hall->queue, t->window) : NULL;
    if (!w || w->ticket != t)
        return; /* it is nowhere that it could walk from */
    const Halld__Settings *s = setup_settings(d->hall->setup);
    const Halld__Item *item = setup_item_find(d->hall->setup, t->item);
    int to = item ? open_window_of(d, role, item->group) : 0;
    for (size_t i = 0; !to && i < s->n_queues; i++) {
        item = setup_item_find(d->hall->setup, s->queues[i]->default_item);
        to = item ? open_window_of(d, role, item->group) : 0;
    }
    if (!to || to == w->window)
        return;
    steps_infer_start(d, w);
    transfer(d, w, item, to);
}

void visit_apply_transferred(struct hall *h, const Halld__Event *event)
{
    const Halld__TicketTransferred *b = event->ticket_transferred;
    struct ticket *t = queue_ticket(h->queue, b->ticket);
    if (!t)
        abort();
    end_service(t, event->at);
    steps_vacate(h->queue, t, event->at);
    t->queue = queue_text(h->queue, b->queue);
    t->item = queue_text(h->queue, b->item);
    t->group = queue_text(h->queue, b->group);
    t->place.group = setup_group_index(h->setup, b->group);
    if (t->place.group < 0)
        abort();
    t->place.window = b->window;
    t->place.unheld = false;
    t->window = 0;
    t->leg = b->leg;
    t->wait_since_at = event->at;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__waiting);
}
