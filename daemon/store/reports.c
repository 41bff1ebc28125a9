#include "store/reports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "store/arena.h"
#include "store/db.h"
#include "store/journal.h"
#include "store/reports_inside.h"

/* Another number throws older files away: they are made again. */
enum {
    REPORTS_VERSION = 2,
    REPORTS_APPLICATION = 0x48414C52,
    /* "HALR" */ CHUNK = 100000,
    MANY = 20000,
    ARENA_BYTES = 65536
};

static const char SCHEMA[] =
    "CREATE TABLE meta(seq INTEGER NOT NULL, head BLOB NOT NULL);"
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, matter INTEGER NOT NULL, at INTEGER NOT NULL, day INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, name TEXT NOT NULL, \"from\" TEXT NOT NULL, \"to\" TEXT NOT NULL, how TEXT NOT NULL,"
    " actor TEXT NOT NULL, win INTEGER NOT NULL, duty TEXT NOT NULL, level INTEGER NOT NULL,"
    " version INTEGER NOT NULL);"
    "CREATE TABLE matter(id INTEGER PRIMARY KEY, flow TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,"
    " level INTEGER NOT NULL, department TEXT NOT NULL, item TEXT NOT NULL, win INTEGER NOT NULL,"
    " opened_at INTEGER NOT NULL, opened_day INTEGER NOT NULL, opened_by TEXT NOT NULL, ended_at INTEGER NOT NULL,"
    " ended_day INTEGER NOT NULL, stay INTEGER NOT NULL, entered_at INTEGER NOT NULL, again INTEGER NOT NULL,"
    " given INTEGER NOT NULL);"
    "CREATE TABLE value(matter INTEGER NOT NULL, field TEXT NOT NULL, i INTEGER NOT NULL, text TEXT NOT NULL,"
    " number INTEGER NOT NULL, money INTEGER NOT NULL, same INTEGER NOT NULL, day INTEGER NOT NULL,"
    " PRIMARY KEY(matter, field, i)) WITHOUT ROWID;"
    "CREATE TABLE run(seq INTEGER PRIMARY KEY, matter INTEGER NOT NULL, clock TEXT NOT NULL, status INTEGER NOT NULL,"
    " start_at INTEGER NOT NULL, due_at INTEGER NOT NULL, n INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " card INTEGER NOT NULL, expired INTEGER NOT NULL, pauses BLOB NOT NULL, stopped INTEGER NOT NULL,"
    " stopped_day INTEGER NOT NULL, open_ms INTEGER NOT NULL, days INTEGER NOT NULL);"
    "CREATE TABLE stay(seq INTEGER PRIMARY KEY, matter INTEGER NOT NULL, state TEXT NOT NULL,"
    " entered_at INTEGER NOT NULL, left_at INTEGER NOT NULL, left_day INTEGER NOT NULL, open_ms INTEGER NOT NULL,"
    " days INTEGER NOT NULL);"
    "CREATE TABLE ticket(id INTEGER PRIMARY KEY, item TEXT NOT NULL, grp TEXT NOT NULL);"
    "CREATE TABLE item(item TEXT PRIMARY KEY, grp TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE service(day INTEGER NOT NULL, item TEXT NOT NULL, win INTEGER NOT NULL, grp TEXT NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(day, item, win, grp)) WITHOUT ROWID;"
    "CREATE TABLE recall(seq INTEGER PRIMARY KEY, day INTEGER NOT NULL);"
    "CREATE INDEX event_matter ON event(matter);"
    "CREATE INDEX event_taken ON event(day) WHERE kind = 1;"
    "CREATE INDEX matter_opened ON matter(flow, opened_day);"
    "CREATE INDEX matter_ended ON matter(flow, ended_day);"
    "CREATE INDEX value_same ON value(field, text) WHERE same > 0;"
    "CREATE INDEX value_money ON value(day) WHERE money = 1;"
    "CREATE INDEX run_now ON run(matter, clock) WHERE status < 2;"
    "CREATE INDEX run_stopped ON run(stopped_day) WHERE status > 1;"
    "CREATE INDEX stay_left ON stay(left_day) WHERE left_day > 0;"
    "INSERT INTO meta VALUES(0, zeroblob(32));";

struct reports {
    char *dir, *file;
    sqlite3 *db; /* NULL: not open */
    struct reports_fold *fold;
    uint64_t seq;
    ino_t inode; /* of the file that is open: somebody may delete it */
    uint8_t head[JOURNAL_HEAD];
};

struct sqlite3 *reports_db(struct reports *r)
{
    return r->db;
}

struct reports *reports_new(const char *dir)
{
    struct reports *r = alloc_zero(sizeof *r);
    r->dir = alloc_text(dir);
    r->file = alloc_format("%s/reports.db", dir);
    return r;
}

static void close_file(struct reports *r)
{
    reports_fold_free(r->fold);
    sqlite3_close(r->db);
    r->fold = NULL;
    r->db = NULL;
}

void reports_free(struct reports *r)
{
    if (!r)
        return;
    close_file(r);
    free(r->dir);
    free(r->file);
    free(r);
}

