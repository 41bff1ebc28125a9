/* Streams: after the header the connection is taken out of evhttp's hands, which would exit the process at the
 * first byte from the peer, and buffer without limit for a slow one. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "net/http.h"
#include "net/http_inside.h"

/* A peer has nothing to say on a stream; after this much of it, it is cut. */
enum { CHATTER_MOST = 4096 };

struct stream {
    struct http *http;
    struct conn *conn;
    struct stream *prev, *next;
    bool is_chunked, is_ending;
    uint64_t party; /* whose it is; 0: of this machine, not counted */
    size_t chatter;
    void (*gone)(void *arg);
    void *arg;
};

void stream_piece_init(struct stream_piece *p, const void *data, size_t len)
{
    char size[20];
    p->head = (size_t)snprintf(size, sizeof size, "%zx\r\n", len);
    p->len = len;
    p->all = p->head + len + 2;
    p->framed = alloc_grow(NULL, p->all, 1);
    memcpy(p->framed, size, p->head);
    memcpy(p->framed + p->head, data, len);
    memcpy(p->framed + p->head + len, "\r\n", 2);
}

void stream_piece_fini(struct stream_piece *p)
{
    free(p->framed);
}

static void forget(struct stream *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        s->http->streams = s->next;
    if (s->next)
        s->next->prev = s->prev;
    s->http->n_streams--;
    free(s);
}

/* The connection's gone(). */
static void on_gone(void *holder)
{
    struct stream *s = holder;
    void (*gone)(void *arg) = s->gone;
    void *arg = s->arg;
    forget(s);
    if (gone)
        gone(arg);
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct stream *s = arg;
    struct evbuffer *in = bufferevent_get_input(bev);
    s->chatter += evbuffer_get_length(in);
    evbuffer_drain(in, evbuffer_get_length(in));
    if (s->chatter > CHATTER_MOST)
        conn_end(s->conn);
}

static void on_written(struct bufferevent *bev, void *arg)
{
    struct stream *s = arg;
    if (s->is_ending && evbuffer_get_length(bufferevent_get_output(bev)) == 0)
        conn_end(s->conn);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct stream *s = arg;
    (void)bev;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
        conn_end(s->conn);
}

/* Behind a proxy the connections are the proxy's, and one caller could take every stream there is. */
static bool has_too_many(const struct http *h, uint64_t party)
{
    int n = 0;
    for (const struct stream *s = h->streams; s; s = s->next)
        n += s->party == party;
    return n >= h->o.connections_by_address;
}

struct stream *stream_start(struct request *r, const char *type, void (*gone)(void *arg), void *arg)
{
    struct http *h = r->http;
    uint64_t party = request_is_local(r) ? 0 : address_party(&r->address);
    if (!r->ev || h->n_streams >= h->o.streams || (party && has_too_many(h, party)) || conns_are_stopping(h->conns))
        return NULL;
    struct stream *s = alloc_zero(sizeof *s);
    s->http = h;
    s->party = party;
    s->conn = r->conn;
    s->gone = gone;
    s->arg = arg;
    s->next = h->streams;
    if (s->next)
        s->next->prev = s;
    h->streams = s;
    h->n_streams++;
    evhttp_add_header(evhttp_request_get_output_headers(r->ev), "Content-Type", type);
    evhttp_send_reply_start(r->ev, 200, NULL);
    s->is_chunked = evhttp_find_header(evhttp_request_get_output_headers(r->ev), "Transfer-Encoding") != NULL;
    conn_move(s->conn, CONN_STREAM);
    s->conn->gone = on_gone;
    s->conn->holder = s;
    bufferevent_setcb(s->conn->bev, on_read, on_written, on_event, s);
    bufferevent_setwatermark(s->conn->bev, EV_READ, 0, CHATTER_MOST);
    bufferevent_enable(s->conn->bev, EV_READ | EV_WRITE);
    free(r);
    return s;
}

/* A peer that has taken everything so far mostly takes the next piece as well: asking the kernel at once saves the
 * round through the event loop. What it does not take waits in the buffer. */
static size_t write_now(const struct stream *s, const char *data, size_t len)
{
    if (s->conn->is_tls || stream_backlog(s) > 0)
        return 0;
    ssize_t n = send(bufferevent_getfd(s->conn->bev), data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n > 0 ? (size_t)n : 0; /* an error shows as the connection's end */
}

void stream_send(struct stream *s, const struct stream_piece *p)
{
    const char *data = s->is_chunked ? p->framed : p->framed + p->head;
    size_t len = s->is_chunked ? p->all : p->len, written = write_now(s, data, len);
    if (written < len)
        evbuffer_add(bufferevent_get_output(s->conn->bev), data + written, len - written);
}

size_t stream_backlog(const struct stream *s)
{
    return evbuffer_get_length(bufferevent_get_output(s->conn->bev));
}

void stream_end(struct stream *s)
{
    s->gone = NULL;
    s->is_ending = true;
    if (s->is_chunked)
        evbuffer_add(bufferevent_get_output(s->conn->bev), "0\r\n\r\n", 5);
    conn_move(s->conn, CONN_REPLYING); /* with its deadline */
    if (stream_backlog(s) == 0)
        conn_end(s->conn);
}

void stream_drop(struct stream *s)
{
    s->gone = NULL;
    conn_end(s->conn);
}

void streams_stop(struct http *h)
{
    struct stream *next;
    for (struct stream *s = h->streams; s; s = next) {
        void (*gone)(void *arg) = s->gone;
        void *arg = s->arg;
        next = s->next;
        if (!s->is_ending)
            stream_end(s);
        if (gone)
            gone(arg);
    }
}
