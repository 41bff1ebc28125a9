/*
 * How a view reads the journal: store_read behind a pointer, so that a test can read from memory. Only
 * the views that need history take one.
 */
#ifndef VIEW_READER_H
#define VIEW_READER_H

#include <stdint.h>

#include "proto/event.pb-c.h"

struct reports;
struct reader {
    void *arg;
    /* Calls each for the events from..to in order until it returns non-zero, which is returned; or a negative code. */
    int (*read)(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                void *each_arg);
    uint64_t last;           /* the last event that may be read: hall_seq of the committed hall */
    struct reports *reports; /* the read model, with at least these events; NULL where nobody asked for it */
};

struct store;
struct journal;
struct reader reader_of_store(struct store *s, uint64_t last);     /* the loop's connection */
struct reader reader_of_journal(struct journal *j, uint64_t last); /* a thread's own */

/* The first event of a business day (20261123) or of a later one; last + 1 if there is none, 0 on failure. */
uint64_t reader_find_day(const struct reader *r, int32_t day);

#endif
