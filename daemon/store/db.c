#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"

/*
 * Row i brings a file from version i to i + 1, in one transaction. A released row never changes.
 * docs/journal.md explains every table; the rules of day_key and sealed stand there in full.
 */
static const char *const migrations[] = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;"
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, data BLOB NOT NULL, chain BLOB NOT NULL);"
    "CREATE TABLE secret(ref BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE session(hash BLOB PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL,"
    " created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE security(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,"
    " address TEXT NOT NULL, what TEXT NOT NULL);"
    "CREATE INDEX security_at ON security(at);"
    "CREATE TABLE day_key(day INTEGER PRIMARY KEY, nonce BLOB NOT NULL, wrapped BLOB NOT NULL);"
    "CREATE TABLE sealed(ref BLOB NOT NULL, field TEXT NOT NULL, day INTEGER NOT NULL REFERENCES day_key(day),"
    " nonce BLOB NOT NULL, ciphertext BLOB NOT NULL, expires_at INTEGER NOT NULL,"
    " PRIMARY KEY(ref, field)) WITHOUT ROWID;"
    "CREATE INDEX sealed_day ON sealed(day);"
    "CREATE INDEX sealed_expires_at ON sealed(expires_at);",
};

enum { NEWEST = sizeof migrations / sizeof *migrations, BUSY_MS = 5000 };

int db_newest_version(void)
{
    return NEWEST;
}

/*
 * No room is SQLITE_FULL, and also a write that failed for a quota or while the shared index of the WAL had to
 * grow, which SQLite reports as I/O errors. A failed sync is never "no room": what the kernel kept is unknown.
 * sqlite3_system_errno is not set by statements, so errno itself is looked at: calls that succeed leave it alone.
 */
int db_code(sqlite3 *db)
{
    int system = errno, extended = sqlite3_extended_errcode(db);
    if ((extended & 0xFF) == SQLITE_FULL)
        return HALL_E_DISK_FULL;
    if (extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_SHMSIZE || extended == SQLITE_IOERR_TRUNCATE)
        return system == ENOSPC || system == EDQUOT ? HALL_E_DISK_FULL : HALL_E_STORE_FAILED;
    return HALL_E_STORE_FAILED;
}

void db_clear(void)
{
    errno = 0;
}

int db_failed(sqlite3 *db, int code, const char *doing)
{
    log_error("store", "%s: %s (sqlite %d): %s", doing, sqlite3_errmsg(db), sqlite3_extended_errcode(db),
              err_text_en(code));
    return code;
}

void db_why(sqlite3 *db, const char *doing, char why[DB_WHY])
{
    snprintf(why, DB_WHY, "%s: %s", doing, sqlite3_errmsg(db));
}

int db_run(sqlite3 *db, const char *sql)
{
    db_clear();
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_code(db);
}

int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
    db_clear();
    return sqlite3_prepare_v2(db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : db_code(db);
}

int db_step_done(sqlite3_stmt *st)
{
    db_clear();
    int rc = sqlite3_step(st);
    int code = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : db_code(sqlite3_db_handle(st));
    sqlite3_reset(st);
    return code;
}

int db_read_int(sqlite3 *db, const char *sql, int64_t *ret)
{
    sqlite3_stmt *st;
    int code = db_prepare(db, sql, &st);
    if (code)
        return code;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(st, 0);
    else
        code = rc == SQLITE_DONE ? HALL_E_NOT_FOUND : db_code(db);
    sqlite3_finalize(st);
    return code;
}

/* Before SQLite does, so that the file and the WAL (which takes its mode) are ours alone. */
static int create_private(const char *file, char why[DB_WHY])
{
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fchmod(fd, 0600) != 0) {
        snprintf(why, DB_WHY, "%s: %s", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return HALL_E_STORE_FAILED;
    }
    close(fd);
    return 0;
}

