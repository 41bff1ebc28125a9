/*
 * Who will still come: people per half hour by queue and weekday, their items and classes, learned from the days before
 * (exponentially weighted, the same weekday counting most) and levelled by how today has gone so far.
 */
#ifndef FORECAST_ARRIVALS_H
#define FORECAST_ARRIVALS_H

#include <stddef.h>
#include <stdint.h>

enum { ARRIVAL_BINS = 48, ARRIVAL_BIN_MS = 1800000 };

struct arrivals;

struct arrivals *arrivals_new(void);
void arrivals_free(struct arrivals *a);

/* A day begins: date 20261123, its local midnight, its first opening (0 if it does not open). Ends the one before. */
void arrivals_day(struct arrivals *a, int32_t date, int64_t midnight, int64_t opens_at);
/* A walk-in. Never backwards in time within a day. */
void arrivals_observe(struct arrivals *a, const char *queue, const char *item, const char *class_name, int64_t at);

/* One kind of customers, as a share of all who come. */
struct arrival_kind {
    const char *queue, *item, *class_name; /* borrowed until the next observation */
    double share;
};

/* Expected arrivals per ms, all queues together, for the half hour in which `at` lies, seen from now. */
double arrivals_rate(const struct arrivals *a, int64_t at, int64_t now);
/* The kinds that come around that time; how many; to be freed. Shares add up to 1 (none if nobody is expected). */
size_t arrivals_kinds(const struct arrivals *a, int64_t at, struct arrival_kind **ret);

#endif
