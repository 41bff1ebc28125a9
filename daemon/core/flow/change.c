/* Definitions, profiles, calendars, and what tickets ask of matters. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/flow/flow_state.h"
#include "core/setup_rows.h"

int flow_define_take(struct flow *f, const struct flow_turn *turn, Halld__Flow *flow, struct refusal *r)
{
    const struct definition *known = flow_definition_find(f, flow->name, flow->version);
    int code = 0;
    if (known && !message_equal(&known->flow->base, &flow->base))
        code = refuse_number(r, HALL_E_SAME_VERSION, flow->name, flow->version);
    struct definition *sound = NULL;
    if (!known && !(sound = definition_new_take((Halld__Flow *)message_clone(&flow->base), r)))
        code = HALL_E_BAD_VALUE;
    definition_free(sound);
    if (known || code) {
        halld__flow__free_unpacked(flow, NULL);
        return code;
    }
    struct act a = {.flow = f, .turn = turn};
    Halld__Event *event;
    Halld__FlowDefined *b = act_begin(&a, FLOW_EVENT(FLOW_DEFINED), NULL, &event);
    b->flow = flow;
    turn->make(turn->arg, event);
    return 0;
}

int flow_set_profile(struct flow *f, const struct flow_turn *turn, const Halld__Profile *profile)
{
    if (f->library->profile && message_equal(&f->library->profile->base, &profile->base))
        return 0;
    struct act a = {.flow = f, .turn = turn};
    Halld__Event *event;
    Halld__ProfileSet *b = act_begin(&a, FLOW_EVENT(PROFILE_SET), NULL, &event);
    b->profile = (Halld__Profile *)message_clone(&profile->base);
    turn->make(turn->arg, event);
    return 0;
}

/* ---- another version */

static const Halld__Migration *migration_from(const struct definition *to, uint32_t version)
{
    for (size_t i = 0; i < to->flow->n_migrations; i++)
        if (to->flow->migrations[i]->from_version == version)
            return to->flow->migrations[i];
    return NULL;
}

static const char *new_state(const Halld__Migration *how, const char *old)
{
    for (size_t i = 0; i < how->n_states; i++)
        if (strcmp(how->states[i]->old, old) == 0)
            return how->states[i]->new_;
    return old;
}

static void make_migrated(struct act *a, const struct matter *m, const struct definition *to, const char *state)
{
    Halld__Event *event;
    Halld__MatterMigrated *b = act_begin(a, FLOW_EVENT(MATTER_MIGRATED), m, &event);
    b->from_version = b->head->version;
    b->head->version = to->flow->version;
    b->from = alloc_text(matter_state_name(m));
    b->to = alloc_text(state);
    act_make(a, event);
}

/* What the version has no field for could never be erased later: nothing would know of it. */
static void erase_gone(struct act *a, uint64_t matter, const struct definition *to)
{
    const struct definition *from = flow_matter(a->flow, matter)->def;
    for (size_t i = 0; i < from->flow->n_fields; i++) {
        const struct matter *m = flow_matter(a->flow, matter);
        if (matter_value(m, i)->n && !definition_carries(from, to, (int)i))
            act_erase(a, m, (int)i);
    }
}

/* On the act's layer; false: the version has no state for the matter. */
static bool decide_migration(struct act *a, uint64_t matter, const struct definition *to)
{
    const struct matter *m = flow_matter(a->flow, matter);
    const char *state = new_state(migration_from(to, m->def->flow->version), matter_state_name(m));
    if (definition_state(to, state) < 0)
        return false;
    erase_gone(a, matter, to);
    clock_stop_gone(a, matter, to);
    make_migrated(a, flow_matter(a->flow, matter), to, state);
    for (size_t i = 0; i < to->flow->n_clocks; i++)
        clock_move(a, matter, (int)i, "migrate");
    clock_follow_state(a, matter, 0);
    return true;
}

static bool may_migrate(const struct matter *m, const struct definition *to)
{
    return m->def != to && strcmp(m->def->flow->name, to->flow->name) == 0 && migration_from(to, m->def->flow->version);
}

static size_t migrate_one(struct flow *f, const struct flow_turn *turn, const struct matter *m)
{
    const struct definition *to = flow_definition(f, f->migrating);
    struct act a;
    struct flow layer;
    if (!may_migrate(m, to))
        return 0;
    act_begin_turn(&a, f, &layer, turn, NULL);
    return act_end_turn(&a, decide_migration(&a, m->id, to));
}

bool flow_plan_migration(const struct flow *f, const struct flow_turn *turn, const struct matter *m,
                         void (*each)(void *arg, const Halld__Event *event), void *arg)
{
    const struct definition *to = flow_definition(f, m->def->flow->name);
    struct act a;
    struct flow layer;
    if (!may_migrate(m, to))
        return false;
    act_begin_turn(&a, f, &layer, turn, NULL);
    bool moves = decide_migration(&a, m->id, to);
    for (size_t i = 0; moves && i < a.n_events; i++)
        each(arg, a.events[i]);
    act_end_turn(&a, false);
    return moves;
}

