/* What each event does to the flow: it only copies what stands in the event. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/flow/flow_state.h"
#include "core/setup_rows.h"

typedef void apply_body_fn(struct flow *f, const Halld__Event *event);

/* The matter of an event's head, to write to. An event of a matter that is not there is not of this flow. */
static struct matter *own(struct flow *f, const Halld__MatterHead *head)
{
    struct matter *m = flow_matter_own(f, head->matter);
    if (!m)
        abort();
    return m;
}

/* ---- definitions */

static void apply_defined(struct flow *f, const Halld__Event *event)
{
    struct library *l = f->library;
    Halld__Flow *flow = (Halld__Flow *)message_clone(&event->flow_defined->flow->base);
    struct definition *d = definition_new_take(flow, NULL);
    if (!d)
        abort(); /* it was sound when it was decided */
    l->at = alloc_grow(l->at, l->n + 1, sizeof *l->at);
    l->at[l->n++] = d;
}

static void apply_profile(struct flow *f, const Halld__Event *event)
{
    struct library *l = f->library;
    if (l->profile)
        halld__profile__free_unpacked(l->profile, NULL);
    l->profile = (Halld__Profile *)message_clone(&event->profile_set->profile->base);
}

/* ---- the matter */

static struct matter *opened(struct flow *f, const Halld__Event *event)
{
    const Halld__MatterMoved *b = event->matter_moved;
    const struct definition *def = flow_definition_find(f, b->head->flow, b->head->version);
    if (!def)
        abort();
    struct matter *m = matter_new(b->head->matter, def);
    m->opened_at = event->at;
    m->opened_seq = event->seq;
    if (*b->person)
        m->person = alloc_text(b->person);
    flow_matter_add_take(f, m);
    return m;
}

/* Whoever took a transition, as one word for people who come too late. A layer's events have no actor yet. */
static char *taker_new(const Halld__Event *event)
{
    const Halld__MatterMoved *b = event->matter_moved;
    const Halld__Actor *actor = event->actor;
    if (*b->clock)
        return alloc_format("clock:%s", b->clock);
    if (b->by)
        return alloc_format("matter:%llu", (unsigned long long)b->by);
    const ProtobufCEnumValue *kind =
        actor ? protobuf_c_enum_descriptor_get_value(&halld__actor_kind__e__descriptor, (int)actor->kind) : NULL;
    if (!kind)
        return NULL;
    bool named = *actor->id && actor->kind != HALLD__ACTOR_KIND__E__link;
    return named ? alloc_format("%s:%s", kind->name, actor->id) : alloc_text(kind->name);
}

static void apply_moved(struct flow *f, const Halld__Event *event)
{
    const Halld__MatterMoved *b = event->matter_moved;
    struct matter *m = b->opened ? opened(f, event) : own(f, b->head);
    m->state = definition_state(m->def, b->to);
    if (m->state < 0)
        abort();
    if (b->entered)
        m->entered[m->state] = event->at;
    for (size_t i = 0; i < b->n_fields; i++)
        matter_set(m, b->fields[i]);
    m->last = definition_transition(m->def, b->transition);
    if (m->last >= 0)
        m->times[m->last]++;
    free(m->last_by);
    m->last_by = taker_new(event);
    m->revision++;
    matter_change(m, event->at, *b->clock);
    if (matter_is_over(m) && !m->ended)
        m->ended = event->day;
    flow_note_open(f, m);
    flow_note(f, m);
    flow_schedule(f, m);
}

static void apply_raised(struct flow *f, const Halld__Event *event)
{
    struct matter *m = own(f, event->matter_raised->head);
    m->level = (int)event->matter_raised->level;
}

/* Recorded for whoever reads the journal. */
static void apply_notified(struct flow *f, const Halld__Event *event)
{
    (void)f;
    (void)event;
}

static void apply_told(struct flow *f, const Halld__Event *event)
{
    (void)f;
    (void)event;
}

static void apply_effect(struct flow *f, const Halld__Event *event)
{
    const Halld__MatterEffect *b = event->matter_effect;
    if (b->value) {
        matter_set(own(f, b->head), b->value);
        flow_note(f, own(f, b->head));
    }
    if (*b->record)
        flow_set_record(f, b->person, b->record, strcmp(b->effect, "remember") == 0);
}

static void apply_erased(struct flow *f, const Halld__Event *event)
{
    struct matter *m = own(f, event->field_erased->head);
    int field = definition_field(m->def, event->field_erased->field);
    if (field >= 0)
        matter_put_take(m, field, (struct value){0});
    flow_schedule(f, m);
}

/* ---- clocks */

static struct run *run_at(struct matter *m, const char *clock)
{
    struct run *r = matter_run_by_name(m, clock);
    if (!r)
        abort();
    return r;
}

