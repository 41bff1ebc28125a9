/*
 * DIR/reports.db: the journal's matters as rows, so that a matter's events are found and counted without reading the
 * journal anew. A cache: it may be deleted at any time and is made again; it holds codes, dates and counts, never what
 * a person wrote. It follows one journal only: its last event's place in the chain is kept, and a file that does not
 * fit (another journal, a restored one, damage, another program's) is thrown away.
 *
 * Belongs to one thread, as does the journal that it reads. What it holds is a function of the journal's events up to
 * reports_seq alone, in whichever steps it came there.
 */
#ifndef STORE_REPORTS_H
#define STORE_REPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/flow.pb-c.h"

struct reports;
struct journal;

enum { REPORTS_ONLY = 8, REPORTS_SPARE_MIB = 96 };

struct reports *reports_new(const char *dir); /* nothing is opened yet */
void reports_free(struct reports *r);         /* NULL is nothing */

/* Takes in the journal's events up to `to`, at most `most` of them (0: all). 0; 1: there are more; DISK_FULL when less
 * than REPORTS_SPARE_MIB would be left, else STORE_FAILED, logged. */
int reports_follow(struct reports *r, struct journal *j, uint64_t to, uint64_t most);
uint64_t reports_seq(const struct reports *r); /* the last event taken in */

/* The numbers of a matter's events up to `last`, in order; stops when each returns non-zero, which is returned. */
int reports_events(struct reports *r, uint64_t matter, uint64_t last, int (*each)(void *arg, uint64_t seq), void *arg);

/* The definition as the journal has it; NULL: not taken in, or none. Borrowed until the next reports_follow. */
const Halld__Flow *reports_flow(const struct reports *r, const char *name, uint32_t version);

/* Every version of every definition, in the order in which the journal got them. */
size_t reports_flow_count(const struct reports *r);
const Halld__Flow *reports_flow_at(const struct reports *r, size_t i);

/* ---- figures (reports_figures.c) */

/* What is counted; the day that decides whether it lies in the period stands behind it. */
enum reports_figure {
    REPORTS_OPENED,  /* matters by whether they are open or ended now: opened */
    REPORTS_ENDED,   /* matters by end state: ended */
    REPORTS_OPEN,    /* matters by state and colour, as they are now: none */
    REPORTS_TAKEN,   /* transitions: taken */
    REPORTS_CLOCKS,  /* runs of clocks by how they ended: stopped */
    REPORTS_OVERDUE, /* runs that go on after their deadline, now: none */
    REPORTS_STAYS,   /* stays in a state: left */
    REPORTS_MONEY,   /* sums of money fields: given last */
    REPORTS_FIGURES
};

/* A field of a matter has this value. Fields are those of the definition and `department`, `item`, `window` (the first
 * of the type, else the item's group, nothing, and where it was opened), `level`, `state`, `month`. */
struct reports_only {
    const char *field, *value;
};

struct reports_filter {
    const char *flow;
    int32_t from, to; /* dates */
    const char *by;   /* a field as above; NULL: all together */
    size_t n_only;
    struct reports_only only[REPORTS_ONLY];
};

/* One row of a figure; texts are borrowed during the call. */
struct reports_row {
    const char *group; /* by which value; "" where it has none */
    const char *name;  /* a state, transition, clock or money field; open or ended */
    const char *how;   /* none yellow red; met late dropped; a month 202611 */
    int64_t n;         /* matters, or times taken */
    int64_t matters;   /* TAKEN: how many, and how many took it twice or more */
    int64_t twice;
    int64_t open_ms, days; /* CLOCKS, STAYS: one row each, shortest first; opening time, and working days begun */
    int64_t sum;           /* MONEY, in fen */
};

/* Rows come ordered by group, then name. 0 or STORE_FAILED. */
int reports_figure_read(struct reports *r, enum reports_figure figure, const struct reports_filter *f,
                        void (*each)(void *arg, const struct reports_row *row), void *arg);

/* A matter behind a number. */
struct reports_matter {
    uint64_t matter, seq; /* seq: of the latest event that makes it count; 0 where no single one does */
    const char *state, *department, *item;
    int level, window;
    int64_t opened_at, ended_at; /* 0: not yet */
};

struct reports_behind {
    enum reports_figure figure;
    struct reports_filter filter;
    const char *name, *how; /* of the row; NULL: any. TAKEN: how "twice" */
    uint64_t before;        /* only matters with a smaller number; 0: from the newest */
    int most;
};

int reports_matters_read(struct reports *r, const struct reports_behind *b,
                         void (*each)(void *arg, const struct reports_matter *m), void *arg);

extern const char *const REPORTS_ESCALATION_FLOW; /* the flow of what could not be done */

/* What the window's work leaves behind, for the managers: one row for each value of `by` (item, window, department or
 * month; NULL: one row for all). */
struct reports_pressure {
    const char *group;
    int64_t services;            /* tickets finished with an outcome */
    int64_t escalations;         /* what could not be done */
    int64_t decided, overturned; /* denials decided, and those not upheld */
    int64_t notices, second;     /* supplement notices, and those that came a second time */
};

int reports_pressure_read(struct reports *r, int32_t from, int32_t to, const char *by,
                          void (*each)(void *arg, const struct reports_pressure *row), void *arg);

#endif
