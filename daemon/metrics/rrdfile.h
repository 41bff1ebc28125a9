/*
 * One RRD file: the values of one label. Every value is a GAUGE per 60 s step, so that average x steps is the exact
 * sum again; a quiet stretch is one update over many steps. Archives: a day by the minute, a week by 5 minutes, a year
 * by the hour, ten years by the day (of UTC).
 *
 * librrd's file locks do not work between threads: only the metrics' one thread calls these.
 */
#ifndef METRICS_RRDFILE_H
#define METRICS_RRDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "metrics/catalogue.h"

struct rrdfile_archive {
    int step_s, rows;
};
enum { RRDFILE_ARCHIVES = 4 };
extern const struct rrdfile_archive rrdfile_archives[RRDFILE_ARCHIVES]; /* finest first */

/* The file's name for a label, "queue_A.rrd"; freed by the caller. And back: false if it is none of ours. */
char *rrdfile_name(enum metric_scope scope, const char *label);
bool rrdfile_name_parse(const char *name, enum metric_scope *ret_scope, char ret_label[200]);

size_t rrdfile_bytes(enum metric_scope scope); /* about as large as it will be */

/* All return 0 or -1, then rrdfile_why says why (until the next call). */
int rrdfile_create(const char *path, enum metric_scope scope, int64_t begin_s);
/* The second up to which it is filled; -1: not readable, or not of this scope's shape. */
int64_t rrdfile_last(const char *path, enum metric_scope scope);
const char *rrdfile_why(void);

/* Updates are gathered and written by one call. */
struct rrdfile_update {
    struct buf text;
    size_t *starts, n;
};
void rrdfile_update_add(struct rrdfile_update *u, int64_t at_s, const int64_t *values, size_t n);
int rrdfile_update_write(struct rrdfile_update *u, const char *path); /* and empties it */
void rrdfile_update_fini(struct rrdfile_update *u);

/* Calls each for the rows of one archive that end in (from_s, to_s], with the sum (or a reading's average) of one value
 * in the row. Unknown rows are left out. */
int rrdfile_read(const char *path, enum metric_scope scope, size_t metric, int step_s, int64_t from_s, int64_t to_s,
                 void (*each)(void *arg, int64_t end_s, int step_s, double average), void *arg);

#endif
