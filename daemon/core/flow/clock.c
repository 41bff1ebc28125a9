/* Clocks follow the state: here their deadlines and the moments of their marks are computed, and said in events. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/flow_state.h"

/* A limit for an item that says none: twenty working days (行政许可法 第四十二条). */
static const struct limit SILENT = {20, HALLD__LIMIT_UNIT__E__working_days, 0};

/* ---- limits */

static bool limit_of_item(const struct act *a, const struct matter *m, bool promised, struct limit *ret)
{
    const struct value *code = matter_value(m, m->def->item);
    const Halld__Item *item = code->n ? a->turn->facts->item(a->turn->facts->arg, code->texts[0]) : NULL;
    const Halld__Limit *l = item ? (promised ? item->promised : item->statutory) : NULL;
    *ret = l ? (struct limit){l->n, l->unit, 0} : SILENT;
    return true;
}

static Halld__LimitUnit__E unit_from(const char *word)
{
    static const Halld__LimitUnit__E units[FLOW_UNITS] = {
        [FLOW_HALL_MINUTES] = HALLD__LIMIT_UNIT__E__hall_minutes,
        [FLOW_WORKING_DAYS] = HALLD__LIMIT_UNIT__E__working_days,
        [FLOW_CALENDAR_DAYS] = HALLD__LIMIT_UNIT__E__calendar_days,
    };
    int unit = flow_unit_find(word, strlen(word));
    return unit < 0 ? HALLD__LIMIT_UNIT__E__working_days : units[unit];
}

bool clock_limit_find(const struct act *a, const struct matter *m, const char *key, struct limit *ret)
{
    if (strcmp(key, "item.promised") == 0 || strcmp(key, "item.statutory") == 0)
        return limit_of_item(a, m, key[5] == 'p', ret);
    const Halld__Profile *p = a->flow->library->profile;
    for (size_t i = 0; p && i < p->n_limits; i++) {
        const Halld__ProfileLimit *l = p->limits[i];
        if (strcmp(l->key, key) != 0)
            continue;
        *ret = (struct limit){l->n, unit_from(l->unit), l->yellow};
        return true;
    }
    return false;
}

int32_t clock_limit_date(const struct act *a, const struct limit *l)
{
    struct running run = {flow_hall_time(a->flow, a->turn->now), INT64_MAX};
    return worktime_date(worktime_deadline(a->turn->facts->worktime, l->unit, l->n, &run, 1));
}

/* ---- deadline and marks of a run */

struct computed {
    int64_t due;
    bool provisional;
    size_t n;
    int64_t moments[WATCHES_MAX];
};

/* A run with its spans in hall time. */
struct spans {
    const struct worktime *w;
    const struct run *r;
    size_t n;
    struct running *span;
    int64_t due;
};

static bool in_minutes(const struct run *r)
{
    return !r->by_date && r->unit == HALLD__LIMIT_UNIT__E__hall_minutes;
}

static int64_t yellow_moment(const struct spans *s)
{
    const struct run *r = s->r;
    if (in_minutes(r))
        return r->yellow && r->yellow < r->n ? worktime_when_ran(s->w, s->span, s->n, (r->n - r->yellow) * 60000) : 0;
    uint32_t days = r->yellow ? r->yellow : r->by_date || r->n >= 2 ? 1 : 0;
    return days ? worktime_opening(s->w, s->due, -(int)days) : 0;
}

static int64_t red_moment(const struct spans *s)
{
    return in_minutes(s->r) ? s->due : worktime_opening(s->w, s->due, 1);
}

static int64_t percent_moment(const struct spans *s, uint32_t percent)
{
    if (percent >= 100)
        return s->due;
    int64_t whole = worktime_ran(s->w, s->span, s->n, s->due);
    return worktime_when_ran(s->w, s->span, s->n, whole * percent / 100);
}

static int64_t mark_moment(const struct spans *s, const Halld__Mark *m)
{
    if (m->at_case == HALLD__MARK__AT_PERCENT)
        return percent_moment(s, m->percent);
    if (m->at_case == HALLD__MARK__AT_DAY)
        return in_minutes(s->r) ? 0 : worktime_opening(s->w, s->due, m->day);
    return strcmp(m->card, "red") == 0 ? red_moment(s) : yellow_moment(s);
}

static int64_t watch_moment(const struct spans *s, const struct watch *w)
{
    if (w->kind == WATCH_YELLOW)
        return yellow_moment(s);
    if (w->kind == WATCH_END)
        return s->due;
    return w->kind == WATCH_RED ? red_moment(s) : mark_moment(s, w->mark);
}

/* Warnings come before the deadline; one whose moment was not after the start is never given. */
static bool is_warning(const struct watch *w)
{
    const Halld__Mark *m = w->mark;
    if (!m)
        return w->kind == WATCH_YELLOW;
    if (m->at_case == HALLD__MARK__AT_PERCENT)
        return m->percent < 100;
    return m->at_case == HALLD__MARK__AT_DAY ? m->day <= 0 : strcmp(m->card, "yellow") == 0;
}

