/*
 * A plan played forward many times, with the policy's own code (core/queue/line): what remains of the services that are
 * on, the services to come, the clerks' pauses, those who will come and stand before others, those who leave. Each play
 * yields the start of every waiting ticket and of everybody who might come now: such a ghost is called where a window
 * picks somebody whose key is greater, and takes nobody's place.
 *
 * Any thread; the same plan and seed give the same samples.
 */
#ifndef FORECAST_ROLLOUT_H
#define FORECAST_ROLLOUT_H

#include "forecast/plan.h"

enum { ROLLOUT_RUNS = 200, ROLLOUT_NEVER = INT32_MAX };

/* Milliseconds from the plan's now until service starts, in every run; ROLLOUT_NEVER: not today. */
struct rollout {
    int runs;
    size_t n_tickets, n_ghosts;
    int32_t *samples; /* by ticket, then by ghost; each `runs` long, ascending once sorted */
};

struct rollout *rollout_new(const struct plan *p, int runs, uint64_t seed);
void rollout_free(struct rollout *r);

/* A wait of those copied, so many times as long for somebody who stands behind them; ROLLOUT_NEVER: not today. */
int32_t rollout_stretch(const struct plan *p, int32_t wait_ms, double factor);
int32_t *rollout_of_ticket(const struct rollout *r, size_t i);
int32_t *rollout_of_ghost(const struct rollout *r, size_t i);
/* Sorts the samples. The p-th part of them (0..1) in ms, between two of them; ROLLOUT_NEVER if there it ends. */
void rollout_sort(int32_t *samples, int runs);
int32_t rollout_quantile(const int32_t *sorted, int runs, double p);

#endif
