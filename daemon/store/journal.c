#include "store/journal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/arena.h"
#include "store/db.h"

struct journal {
    sqlite3 *db;
};

enum { ARENA_BYTES = 32768 };

void journal_chain(const uint8_t head[JOURNAL_HEAD], const void *data, size_t len, uint8_t ret[JOURNAL_HEAD])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, JOURNAL_HEAD);
    crypto_generichash_update(&state, head, JOURNAL_HEAD);
    crypto_generichash_update(&state, data, len);
    crypto_generichash_final(&state, ret, JOURNAL_HEAD);
}

static int check_kind(sqlite3 *db, const char *file, char why[DB_WHY])
{
    int64_t application = 0, version = 0;
    if (db_read_int(db, "PRAGMA application_id", &application) != 0 ||
        db_read_int(db, "PRAGMA user_version", &version) != 0) {
        db_why(db, file, why);
        return HALL_E_STORE_FAILED;
    }
    if (application == DB_APPLICATION_ID && version >= 1 && version <= db_newest_version())
        return 0;
    if (application == DB_APPLICATION_ID && version > 0)
        snprintf(why, DB_WHY, "%s has version %d, this program knows up to %d", file, (int)version,
                 db_newest_version());
    else
        snprintf(why, DB_WHY, "%s is not a journal of halld", file);
    return HALL_E_STORE_FAILED;
}

int journal_open(const char *file, struct journal **ret, char why[200])
{
    sqlite3 *db;
    if (sodium_init() < 0) {
        snprintf(why, DB_WHY, "libsodium does not start");
        return HALL_E_STORE_FAILED;
    }
    int code = db_open_reading(file, &db, why);
    if (code)
        return code;
    code = check_kind(db, file, why);
    if (code) {
        sqlite3_close(db);
        return code;
    }
    struct journal *j = alloc_zero(sizeof *j);
    j->db = db;
    *ret = j;
    return 0;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    sqlite3_close(j->db);
    free(j);
}

struct sqlite3 *journal_db(struct journal *j)
{
    return j->db;
}

static int find_fault(struct journal_fault *fault, uint64_t seq, const char *text)
{
    fault->seq = seq;
    snprintf(fault->text, sizeof fault->text, "%s", text);
    return HALL_E_STORE_FAILED;
}

/* Copies the head in column `at`; false if it is not a head. */
static bool take_head(sqlite3_stmt *st, int at, uint8_t ret[JOURNAL_HEAD])
{
    const void *head = sqlite3_column_blob(st, at);
    if (!head || sqlite3_column_bytes(st, at) != JOURNAL_HEAD)
        return false;
    memcpy(ret, head, JOURNAL_HEAD);
    return true;
}

int journal_last(struct journal *j, struct journal_tail *ret, struct journal_fault *fault)
{
    sqlite3_stmt *st;
    if (db_prepare(j->db, "SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1", &st) != 0)
        return find_fault(fault, 0, sqlite3_errmsg(j->db));
    struct journal_tail tail = {0};
    int code = 0, rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        tail.seq = (uint64_t)sqlite3_column_int64(st, 0);
        if (!take_head(st, 1, tail.head))
            code = find_fault(fault, tail.seq, "its chain value is no hash");
    } else if (rc != SQLITE_DONE) {
        code = find_fault(fault, 0, sqlite3_errmsg(j->db));
    }
    sqlite3_finalize(st);
    if (!code)
        *ret = tail;
    return code;
}

bool journal_head(struct journal *j, uint64_t seq, uint8_t ret[JOURNAL_HEAD])
{
    if (seq == 0) {
        memset(ret, 0, JOURNAL_HEAD);
        return true;
    }
    sqlite3_stmt *st;
    if (seq > INT64_MAX || db_prepare(j->db, "SELECT chain FROM event WHERE seq = ?", &st) != 0)
        return false;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)seq);
    bool found = sqlite3_step(st) == SQLITE_ROW && take_head(st, 0, ret);
    sqlite3_finalize(st);
    return found;
}

