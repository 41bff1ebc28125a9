#include "engine/dedupe.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * A ring of entries in the order of their events, and an open-addressing index from keys to places in the ring.
 * Serial numbers count entries for ever; entry `serial` stands at serial % cap, a power of two. Keys are hashes
 * already, so the index takes their first bytes as they are.
 */
struct dedupe {
    struct dedupe_entry *ring;
    uint32_t *index; /* place in the ring + 1; 0 = free */
    size_t cap, index_cap, most;
    uint64_t oldest, next; /* serials */
};

enum { FIRST_CAP = 1024 };

static struct dedupe_entry *entry_at(const struct dedupe *d, uint64_t serial)
{
    return &d->ring[serial & (d->cap - 1)];
}

static size_t home(const struct dedupe *d, const uint8_t *key)
{
    uint64_t h;
    memcpy(&h, key, sizeof h);
    return (size_t)h & (d->index_cap - 1);
}

static struct dedupe_entry *slot_entry(const struct dedupe *d, size_t slot)
{
    return &d->ring[d->index[slot] - 1];
}

static size_t slot_of(const struct dedupe *d, const uint8_t *key)
{
    size_t i = home(d, key);
    while (d->index[i] && memcmp(slot_entry(d, i)->key, key, DEDUPE_KEY) != 0)
        i = (i + 1) & (d->index_cap - 1);
    return i;
}

static void index_put(struct dedupe *d, uint64_t serial)
{
    d->index[slot_of(d, entry_at(d, serial)->key)] = (uint32_t)(serial & (d->cap - 1)) + 1;
}

/* Backward shift, so that no tombstones gather. */
static void index_remove(struct dedupe *d, const uint8_t *key)
{
    size_t hole = slot_of(d, key), mask = d->index_cap - 1;
    for (size_t i = (hole + 1) & mask; d->index[i]; i = (i + 1) & mask) {
        size_t from = home(d, slot_entry(d, i)->key);
        if (((i - from) & mask) >= ((i - hole) & mask)) {
            d->index[hole] = d->index[i];
            hole = i;
        }
    }
    d->index[hole] = 0;
}

static void set_cap(struct dedupe *d, size_t cap)
{
    struct dedupe old = *d;
    d->cap = cap;
    d->index_cap = cap * 2;
    d->ring = alloc_zero(d->cap * sizeof *d->ring);
    d->index = alloc_zero(d->index_cap * sizeof *d->index);
    for (uint64_t s = old.oldest; s < old.next; s++) {
        *entry_at(d, s) = *entry_at(&old, s);
        index_put(d, s);
    }
    free(old.ring);
    free(old.index);
}

struct dedupe *dedupe_new(size_t most)
{
    struct dedupe *d = alloc_zero(sizeof *d);
    d->most = most;
    set_cap(d, FIRST_CAP);
    return d;
}

void dedupe_free(struct dedupe *d)
{
    if (!d)
        return;
    free(d->ring);
    free(d->index);
    free(d);
}

size_t dedupe_count(const struct dedupe *d)
{
    return (size_t)(d->next - d->oldest);
}

static bool is_old(const struct dedupe_entry *entry, int64_t now_s)
{
    return entry->at_s + (int64_t)DEDUPE_HOURS * 3600 < now_s;
}

const struct dedupe_entry *dedupe_find(const struct dedupe *d, const uint8_t key[DEDUPE_KEY], int64_t now_ms)
{
    size_t slot = slot_of(d, key);
    if (!d->index[slot] || is_old(slot_entry(d, slot), now_ms / 1000))
        return NULL;
    return slot_entry(d, slot);
}

static void drop_oldest(struct dedupe *d)
{
    index_remove(d, entry_at(d, d->oldest)->key);
    d->oldest++;
}

static void add(struct dedupe *d, const struct dedupe_entry *entry)
{
    while (dedupe_count(d) && (dedupe_count(d) >= d->most || is_old(entry_at(d, d->oldest), entry->at_s)))
        drop_oldest(d);
    if (d->index[slot_of(d, entry->key)])
        return; /* the engine never does one key twice within its time */
    if (dedupe_count(d) == d->cap)
        set_cap(d, d->cap * 2);
    *entry_at(d, d->next) = *entry;
    index_put(d, d->next++);
}

void dedupe_apply(struct dedupe *d, const Halld__Event *event)
{
    if (event->key.len != DEDUPE_KEY || event->request.len != DEDUPE_REQUEST)
        return;
    struct dedupe_entry entry = {
        .first = event->seq, .count = (uint32_t)event->of, .at_s = (uint32_t)(event->at / 1000)};
    memcpy(entry.key, event->key.data, DEDUPE_KEY);
    memcpy(entry.request, event->request.data, DEDUPE_REQUEST);
    add(d, &entry);
}

void dedupe_forget_after(struct dedupe *d, uint64_t seq)
{
    while (dedupe_count(d) && entry_at(d, d->next - 1)->first > seq) {
        index_remove(d, entry_at(d, d->next - 1)->key);
        d->next--;
    }
}

void dedupe_write(const struct dedupe *d, uint64_t seq, struct buf *out)
{
    for (uint64_t s = d->oldest; s < d->next && entry_at(d, s)->first <= seq; s++)
        buf_add(out, entry_at(d, s), sizeof(struct dedupe_entry));
}

bool dedupe_read(struct dedupe *d, const void *data, size_t len)
{
    if (len % sizeof(struct dedupe_entry))
        return false;
    while (dedupe_count(d))
        drop_oldest(d);
    for (size_t at = 0; at < len; at += sizeof(struct dedupe_entry)) {
        struct dedupe_entry entry;
        memcpy(&entry, (const char *)data + at, sizeof entry);
        add(d, &entry);
    }
    return true;
}
