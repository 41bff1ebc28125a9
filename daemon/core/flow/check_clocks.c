/* Clocks and their marks. */
#include <string.h>

#include "core/flow/check_inside.h"

enum { DAY_MOST = 60, PERCENT_MOST = 100, MARKS_MOST = 30 };

static const char *const FIELD_LIMIT = "field.";

static bool follows_a_date(const Halld__Clock *clock)
{
    return strncmp(clock->limit, FIELD_LIMIT, strlen(FIELD_LIMIT)) == 0;
}

bool flow_check_by_date(const struct flow_check *c, const Halld__Clock *clock)
{
    const Halld__Field *f =
        follows_a_date(clock) ? flow_check_field(c->flow, flow_word_of(clock->limit + strlen(FIELD_LIMIT))) : NULL;
    return f && flow_check_type(f) == FLOW_DATE;
}

bool flow_check_in_minutes(const struct flow_check *c, const Halld__Clock *clock)
{
    const Halld__ProfileLimit *limit = flow_check_limit(c->profile, flow_word_of(clock->limit));
    return limit && strcmp(limit->unit, flow_unit_name(FLOW_HALL_MINUTES)) == 0;
}

/* ---- marks */

static void bad_mark(const struct flow_check *c, const struct fault_place *at, const char *what)
{
    faults_add(c->faults, at, "MARK", "%s", what);
}

/* A common mark is of every clock without marks of its own. */
static bool counts_minutes(const struct flow_check *c, const Halld__Clock *clock)
{
    if (clock)
        return flow_check_in_minutes(c, clock);
    for (size_t i = 0; i < c->flow->n_clocks; i++)
        if (c->flow->clocks[i]->n_marks == 0 && flow_check_in_minutes(c, c->flow->clocks[i]))
            return true;
    return false;
}

static void check_percent(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                          const Halld__Mark *m)
{
    (void)clock;
    if (m->percent < 1 || m->percent > PERCENT_MOST)
        bad_mark(c, FAULT_AT(at, "percent"), "must be 1 to 100");
}

static void check_day(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                      const Halld__Mark *m)
{
    if (m->day < -DAY_MOST || m->day > DAY_MOST)
        bad_mark(c, FAULT_AT(at, "day"), "must be -60 to 60");
    if (counts_minutes(c, clock))
        bad_mark(c, FAULT_AT(at, "day"), "a clock in minutes has no days");
}

static void check_card(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                       const Halld__Mark *m)
{
    (void)clock;
    if (strcmp(m->card, "yellow") != 0 && strcmp(m->card, "red") != 0)
        bad_mark(c, FAULT_AT(at, "card"), "must be yellow or red");
}

typedef void at_check(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                      const Halld__Mark *m);
static at_check *const AT_CHECKS[] = {
    [HALLD__MARK__AT_PERCENT] = check_percent, [HALLD__MARK__AT_DAY] = check_day, [HALLD__MARK__AT_CARD] = check_card};

static void check_at(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                     const Halld__Mark *m)
{
    if ((int)m->at_case == 0)
        bad_mark(c, at, "says exactly one of percent, day, card");
    else
        AT_CHECKS[m->at_case](c, at, clock, m);
}

static void check_way(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                      const Halld__Transition *t)
{
    if (!flow_check_holds(t->n_roles, t->roles, "clock"))
        faults_add(c->faults, at, "MACHINE", "\"%s\" has not the role clock", t->name);
    for (size_t i = 0; i < clock->n_in; i++)
        if (!flow_check_holds(t->n_from, t->from, clock->in[i]))
            faults_add(c->faults, at, "NOT_FROM", "the clock runs in \"%s\", from where \"%s\" does not lead",
                       clock->in[i], t->name);
}

static void check_take(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock,
                       const char *name, bool last)
{
    const Halld__Transition *t = flow_check_transition(c->flow, flow_word_of(name));
    if (!clock) {
        faults_add(c->faults, at, "TAKE_LAST", "the common marks cannot take a transition");
        return;
    }
    if (!last)
        faults_add(c->faults, at, "TAKE_LAST", "only the last mark may take a transition");
    if (t)
        check_way(c, at, clock, t);
    else
        flow_check_unknown(c, at, "transition", flow_word_of(name));
}

void flow_check_mark_list(const struct flow_check *c, const struct fault_place *up, const Halld__Clock *clock, size_t n,
                          Halld__Mark *const *marks)
{
    if (n > MARKS_MOST)
        faults_add(c->faults, FAULT_AT(up, "marks"), "TOO_MANY", "at most %d marks", MARKS_MOST);
    for (size_t i = 0; i < n; i++) {
        const Halld__Mark *m = marks[i];
        const struct fault_place *at = FAULT_NTH(up, "marks", i);
        check_at(c, at, clock, m);
        flow_check_who_list(c, at, "notify", m->n_notify, m->notify, FLOW_WHO_READS);
        if (m->raise && c->flow->n_levels == 0)
            faults_add(c->faults, FAULT_AT(at, "raise"), "NO_LEVELS", "the flow has no levels");
        if (*m->take)
            check_take(c, FAULT_AT(at, "take"), clock, m->take, i + 1 == n);
        if (!m->raise && m->n_notify == 0 && !*m->take)
            bad_mark(c, at, "does nothing");
    }
}

void flow_check_marks(const struct flow_check *c)
{
    flow_check_mark_list(c, NULL, NULL, c->flow->n_marks, c->flow->marks);
}

/* ---- clocks */

static void check_pause(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock)
{
    flow_check_state_list(c, at, "pause", clock->n_pause, clock->pause, true);
    for (size_t i = 0; i < clock->n_pause; i++)
        if (flow_check_holds(clock->n_in, clock->in, clock->pause[i]))
            faults_add(c->faults, FAULT_NTH(at, "pause", i), "OVERLAP", "\"%s\" is in both", clock->pause[i]);
    if (clock->n_pause > 0 && follows_a_date(clock))
        faults_add(c->faults, FAULT_AT(at, "pause"), "OVERLAP", "a date cannot be paused");
}

static void check_limit(const struct flow_check *c, const struct fault_place *at, const Halld__Clock *clock)
{
    if (!follows_a_date(clock)) {
        flow_check_limit_word(c, at, flow_word_of(clock->limit));
        return;
    }
    struct flow_word name = flow_word_of(clock->limit + strlen(FIELD_LIMIT));
    const Halld__Field *f = flow_check_field(c->flow, name);
    if (!f)
        flow_check_unknown(c, at, "field", name);
    else if (flow_check_type(f) >= 0 && flow_check_type(f) != FLOW_DATE)
        flow_check_argument_type(c, at, name, FLOW_TYPE_BIT(FLOW_DATE));
    else
        flow_check_single(c, at, f);
}

void flow_check_clocks(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_clocks; i++) {
        const Halld__Clock *clock = c->flow->clocks[i];
        const struct fault_place *at = FAULT_NTH(NULL, "clocks", i);
        if (clock->n_in == 0)
            faults_add(c->faults, FAULT_AT(at, "in"), "NO_STATES", "runs nowhere");
        flow_check_state_list(c, at, "in", clock->n_in, clock->in, true);
        check_pause(c, at, clock);
        check_limit(c, FAULT_AT(at, "limit"), clock);
        flow_check_mark_list(c, at, clock, clock->n_marks, clock->marks);
    }
}
