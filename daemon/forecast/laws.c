#include "forecast/laws.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/setup.h"
#include "forecast/names.h"

static const double SHRINK = 20, SHAPE_SHRINK = 300, DAY_KEEPS = 0.98;
static const double DEFAULT_VARIANCE = 0.4947; /* of the logarithm, at a coefficient of variation of 0.8 */
static const double SHORTEST_MS = 3000, LONGEST_MS = 4 * 3600e3;
static const double SHAPE_FROM = 10, CLIP_FROM = 20, CLIP_SIGMAS = 4;
static const double KNOT_FIRST = -4, KNOT_STEP = 0.25;
enum { BINS = SHAPE_KNOTS - 1 }; /* between the knots; the first and the last have everything beyond */

/* Running sums of the logarithms. */
struct sums {
    double n, sum, square;
};

struct entry {
    char *item;
    struct sums own;
    bool fixed;
    struct law law; /* if fixed */
};

struct laws {
    struct names items; /* of struct entry */
    double residuals[BINS];
    double n_residuals;
    bool known; /* laws have been given, not learned: lognormal ones */
};

struct laws *laws_new(void)
{
    return alloc_zero(sizeof(struct laws));
}

void laws_free(struct laws *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->items.n; i++) {
        struct entry *e = l->items.at[i];
        free(e->item);
        free(e);
    }
    names_fini(&l->items);
    free(l);
}

static struct entry *entry_of(struct laws *l, const char *item)
{
    struct entry *e = names_find(&l->items, item);
    if (e)
        return e;
    e = alloc_zero(sizeof *e);
    e->item = alloc_text(item);
    names_put(&l->items, e->item, e);
    return e;
}

/* ---- one sample */

static double sums_mean(const struct sums *s)
{
    return s->n > 0 ? s->sum / s->n : 0;
}

/* About its own mean; needs n > 1. */
static double sums_squares(const struct sums *s)
{
    double squares = s->n > 0 ? s->square - s->sum * s->sum / s->n : 0;
    return squares > 0 ? squares : 0;
}

static double sums_deviation(const struct sums *s)
{
    return s->n > 1 ? sqrt(sums_squares(s) / (s->n - 1)) : 0;
}

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void note_residual(struct laws *l, const struct sums *own, double x)
{
    double deviation = sums_deviation(own);
    if (own->n < SHAPE_FROM || deviation < 1e-6)
        return;
    double z = (x - sums_mean(own)) / deviation;
    int bin = (int)clip(floor((z - KNOT_FIRST) / KNOT_STEP), 0, BINS - 1);
    l->residuals[bin]++;
    l->n_residuals++;
}

void laws_observe(struct laws *l, const char *item, int64_t ms)
{
    struct sums *own = &entry_of(l, item)->own;
    double x = log(clip((double)ms, SHORTEST_MS, LONGEST_MS));
    if (own->n >= CLIP_FROM) {
        double far = CLIP_SIGMAS * fmax(sums_deviation(own), 0.25);
        x = clip(x, sums_mean(own) - far, sums_mean(own) + far);
    }
    note_residual(l, own, x);
    own->n++;
    own->sum += x;
    own->square += x * x;
}

void laws_age(struct laws *l)
{
    for (size_t i = 0; i < l->items.n; i++) {
        struct sums *own = &((struct entry *)l->items.at[i])->own;
        own->n *= DAY_KEEPS;
        own->sum *= DAY_KEEPS;
        own->square *= DAY_KEEPS;
    }
    for (int i = 0; i < BINS; i++)
        l->residuals[i] *= DAY_KEEPS;
    l->n_residuals *= DAY_KEEPS;
}

void laws_fix(struct laws *l, const char *item, double mean_ms, double cv)
{
    struct entry *e = entry_of(l, item);
    double variance = log(1 + cv * cv);
    l->known = e->fixed = true;
    e->law = (struct law){log(mean_ms) - variance / 2, sqrt(variance)};
}

