/*
 * What managers can look back on, and what a monitor reads: a sink that wakes a thread of its own. That thread reads
 * the committed events from the journal, folds them, writes RRD files, and answers questions; the loop never waits for
 * it.
 *
 * In order: metrics_new, the engine with metrics_sink among its sinks, metrics_open; at the end metrics_close, after
 * whoever asks is gone.
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "base/buf.h"
#include "metrics/query.h"
#include "port/sink.h"

struct loop;
struct metrics;

struct graph_size {
    int width, height; /* of the plot, pixels */
};

/* The daemon's own readings, as they are now. */
struct metrics_health {
    int64_t memory_bytes, connections, streams;
    int64_t commits, events, commit_us; /* since the start */
};

struct metrics_options {
    const char *data_dir; /* journal.db, rrd/ */
    bool simulated;
    int64_t spare_mib;            /* what must stay free on the disk */
    uint64_t committed;           /* the last event by now */
    int64_t (*now_ms)(void *arg); /* the hall's time */
    void (*health)(void *arg, struct metrics_health *ret);
    void *arg;
};

struct metrics *metrics_new(struct loop *loop);
struct sink metrics_sink(struct metrics *m);
/* 0, or a negative code with why; the hall runs without metrics then. */
int metrics_open(struct metrics *m, const struct metrics_options *o, char why[200]);
void metrics_close(struct metrics *m); /* NULL is nothing; questions that are open are not answered */

/* Called on the loop, later: a code (NOT_READY while the series are caught up), its details, the text; borrowed. */
typedef void metrics_done(void *arg, const struct refusal *r, const struct buf *text);

/* Why the series stand still: "" while they are written, "full", or "broken". */
const char *metrics_trouble(struct metrics *m);
void metrics_ask(struct metrics *m, const struct query *q, metrics_done *done, void *arg);
void metrics_prometheus(struct metrics *m, metrics_done *done, void *arg); /* the text format 0.0.4 */
/* An image of a query's answer in QUERY_GRAPH form; format "png" or "svg". */
void metrics_draw(struct metrics *m, const struct buf *data, const char *format, struct graph_size size,
                  metrics_done *done, void *arg);
void metrics_rebuild(struct metrics *m, metrics_done *done, void *arg); /* answered when it is done */

#endif
