#include "net/quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

struct count {
    int n, on_their_way;
    char *keys[]; /* of those that succeeded; NULL: none was given */
};

struct quota {
    struct map counts; /* owned */
    int each;
    int32_t date;
};

/* The request may be gone before its answer is there, so the use keeps its key. */
struct quota_use {
    uint64_t of;
    char *key;
};

struct quota *quota_new(int each)
{
    struct quota *q = alloc_zero(sizeof *q);
    q->each = each;
    return q;
}

static void count_free(struct count *count)
{
    for (int i = 0; i < count->n; i++)
        free(count->keys[i]);
    free(count);
}

static void forget(struct quota *q)
{
    size_t at = 0;
    for (struct count *count; (count = map_next(&q->counts, &at));)
        count_free(count);
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

static bool has(const struct count *count, const char *key)
{
    for (int i = 0; key && i < count->n; i++)
        if (count->keys[i] && strcmp(count->keys[i], key) == 0)
            return true;
    return false;
}

struct quota_use *quota_begin(struct quota *q, uint64_t of, int32_t date, const char *key)
{
    if (q->date != date)
        forget(q);
    q->date = date;
    struct count *count = map_find(&q->counts, of);
    if (!count)
        map_put(&q->counts, of, count = alloc_zero(sizeof *count + (size_t)q->each * sizeof *count->keys));
    if (count->n + count->on_their_way >= q->each && !has(count, key))
        return NULL;
    count->on_their_way++;
    struct quota_use *use = alloc_zero(sizeof *use);
    *use = (struct quota_use){of, key ? alloc_text(key) : NULL};
    return use;
}

static void arrive(struct quota *q, struct quota_use *use, bool succeeded)
{
    struct count *count = map_find(&q->counts, use->of);
    if (!count) /* midnight was in between */
        return;
    if (count->on_their_way)
        count->on_their_way--;
    if (!succeeded || count->n >= q->each || has(count, use->key))
        return;
    count->keys[count->n++] = use->key;
    use->key = NULL;
}

void quota_end(struct quota *q, struct quota_use *use, bool succeeded)
{
    if (!use)
        return;
    arrive(q, use, succeeded);
    free(use->key);
    free(use);
}
