#include "net/openings.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"

struct count {
    int n, on_their_way;
    uint64_t keys[OPENINGS_EACH]; /* hashes; 0 = none */
};

struct openings {
    struct map counts; /* by ticket; owned */
    int32_t date;
};

static uint64_t hash_of(const char *key)
{
    uint64_t hash = key ? UINT64_C(0xcbf29ce484222325) : 0;
    for (const char *at = key; at && *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash;
}

struct openings *openings_new(void)
{
    return alloc_zero(sizeof(struct openings));
}

static void forget(struct openings *o)
{
    size_t at = 0;
    for (struct count *count; (count = map_next(&o->counts, &at));)
        free(count);
    map_fini(&o->counts);
    o->counts = (struct map)MAP_INIT;
}

void openings_free(struct openings *o)
{
    if (!o)
        return;
    forget(o);
    free(o);
}

static bool has(const struct count *count, uint64_t hash)
{
    for (int i = 0; i < count->n; i++)
        if (hash && count->keys[i] == hash)
            return true;
    return false;
}

bool openings_begin(struct openings *o, uint64_t ticket, int32_t date, const char *key)
{
    if (o->date != date)
        forget(o);
    o->date = date;
    struct count *count = map_find(&o->counts, ticket);
    if (!count)
        map_put(&o->counts, ticket, count = alloc_zero(sizeof *count));
    if (count->n + count->on_their_way >= OPENINGS_EACH && !has(count, hash_of(key)))
        return false;
    count->on_their_way++;
    return true;
}

void openings_end(struct openings *o, uint64_t ticket, const char *key, bool opened)
{
    struct count *count = map_find(&o->counts, ticket);
    if (!count) /* midnight was in between */
        return;
    if (count->on_their_way)
        count->on_their_way--;
    if (opened && count->n < OPENINGS_EACH && !has(count, hash_of(key)))
        count->keys[count->n++] = hash_of(key);
}