static void set_moments(struct run *r, size_t n, const int64_t *moments, int64_t now)
{
    if (n > WATCHES_MAX)
        abort();
    free(r->moments);
    r->moments = alloc_copy(moments, n * sizeof *moments);
    r->n_moments = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        if (moments[i] > now)
            r->given &= ~DEFINITION_BIT(i); /* it lies ahead again */
}

/* A mark that only this version has, and that lies behind, is never given. */
static void skip_behind(struct run *r, int64_t now)
{
    for (size_t i = WATCH_RED + 1; i < r->n_moments; i++)
        if (r->moments[i] && r->moments[i] <= now)
            r->given |= DEFINITION_BIT(i);
}

static struct run *new_run(struct matter *m, const char *clock)
{
    struct run *r = matter_run_by_name(m, clock);
    if (!r) {
        m->runs = alloc_grow(m->runs, m->n_runs + 1, sizeof *m->runs);
        r = &m->runs[m->n_runs++];
    } else
        run_stop(r, RUN_DROPPED);
    int index = definition_clock(m->def, clock);
    if (index < 0)
        abort();
    *r = (struct run){.clock = (int8_t)index};
    r->name = m->def->clocks[r->clock].c->name;
    return r;
}

static void apply_started(struct flow *f, const Halld__Event *event)
{
    const Halld__ClockStarted *b = event->clock_started;
    struct matter *m = own(f, b->head);
    struct run *r = new_run(m, b->clock);
    r->status = RUN_RUNNING;
    r->n = b->n;
    r->unit = b->unit;
    r->yellow = b->yellow;
    r->by_date = b->by_date;
    r->start = event->at;
    r->due = b->due_at;
    r->provisional = b->provisional;
    set_moments(r, b->n_moments, b->moments, event->at);
    flow_schedule(f, m);
}

static void apply_clock_moved(struct flow *f, const Halld__Event *event)
{
    const Halld__ClockMoved *b = event->clock_moved;
    struct matter *m = own(f, b->head);
    struct run *r = run_at(m, b->clock);
    if (strcmp(b->reason, "resume") == 0) {
        r->status = RUN_RUNNING;
        r->pauses[r->n_pauses - 1].to = event->at;
    }
    if (b->start_at != r->start)
        r->n_pauses = (uint32_t)pauses_since(r->n_pauses, r->pauses, b->start_at);
    r->start = b->start_at;
    r->n = b->n;
    r->unit = b->unit;
    r->yellow = b->yellow;
    r->due = b->due_at;
    r->provisional = b->provisional;
    set_moments(r, b->n_moments, b->moments, event->at);
    if (strcmp(b->reason, "migrate") == 0)
        skip_behind(r, event->at);
    flow_schedule(f, m);
}

static void apply_paused(struct flow *f, const Halld__Event *event)
{
    struct matter *m = own(f, event->clock_paused->head);
    struct run *r = run_at(m, event->clock_paused->clock);
    r->status = RUN_PAUSED;
    r->pauses = alloc_grow(r->pauses, r->n_pauses + 1, sizeof *r->pauses);
    r->pauses[r->n_pauses++] = (struct running){event->at, INT64_MAX};
    if (!r->expired) {
        r->due = 0;
        r->provisional = false;
    }
    flow_schedule(f, m);
}

static void apply_stopped(struct flow *f, const Halld__Event *event)
{
    const Halld__ClockStopped *b = event->clock_stopped;
    struct matter *m = own(f, b->head);
    struct run *r = run_at(m, b->clock);
    run_stop(r, strcmp(b->how, "met") == 0 ? RUN_MET : strcmp(b->how, "late") == 0 ? RUN_LATE : RUN_DROPPED);
    flow_schedule(f, m);
}

static void apply_mark(struct flow *f, const Halld__Event *event)
{
    const Halld__MarkGiven *b = event->mark_given;
    struct matter *m = own(f, b->head);
    struct run *r = run_at(m, b->clock);
    if (b->watch >= WATCHES_MAX)
        abort();
    r->given |= DEFINITION_BIT(b->watch);
    if (b->watch == WATCH_END)
        r->expired = true;
    flow_schedule(f, m);
}

/* ---- another version of the definition */

/* The bits of what was given, at the places that the same marks have in the other version. */
static uint64_t carry_given(const struct run *r, const struct clock_row *from, const struct clock_row *to)
{
    uint64_t given = 0;
    for (size_t t = 0; t < to->n_watches; t++)
        for (size_t i = 0; i < from->n_watches; i++)
            if (from->watches[i].kind == to->watches[t].kind && strcmp(from->watches[i].what, to->watches[t].what) == 0)
                given |= r->given & DEFINITION_BIT(i) ? DEFINITION_BIT(t) : 0;
    return given;
}

