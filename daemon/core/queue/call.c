/* Calling: the next, once more, by name, and nobody came. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/queue/steps.h"

static int check_can_be_ready(struct decision *d, const struct window *w)
{
    if (w->state == HALLD__WINDOW_STATE__E__break || w->state == HALLD__WINDOW_STATE__E__suspended)
        return refuse_number(d->refusal, HALL_E_WINDOW_PAUSED, "window", w->window);
    if (w->state == HALLD__WINDOW_STATE__E__draining && !w->ticket)
        return refuse_number(d->refusal, HALL_E_WINDOW_CLOSED, "window", w->window);
    return 0;
}

static int check_next(struct decision *d, const struct window *w)
{
    const Halld__NextTicket *c = d->command->next_ticket;
    int code = check_can_be_ready(d, w);
    if (code)
        return code;
    if (w->ticket && c->outcome == HALLD__OUTCOME__E__unset)
        return refuse(d->refusal, HALL_E_OUTCOME_NEEDED, "ticket", w->ticket->number);
    if (!w->ticket && c->outcome != HALLD__OUTCOME__E__unset)
        return refuse_number(d->refusal, HALL_E_WINDOW_EMPTY, "window", w->window);
    return w->ticket ? visit_check_outcome(d, w, c->outcome, c->n_missing, c->missing) : 0;
}

/* Finish what is here and be ready, in one command; pressed again while ready it keeps its place. */
int call_decide_next(struct decision *d)
{
    const Halld__NextTicket *c = d->command->next_ticket;
    struct window *w;
    int code = steps_window(d, c->n, &w);
    if (!code)
        code = check_next(d, w);
    if (code)
        return code;
    if (w->ticket)
        visit_finish(d, w, c->outcome, c->n_missing, c->missing);
    if (w->state == HALLD__WINDOW_STATE__E__open)
        steps_ready(d, w);
    return 0;
}

void call_apply_called(struct hall *h, const Halld__Event *event)
{
    const Halld__TicketCalled *b = event->ticket_called;
    struct ticket *t = queue_ticket(h->queue, b->ticket);
    struct window *w = queue_window(h->queue, b->window);
    if (!t || w->ticket)
        abort();
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__called);
    t->window = b->window;
    t->place.window = 0;
    t->place.unheld = false;
    t->repeat = 1;
    t->call_at = t->repeat_at = event->at;
    t->start_at = 0;
    if (!t->first_call_at)
        t->first_call_at = event->at;
    w->ticket = t;
    w->call = (Halld__TicketCalled *)message_clone(&b->base);
    if (w->state != HALLD__WINDOW_STATE__E__draining)
        window_move(w, HALLD__WINDOW_STATE__E__busy, event->at);
}

/* The seconds still to wait until `at`, as the refusal TOO_EARLY; 0 if it is time. */
static int check_time(struct decision *d, int64_t at)
{
    if (d->turn->now_ms >= at)
        return 0;
    return refuse_number(d->refusal, HALL_E_TOO_EARLY, "wait_s", (at - d->turn->now_ms + 999) / 1000);
}

static int called_at_window(struct decision *d, int n, struct window **ret)
{
    int code = steps_window_with_ticket(d, n, ret);
    if (!code && (*ret)->ticket->state != HALLD__TICKET_STATE__E__called)
        code = refuse(d->refusal, HALL_E_WRONG_STATE, "ticket", (*ret)->ticket->number);
    return code;
}

int call_decide_repeat(struct decision *d)
{
    struct window *w;
    int code = called_at_window(d, d->command->repeat_call->n, &w);
    if (!code)
        code = check_time(d, w->ticket->repeat_at + setup_policy(d->hall->setup)->repeat_after);
    if (code)
        return code;
    Halld__CallRepeated *b = decision_begin(d, HALLD__EVENT__BODY_CALL_REPEATED);
    b->ticket = w->ticket->id;
    b->number = alloc_text(w->ticket->number);
    b->window = w->window;
    b->repeat = w->ticket->repeat + 1;
    decision_make(d);
    return 0;
}

void call_apply_repeated(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->call_repeated->ticket);
    if (!t)
        abort();
    t->repeat = event->call_repeated->repeat;
    t->repeat_at = event->at;
}

static int check_manual(struct decision *d, const struct window *w, const struct ticket *t)
{
    if (w->ticket)
        return refuse(d->refusal, HALL_E_TICKET_AT_WINDOW, "ticket", w->ticket->number);
    int code = check_can_be_ready(d, w);
    if (code)
        return code;
    if (!t)
        return refuse_number(d->refusal, HALL_E_NO_TICKET, "ticket", (long long)d->command->call_ticket->ticket);
    if (t->state != HALLD__TICKET_STATE__E__waiting)
        return refuse(d->refusal, ticket_is_over(t) ? HALL_E_TICKET_OVER : HALL_E_TICKET_NOT_WAITING, "ticket",
                      t->number);
    if (t->place.window != w->window && !skill_has(&w->skill, t->place.group))
        return refuse(d->refusal, HALL_E_WINDOW_LACKS_SKILL, "ticket", t->number);
    return steps_reason(d, d->command->call_ticket->reason);
}

/* The audited exception: a named ticket, out of order, with a reason; it changes no other key. */
int call_decide_manual(struct decision *d)
{
    const Halld__CallTicket *c = d->command->call_ticket;
    struct window *w;
    int code = steps_window(d, c->n, &w);
    if (code)
        return code;
    struct ticket *t = queue_ticket(d->hall->queue, c->ticket);
    code = check_manual(d, w, t);
    if (code)
        return code;
    steps_call(d, w, t, HALLD__RULE__E__manual, c->reason);
    return 0;
}

/* ---- nobody came */

int call_decide_miss(struct decision *d)
{
    const struct policy *p = setup_policy(d->hall->setup);
    struct window *w;
    int code = called_at_window(d, d->command->miss_ticket->n, &w);
    if (!code)
        code = check_time(d, w->ticket->call_at + p->miss_after);
    if (code)
        return code;
    const struct ticket *t = w->ticket;
    bool last = t->misses + 1 > p->max_misses;
    Halld__TicketMissed *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_MISSED);
    b->ticket = t->id;
    b->window = w->window;
    b->misses = t->misses + 1;
    b->due_at = last ? d->turn->now_ms : d->turn->now_ms + p->report_back_within;
    decision_make(d);
    if (last) {
        Halld__TicketExpired *x = decision_begin(d, HALLD__EVENT__BODY_TICKET_EXPIRED);
        x->ticket = t->id;
        x->reason = alloc_text("misses");
        decision_make(d);
    }
    steps_close_if_drained(d, w);
    return 0;
}

void call_apply_missed(struct hall *h, const Halld__Event *event)
{
    const Halld__TicketMissed *b = event->ticket_missed;
    struct ticket *t = queue_ticket(h->queue, b->ticket);
    if (!t)
        abort();
    steps_vacate(h->queue, t, event->at);
    t->misses = b->misses;
    t->due_at = b->due_at;
    t->window = 0;
    ticket_move(h->queue, t, HALLD__TICKET_STATE__E__missed);
}
