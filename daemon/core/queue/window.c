/* Windows: open, break, resume, suspend, drain, close, take over. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/queue/steps.h"

static bool same_person(const Halld__Actor *a, const Halld__Actor *b)
{
    return a && b && a->kind == b->kind && strcmp(a->id, b->id) == 0;
}

/* A person works one window; a device may act at any. */
static const struct window *other_window(const struct decision *d, int n)
{
    const struct queue *q = d->hall->queue;
    if (d->turn->actor->kind != HALLD__ACTOR_KIND__E__user)
        return NULL;
    for (size_t i = 0; i < q->n_windows; i++)
        if (q->windows[i]->window != n && same_person(q->windows[i]->clerk, d->turn->actor))
            return q->windows[i];
    return NULL;
}

int window_decide_open(struct decision *d)
{
    int n = d->command->open_window->n;
    const Halld__Window *row = setup_window_find(d->hall->setup, n);
    if (!row)
        return refuse_number(d->refusal, HALL_E_NO_WINDOW, "window", n);
    const struct day *day = &d->hall->queue->day;
    if (!day->date || day->closed)
        return refuse(d->refusal, HALL_E_DAY_CLOSED, "", "");
    const struct window *w = queue_window_find(d->hall->queue, n);
    if (w && w->state != HALLD__WINDOW_STATE__E__closed)
        return refuse_number(d->refusal, HALL_E_ALREADY_OPEN, "window", n);
    const struct window *other = other_window(d, n);
    if (other)
        return refuse_number(d->refusal, HALL_E_CLERK_AT_WINDOW, "window", other->window);
    Halld__WindowOpened *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_OPENED);
    b->window = n;
    b->all = row->all;
    b->n_groups = row->n_groups;
    b->groups = alloc_zero((row->n_groups ? row->n_groups : 1) * sizeof *b->groups);
    for (size_t i = 0; i < row->n_groups; i++)
        b->groups[i] = alloc_text(row->groups[i]);
    decision_make(d);
    return 0;
}

static void set_clerk(struct window *w, const Halld__Actor *actor)
{
    if (w->clerk)
        halld__actor__free_unpacked(w->clerk, NULL);
    w->clerk = actor ? (Halld__Actor *)message_clone(&actor->base) : NULL;
}

static void set_pause(struct queue *q, struct window *w, const char *reason, int planned_s)
{
    w->reason = queue_text(q, reason);
    w->planned_s = planned_s;
}

void window_apply_opened(struct hall *h, const Halld__Event *event)
{
    const Halld__WindowOpened *b = event->window_opened;
    struct window *w = queue_window(h->queue, b->window);
    window_move(w, HALLD__WINDOW_STATE__E__open, event->at);
    queue_window_set_skill(h->queue, h->setup, w, b->all, b->n_groups, b->groups);
    set_clerk(w, event->actor);
}

void window_apply_ready(struct hall *h, const Halld__Event *event)
{
    window_move(queue_window(h->queue, event->window_ready->window), HALLD__WINDOW_STATE__E__ready, event->at);
}

/* Into a pause: not with somebody at the window, and only where the table allows it. */
static int check_pause(struct decision *d, const struct window *w, Halld__WindowState__E to)
{
    if (w->ticket)
        return refuse(d->refusal, HALL_E_TICKET_AT_WINDOW, "ticket", w->ticket->number);
    if (!window_may_move(w, to))
        return refuse_number(d->refusal, HALL_E_WRONG_STATE, "window", w->window);
    return 0;
}

int window_decide_break(struct decision *d)
{
    const Halld__BreakWindow *c = d->command->break_window;
    struct window *w;
    int code = steps_window(d, c->n, &w);
    if (!code)
        code = check_pause(d, w, HALLD__WINDOW_STATE__E__break);
    if (!code && (c->planned_s < 0 || c->planned_s > 86400))
        code = refuse_number(d->refusal, HALL_E_BAD_VALUE, "planned_s", c->planned_s);
    if (!code)
        code = steps_reason(d, c->reason);
    if (code)
        return code;
    Halld__WindowBreak *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_BREAK);
    b->window = c->n;
    b->reason = alloc_text(c->reason);
    b->planned_s = c->planned_s;
    decision_make(d);
    return 0;
}

void window_apply_break(struct hall *h, const Halld__Event *event)
{
    const Halld__WindowBreak *b = event->window_break;
    struct window *w = queue_window(h->queue, b->window);
    window_move(w, HALLD__WINDOW_STATE__E__break, event->at);
    set_pause(h->queue, w, b->reason, b->planned_s);
}