/* In hall time; 0: none. A deadline that has run out is never moved, a held clock has none. */
static int64_t run_due(const struct spans *s, const struct flow *f, const struct matter *m)
{
    const struct run *r = s->r;
    if (r->expired)
        return flow_hall_time(f, r->due);
    if (s->n == 0 || r->status != RUN_RUNNING)
        return 0;
    if (!r->by_date)
        return worktime_deadline(s->w, r->unit, r->n, s->span, s->n);
    int field = m->def->clocks[r->clock].field;
    if (field < 0) /* another version counts it by a limit: what has begun keeps the date that it had */
        return r->due ? flow_hall_time(f, r->due) : 0;
    const struct value *date = matter_value(m, field);
    return date->n ? worktime_closing(s->w, (int32_t)date->numbers[0]) : 0;
}

static void compute(const struct flow *f, const struct flow_facts *facts, const struct matter *m, const struct run *r,
                    struct computed *c)
{
    const struct clock_row *row = &m->def->clocks[r->clock];
    struct spans s = {.w = facts->worktime, .r = r};
    s.span = run_spans(r, f->offset, &s.n);
    *c = (struct computed){.n = row->n_watches};
    s.due = run_due(&s, f, m);
    if (s.due) {
        c->due = s.due - f->offset;
        int64_t start = flow_hall_time(f, r->start), from = start < s.due ? start : s.due; /* a date may be past */
        c->provisional = r->expired ? r->provisional : worktime_is_provisional(s.w, from, s.due);
    }
    for (size_t i = 0; s.due && i < row->n_watches; i++) {
        int64_t moment = watch_moment(&s, &row->watches[i]);
        if (moment)
            c->moments[i] = moment - f->offset;
        if (is_warning(&row->watches[i]) && c->moments[i] <= r->start)
            c->moments[i] = 0;
    }
    free(s.span);
}

bool clock_is_stale(const struct flow *f, const struct flow_facts *facts, const struct matter *m, const struct run *r,
                    bool *ret_same_due)
{
    struct computed c;
    compute(f, facts, m, r, &c);
    *ret_same_due = c.due == r->due && c.provisional == r->provisional;
    return !*ret_same_due || c.n != r->n_moments || memcmp(c.moments, r->moments, c.n * sizeof *c.moments) != 0;
}

/* ---- events */

static void make_started(struct act *a, const struct matter *m, int clock, const struct limit *l)
{
    const struct clock_row *row = &m->def->clocks[clock];
    struct run r = {.clock = clock, .unit = l->unit, .n = l->n, .yellow = l->yellow, .start = a->turn->now};
    r.by_date = row->limit == LIMIT_FIELD;
    struct computed c;
    compute(a->flow, a->turn->facts, m, &r, &c);
    Halld__Event *event;
    Halld__ClockStarted *b = act_begin(a, FLOW_EVENT(CLOCK_STARTED), m, &event);
    b->clock = alloc_text(row->c->name);
    b->n = r.n;
    b->unit = r.unit;
    b->yellow = r.yellow;
    b->by_date = r.by_date;
    b->due_at = c.due;
    b->provisional = c.provisional;
    b->n_moments = c.n;
    b->moments = alloc_copy(c.moments, c.n * sizeof *c.moments);
    act_make(a, event);
}

static void start(struct act *a, const struct matter *m, int clock)
{
    static const char *const keys[] = {[LIMIT_PROMISED] = "item.promised", [LIMIT_STATUTORY] = "item.statutory"};
    const struct clock_row *row = &m->def->clocks[clock];
    struct limit l = {0};
    if (row->limit == LIMIT_PROFILE && !clock_limit_find(a, m, row->c->limit, &l))
        l = SILENT; /* a profile without the key does not pass the checker */
    else if (row->limit == LIMIT_PROMISED || row->limit == LIMIT_STATUTORY)
        clock_limit_find(a, m, keys[row->limit], &l);
    make_started(a, m, clock, &l);
}

/* r is what the run would be: where and how much it counts. */
static void make_moved(struct act *a, const struct matter *m, const struct run *r, const char *reason)
{
    const struct run *now = matter_run(m, r->clock);
    struct computed c;
    compute(a->flow, a->turn->facts, m, r, &c);
    if (r->expired && r->n_moments == c.n) /* its marks stay where they are too */
        memcpy(c.moments, r->moments, c.n * sizeof *c.moments);
    Halld__Event *event;
    Halld__ClockMoved *b = act_begin(a, FLOW_EVENT(CLOCK_MOVED), m, &event);
    b->clock = alloc_text(r->name);
    b->reason = alloc_text(reason);
    b->n = r->n;
    b->unit = r->unit;
    b->yellow = r->yellow;
    b->start_at = r->start;
    b->due_at = c.due;
    b->provisional = c.provisional;
    b->same = r->expired || (c.due == now->due && c.provisional == now->provisional);
    b->n_moments = c.n;
    b->moments = alloc_copy(c.moments, c.n * sizeof *c.moments);
    act_make(a, event);
}

