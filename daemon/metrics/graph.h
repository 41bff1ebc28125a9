/*
 * Images of series, drawn by the helper process hallgraph: librrd's graphs bring fonts and dozens of libraries, and are
 * not safe in a thread. One helper at a time; one that takes over 5 s is killed.
 */
#ifndef METRICS_GRAPH_H
#define METRICS_GRAPH_H

#include "metrics/metrics.h"

struct graph;

struct graph *graph_new(struct loop *loop);
void graph_free(struct graph *g); /* kills the helper; nobody is answered */

/* data: a query's answer in QUERY_GRAPH form, copied; format "png" or "svg". done: the image, or NO_GRAPH, or TOO_MANY
 * when too many wait. */
void graph_draw(struct graph *g, const struct buf *data, const char *format, struct graph_size size, metrics_done *done,
                void *arg);

#endif
