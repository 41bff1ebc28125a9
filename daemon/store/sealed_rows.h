/* Sealed rows on their way to disk, and the keys they are sealed with. Internal to store/. */
#ifndef STORE_SEALED_ROWS_H
#define STORE_SEALED_ROWS_H

#include <sodium.h>

#include "store/db.h"
#include "store/sealed.h"

enum {
    SEAL_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEAL_KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    SEAL_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SEAL_WRAPPED = SEAL_KEY + SEAL_TAG,
};

/* A day's key as it stands on disk. */
struct wrapped_key {
    int32_t day;
    uint8_t nonce[SEAL_NONCE], wrapped[SEAL_WRAPPED];
};

/* Bound to its place: a row that is moved to another owner or field does not open. */
struct sealed_place {
    uint8_t bytes[SEALED_REF + 1 + SEALED_FIELD_MOST];
    size_t len;
};
struct sealed_place sealed_place_of(const uint8_t *ref, const char *field);

/* Instead of a ciphertext: it is made of the row that stands under another ref. The keys are the days'. */
struct sealed_copy {
    uint8_t from[SEALED_REF], open_with[SEAL_KEY], seal_with[SEAL_KEY];
};

struct sealed_write {
    uint8_t ref[SEALED_REF];
    char *field; /* owned */
    uint8_t nonce[SEAL_NONCE];
    uint8_t *ciphertext;      /* owned; NULL: a copy or an erasure */
    struct sealed_copy *copy; /* owned; NULL: none */
    size_t len;
    int64_t expires_at;
    struct wrapped_key key;
};

void sealed_writes_free(struct sealed_write *w, size_t n);
/* Inside a transaction, in their order; a day's key comes with its first row. 0 or db_code. */
int sealed_rows_write(sqlite3 *db, const struct sealed_write *w, size_t n);

/* The machine's key, and the days' that were used last. It holds a statement of the reader, which outlives it. */
struct sealer;
void sealer_free(struct sealer *s);
/* Of an open store; NULL: the machine's key cannot be had, and the log has said why. A key that is missing is made only
 * where nothing has been sealed yet: another one would open nothing, and what it seals would not open when the right
 * one is put back. */
struct sealer *store_sealer(struct store *s);
void store_note_sealing(struct store *s, bool works);
struct sealer *sealer_new(const char *dir, bool may_make); /* NULL: errno says why */
void sealer_forget_keys(struct sealer *s);
void store_forget_keys(struct store *s); /* the days' keys in memory: some are about to be deleted */

#endif
