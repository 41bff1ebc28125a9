/*
 * The journal on disk, and what is written in one transaction with it. Owns journal.db, the writer
 * thread with its connection, a reading connection for the loop thread, and the lock file against a
 * second daemon.
 *
 * A batch is one SQLite transaction (WAL, synchronous=FULL): when `done` says 0, it is on disk. The
 * writer thread chains the events (BLAKE2b-256 over the previous head and the stored bytes), inserts,
 * commits, and wakes the loop. One batch is in flight at a time. Checkpoints run on the same thread when it idles.
 *
 * Opening copies what the WAL still holds into the database and syncs it: after a failed sync the kernel may show
 * bytes that are not on the disk.
 *
 * Errors: DISK_FULL (rolled back, the store stays usable and read-only until store_probe succeeds),
 * STORE_FAILED (an I/O or fsync error: nothing may be retried on these descriptors; the daemon must exit
 * with 75 and start again).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/event.pb-c.h"

struct store;

struct store_row { /* one event, packed */
    uint64_t seq;
    uint8_t *data; /* owned by the batch */
    size_t len;
};

struct store_secret {
    uint8_t ref[16];
    char *value; /* owned by the batch */
};

struct sealed_write; /* store/sealed_rows.h */

struct store_batch {
    struct store_row *rows;
    size_t n_rows, cap_rows;
    struct store_secret *secrets;
    size_t n_secrets, cap_secrets;
    struct sealed_write *sealed; /* personal data that comes or goes with the events */
    size_t n_sealed, cap_sealed;
    int code; /* the outcome, set before store_finished returns it */
};

struct store_batch *store_batch_new(void);
void store_batch_free(struct store_batch *b);
void store_batch_add_event(struct store_batch *b, const Halld__Event *event); /* packs it */
void store_batch_add_secret(struct store_batch *b, const uint8_t ref[16], const char *value);

/* Opens or creates DIR/journal.db, migrates it, locks DIR, and starts the writer.
 * 0; IN_USE: another daemon holds the lock; STORE_FAILED with `why` filled. */
int store_open(const char *dir, struct store **ret, char why[200]);
void store_close(struct store *s); /* waits for the batch in flight, checkpoints */

/* A descriptor that becomes readable when a batch is finished (eventfd); also when queued rows were written, a probe
 * came out, or storage failed with nothing in flight: then store_finished gives NULL. */
int store_fd(const struct store *s);
int store_state(struct store *s);          /* 0, DISK_FULL until a probe succeeds, or STORE_FAILED for ever */
bool store_is_busy(const struct store *s); /* a batch is in flight or not fetched yet */
void store_write_take(struct store *s, struct store_batch *b); /* only while not busy */
/* The finished batch, or NULL; clears the descriptor. Its code: 0, DISK_FULL, STORE_FAILED, or INTERNAL for rows that
 * do not continue the journal's numbers (nothing was written). Secrets without events are a batch, too. */
struct store_batch *store_finished(struct store *s);
int store_wait(struct store *s); /* for the batch in flight, where no loop runs: its code; it is freed */

/* Reading, loop thread. */
uint64_t store_last_seq(struct store *s); /* on disk at open, then of the last finished batch */
/* Calls `each` for the events from..to in order until it returns non-zero, which is returned. Every row's chain is
 * verified against the one before: a flipped byte is STORE_FAILED, never served, and the log says which event. The
 * event is borrowed during the call. */
int store_read(struct store *s, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
               void *arg);
/* The chain's head after seq (seq 0: zeros). false: no such event. */
bool store_head(struct store *s, uint64_t seq, uint8_t ret_head[32]);
char *store_secret_find(struct store *s, const uint8_t ref[16]); /* freed by the caller; NULL if none */

/* What the writer has done since it began. */
struct store_stats {
    int64_t commits, events, commit_us; /* commit_us: from BEGIN to the end of COMMIT, with its sync */
};
void store_stats(struct store *s, struct store_stats *ret);

/* Free MiB on the journal's disk. */
int64_t store_free_mib(const struct store *s);
/* After DISK_FULL: true when there is room again. While there is not, it asks the writer to try a transaction (256 KiB,
 * written and freed) and returns false at once; the outcome wakes the descriptor, and the next call tells it. */
bool store_probe(struct store *s);
/* A consistent copy of the journal while running (SQLite's backup), under a temporary name until it is whole and
 * synced. Has its own connection: any thread may call it, and it takes as long as copying takes. BAD_VALUE: what is at
 * file is the journal itself, or no backup; it stays as it is. */
int store_backup(const struct store *s, const char *file, char why[200]);
/* Before store_open: puts a backup in the place of DIR/journal.db, whose chain is verified first. What was there stays
 * as journal.db.before-<n>. 0, IN_USE or STORE_FAILED with why. */
int store_restore(const char *dir, const char *file, char why[200]);

/* The security log: refused logins, forbidden commands; own rows, not chained; at least 180 days. Queued to the
 * writer and written with the next batch or within a second; never blocks. Texts over 399 bytes are cut, and of a
 * flood of over 10,000 waiting rows the rest is only counted in the log. */
void store_log_security(struct store *s, int64_t at, const char *kind, const char *who, const char *address,
                        const char *what);
struct security_row {
    uint64_t id;
    int64_t at;
    const char *kind, *who, *address, *what;
};
/* The newest `most` of them, newest first. */
int store_read_security(struct store *s, int64_t from_at, int64_t to_at, size_t most,
                        void (*each)(void *arg, const struct security_row *row), void *arg);

/* Waits until what is queued (security log, sessions) is on disk or cannot be written. For shutting down and tests. */
void store_flush(struct store *s);

/* Sessions that outlive a restart; keyed by the hash of their token. Queued like the security log. Putting one also
 * removes those that had run out at its created_at. */
struct session_row {
    uint8_t hash[32];
    const char *user;
    const char *csrf;
    int64_t created_at, expires_at;
};
void store_put_session(struct store *s, const struct session_row *row);
void store_drop_session(struct store *s, const uint8_t hash[32]);
int store_read_sessions(struct store *s, void (*each)(void *arg, const struct session_row *row), void *arg);

#endif
