/*
 * Which of the waiting a roll-out copies: everybody up to FRONT_MOST, and of a longer line the first of those that the
 * same windows serve, as many of each kind as there is room for. Whoever stands behind them is reckoned by the rate at
 * which those before are called.
 */
#ifndef FORECAST_FRONT_H
#define FORECAST_FRONT_H

#include "forecast/plan.h"

enum { FRONT_MOST = 1000 };

struct front {
    bool *taken;                /* by the queue's tickets; NULL: everybody */
    struct plan_beyond *beyond; /* by their groups and keys */
    size_t n_beyond;
};

/* Of the plan: its windows and ghost_group. */
void front_init(struct front *f, const struct plan *p, const struct queue *q);
void front_fini(struct front *f);
/* By how much longer somebody of that group with that key waits than those copied would make it; 1: all are. */
double front_factor(const struct plan *p, int group, const struct key *key);

#endif
