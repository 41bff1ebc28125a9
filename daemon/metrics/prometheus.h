/* The metrics in Prometheus' text format: counts of the day, levels as they are, buckets as a histogram. */
#ifndef METRICS_PROMETHEUS_H
#define METRICS_PROMETHEUS_H

#include "base/buf.h"
#include "metrics/fold.h"

/* health: the daemon's values in the order of SCOPE_DAEMON; totals, where the table counts. */
void prometheus_write(struct buf *out, const struct fold *f, const int64_t *health);

#endif
