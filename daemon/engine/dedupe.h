/*
 * Which commands have been done: (actor, idempotency key) -> the events they made, for 48 hours and at most
 * 200,000 commands. A part of the state: rebuilt by replay, kept in the snapshot's second part, rolled back with the
 * decided hall. Holds no replies: those are rendered from the events again.
 */
#ifndef ENGINE_DEDUPE_H
#define ENGINE_DEDUPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "proto/event.pb-c.h"

enum { DEDUPE_KEY = 16, DEDUPE_REQUEST = 8, DEDUPE_MAX = 200000, DEDUPE_HOURS = 48 };

struct dedupe_entry {
    uint8_t key[DEDUPE_KEY], request[DEDUPE_REQUEST];
    uint64_t first; /* seq of the command's first event */
    uint32_t count; /* of its events */
    uint32_t at_s;  /* seconds since the epoch */
};

struct dedupe;

struct dedupe *dedupe_new(size_t most);
void dedupe_free(struct dedupe *d);
size_t dedupe_count(const struct dedupe *d);

/* The command done with this key within the last 48 hours, or NULL. Borrowed until the next change. */
const struct dedupe_entry *dedupe_find(const struct dedupe *d, const uint8_t key[DEDUPE_KEY], int64_t now_ms);
/* Notes the command whose first event this is; any other event is passed over. Lets go of what is too old. */
void dedupe_apply(struct dedupe *d, const Halld__Event *event);
/* Forgets the commands whose events come after seq: their transaction failed. */
void dedupe_forget_after(struct dedupe *d, uint64_t seq);

/* Those whose events are up to seq, in their order. */
void dedupe_write(const struct dedupe *d, uint64_t seq, struct buf *out);
/* Replaces everything; false if data is not what dedupe_write wrote. */
bool dedupe_read(struct dedupe *d, const void *data, size_t len);

#endif
