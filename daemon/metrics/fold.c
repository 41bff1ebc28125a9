#include "metrics/fold_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- series */

static int64_t block_of(int64_t minute)
{
    return minute - minute % FOLD_BLOCK;
}

struct series *fold_series_find(const struct fold *f, enum metric_scope scope, const char *label)
{
    for (size_t i = 0; i < f->n_series; i++)
        if (f->series[i]->scope == scope && strcmp(f->series[i]->label, label) == 0)
            return f->series[i];
    return NULL;
}

static void add_stretch(struct series *s, int64_t end, const int64_t values[METRIC_MOST], size_t n)
{
    struct stretch *last = s->n_stretches ? &s->stretches[s->n_stretches - 1] : NULL;
    if (last && memcmp(last->values, values, n * sizeof *values) == 0) {
        last->end = end;
        return;
    }
    if (s->n_stretches == s->cap_stretches) {
        s->cap_stretches = s->cap_stretches ? 2 * s->cap_stretches : FOLD_BLOCK;
        s->stretches = alloc_grow(s->stretches, s->cap_stretches, sizeof *s->stretches);
    }
    last = &s->stretches[s->n_stretches++];
    last->end = end;
    memcpy(last->values, values, n * sizeof *values);
}

struct series *fold_series(struct fold *f, enum metric_scope scope, const char *label)
{
    static const int64_t NOTHING[METRIC_MOST];
    struct series *s = fold_series_find(f, scope, label);
    if (s)
        return s;
    s = alloc_zero(sizeof *s);
    s->scope = scope;
    s->label = alloc_text(label);
    if (f->minute > f->flushed)
        add_stretch(s, f->minute, NOTHING, catalogue_scope_count(scope));
    f->series = alloc_grow(f->series, f->n_series + 1, sizeof *f->series);
    f->series[f->n_series++] = s;
    return s;
}

size_t fold_series_count(const struct fold *f)
{
    return f->n_series;
}

struct series *fold_series_at(const struct fold *f, size_t i)
{
    return f->series[i];
}

int64_t fold_level_between(const struct series *s, size_t level, int64_t from, int64_t to)
{
    if (from < s->level_at[level])
        from = s->level_at[level];
    return to > from ? s->level[level] * (to - from) : 0;
}

static void integrate(struct series *s, size_t level, int64_t to)
{
    s->minute[level] += fold_level_between(s, level, s->level_at[level], to);
    if (to > s->level_at[level])
        s->level_at[level] = to;
}

void fold_change_level(struct series *s, size_t level, int64_t by, int64_t at)
{
    if (!s || !catalogue_has(level, s->scope) || !by)
        return;
    integrate(s, level, at);
    s->level[level] += by;
}

/* ---- minutes */

static void close_minutes_of(struct series *s, int64_t first, int64_t end)
{
    int64_t values[METRIC_MOST];
    size_t n = catalogue_scope_count(s->scope);
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        integrate(s, level, (first + 1) * FOLD_MINUTE_MS);
    for (size_t i = 0; i < n; i++)
        values[i] = s->minute[catalogue_scope_at(s->scope, i)];
    add_stretch(s, first + 1, values, n);
    memset(s->minute, 0, sizeof s->minute);
    if (end <= first + 1)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t metric = catalogue_scope_at(s->scope, i);
        values[i] = metric < LEVEL_COUNT ? s->level[metric] * FOLD_MINUTE_MS : 0;
    }
    add_stretch(s, end, values, n);
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        s->level_at[level] = end * FOLD_MINUTE_MS;
}

static void close_minutes(struct fold *f, int64_t end)
{
    if (end <= f->minute)
        return;
    for (size_t i = 0; i < f->n_series; i++)
        close_minutes_of(f->series[i], f->minute, end);
    f->minute = end;
}

static void hand_out(struct fold *f, int64_t boundary)
{
    close_minutes(f, boundary);
    f->flush(f->arg, f, boundary);
    for (size_t i = 0; i < f->n_series; i++)
        f->series[i]->n_stretches = 0;
    f->flushed = boundary;
}

