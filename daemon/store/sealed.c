/* Sealing and opening, on the loop thread. */
#include "store/sealed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/hash.h"
#include "store/keyfile.h"
#include "store/sealed_rows.h"
#include "store/writer.h"

struct sealer {
    uint8_t machine[SEAL_KEY];
    struct wrapped_key wrapped; /* of the day used last; its day 0: none yet */
    uint8_t day_key[SEAL_KEY];
    struct wrapped_key *made; /* on their way to disk: their days get no second key */
    size_t n_made;
};

_Static_assert((int)SEAL_KEY == (int)KEYFILE_BYTES, "the machine's key seals");

struct sealer *sealer_new(const char *dir)
{
    struct sealer *s = alloc_zero(sizeof *s);
    char *path = alloc_format("%s/machine.key", dir);
    bool open = keyfile_open(path, s->machine);
    int why = errno;
    free(path);
    if (open)
        return s;
    sealer_free(s);
    errno = why;
    return NULL;
}

void sealer_free(struct sealer *s)
{
    if (s) {
        free(s->made);
        sodium_memzero(s, sizeof *s);
    }
    free(s);
}

/* ---- the key of a day */

static void name_day(int32_t day, char ret[16])
{
    snprintf(ret, 16, "%08d", (int)day);
}

static void make_key(struct sealer *s, int32_t day)
{
    char name[16];
    name_day(day, name);
    s->wrapped.day = day;
    randombytes_buf(s->day_key, sizeof s->day_key);
    randombytes_buf(s->wrapped.nonce, sizeof s->wrapped.nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(s->wrapped.wrapped, NULL, s->day_key, SEAL_KEY, (const uint8_t *)name,
                                               strlen(name), NULL, s->wrapped.nonce, s->machine);
    s->made = alloc_grow(s->made, s->n_made + 1, sizeof *s->made);
    s->made[s->n_made++] = s->wrapped;
}

/* A key that was made and whose first row may not be on disk yet; has_come: it is, and needs no remembering. */
static bool find_made(struct sealer *s, int32_t day, bool has_come, struct wrapped_key *ret)
{
    for (size_t i = 0; i < s->n_made; i++) {
        if (s->made[i].day != day)
            continue;
        *ret = s->made[i];
        if (has_come)
            s->made[i] = s->made[--s->n_made];
        return true;
    }
    return false;
}

static bool unwrap(struct sealer *s, const struct wrapped_key *key)
{
    char name[16];
    name_day(key->day, name);
    s->wrapped = *key;
    bool opens =
        crypto_aead_xchacha20poly1305_ietf_decrypt(s->day_key, NULL, NULL, key->wrapped, SEAL_WRAPPED,
                                                   (const uint8_t *)name, strlen(name), key->nonce, s->machine) == 0;
    if (!opens)
        s->wrapped.day = 0;
    return opens;
}

/* 0: it is on disk and in *ret; NOT_FOUND: the day has none yet. */
static int read_key(struct store *store, int32_t day, struct wrapped_key *ret)
{
    sqlite3 *db = store_reader_db(store);
    sqlite3_stmt *st;
    if (db_prepare(db, "SELECT nonce, wrapped FROM day_key WHERE day = ?", &st) != 0)
        return db_failed(db, HALL_E_STORE_FAILED, "reading a day's key");
    sqlite3_bind_int(st, 1, day);
    int rc = sqlite3_step(st), code = HALL_E_NOT_FOUND;
    ret->day = day;
    if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 0) == SEAL_NONCE && sqlite3_column_bytes(st, 1) == SEAL_WRAPPED) {
        memcpy(ret->nonce, sqlite3_column_blob(st, 0), SEAL_NONCE);
        memcpy(ret->wrapped, sqlite3_column_blob(st, 1), SEAL_WRAPPED);
        code = 0;
    } else if (rc != SQLITE_DONE) {
        code = db_failed(db, HALL_E_STORE_FAILED, "reading a day's key");
    }
    sqlite3_finalize(st);
    return code;
}

/* The day's key is in s->day_key. may_make: a day without one gets one, which its first row takes to disk. */
static int use_day(struct store *store, struct sealer *s, int32_t day, bool may_make)
{
    struct wrapped_key key;
    if (s->wrapped.day == day)
        return 0;
    int code = read_key(store, day, &key);
    struct wrapped_key made;
    if (find_made(s, day, code == 0, &made) && code == HALL_E_NOT_FOUND) {
        key = made;
        code = 0;
    }
    if (code == HALL_E_NOT_FOUND && may_make) {
        make_key(s, day);
        return 0;
    }
    if (!code && !unwrap(s, &key)) {
        log_error("store", "the key of %08d does not open with this machine's key", (int)day);
        code = HALL_E_STORE_FAILED;
    }
    return code;
}

static int use_store(struct store *store, struct sealer **ret)
{
    *ret = store_sealer(store);
    if (*ret)
        return 0;
    log_error("store", "machine.key: %s", strerror(errno));
    return HALL_E_STORE_FAILED;
}

/* ---- rows */

/* Bound to its place: a row that is moved to another person or field does not open. */
struct place {
    uint8_t bytes[SEALED_REF + 1 + SEALED_FIELD_MOST];
    size_t len;
};

