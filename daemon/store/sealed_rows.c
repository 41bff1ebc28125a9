/* Writing sealed rows, erasing them, and letting go of what has expired: on the writer's connection. */
#include "store/sealed_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/writer.h"

enum { EXPIRED_MOST = 1000 }; /* a bite, so that no batch waits for a long clean-up */

void sealed_writes_free(struct sealed_write *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(w[i].field);
        free(w[i].ciphertext);
        if (w[i].copy)
            sodium_memzero(w[i].copy, sizeof *w[i].copy);
        free(w[i].copy);
    }
    free(w);
}

struct sealed_place sealed_place_of(const uint8_t *ref, const char *field)
{
    struct sealed_place p = {.len = SEALED_REF + 1 + strnlen(field, SEALED_FIELD_MOST)};
    memcpy(p.bytes, ref, SEALED_REF);
    memcpy(p.bytes + SEALED_REF + 1, field, p.len - SEALED_REF - 1);
    return p;
}

static int write_key(sqlite3 *db, const struct wrapped_key *key)
{
    sqlite3_stmt *st;
    int code = db_prepare(db, "INSERT OR IGNORE INTO day_key(day, nonce, wrapped) VALUES(?, ?, ?)", &st);
    if (code)
        return code;
    sqlite3_bind_int(st, 1, key->day);
    sqlite3_bind_blob(st, 2, key->nonce, SEAL_NONCE, SQLITE_STATIC);
    sqlite3_bind_blob(st, 3, key->wrapped, SEAL_WRAPPED, SQLITE_STATIC);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

static int write_sealed(sqlite3 *db, const struct sealed_write *w)
{
    sqlite3_stmt *st;
    int code = write_key(db, &w->key);
    if (!code)
        code = db_prepare(db,
                          "INSERT OR REPLACE INTO sealed(ref, field, day, nonce, ciphertext, expires_at)"
                          " VALUES(?, ?, ?, ?, ?, ?)",
                          &st);
    if (code)
        return code;
    sqlite3_bind_blob(st, 1, w->ref, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, w->field, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 3, w->key.day);
    sqlite3_bind_blob(st, 4, w->nonce, SEAL_NONCE, SQLITE_STATIC);
    sqlite3_bind_blob64(st, 5, w->ciphertext, w->len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 6, w->expires_at);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

/* From under one key and place to another. False: it does not open. */
static bool seal_anew(const struct sealed_write *w, const uint8_t *nonce, const uint8_t *sealed, size_t len,
                      struct sealed_write *ret)
{
    struct sealed_place from = sealed_place_of(w->copy->from, w->field), to = sealed_place_of(w->ref, w->field);
    uint8_t *clear = alloc_zero(len);
    bool opens =
        len >= SEAL_TAG && crypto_aead_xchacha20poly1305_ietf_decrypt(clear, NULL, NULL, sealed, len, from.bytes,
                                                                      from.len, nonce, w->copy->open_with) == 0;
    if (opens) {
        ret->len = len;
        ret->ciphertext = alloc_zero(len);
        randombytes_buf(ret->nonce, sizeof ret->nonce);
        crypto_aead_xchacha20poly1305_ietf_encrypt(ret->ciphertext, NULL, clear, len - SEAL_TAG, to.bytes, to.len, NULL,
                                                   ret->nonce, w->copy->seal_with);
    }
    sodium_memzero(clear, len);
    free(clear);
    return opens;
}

/* What does not open any more stays away: the events that name it cannot be refused now. */
static int write_copy(sqlite3 *db, const struct sealed_write *w)
{
    struct sealed_write made = *w;
    sqlite3_stmt *st;
    int code = db_prepare(db, "SELECT nonce, ciphertext FROM sealed WHERE ref = ? AND field = ?", &st);
    if (code)
        return code;
    sqlite3_bind_blob(st, 1, w->copy->from, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, w->field, -1, SQLITE_STATIC);
    db_clear();
    int rc = sqlite3_step(st);
    bool opens = rc == SQLITE_ROW && sqlite3_column_bytes(st, 0) == SEAL_NONCE &&
                 seal_anew(w, sqlite3_column_blob(st, 0), sqlite3_column_blob(st, 1),
                           (size_t)sqlite3_column_bytes(st, 1), &made);
    code = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : db_code(db);
    sqlite3_finalize(st);
    if (!code && !opens)
        log_error("store", "what was to be copied within sealed is not there, or does not open");
    if (!opens)
        return code;
    code = write_sealed(db, &made);
    free(made.ciphertext);
    return code;
}

static int erase(sqlite3 *db, const struct sealed_write *w)
{
    sqlite3_stmt *st;
    int code = db_prepare(db, "DELETE FROM sealed WHERE ref = ?1 AND (field = ?2 OR ?2 = '')", &st);
    if (code)
        return code;
    sqlite3_bind_blob(st, 1, w->ref, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, w->field, -1, SQLITE_STATIC);
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

int sealed_rows_write(sqlite3 *db, const struct sealed_write *w, size_t n)
{
    int code = 0;
    for (size_t i = 0; i < n && !code; i++)
        code = w[i].ciphertext ? write_sealed(db, &w[i]) : w[i].copy ? write_copy(db, &w[i]) : erase(db, &w[i]);
    return code;
}

/* ---- what has expired */

struct expiry_errand {
    struct errand errand;
    int64_t now;
    int32_t today;
};

static int run_with(sqlite3 *db, const char *sql, int64_t value, int64_t most)
{
    sqlite3_stmt *st;
    int code = db_prepare(db, sql, &st);
    if (code)
        return code;
    sqlite3_bind_int64(st, 1, value);
    sqlite3_bind_int64(st, 2, most); /* refused where there is no second parameter, which does no harm */
    code = db_step_done(st);
    sqlite3_finalize(st);
    return code;
}

/* A key of today may be in use by a row that is still on its way. */
static int forget(const struct errand *e, sqlite3 *db)
{
    const struct expiry_errand *x = (const struct expiry_errand *)e;
    int code = run_with(db,
                        "DELETE FROM sealed WHERE (ref, field) IN"
                        " (SELECT ref, field FROM sealed WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
                        x->now, EXPIRED_MOST);
    return code ? code
                : run_with(db, "DELETE FROM day_key WHERE day < ?1 AND day NOT IN (SELECT day FROM sealed)", x->today,
                           0);
}

void store_forget_expired(struct store *s, int64_t now, int32_t today)
{
    struct expiry_errand *e = alloc_zero(sizeof *e);
    e->errand.run = forget;
    e->now = now;
    e->today = today;
    store_forget_keys(s);
    writer_add_errand_take(store_writer(s), &e->errand);
}
