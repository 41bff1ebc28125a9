/*
 * What one command is decided with, besides the hall: read once by the caller, so that the core needs no
 * clock, no randomness and no knowledge of who is logged in.
 */
#ifndef CORE_TURN_H
#define CORE_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/quote.h"
#include "proto/event.pb-c.h"

struct turn {
    int64_t now_ms;              /* never before the hall's last event */
    const struct quote *quote;   /* NULL: nothing is forecast */
    const Halld__Actor *actor;   /* who asks; borrowed */
    Halld__Role__E role;         /* what the actor may do */
    uint8_t random[16];          /* fresh for each command: a new ticket's link */
    uint8_t key[16], request[8]; /* idempotency: hashes of (actor, key) and of the request */
    bool has_key;
};

/* Events of one command in their order; owned. */
struct events {
    Halld__Event **at;
    size_t n, cap;
};

#define EVENTS_INIT \
    {               \
        NULL, 0, 0  \
    }
void events_fini(struct events *e);
void events_add_take(struct events *e, Halld__Event *ev);

#endif
