/*
 * A reading connection to a journal: the daemon's loop thread has one, so may any other thread (one each) and
 * halljournal on a file at rest. Every row read is checked against the chain: chain(n) = BLAKE2b-256(chain(n-1),
 * stored bytes of event n), chain(0) = 32 zeros. Never writes, never logs; says exactly which row is bad.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/event.pb-c.h"

struct journal;
struct sqlite3;

#define JOURNAL_HEAD 32

struct journal_tail { /* where a journal ends */
    uint64_t seq;
    uint8_t head[JOURNAL_HEAD];
};

struct journal_row {
    uint64_t seq;
    const uint8_t *data; /* borrowed during the call, as is head */
    size_t len;
    const uint8_t *head; /* after this row */
};

struct journal_fault {
    uint64_t seq; /* the first bad row; 0: the file as a whole */
    char text[160];
};

/* ret may be head itself. */
void journal_chain(const uint8_t head[JOURNAL_HEAD], const void *data, size_t len, uint8_t ret[JOURNAL_HEAD]);

/* file: a journal.db; a daemon may be running on it. 0, or STORE_FAILED with why. */
int journal_open(const char *file, struct journal **ret, char why[200]);
void journal_close(struct journal *j);
struct sqlite3 *journal_db(struct journal *j); /* for store/ only */

/* The last event; seq 0 and zeros in an empty journal. 0 or STORE_FAILED. */
int journal_last(struct journal *j, struct journal_tail *ret, struct journal_fault *fault);
/* The head after seq (seq 0: zeros); false if there is no such event. */
bool journal_head(struct journal *j, uint64_t seq, uint8_t ret[JOURNAL_HEAD]);

/* What SQLite itself can say about the whole file: pages, order of rows. 0 or STORE_FAILED. */
int journal_check_file(struct journal *j, struct journal_fault *fault);

typedef int journal_each_row(void *arg, const struct journal_row *row);
typedef int journal_each_event(void *arg, const Halld__Event *event);
/* Calls each for the rows from..to in order until it returns non-zero, which is returned. STORE_FAILED with fault: a
 * row that the chain, its number or SQLite calls bad; rows before it have been given (fault->text is "" when it was
 * each that stopped). A journal that ends before `to` is no fault. May be called from within itself. */
int journal_read_rows(struct journal *j, uint64_t from, uint64_t to, journal_each_row *each, void *arg,
                      struct journal_fault *fault);
/* The same, unpacked; what cannot be unpacked or has another seq inside is a fault. */
int journal_read(struct journal *j, uint64_t from, uint64_t to, journal_each_event *each, void *arg,
                 struct journal_fault *fault);

#endif
