/*
 * Snapshot files: a cache of the folded state, DIR/snapshot/<seq>.snap, that may be deleted at any time.
 * A file holds its format version, the journal's head at that seq, the packed Snapshot, an opaque second
 * part (the engine's idempotency map) and a checksum over all; one that does not match the journal is
 * ignored and said once. Written to a temporary name, synced, renamed, the folder synced; the last two are kept.
 */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "proto/snapshot.pb-c.h"
#include "store/store.h"

struct snapshot_file {
    Halld__Snapshot *hall; /* owned */
    uint8_t *extra;        /* owned */
    size_t extra_len;
};

void snapshot_file_fini(struct snapshot_file *f);
/* 0, or a negative code, logged. head is the chain's head at s->seq. */
int snapshot_save(const char *dir, const Halld__Snapshot *s, const uint8_t head[32], const void *extra,
                  size_t extra_len);
/* The newest file that fits the journal; false if there is none. */
bool snapshot_load(const char *dir, struct store *store, struct snapshot_file *ret);

#endif
