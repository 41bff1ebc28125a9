#include "store/append.h"

#include "base/log.h"

int append_init(struct append *a, sqlite3 *db)
{
    *a = (struct append){.db = db};
    int code = db_prepare(db, "INSERT INTO event(seq, data, chain) VALUES(?, ?, ?)", &a->insert);
    if (!code)
        code = db_prepare(db, "INSERT OR REPLACE INTO secret(ref, value) VALUES(?, ?)", &a->secret);
    return code;
}

void append_fini(struct append *a)
{
    sqlite3_finalize(a->insert);
    sqlite3_finalize(a->secret);
}

static bool rows_follow(const struct store_row *rows, size_t n, uint64_t seq)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].seq != ++seq) {
            log_error("store", "a batch with event %llu where %llu must follow: refused",
                      (unsigned long long)rows[i].seq, (unsigned long long)seq);
            return false;
        }
    return true;
}

int append_rows(struct append *a, const struct store_row *rows, size_t n, struct journal_tail *tail)
{
    if (!rows_follow(rows, n, tail->seq))
        return HALL_E_INTERNAL;
    int code = 0;
    for (size_t i = 0; i < n && !code; i++) {
        journal_chain(tail->head, rows[i].data, rows[i].len, tail->head);
        tail->seq = rows[i].seq;
        sqlite3_bind_int64(a->insert, 1, (sqlite3_int64)rows[i].seq);
        sqlite3_bind_blob64(a->insert, 2, rows[i].data, rows[i].len, SQLITE_STATIC);
        sqlite3_bind_blob(a->insert, 3, tail->head, sizeof tail->head, SQLITE_STATIC);
        code = db_step_done(a->insert);
    }
    return code;
}

int append_secrets(struct append *a, const struct store_secret *secrets, size_t n)
{
    int code = 0;
    for (size_t i = 0; i < n && !code; i++) {
        sqlite3_bind_blob(a->secret, 1, secrets[i].ref, sizeof secrets[i].ref, SQLITE_STATIC);
        sqlite3_bind_text(a->secret, 2, secrets[i].value, -1, SQLITE_STATIC);
        code = db_step_done(a->secret);
    }
    return code;
}