static void advance(struct fold *f, int64_t at)
{
    int64_t minute = at / FOLD_MINUTE_MS;
    if (!f->minute) {
        f->minute = f->flushed = block_of(minute);
        for (size_t i = 0; i < f->n_series; i++)
            for (size_t level = 0; level < LEVEL_COUNT; level++)
                f->series[i]->level_at[level] = f->minute * FOLD_MINUTE_MS;
    }
    if (block_of(minute) > f->flushed)
        hand_out(f, block_of(minute));
    close_minutes(f, minute);
}

/* ---- tickets */

static void change_waiting(struct touched *t, bool waiting)
{
    int64_t by = (waiting ? 1 : 0) - (t->ticket->waiting ? 1 : 0), at = t->fact.event->at;
    t->ticket->waiting = waiting;
    fold_change_level(t->fold->hall, METRIC_waiting, by, at);
    fold_change_level(t->ticket->queue, METRIC_waiting, by, at);
    fold_change_level(t->ticket->group, METRIC_waiting, by, at);
}

/* ---- windows */

struct folded_window *fold_window(struct fold *f, int window)
{
    struct folded_window *w = window > 0 ? map_find(&f->windows, (uint64_t)window) : NULL;
    char label[16];
    if (w || window <= 0)
        return w;
    w = alloc_zero(sizeof *w);
    snprintf(label, sizeof label, "%d", window);
    w->series = fold_series(f, SCOPE_WINDOW, label);
    map_put(&f->windows, (uint64_t)window, w);
    return w;
}

static void move_window(struct fold *f, struct folded_window *w, struct folded_window to, int64_t at)
{
    const int by[LEVEL_COUNT] = {
        [METRIC_window_open] = to.open - w->open,
        [METRIC_window_ready] = to.ready - w->ready,
        [METRIC_window_busy] = (to.ticket != 0) - (w->ticket != 0),
        [METRIC_window_break] = to.on_break - w->on_break,
    };
    for (size_t level = METRIC_window_open; level < LEVEL_COUNT; level++) {
        fold_change_level(w->series, level, by[level], at);
        fold_change_level(f->hall, level, by[level], at);
    }
    to.series = w->series;
    *w = to;
}

/* The ticket leaves the window where it is, if it is at one. */
static void vacate(struct touched *t, uint64_t id)
{
    struct folded_window *w = fold_window(t->fold, t->ticket->window);
    t->ticket->window = 0;
    if (!w || w->ticket != id)
        return;
    struct folded_window to = *w;
    to.ticket = 0;
    move_window(t->fold, w, to, t->fact.event->at);
}

static void end_stretch(struct touched *t)
{
    struct folded_ticket *k = t->ticket;
    if (!k->started)
        return;
    t->fact.stretch_ms = t->fact.event->at > k->started ? t->fact.event->at - k->started : 0;
    k->served += t->fact.stretch_ms;
    k->started = 0;
}

/* ---- what events mean; each runs before its event is counted */

static void on_issued(struct touched *t)
{
    const Halld__TicketIssued *b = t->fact.event->ticket_issued;
    struct folded_ticket *k = alloc_zero(sizeof *k);
    k->queue = fold_series(t->fold, SCOPE_QUEUE, b->queue);
    k->group = fold_series(t->fold, SCOPE_GROUP, b->group);
    k->class_of = fold_series(t->fold, SCOPE_CLASS, b->class_);
    k->since = b->key ? b->key->t0 : t->fact.event->at;
    if (b->origin == HALLD__ORIGIN__E__appointment && b->slot_at > k->since)
        k->since = b->slot_at;
    k->told = b->has_p50_case && b->has_p90_case;
    k->told_at = b->key ? b->key->t0 : t->fact.event->at;
    k->told_ms = k->told ? b->wait_p50_s * INT64_C(1000) : 0;
    k->told_most_ms = k->told ? b->wait_p90_s * INT64_C(1000) : 0;
    map_put(&t->fold->tickets, t->fact.event->seq, k);
    t->ticket = k;
    change_waiting(t, true);
}