uint64_t reports_seq(const struct reports *r)
{
    return r->db ? r->seq : 0;
}

const Halld__Flow *reports_flow(const struct reports *r, const char *name, uint32_t version)
{
    return r->fold ? reports_fold_flow(r->fold, name, version) : NULL;
}

size_t reports_flow_count(const struct reports *r)
{
    return r->fold ? reports_fold_flow_count(r->fold) : 0;
}

const Halld__Flow *reports_flow_at(const struct reports *r, size_t i)
{
    return reports_fold_flow_at(r->fold, i);
}

/* ---- the file */

static void throw_away(struct reports *r)
{
    static const char *const ENDS[] = {"", "-wal", "-shm"};
    close_file(r);
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        char *file = alloc_format("%s%s", r->file, ENDS[i]);
        unlink(file);
        free(file);
    }
}

static int failed(struct reports *r, const char *doing)
{
    int code = r->db ? db_code(r->db) : HALL_E_STORE_FAILED;
    log_error("reports", "%s: %s", doing, r->db ? sqlite3_errmsg(r->db) : "not open");
    return code;
}

/* A power cut may cost the last events, which are taken in again, but leaves the file sound. */
static bool open_db(struct reports *r)
{
    char why[DB_WHY];
    struct stat st;
    if (db_open_cache(r->file, &r->db, why) != 0) {
        log_warn("reports", "%s", why);
        r->db = NULL;
        return false;
    }
    r->inode = stat(r->file, &st) == 0 ? st.st_ino : 0;
    return true;
}

static bool is_ours(struct reports *r)
{
    int64_t version = 0, application = 0;
    return db_read_int(r->db, "PRAGMA application_id", &application) == 0 && application == REPORTS_APPLICATION &&
           db_read_int(r->db, "PRAGMA user_version", &version) == 0 && version == REPORTS_VERSION;
}

static bool read_meta(struct reports *r)
{
    sqlite3_stmt *st;
    if (db_prepare(r->db, "SELECT seq, head FROM meta", &st) != 0)
        return false;
    bool found = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_bytes(st, 1) == JOURNAL_HEAD;
    if (found) {
        r->seq = (uint64_t)sqlite3_column_int64(st, 0);
        memcpy(r->head, sqlite3_column_blob(st, 1), JOURNAL_HEAD);
    }
    sqlite3_finalize(st);
    return found;
}

/* Does what was taken in stand in this journal? */
static bool fits(const struct reports *r, struct journal *j)
{
    uint8_t head[JOURNAL_HEAD];
    return journal_head(j, r->seq, head) && memcmp(head, r->head, JOURNAL_HEAD) == 0;
}

static int recall_one(void *arg, const Halld__Event *event)
{
    reports_fold_recall(arg, event);
    return 0;
}

static bool recall(struct reports *r, struct journal *j)
{
    struct journal_fault fault;
    sqlite3_stmt *st;
    int code = 0, rc = SQLITE_DONE;
    if (db_prepare(r->db, "SELECT seq FROM recall ORDER BY seq", &st) != 0)
        return false;
    while (code >= 0 && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(st, 0);
        code = journal_read(j, seq, seq, recall_one, r->fold, &fault);
    }
    sqlite3_finalize(st);
    return code >= 0 && rc == SQLITE_DONE;
}

/* An existing file that can go on with this journal. */
static bool open_old(struct reports *r, struct journal *j)
{
    if (access(r->file, F_OK) != 0 || !open_db(r))
        return false;
    if (is_ours(r) && read_meta(r) && fits(r, j) && (r->fold = reports_fold_new(r->db)) && recall(r, j))
        return true;
    log_warn("reports", "reports.db does not fit the journal or is damaged: making it anew");
    return false;
}

static int open_new(struct reports *r)
{
    throw_away(r);
    if (!open_db(r))
        return HALL_E_STORE_FAILED;
    char *sql = alloc_format("BEGIN; %s PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", SCHEMA,
                             REPORTS_APPLICATION, REPORTS_VERSION);
    int code = db_run(r->db, sql);
    free(sql);
    if (!code && (!read_meta(r) || !(r->fold = reports_fold_new(r->db))))
        code = HALL_E_STORE_FAILED;
    if (code) {
        failed(r, "making reports.db");
        close_file(r);
    }
    return code;
}

static bool was_deleted(const struct reports *r)
{
    struct stat st;
    return stat(r->file, &st) != 0 || st.st_ino != r->inode;
}

static int make_open(struct reports *r, struct journal *j)
{
    if (r->db && (was_deleted(r) || !fits(r, j)))
        close_file(r);
    if (r->db)
        return 0;
    return open_old(r, j) ? 0 : open_new(r);
}

/* ---- taking events in */

struct taking {
    struct reports *r;
    struct arena arena;
    uint64_t seq;
    uint8_t head[JOURNAL_HEAD];
    bool unsound; /* an event that cannot be unpacked */
};

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
    *ret = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        *ret |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* The number of the body's field, without unpacking: a packed event is its fields in order, and the body is the first
 * that has a number of 20 or more. 0: none. */
