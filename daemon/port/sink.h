/*
 * What receives committed events, in journal order, on the loop thread: views, SSE, bus, metrics. The
 * engine calls every sink once per batch that reached the disk; app.c makes the list.
 */
#ifndef PORT_SINK_H
#define PORT_SINK_H

#include <stddef.h>

#include "proto/event.pb-c.h"

struct hall;

struct sink {
    const char *name;
    void *arg;
    /* committed already holds the events. Borrowed during the call. */
    void (*committed)(void *arg, const struct hall *committed, Halld__Event *const *events, size_t n);
};

#endif
