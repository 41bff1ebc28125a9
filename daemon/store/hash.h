/* BLAKE2b of a few parts, each with its length before it, so that ("ab", "c") is not ("a", "bc"). */
#ifndef STORE_HASH_H
#define STORE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_part {
    const void *data;
    size_t len;
};

enum { HASH_BYTES_MAX = 32 };

/* The first ret_len (at most 32) bytes of the BLAKE2b-256. */
void hash_parts(uint8_t *ret, size_t ret_len, size_t n, const struct hash_part *parts);

#endif
