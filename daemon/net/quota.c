#include "net/quota.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"

struct count {
    int n, on_their_way;
    uint64_t keys[]; /* hashes; 0 = none */
};

struct quota {
    struct map counts; /* owned */
    int each;
    int32_t date;
};

static uint64_t hash_of(const char *key)
{
    uint64_t hash = key ? UINT64_C(0xcbf29ce484222325) : 0;
    for (const char *at = key; at && *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash;
}

struct quota *quota_new(int each)
{
    struct quota *q = alloc_zero(sizeof *q);
    q->each = each;
    return q;
}

static void forget(struct quota *q)
{
    size_t at = 0;
    for (struct count *count; (count = map_next(&q->counts, &at));)
        free(count);
    map_fini(&q->counts);
    q->counts = (struct map)MAP_INIT;
}

void quota_free(struct quota *q)
{
    if (!q)
        return;
    forget(q);
    free(q);
}

static bool has(const struct count *count, uint64_t hash)
{
    for (int i = 0; i < count->n; i++)
        if (hash && count->keys[i] == hash)
            return true;
    return false;
}

bool quota_begin(struct quota *q, uint64_t of, int32_t date, const char *key)
{
    if (q->date != date)
        forget(q);
    q->date = date;
    struct count *count = map_find(&q->counts, of);
    if (!count)
        map_put(&q->counts, of, count = alloc_zero(sizeof *count + (size_t)q->each * sizeof *count->keys));
    if (count->n + count->on_their_way >= q->each && !has(count, hash_of(key)))
        return false;
    count->on_their_way++;
    return true;
}

void quota_end(struct quota *q, uint64_t of, const char *key, bool succeeded)
{
    struct count *count = map_find(&q->counts, of);
    if (!count) /* midnight was in between */
        return;
    if (count->on_their_way)
        count->on_their_way--;
    if (succeeded && count->n < q->each && !has(count, hash_of(key)))
        count->keys[count->n++] = hash_of(key);
}
