#include "store/arena.h"

#include <stdlib.h>

#include "base/alloc.h"

static void *take(void *arg, size_t size)
{
    struct arena *a = arg;
    size_t need = (size + 15) & ~(size_t)15;
    if (need < size || need > a->cap - a->used) {
        a->outside++;
        return malloc(size);
    }
    void *p = a->room + a->used;
    a->used += need;
    return p;
}

static void give_back(void *arg, void *p)
{
    struct arena *a = arg;
    uint8_t *at = p;
    if (at && (at < a->room || at >= a->room + a->cap)) {
        a->outside--;
        free(p);
    }
}

void arena_init(struct arena *a, size_t cap)
{
    *a = (struct arena){.room = alloc_zero(cap), .cap = cap};
    a->allocator = (ProtobufCAllocator){.alloc = take, .free = give_back, .allocator_data = a};
}

/* Walking the message to free it is needed only where some of it lies outside. */
static void forget(struct arena *a)
{
    if (a->event && a->outside)
        halld__event__free_unpacked(a->event, &a->allocator);
    a->event = NULL;
    a->used = 0;
}

void arena_fini(struct arena *a)
{
    forget(a);
    free(a->room);
    a->room = NULL;
}

Halld__Event *arena_unpack_event(struct arena *a, const void *data, size_t len)
{
    forget(a);
    a->event = halld__event__unpack(&a->allocator, len, data);
    return a->event;
}
