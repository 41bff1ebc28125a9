#include "net/openings.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"

struct count {
    int n;
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

bool openings_may(struct openings *o, uint64_t ticket, int32_t date, const char *key)
{
    uint64_t hash = hash_of(key);
    if (o->date != date)
        forget(o);
    o->date = date;
    const struct count *count = map_find(&o->counts, ticket);
    if (!count || count->n < OPENINGS_EACH)
        return true;
    for (int i = 0; i < count->n; i++)
        if (hash && count->keys[i] == hash)
            return true;
    return false;
}

void openings_add(struct openings *o, uint64_t ticket, const char *key)
{
    struct count *count = map_find(&o->counts, ticket);
    if (!count)
        map_put(&o->counts, ticket, count = alloc_zero(sizeof *count));
    if (count->n < OPENINGS_EACH) /* several may have been on their way */
        count->keys[count->n++] = hash_of(key);
}