static void stop(struct act *a, const struct matter *m, const char *name, const char *how)
{
    Halld__Event *event;
    Halld__ClockStopped *b = act_begin(a, FLOW_EVENT(CLOCK_STOPPED), m, &event);
    b->clock = alloc_text(name);
    b->how = alloc_text(how);
    act_make(a, event);
}

static void resume(struct act *a, const struct matter *m, const struct run *r)
{
    struct run resumed = *r;
    resumed.pauses = alloc_copy(r->pauses, r->n_pauses * sizeof *r->pauses);
    resumed.status = RUN_RUNNING;
    resumed.pauses[r->n_pauses - 1].to = a->turn->now;
    make_moved(a, m, &resumed, "resume");
    free(resumed.pauses);
}

/* ---- following the state */

static void stop_or_hold(struct act *a, const struct matter *m, int clock)
{
    const struct clock_row *row = &m->def->clocks[clock];
    const struct run *r = matter_run(m, clock);
    uint64_t here = DEFINITION_BIT(m->state);
    if (!run_is_active(r) || (row->in & here))
        return;
    if (!(row->pause & here))
        return stop(a, m, r->name, r->expired ? "late" : "met");
    if (r->status == RUN_PAUSED)
        return;
    Halld__Event *event;
    Halld__ClockPaused *b = act_begin(a, FLOW_EVENT(CLOCK_PAUSED), m, &event);
    b->clock = alloc_text(r->name);
    act_make(a, event);
}

static bool follows_date(const struct act *a, const struct matter *m, const struct run *r, uint64_t set)
{
    int field = m->def->clocks[r->clock].field;
    bool same;
    return r->by_date && !r->expired && field >= 0 && (set & DEFINITION_BIT(field)) &&
           clock_is_stale(a->flow, a->turn->facts, m, r, &same);
}

static void start_or_resume(struct act *a, const struct matter *m, int clock, uint64_t set)
{
    const struct run *r = matter_run(m, clock);
    if (!(m->def->clocks[clock].in & DEFINITION_BIT(m->state)))
        return;
    if (!run_is_active(r))
        start(a, m, clock);
    else if (r->status == RUN_PAUSED)
        resume(a, m, r);
    else if (follows_date(a, m, r, set))
        make_moved(a, m, r, "date");
}

void clock_follow_state(struct act *a, uint64_t matter, uint64_t set_fields)
{
    const struct matter *m = flow_matter(a->flow, matter);
    for (size_t i = 0; i < m->def->flow->n_clocks; i++)
        stop_or_hold(a, flow_matter(a->flow, matter), (int)i);
    for (size_t i = 0; i < m->def->flow->n_clocks; i++)
        start_or_resume(a, flow_matter(a->flow, matter), (int)i, set_fields);
}

void clock_stop_gone(struct act *a, uint64_t matter, const struct definition *next)
{
    const struct matter *m = flow_matter(a->flow, matter);
    size_t n = m->n_runs;
    for (size_t i = 0; i < n; i++) {
        const struct run *r = &flow_matter(a->flow, matter)->runs[i];
        if (run_is_active(r) && definition_clock(next, r->name) < 0)
            stop(a, flow_matter(a->flow, matter), r->name, "dropped");
    }
}

void clock_move(struct act *a, uint64_t matter, int clock, const char *reason)
{
    const struct matter *m = flow_matter(a->flow, matter);
    const struct run *r = matter_run(m, clock);
    if (run_is_active(r))
        make_moved(a, m, r, reason);
}

void clock_change(struct act *a, uint64_t matter, int clock, const char *reason, const struct limit *l)
{
    const struct matter *m = flow_matter(a->flow, matter);
    const struct run *r = matter_run(m, clock);
    if (!run_is_active(r))
        return;
    struct run changed = *r;
    changed.n = l->n;
    changed.unit = l->unit;
    changed.yellow = l->yellow;
    make_moved(a, m, &changed, reason);
}

void clock_since(struct act *a, uint64_t matter, int clock, int64_t start)
{
    const struct matter *m = flow_matter(a->flow, matter);
    const struct run *r = matter_run(m, clock);
    if (!run_is_active(r) || r->expired || start == 0)
        return;
    struct run changed = *r;
    changed.start = start;
    changed.pauses = alloc_copy(r->pauses, r->n_pauses * sizeof *r->pauses);
    changed.n_pauses = (uint32_t)pauses_since(r->n_pauses, changed.pauses, start);
    make_moved(a, m, &changed, "since");
    free(changed.pauses);
}
