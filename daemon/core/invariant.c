/* What must be true after every event (domain.md). Slow and thorough: for tests, replays and tools. */
#include <string.h>

#include "core/decision.h"
#include "core/queue/queue_state.h"
#include "core/setup.h"

static bool is_at_window(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__called || t->state == HALLD__TICKET_STATE__E__serving;
}

static const char *check_ticket(const struct hall *h, const struct ticket *t)
{
    const struct window *w = queue_window_find(h->queue, t->window);
    if (is_at_window(t) && (!w || w->ticket != t))
        return "a called or serving ticket stands at no window";
    if (!is_at_window(t) && w && w->ticket == t)
        return "a window holds a ticket that is neither called nor serving";
    if (t->state == HALLD__TICKET_STATE__E__held && !t->window)
        return "a held ticket belongs to no window";
    if (t->state == HALLD__TICKET_STATE__E__serving && !t->start_at)
        return "a serving ticket never started";
    if (t->state == HALLD__TICKET_STATE__E__missed && !t->due_at)
        return "a missed ticket has no due time";
    if (t->first_start_at && t->first_start_at < t->place.t0)
        return "a wait is negative";
    if (t->served_ms < 0 || t->held_ms < 0)
        return "a duration is negative";
    return NULL;
}

static const char *check_window(const struct hall *h, const struct window *w)
{
    if (w->state == HALLD__WINDOW_STATE__E__ready && line_pick(h->queue->line, &w->skill, w->window))
        return "a ready window stands beside a waiting ticket that it could serve";
    if (w->state == HALLD__WINDOW_STATE__E__busy && !w->ticket)
        return "a busy window has no ticket";
    if (w->ticket && w->state != HALLD__WINDOW_STATE__E__busy && w->state != HALLD__WINDOW_STATE__E__draining)
        return "a window with a ticket is neither busy nor draining";
    if (w->state != HALLD__WINDOW_STATE__E__closed && !w->clerk)
        return "an open window has no clerk";
    return NULL;
}

static const char *check_clerks(const struct queue *q)
{
    for (size_t i = 0; i < q->n_windows; i++)
        for (size_t k = i + 1; k < q->n_windows; k++) {
            const Halld__Actor *a = q->windows[i]->clerk, *b = q->windows[k]->clerk;
            if (a && b && a->kind == HALLD__ACTOR_KIND__E__user && b->kind == a->kind && strcmp(a->id, b->id) == 0)
                return "one person works two windows";
        }
    return NULL;
}

static const char *check_numbers(const struct queue *q)
{
    struct map seen = MAP_INIT;
    const char *broken = NULL;
    for (size_t i = 0; i < q->n_tickets && !broken; i++) {
        uint64_t key = 0;
        memcpy(&key, q->tickets[i]->number, sizeof key); /* "A0032", at most eight characters here */
        if (map_find(&seen, key))
            broken = "a number was issued twice";
        map_put(&seen, key, q->tickets[i]);
    }
    map_fini(&seen);
    return broken;
}

static const char *check_line(const struct queue *q)
{
    struct skill all = {{~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)}};
    size_t waiting = 0, counted = 0, named = 0;
    for (size_t i = 0; i < q->n_tickets; i++)
        if (q->tickets[i]->state == HALLD__TICKET_STATE__E__waiting) {
            waiting++;
            named += q->tickets[i]->place.window != 0;
        }
    for (size_t i = 0; i < q->n_counters; i++)
        counted += (size_t)q->counters[i].waiting;
    if (waiting != counted)
        return "the queues' counts differ from the waiting tickets";
    if (line_count_all(q->line, &all) + named != waiting)
        return "the line does not hold exactly the waiting tickets";
    return NULL;
}

const char *hall_check(const struct hall *h)
{
    const struct queue *q = h->queue;
    const char *broken = check_line(q);
    for (size_t i = 0; i < q->n_tickets && !broken; i++)
        broken = check_ticket(h, q->tickets[i]);
    for (size_t i = 0; i < q->n_windows && !broken; i++)
        broken = check_window(h, q->windows[i]);
    if (!broken)
        broken = check_clerks(q);
    if (!broken)
        broken = check_numbers(q);
    return broken ? broken : matters_check(h);
}
