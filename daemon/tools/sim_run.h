/*
 * A simulated day: the core in virtual time. Every window of the hall opens at the start and calls by itself. At one
 * instant: service ends (by window), then those whose patience is over leave, then arrivals in the file's order.
 */
#ifndef TOOLS_SIM_RUN_H
#define TOOLS_SIM_RUN_H

#include "core/hall.h"
#include "tools/sim_customers.h"

struct sim_forecast;
struct sim_run;

/* A hall with these settings. NULL, with the refusal in r, if they are not sound. */
struct sim_run *sim_run_new(const Halld__Settings *settings, struct refusal *r);
void sim_run_free(struct sim_run *s);
const struct setup *sim_run_setup(const struct sim_run *s);
/* Keeps all events from now on, for a trace; borrowed until the run is freed. */
void sim_run_keep_events(struct sim_run *s);
const struct events *sim_run_events(const struct sim_run *s);
int32_t sim_run_day(const struct sim_run *s);
uint64_t sim_run_event_count(const struct sim_run *s);
/* The day it is; before it is played. The first by default; later ones follow it. */
void sim_run_set_day(struct sim_run *s, int nth);
/* Every event teaches it; at each issue it is asked, if `predict`. Borrowed. */
void sim_run_set_forecast(struct sim_run *s, struct sim_forecast *f, bool predict);
/* Plays everybody; their results are written into customers. */
void sim_run_play(struct sim_run *s, struct sim_customers *customers);

#endif