static struct place place_of(const uint8_t *ref, const char *field)
{
    struct place p = {.len = SEALED_REF + 1 + strnlen(field, SEALED_FIELD_MOST)};
    memcpy(p.bytes, ref, SEALED_REF);
    memcpy(p.bytes + SEALED_REF + 1, field, p.len - SEALED_REF - 1);
    return p;
}

static void hash_row(const uint8_t *nonce, const uint8_t *ciphertext, size_t len, uint8_t ret[SEALED_HASH])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, SEALED_HASH);
    crypto_generichash_update(&state, nonce, SEAL_NONCE);
    crypto_generichash_update(&state, ciphertext, len);
    crypto_generichash_final(&state, ret, SEALED_HASH);
}

static struct sealed_write *add_write(struct store_batch *b, const uint8_t *ref, const char *field)
{
    if (b->n_sealed == b->cap_sealed) {
        b->cap_sealed = b->cap_sealed ? 2 * b->cap_sealed : 4;
        b->sealed = alloc_grow(b->sealed, b->cap_sealed, sizeof *b->sealed);
    }
    struct sealed_write *w = &b->sealed[b->n_sealed++];
    *w = (struct sealed_write){.field = alloc_text(field)};
    memcpy(w->ref, ref, SEALED_REF);
    return w;
}

int store_seal(struct store *store, struct store_batch *b, const struct sealing *what, uint8_t ret_hash[SEALED_HASH])
{
    struct sealer *s;
    int code = use_store(store, &s);
    if (!code)
        code = use_day(store, s, what->day, true);
    if (code)
        return code;
    struct sealed_write *w = add_write(b, what->ref, what->field);
    struct place place = place_of(what->ref, what->field);
    size_t len = strlen(what->text);
    w->expires_at = what->expires_at;
    w->key = s->wrapped;
    w->len = len + SEAL_TAG;
    w->ciphertext = alloc_zero(w->len);
    randombytes_buf(w->nonce, sizeof w->nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(w->ciphertext, NULL, (const uint8_t *)what->text, len, place.bytes,
                                               place.len, NULL, w->nonce, s->day_key);
    hash_row(w->nonce, w->ciphertext, w->len, ret_hash);
    return 0;
}

void store_batch_add_erasure(struct store_batch *b, const uint8_t ref[SEALED_REF], const char *field)
{
    add_write(b, ref, field);
}

/* What is on disk under ref and field; ciphertext is the caller's. */
static int find_row(struct store *store, const uint8_t *ref, const char *field, struct sealed_write *ret)
{
    sqlite3 *db = store_reader_db(store);
    sqlite3_stmt *st;
    if (db_prepare(db, "SELECT day, nonce, ciphertext FROM sealed WHERE ref = ? AND field = ?", &st) != 0)
        return db_failed(db, HALL_E_STORE_FAILED, "reading a sealed row");
    sqlite3_bind_blob(st, 1, ref, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, field, -1, SQLITE_STATIC);
    int rc = sqlite3_step(st), code = rc == SQLITE_DONE ? HALL_E_NOT_FOUND : 0;
    *ret = (struct sealed_write){0};
    if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 1) == SEAL_NONCE && sqlite3_column_bytes(st, 2) >= SEAL_TAG) {
        ret->key.day = sqlite3_column_int(st, 0);
        ret->len = (size_t)sqlite3_column_bytes(st, 2);
        memcpy(ret->nonce, sqlite3_column_blob(st, 1), SEAL_NONCE);
        ret->ciphertext = alloc_copy(sqlite3_column_blob(st, 2), ret->len);
    } else if (rc != SQLITE_DONE) {
        code = db_failed(db, HALL_E_STORE_FAILED, "reading a sealed row");
    }
    sqlite3_finalize(st);
    return code;
}

static int open_row(struct store *store, const struct sealed_write *row, const struct place *place, char **ret)
{
    struct sealer *s;
    int code = use_store(store, &s);
    if (!code)
        code = use_day(store, s, row->key.day, false);
    if (code)
        return HALL_E_STORE_FAILED;
    char *text = alloc_zero(row->len - SEAL_TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)text, NULL, NULL, row->ciphertext, row->len, place->bytes,
                                                   place->len, row->nonce, s->day_key) == 0) {
        *ret = text;
        return 0;
    }
    free(text);
    log_error("store", "a sealed row of %08d does not open: it was changed or moved", (int)row->key.day);
    return HALL_E_STORE_FAILED;
}

int store_unseal(struct store *store, const uint8_t ref[SEALED_REF], const char *field, char **ret)
{
    struct sealed_write row;
    struct place place = place_of(ref, field);
    int code = find_row(store, ref, field, &row);
    if (!code)
        code = open_row(store, &row, &place, ret);
    free(row.ciphertext);
    return code;
}

int store_sealed_hash(struct store *store, const uint8_t ref[SEALED_REF], const char *field, uint8_t ret[SEALED_HASH])
{
    struct sealed_write row;
    int code = find_row(store, ref, field, &row);
    if (!code)
        hash_row(row.nonce, row.ciphertext, row.len, ret);
    free(row.ciphertext);
    return code;
}

void sealed_free(char *text)
{
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
}
