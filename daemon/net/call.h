/*
 * One request on its way through the API: who asks, in which language, on which route. Handlers answer it exactly
 * once, at once or later, with a view, a text, a refusal, or a command's answer.
 */
#ifndef NET_CALL_H
#define NET_CALL_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/caller.h"
#include "base/buf.h"
#include "net/http.h"
#include "net/parse.h"
#include "port/submit.h"
#include "proto/command.pb-c.h"

struct net;
struct route;

struct call {
    struct net *net;
    struct call *prev, *next; /* of net's list */
    struct request *request;
    const struct route *route;
    struct path_params params;
    struct caller caller;
    bool english;
    char party[24];                   /* see call_party; empty until asked for */
    bool without_key;                 /* each time makes a new secret, so a repeat cannot be told from a change */
    Halld__Command__BodyCase command; /* what was submitted */
    char *note;                       /* a handler's own text between its steps; freed with the call */
    uint8_t secret[16];               /* whose password is being verified: the reference of it */
};

const struct hall *call_hall(const struct call *c); /* committed; borrowed until the handler returns */
int64_t call_now(const struct call *c);             /* hall time */
const char *call_party(struct call *c); /* who is likely the same by address; limits and lockouts count by it */
const char *call_param(const struct call *c, const char *name); /* of the path; "" if the pattern has none */
/* A parameter of the query: "" if absent. false: malformed, and answered so. */
bool call_query(struct call *c, const char *name, char *ret, size_t size);
/* All parameters of the query into a message's fields; false: answered with what is wrong. */
bool call_query_message(struct call *c, ProtobufCMessage *into);
/* Is it to be CSV and not JSON, by `format` or what the caller accepts? false: malformed, and answered so. */
bool call_wants_csv(struct call *c, bool *ret);
/* The body as a message of the route's request descriptor; NULL: answered with what is wrong. Freed by the caller. */
ProtobufCMessage *call_body(struct call *c);

/* Answers. A message is moved in; NULL reads as NOT_FOUND. */
void call_reply(struct call *c, int status, ProtobufCMessage *message);
void call_reply_text(struct call *c, int status, const char *type, const void *text, size_t len);
void call_reply_qr(struct call *c, const char *page, const char *token); /* a page's address as a QR code */
void call_refuse(struct call *c, int code);
void call_refuse_with(struct call *c, const struct refusal *r);
void call_refuse_field(struct call *c, int code, const char *field, const char *value);
/* With a sentence of its own (NULL: the code's) and what else there is to say, each a key and a text; empty texts are
 * left out. */
struct call_detail {
    const char *key, *value;
};
void call_refuse_details(struct call *c, const struct refusal *r, const char *message, size_t n,
                         const struct call_detail *details);
void call_refuse_wait(struct call *c, int code, int wait_s); /* with Retry-After */
void call_refuse_today(struct call *c);                      /* what may be done so often a day: until midnight */
void call_redirect(struct call *c, const char *to);

/* A command in the caller's name, moved in; its answer is rendered by view/reply. */
void call_submit(struct call *c, Halld__Command *command);
/* The same, but `done` answers the call. The secret is borrowed, and may be NULL. */
void call_submit_for(struct call *c, Halld__Command *command, struct secret_row *secret,
                     void (*done)(void *arg, const struct answer *answer), void *arg);
/* The same with what else `with` brings; without a `done` the answer is rendered by view/reply. */
void call_submit_with(struct call *c, Halld__Command *command, const struct submission *with);
/* The Idempotency-Key that it is submitted with; NULL: none. */
const char *call_key(const struct call *c);
/* Is the Idempotency-Key absent, or printable and not long? */
bool call_key_is_sound(const struct call *c);
/* What a command's route does: body and path make the command. */
void call_command_from_request(struct call *c);
/* The answer of a refused command; true if it was one. */
bool call_refused(struct call *c, const struct answer *answer);

/* Into the security log: what was refused to whom. */
void call_log(struct call *c, const char *kind, const char *who, const char *what);
/* As well, for what costs a stranger nothing to cause: of a flood some rows are kept, and how many were not. */
void call_log_stranger(struct call *c, const char *kind, const char *who, const char *what);

#endif
