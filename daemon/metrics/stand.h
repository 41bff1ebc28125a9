/* How far an RRD folder is, and of which journal it is a projection: a small file beside the RRDs. */
#ifndef METRICS_STAND_H
#define METRICS_STAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/journal.h"

enum { STAND_CARRIED = 16384 };

struct stand {
    uint64_t seq, day_seq;      /* the last event folded at the last flush, and the last day_opened by then */
    uint8_t head[JOURNAL_HEAD]; /* the journal's, after seq */
    int64_t minute;             /* every file is filled up to here, in minutes since the epoch */
    size_t files;
    char carried[STAND_CARRIED]; /* fold_carried, of day_seq; "": it was too much to keep */
    bool writing;                /* a write began and did not end */
    bool clean;                  /* closed in order, and the disk has it */
};

/* false: there is none, or it is of another catalogue, or of another boot of the machine without a clean end, which
 * may have lost pages; why says so, or is "" if there simply is none. */
bool stand_read(const char *dir, struct stand *ret, char why[200]);
bool stand_write(const char *dir, const struct stand *s);
void stand_remove(const char *dir);

#endif