void flow_migrate(struct flow *f, const struct flow_turn *turn, const char *flow)
{
    const struct definition *to = flow_definition(f, flow);
    const struct matter *m = to ? f->open_first : NULL;
    while (m && !may_migrate(m, to))
        m = m->open_next;
    if (!m)
        return;
    struct act a = {.flow = f, .turn = turn};
    Halld__Event *event;
    Halld__MigrationBegun *b = act_begin(&a, FLOW_EVENT(MIGRATION_BEGUN), NULL, &event);
    b->flow = alloc_text(flow);
    b->version = to->flow->version;
    turn->make(turn->arg, event);
}

/* ---- another calendar */

static size_t recheck_one(struct flow *f, const struct flow_turn *turn, const struct matter *m)
{
    struct act a;
    struct flow layer;
    act_begin_turn(&a, f, &layer, turn, NULL);
    for (size_t i = 0; i < m->def->flow->n_clocks; i++) {
        const struct run *r = matter_run(m, (int)i);
        bool same;
        if (r && r->status == RUN_RUNNING && !r->expired && clock_is_stale(f, turn->facts, m, r, &same))
            clock_move(&a, m->id, (int)i, "calendar");
    }
    return act_end_turn(&a, true);
}

/* ---- slices */

enum { LOOKS_OF_AN_EVENT = 8 }; /* at matters that stay as they are: what they cost */

/* The open matter where the last slice ended; if that is open no more, the next that is. */
static const struct matter *open_from(const struct flow *f, uint64_t id)
{
    const struct matter *m = NULL;
    for (; id <= f->last && !m; id++)
        m = flow_matter(f, id)->is_listed ? flow_matter(f, id) : NULL;
    return m;
}

static void make_checked(struct flow *f, const struct flow_turn *turn, bool migration, uint64_t next)
{
    struct act a = {.flow = f, .turn = turn};
    Halld__Event *event;
    Halld__MattersChecked *b = act_begin(&a, FLOW_EVENT(MATTERS_CHECKED), NULL, &event);
    b->next = next;
    b->migration = migration;
    turn->make(turn->arg, event);
}

void flow_catch_up(struct flow *f, const struct flow_turn *turn, size_t most)
{
    bool migration = !f->recheck;
    size_t made = 0, looks = 0;
    if (!flow_is_behind(f))
        return;
    const struct matter *m = open_from(f, migration ? f->migrate : f->recheck);
    while (m && made + looks / LOOKS_OF_AN_EVENT < most) {
        const struct matter *next = m->open_next; /* a migration may end it */
        made += migration ? migrate_one(f, turn, m) : recheck_one(f, turn, m);
        looks++;
        m = next;
    }
    make_checked(f, turn, migration, m ? m->id : 0);
}

/* ---- tickets */

static bool has_text(const struct value *v, const char *text)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->texts[i], text) == 0)
            return true;
    return false;
}

/* Does a field of the matter hold the ticket, or let it have the outcome? */
static void look_at(const struct matter *m, const char *ticket, const char *outcome, bool *held, bool *allowed)
{
    uint64_t here = DEFINITION_BIT(m->state);
    for (size_t i = 0; i < m->def->flow->n_fields; i++) {
        const struct field *f = &m->def->fields[i];
        if (f->type != FLOW_TICKET || !has_text(matter_value(m, i), ticket))
            continue;
        *held |= !m->ended && (f->hold_in & here);
        *allowed |= strcmp(f->f->outcome, outcome) == 0 && (f->outcome_in & here);
    }
}

static bool is_locked(const struct flow *f, const char *outcome)
{
    for (size_t i = 0; i < f->library->n; i++) {
        const struct definition *d = f->library->at[i];
        for (size_t k = 0; k < d->flow->n_fields; k++)
            if (*outcome && strcmp(d->flow->fields[k]->outcome, outcome) == 0 && d == flow_definition(f, d->flow->name))
                return true;
    }
    return false;
}

int flow_check_outcome(const struct flow *f, const char *ticket, const char *outcome, struct refusal *r)
{
    bool held = false, allowed = !is_locked(f, outcome);
    const struct matter_ids *t = flow_ticket_find(f, ticket);
    for (size_t i = 0; t && i < t->n; i++)
        look_at(flow_matter(f, t->ids[i]), ticket, outcome, &held, &allowed);
    if (held)
        return refuse(r, HALL_E_TICKET_HELD, "ticket", ticket);
    return allowed ? 0 : refuse(r, HALL_E_OUTCOME_NOT_ALLOWED, "outcome", outcome);
}
