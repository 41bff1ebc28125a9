/*
 * The flow engine's inside, for core/flow only.
 *
 * A command is decided on a layer: a thin copy over the flow below, which owns what the command has touched. If the
 * command is refused the layer is dropped, else its events are made below: so a refused command leaves nothing, however
 * many matters it had opened and told. A layer may stand on a layer (a matter that is told may refuse).
 */
#ifndef CORE_FLOW_FLOW_STATE_H
#define CORE_FLOW_FLOW_STATE_H

#include "base/map.h"
#include "core/flow/flow.h"

/* All definitions and the profile; one for a flow and its layers. */
struct library {
    size_t n;
    struct definition **at; /* in the order in which they were loaded */
    Halld__Profile *profile;
};

struct record {
    char *person, *record; /* owned */
    bool kept;             /* a layer also holds what was forgotten */
};

/* The matters whose fields name a ticket, by the hash of its id, or another matter; some may do so no more. */
struct matter_ids {
    uint64_t *ids;
    size_t n;
};

struct matter_list {
    struct matter **at;
    size_t n;
};

struct flow {
    const struct flow *below; /* NULL: this is no layer */
    struct library *library;
    struct matter **matters; /* the base: of number i + 1; a layer: the touched ones */
    size_t n_matters;
    uint64_t last; /* number of the latest matter */
    struct record *records;
    size_t n_records;
    struct matter **heap; /* of the base: open or not yet erased, the next due first */
    size_t n_heap;
    struct map tickets;       /* of the base: struct matter_ids */
    struct map links;         /* of the base: struct matter_ids, by the number of the matter that they name */
    struct matter_list ended; /* of the base, in the order of their ends */
    struct matter *open_first, *open_last; /* of the base: the open ones, in their order */
    size_t n_open;
    uint64_t recheck, migrate; /* the first open matter that is still to be rechecked, migrated; 0 = none */
    char *migrating;           /* of which flow; owned */
    int64_t offset;
};

void flow_layer_init(struct flow *layer, const struct flow *below);
void flow_layer_fini(struct flow *layer);

struct matter *flow_matter_own(struct flow *f, uint64_t id); /* to write to; NULL if there is none */
void flow_matter_add_take(struct flow *f, struct matter *m);
void flow_schedule(struct flow *f, struct matter *m);  /* after a change of what is due */
void flow_note(struct flow *f, struct matter *m);      /* after a change of fields or of `ended` */
void flow_note_open(struct flow *f, struct matter *m); /* after a change of `ended` */
void flow_lists_fini(struct flow *f);
void flow_lists_sort(struct flow *f);                                                /* after a snapshot was read */
const struct matter_ids *flow_ticket_find(const struct flow *f, const char *ticket); /* NULL: none */
const struct matter *flow_due_first(const struct flow *f);

const struct definition *flow_definition_find(const struct flow *f, const char *name, uint32_t version);
bool flow_has_record(const struct flow *f, const char *person, const char *record);
void flow_set_record(struct flow *f, const char *person, const char *record, bool kept);

static inline int64_t flow_hall_time(const struct flow *f, int64_t at)
{
    return at + f->offset;
}

/* ---- one command on its layer */

struct act {
    struct flow *flow; /* the layer */
    const struct flow_turn *turn;
    struct refusal *refusal;
    const char *clock; /* a clock takes the transition: its name; else NULL */
    uint64_t by;       /* a matter opens or tells: its number; else 0 */
    int depth;         /* of matters telling matters */
    Halld__Event **events;
    size_t n_events;
};

#define FLOW_EVENT(NAME) HALLD__EVENT__BODY_##NAME

/* A new body, to be filled and made. */
void *act_begin(struct act *a, Halld__Event__BodyCase body, const struct matter *m, Halld__Event **ret);
/* Applies the event to the layer and keeps it. */
void act_make(struct act *a, Halld__Event *event);
void act_erase(struct act *a, const struct matter *m, int field); /* the field is kept no longer */
/* A layer over the act's own, and its end: made there too, or dropped. */
void act_begin_inner(struct act *inner, const struct act *outer, struct flow *layer);
void act_end_inner(struct act *inner, struct act *outer, bool keep);
/* At the bottom: hands the events to the turn. */
void act_begin_turn(struct act *a, const struct flow *base, struct flow *layer, const struct flow_turn *turn,
                    struct refusal *r);
size_t act_end_turn(struct act *a, bool keep); /* how many events were made */

int32_t act_today(const struct act *a);

/* ---- who asks (who.c); m NULL: nothing is there yet */
bool who_asks(const struct flow *f, const struct flow_turn *turn, const struct matter *m, const struct who *w);
/* A transition that needs or opens a matter of a flow that is not installed is not there. */
bool transition_is_offered(const struct flow *f, const struct definition *d, const struct transition *t);

/* ---- commands (command.c) */

struct given {
    size_t n;
    Halld__FieldValue *const *fields;
    const Halld__FieldValue *back; /* of the matter that opens: set beside what the transition allows; NULL */
};

/* Who asks: by what a transition's roles allow. */
int act_take(struct act *a, uint64_t matter, const char *transition, const struct given *given,
             const struct flow_command *seen);
int act_open(struct act *a, const char *flow, const char *transition, const struct given *given, uint64_t *ret_matter);

/* ---- fields (fields.c): FIELD_NOT_ALLOWED, FIELD_MISSING, FIELD_BAD, else the normalised values set in probe */
int fields_check(struct act *a, const struct transition *t, const struct given *given, struct matter *probe,
                 uint64_t *ret_set);

/* ---- calls (flow_calls.c) */
bool calls_hold(struct act *a, const struct matter *m, const struct clause *guard);
int calls_do(struct act *a, uint64_t matter, const struct transition *t); /* every effect; a refusal of an open */
void calls_notify(struct act *a, uint64_t matter, const char *why, size_t n, const struct who *whos);
void calls_raise(struct act *a, uint64_t matter);
/* May the effects move the clocks they name? CLOCK_EXPIRED, LIMIT_UNIT. */
int calls_check_clocks(struct act *a, const struct matter *m, const struct transition *t);

/* ---- clocks (clock.c) */
struct limit {
    int64_t n;
    Halld__LimitUnit__E unit;
    uint32_t yellow;
};
/* A key of the profile, item.promised or item.statutory of the matter's item. False if there is none. */
bool clock_limit_find(const struct act *a, const struct matter *m, const char *key, struct limit *ret);
int32_t clock_limit_date(const struct act *a, const struct limit *l);         /* the limit's last day, from now */
void clock_follow_state(struct act *a, uint64_t matter, uint64_t set_fields); /* stop, hold, start, resume */
void clock_stop_gone(struct act *a, uint64_t matter, const struct definition *next);
void clock_move(struct act *a, uint64_t matter, int clock, const char *reason);
void clock_change(struct act *a, uint64_t matter, int clock, const char *reason, const struct limit *l);
void clock_since(struct act *a, uint64_t matter, int clock, int64_t start);
/* Would the run's deadline and marks be others if they were computed now? */
bool clock_is_stale(const struct flow *f, const struct flow_facts *facts, const struct matter *m, const struct run *r,
                    bool *ret_same_due);

#endif
