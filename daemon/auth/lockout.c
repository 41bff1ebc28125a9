#include "auth/lockout.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SETS = 1024, WAYS = 4, FIRST_MS = 1000, LONGEST_MS = 15 * 60 * 1000, FORGET_MS = 60 * 60 * 1000 };

struct tries {
    uint64_t who; /* 0 = free */
    int64_t last;
    int failed;
};

struct home {
    uint64_t who; /* 0 = free */
    int64_t last;
};

struct lockout {
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct tries tries[SETS][WAYS];
    struct home homes[SETS][WAYS];
};

struct lockout *lockout_new(void)
{
    struct lockout *l = alloc_zero(sizeof *l);
    crypto_shorthash_keygen(l->key);
    return l;
}

void lockout_free(struct lockout *l)
{
    free(l);
}

static uint64_t hash_who(const struct lockout *l, const char *who)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)who, strlen(who), l->key);
    return hash ? hash : 1;
}

static struct tries *find(struct lockout *l, uint64_t who)
{
    struct tries *set = l->tries[who % SETS];
    for (int i = 0; i < WAYS; i++)
        if (set[i].who == who)
            return &set[i];
    return NULL;
}

int64_t lockout_wait(struct lockout *l, const char *who, int64_t now)
{
    struct tries *t = find(l, hash_who(l, who));
    if (!t || t->failed < LOCKOUT_FREE_TRIES)
        return 0;
    if (now - t->last > FORGET_MS) {
        memset(t, 0, sizeof *t);
        return 0;
    }
    int doublings = t->failed - LOCKOUT_FREE_TRIES;
    int64_t delay = doublings > 20 ? LONGEST_MS : INT64_C(1) * FIRST_MS << doublings;
    if (delay > LONGEST_MS)
        delay = LONGEST_MS;
    return t->last + delay > now ? t->last + delay - now : 0;
}

void lockout_fail(struct lockout *l, const char *who, int64_t now)
{
    uint64_t hash = hash_who(l, who);
    struct tries *t = find(l, hash);
    if (!t) { /* the place of the one with the fewest failures, so that a flood of new names frees nobody who is locked
               */
        struct tries *set = l->tries[hash % SETS];
        t = set;
        for (int i = 1; i < WAYS; i++)
            if (set[i].failed < t->failed || (set[i].failed == t->failed && set[i].last < t->last))
                t = &set[i];
        *t = (struct tries){.who = hash};
    }
    if (now - t->last > FORGET_MS)
        t->failed = 0;
    t->failed++;
    t->last = now;
}

void lockout_forget(struct lockout *l, const char *who)
{
    struct tries *t = find(l, hash_who(l, who));
    if (t)
        memset(t, 0, sizeof *t);
}

bool lockout_is_at_home(struct lockout *l, const char *who)
{
    uint64_t hash = hash_who(l, who);
    const struct home *set = l->homes[hash % SETS];
    for (int i = 0; i < WAYS; i++)
        if (set[i].who == hash)
            return true;
    return false;
}

void lockout_welcome(struct lockout *l, const char *who, int64_t now)
{
    uint64_t hash = hash_who(l, who);
    struct home *set = l->homes[hash % SETS], *place = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].who == hash)
            place = &set[i];
        else if (place->who != hash && set[i].last < place->last)
            place = &set[i];
    }
    *place = (struct home){hash, now};
}
