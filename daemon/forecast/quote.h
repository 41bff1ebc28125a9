/*
 * From samples to what is told. What people have been told stays until it has moved by more than they would notice, and
 * when it has become worse for somebody, the reason is found: more people before them, fewer windows, or services that
 * take longer.
 */
#ifndef FORECAST_QUOTE_H
#define FORECAST_QUOTE_H

#include <stdbool.h>

#include "core/quote.h"
#include "forecast/rollout.h"

struct forecast_quote;

/* The figures of a roll-out of the plan; sorts its samples. before: what is told now, or NULL. */
struct forecast_quote *forecast_quote_new(const struct plan *p, struct rollout *r, const struct forecast_quote *before);
void forecast_quote_free(struct forecast_quote *q);
const struct quote *forecast_quote_table(const struct forecast_quote *q);
/* Does it tell anybody anything else than the one before? */
bool forecast_quote_moved(const struct forecast_quote *q);

/* P50 and P90 in seconds of a ghost's sorted samples; false: not today. */
bool forecast_quote_figures(const int32_t *sorted, int runs, const struct grade_fit *fit, int32_t *ret_p50_s,
                            int32_t *ret_p90_s);

#endif