static void on_called(struct touched *t)
{
    const Halld__TicketCalled *b = t->fact.event->ticket_called;
    struct folded_window *w = fold_window(t->fold, b->window);
    change_waiting(t, false);
    t->ticket->window = b->window;
    if (!w)
        return;
    struct folded_window to = *w;
    to.ticket = b->ticket;
    to.ready = false;
    move_window(t->fold, w, to, t->fact.event->at);
}

/* As forecast/grade does it: a wait that was told to be none, and was, says nothing. */
static void grade(struct touched *t, int64_t at)
{
    struct folded_ticket *k = t->ticket;
    int64_t actual = at > k->told_at ? at - k->told_at : 0;
    t->fact.graded = k->told && (k->told_most_ms > 0 || actual >= FOLD_MINUTE_MS);
    t->fact.told_ms = k->told_ms;
    t->fact.told_most_ms = k->told_most_ms;
    t->fact.actual_ms = actual;
    k->told = false;
}

static void on_started(struct touched *t)
{
    int64_t at = t->fact.event->service_started->started_at;
    t->ticket->started = at;
    if (!t->ticket->was_served)
        t->fact.wait_ms = at > t->ticket->since ? at - t->ticket->since : 0;
    t->ticket->was_served = true;
    grade(t, at);
}

static void on_held(struct touched *t)
{
    end_stretch(t);
    vacate(t, t->fact.event->ticket_held->ticket);
}

static void on_unheld(struct touched *t)
{
    change_waiting(t, true);
}

static void on_finished(struct touched *t)
{
    end_stretch(t);
    t->fact.service_ms = t->ticket->served;
    vacate(t, t->fact.event->ticket_finished->ticket);
}

/* Counted where it was; it waits where it goes. */
static void on_transferred(struct touched *t)
{
    const Halld__TicketTransferred *b = t->fact.event->ticket_transferred;
    end_stretch(t);
    vacate(t, b->ticket);
    change_waiting(t, false);
    t->ticket->told = false;
    t->ticket->queue = fold_series(t->fold, SCOPE_QUEUE, b->queue);
    t->ticket->group = fold_series(t->fold, SCOPE_GROUP, b->group);
    change_waiting(t, true);
}

static void on_missed(struct touched *t)
{
    vacate(t, t->fact.event->ticket_missed->ticket);
    t->ticket->started = 0;
    t->ticket->told = false;
}

static void on_back(struct touched *t)
{
    change_waiting(t, true);
}

static void on_cancelled(struct touched *t)
{
    change_waiting(t, false);
}

static void on_expired(struct touched *t)
{
    end_stretch(t);
    change_waiting(t, false);
    vacate(t, t->fact.event->ticket_expired->ticket);
}

static void on_class(struct touched *t)
{
    t->ticket->class_of = fold_series(t->fold, SCOPE_CLASS, t->fact.event->class_changed->class_);
    t->of[SCOPE_CLASS] = t->ticket->class_of;
    t->ticket->told = false; /* what was told was for another place */
}

/* Windows' own states: what each event leaves; the ticket at the window stays. */
static void set_window(struct touched *t, int window, bool open, bool ready, bool on_break)
{
    struct folded_window *w = fold_window(t->fold, window);
    if (w)
        move_window(t->fold, w, (struct folded_window){NULL, open, ready, on_break, w->ticket}, t->fact.event->at);
}

static void on_opened(struct touched *t)
{
    set_window(t, t->fact.event->window_opened->window, true, false, false);
}

static void on_ready(struct touched *t)
{
    set_window(t, t->fact.event->window_ready->window, true, true, false);
}

static void on_break(struct touched *t)
{
    set_window(t, t->fact.event->window_break->window, true, false, true);
}

static void on_resumed(struct touched *t)
{
    set_window(t, t->fact.event->window_resumed->window, true, false, false);
}

static void on_suspended(struct touched *t)
{
    set_window(t, t->fact.event->window_suspended->window, true, false, false);
}

