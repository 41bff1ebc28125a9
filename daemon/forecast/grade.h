/*
 * How good the predictions have been. Each ticket's first prediction, as its issue event stored it, is held against the
 * wait that came of it: mean absolute error of P50, bias, the share of waits that were under P50 and under P90, by day,
 * queue and class. Where P90 turns out to hold less often than it should, what is published is widened until it does;
 * where waits turn out longer or shorter than drawn, as in a hall whose windows stop more than anybody says, they are
 * scaled.
 *
 * Whoever found a window free knew it and is counted apart: such a prediction cannot miss.
 */
#ifndef FORECAST_GRADE_H
#define FORECAST_GRADE_H

#include <stddef.h>
#include <stdint.h>

struct grade;

/* What is said of a wait is the median of those drawn up to here, then ever more towards their mean.
 */
enum { GRADE_MEDIAN_TO_S = 180, GRADE_MEAN_FROM_S = 360 };

/* Seconds. */
struct grade_row {
    int32_t day;
    const char *queue, *class_name;
    uint32_t n, free;         /* graded; those that found a window free, not among n */
    double wait, error, over; /* sums: of waits, of |P50 - wait|, of P50 - wait */
    uint32_t under_p50, under_p90;
};

/* What is made of a drawn wait before it is said: times `scale`, and P90 `widening` times as far from P50. */
struct grade_fit {
    double scale, widening;
};

struct grade *grade_new(void);
void grade_free(struct grade *g);

void grade_day(struct grade *g, int32_t day);
/* fit: what the prediction had been made with. */
void grade_add(struct grade *g, const char *queue, const char *class_name, double p50_s, double p90_s, double wait_s,
               const struct grade_fit *fit);
/* The days still remembered (a month of them), by day, queue, class. Borrowed until the next change. */
size_t grade_rows(const struct grade *g, const struct grade_row **ret);
/* As it stands now: 1 and 1 while waits are as drawn and coverage is what it should be. */
struct grade_fit grade_fit(const struct grade *g, const char *queue);
/* From now on waits are said as drawn: their law is known. */
void grade_trust_draws(struct grade *g);
double grade_coverage(const struct grade *g, const char *queue); /* of P90, lately */

#endif
