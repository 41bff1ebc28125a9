/*
 * Long looks into the journal (why a ticket was called, a day's trace, reports) on a thread of their own with their own
 * connection, one at a time in the order asked: a day has a hundred thousand events, and the loop waits for none.
 * When nobody asks for a while it takes new events into the read model (store/reports.h), a few at a time.
 */
#ifndef NET_STUDY_H
#define NET_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include "view/reader.h"

struct loop;
struct study;

struct study_work {
    /* On the study's thread: reads the journal up to the committed event of the asking, builds. Must not touch the
     * hall; a setup that the asker holds a reference of may be read. 0 or a code. */
    int (*read)(void *arg, const struct reader *r);
    /* On the loop: answers and frees. HALL_E_NOT_READY if the daemon stopped first. */
    void (*done)(void *arg, int code);
    void *arg;
};

/* dir: the running daemon's data folder; its journal.db is opened at the first asking. */
struct study *study_new(struct loop *loop, const char *dir);
void study_free(struct study *s); /* waits for the one in work; all are answered */
/* false: too many wait already, and nothing was taken. */
bool study_ask(struct study *s, uint64_t last, const struct study_work *work);
/* The same, with a reader that has the read model, caught up to `last` at least. */
bool study_ask_reports(struct study *s, uint64_t last, const struct study_work *work);

#endif
