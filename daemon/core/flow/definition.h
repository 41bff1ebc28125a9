/*
 * A flow's definition ready to run: names are indices, sets of states and fields are bits, calls are parsed. Immutable;
 * matters of every version that was ever loaded keep pointing to theirs.
 *
 * It must have passed the checker; what does not resolve all the same is refused here, never run.
 */
#ifndef CORE_FLOW_DEFINITION_H
#define CORE_FLOW_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/flow/words.h"
#include "proto/flow.pb-c.h"

enum { DEFINITION_STATES = 64, DEFINITION_FIELDS = 64, DEFINITION_TRANSITIONS = 128, DEFINITION_CLOCKS = 16 };
enum { WATCHES_MAX = 63, CALL_ARGS = 64 };

/* Whom a role or a notice means. */
enum who_kind { WHO_ROLE, WHO_AT, WHO_LEVEL, WHO_PERSON, WHO_CLOCK, WHO_MATTER };
struct who {
    enum who_kind kind;
    char *role; /* ROLE and AT; owned */
    int field;  /* AT: the staff or department field */
};

struct call_arg {
    const char *word; /* owned by the call */
    int index;        /* of a field, clock or state; -1: none */
    int64_t number;
    struct who who;
};

/* A guard or an effect, as the definition says it. */
struct clause {
    int kind;         /* enum flow_guard or flow_effect */
    const char *text; /* as written; borrowed from the message */
    size_t n;
    struct call_arg *args;
};

struct transition {
    const Halld__Transition *t;
    uint64_t from; /* states; 0: it opens a matter */
    int to;        /* -1: the state stays */
    size_t n_roles, n_when, n_then;
    struct who *roles;
    uint64_t need, may; /* fields */
    struct clause *when, *then;
};

struct field {
    const Halld__Field *f;
    enum flow_type type;
    uint64_t hold_in, outcome_in; /* states */
    struct who *read;             /* of f; narrower than the flow's where there are any */
};

enum watch_kind { WATCH_YELLOW, WATCH_END, WATCH_RED, WATCH_NOTICE, WATCH_TAKE, WATCH_ERASE };

/* One thing to be given at one moment of a clock's run. A mark that notifies and takes has two. */
struct watch {
    enum watch_kind kind;
    const Halld__Mark *mark; /* NULL for the cards and the end themselves */
    struct who *notify;      /* of the mark; owned by the first of its watches */
    int take;                /* a transition, or -1 */
    char what[12];           /* yellow, end, red, 50%, -3d; "" for a mark's second half */
};

enum limit_kind { LIMIT_PROFILE, LIMIT_PROMISED, LIMIT_STATUTORY, LIMIT_FIELD };

struct clock_row {
    const Halld__Clock *c;
    uint64_t in, pause; /* states */
    enum limit_kind limit;
    int field; /* LIMIT_FIELD */
    size_t n_watches;
    struct watch *watches; /* yellow, end, red, then the marks in the order of the file */
};

struct definition {
    Halld__Flow *flow; /* owned */
    struct who *read;  /* who may read a matter */
    struct field *fields;
    struct transition *transitions;
    struct clock_row *clocks;
    int item;          /* the field "item" of type item, or -1 */
    uint64_t ends;     /* states */
    bool holds_ticket; /* some field holds a ticket or locks an outcome */
};

/* Takes the message. NULL, with the place in r and the message freed, if a name does not resolve. */
struct definition *definition_new_take(Halld__Flow *flow, struct refusal *r);
void definition_free(struct definition *d);

/* Indices by name, -1 if there is none. */
int definition_state(const struct definition *d, const char *name);
int definition_field(const struct definition *d, const char *name);
int definition_transition(const struct definition *d, const char *name);
int definition_clock(const struct definition *d, const char *name);
/* Does the other version have a field of the same name and type? */
bool definition_carries(const struct definition *from, const struct definition *to, int field);

/* Does a step wait for somebody with the role, or a mark tell them? */
bool definition_needs(const struct definition *d, const char *role);

#define DEFINITION_BIT(i) (UINT64_C(1) << (i))

#endif
