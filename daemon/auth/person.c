#include "auth/person.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/keyfile.h"

enum { TEXT_BYTES = 4 * PERSON_TEXT_MOST };

_Static_assert((int)PERSON_PURPOSE_MOST == (int)crypto_generichash_blake2b_PERSONALBYTES, "a purpose fits");

struct person_key {
    uint8_t bytes[KEYFILE_BYTES];
};

struct person_key *person_key_open(const char *path)
{
    struct person_key *k = alloc_zero(sizeof *k);
    if (keyfile_open(path, k->bytes))
        return k;
    int why = errno;
    person_key_free(k);
    errno = why;
    return NULL;
}

void person_key_free(struct person_key *k)
{
    if (k)
        sodium_memzero(k, sizeof *k);
    free(k);
}

/* What counts of the text, and of how many characters; 0: too many. */
static size_t clean(const char *text, char ret[TEXT_BYTES + 1], size_t *ret_len)
{
    size_t len = 0, characters = 0;
    for (; *text; text++) {
        if (*text == ' ' || *text == '\t' || *text == '\n' || *text == '-')
            continue;
        if (len == TEXT_BYTES)
            return 0;
        characters += ((unsigned char)*text & 0xC0) != 0x80;
        ret[len++] = (char)(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
    }
    *ret_len = len;
    return characters;
}

bool person_hash(const struct person_key *k, const char *text, uint8_t ret[PERSON_HASH_BYTES])
{
    char what[TEXT_BYTES + 1];
    size_t len = 0, characters = clean(text, what, &len);
    bool fits = characters >= PERSON_TEXT_LEAST && characters <= PERSON_TEXT_MOST;
    if (fits)
        crypto_generichash(ret, PERSON_HASH_BYTES, (const unsigned char *)what, len, k->bytes, sizeof k->bytes);
    sodium_memzero(what, sizeof what);
    return fits;
}

void person_wipe(char *text)
{
    sodium_memzero(text, strlen(text));
}

void person_to_text(const uint8_t hash[PERSON_HASH_BYTES], char ret[PERSON_MAC_SIZE])
{
    sodium_bin2hex(ret, PERSON_MAC_SIZE, hash, PERSON_HASH_BYTES);
}

void person_mac(const struct person_key *k, const char *purpose, size_t n, const struct hash_part *parts,
                char ret[PERSON_MAC_SIZE])
{
    static const unsigned char no_salt[crypto_generichash_blake2b_SALTBYTES];
    unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
    uint8_t mac[PERSON_HASH_BYTES];
    crypto_generichash_blake2b_state state;
    memcpy(personal, purpose, strnlen(purpose, PERSON_PURPOSE_MOST));
    crypto_generichash_blake2b_init_salt_personal(&state, k->bytes, sizeof k->bytes, sizeof mac, no_salt, personal);
    for (size_t i = 0; i < n; i++) {
        uint64_t len = parts[i].len;
        uint8_t before[8]; /* so that ("ab", "c") is not ("a", "bc") */
        for (size_t b = 0; b < sizeof before; b++)
            before[b] = (uint8_t)(len >> 8 * b);
        crypto_generichash_blake2b_update(&state, before, sizeof before);
        crypto_generichash_blake2b_update(&state, parts[i].data, parts[i].len);
    }
    crypto_generichash_blake2b_final(&state, mac, sizeof mac);
    person_to_text(mac, ret);
    sodium_memzero(&state, sizeof state);
}

bool person_mac_fits(const struct person_key *k, const char *purpose, size_t n, const struct hash_part *parts,
                     const char *text)
{
    char mac[PERSON_MAC_SIZE];
    person_mac(k, purpose, n, parts, mac);
    return strlen(text) == PERSON_MAC_SIZE - 1 && sodium_memcmp(mac, text, PERSON_MAC_SIZE - 1) == 0;
}
