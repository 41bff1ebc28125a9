/*
 * The RRD folder as a cache of the journal: reads the journal with its own connection, folds it, writes what is
 * complete, and knows from a small file beside the RRDs how far they are and whether they belong to this journal. What
 * is missing or damaged is folded anew from the journal's beginning, and said once. Owned and called by one thread.
 */
#ifndef METRICS_KEEPER_H
#define METRICS_KEEPER_H

#include "metrics/fold.h"

struct keeper;

struct keeper_options {
    const char *dir;     /* of the RRDs; made if it is not there */
    const char *journal; /* journal.db */
    bool simulated;      /* the hall's time is not the machine's */
    int64_t spare_mib;   /* what must stay free on the disk */
};

/* 0, or a negative code with why. */
int keeper_open(const struct keeper_options *o, struct keeper **ret, char why[200]);
void keeper_close(struct keeper *k);

/* Folds at most `most` events towards seq `target`; true when it is there. */
bool keeper_advance(struct keeper *k, uint64_t target, size_t most);
/* Is it so far behind that answers would be old? */
bool keeper_is_behind(const struct keeper *k, uint64_t target);
/* Everything anew from the journal: the files of the hall's own metrics are removed, and advance makes them again. */
void keeper_rebuild(struct keeper *k);
/* What keeps the series from being written. */
enum keeper_trouble { KEEPER_WELL, KEEPER_NO_ROOM, KEEPER_BROKEN };
enum keeper_trouble keeper_trouble(const struct keeper *k);
const struct fold *keeper_fold(const struct keeper *k);
char *keeper_path(const struct keeper *k, enum metric_scope scope, const char *label); /* freed by the caller */

/* The daemon's own readings for the minute that ends then; values in the order of SCOPE_DAEMON. */
void keeper_write_daemon(struct keeper *k, int64_t end_s, const int64_t *values);

#endif
