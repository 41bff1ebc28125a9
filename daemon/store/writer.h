/*
 * The writer thread and its connection: one batch in flight, errands that ride along, probes after a full disk,
 * checkpoints when idle. Internal to store/; every call is made on the loop thread and returns at once unless
 * it says that it waits.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/db.h"
#include "store/journal.h"
#include "store/store.h"

struct writer;

/* A small write that needs no answer: security rows, sessions. Each kind embeds it first; freed with free(). */
struct errand {
    struct errand *next;
    /* Inside a transaction on the writer's thread; 0 or db_code. May be called again after a roll-back. */
    int (*run)(const struct errand *e, sqlite3 *db);
};

/* db is moved in, also on failure. tail is where the journal ends. */
int writer_open_take(sqlite3 *db, const struct journal_tail *tail, struct writer **ret, char why[200]);
void writer_close(struct writer *w); /* waits for everything handed in; checkpoints unless it has failed */

int writer_fd(const struct writer *w);
bool writer_is_busy(struct writer *w);
void writer_put_take(struct writer *w, struct store_batch *b);
struct store_batch *writer_finished(struct writer *w);
void writer_add_errand_take(struct writer *w, struct errand *e);
void writer_flush(struct writer *w); /* waits until no errand is left, or none can be written */
bool writer_probe(struct writer *w);
void writer_stats(struct writer *w, struct store_stats *ret);
int writer_state(struct writer *w); /* 0, DISK_FULL, STORE_FAILED */

/* What the other files of store/ need of an open store. */
struct writer *store_writer(struct store *s);
sqlite3 *store_reader_db(struct store *s);
const char *store_file(const struct store *s); /* DIR/journal.db */

#endif
