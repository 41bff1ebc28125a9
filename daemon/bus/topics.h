/*
 * The topics of the bus and what was last said on each. Finds out which views have changed and may go out; knows no
 * sockets. One kind of topic is one row of a table.
 */
#ifndef BUS_TOPICS_H
#define BUS_TOPICS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hall.h"
#include "proto/bus.pb-c.h"

enum { TOPIC_NAME = 24 };

struct topics;
struct topic;

/* What views are made from. */
struct topics_look {
    const struct hall *hall;   /* committed */
    const struct quote *quote; /* what is forecast; NULL: nothing */
    int64_t now;               /* the hall's time */
    int64_t mono;              /* monotonic ms */
    bool read_only;
};

/* As if every topic had been said at this moment. */
struct topics *topics_new(const struct topics_look *look);
void topics_free(struct topics *t);

/* The hall may have changed: which topics are to be looked at again. */
void topics_note(struct topics *t, const struct topics_look *look);
/* Time has passed: all are. */
void topics_note_all(struct topics *t);

/* The next topic whose view has changed and that may speak now, and the view (freed by the caller). NULL if there is
 * none; *ret_wait: ms until one may, -1 = none waits. Say it, then topics_said. */
struct topic *topics_next(struct topics *t, const struct topics_look *look, ProtobufCMessage **ret_view,
                          int64_t *ret_wait);
struct topic *topics_calls(struct topics *t); /* "call/", which speaks of events */

const char *topic_name(const struct topic *topic);
/* Notes the message and returns the seq of the one before on this topic; 0 = it is the first. */
uint64_t topics_said(struct topics *t, struct topic *topic, uint64_t seq);
/* Counts up whenever something was said or a topic came or went. */
uint64_t topics_version(const struct topics *t);

/* The last message of each, in rows that borrow their names; *ret is freed with topics_list_free. */
size_t topics_list(const struct topics *t, Halld__BusTopic ***ret);
void topics_list_free(Halld__BusTopic **list);

/* For the test that only numbers reach the bus: every message that is a view of some topic; NULL at the end. */
const ProtobufCMessageDescriptor *topics_view_at(size_t i);

#endif
