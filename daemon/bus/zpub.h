/*
 * The publishing socket: binds, sends [topic][header][view] to whoever subscribed, says who subscribes to what. Never
 * waits for a subscriber: one that does not take its messages loses them.
 */
#ifndef BUS_ZPUB_H
#define BUS_ZPUB_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

#include "bus/curve.h"

struct loop;
struct zpub;

struct zpub_options {
    void *context; /* ZeroMQ's */
    struct loop *loop;
    const char *address;
    const struct curve *curve; /* NULL: in the clear; borrowed for the call */
    /* Somebody subscribed to a topic, for the first time or again. Borrowed during the call. */
    void (*subscribed)(void *arg, const char *topic, size_t len);
    void *arg;
};

/* 0, IN_USE if the address is taken, or another code; with why. */
int zpub_open(const struct zpub_options *o, struct zpub **ret, char why[200]);
void zpub_close(struct zpub *z);
const char *zpub_address(const struct zpub *z); /* as bound: with the port where the options left it open */
void zpub_send(struct zpub *z, const char *topic, const ProtobufCMessage *header, const ProtobufCMessage *view);
/* Ends every connection and listens again at once: whoever comes back is asked for its key anew. */
void zpub_rebind(struct zpub *z);

#endif
