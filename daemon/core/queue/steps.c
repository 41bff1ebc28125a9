#include "core/queue/steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { REASON_MAX_CHARACTERS = 200 };

int steps_item(struct decision *d, const char *item, const char *queue, const Halld__Item **ret)
{
    const struct setup *s = d->hall->setup;
    if (!*item && !*queue)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "item", "");
    const Halld__Queue *q = *queue ? setup_queue_find(s, queue) : NULL;
    if (*queue && !q)
        return refuse(d->refusal, HALL_E_UNKNOWN_QUEUE, "queue", queue);
    const Halld__Item *i = setup_item_find(s, *item ? item : q->default_item);
    if (!i)
        return refuse(d->refusal, HALL_E_UNKNOWN_ITEM, "item", *item ? item : q->default_item);
    if (q && *item && strcmp(i->queue, queue) != 0)
        return refuse(d->refusal, HALL_E_BAD_VALUE, "queue", queue);
    *ret = i;
    return 0;
}

static int open_window(struct decision *d, int n, struct window **ret)
{
    struct queue *q = d->hall->queue;
    bool open = queue_window_find(q, n) && queue_window_find(q, n)->state != HALLD__WINDOW_STATE__E__closed;
    if (!open && !setup_window_find(d->hall->setup, n))
        return refuse_number(d->refusal, HALL_E_NO_WINDOW, "window", n);
    if (!open)
        return refuse_number(d->refusal, HALL_E_WINDOW_CLOSED, "window", n);
    *ret = queue_window(q, n);
    return 0;
}

int steps_window(struct decision *d, int n, struct window **ret)
{
    int code = open_window(d, n, ret);
    if (code)
        return code;
    const Halld__Actor *a = d->turn->actor, *clerk = (*ret)->clerk;
    if (a->kind == HALLD__ACTOR_KIND__E__user && (!clerk || clerk->kind != a->kind || strcmp(clerk->id, a->id) != 0))
        return refuse_number(d->refusal, HALL_E_NOT_YOUR_WINDOW, "window", n);
    return 0;
}

int steps_window_managed(struct decision *d, int n, struct window **ret)
{
    if (d->turn->role == HALLD__ROLE__E__manager || d->turn->role == HALLD__ROLE__E__admin)
        return open_window(d, n, ret);
    return steps_window(d, n, ret);
}

int steps_window_with_ticket(struct decision *d, int n, struct window **ret)
{
    int code = steps_window(d, n, ret);
    if (!code && !(*ret)->ticket)
        code = refuse_number(d->refusal, HALL_E_WINDOW_EMPTY, "window", n);
    return code;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

int steps_reason(struct decision *d, const char *reason)
{
    if (!reason[strspn(reason, " ")])
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "reason", "");
    if (characters(reason) > REASON_MAX_CHARACTERS)
        return refuse(d->refusal, HALL_E_TOO_LONG, "reason", "");
    return 0;
}

/* ---- calling */

static Halld__Rule__E rule_of(const struct ticket *t, size_t overtook, int32_t head_start_s)
{
    if (t->place.unheld)
        return HALLD__RULE__E__held;
    if (t->place.window)
        return HALLD__RULE__E__named;
    if (t->place.gated)
        return HALLD__RULE__E__gate;
    if (t->origin == HALLD__ORIGIN__E__appointment)
        return HALLD__RULE__E__appointment;
    if (t->origin == HALLD__ORIGIN__E__return)
        return HALLD__RULE__E__return;
    return overtook && head_start_s > 0 ? HALLD__RULE__E__head_start : HALLD__RULE__E__order;
}