int journal_check_file(struct journal *j, struct journal_fault *fault)
{
    sqlite3_stmt *st;
    if (db_prepare(j->db, "PRAGMA quick_check(1)", &st) != 0)
        return find_fault(fault, 0, sqlite3_errmsg(j->db));
    int code = 0;
    if (sqlite3_step(st) != SQLITE_ROW)
        code = find_fault(fault, 0, sqlite3_errmsg(j->db));
    else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
        code = find_fault(fault, 0, (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return code;
}

struct walk {
    sqlite3_stmt *st;
    uint64_t seq; /* the row that must come next */
    uint8_t head[JOURNAL_HEAD];
    struct journal_fault *fault;
};

/* The row under the statement, if it follows from the one before. */
static int check_row(struct walk *w, struct journal_row *ret)
{
    uint64_t seq = (uint64_t)sqlite3_column_int64(w->st, 0);
    uint8_t stored[JOURNAL_HEAD];
    if (seq != w->seq)
        return find_fault(w->fault, w->seq, "it is missing");
    *ret = (struct journal_row){.seq = seq, .data = sqlite3_column_blob(w->st, 1), .head = w->head};
    ret->len = (size_t)sqlite3_column_bytes(w->st, 1);
    if (!take_head(w->st, 2, stored))
        return find_fault(w->fault, seq, "its chain value is no hash");
    journal_chain(w->head, ret->data, ret->len, w->head);
    if (memcmp(stored, w->head, JOURNAL_HEAD) != 0)
        return find_fault(w->fault, seq, "it does not fit the chain: its bytes or its chain value were changed");
    return 0;
}

static int walk_rows(struct walk *w, journal_each_row *each, void *arg)
{
    int rc, code;
    struct journal_row row;
    while ((rc = sqlite3_step(w->st)) == SQLITE_ROW) {
        code = check_row(w, &row);
        if (!code)
            code = each(arg, &row);
        if (code)
            return code;
        w->seq++;
    }
    if (rc != SQLITE_DONE)
        return find_fault(w->fault, w->seq, sqlite3_errmsg(sqlite3_db_handle(w->st)));
    return 0;
}

int journal_read_rows(struct journal *j, uint64_t from, uint64_t to, journal_each_row *each, void *arg,
                      struct journal_fault *fault)
{
    struct walk w = {.seq = from ? from : 1, .fault = fault};
    struct journal_tail last;
    *fault = (struct journal_fault){0};
    int code = journal_last(j, &last, fault);
    if (code)
        return code;
    if (to > last.seq)
        to = last.seq;
    if (w.seq > to)
        return 0;
    if (!journal_head(j, w.seq - 1, w.head))
        return find_fault(fault, w.seq - 1, "it is missing or cannot be read");
    if (db_prepare(j->db, "SELECT seq, data, chain FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq", &w.st) != 0)
        return find_fault(fault, 0, sqlite3_errmsg(j->db));
    sqlite3_bind_int64(w.st, 1, (sqlite3_int64)w.seq);
    sqlite3_bind_int64(w.st, 2, (sqlite3_int64)to);
    code = walk_rows(&w, each, arg);
    sqlite3_finalize(w.st);
    if (!code && w.seq <= to)
        code = find_fault(fault, w.seq, "it is missing");
    return code;
}

struct unpacking {
    struct arena arena;
    journal_each_event *each;
    void *arg;
    struct journal_fault *fault;
};

static int unpack_row(void *arg, const struct journal_row *row)
{
    struct unpacking *u = arg;
    const Halld__Event *event = arena_unpack_event(&u->arena, row->data, row->len);
    if (!event)
        return find_fault(u->fault, row->seq, "it cannot be unpacked");
    if (event->seq != row->seq)
        return find_fault(u->fault, row->seq, "it carries another number inside");
    return u->each(u->arg, event);
}

int journal_read(struct journal *j, uint64_t from, uint64_t to, journal_each_event *each, void *arg,
                 struct journal_fault *fault)
{
    struct unpacking u = {.each = each, .arg = arg, .fault = fault};
    arena_init(&u.arena, ARENA_BYTES);
    int code = journal_read_rows(j, from, to, unpack_row, &u, fault);
    arena_fini(&u.arena);
    return code;
}
