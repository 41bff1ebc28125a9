/* A set of groups, by index: what a window serves. */
#ifndef CORE_QUEUE_SKILL_H
#define CORE_QUEUE_SKILL_H

#include <stdbool.h>
#include <stdint.h>

enum { SKILL_GROUPS_MAX = 256, SKILL_WORDS = SKILL_GROUPS_MAX / 64 };

struct skill {
    uint64_t bits[SKILL_WORDS];
};

static inline bool skill_has(const struct skill *k, int group)
{
    return group >= 0 && group < SKILL_GROUPS_MAX && (k->bits[group / 64] >> (group % 64) & 1);
}

/* Settings with too many groups are read before they are refused: those beyond have no place. */
static inline void skill_add(struct skill *k, int group)
{
    if (group < SKILL_GROUPS_MAX)
        k->bits[group / 64] |= UINT64_C(1) << (group % 64);
}

static inline bool skill_meets(const struct skill *a, const struct skill *b)
{
    for (int i = 0; i < SKILL_WORDS; i++)
        if (a->bits[i] & b->bits[i])
            return true;
    return false;
}

static inline void skill_join(struct skill *a, const struct skill *b)
{
    for (int i = 0; i < SKILL_WORDS; i++)
        a->bits[i] |= b->bits[i];
}

static inline int skill_count(const struct skill *k)
{
    int n = 0;
    for (int i = 0; i < SKILL_WORDS; i++)
        n += __builtin_popcountll(k->bits[i]);
    return n;
}

#endif