static void on_draining(struct touched *t)
{
    set_window(t, t->fact.event->window_draining->window, true, false, false);
}

static void on_closed(struct touched *t)
{
    set_window(t, t->fact.event->window_closed->window, false, false, false);
}

static void forget_values(struct map *m)
{
    size_t at = 0;
    for (void *value; (value = map_next(m, &at));)
        free(value);
    map_fini(m);
    *m = (struct map)MAP_INIT;
}

/* A new day begins with nobody and every window closed; matters go on. */
static void on_day(struct touched *t)
{
    struct fold *f = t->fold;
    forget_values(&f->tickets);
    forget_values(&f->windows);
    for (size_t i = 0; i < f->n_series; i++) {
        for (size_t level = 0; level < LEVEL_COUNT; level++)
            if (level != METRIC_matters_open)
                fold_change_level(f->series[i], level, -f->series[i]->level[level], t->fact.event->at);
        memset(f->series[i]->today, 0, sizeof f->series[i]->today);
    }
    f->day_seq = t->fact.event->seq;
    matters_carry(f);
}

/* What the hall has is measured from the first, so that "none" can be told from "not known". */
static void on_settings(struct touched *t)
{
    const Halld__Settings *s = t->fact.event->settings_changed->put;
    char label[16];
    for (size_t i = 0; s && i < s->n_queues; i++)
        fold_series(t->fold, SCOPE_QUEUE, s->queues[i]->queue);
    for (size_t i = 0; s && i < s->n_groups; i++)
        fold_series(t->fold, SCOPE_GROUP, s->groups[i]->group);
    for (size_t i = 0; s && i < s->n_classes; i++)
        fold_series(t->fold, SCOPE_CLASS, s->classes[i]->class_);
    for (size_t i = 0; s && i < s->n_windows; i++) {
        snprintf(label, sizeof label, "%d", s->windows[i]->window);
        fold_series(t->fold, SCOPE_WINDOW, label);
    }
}

#define ON(name, handler) [HALLD__EVENT__BODY_##name] = handler
static void (*const HANDLERS[])(struct touched *t) = {
    ON(FLOW_DEFINED, matters_on_defined),
    ON(MATTER_MOVED, matters_on_moved),
    ON(MATTER_MIGRATED, matters_on_migrated),
    ON(CLOCK_STOPPED, matters_on_stopped),
    ON(MARK_GIVEN, matters_on_mark),
    ON(SETTINGS_CHANGED, on_settings),
    ON(DAY_OPENED, on_day),
    ON(TICKET_ISSUED, on_issued),
    ON(TICKET_CALLED, on_called),
    ON(SERVICE_STARTED, on_started),
    ON(TICKET_HELD, on_held),
    ON(TICKET_UNHELD, on_unheld),
    ON(TICKET_FINISHED, on_finished),
    ON(TICKET_TRANSFERRED, on_transferred),
    ON(TICKET_MISSED, on_missed),
    ON(REPORTED_BACK, on_back),
    ON(TICKET_CANCELLED, on_cancelled),
    ON(TICKET_EXPIRED, on_expired),
    ON(CLASS_CHANGED, on_class),
    ON(WINDOW_OPENED, on_opened),
    ON(WINDOW_READY, on_ready),
    ON(WINDOW_BREAK, on_break),
    ON(WINDOW_RESUMED, on_resumed),
    ON(WINDOW_SUSPENDED, on_suspended),
    ON(WINDOW_DRAINING, on_draining),
    ON(WINDOW_CLOSED, on_closed),
};

/* ---- counting */

/* The event's own fields, found by name, as kinds share them. */
static const void *field_of(const Halld__Event *e, const char *name, ProtobufCType type)
{
    const ProtobufCFieldDescriptor *body =
        protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)e->body_case);
    const ProtobufCFieldDescriptor *f =
        body ? protobuf_c_message_descriptor_get_field_by_name(body->descriptor, name) : NULL;
    if (!f || f->type != type)
        return NULL;
    const char *message = *(const char *const *)(const void *)((const char *)e + body->offset);
    return message + f->offset;
}

