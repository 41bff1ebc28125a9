/* The business day: opened with its hours, swept, closed; and the other events that only the engine makes. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/decision.h"

static int64_t sweep_time(const struct setup *s, const Halld__OpenDay *c)
{
    if (!c->n_open)
        return c->end_at;
    int64_t at = c->open[c->n_open - 1]->to_at + setup_policy(s)->sweep_after_close;
    return at < c->end_at ? at : c->end_at;
}

int day_decide_open(struct decision *d)
{
    const Halld__OpenDay *c = d->command->open_day;
    const struct day *day = &d->hall->queue->day;
    if (!date_is_valid(c->date) || c->date <= day->date)
        return refuse_number(d->refusal, HALL_E_BAD_VALUE, "date", c->date);
    if (day->date && !day->closed)
        return refuse_number(d->refusal, HALL_E_WRONG_STATE, "day", day->date);
    if (c->n_open > sizeof day->open / sizeof *day->open)
        return refuse_number(d->refusal, HALL_E_BAD_VALUE, "open", (long long)c->n_open);
    Halld__DayOpened *b = decision_begin(d, HALLD__EVENT__BODY_DAY_OPENED);
    b->date = c->date;
    b->end_at = c->end_at;
    b->sweep_at = sweep_time(d->hall->setup, c);
    b->n_open = c->n_open;
    b->open = alloc_zero((c->n_open ? c->n_open : 1) * sizeof *b->open);
    for (size_t i = 0; i < c->n_open; i++)
        b->open[i] = (Halld__Span *)message_clone(&c->open[i]->base);
    decision_make(d);
    return 0;
}

void day_apply_opened(struct hall *h, const Halld__Event *event)
{
    const Halld__DayOpened *b = event->day_opened;
    struct day *day = &h->queue->day;
    queue_forget_day(h->queue);
    queue_forget_appointments(h->queue, b->date, setup_booking(h->setup)->strike_days);
    struct map texts = queue_take_texts(h->queue);
    equipment_forget_day(h);
    queue_forget_texts(h->queue, &texts);
    queue_reindex(h->queue, h->setup);
    *day = (struct day){.date = b->date, .end_at = b->end_at, .sweep_at = b->sweep_at};
    for (size_t i = 0; i < b->n_open && i < sizeof day->open / sizeof *day->open; i++) {
        day->open[i].from = b->open[i]->from_at;
        day->open[i].to = b->open[i]->to_at;
        day->n_open = i + 1;
    }
    matters_follow_day(h);
}

static bool tick_full(const struct decision *d, size_t first)
{
    return d->events->n - first >= TICK_EVENTS_MAX - 1;
}

static void expire(struct decision *d, const struct ticket *t, const char *reason)
{
    Halld__TicketExpired *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_EXPIRED);
    b->ticket = t->id;
    b->reason = alloc_text(reason);
    decision_make(d);
}

static void expire_missed(struct decision *d, size_t first)
{
    struct queue *q = d->hall->queue;
    for (size_t i = 0; i < q->n_missed && !tick_full(d, first);) {
        if (q->missed[i]->due_at <= d->turn->now_ms)
            expire(d, q->missed[i], "not_back"); /* leaves the list */
        else
            i++;
    }
}

static void close_window(struct decision *d, const struct window *w)
{
    Halld__WindowClosed *b = decision_begin(d, HALLD__EVENT__BODY_WINDOW_CLOSED);
    b->window = w->window;
    b->reason = alloc_text("closing");
    decision_make(d);
}

/* Everybody still here is told why; at most one tick's worth, then the timer comes again. */
static void sweep(struct decision *d, size_t first)
{
    struct queue *q = d->hall->queue;
    int expired = 0;
    for (size_t i = 0; i < q->n_tickets; i++) {
        if (tick_full(d, first))
            return;
        if (!ticket_is_over(q->tickets[i]))
            expire(d, q->tickets[i], "closing");
        expired += q->tickets[i]->state == HALLD__TICKET_STATE__E__expired;
    }
    for (size_t i = 0; i < q->n_windows; i++) {
        if (tick_full(d, first))
            return;
        if (q->windows[i]->state != HALLD__WINDOW_STATE__E__closed)
            close_window(d, q->windows[i]);
    }
    if (!appointment_sweep(d, first + TICK_EVENTS_MAX - 1))
        return;
    Halld__DayClosed *b = decision_begin(d, HALLD__EVENT__BODY_DAY_CLOSED);
    b->expired = expired;
    decision_make(d);
}

