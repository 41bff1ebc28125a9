/*
 * What time does: marks in the order of their own moments, each once, however late; then what a flow no longer keeps is
 * erased. Each is given on its own, since it may stop the clocks of those after it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/flow_state.h"

static void make_mark(struct act *a, const struct matter *m, const struct watch *w, const struct next_due *due)
{
    Halld__Event *event;
    Halld__MarkGiven *b = act_begin(a, FLOW_EVENT(MARK_GIVEN), m, &event);
    b->clock = alloc_text(m->runs[due->run].name);
    b->watch = (uint32_t)due->watch;
    b->what = alloc_text(w->what);
    b->moment_at = due->at;
    act_make(a, event);
}

static void notify_mark(struct act *a, uint64_t matter, const char *clock, const struct watch *w)
{
    if (w->mark->raise)
        calls_raise(a, matter);
    char *why = alloc_format("%s %s", clock, w->what);
    calls_notify(a, matter, why, w->mark->n_notify, w->notify);
    free(why);
}

/* A refused one is recorded and never repeated: its mark has been given. */
static void take_mark(struct act *a, uint64_t matter, const char *clock, const struct watch *w)
{
    const char *transition = w->mark->take;
    struct act inner;
    struct flow layer;
    struct given nothing = {0};
    act_begin_inner(&inner, a, &layer);
    inner.clock = clock;
    int code = act_take(&inner, matter, transition, &nothing, NULL);
    act_end_inner(&inner, a, code == 0);
    if (!code)
        return;
    Halld__Event *event;
    Halld__MatterTold *b = act_begin(a, FLOW_EVENT(MATTER_TOLD), flow_matter(a->flow, matter), &event);
    b->transition = alloc_text(transition);
    b->result = alloc_text(err_name(code));
    b->clock = alloc_text(clock);
    act_make(a, event);
}

static void give_mark(struct act *a, const struct matter *m, const struct next_due *due)
{
    uint64_t matter = m->id;
    const struct clock_row *row = &m->def->clocks[m->runs[due->run].clock];
    const struct watch *w = &row->watches[due->watch];
    make_mark(a, m, w, due);
    if (w->kind == WATCH_NOTICE)
        notify_mark(a, matter, row->c->name, w);
    else if (w->kind == WATCH_TAKE)
        take_mark(a, matter, row->c->name, w);
}

static size_t give(struct flow *f, const struct flow_turn *turn, const struct matter *m)
{
    struct act a;
    struct flow layer;
    struct next_due due = m->next;
    act_begin_turn(&a, f, &layer, turn, NULL);
    if (due.run < 0)
        act_erase(&a, m, due.watch);
    else
        give_mark(&a, m, &due);
    return act_end_turn(&a, true);
}

static size_t give_due(struct flow *f, const struct flow_turn *turn, size_t most)
{
    size_t made = 0;
    for (const struct matter *m = flow_due_first(f); m && m->next.at <= turn->now && made <= most;
         m = flow_due_first(f))
        made += give(f, turn, m);
    return made;
}

/*
 * A deadline is given only when a changed calendar can move it no more; a matter goes on to another version only when
 * what is due to it has been given: there the marks behind count as given. With a bound one of the three at a time.
 */
void flow_tick(struct flow *f, const struct flow_turn *turn, size_t most)
{
    bool bounded = most < SIZE_MAX;
    if (f->recheck && bounded)
        return flow_catch_up(f, turn, most);
    while (f->recheck)
        flow_catch_up(f, turn, most);
    if (give_due(f, turn, most) && bounded)
        return;
    while (f->migrate) {
        flow_catch_up(f, turn, most);
        if (bounded)
            return;
    }
}
