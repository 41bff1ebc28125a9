#include "view/migration.h"

#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "view/build.h"

/* ---- rows, made when they are first needed */

static Halld__MigrationMove *move_row(Halld__MigrationView *v, const Halld__MatterMigrated *b)
{
    for (size_t i = 0; i < v->n_moves; i++) {
        Halld__MigrationMove *row = v->moves[i];
        if (row->version == b->from_version && strcmp(row->from, b->from) == 0 && strcmp(row->to, b->to) == 0)
            return row;
    }
    Halld__MigrationMove *row = MESSAGE_NEW(Halld__MigrationMove, &halld__migration_move__descriptor);
    row->version = b->from_version;
    build_set(&row->from, b->from);
    build_set(&row->to, b->to);
    v->moves = alloc_grow(v->moves, v->n_moves + 1, sizeof(Halld__MigrationMove *));
    return v->moves[v->n_moves++] = row;
}

static Halld__MigrationClock *clock_row(Halld__MigrationView *v, const char *clock)
{
    for (size_t i = 0; i < v->n_clocks; i++)
        if (strcmp(v->clocks[i]->clock, clock) == 0)
            return v->clocks[i];
    Halld__MigrationClock *row = MESSAGE_NEW(Halld__MigrationClock, &halld__migration_clock__descriptor);
    build_set(&row->clock, clock);
    v->clocks = alloc_grow(v->clocks, v->n_clocks + 1, sizeof(Halld__MigrationClock *));
    return v->clocks[v->n_clocks++] = row;
}

static Halld__MigrationErase *erase_row(Halld__MigrationView *v, const char *field)
{
    for (size_t i = 0; i < v->n_erases; i++)
        if (strcmp(v->erases[i]->field, field) == 0)
            return v->erases[i];
    Halld__MigrationErase *row = MESSAGE_NEW(Halld__MigrationErase, &halld__migration_erase__descriptor);
    build_set(&row->field, field);
    v->erases = alloc_grow(v->erases, v->n_erases + 1, sizeof(Halld__MigrationErase *));
    return v->erases[v->n_erases++] = row;
}

static Halld__MigrationRest *rest_row(Halld__MigrationView *v, uint32_t version, const char *state)
{
    for (size_t i = 0; i < v->n_stays; i++)
        if (v->stays[i]->version == version && strcmp(v->stays[i]->state, state) == 0)
            return v->stays[i];
    Halld__MigrationRest *row = MESSAGE_NEW(Halld__MigrationRest, &halld__migration_rest__descriptor);
    row->version = version;
    build_set(&row->state, state);
    v->stays = alloc_grow(v->stays, v->n_stays + 1, sizeof(Halld__MigrationRest *));
    return v->stays[v->n_stays++] = row;
}

/* ---- counting */

/* A clock that goes on is moved first, and may then be stopped by the state. */
static void count_stopped(Halld__MigrationView *v, const Halld__ClockStopped *b)
{
    Halld__MigrationClock *row = clock_row(v, b->clock);
    bool dropped = strcmp(b->how, "dropped") == 0;
    row->dropped += dropped;
    row->stopped += !dropped;
    row->kept -= !dropped;
}

static void count(void *arg, const Halld__Event *event)
{
    Halld__MigrationView *v = arg;
    if (event->body_case == HALLD__EVENT__BODY_MATTER_MIGRATED)
        move_row(v, event->matter_migrated)->matters++;
    else if (event->body_case == HALLD__EVENT__BODY_FIELD_ERASED)
        erase_row(v, event->field_erased->field)->matters++;
    else if (event->body_case == HALLD__EVENT__BODY_CLOCK_STARTED)
        clock_row(v, event->clock_started->clock)->started++;
    else if (event->body_case == HALLD__EVENT__BODY_CLOCK_STOPPED)
        count_stopped(v, event->clock_stopped);
    else if (event->body_case == HALLD__EVENT__BODY_CLOCK_MOVED && strcmp(event->clock_moved->reason, "migrate") == 0)
        clock_row(v, event->clock_moved->clock)->kept++;
}

Halld__MigrationView *migration_view_new(const struct hall *h, const char *flow)
{
    const struct definition *d = flow_definition(hall_flow(h), flow);
    if (!d)
        return NULL;
    Halld__MigrationView *v = MESSAGE_NEW(Halld__MigrationView, &halld__migration_view__descriptor);
    build_set(&v->flow, flow);
    v->version = d->flow->version;
    return v;
}

void migration_view_add(Halld__MigrationView *v, const struct asker *a, const struct matter *m)
{
    const Halld__Flow *flow = m->def->flow;
    v->seq = hall_seq(a->hall);
    if (strcmp(flow->name, v->flow) != 0 || flow->version == v->version)
        return;
    if (matters_plan_migration(a, m, count, v))
        v->matters++;
    else
        rest_row(v, flow->version, matter_state_name(m))->matters++;
}
