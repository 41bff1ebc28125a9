/*
 * The security log: refused logins, forbidden commands. Rows of their own beside the journal, not chained,
 * newest last; kept 190 days of hall time, which is more than the 180 asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/store.h"
#include "store/writer.h"

#define KEEP_MS (190 * 86400000LL)

enum { TEXTS = 4, TEXT_MOST = 400, PRUNE_MOST = 1000 };

struct security_errand {
    struct errand errand;
    int64_t at;
    char text[TEXTS][TEXT_MOST];
};

/* Cuts between characters: half a one would spoil the JSON it is shown in. */
static void copy_cut(char to[TEXT_MOST], const char *from)
{
    size_t n = strnlen(from ? from : "", TEXT_MOST);
    if (n == TEXT_MOST)
        for (n--; n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80;)
            n--;
    if (n)
        memcpy(to, from, n);
    to[n] = '\0';
}

/* A bounded bite each time, so that no batch ever waits for a long clean-up. */
static int prune(sqlite3 *db, int64_t before)
{
    sqlite3_stmt *st;
    int code = db_prepare(db,
                          "DELETE FROM security WHERE id IN"
                          " (SELECT id FROM security WHERE at < ? ORDER BY at LIMIT ?)",
                          &st);
    if (code)
        return code;
    sqlite3_bind_int64(st, 1, before);
    sqlite3_bind_int(st, 2, PRUNE_MOST);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

static int write_row(const struct errand *e, sqlite3 *db)
{
    const struct security_errand *row = (const struct security_errand *)e;
    sqlite3_stmt *st;
    int code = db_prepare(db, "INSERT INTO security(at, kind, who, address, what) VALUES(?, ?, ?, ?, ?)", &st);
    if (code)
        return code;
    sqlite3_bind_int64(st, 1, row->at);
    for (int i = 0; i < TEXTS; i++)
        sqlite3_bind_text(st, 2 + i, row->text[i], -1, SQLITE_STATIC);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code ? code : prune(db, row->at - KEEP_MS);
}

void store_log_security(struct store *s, int64_t at, const char *kind, const char *who, const char *address,
                        const char *what)
{
    struct security_errand *row = alloc_zero(sizeof *row);
    const char *const texts[TEXTS] = {kind, who, address, what};
    row->errand.run = write_row;
    row->at = at;
    for (int i = 0; i < TEXTS; i++)
        copy_cut(row->text[i], texts[i]);
    writer_add_errand_take(store_writer(s), &row->errand);
}

int store_read_security(struct store *s, int64_t from_at, int64_t to_at, size_t most,
                        void (*each)(void *arg, const struct security_row *row), void *arg)
{
    sqlite3 *db = store_reader_db(s);
    sqlite3_stmt *st;
    int rc;
    if (db_prepare(db,
                   "SELECT id, at, kind, who, address, what FROM security WHERE at BETWEEN ? AND ?"
                   " ORDER BY at DESC, id DESC LIMIT ?",
                   &st) != 0)
        return db_failed(db, HALL_E_STORE_FAILED, "reading the security log");
    sqlite3_bind_int64(st, 1, from_at);
    sqlite3_bind_int64(st, 2, to_at);
    sqlite3_bind_int64(st, 3, most > INT64_MAX ? INT64_MAX : (int64_t)most);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct security_row row = {.id = (uint64_t)sqlite3_column_int64(st, 0),
                                   .at = sqlite3_column_int64(st, 1),
                                   .kind = (const char *)sqlite3_column_text(st, 2),
                                   .who = (const char *)sqlite3_column_text(st, 3),
                                   .address = (const char *)sqlite3_column_text(st, 4),
                                   .what = (const char *)sqlite3_column_text(st, 5)};
        each(arg, &row);
    }
    int code = rc == SQLITE_DONE ? 0 : db_failed(db, HALL_E_STORE_FAILED, "reading the security log");
    sqlite3_finalize(st);
    return code;
}
