/* The thread that plays plans forward: one at a time, handed over and back by the loop's thread. */
#ifndef FORECAST_WORKER_H
#define FORECAST_WORKER_H

#include "forecast/quote.h"

struct worker;

struct worker_job {
    const struct plan *plan;             /* borrowed */
    const struct forecast_quote *before; /* borrowed; NULL: none */
    uint64_t seed;
    struct forecast_quote *quote; /* the outcome, the taker's */
    int64_t took_us;
};

struct worker *worker_new(void);
void worker_free(struct worker *w);                                /* waits for the job at hand */
int worker_fd(const struct worker *w);                             /* readable when the job is done */
void worker_start(struct worker *w, const struct worker_job *job); /* only when there is none */
/* The job that is done; clears the descriptor. False: not yet. */
bool worker_take(struct worker *w, struct worker_job *ret);

#endif
