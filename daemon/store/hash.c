#include "store/hash.h"

#include <sodium.h>
#include <string.h>

void hash_parts(uint8_t *ret, size_t ret_len, size_t n, const struct hash_part *parts)
{
    crypto_generichash_blake2b_state state;
    crypto_generichash_blake2b_init(&state, NULL, 0, HASH_BYTES_MAX);
    for (size_t i = 0; i < n; i++) {
        uint8_t len[8];
        for (int b = 0; b < 8; b++)
            len[b] = (uint8_t)(parts[i].len >> 8 * b);
        crypto_generichash_blake2b_update(&state, len, sizeof len);
        crypto_generichash_blake2b_update(&state, parts[i].data, parts[i].len);
    }
    uint8_t whole[HASH_BYTES_MAX];
    crypto_generichash_blake2b_final(&state, whole, sizeof whole);
    memcpy(ret, whole, ret_len < sizeof whole ? ret_len : sizeof whole);
}
