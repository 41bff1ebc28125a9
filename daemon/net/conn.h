/*
 * Every open connection: how many there are in all and by address, until when each must have done its next step,
 * and what evhttp does not say by itself (when a connection ends, and its own error pages).
 *
 * evhttp makes the connections; this module hands it their bufferevents and so sees each one from its first byte.
 * Owns no request and no stream: whoever holds one is told when the connection goes.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/address.h"

struct bufferevent;
struct conns;
struct event_base;
struct evhttp_connection;
struct loop;
struct tls;

enum conn_state {
    CONN_READING,  /* header and body come in */
    CONN_HANDLED,  /* a request is being answered */
    CONN_REPLYING, /* the answer goes out */
    CONN_IDLE,     /* kept alive */
    CONN_STREAM    /* belongs to a stream until its end */
};

struct conn {
    struct conns *all;
    struct conn *prev, *next;
    struct bufferevent *bev;
    struct evhttp_connection *ev;                                  /* NULL until accepted for good */
    void (*failed)(struct bufferevent *bev, short what, void *ev); /* evhttp's own, while a request is handled */
    struct address peer;
    bool is_unix, is_tls;
    bool is_large;    /* its request may be large */
    bool has_no_room; /* it might, if not so many were */
    uid_t uid;        /* with is_unix */
    enum conn_state state;
    int64_t deadline; /* monotonic ms; 0 = none */
    /* Set by whoever holds the connection; called as it ends. */
    void (*gone)(void *holder);
    void *holder;
};

struct conns_options {
    struct loop *loop;
    struct tls *tls; /* for the TCP side; NULL = plain */
    int most, most_by_address;
    const struct address_prefix *trusted; /* proxies: one address for many callers; borrowed */
    size_t n_trusted;
    int timeout_ms;     /* for a whole request, header and body */
    size_t input_bytes; /* a connection's unread input at most; more stays with the kernel */
    size_t body_bytes;
    /* Requests that begin with these words may have a body of large_bytes, and a minute, but only a few at once. */
    const char *large;
    size_t large_bytes;
};

struct conns *conns_new(const struct conns_options *o);
/* After evhttp_free: no connection may be left. */
void conns_free(struct conns *c);

/* evhttp's bevcb; arg is a conns_side. */
struct conns_side {
    struct conns *all;
    bool is_unix;
};
struct bufferevent *conns_bufferevent(struct event_base *base, void *side);

struct conn *conns_find(struct conns *c, struct evhttp_connection *ev);
int conns_count(const struct conns *c);
/* How many have a request or an unfinished answer; streams and idle ones do not count. */
int conns_busy(const struct conns *c);
/* Ends those that wait for a request, and later each of the others after its answer. */
void conns_stop(struct conns *c);
bool conns_are_stopping(const struct conns *c);

/* The connection's next step, with its deadline. */
void conn_move(struct conn *c, enum conn_state state);
/* Ends it at once; gone() is called. */
void conn_end(struct conn *c);

#endif
