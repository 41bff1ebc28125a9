#include "view/reply_fold.h"

#include <stdlib.h>

#include "base/message.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/ticket_view.h"
#include "view/window_view.h"

/* ---- what an event is about */

static const ProtobufCMessage *body_of(const Halld__Event *e)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)e->body_case);
    return f ? *(const ProtobufCMessage *const *)((const char *)e + f->offset) : NULL;
}

static const void *field_of(const ProtobufCMessage *body, const char *name, ProtobufCType type)
{
    const ProtobufCFieldDescriptor *f =
        body ? protobuf_c_message_descriptor_get_field_by_name(body->descriptor, name) : NULL;
    return f && f->type == type ? (const char *)body + f->offset : NULL;
}

static uint64_t ticket_of(const Halld__Event *e)
{
    if (e->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
        return e->seq;
    const uint64_t *ticket = field_of(body_of(e), "ticket", PROTOBUF_C_TYPE_UINT64);
    return ticket ? *ticket : 0;
}

/* The window that an event happens at: a transfer's is where it left. */
static int window_of(const Halld__Event *e)
{
    if (e->body_case == HALLD__EVENT__BODY_TICKET_TRANSFERRED)
        return e->ticket_transferred->from;
    const int32_t *window = field_of(body_of(e), "window", PROTOBUF_C_TYPE_INT32);
    return window ? *window : 0;
}

/* ---- the ticket */

static void set_window(Halld__TicketView *v, int window)
{
    v->has_window_case = HALLD__TICKET_VIEW__HAS_WINDOW_WINDOW;
    v->window = window;
}

static void set_ahead(Halld__TicketView *v, int ahead)
{
    v->has_ahead_case = HALLD__TICKET_VIEW__HAS_AHEAD_AHEAD;
    v->ahead = ahead;
}

static void set_repeat(Halld__TicketView *v, int repeat)
{
    v->has_repeat_case = HALLD__TICKET_VIEW__HAS_REPEAT_REPEAT;
    v->repeat = repeat;
}

static void set_ended(Halld__TicketView *v, Halld__TicketState__E state, int64_t at)
{
    v->state = state;
    v->has_ended_case = HALLD__TICKET_VIEW__HAS_ENDED_ENDED_AT;
    v->ended_at = at;
}

static void replace(char **field, const char *text)
{
    if (*field != protobuf_c_empty_string)
        free(*field);
    build_set(field, text);
}

static void replace_item(struct reply_fold *f, const char *item)
{
    replace(&f->ticket->item, "");
    replace(&f->ticket->item_name, "");
    ticket_view_set_item(f->ticket, hall_setup(f->hall), item);
}

static void ticket_issued(struct reply_fold *f, const Halld__Event *e)
{
    const Halld__TicketIssued *i = e->ticket_issued;
    Halld__TicketView *v = f->ticket;
    replace(&v->number, i->number);
    replace(&v->queue, i->queue);
    replace(&v->class_, i->class_);
    replace_item(f, i->item);
    v->origin = i->origin;
    v->channel = i->channel;
    v->issued_at = i->key ? i->key->t0 : e->at;
    v->state = HALLD__TICKET_STATE__E__waiting;
    set_ahead(v, i->ahead);
    if (i->token.len == 16)
        ticket_view_set_link(v, i->token.data, f->public_url);
    if (i->has_p50_case == HALLD__TICKET_ISSUED__HAS_P50_WAIT_P50_S) {
        v->has_p50_case = HALLD__TICKET_VIEW__HAS_P50_WAIT_P50_S;
        v->wait_p50_s = i->wait_p50_s;
    }
    if (i->has_p90_case == HALLD__TICKET_ISSUED__HAS_P90_WAIT_P90_S) {
        v->has_p90_case = HALLD__TICKET_VIEW__HAS_P90_WAIT_P90_S;
        v->wait_p90_s = i->wait_p90_s;
    }
}

static void ticket_called(struct reply_fold *f, const Halld__Event *e)
{
    const Halld__TicketCalled *c = e->ticket_called;
    Halld__TicketView *v = f->ticket;
    f->call = c;
    replace(&v->number, c->number);
    replace(&v->class_, c->class_);
    replace_item(f, c->item);
    v->issued_at = c->t0_at;
    v->state = HALLD__TICKET_STATE__E__called;
    v->unheld = false;
    v->has_ahead_case = HALLD__TICKET_VIEW__HAS_AHEAD__NOT_SET;
    set_window(v, c->window);
    v->has_called_case = HALLD__TICKET_VIEW__HAS_CALLED_CALLED_AT;
    v->called_at = e->at;
    set_repeat(v, 1);
}

static void ticket_repeated(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__called;
    set_window(f->ticket, e->call_repeated->window);
    set_repeat(f->ticket, e->call_repeated->repeat);
}

static void ticket_started(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__serving;
    set_window(f->ticket, e->service_started->window);
    f->ticket->has_started_case = HALLD__TICKET_VIEW__HAS_STARTED_STARTED_AT;
    f->ticket->started_at = e->service_started->started_at;
}

static void ticket_held(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__held;
    set_window(f->ticket, e->ticket_held->window);
}

static void ticket_unheld(struct reply_fold *f, const Halld__Event *e)
{
    (void)e;
    f->ticket->state = HALLD__TICKET_STATE__E__waiting;
    f->ticket->unheld = true;
}

static void ticket_finished(struct reply_fold *f, const Halld__Event *e)
{
    set_ended(f->ticket, HALLD__TICKET_STATE__E__done, e->at);
    set_window(f->ticket, e->ticket_finished->window);
    f->ticket->has_outcome_case = HALLD__TICKET_VIEW__HAS_OUTCOME_OUTCOME;
    f->ticket->outcome = e->ticket_finished->outcome;
}

static void ticket_transferred(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__waiting;
    replace(&f->ticket->queue, e->ticket_transferred->queue);
    replace_item(f, e->ticket_transferred->item);
    f->ticket->has_leg_case = HALLD__TICKET_VIEW__HAS_LEG_LEG;
    f->ticket->leg = e->ticket_transferred->leg;
}

static void ticket_missed(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__missed;
    f->ticket->has_due_case = HALLD__TICKET_VIEW__HAS_DUE_DUE_AT;
    f->ticket->due_at = e->ticket_missed->due_at;
}

static void ticket_back(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->state = HALLD__TICKET_STATE__E__waiting;
    set_ahead(f->ticket, e->reported_back->ahead);
}

static void ticket_cancelled(struct reply_fold *f, const Halld__Event *e)
{
    set_ended(f->ticket, HALLD__TICKET_STATE__E__cancelled, e->at);
}

static void ticket_expired(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->has_due_case = HALLD__TICKET_VIEW__HAS_DUE__NOT_SET;
    set_ended(f->ticket, HALLD__TICKET_STATE__E__expired, e->at);
}

/* A corrected class does not move the ticket: its state is the hall's. */
static void ticket_class(struct reply_fold *f, const Halld__Event *e)
{
    const struct ticket *t = queue_ticket_find(hall_queue(f->hall), f->ticket->id);
    replace(&f->ticket->class_, e->class_changed->class_);
    if (t)
        f->ticket->state = t->state;
}

/* ---- the window */

static void set_state(struct reply_fold *f, const Halld__Event *e, Halld__WindowState__E state, const char *number)
{
    Halld__WindowView *v = f->window;
    v->state = state;
    v->since_at = e->at;
    if (v->has_number_case == HALLD__WINDOW_VIEW__HAS_NUMBER_NUMBER)
        replace(&v->number, "");
    v->has_number_case = number ? HALLD__WINDOW_VIEW__HAS_NUMBER_NUMBER : HALLD__WINDOW_VIEW__HAS_NUMBER__NOT_SET;
    v->number = number ? build_text(number) : NULL;
}

/* A ticket came or left; a window that drains goes on draining. */
static void set_state_draining(struct reply_fold *f, const Halld__Event *e, Halld__WindowState__E state,
                               const char *number)
{
    const struct window *w = queue_window_find(hall_queue(f->hall), f->window->window);
    bool drains = w && w->state == HALLD__WINDOW_STATE__E__draining;
    set_state(f, e, drains ? HALLD__WINDOW_STATE__E__draining : state, number);
}

static void window_busy(struct reply_fold *f, const Halld__Event *e)
{
    const struct ticket *t = queue_ticket_find(hall_queue(f->hall), ticket_of(e));
    set_state_draining(f, e, HALLD__WINDOW_STATE__E__busy, t ? t->number : "");
}

static void window_empty(struct reply_fold *f, const Halld__Event *e)
{
    set_state_draining(f, e, HALLD__WINDOW_STATE__E__open, NULL);
}

static void window_open(struct reply_fold *f, const Halld__Event *e)
{
    set_state(f, e, HALLD__WINDOW_STATE__E__open, NULL);
}

static void window_ready(struct reply_fold *f, const Halld__Event *e)
{
    set_state(f, e, HALLD__WINDOW_STATE__E__ready, NULL);
}

static void window_break(struct reply_fold *f, const Halld__Event *e)
{
    set_state(f, e, HALLD__WINDOW_STATE__E__break, NULL);
}

static void window_suspended(struct reply_fold *f, const Halld__Event *e)
{
    set_state(f, e, HALLD__WINDOW_STATE__E__suspended, NULL);
}

static void window_closed(struct reply_fold *f, const Halld__Event *e)
{
    set_state(f, e, HALLD__WINDOW_STATE__E__closed, NULL);
}

/* It may still have its ticket, as the hall says. */
static void window_draining(struct reply_fold *f, const Halld__Event *e)
{
    f->window->state = HALLD__WINDOW_STATE__E__draining;
    f->window->since_at = e->at;
}

static void ticket_printed(struct reply_fold *f, const Halld__Event *e)
{
    f->ticket->has_slip_case = HALLD__TICKET_VIEW__HAS_SLIP_SLIP;
    f->ticket->slip = e->ticket_printed->ok ? HALLD__SLIP__E__printed : HALLD__SLIP__E__failed;
}

/* ---- the fold */

typedef void fold_event(struct reply_fold *f, const Halld__Event *e);

static const struct {
    fold_event *ticket, *window;
} folds[] = {
    [HALLD__EVENT__BODY_TICKET_ISSUED] = {ticket_issued, NULL},
    [HALLD__EVENT__BODY_TICKET_CALLED] = {ticket_called, window_busy},
    [HALLD__EVENT__BODY_CALL_REPEATED] = {ticket_repeated, window_busy},
    [HALLD__EVENT__BODY_SERVICE_STARTED] = {ticket_started, window_busy},
    [HALLD__EVENT__BODY_TICKET_HELD] = {ticket_held, window_empty},
    [HALLD__EVENT__BODY_TICKET_UNHELD] = {ticket_unheld, NULL},
    [HALLD__EVENT__BODY_TICKET_FINISHED] = {ticket_finished, window_empty},
    [HALLD__EVENT__BODY_TICKET_TRANSFERRED] = {ticket_transferred, window_empty},
    [HALLD__EVENT__BODY_TICKET_MISSED] = {ticket_missed, window_empty},
    [HALLD__EVENT__BODY_REPORTED_BACK] = {ticket_back, NULL},
    [HALLD__EVENT__BODY_TICKET_CANCELLED] = {ticket_cancelled, NULL},
    [HALLD__EVENT__BODY_TICKET_EXPIRED] = {ticket_expired, NULL},
    [HALLD__EVENT__BODY_CLASS_CHANGED] = {ticket_class, NULL},
    [HALLD__EVENT__BODY_TICKET_PRINTED] = {ticket_printed, NULL},
    [HALLD__EVENT__BODY_WINDOW_OPENED] = {NULL, window_open},
    [HALLD__EVENT__BODY_WINDOW_READY] = {NULL, window_ready},
    [HALLD__EVENT__BODY_WINDOW_BREAK] = {NULL, window_break},
    [HALLD__EVENT__BODY_WINDOW_RESUMED] = {NULL, window_open},
    [HALLD__EVENT__BODY_WINDOW_SUSPENDED] = {NULL, window_suspended},
    [HALLD__EVENT__BODY_WINDOW_DRAINING] = {NULL, window_draining},
    [HALLD__EVENT__BODY_WINDOW_CLOSED] = {NULL, window_closed},
};

static uint64_t choose_ticket(const struct answer *a, enum reply_about about)
{
    uint64_t chosen = 0;
    for (size_t i = 0; i < a->n_events; i++) {
        bool called = a->events[i]->body_case == HALLD__EVENT__BODY_TICKET_CALLED;
        if (about == REPLY_CALLED_TICKET ? called : chosen == 0)
            chosen = ticket_of(a->events[i]);
    }
    return chosen;
}

static int choose_window(const struct answer *a)
{
    for (size_t i = 0; i < a->n_events; i++)
        if (window_of(a->events[i]) > 0)
            return window_of(a->events[i]);
    return 0;
}

/* A ticket that the hall forgot (a repeat after its day) has only its id and what the events say. */
static Halld__TicketView *begin_ticket(const struct hall *h, uint64_t id)
{
    const struct ticket *t = queue_ticket_find(hall_queue(h), id);
    if (t)
        return ticket_view_new_fixed(h, t);
    Halld__TicketView *v = MESSAGE_NEW(Halld__TicketView, &halld__ticket_view__descriptor);
    v->id = id;
    return v;
}

static Halld__WindowView *begin_window(const struct hall *h, int window)
{
    Halld__WindowView *v = window_view_new(h, window);
    if (!v) {
        v = MESSAGE_NEW(Halld__WindowView, &halld__window_view__descriptor);
        v->window = window;
    }
    return v;
}

void reply_fold(struct reply_fold *f, const struct answer *a, enum reply_about about)
{
    uint64_t ticket = choose_ticket(a, about);
    int window = choose_window(a);
    f->hall = a->hall;
    f->ticket = ticket ? begin_ticket(a->hall, ticket) : NULL;
    f->window = window ? begin_window(a->hall, window) : NULL;
    for (size_t i = 0; i < a->n_events; i++) {
        const Halld__Event *e = a->events[i];
        size_t kind = (size_t)e->body_case;
        if (kind >= sizeof folds / sizeof *folds)
            continue;
        if (ticket && folds[kind].ticket && ticket_of(e) == ticket)
            folds[kind].ticket(f, e);
        if (window && folds[kind].window && window_of(e) == window)
            folds[kind].window(f, e);
    }
}
