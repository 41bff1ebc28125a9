#include "view/spread.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "view/build.h"

static const int64_t OPEN_S[] = {900, 1800, 3600, 7200, 14400, 28800, 0};
static const int64_t DAYS[] = {0, 1, 2, 3, 5, 10, 20, -1};
enum { OPEN_STEPS = sizeof OPEN_S / sizeof *OPEN_S, DAY_STEPS = sizeof DAYS / sizeof *DAYS };

void spread_add(struct spread *s, int64_t open_ms, int64_t days)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 64;
        s->open_ms = alloc_grow(s->open_ms, s->cap, sizeof *s->open_ms);
        s->days = alloc_grow(s->days, s->cap, sizeof *s->days);
    }
    s->open_ms[s->n] = open_ms;
    s->days[s->n++] = days;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest value that so many per cent do not exceed. */
static int64_t quantile(const int64_t *sorted, size_t n, size_t percent)
{
    return sorted[(n * percent + 99) / 100 - 1];
}

static size_t step_of(int64_t value, const int64_t *bounds, size_t n)
{
    size_t i = 0;
    while (i + 1 < n && value > bounds[i])
        i++;
    return i;
}

static Halld__SpreadStep **steps_new(const int64_t *values, size_t n, int64_t unit, const int64_t *bounds,
                                     size_t n_steps)
{
    Halld__SpreadStep **steps = build_array(n_steps, sizeof *steps);
    for (size_t i = 0; i < n_steps; i++) {
        steps[i] = MESSAGE_NEW(Halld__SpreadStep, &halld__spread_step__descriptor);
        steps[i]->to = i + 1 < n_steps ? bounds[i] : 0;
    }
    for (size_t i = 0; i < n; i++)
        steps[step_of((values[i] + unit - 1) / unit, bounds, n_steps)]->n++;
    return steps;
}

Halld__SpreadView *spread_take_view(struct spread *s)
{
    int64_t sum = 0;
    if (!s->n)
        return NULL;
    qsort(s->open_ms, s->n, sizeof *s->open_ms, compare);
    qsort(s->days, s->n, sizeof *s->days, compare);
    for (size_t i = 0; i < s->n; i++)
        sum += s->open_ms[i];
    Halld__SpreadView *v = MESSAGE_NEW(Halld__SpreadView, &halld__spread_view__descriptor);
    v->n = (int32_t)s->n;
    v->mean_s = sum / (int64_t)s->n / 1000;
    v->median_s = quantile(s->open_ms, s->n, 50) / 1000;
    v->p90_s = quantile(s->open_ms, s->n, 90) / 1000;
    v->max_s = s->open_ms[s->n - 1] / 1000;
    v->median_days = (int32_t)quantile(s->days, s->n, 50);
    v->p90_days = (int32_t)quantile(s->days, s->n, 90);
    v->max_days = (int32_t)s->days[s->n - 1];
    v->open = steps_new(s->open_ms, s->n, 1000, OPEN_S, OPEN_STEPS);
    v->n_open = OPEN_STEPS;
    v->days = steps_new(s->days, s->n, 1, DAYS, DAY_STEPS);
    v->n_days = DAY_STEPS;
    s->n = 0;
    return v;
}

void spread_fini(struct spread *s)
{
    free(s->open_ms);
    free(s->days);
    *s = (struct spread)SPREAD_INIT;
}
