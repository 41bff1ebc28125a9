#include "view/window_view.h"

#include <string.h>

#include "base/message.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/ticket_view.h"
#include "view/why.h"

enum { NEXT_SHOWN = 3 };

static struct skill skill_of(const struct setup *setup, const Halld__Window *row, const struct window *w)
{
    if (w && w->state != HALLD__WINDOW_STATE__E__closed)
        return w->skill;
    return setup_skill(setup, row->all, row->n_groups, row->groups);
}

static void set_queues(Halld__WindowView *v, const struct setup *setup, const struct skill *skill)
{
    const Halld__Settings *s = setup_settings(setup);
    v->queues = build_array(s->n_queues, sizeof *v->queues);
    for (size_t q = 0; q < s->n_queues; q++)
        for (size_t i = 0; i < s->n_items; i++) {
            const Halld__Item *it = s->items[i];
            if (strcmp(it->queue, s->queues[q]->queue) != 0 || !skill_has(skill, setup_group_index(setup, it->group)))
                continue;
            v->queues[v->n_queues++] = build_text(it->queue);
            break;
        }
}

static Halld__WindowView *view_of(const struct hall *h, const Halld__Window *row)
{
    const struct window *w = queue_window_find(hall_queue(h), row->window);
    struct skill skill = skill_of(hall_setup(h), row, w);
    Halld__WindowView *v = MESSAGE_NEW(Halld__WindowView, &halld__window_view__descriptor);
    v->window = row->window;
    build_set(&v->name, row->name);
    build_set(&v->name_en, row->name_en);
    v->role = row->role;
    v->state = w ? w->state : HALLD__WINDOW_STATE__E__closed;
    v->since_at = w ? w->since_at : 0;
    set_queues(v, hall_setup(h), &skill);
    if (w && w->ticket) {
        v->has_number_case = HALLD__WINDOW_VIEW__HAS_NUMBER_NUMBER;
        v->number = build_text(w->ticket->number);
    }
    return v;
}

Halld__WindowView *window_view_new(const struct hall *h, int window)
{
    const Halld__Window *row = setup_window_find(hall_setup(h), window);
    return row ? view_of(h, row) : NULL;
}

static void set_ticket(Halld__WindowDetail *d, const struct hall *h, const struct window *w)
{
    const struct policy *p = setup_policy(hall_setup(h));
    d->ticket = ticket_view_new(h, w->ticket);
    d->why = w->call ? why_line_new(hall_setup(h), w->call) : NULL;
    if (w->ticket->state != HALLD__TICKET_STATE__E__called)
        return;
    d->has_repeat_at_case = HALLD__WINDOW_DETAIL__HAS_REPEAT_AT_REPEAT_FROM_AT;
    d->repeat_from_at = w->ticket->repeat_at + p->repeat_after;
    d->has_miss_at_case = HALLD__WINDOW_DETAIL__HAS_MISS_AT_MISS_FROM_AT;
    d->miss_from_at = w->ticket->call_at + p->miss_after;
}

static void set_held(Halld__WindowDetail *d, const struct hall *h, int window)
{
    const struct queue *q = hall_queue(h);
    size_t held = queue_held_count(q, window);
    d->held = build_array(held, sizeof *d->held);
    for (size_t i = 0; i < queue_ticket_count(q) && d->n_held < held; i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (t->state == HALLD__TICKET_STATE__E__held && t->window == window)
            d->held[d->n_held++] = ticket_view_new(h, t);
    }
}

static void set_next(Halld__WindowDetail *d, const struct hall *h, const struct window *w)
{
    const struct ticket *next[NEXT_SHOWN];
    size_t n = queue_next_for(hall_queue(h), w, NEXT_SHOWN, next);
    d->next = build_array(n, sizeof *d->next);
    for (; d->n_next < n; d->n_next++)
        d->next[d->n_next] = ticket_view_new(h, next[d->n_next]);
    d->waiting = (int32_t)(line_count_all(queue_line(hall_queue(h)), &w->skill) +
                           line_count_named(queue_line(hall_queue(h)), w->window));
}

static void set_opened(Halld__WindowDetail *d, const struct hall *h, const struct window *w)
{
    if (w->clerk) {
        d->has_clerk_case = HALLD__WINDOW_DETAIL__HAS_CLERK_CLERK;
        d->clerk = build_text(w->clerk->id);
    }
    if (w->reason && *w->reason) {
        d->has_reason_case = HALLD__WINDOW_DETAIL__HAS_REASON_REASON;
        d->reason = build_text(w->reason);
    }
    if (w->planned_s > 0) {
        d->has_planned_case = HALLD__WINDOW_DETAIL__HAS_PLANNED_PLANNED_S;
        d->planned_s = w->planned_s;
    }
    if (w->ticket)
        set_ticket(d, h, w);
    set_next(d, h, w);
}

Halld__WindowDetail *window_detail_new(const struct hall *h, int window)
{
    const Halld__Window *row = setup_window_find(hall_setup(h), window);
    if (!row)
        return NULL;
    const struct window *w = queue_window_find(hall_queue(h), window);
    Halld__WindowDetail *d = MESSAGE_NEW(Halld__WindowDetail, &halld__window_detail__descriptor);
    d->window = view_of(h, row);
    d->served_today = w ? w->served : 0;
    set_held(d, h, window);
    if (w && w->state != HALLD__WINDOW_STATE__E__closed)
        set_opened(d, h, w);
    return d;
}

void window_detail_set_usual(Halld__WindowDetail *d, const struct quote *quote)
{
    const struct quote_item *usual = d->ticket ? quote_item_find(quote, d->ticket->item) : NULL;
    if (!usual)
        return;
    d->has_usual_case = HALLD__WINDOW_DETAIL__HAS_USUAL_USUAL_P50_S;
    d->usual_p50_s = usual->p50_s;
    d->has_usual_most_case = HALLD__WINDOW_DETAIL__HAS_USUAL_MOST_USUAL_P90_S;
    d->usual_p90_s = usual->p90_s;
}

Halld__WindowList *window_list_new(const struct hall *h)
{
    const Halld__Settings *s = setup_settings(hall_setup(h));
    Halld__WindowList *l = MESSAGE_NEW(Halld__WindowList, &halld__window_list__descriptor);
    l->windows = build_array(s->n_windows, sizeof *l->windows);
    for (; l->n_windows < s->n_windows; l->n_windows++)
        l->windows[l->n_windows] = window_detail_new(h, s->windows[l->n_windows]->window);
    return l;
}
