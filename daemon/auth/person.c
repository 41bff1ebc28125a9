#include "auth/person.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

enum { TEXT_BYTES = 4 * PERSON_TEXT_MOST };

struct person_key {
    unsigned char bytes[crypto_generichash_KEYBYTES];
};

static bool read_key(const char *path, struct person_key *k)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, k->bytes, sizeof k->bytes);
    close(fd);
    if (n == (ssize_t)sizeof k->bytes)
        return true;
    errno = n < 0 ? errno : EINVAL;
    return false;
}

static bool write_key(const char *path, struct person_key *k)
{
    char *part = alloc_format("%s.new", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    randombytes_buf(k->bytes, sizeof k->bytes);
    bool done = fd >= 0 && write(fd, k->bytes, sizeof k->bytes) == (ssize_t)sizeof k->bytes && fsync(fd) == 0;
    if (fd >= 0)
        done = close(fd) == 0 && done;
    done = done && rename(part, path) == 0;
    if (!done && fd >= 0)
        unlink(part);
    free(part);
    return done;
}

struct person_key *person_key_open(const char *path)
{
    struct person_key *k = alloc_zero(sizeof *k);
    if (read_key(path, k) || (errno == ENOENT && write_key(path, k)))
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