static void carry_run(struct run *r, const struct definition *from, const struct definition *to)
{
    int clock = r->clock < 0 ? -1 : definition_clock(to, r->name);
    if (clock >= 0) {
        r->given = carry_given(r, &from->clocks[r->clock], &to->clocks[clock]);
        r->n_moments = 0; /* a clock_moved follows for each that runs */
    }
    r->clock = (int8_t)clock;
}

static struct matter *carried(const struct matter *old, const struct definition *to)
{
    struct matter *m = matter_new(old->id, to);
    const struct definition *from = old->def;
    if (old->last >= 0)
        m->last = definition_transition(to, from->flow->transitions[old->last]->name);
    for (size_t i = 0; i < from->flow->n_fields; i++) {
        if (definition_carries(from, to, (int)i))
            matter_put_take(m, definition_field(to, from->flow->fields[i]->name), value_copy(matter_value(old, i)));
    }
    for (size_t i = 0; i < from->flow->n_transitions; i++) {
        int transition = definition_transition(to, from->flow->transitions[i]->name);
        if (transition >= 0)
            m->times[transition] = old->times[i];
    }
    for (size_t i = 0; i < from->flow->n_states; i++) {
        int state = definition_state(to, from->flow->states[i]->name);
        if (state >= 0)
            m->entered[state] = old->entered[i];
    }
    return m;
}

static void apply_migrated(struct flow *f, const Halld__Event *event)
{
    const Halld__MatterMigrated *b = event->matter_migrated;
    struct matter *m = own(f, b->head);
    const struct definition *to = flow_definition_find(f, b->head->flow, b->head->version), *from = m->def;
    int state = to ? definition_state(to, b->to) : -1;
    if (state < 0)
        abort();
    struct matter *next = carried(m, to);
    if (next->entered[state] == 0)
        next->entered[state] = m->entered[m->state];
    int levels = to->flow->n_levels ? (int)to->flow->n_levels : 1;
    struct matter *old = alloc_copy(m, sizeof *m); /* takes the old arrays away, but neither runs nor people */
    old->runs = NULL;
    old->n_runs = 0;
    old->person = old->last_by = NULL;
    m->def = to;
    m->has = next->has;
    m->values = next->values;
    m->times = next->times;
    m->entered = next->entered;
    m->last = next->last;
    m->state = state;
    m->level = m->level < levels ? m->level : levels;
    m->revision++;
    matter_change(m, event->at, false);
    m->ended = matter_is_over(m) ? event->day : 0;
    free(next);
    matter_free(old);
    for (size_t i = 0; i < m->n_runs; i++)
        carry_run(&m->runs[i], from, to);
    flow_note_open(f, m);
    flow_note(f, m); /* the other version may hold what this one did not */
    flow_schedule(f, m);
}

/* ---- what is done to all of them */

static void apply_begun(struct flow *f, const Halld__Event *event)
{
    free(f->migrating);
    f->migrating = alloc_text(event->migration_begun->flow);
    f->migrate = f->open_first ? f->open_first->id : 0;
}

static void apply_checked(struct flow *f, const Halld__Event *event)
{
    const Halld__MattersChecked *b = event->matters_checked;
    *(b->migration ? &f->migrate : &f->recheck) = b->next;
}

void flow_mark_stale(struct flow *f)
{
    f->recheck = f->open_first ? f->open_first->id : 0;
}

bool flow_is_behind(const struct flow *f)
{
    return f->recheck || f->migrate;
}

/* ---- the table */

static apply_body_fn *const table[] = {
    [FLOW_EVENT(FLOW_DEFINED)] = apply_defined,     [FLOW_EVENT(PROFILE_SET)] = apply_profile,
    [FLOW_EVENT(MATTER_MOVED)] = apply_moved,       [FLOW_EVENT(CLOCK_STARTED)] = apply_started,
    [FLOW_EVENT(CLOCK_MOVED)] = apply_clock_moved,  [FLOW_EVENT(CLOCK_PAUSED)] = apply_paused,
    [FLOW_EVENT(CLOCK_STOPPED)] = apply_stopped,    [FLOW_EVENT(MARK_GIVEN)] = apply_mark,
    [FLOW_EVENT(MATTER_RAISED)] = apply_raised,     [FLOW_EVENT(MATTER_NOTIFIED)] = apply_notified,
    [FLOW_EVENT(MATTER_TOLD)] = apply_told,         [FLOW_EVENT(MATTER_EFFECT)] = apply_effect,
    [FLOW_EVENT(MATTER_MIGRATED)] = apply_migrated, [FLOW_EVENT(FIELD_ERASED)] = apply_erased,
    [FLOW_EVENT(MIGRATION_BEGUN)] = apply_begun,    [FLOW_EVENT(MATTERS_CHECKED)] = apply_checked,
};

void flow_apply(struct flow *f, const Halld__Event *event)
{
    table[event->body_case](f, event);
}
