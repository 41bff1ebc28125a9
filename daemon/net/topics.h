/* What one can listen to: the names of topics, who may hear them, and the view that each one shows. */
#ifndef NET_TOPICS_H
#define NET_TOPICS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/view.pb-c.h"

struct call;
struct hall;
struct net;

enum topic_kind {
    TOPIC_CALL,
    TOPIC_BOARD,
    TOPIC_HALL,
    TOPIC_WINDOWS,
    TOPIC_WINDOW,
    TOPIC_TICKET,
    TOPIC_MATTER,
    TOPIC_INBOX,
    TOPIC_KINDS
};

struct topic_id {
    enum topic_kind kind;
    uint64_t of; /* the window, the ticket, the matter; of an inbox whose it is; else 0 */
};

/* "window/7/". 0; BAD_VALUE: no such topic; NO_WINDOW, NO_TICKET, NO_MATTER; WRONG_ROLE or NO_SESSION: not for this
 * caller. */
int topic_from_name(const struct call *c, const char *name, struct topic_id *ret);
const char *topic_event(enum topic_kind kind); /* the name of its events */
unsigned topic_roles(enum topic_kind kind);    /* who may hear it */
uint64_t topic_key(struct topic_id id);        /* one number, not 0 */
/* The present state that the topic shows; NULL for calls, an inbox, and when there is nothing (any more). */
ProtobufCMessage *topic_view(const struct net *n, struct topic_id id);
/* Puts that into a snapshot, which owns it then. */
void topic_into_snapshot(const struct net *n, struct topic_id id, Halld__StreamSnapshot *snapshot);

#endif
