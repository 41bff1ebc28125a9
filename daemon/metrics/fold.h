/*
 * Committed events folded into values per minute, on the events' own time. Pure: the same events give the same rows,
 * whether they come as they happen or from the journal years later; that is what makes the RRD files a cache.
 *
 * Rows are handed out in blocks of five minutes: when an event is the first at or after a boundary, everything up to
 * the last boundary is complete. So what is written, and in which steps, depends on the events alone.
 * Of tickets and windows nothing is remembered over a day_opened, of matters how many of each flow are open and which
 * states are ends: so a fold may begin at one, with that told (fold_carried).
 */
#ifndef METRICS_FOLD_H
#define METRICS_FOLD_H

#include "metrics/catalogue.h"

enum { FOLD_MINUTE_MS = 60000, FOLD_BLOCK = 5 }; /* minutes */

/* Values of one label over time. */
struct series {
    enum metric_scope scope;
    char *label;                                       /* "" for the hall */
    int64_t minute[METRIC_MOST];                       /* the present minute's sums; of levels up to level_at */
    int64_t today[METRIC_MOST];                        /* counts and sums since the day opened */
    int64_t level[LEVEL_COUNT], level_at[LEVEL_COUNT]; /* as it is, and since when that is not in minute[] yet */
    /* Complete minutes not handed out yet: stretches of equal minutes, one after the other from fold_flushed on. */
    struct stretch *stretches;
    size_t n_stretches, cap_stretches;
    struct keeper_file *file; /* the keeper's own, and freed by it; NULL */
};

struct stretch {
    int64_t end;                 /* minutes since the epoch: the last of them ends then */
    int64_t values[METRIC_MOST]; /* in the order of the scope */
};

struct fold;

/* flush: everything before this minute is complete and stands in the series' stretches, which are dropped after it. */
struct fold *fold_new(void (*flush)(void *arg, struct fold *f, int64_t minute), void *arg);
void fold_free(struct fold *f);
void fold_event(struct fold *f, const Halld__Event *event);

/* A label that is known from elsewhere; the same one again is found. */
struct series *fold_series(struct fold *f, enum metric_scope scope, const char *label);
size_t fold_series_count(const struct fold *f);
struct series *fold_series_at(const struct fold *f, size_t i);
struct series *fold_series_find(const struct fold *f, enum metric_scope scope, const char *label); /* NULL */

/* Before the first event: it will be the one after this. */
void fold_begin_after(struct fold *f, uint64_t seq);
/* The same, beginning at a day_opened: what fold_carried said when the fold came to it. false: not understood. */
bool fold_carry(struct fold *f, const char *carried);
/* As of the last day_opened: a word without blanks, "-" if there is nothing. Borrowed until the next event. */
const char *fold_carried(const struct fold *f);
uint64_t fold_seq(const struct fold *f);     /* the last event folded; 0 = none */
uint64_t fold_day_seq(const struct fold *f); /* the last day_opened; 0 = none */
int64_t fold_minute(const struct fold *f);   /* the present one, in minutes since the epoch; 0 before any event */
int64_t fold_flushed(const struct fold *f);  /* everything before it has been handed out */
/* Of the present minute and as the hall stands, up to a moment not before the last event: the level's integral over
 * from..to, ms since the epoch, both within the present minute or later. */
int64_t fold_level_between(const struct series *s, size_t level, int64_t from, int64_t to);

#endif
