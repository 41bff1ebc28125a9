#include "view/matter_clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/setup.h"
#include "view/build.h"

enum { DAYS_COUNTED = 4000, PERCENT_MOST = 999 };

/* ---- colours */

static enum matter_color color_of(const struct run *r)
{
    if (r->given & DEFINITION_BIT(WATCH_RED))
        return MATTER_RED;
    return r->given & DEFINITION_BIT(WATCH_YELLOW) ? MATTER_YELLOW : MATTER_NONE;
}

enum matter_color matter_color(const struct matter *m)
{
    enum matter_color worst = MATTER_NONE;
    for (size_t i = 0; i < m->n_runs; i++)
        if (m->runs[i].status == RUN_RUNNING && color_of(&m->runs[i]) < worst)
            worst = color_of(&m->runs[i]);
    return worst;
}

const char *matter_color_name(enum matter_color color)
{
    static const char *const names[] = {[MATTER_RED] = "red", [MATTER_YELLOW] = "yellow", [MATTER_NONE] = "none"};
    return names[color];
}

const struct run *matter_next_run(const struct matter *m)
{
    const struct run *next = NULL;
    for (size_t i = 0; i < m->n_runs; i++) {
        const struct run *r = &m->runs[i];
        if (r->status == RUN_RUNNING && r->due && (!next || r->due < next->due))
            next = r;
    }
    return next;
}

/* ---- the bar */

/* A run in hall time. */
struct bar {
    const struct worktime *w;
    int64_t offset, now, due;
    size_t n;
    struct running *span;
    int64_t whole; /* opening time from start to deadline; 0 = not known */
};

static void bar_init(struct bar *b, const struct hall *h, const struct run *r, int64_t now)
{
    int64_t offset = flow_offset(hall_flow(h));
    *b =
        (struct bar){.w = setup_worktime(hall_setup(h)), .offset = offset, .now = now + offset, .due = r->due + offset};
    b->span = run_spans(r, offset, &b->n);
    if (r->due)
        b->whole = worktime_ran(b->w, b->span, b->n, b->due);
    else if (r->unit == HALLD__LIMIT_UNIT__E__hall_minutes && !r->by_date)
        b->whole = r->n * 60000;
}

static int32_t percent(const struct bar *b, int64_t until)
{
    if (b->whole <= 0)
        return until >= b->due ? 100 : 0;
    int64_t part = worktime_ran(b->w, b->span, b->n, until) * 100 / b->whole;
    return (int32_t)(part < PERCENT_MOST ? part : PERCENT_MOST);
}

static int64_t left_ms(const struct bar *b)
{
    return b->now <= b->due ? worktime_open_between(b->w, b->now, b->due)
                            : -worktime_open_between(b->w, b->due, b->now);
}

/* Working days after today up to the deadline's day. */
static int32_t left_days(const struct bar *b)
{
    int32_t today = date_to_days(worktime_date(b->now)), last = date_to_days(worktime_date(b->due - 1)),
            n = 0; /* 24:00 is still that day */
    int32_t first = today < last ? today : last, end = today < last ? last : today;
    if (end - first > DAYS_COUNTED)
        end = first + DAYS_COUNTED;
    for (int32_t day = first + 1; day <= end; day++)
        n += worktime_is_working(b->w, date_from_days(day));
    return today < last ? n : -n;
}

static int by_number(const void *a, const void *b)
{
    return *(const int32_t *)a - *(const int32_t *)b;
}

/* Where warnings stand on the way; the deadline itself stands at its end. */
static void set_marks(Halld__ClockView *v, const struct bar *b, const struct run *r)
{
    v->marks = build_array(r->n_moments, sizeof *v->marks);
    for (size_t i = 0; i < r->n_moments; i++) {
        int32_t at = r->moments[i] ? percent(b, r->moments[i] + b->offset) : 0;
        if (at > 0 && at < 100)
            v->marks[v->n_marks++] = at;
    }
    if (v->n_marks)
        qsort(v->marks, v->n_marks, sizeof *v->marks, by_number);
    size_t n = 0;
    for (size_t i = 0; i < v->n_marks; i++)
        if (n == 0 || v->marks[n - 1] != v->marks[i])
            v->marks[n++] = v->marks[i];
    v->n_marks = n;
}

static void set_bar(Halld__ClockView *v, const struct hall *h, const struct run *r, int64_t now)
{
    struct bar b;
    bar_init(&b, h, r, now);
    if (run_is_active(r) && b.whole)
        v->percent = percent(&b, b.now);
    if (run_is_active(r) && r->due) {
        v->left_s = (int32_t)(left_ms(&b) / 1000);
        v->left_days = left_days(&b);
    }
    if (r->due && b.whole)
        set_marks(v, &b, r);
    free(b.span);
}

static const Halld__Clock *clock_of(const struct matter *m, const struct run *r)
{
    return r->clock >= 0 ? m->def->clocks[r->clock].c : NULL;
}

Halld__ClockView *matter_clock_new(const struct hall *h, const struct matter *m, const struct run *r, int64_t now)
{
    static const char *const status[] = {[RUN_RUNNING] = "running",
                                         [RUN_PAUSED] = "paused",
                                         [RUN_MET] = "met",
                                         [RUN_LATE] = "late",
                                         [RUN_DROPPED] = "dropped"};
    const Halld__Clock *c = clock_of(m, r);
    Halld__ClockView *v = MESSAGE_NEW(Halld__ClockView, &halld__clock_view__descriptor);
    build_set(&v->clock, r->name);
    build_set(&v->zh, c ? c->zh : r->name);
    build_set(&v->en, c ? c->en : r->name);
    build_set(&v->status, status[r->status]);
    v->start_at = r->start;
    v->due_at = r->due;
    v->provisional = r->provisional;
    build_set(&v->card, matter_color_name(color_of(r)));
    v->expired = r->expired;
    v->n = (int32_t)r->n;
    v->unit = r->unit;
    v->by_date = r->by_date;
    if (r->start)
        set_bar(v, h, r, now);
    return v;
}
