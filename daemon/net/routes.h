/*
 * Every path that the daemon answers: one row each. A row is all there is to know about it: who may ask, what it takes
 * and gives, and its description for the API's document.
 */
#ifndef NET_ROUTES_H
#define NET_ROUTES_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/parse.h"
#include "proto/command.pb-c.h"

#define API "/api/v1"

struct call;

enum route_limit {
    ROUTE_BY_CALLER, /* the caller's class; the public by address */
    ROUTE_BY_LINK,   /* as well by the {token} of the path */
    ROUTE_LOGIN,     /* as by caller; begins a session, so an old one's secret is not asked for */
    ROUTE_UNLIMITED
};

struct route {
    const char *method;
    const char *path; /* {name}: one segment */
    unsigned roles;   /* bits; a caller needs one of them */
    enum route_limit limit;
    Halld__Command__BodyCase command; /* the body and the path make this command; else 0, and handle answers */
    void (*handle)(struct call *c);
    const ProtobufCMessageDescriptor *request, *response; /* NULL: none, or `type` */
    const char *type;                                     /* of an answer that is no JSON message; NULL */
    const char *takes; /* the types of a body that is no JSON message, separated by blanks; NULL */
    int status;                                           /* of a success; of a command: view/reply's */
    const char *query; /* names of the query's parameters, separated by blanks; NULL */
    const char *zh, *en;
};

size_t route_count(void);
const struct route *route_at(size_t i); /* in the order of the API's document */

/* NULL if no row fits; *ret_allow then has the methods that the path does know, "GET, POST", or is empty. HEAD finds
 * GET's row. */
const struct route *route_find(const char *method, const char *path, struct path_params *ret_params,
                               char ret_allow[64]);

#endif
