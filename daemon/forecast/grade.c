#include "forecast/grade.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "forecast/names.h"

enum { DAYS_KEPT = 31 };

/*
 * Coverage is followed over about the last 400 waits of a queue. Waits that overlap err together, so a short bad spell
 * is nothing to act on: below WIDEN_BELOW the band grows, above NARROW_ABOVE it goes back to what was drawn.
 */
static const double WANTED = 0.9, MEMORY = 1.0 / 400, WIDEN_BELOW = 0.87, NARROW_ABOVE = 0.9;
static const double STEP = 0.01, WIDEST = 3;

/*
 * The scale follows the last two thousand waits, and begins as if 500 had been as drawn. Only waits for which what was
 * said is the mean of those drawn can teach it: of short ones a median is said, which waits exceed on average.
 */
static const double SCALE_KEEPS = 0.9995, SCALE_PRIOR = 500, SCALE_LEAST = 0.6, SCALE_MOST = 1.6;

struct watch {
    char *queue;
    double coverage, widening;
    double n, actual, drawn; /* running sums of the waits that teach the scale */
};

struct grade {
    struct grade_row *rows; /* by day, queue, class; texts are the names' */
    size_t n_rows;
    struct names queues;  /* of struct watch */
    struct names classes; /* of their own texts */
    int32_t day;
    bool trusts_draws;
};

struct grade *grade_new(void)
{
    return alloc_zero(sizeof(struct grade));
}

void grade_free(struct grade *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->queues.n; i++) {
        struct watch *w = g->queues.at[i];
        free(w->queue);
        free(w);
    }
    for (size_t i = 0; i < g->classes.n; i++)
        free(g->classes.at[i]);
    names_fini(&g->queues);
    names_fini(&g->classes);
    free(g->rows);
    free(g);
}

static struct watch *watch_of(struct grade *g, const char *queue)
{
    struct watch *w = names_find(&g->queues, queue);
    if (w)
        return w;
    w = alloc_zero(sizeof *w);
    *w = (struct watch){.queue = alloc_text(queue), .coverage = WANTED, .widening = 1};
    names_put(&g->queues, w->queue, w);
    return w;
}

static const char *class_of(struct grade *g, const char *class_name)
{
    char *known = names_find(&g->classes, class_name);
    if (known)
        return known;
    known = alloc_text(class_name);
    names_put(&g->classes, known, known);
    return known;
}

void grade_day(struct grade *g, int32_t day)
{
    size_t old = 0, days = 0;
    g->day = day;
    for (size_t i = g->n_rows; i-- > 0 && !old;) {
        days += i + 1 == g->n_rows || g->rows[i].day != g->rows[i + 1].day;
        if (days > DAYS_KEPT - 1)
            old = i + 1;
    }
    g->n_rows -= old;
    if (old)
        memmove(g->rows, g->rows + old, g->n_rows * sizeof *g->rows);
}

static int row_compare(const struct grade_row *r, int32_t day, const char *queue, const char *class_name)
{
    if (r->day != day)
        return r->day < day ? -1 : 1;
    int order = strcmp(r->queue, queue);
    return order ? order : strcmp(r->class_name, class_name);
}

static struct grade_row *row_of(struct grade *g, const char *queue, const char *class_name)
{
    size_t i = g->n_rows;
    while (i && row_compare(&g->rows[i - 1], g->day, queue, class_name) > 0)
        i--;
    if (i && row_compare(&g->rows[i - 1], g->day, queue, class_name) == 0)
        return &g->rows[i - 1];
    g->rows = alloc_grow(g->rows, g->n_rows + 1, sizeof *g->rows);
    memmove(g->rows + i + 1, g->rows + i, (g->n_rows - i) * sizeof *g->rows);
    g->n_rows++;
    g->rows[i] =
        (struct grade_row){.day = g->day, .queue = watch_of(g, queue)->queue, .class_name = class_of(g, class_name)};
    return &g->rows[i];
}

static void watch_scale(struct watch *w, double drawn_s, double wait_s)
{
    w->n = w->n * SCALE_KEEPS + 1;
    w->drawn = w->drawn * SCALE_KEEPS + drawn_s;
    w->actual = w->actual * SCALE_KEEPS + wait_s;
}

/* The sums, with as many waits beside them as the prior says that were as drawn. */
static double watch_scale_now(const struct watch *w)
{
    double prior = w->n > 0 ? SCALE_PRIOR * w->drawn / w->n : 0;
    double scale = w->drawn > 0 ? (w->actual + prior) / (w->drawn + prior) : 1;
    return fmin(fmax(scale, SCALE_LEAST), SCALE_MOST);
}

static void watch_add(struct watch *w, bool under)
{
    w->coverage += MEMORY * ((under ? 1 : 0) - w->coverage);
    if (w->coverage < WIDEN_BELOW)
        w->widening *= exp(STEP * (under ? -(1 - WANTED) : WANTED));
    else if (w->coverage > NARROW_ABOVE)
        w->widening *= exp(-STEP * (1 - WANTED));
    w->widening = fmin(fmax(w->widening, 1), WIDEST);
}

void grade_add(struct grade *g, const char *queue, const char *class_name, double p50_s, double p90_s, double wait_s,
               const struct grade_fit *fit)
{
    struct grade_row *r = row_of(g, queue, class_name);
    if (p90_s <= 0 && wait_s < 60) {
        r->free++;
        return;
    }
    r->n++;
    r->wait += wait_s;
    r->error += fabs(p50_s - wait_s);
    r->over += p50_s - wait_s;
    r->under_p50 += wait_s <= p50_s;
    r->under_p90 += wait_s <= p90_s;
    watch_add(watch_of(g, queue), wait_s <= p90_s);
    if (p50_s / fit->scale >= GRADE_MEAN_FROM_S)
        watch_scale(watch_of(g, queue), p50_s / fit->scale, wait_s);
}

size_t grade_rows(const struct grade *g, const struct grade_row **ret)
{
    *ret = g->rows;
    return g->n_rows;
}

struct grade_fit grade_fit(const struct grade *g, const char *queue)
{
    const struct watch *w = g->trusts_draws ? NULL : names_find(&g->queues, queue);
    return w ? (struct grade_fit){watch_scale_now(w), w->widening} : (struct grade_fit){1, 1};
}

void grade_trust_draws(struct grade *g)
{
    g->trusts_draws = true;
}

double grade_coverage(const struct grade *g, const char *queue)
{
    const struct watch *w = names_find(&g->queues, queue);
    return w ? w->coverage : WANTED;
}
