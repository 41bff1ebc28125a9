#include "forecast/arrivals.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "forecast/names.h"

enum { ANY_DAY, WEEKDAYS = 8, RECENT = 64, RECENT_MS = 3600000 };

static const double SAME_WEEKDAY_WEIGHT = 0.3, ANY_DAY_WEIGHT = 0.15, MIX_KEEPS = 0.9;
static const double LEVEL_PRIOR = 40; /* people who say that today is a usual day */
static const double LEVEL_LEAST = 0.3, LEVEL_MOST = 3;
static const double SHORTEST_SPAN_MS = 300000;

/* Exponentially weighted counts per half hour. */
struct profile {
    double weight; /* 0: no such day yet; towards 1 with every day */
    double people[ARRIVAL_BINS];
};

struct pair {
    char *name;
    double n;
};

struct kinds {
    struct names index; /* of struct pair */
    double all;
};

struct queue_arrivals {
    char *queue;
    struct profile days[WEEKDAYS];
    double today[ARRIVAL_BINS];
    struct kinds items, classes;
};

struct arrivals {
    struct names queues; /* of struct queue_arrivals */
    int32_t date;
    int64_t midnight, opens_at;
    int64_t recent[RECENT]; /* when the last ones came: a ring */
    size_t n_recent;        /* ever */
    double today;           /* everybody */
};

struct arrivals *arrivals_new(void)
{
    return alloc_zero(sizeof(struct arrivals));
}

static void kinds_fini(struct kinds *k)
{
    for (size_t i = 0; i < k->index.n; i++) {
        struct pair *p = k->index.at[i];
        free(p->name);
        free(p);
    }
    names_fini(&k->index);
}

void arrivals_free(struct arrivals *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->queues.n; i++) {
        struct queue_arrivals *q = a->queues.at[i];
        kinds_fini(&q->items);
        kinds_fini(&q->classes);
        free(q->queue);
        free(q);
    }
    names_fini(&a->queues);
    free(a);
}

static void kinds_count(struct kinds *k, const char *name)
{
    struct pair *p = names_find(&k->index, name);
    if (!p) {
        p = alloc_zero(sizeof *p);
        p->name = alloc_text(name);
        names_put(&k->index, p->name, p);
    }
    p->n++;
    k->all++;
}

static void kinds_age(struct kinds *k)
{
    k->all = 0;
    for (size_t i = 0; i < k->index.n; i++) {
        struct pair *p = k->index.at[i];
        p->n *= MIX_KEEPS;
        k->all += p->n;
    }
}

static struct queue_arrivals *queue_of(struct arrivals *a, const char *queue)
{
    struct queue_arrivals *q = names_find(&a->queues, queue);
    if (q)
        return q;
    q = alloc_zero(sizeof *q);
    q->queue = alloc_text(queue);
    names_put(&a->queues, q->queue, q);
    return q;
}

static int bin_of(const struct arrivals *a, int64_t at)
{
    int64_t bin = (at - a->midnight) / ARRIVAL_BIN_MS % ARRIVAL_BINS;
    return (int)(bin < 0 ? bin + ARRIVAL_BINS : bin);
}

/* ---- from day to day */

static void profile_add(struct profile *p, const double people[ARRIVAL_BINS], double weight)
{
    /* The first days count fully: a mean until there are enough of them. */
    double share = weight / (weight + p->weight * (1 - weight));
    for (int i = 0; i < ARRIVAL_BINS; i++)
        p->people[i] += share * (people[i] - p->people[i]);
    p->weight = weight + p->weight * (1 - weight);
}

static void end_day(struct arrivals *a)
{
    int weekday = date_weekday(a->date);
    for (size_t i = 0; i < a->queues.n; i++) {
        struct queue_arrivals *q = a->queues.at[i];
        profile_add(&q->days[ANY_DAY], q->today, ANY_DAY_WEIGHT);
        profile_add(&q->days[weekday], q->today, SAME_WEEKDAY_WEIGHT);
        memset(q->today, 0, sizeof q->today);
        kinds_age(&q->items);
        kinds_age(&q->classes);
    }
}

void arrivals_day(struct arrivals *a, int32_t date, int64_t midnight, int64_t opens_at)
{
    if (a->date && a->today > 0) /* a day on which nobody came was a holiday, or a fault */
        end_day(a);
    a->date = date;
    a->midnight = midnight;
    a->opens_at = opens_at;
    a->n_recent = 0;
    a->today = 0;
}

