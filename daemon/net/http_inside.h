/* What the server and its streams share; for net/http.c and net/stream.c only. */
#ifndef NET_HTTP_INSIDE_H
#define NET_HTTP_INSIDE_H

#include <time.h>

#include "base/loop.h"
#include "net/conn.h"
#include "net/http.h"

struct evhttp;
struct evhttp_request;

struct http {
    struct http_options o;
    struct address_prefix *trusted;
    size_t n_trusted;
    struct tls *tls;
    struct conns *conns;
    struct conns_side tcp_side, local_side;
    struct evhttp *tcp, *local; /* two servers, because their bufferevents differ */
    struct door *tcp_door, *local_door;
    struct stream *streams;
    int n_streams;
    char date[32]; /* as of date_at */
    time_t date_at;
};

struct request {
    struct http *http;
    struct evhttp_request *ev; /* NULL: the peer has left */
    struct conn *conn;         /* NULL with it */
    struct address address;
    bool is_unix, is_encrypted;
    uid_t uid;
};

void streams_stop(struct http *h);

#endif
