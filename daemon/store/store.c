#include "store/store.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/folder.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/sealed_rows.h"
#include "store/writer.h"

struct store {
    char *dir, *file;
    int lock;
    struct journal *reader;
    struct writer *writer;
    uint64_t last_seq;
    struct sealer *sealer; /* NULL until something is sealed or opened */
    bool cannot_seal, said_keyless;
};

enum { OPENING_BUSY_MS = 1000 };

static int take_folder(struct store *s, char why[200])
{
    if (folder_make(s->dir) != 0) {
        snprintf(why, 200, "%s: %s", s->dir, strerror(errno));
        return HALL_E_STORE_FAILED;
    }
    return lock_take(s->dir, &s->lock, why);
}

/* A reader from outside may keep the WAL from being emptied; then it is only copied. */
static int empty_wal(sqlite3 *db, char why[200])
{
    sqlite3_busy_timeout(db, OPENING_BUSY_MS);
    db_clear();
    int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY || db_code(db) == HALL_E_DISK_FULL)
        return 0;
    db_why(db, "journal.db: copying the WAL", why);
    return HALL_E_STORE_FAILED;
}

static int open_database(struct store *s, sqlite3 **ret, char why[200])
{
    sqlite3 *db;
    int code = db_open_writing(s->file, &db, why);
    if (code)
        return code;
    code = db_migrate(db, why);
    if (!code)
        code = empty_wal(db, why);
    if (!code && folder_sync(s->dir) != 0) {
        snprintf(why, 200, "%s: %s", s->dir, strerror(errno));
        code = HALL_E_STORE_FAILED;
    }
    if (code)
        sqlite3_close(db);
    else
        *ret = db;
    return code;
}

static int ignore_row(void *arg, const struct journal_row *row)
{
    (void)arg, (void)row;
    return 0;
}

/* New events are chained to the last one, so at least that one must be sound. */
static int find_tail(struct store *s, struct journal_tail *ret, char why[200])
{
    struct journal_fault fault = {0};
    int code = journal_last(s->reader, ret, &fault);
    if (!code && ret->seq)
        code = journal_read_rows(s->reader, ret->seq, ret->seq, ignore_row, NULL, &fault);
    if (code)
        snprintf(why, 200, "%s: event %llu: %s", s->file, (unsigned long long)fault.seq, fault.text);
    return code;
}

static int open_parts(struct store *s, char why[200])
{
    sqlite3 *db;
    struct journal_tail tail;
    int code = take_folder(s, why);
    if (!code)
        code = open_database(s, &db, why);
    if (code)
        return code;
    code = journal_open(s->file, &s->reader, why);
    if (!code)
        code = find_tail(s, &tail, why);
    if (code) {
        sqlite3_close(db);
        return code;
    }
    s->last_seq = tail.seq;
    return writer_open_take(db, &tail, &s->writer, why);
}

int store_open(const char *dir, struct store **ret, char why[200])
{
    struct store *s = alloc_zero(sizeof *s);
    s->lock = -1;
    s->dir = alloc_text(dir);
    s->file = alloc_format("%s/journal.db", dir);
    int code = open_parts(s, why);
    if (code)
        store_close(s);
    else
        *ret = s;
    return code;
}

/* The reader first: the last connection to close copies and removes the WAL, and that must be the writer's. */
void store_close(struct store *s)
{
    if (!s)
        return;
    sealer_free(s->sealer);
    journal_close(s->reader);
    writer_close(s->writer);
    if (s->lock >= 0)
        close(s->lock);
    free(s->file);
    free(s->dir);
    free(s);
}

struct writer *store_writer(struct store *s)
{
    return s->writer;
}

sqlite3 *store_reader_db(struct store *s)
{
    return journal_db(s->reader);
}

static bool has_sealed(struct store *s)
{
    int64_t one;
    return db_read_int(store_reader_db(s), "SELECT 1 FROM day_key LIMIT 1", &one) == 0;
}

struct sealer *store_sealer(struct store *s)
{
    if (s->sealer)
        return s->sealer;
    s->sealer = sealer_new(s->dir, !has_sealed(s));
    if (!s->sealer && !s->said_keyless)
        log_error("store", "machine.key: %s: what is sealed does not open; put the key back (docs/journal.md, Backups)",
                  strerror(errno));
    s->said_keyless = !s->sealer;
    return s->sealer;
}

void store_note_sealing(struct store *s, bool works)
{
    s->cannot_seal = !works;
}

bool store_seals(const struct store *s)
{
    return !s->cannot_seal;
}

void store_forget_keys(struct store *s)
{
    if (s->sealer)
        sealer_forget_keys(s->sealer);
}

const char *store_file(const struct store *s)
{
    return s->file;
}

int store_fd(const struct store *s)
{
    return writer_fd(s->writer);
}

int store_state(struct store *s)
{
    return writer_state(s->writer);
}

bool store_is_busy(const struct store *s)
{
    return writer_is_busy(s->writer);
}

void store_write_take(struct store *s, struct store_batch *b)
{
    writer_put_take(s->writer, b);
}

struct store_batch *store_finished(struct store *s)
{
    struct store_batch *b = writer_finished(s->writer);
    if (b && b->code == 0 && b->n_rows)
        s->last_seq = b->rows[b->n_rows - 1].seq;
    return b;
}

int store_wait(struct store *s)
{
    struct pollfd p = {.fd = store_fd(s), .events = POLLIN};
    struct store_batch *b;
    while (!(b = store_finished(s)))
        poll(&p, 1, -1);
    int code = b->code;
    store_batch_free(b);
    return code;
}

uint64_t store_last_seq(struct store *s)
{
    return s->last_seq;
}

int store_read(struct store *s, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
               void *arg)
{
    struct journal_fault fault;
    int code = journal_read(s->reader, from, to, each, arg, &fault);
    if (code == HALL_E_STORE_FAILED && fault.text[0])
        log_error("store", "%s: event %llu: %s", s->file, (unsigned long long)fault.seq, fault.text);
    return code;
}

bool store_head(struct store *s, uint64_t seq, uint8_t ret_head[32])
{
    return journal_head(s->reader, seq, ret_head);
}

void store_stats(struct store *s, struct store_stats *ret)
{
    writer_stats(s->writer, ret);
}

int64_t store_free_mib(const struct store *s)
{
    struct statvfs v;
    if (statvfs(s->dir, &v) != 0)
        return 0;
    return (int64_t)((uint64_t)v.f_bavail * v.f_frsize >> 20);
}

bool store_probe(struct store *s)
{
    return writer_probe(s->writer);
}

void store_flush(struct store *s)
{
    writer_flush(s->writer);
}
