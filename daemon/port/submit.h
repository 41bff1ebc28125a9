/*
 * What hands a command in: net and plug call it, the engine implements it, app.c joins them.
 * Everything runs on the loop thread.
 */
#ifndef PORT_SUBMIT_H
#define PORT_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/turn.h"
#include "proto/command.pb-c.h"

struct hall;

enum { SEALED_VALUE_SIZE = 33 }; /* 32 hexadecimal digits */

/* What became of a command. Borrowed during the call. */
struct answer {
    int code; /* 0, or a refusal or failure */
    const struct refusal *refusal;
    const struct hall *hall;     /* committed, with this command's events applied (or later ones, for a repeat) */
    Halld__Event *const *events; /* the command's events, durable now; none if nothing had to change */
    size_t n_events;
    bool repeated; /* the same key and request had been done before */
};

/* A secret that goes to disk in the command's transaction and never into an event. */
struct secret_row {
    uint8_t ref[16];
    char *value;
};

/* A person's own words. In the command's fields and in the events stands only what they are known by (value); the words
 * go to disk in the command's transaction, sealed for the matter and field in which the value stands then. */
struct sealed_text {
    char value[SEALED_VALUE_SIZE];
    char *text;
};

struct submission {
    Halld__Command *command;   /* moved in: the receiver frees it, also on refusal */
    const Halld__Actor *actor; /* borrowed for the call */
    Halld__Role__E role;
    const char *key;                  /* Idempotency-Key, or NULL: never remembered */
    struct secret_row *secret;        /* of the command, or NULL; borrowed for the call */
    size_t n_secrets;                 /* how many stand there; 0 reads as one */
    const struct sealed_text *sealed; /* borrowed for the call */
    size_t n_sealed;
    /* Of a command that was made from what stood in the hall, or NULL: makes it anew from the hall on which it is
     * decided, with what others have changed meanwhile. 0 or a refusal. Not called for a repeat. */
    int (*renew)(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r);
    /* Called exactly once, later or before submit returns. */
    void (*done)(void *arg, const struct answer *answer);
    void *arg;
};

struct submit_port {
    void *engine;
    /* What is forecast now, or NULL; the pointer itself may be NULL: nothing ever is. Borrowed until the loop turns. */
    const struct quote *(*quote)(void *engine);
    void (*submit)(void *engine, const struct submission *s);
    /* What everybody may read: the committed hall, and the hall's time now. */
    const struct hall *(*committed)(void *engine);
    int64_t (*now_ms)(void *engine);
};

#endif
