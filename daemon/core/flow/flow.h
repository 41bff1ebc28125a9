/*
 * The flow engine: matters, their definitions and clocks. Commands are decided into events, each of which is applied
 * as it is made; applying only copies. Pure: who the people are, what the items are and when the hall is open comes
 * in as facts, the time with each turn.
 *
 * Times are milliseconds since the epoch; hall time, in which working time is counted, is that plus the offset.
 */
#ifndef CORE_FLOW_FLOW_H
#define CORE_FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/day/worktime.h"
#include "core/flow/matter.h"
#include "proto/event.pb-c.h"
#include "proto/snapshot.pb-c.h"

struct flow;

/* What the engine must know beyond its matters. Every answer is a function of the hall's state. */
struct flow_facts {
    const void *arg;
    const struct worktime *worktime;
    /* Does the user hold the role? "staff" is anyone known; never duty_leader, which the rota says. */
    bool (*has_role)(const void *arg, const char *user, const char *role);
    bool (*in_department)(const void *arg, const char *user, const char *department);
    const char *(*duty)(const void *arg, int32_t date);                    /* the duty leader; "" if there is none */
    int32_t (*certified_until)(const void *arg, const char *user);         /* a date; 0 = holds no certificate */
    const Halld__Item *(*item)(const void *arg, const char *item);         /* NULL if unknown */
    bool (*knows)(const void *arg, enum flow_type type, const char *code); /* is there such a row? */
};

/* One command's circumstances. */
struct flow_turn {
    int64_t now; /* never goes back */
    const struct flow_facts *facts;
    const char *user;   /* who asks: a user or a device, ... */
    const char *person; /* ... or the holder of a matter's link, as a person; else NULL */
    int window;         /* where; 0 = nowhere */
    /* Takes each event as it is made; must apply it with flow_apply to the flow that was asked. */
    void (*make)(void *arg, Halld__Event *event_taken);
    void *arg;
};

/* A transition somebody asks for. */
struct flow_command {
    const char *flow; /* opening: of which flow */
    uint64_t matter;  /* 0: opens one */
    const char *transition;
    size_t n_fields;
    Halld__FieldValue *const *fields;
    bool has_seen, has_seen_at; /* what the caller saw: the matter's revision, or at what time */
    uint64_t seen;
    int64_t seen_at;
};

struct flow *flow_new(void);
void flow_free(struct flow *f);
void flow_set_offset(struct flow *f, int64_t offset);
int64_t flow_offset(const struct flow *f);

void flow_apply(struct flow *f, const Halld__Event *event);

/*
 * Decides a transition. Marks that are due must have been given (flow_tick). 0 with *ret_matter the matter's number; or
 * UNKNOWN_TRANSITION, WRONG_ROLE, STALE, WRONG_STATE, NO_MORE_TIMES, FIELD_NOT_ALLOWED, FIELD_MISSING, FIELD_BAD,
 * GUARD, CLOCK_EXPIRED, LIMIT_UNIT in this order, and nothing has been made.
 */
int flow_decide(struct flow *f, const struct flow_turn *turn, const struct flow_command *c, uint64_t *ret_matter,
                struct refusal *r);

/* The next moment at which flow_tick would do something; INT64_MAX if there is none. */
int64_t flow_next_due(const struct flow *f);
/* Gives what is due at turn->now, in order, until nothing is left or more than `most` events were made. While deadlines
 * are being rechecked that is its next slice, and nothing else; a slice of a migration comes when nothing is due. */
void flow_tick(struct flow *f, const struct flow_turn *turn, size_t most);

/*
 * What is done to every open matter goes in slices, since there may be very many: rechecking all deadlines after the
 * facts' working time has changed, and migrating. The flow is behind until the last slice; then no command may be
 * decided but ticks. It is part of the state, moved by events.
 */
bool flow_is_behind(const struct flow *f);
/* Part of applying the change of the facts' working time. */
void flow_mark_stale(struct flow *f);
/* One slice, of about `most` events; nothing if the flow is not behind. */
void flow_catch_up(struct flow *f, const struct flow_turn *turn, size_t most);