static int open_connection(const char *name, int flags, sqlite3 **ret, char why[DB_WHY])
{
    sqlite3 *db;
    if (sqlite3_open_v2(name, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        db_why(db, name, why);
        sqlite3_close(db);
        return HALL_E_STORE_FAILED;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    *ret = db;
    return 0;
}

static int set_up(sqlite3 *db, const char *file, const char *const pragmas[], char why[DB_WHY])
{
    for (size_t i = 0; pragmas[i]; i++)
        if (db_run(db, pragmas[i]) != 0) {
            db_why(db, file, why);
            return HALL_E_STORE_FAILED;
        }
    return 0;
}

/* A checkpoint is the writer's decision: after a failed sync not even closing may start one. */
int db_open_writing(const char *file, sqlite3 **ret, char why[DB_WHY])
{
    static const char *const pragmas[] = {"PRAGMA cell_size_check=ON",
                                          "PRAGMA trusted_schema=OFF",
                                          "PRAGMA secure_delete=ON",
                                          "PRAGMA temp_store=MEMORY",
                                          "PRAGMA journal_mode=WAL",
                                          "PRAGMA synchronous=FULL",
                                          "PRAGMA wal_autocheckpoint=0",
                                          "PRAGMA journal_size_limit=16777216",
                                          NULL};
    sqlite3 *db;
    int code = create_private(file, why);
    if (!code)
        code = open_connection(file, SQLITE_OPEN_READWRITE, &db, why);
    if (code)
        return code;
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = set_up(db, file, pragmas, why);
    if (code)
        sqlite3_close(db);
    else
        *ret = db;
    return code;
}

int db_open_cache(const char *file, sqlite3 **ret, char why[DB_WHY])
{
    static const char *const pragmas[] = {"PRAGMA cell_size_check=ON",         "PRAGMA trusted_schema=OFF",
                                          "PRAGMA temp_store=MEMORY",          "PRAGMA journal_mode=WAL",
                                          "PRAGMA synchronous=NORMAL",         "PRAGMA cache_size=-2048",
                                          "PRAGMA journal_size_limit=1048576", NULL};
    sqlite3 *db;
    int code = create_private(file, why);
    if (!code)
        code = open_connection(file, SQLITE_OPEN_READWRITE, &db, why);
    if (code)
        return code;
    code = set_up(db, file, pragmas, why);
    if (code)
        sqlite3_close(db);
    else
        *ret = db;
    return code;
}

/* file: URI with what would end the path escaped. */
static char *uri_of(const char *file, const char *options)
{
    size_t len = strlen(file);
    char *uri = alloc_zero(5 + 3 * len + strlen(options) + 1), *to = uri;
    to += sprintf(to, "file:");
    for (const char *c = file; *c; c++)
        to += *c == '?' || *c == '#' || *c == '%' ? sprintf(to, "%%%02X", (unsigned)*c) : sprintf(to, "%c", *c);
    strcpy(to, options);
    return uri;
}

/* Without a WAL beside it nobody has the file open: then it is read as it lies, leaving no traces. */
int db_open_reading(const char *file, sqlite3 **ret, char why[DB_WHY])
{
    static const char *const pragmas[] = {"PRAGMA cell_size_check=ON", "PRAGMA trusted_schema=OFF",
                                          "PRAGMA query_only=ON", "PRAGMA temp_store=MEMORY", NULL};
    char *wal = alloc_format("%s-wal", file);
    char *uri = uri_of(file, access(wal, F_OK) == 0 ? "?mode=ro" : "?mode=ro&immutable=1");
    sqlite3 *db;
    int code = open_connection(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, &db, why);
    free(uri);
    free(wal);
    if (code)
        return code;
    code = set_up(db, file, pragmas, why);
    if (code)
        sqlite3_close(db);
    else
        *ret = db;
    return code;
}

static int migrate_step(sqlite3 *db, int from)
{
    char *sql = alloc_format("BEGIN IMMEDIATE; %s PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
                             migrations[from], DB_APPLICATION_ID, from + 1);
    int code = db_run(db, sql);
    free(sql);
    return code;
}

int db_migrate(sqlite3 *db, char why[DB_WHY])
{
    int64_t version = 0, application = 0, tables = 0;
    int code = db_read_int(db, "PRAGMA user_version", &version);
    if (!code)
        code = db_read_int(db, "PRAGMA application_id", &application);
    if (!code)
        code = db_read_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code) {
        db_why(db, "journal.db", why);
        return HALL_E_STORE_FAILED;
    }
    if (application != DB_APPLICATION_ID && (application || version || tables)) {
        snprintf(why, DB_WHY, "journal.db is not a journal of halld");
        return HALL_E_STORE_FAILED;
    }
    if (version > NEWEST) {
        snprintf(why, DB_WHY, "journal.db has version %d, this halld knows up to %d: use the newer program",
                 (int)version, (int)NEWEST);
        return HALL_E_STORE_FAILED;
    }
    for (int from = (int)version; from < NEWEST; from++)
        if (migrate_step(db, from) != 0) {
            db_why(db, "journal.db: migration", why);
            return HALL_E_STORE_FAILED;
        }
    return 0;
}

/* Each thing of the schema with the words that make it, which migrations write down in one way only. */
static const char THINGS[] = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
static const char THE_SAME[] = "SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ? AND sql = ?";

/* A fresh file of that version, in memory. */
static int make_model(int64_t version, sqlite3 **ret, char why[DB_WHY])
{
    sqlite3 *db;
    int code = open_connection(":memory:", SQLITE_OPEN_READWRITE, &db, why);
    if (code)
        return code;
    for (int from = 0; !code && from < version && from < NEWEST; from++)
        code = migrate_step(db, from);
    if (code) {
        db_why(db, "schema", why);
        sqlite3_close(db);
        return HALL_E_STORE_FAILED;
    }
    *ret = db;
    return 0;
}

static bool has_thing(sqlite3_stmt *find, sqlite3_stmt *thing)
{
    for (int i = 0; i < 3; i++)
        sqlite3_bind_value(find, i + 1, sqlite3_column_value(thing, i));
    bool found = sqlite3_step(find) == SQLITE_ROW;
    sqlite3_reset(find);
    return found;
}

int db_check_schema(sqlite3 *db, const char *file, char why[DB_WHY])
{
    sqlite3 *model = NULL;
    sqlite3_stmt *find = NULL, *thing = NULL;
    int64_t version = 0;
    int code = db_read_int(db, "PRAGMA user_version", &version);
    if (!code)
        code = db_prepare(db, THE_SAME, &find);
    if (code)
        db_why(db, file, why);
    else
        code = make_model(version, &model, why);
    if (!code && (code = db_prepare(model, THINGS, &thing)))
        db_why(model, file, why);
    while (!code && sqlite3_step(thing) == SQLITE_ROW)
        if (!has_thing(find, thing)) {
            snprintf(why, DB_WHY, "%.120s: its %s %s is missing or not as halld made it", file,
                     (const char *)sqlite3_column_text(thing, 0), (const char *)sqlite3_column_text(thing, 1));
            code = HALL_E_STORE_FAILED;
        }
    sqlite3_finalize(thing);
    sqlite3_finalize(find);
    sqlite3_close(model);
    return code;
}
