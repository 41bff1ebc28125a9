/*
 * One matter: its state, fields, levels and the runs of its clocks. Written only by applying events (flow_apply.c).
 */
#ifndef CORE_FLOW_MATTER_H
#define CORE_FLOW_MATTER_H

#include "core/day/worktime.h"
#include "core/flow/definition.h"
#include "proto/event.pb-c.h"

/* Of one field: texts or numbers by its type; n = 0: not set. Owned. */
struct value {
    size_t n;
    char **texts;
    int64_t *numbers;
    uint32_t *characters; /* of the words that each text stands for; NULL: the texts are the words */
};

enum run_status { RUN_RUNNING, RUN_PAUSED, RUN_MET, RUN_LATE, RUN_DROPPED };

/* The latest run of one clock. */
struct run {
    int clock;        /* of the definition; -1: a migration dropped it */
    const char *name; /* of the clock; borrowed from the definition it started under */
    enum run_status status;
    bool expired, provisional, by_date;
    Halld__LimitUnit__E unit;
    int64_t n;
    uint32_t yellow;
    int64_t start, due; /* due 0: none */
    size_t n_pauses;    /* owned; in order; the last without an end while held */
    struct running *pauses;
    size_t n_moments; /* of the clock's watches; 0 = never */
    int64_t *moments;
    uint64_t given; /* watches */
};

/* When something of this matter is due next; the order is that of the members, then the matter's number. */
struct next_due {
    int64_t at;
    int rank;       /* enum watch_kind */
    int run, watch; /* erasures: -1 and the field */
};

struct matter {
    uint64_t id; /* 1, 2, 3 ... in order of opening */
    const struct definition *def;
    int state, level;
    uint64_t revision; /* transitions taken, the opening too */
    int64_t opened_at, changed_at;
    uint64_t opened_seq; /* of the opening event */
    int32_t ended;       /* date; 0 = open */
    char *person;        /* who opened it by a link; NULL */
    int last;            /* the transition taken last; -1: one of another version that this one has not */
    char *last_by;       /* who took it: user:li, device:..., link, clock:NAME, matter:12; owned */
    struct value *values;
    uint32_t *times;  /* each transition was taken */
    int64_t *entered; /* each state last */
    size_t n_runs;
    struct run *runs;
    struct next_due next;
    size_t heap_at; /* 1 + its place in the heap of the flow; 0 = not there */
    bool is_listed; /* among the flow's open matters */
    struct matter *open_before, *open_next;
    size_t ended_at; /* 1 + its place among the ended ones; 0 = not there */
};

struct matter *matter_new(uint64_t id, const struct definition *def);
struct matter *matter_copy(const struct matter *m);
void matter_free(struct matter *m);

bool matter_is_over(const struct matter *m);
const char *matter_state_name(const struct matter *m);
const struct value *matter_value(const struct matter *m, int field); /* field -1: an empty one */

void value_fini(struct value *v);
struct value value_copy(const struct value *v);
struct value value_from_message(const Halld__FieldValue *from);
/* The field's value as an event carries it; freed with halld__field_value__free_unpacked. */
Halld__FieldValue *value_to_message(const struct value *v, const struct field *f);
void matter_set(struct matter *m, const Halld__FieldValue *value); /* unknown fields are skipped */

/* The clock's latest run, or NULL. */
struct run *matter_run(const struct matter *m, int clock);
struct run *matter_run_by_name(const struct matter *m, const char *name);
bool run_is_active(const struct run *r); /* running or held */
/* Does the run still give marks? A held one only once it has expired. */
bool run_gives(const struct run *r);

#endif
