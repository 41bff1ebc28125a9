/*
 * How long services take: a law for each item, learned from what was seen.
 *
 * A duration is exp(mu + sigma * g(z)), z standard normal. g is the identity, and the law lognormal, until enough
 * durations have been seen to say how the hall's differ from that. mu and sigma come from running sums of the
 * logarithms of the item's own durations, shrunk: n / (n + 20) of its own, the rest from its group, the group's
 * likewise from the hall. What a group and the hall lend is how much longer than configured their items take, so an
 * item that was never seen has its configured mean, corrected by its group. Old days count less and less.
 */
#ifndef FORECAST_LAWS_H
#define FORECAST_LAWS_H

#include <stdint.h>

#include "forecast/dice.h"

struct laws;
struct setup;

enum { SHAPE_KNOTS = 33 }; /* of z from -4 to 4 */

struct shape {
    double g[SHAPE_KNOTS];
};

struct law {
    double mu, sigma; /* of the logarithm of the milliseconds */
};

struct laws *laws_new(void);
void laws_free(struct laws *l);

/* A service of the item has taken so long. Too short to be one, or absurdly long: cut to what is plausible. */
void laws_observe(struct laws *l, const char *item, int64_t ms);
/* A day is over. */
void laws_age(struct laws *l);
/* From now on this is the item's law: a mean and the coefficient of variation. */
void laws_fix(struct laws *l, const char *item, double mean_ms, double cv);

/* The laws of all items of the setup as they are now, in the order of its rows; to be freed. */
struct law *laws_of(const struct laws *l, const struct setup *setup);
/* The hall's shape as it is now. */
void laws_shape(const struct laws *l, struct shape *ret);
double laws_count(const struct laws *l, const char *item); /* how many of it count today */

/* So long, in ms, that this share (0..1) of the services take no longer. */
double law_quantile(const struct law *law, const struct shape *shape, double share);
/* A duration in ms. */
double law_draw(const struct law *law, const struct shape *shape, struct dice *d);
/* How far into its law (0..1) a service is that has gone on for so long; and what remains of it. */
double law_share(const struct law *law, const struct shape *shape, double elapsed_ms);
double law_remains(const struct law *law, const struct shape *shape, double elapsed_ms, double share, struct dice *d);

#endif
