/* The invariants of docs/flows.md, true after every event. */
#include <string.h>

#include "core/flow/flow_state.h"

static const char *check_open_run(const struct matter *m, const struct run *r)
{
    const struct clock_row *row = &m->def->clocks[r->clock];
    uint64_t here = DEFINITION_BIT(m->state);
    if (r->status == RUN_RUNNING && !(row->in & here))
        return "a clock runs outside its states";
    if (r->status == RUN_PAUSED && !(row->pause & here))
        return "a clock is held outside its states";
    if (r->status == RUN_PAUSED && !r->expired && r->due)
        return "a held clock has a deadline";
    return NULL;
}

static const char *check_clocks(const struct matter *m)
{
    for (size_t i = 0; i < m->def->flow->n_clocks && !m->ended; i++) {
        const struct run *r = matter_run(m, (int)i);
        if (!run_is_active(r) && (m->def->clocks[i].in & DEFINITION_BIT(m->state)))
            return "a clock does not run in its states";
    }
    for (size_t i = 0; i < m->n_runs; i++) {
        const struct run *r = &m->runs[i];
        if (!run_is_active(r))
            continue;
        if (m->ended || r->clock < 0)
            return "a clock runs that has no matter";
        const char *broken = check_open_run(m, r);
        if (broken)
            return broken;
    }
    return NULL;
}

static const char *check_matter(const struct flow *f, const struct matter *m)
{
    int levels = m->def->flow->n_levels ? (int)m->def->flow->n_levels : 1;
    if (m->state < 0 || (size_t)m->state >= m->def->flow->n_states)
        return "a matter has no state";
    if ((m->ended != 0) != matter_is_over(m))
        return "a matter is over in a state that is no end, or the other way round";
    if (m->level < 1 || m->level > levels)
        return "a level is out of bounds";
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        for (size_t k = 0; m->def->fields[i].type == FLOW_MATTER && k < matter_value(m, i)->n; k++)
            if (!flow_matter(f, (uint64_t)matter_value(m, i)->numbers[k]))
                return "a field leads to no matter";
    if ((m->next.at == INT64_MAX) != (m->heap_at == 0))
        return "what is due is not in the heap";
    if (m->is_listed != !m->ended)
        return "the list of open matters lacks one, or has one that has ended";
    if (m->ended && (m->ended_at == 0 || m->ended_at > f->ended.n || f->ended.at[m->ended_at - 1] != m))
        return "the list of ended matters lacks one";
    return check_clocks(m);
}

static const char *check_list(const struct flow *f)
{
    size_t n = 0;
    for (const struct matter *m = f->open_first; m; m = m->open_next) {
        if (m->open_next && m->open_next->id <= m->id)
            return "the list of open matters is out of order";
        n++;
    }
    return n == f->n_open ? NULL : "the open matters are miscounted";
}

const char *flow_check(const struct flow *f)
{
    for (uint64_t id = 1; id <= f->last; id++) {
        const char *broken = check_matter(f, flow_matter(f, id));
        if (broken)
            return broken;
    }
    for (size_t i = 1; i < f->n_heap; i++)
        if (f->heap[i]->next.at < f->heap[(i - 1) / 2]->next.at)
            return "the heap is out of order";
    if (f->recheck > f->last || f->migrate > f->last || (f->migrate && !f->migrating))
        return "matters are to be looked at that are not there";
    return check_list(f);
}

const char *flow_check_deadlines(const struct flow *f, const struct flow_facts *facts)
{
    for (uint64_t id = 1; id <= f->last; id++) {
        const struct matter *m = flow_matter(f, id);
        bool unchecked = (f->recheck && id >= f->recheck) || (f->migrate && id >= f->migrate);
        for (size_t i = 0; i < m->n_runs && !unchecked; i++) {
            const struct run *r = &m->runs[i];
            bool same;
            if (r->status == RUN_RUNNING && !r->expired && clock_is_stale(f, facts, m, r, &same) && !same)
                return "a deadline is not its recomputation";
        }
    }
    return NULL;
}
