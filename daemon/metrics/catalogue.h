/*
 * What is measured: one row a metric. The table says which event makes it, how it counts, and for whom it is kept; the
 * fold, the RRD files, Prometheus, the API and docs/metrics.md all follow it. Adding a row makes every RRD file anew.
 */
#ifndef METRICS_CATALOGUE_H
#define METRICS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/event.pb-c.h"

enum metric_scope {
    SCOPE_HALL,
    SCOPE_QUEUE,
    SCOPE_WINDOW,
    SCOPE_GROUP,
    SCOPE_CLASS,
    SCOPE_FLOW,
    SCOPE_DAEMON,
    SCOPE_COUNT
};

enum metric_kind {
    METRIC_COUNT,   /* what happened in the time */
    METRIC_SUM,     /* a sum over what happened: milliseconds, or microseconds for the daemon */
    METRIC_BUCKET,  /* how many lay between two bounds; buckets of a family are apart, not cumulative */
    METRIC_LEVEL,   /* how many there were, kept as an integral over time in milliseconds */
    METRIC_READING, /* the daemon's, read once a minute */
};

/* What one event means to the metrics: the event, and what the fold knew of its ticket just before. */
struct fact {
    const Halld__Event *event;
    int64_t wait_ms;                          /* -1: no wait ended */
    int64_t service_ms;                       /* -1: no service ended; all legs of the ticket */
    int64_t stretch_ms;                       /* -1: no stretch at a window ended */
    bool matter_ended;                        /* a matter came to its end */
    bool graded;                              /* a wait ended that had been told at issue to be one */
    int64_t told_ms, told_most_ms, actual_ms; /* then: P50, P90, and what it was, from the issue */
};

struct metric {
    const char *name; /* at most 19 characters, as RRD wants */
    enum metric_kind kind;
    unsigned scopes; /* bits 1 << enum metric_scope */
    Halld__Event__BodyCase event;
    int64_t (*count)(const struct fact *f,
                     const struct metric *m); /* what the event adds; NULL for levels and readings */
    const char *unit;
    int from_s, to_s; /* of a bucket: from < x <= to; to 0: no end */
    const char *zh, *en;
};

/* Levels come first: the fold keeps arrays of them. */
enum {
    METRIC_waiting,
    METRIC_window_open,
    METRIC_window_ready,
    METRIC_window_busy,
    METRIC_window_break,
    METRIC_matters_open,
    LEVEL_COUNT
};
enum { METRIC_MOST = 96 };

size_t catalogue_count(void);
const struct metric *catalogue_at(size_t i);
int catalogue_find(const char *name); /* -1 if there is none */
bool catalogue_has(size_t metric, enum metric_scope scope);

/* The metrics of a scope in the order of the table: the data sources of its files. */
size_t catalogue_scope_count(enum metric_scope scope);
size_t catalogue_scope_at(enum metric_scope scope, size_t i);     /* which metric */
int catalogue_scope_find(enum metric_scope scope, size_t metric); /* its place; -1 */

const char *catalogue_scope_name(enum metric_scope scope); /* "hall", "queue" ... */
int catalogue_scope_from(const char *name, size_t len);    /* -1 */
/* Changes whenever files made by another table could not be used. */
uint64_t catalogue_fingerprint(void);
/* docs/metrics.md's table; the API's list. */
void catalogue_write(struct buf *out);
void catalogue_write_json(struct buf *out, bool english);
const char *catalogue_kind_name(const struct metric *m); /* "count", "sum" ... */

#endif