static bool sweep_is_due(const struct day *day, int64_t now)
{
    return day->date && !day->closed && day->sweep_at <= now;
}

int day_decide_tick(struct decision *d)
{
    size_t first = d->events->n;
    if (hall_is_behind(d->hall)) {
        matters_tick(d, TICK_EVENTS_MAX);
        return 0;
    }
    expire_missed(d, first);
    appointment_expire_holds(d, first + TICK_EVENTS_MAX - 1);
    if (sweep_is_due(&d->hall->queue->day, d->turn->now_ms) && !tick_full(d, first))
        sweep(d, first);
    matters_tick(d, TICK_EVENTS_MAX - (d->events->n - first));
    return 0;
}

int64_t hall_next_due(const struct hall *h)
{
    const struct queue *q = h->queue;
    int64_t due = q->day.date && !q->day.closed ? q->day.sweep_at : INT64_MAX;
    for (size_t i = 0; i < q->n_missed; i++)
        if (q->missed[i]->due_at < due)
            due = q->missed[i]->due_at;
    int64_t hold = appointment_next_due(q), mark = matters_next_due(h);
    due = hold < due ? hold : due;
    return mark < due ? mark : due;
}

void day_apply_closed(struct hall *h, const Halld__Event *event)
{
    (void)event;
    h->queue->day.closed = true;
}

int day_decide_counters(struct decision *d)
{
    const Halld__MoveCounters *c = d->command->move_counters;
    for (size_t i = 0; i < c->n_counters; i++) {
        const struct counter *known = queue_counter_find(d->hall->queue, c->counters[i]->queue);
        if (c->counters[i]->next < (known ? known->next : 1))
            return refuse(d->refusal, HALL_E_BAD_VALUE, "counters", c->counters[i]->queue);
    }
    Halld__CountersMoved *b = decision_begin(d, HALLD__EVENT__BODY_COUNTERS_MOVED);
    b->epoch = c->epoch;
    b->n_counters = c->n_counters;
    b->counters = alloc_zero((c->n_counters ? c->n_counters : 1) * sizeof *b->counters);
    for (size_t i = 0; i < c->n_counters; i++)
        b->counters[i] = (Halld__Counter *)message_clone(&c->counters[i]->base);
    decision_make(d);
    return 0;
}

void day_apply_counters(struct hall *h, const Halld__Event *event)
{
    const Halld__CountersMoved *b = event->counters_moved;
    for (size_t i = 0; i < b->n_counters; i++)
        queue_counter(h->queue, b->counters[i]->queue)->next = b->counters[i]->next;
}

int day_decide_clock(struct decision *d)
{
    const Halld__AcceptClock *c = d->command->accept_clock;
    Halld__ClockAccepted *b = decision_begin(d, HALLD__EVENT__BODY_CLOCK_ACCEPTED);
    b->wall_at = c->wall_at;
    b->reason = alloc_text(c->reason);
    decision_make(d);
    return 0;
}

/* Recorded for whoever reads the journal; the hall's state does not depend on it. */
void day_apply_clock(struct hall *h, const Halld__Event *event)
{
    (void)h;
    (void)event;
}

int day_decide_journal(struct decision *d)
{
    const Halld__StartJournal *c = d->command->start_journal;
    if (d->hall->seq)
        return refuse(d->refusal, HALL_E_WRONG_STATE, "", "");
    Halld__JournalStarted *b = decision_begin(d, HALLD__EVENT__BODY_JOURNAL_STARTED);
    b->hall = alloc_text(c->hall);
    b->zone = alloc_text(c->zone);
    b->simulated = c->simulated;
    b->min_reader = 1;
    b->version = alloc_text(c->version);
    b->epoch = c->epoch;
    decision_make(d);
    return 0;
}

void day_apply_journal(struct hall *h, const Halld__Event *event)
{
    h->journal = (Halld__JournalStarted *)message_clone(&event->journal_started->base);
}
