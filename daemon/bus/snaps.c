#include "bus/snaps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct asker {
    char topic[SNAPS_TOPIC + 1]; /* "" = free */
    bool waits;
    int64_t asked, due; /* due: not answered before */
};

struct snaps {
    struct asker askers[SNAPS_ASKERS];
    int64_t second; /* when the present second began */
    int answered;   /* in it */
};

struct snaps *snaps_new(void)
{
    return alloc_zero(sizeof(struct snaps));
}

void snaps_free(struct snaps *s)
{
    free(s);
}

void snaps_forget(struct snaps *s)
{
    memset(s, 0, sizeof *s);
}

bool snaps_topic_is_sound(const char *topic, size_t len)
{
    static const char shape[] = "snap/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/";
    if (len != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < len; i++)
        if (shape[i] == 'x' ? !isxdigit((unsigned char)topic[i]) : topic[i] != shape[i])
            return false;
    return true;
}

/* Its own place, else a free one, else that of who was answered longest ago; NULL while all of them wait. */
static struct asker *place_of(struct snaps *s, const char *topic)
{
    struct asker *best = NULL;
    for (int i = 0; i < SNAPS_ASKERS; i++) {
        struct asker *a = &s->askers[i];
        if (memcmp(a->topic, topic, SNAPS_TOPIC) == 0)
            return a;
        if (!a->waits && (!best || a->due < best->due))
            best = a;
    }
    if (!best)
        return NULL;
    *best = (struct asker){.due = INT64_MIN};
    memcpy(best->topic, topic, SNAPS_TOPIC);
    return best;
}

bool snaps_ask(struct snaps *s, const char *topic, size_t len, int64_t now)
{
    if (!snaps_topic_is_sound(topic, len))
        return false;
    struct asker *a = place_of(s, topic);
    if (!a)
        return false;
    if (!a->waits)
        a->asked = now;
    a->waits = true;
    return true;
}

static bool may_answer(struct snaps *s, int64_t now)
{
    if (now - s->second >= 1000) {
        s->second = now;
        s->answered = 0;
    }
    return s->answered < SNAPS_PER_SECOND;
}

/* Of those that wait: who may be answered and has waited longest, or whose time comes first. */
static struct asker *first_of(struct snaps *s, int64_t now)
{
    struct asker *best = NULL;
    for (int i = 0; i < SNAPS_ASKERS; i++) {
        struct asker *a = &s->askers[i];
        if (!a->waits)
            continue;
        int64_t at = a->due > now ? a->due : a->asked;
        if (!best || at < (best->due > now ? best->due : best->asked))
            best = a;
    }
    return best;
}

const char *snaps_next(struct snaps *s, int64_t now, int64_t *ret_wait)
{
    struct asker *a = first_of(s, now);
    *ret_wait = -1;
    if (!a)
        return NULL;
    *ret_wait = a->due > now ? a->due - now : 0;
    if (*ret_wait == 0 && !may_answer(s, now))
        *ret_wait = s->second + 1000 - now;
    if (*ret_wait > 0)
        return NULL;
    a->waits = false;
    a->due = now + SNAPS_GAP_MS;
    s->answered++;
    return a->topic;
}