void arrivals_observe(struct arrivals *a, const char *queue, const char *item, const char *class_name, int64_t at)
{
    struct queue_arrivals *q = queue_of(a, queue);
    if (!a->opens_at || at < a->opens_at || a->today <= 0)
        a->opens_at = at;
    a->recent[a->n_recent++ % RECENT] = at;
    a->today++;
    q->today[bin_of(a, at)]++;
    kinds_count(&q->items, item);
    kinds_count(&q->classes, class_name);
}

/* ---- what to expect */

/* Nearer to the same weekday's, the more of those have been seen. */
static double expected(const struct queue_arrivals *q, int weekday, int bin)
{
    const struct profile *same = &q->days[weekday], *any = &q->days[ANY_DAY];
    double trust = same->weight;
    return trust * same->people[bin] + (1 - trust) * any->people[bin];
}

static bool knows_days(const struct arrivals *a)
{
    for (size_t i = 0; i < a->queues.n; i++)
        if (((const struct queue_arrivals *)a->queues.at[i])->days[ANY_DAY].weight > 0)
            return true;
    return false;
}

static double expected_of_all(const struct arrivals *a, int bin)
{
    double people = 0;
    for (size_t i = 0; i < a->queues.n; i++)
        people += expected(a->queues.at[i], date_weekday(a->date), bin);
    return people;
}

/* How many have come today beside how many were expected until now. */
static double level(const struct arrivals *a, int64_t now)
{
    double wanted = 0;
    for (int64_t at = a->midnight; at < now && at < a->midnight + INT64_C(86400000); at += ARRIVAL_BIN_MS) {
        double part = now - at < ARRIVAL_BIN_MS ? (double)(now - at) / ARRIVAL_BIN_MS : 1;
        wanted += part * expected_of_all(a, bin_of(a, at));
    }
    double found = (a->today + LEVEL_PRIOR) / (wanted + LEVEL_PRIOR);
    return fmin(fmax(found, LEVEL_LEAST), LEVEL_MOST);
}

/* Of the last hour, or of the last ones within it, where no day before is known. */
static double recent_rate(const struct arrivals *a, int64_t now)
{
    int64_t from = now - RECENT_MS > a->opens_at ? now - RECENT_MS : a->opens_at, first = now;
    size_t n = 0;
    for (size_t i = a->n_recent > RECENT ? a->n_recent - RECENT : 0; i < a->n_recent; i++) {
        int64_t at = a->recent[i % RECENT];
        if (at < from)
            continue;
        first = n ? first : at;
        n++;
    }
    if (n == RECENT)
        from = first;
    return (double)n / fmax((double)(now - from), SHORTEST_SPAN_MS);
}

double arrivals_rate(const struct arrivals *a, int64_t at, int64_t now)
{
    if (!knows_days(a))
        return recent_rate(a, now);
    return expected_of_all(a, bin_of(a, at)) / ARRIVAL_BIN_MS * level(a, now);
}

static double queue_weight(const struct arrivals *a, const struct queue_arrivals *q, int bin)
{
    double people = expected(q, date_weekday(a->date), bin);
    return people > 0 ? people : knows_days(a) ? 0 : q->items.all;
}

size_t arrivals_kinds(const struct arrivals *a, int64_t at, struct arrival_kind **ret)
{
    int bin = bin_of(a, at);
    double all = 0;
    size_t n = 0, most = 0;
    for (size_t i = 0; i < a->queues.n; i++) {
        const struct queue_arrivals *q = a->queues.at[i];
        all += queue_weight(a, q, bin);
        most += q->items.index.n * q->classes.index.n;
    }
    struct arrival_kind *kinds = alloc_zero((most + 1) * sizeof *kinds);
    for (size_t i = 0; all > 0 && i < a->queues.n; i++) {
        const struct queue_arrivals *q = a->queues.at[i];
        double weight = queue_weight(a, q, bin) / all;
        for (size_t c = 0; weight > 0 && c < q->classes.index.n; c++)
            for (size_t k = 0; k < q->items.index.n; k++) {
                const struct pair *class_pair = q->classes.index.at[c], *item = q->items.index.at[k];
                double share = class_pair->n / q->classes.all * item->n / q->items.all;
                kinds[n++] = (struct arrival_kind){q->queue, item->name, class_pair->name, weight * share};
            }
    }
    *ret = kinds;
    return n;
}