void steps_call(struct decision *d, struct window *w, struct ticket *t, Halld__Rule__E rule, const char *reason)
{
    struct place *first = NULL;
    size_t overtook = line_issued_before(d->hall->queue->line, &w->skill, w->window, t->place.t0, t->place.seq, &first);
    Halld__TicketCalled *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_CALLED);
    b->head_start_s = (int32_t)(setup_head_start_ms(d->hall->setup, t->class_name) / 1000);
    b->rule = rule == HALLD__RULE__E__order ? rule_of(t, overtook, b->head_start_s) : rule;
    b->ticket = t->id;
    b->number = alloc_text(t->number);
    b->window = w->window;
    b->key = decision_key(&t->place.key);
    b->overtook = (int32_t)overtook;
    if (first)
        b->longest_waiting = alloc_text(((struct ticket *)first)->number);
    if (reason)
        b->reason = alloc_text(reason);
    b->item = alloc_text(t->item);
    b->class_ = alloc_text(t->class_name);
    b->t0_at = t->place.t0;
    decision_make(d);
}

void steps_assign_window(struct decision *d, struct window *w)
{
    struct place *p = line_pick(d->hall->queue->line, &w->skill, w->window);
    if (p)
        steps_call(d, w, (struct ticket *)p, HALLD__RULE__E__order, NULL);
}

static bool can_take(const struct window *w, const struct ticket *t)
{
    if (w->state == HALLD__WINDOW_STATE__E__draining)
        return t->place.unheld && t->place.window == w->window && !w->ticket;
    if (w->state != HALLD__WINDOW_STATE__E__ready)
        return false;
    return t->place.window ? t->place.window == w->window : skill_has(&w->skill, t->place.group);
}

void steps_assign_ticket(struct decision *d, uint64_t ticket)
{
    struct queue *q = d->hall->queue;
    struct ticket *t = queue_ticket(q, ticket);
    struct window *best = NULL;
    for (size_t i = 0; i < q->n_windows; i++)
        if (can_take(q->windows[i], t) &&
            (!best || line_suits_better(&q->windows[i]->skill, q->windows[i]->since_at, &best->skill, best->since_at)))
            best = q->windows[i]; /* windows stand by number */
    if (!best)
        return;
    bool special = t->place.unheld || t->place.window || t->place.gated;
    steps_call(d, best, t, special ? HALLD__RULE__E__order : HALLD__RULE__E__only, NULL);
}

/* ---- around a visit */

void steps_infer_start(struct decision *d, struct window *w)
{
    const struct ticket *t = w->ticket;
    if (t->state != HALLD__TICKET_STATE__E__called)
        return;
    int64_t at = t->repeat_at + setup_policy(d->hall->setup)->start_inferred_after;
    Halld__ServiceStarted *b = decision_begin(d, HALLD__EVENT__BODY_SERVICE_STARTED);
    b->ticket = t->id;
    b->window = w->window;
    b->started_at = at < d->turn->now_ms ? at : d->turn->now_ms;
    b->inferred = true;
    decision_make(d);
}

void steps_close_if_drained(struct decision *d, struct window *w)
{
    if (w->state != HALLD__WINDOW_STATE__E__draining || w->ticket)
        return;
    const struct skill none = {{0}};
    struct place *back = line_pick(d->hall->queue->line, &none, w->window);
    if (back && back->unheld) { /* came back from hold meanwhile: only this window can serve it */
        steps_call(d, w, (struct ticket *)back, HALLD__RULE__E__order, NULL);
        return;
    }
    if (queue_held_count(d->hall->queue, w->window) > 0)
        return;
    Halld__WindowClosed *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_CLOSED);
    b->window = w->window;
    b->reason = alloc_text("drained");
    decision_make(d);
}

void steps_ready(struct decision *d, struct window *w)
{
    Halld__WindowReady *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_READY);
    b->window = w->window;
    decision_make(d);
    steps_assign_window(d, w);
}

void steps_vacate(struct queue *q, struct ticket *t, int64_t at)
{
    if (!t->window)
        return;
    struct window *w = queue_window(q, t->window);
    if (w->ticket != t)
        return;
    w->ticket = NULL;
    halld__ticket_called__free_unpacked(w->call, NULL);
    w->call = NULL;
    if (w->state == HALLD__WINDOW_STATE__E__busy)
        window_move(w, HALLD__WINDOW_STATE__E__open, at);
}
