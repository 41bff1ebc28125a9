/* Sealing and opening, on the loop thread. */
#include "store/sealed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/hash.h"
#include "store/keyfile.h"
#include "store/sealed_rows.h"
#include "store/writer.h"

enum { KEYS_KEPT = 256 }; /* an inbox shows texts of many days */

struct day_key {
    int32_t day; /* 0: none */
    uint8_t key[SEAL_KEY];
};

struct sealer {
    uint8_t machine[SEAL_KEY];
    struct wrapped_key wrapped; /* of the day that was sealed for last; its day 0: none yet */
    struct day_key keys[KEYS_KEPT];
    size_t n_keys;            /* taken so far; beyond KEYS_KEPT the oldest makes room */
    struct wrapped_key *made; /* on their way to disk: their days get no second key */
    size_t n_made;
    sqlite3_stmt *find; /* of a row; prepared once */
    int32_t said;       /* of the day whose key did not open last: the log has it */
};

_Static_assert((int)SEAL_KEY == (int)KEYFILE_BYTES, "the machine's key seals");

struct sealer *sealer_new(const char *dir, bool may_make)
{
    struct sealer *s = alloc_zero(sizeof *s);
    char *path = alloc_format("%s/machine.key", dir);
    bool open = (may_make || access(path, F_OK) == 0) && keyfile_open(path, s->machine);
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
        sqlite3_finalize(s->find);
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

static const uint8_t *find_key(const struct sealer *s, int32_t day)
{
    size_t n = s->n_keys < KEYS_KEPT ? s->n_keys : KEYS_KEPT;
    for (size_t i = 0; i < n; i++)
        if (s->keys[i].day == day)
            return s->keys[i].key;
    return NULL;
}

static uint8_t *add_key(struct sealer *s, int32_t day)
{
    struct day_key *k = &s->keys[s->n_keys++ % KEYS_KEPT];
    k->day = day;
    return k->key;
}

static void make_key(struct sealer *s, int32_t day)
{
    char name[16];
    uint8_t *key = add_key(s, day);
    name_day(day, name);
    s->wrapped.day = day;
    randombytes_buf(key, SEAL_KEY);
    randombytes_buf(s->wrapped.nonce, sizeof s->wrapped.nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(s->wrapped.wrapped, NULL, key, SEAL_KEY, (const uint8_t *)name,
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
    uint8_t clear[SEAL_KEY];
    name_day(key->day, name);
    bool opens =
        crypto_aead_xchacha20poly1305_ietf_decrypt(clear, NULL, NULL, key->wrapped, SEAL_WRAPPED, (const uint8_t *)name,
                                                   strlen(name), key->nonce, s->machine) == 0;
    if (opens && !find_key(s, key->day))
        memcpy(add_key(s, key->day), clear, SEAL_KEY);
    sodium_memzero(clear, sizeof clear);
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

/* As it stands on disk, or will. */
static int find_wrapped(struct store *store, struct sealer *s, int32_t day, struct wrapped_key *ret)
{
    struct wrapped_key made;
    int code = read_key(store, day, ret);
    if (find_made(s, day, code == 0, &made) && code == HALL_E_NOT_FOUND) {
        *ret = made;
        code = 0;
    }
    return code;
}

static int unwrap_or_say(struct sealer *s, const struct wrapped_key *key)
{
    if (unwrap(s, key))
        return 0;
    if (s->said != key->day) /* once: an inbox asks for it hundreds of times */
        log_error("store", "the key of %08d does not open with this machine's key", (int)key->day);
    s->said = key->day;
    return HALL_E_STORE_FAILED;
}

/* The key to open that day's rows with, or NULL. */
static const uint8_t *key_to_open(struct store *store, struct sealer *s, int32_t day)
{
    struct wrapped_key key;
    if (!find_key(s, day) && (find_wrapped(store, s, day, &key) || unwrap_or_say(s, &key)))
        return NULL;
    return find_key(s, day);
}

/* s->wrapped is that of the day to seal for; a day without one gets one, which its first row takes to disk. */
static int use_day(struct store *store, struct sealer *s, int32_t day)
{
    struct wrapped_key key;
    if (s->wrapped.day == day && find_key(s, day))
        return 0;
    int code = find_wrapped(store, s, day, &key);
    if (code == HALL_E_NOT_FOUND) {
        make_key(s, day);
        return 0;
    }
    if (!code)
        code = unwrap_or_say(s, &key);
    if (!code)
        s->wrapped = key;
    return code;
}

static int use_store(struct store *store, struct sealer **ret)
{
    *ret = store_sealer(store);
    return *ret ? 0 : HALL_E_STORE_FAILED;
}

/* ---- rows */

void sealed_owner(const char *kind, uint64_t id, const char *field, uint8_t ret[SEALED_REF])
{
    uint8_t number[8];
    for (size_t i = 0; i < sizeof number; i++)
        number[i] = (uint8_t)(id >> 8 * i);
    struct hash_part parts[] = {{kind, strlen(kind)}, {number, sizeof number}, {field, strlen(field)}};
    hash_parts(ret, SEALED_REF, 3, parts);
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

int store_seal_check(struct store *store, int32_t day)
{
    struct sealer *s;
    int code = use_store(store, &s);
    if (!code)
        code = use_day(store, s, day);
    store_note_sealing(store, code == 0);
    return code ? HALL_E_SEAL_FAILED : 0;
}

int store_seal(struct store *store, struct store_batch *b, const struct sealing *what)
{
    int code = store_seal_check(store, what->day);
    if (code)
        return code;
    struct sealer *s = store_sealer(store);
    struct sealed_write *w = add_write(b, what->ref, what->field);
    struct sealed_place place = sealed_place_of(what->ref, what->field);
    size_t len = what->len ? what->len : strlen(what->text);
    w->expires_at = what->expires_at;
    w->key = s->wrapped;
    w->len = len + SEAL_TAG;
    w->ciphertext = alloc_zero(w->len);
    randombytes_buf(w->nonce, sizeof w->nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(w->ciphertext, NULL, (const uint8_t *)what->text, len, place.bytes,
                                               place.len, NULL, w->nonce, find_key(s, what->day));
    return 0;
}

void store_batch_add_erasure(struct store_batch *b, const uint8_t ref[SEALED_REF], const char *field)
{
    add_write(b, ref, field);
}

/* ---- opening */

/* A row as it stands on disk or in a batch; borrowed. */
struct sealed_row {
    int32_t day;
    const uint8_t *nonce, *ciphertext;
    size_t len;
};

static int open_row(struct store *store, const struct sealed_row *row, const struct sealed_place *place, char **ret)
{
    struct sealer *s;
    int code = use_store(store, &s);
    const uint8_t *key = code ? NULL : key_to_open(store, s, row->day);
    if (!key)
        return HALL_E_STORE_FAILED;
    char *text = alloc_zero(row->len - SEAL_TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)text, NULL, NULL, row->ciphertext, row->len, place->bytes,
                                                   place->len, row->nonce, key) == 0) {
        *ret = text;
        return 0;
    }
    free(text);
    log_error("store", "a sealed row of %08d does not open: it was changed or moved", (int)row->day);
    return HALL_E_STORE_FAILED;
}

/* The prepared statement, at the row of ref and field or behind it: SQLITE_ROW, SQLITE_DONE or an error. */
static int find_row(struct store *store, struct sealer *s, const uint8_t *ref, const char *field)
{
    sqlite3 *db = store_reader_db(store);
    if (!s->find &&
        db_prepare(db, "SELECT day, nonce, ciphertext FROM sealed WHERE ref = ? AND field = ?", &s->find) != 0)
        return SQLITE_ERROR;
    sqlite3_bind_blob(s->find, 1, ref, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(s->find, 2, field, -1, SQLITE_STATIC);
    return sqlite3_step(s->find);
}

int store_unseal_bytes(struct store *store, const uint8_t ref[SEALED_REF], const char *field, char **ret,
                       size_t *ret_len)
{
    struct sealer *s;
    struct sealed_place place = sealed_place_of(ref, field);
    int code = use_store(store, &s);
    if (code)
        return code;
    int rc = find_row(store, s, ref, field);
    if (rc == SQLITE_ROW) {
        sqlite3_stmt *st = s->find;
        struct sealed_row row = {sqlite3_column_int(st, 0), sqlite3_column_blob(st, 1), sqlite3_column_blob(st, 2),
                                 (size_t)sqlite3_column_bytes(st, 2)};
        bool sound = sqlite3_column_bytes(st, 1) == SEAL_NONCE && row.len >= SEAL_TAG;
        code = sound ? open_row(store, &row, &place, ret) : HALL_E_STORE_FAILED;
        *ret_len = code ? 0 : row.len - SEAL_TAG;
    } else {
        code = rc == SQLITE_DONE ? HALL_E_NOT_FOUND
                                 : db_failed(store_reader_db(store), HALL_E_STORE_FAILED, "reading a sealed row");
    }
    if (s->find)
        sqlite3_reset(s->find);
    return code;
}

int store_unseal(struct store *store, const uint8_t ref[SEALED_REF], const char *field, char **ret)
{
    size_t len;
    return store_unseal_bytes(store, ref, field, ret, &len);
}

/* The latest that a batch says of it, or NULL. */
static const struct sealed_write *find_write(const struct store_batch *b, const uint8_t *ref, const char *field)
{
    for (size_t i = b ? b->n_sealed : 0; i-- > 0;) {
        const struct sealed_write *w = &b->sealed[i];
        bool is_all = !w->ciphertext && !w->copy && !*w->field;
        if (memcmp(w->ref, ref, SEALED_REF) == 0 && (is_all || strcmp(w->field, field) == 0))
            return w;
    }
    return NULL;
}

bool store_batch_unseal(struct store *store, const struct store_batch *b, const uint8_t ref[SEALED_REF],
                        const char *field, int *ret_code, char **ret)
{
    struct sealed_place place = sealed_place_of(ref, field);
    const struct sealed_write *w = find_write(b, ref, field);
    if (!w || w->copy)
        return false;
    struct sealed_row row = {w->key.day, w->nonce, w->ciphertext, w->len};
    *ret_code = w->ciphertext ? open_row(store, &row, &place, ret) : HALL_E_NOT_FOUND;
    return true;
}

/* ---- long things */

/* Looks at no row's long parts: those lie in a chain of pages, and what stands behind them in the row is far away. */
static bool look_for(struct store *store, const char *sql, const uint8_t *ref, const char *field, int64_t until,
                     int32_t *ret)
{
    sqlite3 *db = store_reader_db(store);
    sqlite3_stmt *st;
    if (db_prepare(db, sql, &st) != 0) {
        db_failed(db, HALL_E_STORE_FAILED, "looking for a sealed row");
        return false;
    }
    sqlite3_bind_blob(st, 1, ref, SEALED_REF, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, field, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, until); /* refused where there is no third parameter, which does no harm */
    bool there = sqlite3_step(st) == SQLITE_ROW;
    if (there)
        *ret = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return there;
}

static bool find_place(struct store *store, const uint8_t *ref, const char *field, int32_t *ret_day)
{
    return look_for(store, "SELECT day FROM sealed WHERE ref = ? AND field = ?", ref, field, 0, ret_day);
}

bool store_is_sealed(struct store *s, const uint8_t ref[SEALED_REF], const char *field)
{
    int32_t day;
    return find_place(s, ref, field, &day);
}

bool store_is_sealed_until(struct store *s, const uint8_t ref[SEALED_REF], const char *field, int64_t until)
{
    static const char SQL[] =
        "SELECT 1 FROM sealed INDEXED BY sealed_expires_at"
        " WHERE ref = ?1 AND field = ?2 AND expires_at >= ?3 AND expires_at < 9223372036854775807";
    int32_t one;
    return look_for(s, SQL, ref, field, until, &one);
}

/* The day under whose key it stands, or will. */
static int find_day(struct store *store, const struct store_batch *b, const struct store_batch *earlier,
                    const uint8_t *ref, const char *field, int32_t *ret)
{
    const struct sealed_write *w = find_write(b, ref, field);
    if (!w)
        w = find_write(earlier, ref, field);
    if (!w)
        return find_place(store, ref, field, ret) ? 0 : HALL_E_NOT_FOUND;
    *ret = w->key.day;
    return w->ciphertext || w->copy ? 0 : HALL_E_NOT_FOUND;
}

int store_batch_add_copy(struct store *store, struct store_batch *b, const struct store_batch *earlier,
                         const struct sealing *to, const uint8_t from[SEALED_REF])
{
    struct sealer *s;
    struct sealed_copy copy;
    int32_t day = 0;
    int code = find_day(store, b, earlier, from, to->field, &day);
    if (!code)
        code = use_store(store, &s);
    if (code)
        return code;
    const uint8_t *open_with = key_to_open(store, s, day);
    if (open_with)
        memcpy(copy.open_with, open_with, SEAL_KEY); /* before another key may take its place */
    if (!open_with || store_seal_check(store, to->day) != 0)
        return HALL_E_SEAL_FAILED;
    struct sealed_write *w = add_write(b, to->ref, to->field);
    memcpy(copy.from, from, SEALED_REF);
    memcpy(copy.seal_with, find_key(s, to->day), SEAL_KEY);
    w->copy = alloc_copy(&copy, sizeof copy);
    w->expires_at = to->expires_at;
    w->key = s->wrapped;
    sodium_memzero(&copy, sizeof copy);
    return 0;
}

void sealed_free(char *text)
{
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
}

void sealed_free_bytes(char *bytes, size_t len)
{
    if (bytes)
        sodium_memzero(bytes, len);
    free(bytes);
}

void sealer_forget_keys(struct sealer *s)
{
    sodium_memzero(s->keys, sizeof s->keys);
    s->n_keys = 0;
}
