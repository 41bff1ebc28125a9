/* Sessions that outlive a restart, keyed by the hash of their token: the token itself is never on disk. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/store.h"
#include "store/writer.h"

enum { HASH = 32 };

struct session_errand {
    struct errand errand;
    uint8_t hash[HASH];
    int64_t created_at, expires_at;
    size_t csrf; /* where the second text begins */
    char text[]; /* user NUL csrf NUL */
};

static int run_with_hash(sqlite3 *db, const char *sql, const struct session_errand *row)
{
    sqlite3_stmt *st;
    int code = db_prepare(db, sql, &st);
    if (code)
        return code;
    /* A statement takes the parameters it names; binding one it does not have is a harmless refusal. */
    sqlite3_bind_blob(st, sqlite3_bind_parameter_index(st, ":hash"), row->hash, HASH, SQLITE_STATIC);
    sqlite3_bind_text(st, sqlite3_bind_parameter_index(st, ":user"), row->text, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, sqlite3_bind_parameter_index(st, ":csrf"), row->text + row->csrf, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, sqlite3_bind_parameter_index(st, ":created"), row->created_at);
    sqlite3_bind_int64(st, sqlite3_bind_parameter_index(st, ":expires"), row->expires_at);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

/* Each login also removes the sessions that had run out by then. */
static int put_row(const struct errand *e, sqlite3 *db)
{
    const struct session_errand *row = (const struct session_errand *)e;
    int code = run_with_hash(db, "DELETE FROM session WHERE expires_at <= :created", row);
    return code ? code
                : run_with_hash(db,
                                "INSERT OR REPLACE INTO session(hash, user, csrf, created_at, expires_at)"
                                " VALUES(:hash, :user, :csrf, :created, :expires)",
                                row);
}

static int drop_row(const struct errand *e, sqlite3 *db)
{
    return run_with_hash(db, "DELETE FROM session WHERE hash = :hash", (const struct session_errand *)e);
}

static struct session_errand *errand_new(const uint8_t hash[HASH], const char *user, const char *csrf)
{
    size_t n = strlen(user) + 1, m = strlen(csrf) + 1;
    struct session_errand *row = alloc_zero(sizeof *row + n + m);
    memcpy(row->hash, hash, HASH);
    memcpy(row->text, user, n);
    memcpy(row->text + n, csrf, m);
    row->csrf = n;
    return row;
}

void store_put_session(struct store *s, const struct session_row *session)
{
    struct session_errand *row = errand_new(session->hash, session->user, session->csrf);
    row->created_at = session->created_at;
    row->expires_at = session->expires_at;
    row->errand.run = put_row;
    writer_add_errand_take(store_writer(s), &row->errand);
}

void store_drop_session(struct store *s, const uint8_t hash[32])
{
    struct session_errand *row = errand_new(hash, "", "");
    row->errand.run = drop_row;
    writer_add_errand_take(store_writer(s), &row->errand);
}

int store_read_sessions(struct store *s, void (*each)(void *arg, const struct session_row *row), void *arg)
{
    sqlite3 *db = store_reader_db(s);
    sqlite3_stmt *st;
    int rc;
    if (db_prepare(db, "SELECT hash, user, csrf, created_at, expires_at FROM session ORDER BY created_at, hash", &st) !=
        0)
        return db_failed(db, HALL_E_STORE_FAILED, "reading sessions");
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (sqlite3_column_bytes(st, 0) != HASH)
            continue;
        struct session_row row = {.created_at = sqlite3_column_int64(st, 3), .expires_at = sqlite3_column_int64(st, 4)};
        memcpy(row.hash, sqlite3_column_blob(st, 0), HASH);
        row.user = (const char *)sqlite3_column_text(st, 1);
        row.csrf = (const char *)sqlite3_column_text(st, 2);
        each(arg, &row);
    }
    int code = rc == SQLITE_DONE ? 0 : db_failed(db, HALL_E_STORE_FAILED, "reading sessions");
    sqlite3_finalize(st);
    return code;
}
