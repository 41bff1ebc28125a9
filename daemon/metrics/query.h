/*
 * One question about a metric over time, answered from the RRD files and, for the last minutes, from the fold in
 * memory; as numbers in equal steps, in JSON or CSV. On the metrics' thread; reads only.
 */
#ifndef METRICS_QUERY_H
#define METRICS_QUERY_H

#include "base/buf.h"
#include "base/err.h"
#include "metrics/keeper.h"

enum query_form { QUERY_JSON, QUERY_CSV, QUERY_GRAPH };

struct query {
    size_t metric;
    int64_t from, to, now; /* ms; from < to <= now */
    int step_s;            /* 60, 300, 3600, 86400; 0: by the period */
    enum query_form form;
    bool english;
    char label[200]; /* "queue/A", "window/" + "*" for all; "": the hall, or the daemon */
};

/* Checks and completes a question as it comes from outside; names as in the API. 0 or a code with what is wrong. */
int query_check(struct query *q, const char *name, struct refusal *r);
/* 0, or NO_SERIES with the label in r. */
int query_answer(const struct keeper *k, const struct query *q, struct buf *out, struct refusal *r);

#endif
