#include "auth/limits.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SETS = 4096, WAYS = 4, ONE = 1000000 };

static const struct {
    int rate, burst; /* in a thousand seconds; at once */
} RULES[LIMIT_CLASSES] = {
    [LIMIT_NONE] = {0, 0},      [LIMIT_ADDRESS] = {20000, 100}, [LIMIT_PUBLIC] = {5000, 20},
    [LIMIT_KIOSK] = {2000, 30}, [LIMIT_STAFF] = {50000, 100},   [LIMIT_HOLD] = {100, 60},
    [LIMIT_LOG] = {1000, 500},
};

struct bucket {
    uint64_t party; /* 0 = free */
    int64_t at;     /* when level was true */
    int64_t level;  /* millionths of a request left */
};

struct limits {
    bool enforce;
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct bucket buckets[SETS][WAYS];
};

struct limits *limits_new(bool enforce)
{
    struct limits *l = alloc_zero(sizeof *l);
    l->enforce = enforce;
    crypto_shorthash_keygen(l->key);
    return l;
}

void limits_free(struct limits *l)
{
    free(l);
}

static uint64_t hash_party(const struct limits *l, enum limit_class limit, const char *party)
{
    unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t hash;
    memcpy(key, l->key, sizeof key);
    key[0] ^= (unsigned char)limit;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)party, strlen(party), key);
    return hash ? hash : 1;
}

/* A free one is older than all. */
static int64_t used_at(const struct bucket *b)
{
    return b->party ? b->at : INT64_MIN;
}

static struct bucket *find_bucket(struct limits *l, uint64_t party, int burst, int64_t now)
{
    struct bucket *set = l->buckets[party % SETS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].party == party)
            return &set[i];
        if (used_at(&set[i]) < used_at(oldest))
            oldest = &set[i];
    }
    *oldest = (struct bucket){.party = party, .at = now, .level = (int64_t)burst * ONE};
    return oldest;
}

bool limits_take(struct limits *l, enum limit_class limit, const char *party, int64_t now, int *ret_wait_s)
{
    if (!l->enforce || limit == LIMIT_NONE)
        return true;
    int rate = RULES[limit].rate;
    int64_t full = (int64_t)RULES[limit].burst * ONE;
    struct bucket *b = find_bucket(l, hash_party(l, limit, party), RULES[limit].burst, now);
    int64_t gained = now > b->at ? (now - b->at) * rate : 0;
    b->level = gained > full - b->level ? full : b->level + gained;
    b->at = now;
    if (b->level < ONE) {
        *ret_wait_s = (int)((ONE - b->level + rate * INT64_C(1000) - 1) / (rate * INT64_C(1000)));
        return false;
    }
    b->level -= ONE;
    return true;
}