static int body_of(const uint8_t *at, size_t len)
{
    const uint8_t *end = at + len;
    uint64_t tag, word;
    while (take_varint(&at, end, &tag)) {
        uint64_t skip = 0;
        if (tag >> 3 >= 20)
            return (int)(tag >> 3);
        if ((tag & 7) == 1)
            skip = 8;
        else if (!take_varint(&at, end, &word))
            return 0;
        else if ((tag & 7) == 2)
            skip = word;
        if (skip > (uint64_t)(end - at))
            return 0;
        at += skip;
    }
    return 0;
}

static int take_row(void *arg, const struct journal_row *row)
{
    struct taking *t = arg;
    t->seq = row->seq;
    memcpy(t->head, row->head, JOURNAL_HEAD);
    if (!reports_fold_wants(body_of(row->data, row->len)))
        return 0;
    const Halld__Event *event = arena_unpack_event(&t->arena, row->data, row->len);
    t->unsound = !event;
    return event ? reports_fold_event(t->r->fold, event) : HALL_E_STORE_FAILED;
}

static int put_meta(struct reports *r, const struct taking *t)
{
    sqlite3_stmt *st;
    int code = db_prepare(r->db, "UPDATE meta SET seq = ?, head = ?", &st);
    if (code)
        return code;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)t->seq);
    sqlite3_bind_blob(st, 2, t->head, JOURNAL_HEAD, SQLITE_STATIC);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

/* One transaction. On failure nothing of it stays, and what was in memory is forgotten with the file's handle. */
static int take_chunk(struct reports *r, struct journal *j, uint64_t to)
{
    struct taking t = {.r = r, .seq = r->seq};
    struct journal_fault fault;
    int code = db_run(r->db, "BEGIN");
    if (!code) {
        arena_init(&t.arena, ARENA_BYTES);
        code = journal_read_rows(j, r->seq + 1, to, take_row, &t, &fault);
        if (code && fault.text[0])
            log_error("reports", "event %llu: %s", (unsigned long long)fault.seq, fault.text);
        arena_fini(&t.arena);
    }
    if (!code)
        code = reports_fold_flush(r->fold);
    if (!code)
        code = put_meta(r, &t);
    if (!code)
        code = db_run(r->db, "COMMIT");
    if (code) {
        failed(r, t.unsound ? "an event cannot be read" : "taking events in");
        close_file(r); /* rolls back */
        return code;
    }
    r->seq = t.seq;
    memcpy(r->head, t.head, JOURNAL_HEAD);
    return 0;
}

static bool has_room(const struct reports *r)
{
    struct statvfs v;
    return statvfs(r->dir, &v) != 0 || (uint64_t)v.f_bavail * v.f_frsize >> 20 >= REPORTS_SPARE_MIB;
}

/* A year's events touch many pages; a day's few, and the memory is the hall's. */
static void take_memory(struct reports *r, bool much)
{
    db_run(r->db, much ? "PRAGMA cache_size=-32768" : "PRAGMA cache_size=-2048");
    if (!much)
        sqlite3_db_release_memory(r->db);
}

static int follow_on(struct reports *r, struct journal *j, uint64_t to)
{
    int code = 0;
    while (!code && r->seq < to) {
        if (!has_room(r))
            return HALL_E_DISK_FULL;
        uint64_t next = to - r->seq > CHUNK ? r->seq + CHUNK : to, before = r->seq;
        code = take_chunk(r, j, next);
        if (!code && r->seq == before)
            return 0; /* the journal ends here */
    }
    return code;
}

static int follow(struct reports *r, struct journal *j, uint64_t to)
{
    int code = make_open(r, j);
    bool many = !code && to > r->seq && to - r->seq > MANY;
    if (many)
        take_memory(r, true);
    if (!code)
        code = follow_on(r, j, to);
    if (many && r->db) {
        take_memory(r, false);
        alloc_trim();
    }
    return code;
}

int reports_follow(struct reports *r, struct journal *j, uint64_t to, uint64_t most)
{
    int code = make_open(r, j);
    uint64_t next = most && to > r->seq && to - r->seq > most ? r->seq + most : to;
    if (!code)
        code = follow(r, j, next);
    if (code == HALL_E_STORE_FAILED) { /* once more from nothing: what is in the cache may be at fault */
        throw_away(r);
        code = follow(r, j, next);
    }
    return code ? code : r->seq < to && next < to;
}

/* ---- events of a matter */

int reports_events(struct reports *r, uint64_t matter, uint64_t last, int (*each)(void *arg, uint64_t seq), void *arg)
{
    sqlite3_stmt *st;
    if (db_prepare(r->db, "SELECT seq FROM event WHERE matter = ? AND seq <= ? ORDER BY seq", &st) != 0)
        return failed(r, "reading a matter's events");
    const struct sql_arg args[] = {SQL_INT(matter), SQL_INT(last)};
    sql_bind(st, args, 2);
    int rc, code = 0;
    while (!code && (rc = sqlite3_step(st)) == SQLITE_ROW)
        code = each(arg, (uint64_t)sqlite3_column_int64(st, 0));
    if (!code && rc != SQLITE_DONE)
        code = failed(r, "reading a matter's events");
    sqlite3_finalize(st);
    return code;
}
