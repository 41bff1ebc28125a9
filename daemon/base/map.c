#include "base/map.h"

#include <stdlib.h>

#include "base/alloc.h"

struct map_slot {
    uint64_t key; /* 0 = free */
    void *value;
};

/* splitmix64's finaliser: neighbours land far apart. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static struct map_slot *slot_at(const struct map *m, uint64_t key)
{
    size_t i = mix(key) & (m->cap - 1);
    while (m->slots[i].key && m->slots[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

void map_fini(struct map *m)
{
    free(m->slots);
    *m = (struct map)MAP_INIT;
}

void *map_find(const struct map *m, uint64_t key)
{
    return m->cap ? slot_at(m, key)->value : NULL;
}

static void grow(struct map *m)
{
    struct map old = *m;
    m->cap = old.cap ? old.cap * 2 : 64;
    m->slots = alloc_zero(m->cap * sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key)
            *slot_at(m, old.slots[i].key) = old.slots[i];
    free(old.slots);
}

void map_put(struct map *m, uint64_t key, void *value)
{
    if ((m->count + 1) * 4 > m->cap * 3)
        grow(m);
    struct map_slot *s = slot_at(m, key);
    if (!s->key)
        m->count++;
    *s = (struct map_slot){key, value};
}

/* Backward shift, so that no tombstones gather over years. */
void map_remove(struct map *m, uint64_t key)
{
    struct map_slot *s = m->cap ? slot_at(m, key) : NULL;
    if (!s || !s->key)
        return;
    m->count--;
    size_t hole = (size_t)(s - m->slots), i = hole, mask = m->cap - 1;
    for (;;) {
        i = (i + 1) & mask;
        if (!m->slots[i].key)
            break;
        size_t home = mix(m->slots[i].key) & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct map_slot){0, NULL};
}

void *map_next(const struct map *m, size_t *at)
{
    while (*at < m->cap) {
        struct map_slot *s = &m->slots[(*at)++];
        if (s->key)
            return s->value;
    }
    return NULL;
}
