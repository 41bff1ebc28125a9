/*
 * Personal data: kept beside the journal, never inside an event. A row is sealed under the key of its business day; the
 * day's key is wrapped by the machine's own (DIR/machine.key, 0600, made when it is first needed, never in a backup).
 * docs/journal.md has the rules. Loop thread.
 */
#ifndef STORE_SEALED_H
#define STORE_SEALED_H

#include <stdint.h>

#include "store/store.h"

enum { SEALED_REF = 16, SEALED_FIELD_MOST = 64 };

struct sealing {
    const uint8_t *ref; /* SEALED_REF bytes: whom or what it belongs to */
    const char *field;  /* its name, at most SEALED_FIELD_MOST bytes */
    int32_t day;        /* the business day, 20261123 */
    int64_t expires_at; /* when it goes even if nobody erases it; INT64_MAX: kept until erased */
    const char *text;
    size_t len; /* of bytes that are no text, at text; 0: it is one */
};

/* What owns rows, by its kind, number and field: a hash of these words, no secret. */
#define SEALED_OF_MATTER "matter"
#define SEALED_OF_UPLOAD "upload" /* no matter has taken it yet; number 0, field "" */
void sealed_owner(const char *kind, uint64_t id, const char *field, uint8_t ret[SEALED_REF]);

/* Can that day's texts be sealed? 0: store_seal will not fail; SEAL_FAILED: the machine's key or the day's cannot be
 * had, and the log says why. */
int store_seal_check(struct store *s, int32_t day);
bool store_seals(const struct store *s); /* did it at the last check? true before any */
/* Seals the text into the batch, which writes it with its events. 0; SEAL_FAILED as above, and the batch has nothing of
 * it. */
int store_seal(struct store *s, struct store_batch *b, const struct sealing *what);
/* The clear text, wiped and freed by the caller (sealed_free). NOT_FOUND: erased, or never there; STORE_FAILED: it does
 * not open, because it was changed or was sealed on another machine. */
int store_unseal(struct store *s, const uint8_t ref[SEALED_REF], const char *field, char **ret);
/* The same of bytes, freed with sealed_free_bytes. */
int store_unseal_bytes(struct store *s, const uint8_t ref[SEALED_REF], const char *field, char **ret, size_t *ret_len);
/* The same of a batch that is on its way. true: the batch seals or erases it, and *ret_code is as above; false: the
 * batch says nothing of it. Not for what it copies. */
bool store_batch_unseal(struct store *s, const struct store_batch *b, const uint8_t ref[SEALED_REF], const char *field,
                        int *ret_code, char **ret);
/* Is it on disk? Nothing is opened. */
bool store_is_sealed(struct store *s, const uint8_t ref[SEALED_REF], const char *field);
/* The same of what expires: is it there until then at least? */
bool store_is_sealed_until(struct store *s, const uint8_t ref[SEALED_REF], const char *field, int64_t until);
/* Seals for `to` (whose text is NULL) what stands under another ref and the same field, on disk or in one of the
 * batches before this one's end: `earlier` (NULL: none) or b itself. Long things are copied so, by the writer's thread.
 * 0, NOT_FOUND or SEAL_FAILED. */
int store_batch_add_copy(struct store *s, struct store_batch *b, const struct store_batch *earlier,
                         const struct sealing *to, const uint8_t from[SEALED_REF]);
void sealed_free(char *text);
void sealed_free_bytes(char *bytes, size_t len);

/* Deletes with the batch; field "": all of ref. Deleting what is not there is no error, so that a restore may repeat
 * every erasure of the journal. */
void store_batch_add_erasure(struct store_batch *b, const uint8_t ref[SEALED_REF], const char *field);
/* Deletes what had expired by now, a bite at a time, and the keys of days before today that seal nothing any more.
 * Queued like the security log. */
void store_forget_expired(struct store *s, int64_t now, int32_t today);

#endif
