/* What net's own files share: the whole of struct net. */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include "auth/devices.h"
#include "auth/limits.h"
#include "auth/lockout.h"
#include "auth/person.h"
#include "auth/sessions.h"
#include "auth/users.h"
#include "net/acks.h"
#include "net/beats.h"
#include "net/call.h"
#include "net/holds.h"
#include "net/net.h"
#include "net/pages.h"
#include "net/quota.h"
#include "net/sse.h"
#include "net/study.h"

struct net {
    struct loop *loop;
    struct net_options o;
    struct http *http;
    struct devices *devices;
    struct sessions *sessions;
    struct passwords *passwords;
    struct limits *limits;
    struct lockout *lockout;
    struct person_key *person_key; /* NULL: it could not be read or made, and nobody can book */
    struct holds *holds;
    struct quota *openings; /* of matters, by ticket */
    struct quota *files;    /* brought by a person, by matter */
    struct beats *beats;
    struct acks *acks;
    struct sse *sse;
    struct pages *pages;
    struct study *study;
    struct call *calls; /* not answered yet */
    struct migration *migrations;
    uint64_t rows_not_kept; /* of the security log, since the last that was */
    char *public_url, *socket_path;
    struct loop_watch *quiet_watch;
    void (*quiet)(void *arg);
    void *quiet_arg;
};

const struct quote *net_quote(const struct net *n); /* what is forecast now; NULL: nothing */
bool net_is_read_only(const struct net *n);
/* Frees the call, not its request. */
void net_forget_call(struct call *c);

#endif