double laws_count(const struct laws *l, const char *item)
{
    const struct entry *e = names_find(&l->items, item);
    return e ? e->own.n : 0;
}

/* ---- groups lend to items, the hall to groups */

struct pool {
    double n, over; /* by how much the logarithms are over the configured ones, summed */
    double squares, freedom;
};

static void pool_add(struct pool *p, const struct sums *own, double configured)
{
    p->n += own->n;
    p->over += own->sum - own->n * configured;
    if (own->n > 1) {
        p->squares += sums_squares(own);
        p->freedom += own->n - 1;
    }
}

static double shrunk(double n, double own, double lent)
{
    return n > 0 ? (n * own + SHRINK * lent) / (n + SHRINK) : lent;
}

struct lent {
    double over, variance;
};

static struct lent pool_lends(const struct pool *p, const struct lent *from)
{
    return (struct lent){
        shrunk(p->n, p->n > 0 ? p->over / p->n : 0, from->over),
        shrunk(p->freedom, p->freedom > 0 ? p->squares / p->freedom : 0, from->variance),
    };
}

static double configured_log(const struct setup *setup, const Halld__Item *item)
{
    int s = item->mean_service_s > 0 ? item->mean_service_s : setup_booking(setup)->default_service_s;
    return log((s > 0 ? s : 600) * 1e3) - DEFAULT_VARIANCE / 2;
}

static struct law law_of(const struct entry *e, double configured, const struct lent *lent)
{
    static const struct sums none = {0, 0, 0};
    const struct sums *own = e ? &e->own : &none;
    if (e && e->fixed)
        return e->law;
    double variance =
        shrunk(own->n > 1 ? own->n - 1 : 0, own->n > 1 ? sums_squares(own) / (own->n - 1) : 0, lent->variance);
    return (struct law){shrunk(own->n, sums_mean(own), configured + lent->over), sqrt(variance)};
}

struct law *laws_of(const struct laws *l, const struct setup *setup)
{
    const Halld__Settings *s = setup_settings(setup);
    struct pool groups[SKILL_GROUPS_MAX] = {{0}}, hall = {0};
    const struct entry **entries = alloc_zero((s->n_items + 1) * sizeof *entries);
    struct law *laws = alloc_zero((s->n_items + 1) * sizeof *laws);
    for (size_t i = 0; i < s->n_items; i++) {
        entries[i] = names_find(&l->items, s->items[i]->item);
        int g = setup_group_index(setup, s->items[i]->group);
        if (!entries[i] || g < 0)
            continue;
        pool_add(&groups[g], &entries[i]->own, configured_log(setup, s->items[i]));
        pool_add(&hall, &entries[i]->own, configured_log(setup, s->items[i]));
    }
    struct lent by_default = {0, DEFAULT_VARIANCE}, from_hall = pool_lends(&hall, &by_default);
    for (size_t i = 0; i < s->n_items; i++) {
        int g = setup_group_index(setup, s->items[i]->group);
        struct lent lent = g < 0 ? from_hall : pool_lends(&groups[g], &from_hall);
        laws[i] = law_of(entries[i], configured_log(setup, s->items[i]), &lent);
    }
    free(entries);
    return laws;
}

/* ---- the shape */

static double knot(int i)
{
    return KNOT_FIRST + KNOT_STEP * i;
}

/* Shares up to each knot: what was seen, mixed with the normal distribution. */
static void shape_shares(const struct laws *l, double share[SHAPE_KNOTS])
{
    double below = 0, all = l->n_residuals + SHAPE_SHRINK;
    share[0] = SHAPE_SHRINK * normal_below(knot(0)) / all;
    for (int i = 1; i < SHAPE_KNOTS; i++) {
        below += l->residuals[i - 1];
        share[i] = (below + SHAPE_SHRINK * normal_below(knot(i))) / all;
    }
}