static void find_touched(struct touched *t)
{
    const uint64_t *ticket = field_of(t->fact.event, "ticket", PROTOBUF_C_TYPE_UINT64);
    const int32_t *window = field_of(t->fact.event, "window", PROTOBUF_C_TYPE_INT32);
    t->ticket = ticket ? map_find(&t->fold->tickets, *ticket) : NULL;
    struct folded_window *w =
        fold_window(t->fold, t->ticket ? t->ticket->window : 0); /* a transfer names the next one */
    if (!w)
        w = fold_window(t->fold, window ? *window : 0);
    t->of[SCOPE_HALL] = t->fold->hall;
    t->of[SCOPE_WINDOW] = w ? w->series : NULL;
}

static void take_ticket_series(struct touched *t)
{
    if (!t->ticket)
        return;
    t->of[SCOPE_QUEUE] = t->ticket->queue;
    t->of[SCOPE_GROUP] = t->ticket->group;
    t->of[SCOPE_CLASS] = t->ticket->class_of;
}

static void add(struct series *s, size_t metric, int64_t amount)
{
    if (!s || !catalogue_has(metric, s->scope))
        return;
    s->minute[metric] += amount;
    s->today[metric] += amount;
}

/* Rows without an event take whatever the handlers found. */
static bool counts(const struct metric *m, const struct touched *t)
{
    return m->count &&
           (m->event == t->fact.event->body_case || (!m->event && (t->fact.stretch_ms >= 0 || t->fact.matter_ended)));
}

static void count(struct touched *t)
{
    for (size_t i = LEVEL_COUNT; i < catalogue_count(); i++) {
        const struct metric *m = catalogue_at(i);
        int64_t amount = counts(m, t) ? m->count(&t->fact, m) : 0;
        for (int scope = 0; amount && scope < SCOPE_COUNT; scope++)
            add(t->of[scope], i, amount);
    }
}

static bool is_of_a_ticket(const Halld__Event *e)
{
    return e->body_case != HALLD__EVENT__BODY_TICKET_ISSUED && field_of(e, "ticket", PROTOBUF_C_TYPE_UINT64);
}

void fold_event(struct fold *f, const Halld__Event *event)
{
    struct touched t = {.fold = f, .fact = {.event = event, .wait_ms = -1, .service_ms = -1, .stretch_ms = -1}};
    size_t kind = (size_t)event->body_case;
    advance(f, event->at);
    f->seq = event->seq;
    find_touched(&t);
    if (is_of_a_ticket(event) && !t.ticket)
        return; /* of a day whose beginning was not folded */
    take_ticket_series(&t);
    if (kind < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[kind])
        HANDLERS[kind](&t);
    if (event->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
        take_ticket_series(&t);
    count(&t);
}

/* ---- life */

struct fold *fold_new(void (*flush)(void *arg, struct fold *f, int64_t minute), void *arg)
{
    struct fold *f = alloc_zero(sizeof *f);
    f->flush = flush;
    f->arg = arg;
    f->hall = fold_series(f, SCOPE_HALL, "");
    return f;
}

void fold_free(struct fold *f)
{
    if (!f)
        return;
    forget_values(&f->tickets);
    forget_values(&f->windows);
    matters_forget(f);
    for (size_t i = 0; i < f->n_series; i++) {
        free(f->series[i]->label);
        free(f->series[i]->stretches);
        free(f->series[i]);
    }
    free(f->series);
    free(f);
}

void fold_begin_after(struct fold *f, uint64_t seq)
{
    f->seq = seq;
}

uint64_t fold_seq(const struct fold *f)
{
    return f->seq;
}

uint64_t fold_day_seq(const struct fold *f)
{
    return f->day_seq;
}

int64_t fold_minute(const struct fold *f)
{
    return f->minute;
}

int64_t fold_flushed(const struct fold *f)
{
    return f->flushed;
}
