/* Memory for one unpacked message at a time: what fits costs no malloc, and forgetting it is free. Internal to store/.
 */
#ifndef STORE_ARENA_H
#define STORE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "proto/event.pb-c.h"

struct arena {
    ProtobufCAllocator allocator; /* for unpacking */
    uint8_t *room;
    size_t used, cap;
    size_t outside;      /* pieces that did not fit and came from malloc */
    Halld__Event *event; /* the last one */
};

void arena_init(struct arena *a, size_t cap);
void arena_fini(struct arena *a);
/* Valid until the next call; NULL if the bytes are no event. */
Halld__Event *arena_unpack_event(struct arena *a, const void *data, size_t len);

#endif
