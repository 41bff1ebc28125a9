/*
 * The HTTP server: libevent's evhttp with its traps closed, once. Requests come in whole (header and body, within
 * their limits and their deadline), are handled on the loop thread, and are answered once, at once or later; or they
 * become streams. Knows nothing of the hall, of roles, of JSON.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/address.h"

struct http;
struct loop;
struct request;
struct stream;

struct http_options {
    struct loop *loop;
    const char *listen;            /* host:port; port 0 takes a free one; NULL: no TCP */
    const char *socket_path;       /* NULL: no Unix socket */
    const char *certificate, *key; /* PEM files; NULL: plain */
    char *const *trusted_proxy;
    size_t n_trusted_proxy;
    int connections, connections_by_address; /* the latter beyond loopback and trusted proxies, and of streams too */
    int timeout_ms;                          /* for header and body together */
    size_t body_bytes, header_bytes;
    const char *large; /* "POST /path ": requests that begin so may have bodies of large_bytes; NULL: none may */
    size_t large_bytes;
    int streams;
    /* Every request goes here; it must be answered (http_reply) or made a stream, once. */
    void (*handle)(void *arg, struct request *r);
    void *arg;
};

/* 0, or a negative code with why. */
int http_open(const struct http_options *o, struct http **ret, char why[200]);
int http_port(const struct http *h); /* 0 without TCP */
/* Accepts nothing more, ends idle connections and streams; answers still go out. */
void http_stop(struct http *h);
bool http_is_quiet(const struct http *h); /* stopped, and every answer is out */
/* Ends every connection. Requests still held are answered into nothing. */
void http_close(struct http *h);
int http_connections(const struct http *h);
int http_streams(const struct http *h);

/* A request; texts are borrowed until its answer. */
const char *request_method(const struct request *r); /* "" for one that HTTP does not know */
const char *request_path(const struct request *r);   /* as sent, percent signs and all; begins with a slash */
const char *request_query(const struct request *r);  /* without the question mark; "" if there is none */
const char *request_header(const struct request *r, const char *name); /* NULL if absent */
const char *request_body(struct request *r, size_t *ret_len);          /* never NULL */
/* The caller's address, proxies that are trusted left out; NULL for a Unix socket. */
const struct address *request_address(const struct request *r);
bool request_peer_uid(const struct request *r, uid_t *ret); /* true: came by the Unix socket, from this user */
bool request_is_encrypted(const struct request *r);         /* TLS to us, or to the trusted proxy before us */
bool request_is_local(const struct request *r);             /* from this machine */

/* For the answer. The text is copied. */
void request_add_header(struct request *r, const char *name, const char *value);
/* Answers and ends the request. type NULL: no body. A HEAD gets the header alone. */
void http_reply(struct request *r, int status, const char *type, const void *body, size_t len);

/* ---- streams: an answer without an end */

/* One piece of a stream, framed once for all who get it. */
struct stream_piece {
    char *framed; /* owned */
    size_t head, len, all;
};
void stream_piece_init(struct stream_piece *p, const void *data, size_t len);
void stream_piece_fini(struct stream_piece *p);

/*
 * Makes the request a stream, with status 200. NULL: there are too many; the request is still to be answered.
 * gone: the peer left, or the server stopped; the stream is no more.
 */
struct stream *stream_start(struct request *r, const char *type, void (*gone)(void *arg), void *arg);
void stream_send(struct stream *s, const struct stream_piece *p);
size_t stream_backlog(const struct stream *s); /* bytes the peer has not taken yet */
void stream_end(struct stream *s);             /* gone() is not called; what is written still goes out */
void stream_drop(struct stream *s);            /* at once; gone() is not called */

#endif
