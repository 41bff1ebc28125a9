#include "forecast/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* FNV-1a; on a clash the next number is tried. */
static uint64_t hash(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    return h ? h : 1;
}

static uint64_t after(uint64_t h)
{
    return h + 1 ? h + 1 : 1;
}

void names_fini(struct names *n)
{
    map_fini(&n->by_hash);
    free(n->name);
    free(n->at);
    *n = (struct names){MAP_INIT, NULL, NULL, 0, 0};
}

/* The map holds positions, counted from 1. */
void *names_find(const struct names *n, const char *name)
{
    void *found;
    for (uint64_t h = hash(name); (found = map_find(&n->by_hash, h)); h = after(h)) {
        size_t i = (size_t)(uintptr_t)found - 1;
        if (strcmp(n->name[i], name) == 0)
            return n->at[i];
    }
    return NULL;
}

void names_put(struct names *n, const char *name, void *thing)
{
    if (n->n == n->cap) {
        n->cap = n->cap ? n->cap * 2 : 64;
        n->name = alloc_grow(n->name, n->cap, sizeof *n->name);
        n->at = alloc_grow(n->at, n->cap, sizeof *n->at);
    }
    n->name[n->n] = name;
    n->at[n->n++] = thing;
    uint64_t h = hash(name);
    while (map_find(&n->by_hash, h))
        h = after(h);
    map_put(&n->by_hash, h, (void *)(uintptr_t)n->n);
}
