/*
 * One matter: its state, fields, levels and the runs of its clocks. Written only by applying events (flow_apply.c).
 *
 * A hall keeps all that ever was, nearly all of them ended: so there is room only for what is set, and what a clock
 * needs only to run goes when it stops (docs/performance.md).
 */
#ifndef CORE_FLOW_MATTER_H
#define CORE_FLOW_MATTER_H

#include "core/day/worktime.h"
#include "core/flow/definition.h"
#include "proto/event.pb-c.h"

/* Of one field: texts or numbers by its type; n = 0: not set. All in one block, owned by texts or numbers. */
struct value {
    size_t n;
    char **texts;
    int64_t *numbers;
    uint32_t *characters; /* of the words that each text stands for; NULL: the texts are the words */
};

enum run_status { RUN_RUNNING, RUN_PAUSED, RUN_MET, RUN_LATE, RUN_DROPPED };

/* The latest run of one clock. */
struct run {
    const char *name; /* of the clock; borrowed from the definition it started under */
    int64_t n;
    int64_t start, due;     /* due 0: none */
    uint64_t given;         /* watches */
    struct running *pauses; /* while it is active; owned; in order; the last without an end while held */
    int64_t *moments;       /* of the clock's watches while it is active; owned; 0 = never */
    uint32_t n_pauses, yellow;
    uint8_t n_moments;
    int8_t clock; /* of the definition; -1: a migration dropped it */
    enum run_status status : 8;
    uint8_t unit; /* of limits */
    bool expired, provisional, by_date;
};

/* When something of this matter is due next; the order is that of the members, then the matter's number. */
struct next_due {
    int64_t at;
    int16_t rank;       /* enum watch_kind */
    int16_t run, watch; /* erasures: -1 and the field */
};

struct matter {
    uint64_t id; /* 1, 2, 3 ... in order of opening */
    const struct definition *def;
    int state, level;
    uint64_t revision; /* transitions taken, the opening too */
    int64_t opened_at, changed_at;
    uint64_t opened_seq;  /* of the opening event */
    int32_t ended;        /* date; 0 = open */
    int last;             /* the transition taken last; -1: one of another version that this one has not */
    char *last_by;        /* who took it: user:li, device:..., link, clock:NAME, matter:12; owned */
    char *person;         /* who opened it by a link; NULL */
    uint64_t has;         /* the fields that are set */
    struct value *values; /* theirs, in the order of the fields */
    int64_t *entered;     /* each state last */
    uint32_t *times;      /* each transition was taken; in the block of entered */
    struct run *runs;
    struct next_due next;
    struct matter *open_before, *open_next;
    uint32_t n_runs;
    uint32_t heap_at;  /* 1 + its place in the heap of the flow; 0 = not there */
    uint32_t ended_at; /* 1 + its place among the ended ones; 0 = not there */
    bool is_listed;    /* among the flow's open matters */
    uint8_t taken;     /* by clocks, in the minute of changed_at */
};

struct matter *matter_new(uint64_t id, const struct definition *def);
struct matter *matter_copy(const struct matter *m);
void matter_free(struct matter *m);

/* So often in one minute clocks take transitions of one matter: no definition that passes the checker comes near it,
 * but a journal keeps those of earlier releases. */
enum { MATTER_TAKEN_MAX = 64 };

bool matter_is_over(const struct matter *m);
/* The matter changes now: by a clock, or otherwise. */
void matter_change(struct matter *m, int64_t now, bool by_clock);
bool matter_is_rushed(const struct matter *m, int64_t now);
const char *matter_state_name(const struct matter *m);
/* An empty one if it is not set, and for field -1. Stands until a field of the matter is set. */
const struct value *matter_value(const struct matter *m, int field);
void matter_put_take(struct matter *m, int field, struct value v); /* an empty one: it is set no more */

void value_fini(struct value *v);
struct value value_copy(const struct value *v);
struct value value_of_texts(size_t n, char *const *texts, const uint32_t *characters); /* characters may be NULL */
struct value value_from_message(const Halld__FieldValue *from);
/* The field's value as an event carries it; freed with halld__field_value__free_unpacked. */
Halld__FieldValue *value_to_message(const struct value *v, const struct field *f);
void matter_set(struct matter *m, const Halld__FieldValue *value); /* unknown fields are skipped */

/* The clock's latest run, or NULL. */
struct run *matter_run(const struct matter *m, int clock);
struct run *matter_run_by_name(const struct matter *m, const char *name);
bool run_is_active(const struct run *r); /* running or held */
void run_stop(struct run *r, enum run_status how);
/* Does the run still give marks? A held one only once it has expired. */
bool run_gives(const struct run *r);
/* When the clock ran, in hall time: *ret_n spans in order and apart, the first from its start even if that is empty;
 * freed with free(). */
struct running *run_spans(const struct run *r, int64_t offset, size_t *ret_n);
/* Of a clock's pauses those that are part of it when it counts from `start`, moved to the front; how many they are. */
size_t pauses_since(size_t n, struct running *pauses, int64_t start);

#endif