/* Where the mixed distribution has as much below it as the normal one has below z. */
static double shape_quantile(const double share[SHAPE_KNOTS], double p)
{
    int i = 1;
    while (i < SHAPE_KNOTS - 1 && share[i] < p)
        i++;
    double width = share[i] - share[i - 1];
    double into = width > 0 ? clip((p - share[i - 1]) / width, 0, 1) : 0.5;
    return knot(i - 1) + KNOT_STEP * into;
}

/* Mean 0 and variance 1, by the weights that the knots have in the normal distribution. */
static void shape_level(struct shape *shape)
{
    double mean = 0, square = 0, all = 0;
    for (int i = 0; i < SHAPE_KNOTS; i++) {
        double weight = exp(-knot(i) * knot(i) / 2);
        all += weight;
        mean += weight * shape->g[i];
        square += weight * shape->g[i] * shape->g[i];
    }
    mean /= all;
    double deviation = sqrt(fmax(square / all - mean * mean, 1e-12));
    for (int i = 0; i < SHAPE_KNOTS; i++)
        shape->g[i] = (shape->g[i] - mean) / deviation;
}

void laws_shape(const struct laws *l, struct shape *ret)
{
    double share[SHAPE_KNOTS];
    bool learned = !l->known && l->n_residuals > 0;
    shape_shares(l, share);
    for (int i = 0; i < SHAPE_KNOTS; i++)
        ret->g[i] = learned ? shape_quantile(share, normal_below(knot(i))) : knot(i);
    if (learned)
        shape_level(ret);
}

static double shape_at(const struct shape *shape, double z)
{
    double x = clip((z - KNOT_FIRST) / KNOT_STEP, 0, SHAPE_KNOTS - 1.001);
    int i = (int)x;
    double inside = shape->g[i] + (shape->g[i + 1] - shape->g[i]) * (x - i);
    double beyond = fabs(z) > -KNOT_FIRST ? z - (z > 0 ? -KNOT_FIRST : KNOT_FIRST) : 0;
    return inside + beyond;
}

static double shape_inverse(const struct shape *shape, double y)
{
    if (y <= shape->g[0])
        return KNOT_FIRST + (y - shape->g[0]);
    if (y >= shape->g[SHAPE_KNOTS - 1])
        return -KNOT_FIRST + (y - shape->g[SHAPE_KNOTS - 1]);
    int i = 0;
    while (i < SHAPE_KNOTS - 2 && shape->g[i + 1] <= y)
        i++;
    double width = shape->g[i + 1] - shape->g[i];
    return knot(i) + (width > 0 ? (y - shape->g[i]) / width * KNOT_STEP : 0);
}

/* ---- drawing */

double law_draw(const struct law *law, const struct shape *shape, struct dice *d)
{
    return exp(law->mu + law->sigma * shape_at(shape, normal_quantile(dice_unit(d))));
}

double law_quantile(const struct law *law, const struct shape *shape, double share)
{
    return exp(law->mu + law->sigma * shape_at(shape, normal_quantile(share)));
}

double law_share(const struct law *law, const struct shape *shape, double elapsed_ms)
{
    if (elapsed_ms <= 1)
        return 0;
    double y = log(elapsed_ms) - law->mu;
    if (law->sigma < 1e-6)
        return y > 0 ? 1 : 0;
    return normal_below(shape_inverse(shape, y / law->sigma));
}

/* Beyond what the law knows, a service that has gone on so long goes on for about a fifth of that again. */
static const double UNKNOWN_FROM = 0.9995, UNKNOWN_GOES_ON = 0.2;

double law_remains(const struct law *law, const struct shape *shape, double elapsed_ms, double share, struct dice *d)
{
    double u = dice_unit(d);
    if (share > UNKNOWN_FROM)
        return -log(u) * fmax(elapsed_ms * UNKNOWN_GOES_ON, SHORTEST_MS);
    double whole = exp(law->mu + law->sigma * shape_at(shape, normal_quantile(share + (1 - share) * u)));
    return whole > elapsed_ms ? whole - elapsed_ms : 0;
}
