#include "auth/person.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/keyfile.h"

enum { TEXT_BYTES = 4 * PERSON_TEXT_MOST };

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
