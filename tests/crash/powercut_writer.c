/*
 * Commits batches through the real store and acknowledges each by a write to the file ACKS, so that record.so sees
 * both in one order: powercut_writer DIR ACKS. Along the way it reopens the store, lets it checkpoint, and saves
 * snapshots. POWERCUT_SYNCHRONOUS=NORMAL makes this program (never the daemon) ask SQLite for the weaker promise: the
 * build wraps sqlite3_exec, through which the store says its pragmas.
 */
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/snapshot.h"
#include "tests/crash/events.h"

enum { BATCHES = 120, REOPEN_EVERY = 35, LARGE_AT = 100, LARGE = 500, SECRET_BYTES = 3000, WAIT_MS = 10000 };

int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **), void *arg,
                        char **error);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **), void *arg,
                        char **error);

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **), void *arg,
                        char **error)
{
    const char *wanted = getenv("POWERCUT_SYNCHRONOUS");
    if (wanted && strcmp(sql, "PRAGMA synchronous=FULL") == 0)
        sql = strcmp(wanted, "NORMAL") == 0 ? "PRAGMA synchronous=NORMAL" : sql;
    return __real_sqlite3_exec(db, sql, each, arg, error);
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "powercut_writer: %s\n", what);
    exit(1);
}

static struct store *open_store(const char *dir)
{
    struct store *s;
    char why[200] = "";
    must(store_open(dir, &s, why) == 0, why);
    return s;
}

/* What goes out is at most what is on disk: the acknowledgement is one write, after the batch is finished. */
static void commit(struct store *s, struct store_batch *b, int acks)
{
    uint64_t seq = b->rows[b->n_rows - 1].seq;
    uint8_t ref[16];
    char value[40];
    events_secret(seq, ref, value);
    store_batch_add_secret(b, ref, value);
    store_write_take(s, b);
    must(store_wait(s) == 0, "a batch failed");
    char text[24];
    int n = snprintf(text, sizeof text, "%llu\n", (unsigned long long)seq);
    must(write(acks, text, (size_t)n) == n, "the acknowledgement failed");
}

static void commit_events(struct store *s, int n, int acks)
{
    struct store_batch *b = store_batch_new();
    uint64_t seq = store_last_seq(s);
    for (int i = 0; i < n; i++)
        events_add(b, ++seq);
    commit(s, b, acks);
}

static off_t size_of(const char *dir)
{
    struct stat st;
    char *name = alloc_format("%s/journal.db", dir);
    must(stat(name, &st) == 0, name);
    free(name);
    return st.st_size;
}

/* Fills the WAL past the mark at which an idle writer copies it, and waits until the database has grown by it. */
static void commit_until_checkpoint(struct store *s, const char *dir, int acks)
{
    off_t before = size_of(dir);
    struct store_batch *b = store_batch_new();
    events_add(b, store_last_seq(s) + 1);
    char *text = alloc_zero(SECRET_BYTES + 1);
    memset(text, 's', SECRET_BYTES);
    for (int i = 0; i < LARGE; i++) {
        uint8_t ref[16] = {0xFF, 0xFF, (uint8_t)i, (uint8_t)(i >> 8)};
        store_batch_add_secret(b, ref, text);
    }
    free(text);
    commit(s, b, acks);
    for (int waited = 0; size_of(dir) == before; waited += 10) {
        must(waited < WAIT_MS, "no checkpoint came");
        poll(NULL, 0, 10);
    }
}

static void save_snapshot(struct store *s, const char *dir)
{
    Halld__Snapshot hall = HALLD__SNAPSHOT__INIT;
    uint8_t head[32];
    hall.seq = store_last_seq(s);
    must(store_head(s, hall.seq, head), "no head");
    must(snapshot_save(dir, &hall, head, "extra", 5) == 0, "the snapshot failed");
}

int main(int argc, char **argv)
{
    must(argc == 3, "powercut_writer DIR ACKS");
    int acks = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
    must(acks >= 0, "the file of acknowledgements does not open");
    struct store *s = open_store(argv[1]);
    for (int i = 1; i <= BATCHES; i++) {
        commit_events(s, 1 + i % 7, acks);
        if (i == LARGE_AT)
            commit_until_checkpoint(s, argv[1], acks);
        if (i % REOPEN_EVERY != 0)
            continue;
        save_snapshot(s, argv[1]);
        store_close(s);
        s = open_store(argv[1]);
    }
    store_close(s);
    close(acks);
    return 0;
}
