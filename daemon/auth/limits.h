/*
 * How often somebody may ask: token buckets by party (an address, a device, a person, a ticket's link), each party's
 * name hashed with a key of this process. Memory is bounded: a table that is full gives the places of those that
 * have not asked for longest to new ones.
 */
#ifndef AUTH_LIMITS_H
#define AUTH_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

enum limit_class {
    LIMIT_NONE,    /* not counted */
    LIMIT_ADDRESS, /* everything public from one address: 20/s, burst 100 */
    LIMIT_PUBLIC,  /* one link or anonymous page: 5/s, burst 20 */
    LIMIT_KIOSK,   /* a kiosk or screen: 2/s, burst 30 */
    LIMIT_STAFF,   /* a session or a clerk's device: 50/s, burst 100 */
    LIMIT_HOLD,    /* times held by one address without booking: one in ten seconds, burst 60 */
    LIMIT_LOG,     /* rows of the security log that strangers cause, all of them together: 1/s, burst 500 */
    LIMIT_CLASSES
};

struct limits;

struct limits *limits_new(bool enforce);
void limits_free(struct limits *l);
/* May party ask once more? Else how long to wait, in *ret_wait_s (at least 1). now: monotonic ms. */
bool limits_take(struct limits *l, enum limit_class limit, const char *party, int64_t now, int *ret_wait_s);

#endif