/* A definition that is not known yet becomes an event; one that is known with the same content is nothing to do, with
 * other content SAME_VERSION. Takes the message. It must have passed the checker. */
int flow_define_take(struct flow *f, const struct flow_turn *turn, Halld__Flow *flow, struct refusal *r);
int flow_set_profile(struct flow *f, const struct flow_turn *turn, const Halld__Profile *profile);
/* Moves the flow's open matters to its newest version where that says how: begins it, and leaves the flow behind. */
void flow_migrate(struct flow *f, const struct flow_turn *turn, const char *flow);
/* What that would do to an open matter: its events, decided on a layer that is thrown away, borrowed during the call.
 * False: it stays as it is. */
bool flow_plan_migration(const struct flow *f, const struct flow_turn *turn, const struct matter *m,
                         void (*each)(void *arg, const Halld__Event *event), void *arg);

/* May the ticket be finished with the outcome? 0, TICKET_HELD or OUTCOME_NOT_ALLOWED. */
int flow_check_outcome(const struct flow *f, const char *ticket, const char *outcome, struct refusal *r);

/* What somebody may read and do now; of the turn only who asks, when, and the facts are looked at. A field that names
 * no readers has those of its flow; of a kind: by role alone, whatever the matter. flow_may_take looks at who, state
 * and times; the fields and guards are the command's business. m NULL: a matter of d is opened. */
bool flow_may_read(const struct flow *f, const struct flow_turn *turn, const struct matter *m);
bool flow_may_read_field(const struct flow *f, const struct flow_turn *turn, const struct matter *m, int field);
bool flow_may_read_kind(const struct flow *f, const struct flow_turn *turn, const struct definition *d);
bool flow_may_take(const struct flow *f, const struct flow_turn *turn, const struct definition *d,
                   const struct matter *m, size_t transition);
/* A field that leads to a flow which is not installed is not offered: nobody can give it. */
bool flow_offers_field(const struct flow *f, const struct definition *d, size_t field);
/* The guard, as it is written, that keeps the transition from being taken whatever fields are given with it; NULL: none
 * that is known before they are. */
const char *flow_blocked_by(const struct flow *f, const struct flow_turn *turn, const struct matter *m,
                            size_t transition);

/* Reading; borrowed until the next apply. */
uint64_t flow_matter_count(const struct flow *f);
const struct matter *flow_matter(const struct flow *f, uint64_t id); /* NULL if there is none */
const struct matter *flow_open_first(const struct flow *f); /* open matters in the order of opening; NULL: none */
const struct matter *flow_open_next(const struct matter *m);
size_t flow_open_count(const struct flow *f);
size_t flow_ended_count(const struct flow *f); /* those that are over, the last to end last */
const struct matter *flow_ended_at(const struct flow *f, size_t i);
/* Those that name the matter, or did; returns how many, NULL with 0. */
size_t flow_naming(const struct flow *f, uint64_t id, const uint64_t **ret);
const struct definition *flow_definition(const struct flow *f, const char *name); /* the newest; NULL */
size_t flow_definition_count(const struct flow *f); /* every version that was loaded, in that order */
const struct definition *flow_definition_at(const struct flow *f, size_t i);

/* The canonical whole state, freed with halld__flow_state__free_unpacked(s, NULL); and back (NULL s: an empty flow).
 * NULL if s does not describe a possible flow. */
Halld__FlowState *flow_to_message(const struct flow *f);
struct flow *flow_from_message(const Halld__FlowState *s, int64_t offset);

/* NULL, or which invariant is broken (static text). */
const char *flow_check(const struct flow *f);
/* The same of running clocks' deadlines: each is what would be computed now, where it is not still to be rechecked. For
 * tests: a journal keeps the deadlines of the release that made them, and a later one may compute otherwise. */
const char *flow_check_deadlines(const struct flow *f, const struct flow_facts *facts);

#endif
