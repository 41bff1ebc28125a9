/*
 * Who waits for a snapshot: subscriptions to "snap/<uuid>/". At most one a second for a uuid, and so many a second in
 * all that asking costs the daemon nothing. What comes sooner waits; what is too much is forgotten, and asked again.
 * Knows no sockets; times are monotonic milliseconds.
 */
#ifndef BUS_SNAPS_H
#define BUS_SNAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SNAPS_TOPIC = 5 + 36 + 1, SNAPS_GAP_MS = 1000, SNAPS_PER_SECOND = 250, SNAPS_ASKERS = 256 };

struct snaps;

struct snaps *snaps_new(void);
void snaps_free(struct snaps *s);
/* false: not the topic of a snapshot, or too many ask. */
bool snaps_ask(struct snaps *s, const char *topic, size_t len, int64_t now);
/* The next topic to be answered now, taken; NULL if there is none, with *ret_wait: ms until there is, -1 = nobody asks.
 * Borrowed until the next call. */
const char *snaps_next(struct snaps *s, int64_t now, int64_t *ret_wait);
/* Forgets who asked when: after all connections have been made anew. */
void snaps_forget(struct snaps *s);

bool snaps_topic_is_sound(const char *topic, size_t len);

#endif
