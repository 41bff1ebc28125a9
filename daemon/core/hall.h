/*
 * The hall: one fold over the journal. Pure: no I/O, clock, log, thread, float or global.
 *
 *   hall_decide   command + turn -> events, each applied as it is made; a refusal changes nothing
 *   hall_apply    event -> state; only copies what the event says
 *   hall_check    the invariants of the domain
 *
 * The engine keeps two halls, "decided" and "committed"; both see the same events through hall_apply.
 */
#ifndef CORE_HALL_H
#define CORE_HALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/turn.h"
#include "proto/command.pb-c.h"
#include "proto/snapshot.pb-c.h"

struct hall;
struct setup;
struct queue;
struct flow;

struct hall *hall_new(void);
void hall_free(struct hall *h);
struct hall *hall_clone(const struct hall *h);

/*
 * Decides one command and applies its events to h. 0, with the events (none, if nothing had to change)
 * added to ret; or a refusal's code with its details in r, h unchanged.
 */
int hall_decide(struct hall *h, const Halld__Command *command, const struct turn *turn, struct events *ret,
                struct refusal *r);

/* Does this program know the event's kind? One that does not must not fold the journal. */
bool hall_knows(const Halld__Event *event);

/* Applies the event with seq hall_seq(h) + 1, of a known kind. */
void hall_apply(struct hall *h, const Halld__Event *event);

/* The next instant at which a tick would do something, or INT64_MAX. A tick makes at most 256 events. */
int64_t hall_next_due(const struct hall *h);

/* NULL, or which invariant is broken (static text). */
const char *hall_check(const struct hall *h);

/* The canonical whole state; freed with halld__snapshot__free_unpacked(s, NULL). Two halls are equal iff packed
 * snapshots are. */
Halld__Snapshot *hall_to_snapshot(const struct hall *h);
/* NULL if s does not describe a possible hall. */
struct hall *hall_from_snapshot(const Halld__Snapshot *s);

/* Reading. Borrowed until the next apply. */
const struct setup *hall_setup(const struct hall *h);
const struct queue *hall_queue(const struct hall *h);
/* What is done to every open matter goes in slices, one a tick: until it is through nothing is decided but ticks (and
 * that the clock is right), the rest is NOT_READY. */
bool hall_is_behind(const struct hall *h);
const struct flow *hall_flow(const struct hall *h); /* the matters: core/flow/flow.h */
uint64_t hall_seq(const struct hall *h);            /* of the last event applied; 0 = none */
int64_t hall_at(const struct hall *h);              /* its time */
uint64_t hall_epoch(const struct hall *h);
const Halld__JournalStarted *hall_journal(const struct hall *h); /* NULL in an empty hall */

#endif