int window_decide_resume(struct decision *d)
{
    int n = d->command->resume_window->n;
    struct window *w;
    int code = steps_window_managed(d, n, &w);
    if (code)
        return code;
    if (w->state != HALLD__WINDOW_STATE__E__break && w->state != HALLD__WINDOW_STATE__E__suspended)
        return refuse_number(d->refusal, HALL_E_WRONG_STATE, "window", n);
    Halld__WindowResumed *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_RESUMED);
    b->window = n;
    decision_make(d);
    return 0;
}

void window_apply_resumed(struct hall *h, const Halld__Event *event)
{
    struct window *w = queue_window(h->queue, event->window_resumed->window);
    window_move(w, HALLD__WINDOW_STATE__E__open, event->at);
    set_pause(h->queue, w, "", 0);
}

int window_decide_suspend(struct decision *d)
{
    const Halld__SuspendWindow *c = d->command->suspend_window;
    struct window *w;
    int code = steps_window_managed(d, c->n, &w);
    if (!code)
        code = check_pause(d, w, HALLD__WINDOW_STATE__E__suspended);
    if (!code)
        code = steps_reason(d, c->reason);
    if (code)
        return code;
    Halld__WindowSuspended *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_SUSPENDED);
    b->window = c->n;
    b->reason = alloc_text(c->reason);
    decision_make(d);
    return 0;
}

void window_apply_suspended(struct hall *h, const Halld__Event *event)
{
    const Halld__WindowSuspended *b = event->window_suspended;
    struct window *w = queue_window(h->queue, b->window);
    window_move(w, HALLD__WINDOW_STATE__E__suspended, event->at);
    set_pause(h->queue, w, b->reason, 0);
}

/* No new tickets; closed when the last one here, and the held ones, are done. */
int window_decide_drain(struct decision *d)
{
    int n = d->command->drain_window->n;
    struct window *w;
    int code = steps_window_managed(d, n, &w);
    if (!code && w->state == HALLD__WINDOW_STATE__E__draining)
        code = refuse_number(d->refusal, HALL_E_WRONG_STATE, "window", n);
    if (code)
        return code;
    Halld__WindowDraining *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_DRAINING);
    b->window = n;
    decision_make(d);
    steps_close_if_drained(d, w);
    return 0;
}

void window_apply_draining(struct hall *h, const Halld__Event *event)
{
    struct window *w = queue_window(h->queue, event->window_draining->window);
    window_move(w, HALLD__WINDOW_STATE__E__draining, event->at);
    set_pause(h->queue, w, "", 0);
}

int window_decide_close(struct decision *d)
{
    int n = d->command->close_window->n;
    struct window *w;
    int code = steps_window_managed(d, n, &w);
    if (!code && w->ticket)
        code = refuse(d->refusal, HALL_E_TICKET_AT_WINDOW, "ticket", w->ticket->number);
    if (code)
        return code;
    Halld__WindowClosed *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_CLOSED);
    b->window = n;
    b->reason = alloc_text("clerk");
    decision_make(d);
    return 0;
}

void window_apply_closed(struct hall *h, const Halld__Event *event)
{
    struct window *w = queue_window(h->queue, event->window_closed->window);
    window_move(w, HALLD__WINDOW_STATE__E__closed, event->at);
    set_clerk(w, NULL);
    set_pause(h->queue, w, "", 0);
}

int window_decide_take_over(struct decision *d)
{
    const Halld__TakeOverWindow *c = d->command->take_over_window;
    struct window *w;
    if (d->turn->role != HALLD__ROLE__E__manager && d->turn->role != HALLD__ROLE__E__admin)
        return refuse(d->refusal, HALL_E_WRONG_ROLE, "", "");
    int code = steps_window_managed(d, c->n, &w);
    if (!code)
        code = steps_reason(d, c->reason);
    if (code)
        return code;
    const struct window *other = other_window(d, c->n);
    if (other)
        return refuse_number(d->refusal, HALL_E_CLERK_AT_WINDOW, "window", other->window);
    if (same_person(w->clerk, d->turn->actor))
        return 0;
    Halld__WindowTakenOver *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_TAKEN_OVER);
    b->window = c->n;
    b->from = w->clerk ? (Halld__Actor *)message_clone(&w->clerk->base) : NULL;
    b->reason = alloc_text(c->reason);
    decision_make(d);
    return 0;
}

void window_apply_taken_over(struct hall *h, const Halld__Event *event)
{
    set_clerk(queue_window(h->queue, event->window_taken_over->window), event->actor);
}
