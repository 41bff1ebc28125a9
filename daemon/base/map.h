/* A hash map from non-zero 64-bit keys to pointers; open addressing. Owns neither keys' meaning nor values. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map {
    struct map_slot *slots;
    size_t count, cap;
};

#define MAP_INIT {NULL, 0, 0}

void map_fini(struct map *m);
void *map_find(const struct map *m, uint64_t key); /* NULL if absent */
void map_put(struct map *m, uint64_t key, void *value); /* replaces */
void map_remove(struct map *m, uint64_t key);
/* Iterates in no order: *at starts at 0; NULL at the end. */
void *map_next(const struct map *m, size_t *at);

#endif
