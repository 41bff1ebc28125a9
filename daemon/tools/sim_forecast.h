/*
 * Predictions in a simulated day: at each issue the hall is played forward from where it stands, as the daemon does it,
 * with laws learned from earlier days (and from this one so far) or with laws that are known.
 */
#ifndef TOOLS_SIM_FORECAST_H
#define TOOLS_SIM_FORECAST_H

#include <stdint.h>
#include <stdio.h>

#include "core/hall.h"
#include "tools/sim_customers.h"

struct sim_forecast;

struct sim_forecast *sim_forecast_new(uint64_t seed);
void sim_forecast_free(struct sim_forecast *f);
/* The laws of items from a CSV with the columns item, mean (minutes), cv. 0, or -1 with the line printed. */
int sim_forecast_read_laws(struct sim_forecast *f, const char *name, const struct setup *setup);
void sim_forecast_learn(struct sim_forecast *f, const Halld__Event *event);
/* What is forecast for somebody of that item and class who comes now; NULL if nothing is. Borrowed until the next. */
const struct quote *sim_forecast_quote(struct sim_forecast *f, const struct hall *hall, int64_t now, const char *item,
                                       const char *class_name);
/* The lines of a day under the header t0,class,item,p50,p90,wait,left: in minutes, in the file's order. */
void sim_forecast_write(const struct sim_customers *c, FILE *out);

#endif
