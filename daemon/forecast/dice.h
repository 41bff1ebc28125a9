/* Random numbers that are the same on every machine, and the normal distribution. */
#ifndef FORECAST_DICE_H
#define FORECAST_DICE_H

#include <stdint.h>

struct dice {
    uint64_t state[4];
};

void dice_init(struct dice *d, uint64_t seed);
double dice_unit(struct dice *d); /* over (0, 1), both ends left out */
double dice_wait(struct dice *d); /* exponential, of mean 1 */

double normal_below(double z);    /* the share of the standard normal distribution below z */
double normal_quantile(double p); /* its inverse; 0 < p < 1 */

#endif
