#include "net/http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "net/conn.h"
#include "net/door.h"
#include "net/http_inside.h"
#include "net/tls.h"

enum { SPARE_DESCRIPTORS = 64, INPUT_SPARE = 65536 }; /* evhttp wants a whole body before it takes it */

/* ---- requests */

static const struct {
    enum evhttp_cmd_type type;
    const char *name;
} METHODS[] = {
    {EVHTTP_REQ_GET, "GET"},     {EVHTTP_REQ_POST, "POST"},       {EVHTTP_REQ_HEAD, "HEAD"},
    {EVHTTP_REQ_PUT, "PUT"},     {EVHTTP_REQ_DELETE, "DELETE"},   {EVHTTP_REQ_OPTIONS, "OPTIONS"},
    {EVHTTP_REQ_TRACE, "TRACE"}, {EVHTTP_REQ_CONNECT, "CONNECT"}, {EVHTTP_REQ_PATCH, "PATCH"},
};

const char *request_method(const struct request *r)
{
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
        if (r->ev && METHODS[i].type == evhttp_request_get_command(r->ev))
            return METHODS[i].name;
    return "";
}

const char *request_path(const struct request *r)
{
    const struct evhttp_uri *uri = r->ev ? evhttp_request_get_evhttp_uri(r->ev) : NULL;
    const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
    return path && path[0] == '/' ? path : "/";
}

const char *request_query(const struct request *r)
{
    const struct evhttp_uri *uri = r->ev ? evhttp_request_get_evhttp_uri(r->ev) : NULL;
    const char *query = uri ? evhttp_uri_get_query(uri) : NULL;
    return query ? query : "";
}

/* As evhttp_find_header, whose comparison calls a function for each letter. */
const char *request_header(const struct request *r, const char *name)
{
    const struct evkeyval *h = r->ev ? TAILQ_FIRST(evhttp_request_get_input_headers(r->ev)) : NULL;
    while (h && strcasecmp(h->key, name) != 0)
        h = TAILQ_NEXT(h, next);
    return h ? h->value : NULL;
}

const char *request_body(struct request *r, size_t *ret_len)
{
    struct evbuffer *in = r->ev ? evhttp_request_get_input_buffer(r->ev) : NULL;
    *ret_len = in ? evbuffer_get_length(in) : 0;
    return *ret_len ? (const char *)evbuffer_pullup(in, -1) : "";
}

const struct address *request_address(const struct request *r)
{
    return r->is_unix ? NULL : &r->address;
}

bool request_peer_uid(const struct request *r, uid_t *ret)
{
    if (r->is_unix)
        *ret = r->uid;
    return r->is_unix;
}

bool request_is_encrypted(const struct request *r)
{
    return r->is_encrypted;
}

bool request_is_local(const struct request *r)
{
    return r->is_unix || address_is_loopback(&r->address);
}

void request_add_header(struct request *r, const char *name, const char *value)
{
    if (r->ev)
        evhttp_add_header(evhttp_request_get_output_headers(r->ev), name, value);
}

/* ---- answers */

/* The connection has ended under the request; it may be answered still, into nothing. */
static void on_gone(void *holder)
{
    struct request *r = holder;
    /* After a network error evhttp leaves the request to its holder; after a connection's plain end it frees it. */
    if (!evhttp_request_get_connection(r->ev))
        evhttp_request_free(r->ev);
    r->ev = NULL;
    r->conn = NULL;
}

static void on_complete(struct evhttp_request *ev, void *arg)
{
    struct conn *c = arg;
    (void)ev;
    bool more = evbuffer_get_length(bufferevent_get_input(c->bev)) > 0;
    conn_move(c, more ? CONN_READING : CONN_IDLE);
}

/* Writes without waiting until epoll says that the socket takes it: the descriptor does not change its mind, and the
 * answer leaves a turn earlier. What does not fit, and every error, is left to the bufferevent. */
static void send_now(struct conn *c)
{
    struct evbuffer *out = bufferevent_get_output(c->bev);
    if (c->is_tls)
        return;
    evbuffer_unfreeze(out, 1);
    evbuffer_write(out, bufferevent_getfd(c->bev));
    evbuffer_freeze(out, 1);
    if (evbuffer_get_length(out) > 0)
        return;
    bufferevent_disable(c->bev, EV_WRITE);
    bufferevent_trigger(c->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct conn *c = arg;
    if (what != (BEV_EVENT_READING | BEV_EVENT_EOF)) /* who has nothing more to say may listen still */
        c->failed(bev, what, c->ev);
}

/* evhttp stops listening until the answer and then begins again: two more calls of epoll_ctl. What comes meanwhile may
 * as well wait in the buffer, which has its limit. The answer brings evhttp's own callbacks back. */
static void listen_on(struct conn *c)
{
    if (c->is_tls)
        return;
    bufferevent_getcb(c->bev, NULL, NULL, &c->failed, NULL);
    bufferevent_setcb(c->bev, NULL, NULL, on_event, c);
    bufferevent_enable(c->bev, EV_READ);
}

/* evhttp would print one for each answer. */
static const char *date_now(struct http *h)
{
    time_t now = time(NULL);
    struct tm parts;
    if (now != h->date_at && gmtime_r(&now, &parts)) {
        h->date_at = now;
        strftime(h->date, sizeof h->date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return h->date;
}

/* A body may hold a password, or what somebody told the hall in confidence. */
static void wipe_body(struct request *r)
{
    size_t len;
    const char *body = request_body(r, &len);
    if (len)
        explicit_bzero((char *)(uintptr_t)body, len);
}

void http_reply(struct request *r, int status, const char *type, const void *body, size_t len)
{
    if (r->ev) {
        wipe_body(r);
        struct evkeyvalq *headers = evhttp_request_get_output_headers(r->ev);
        bool is_head = evhttp_request_get_command(r->ev) == EVHTTP_REQ_HEAD;
        evhttp_add_header(headers, "Date", date_now(r->http));
        if (type)
            evhttp_add_header(headers, "Content-Type", type);
        if (conns_are_stopping(r->http->conns))
            evhttp_add_header(headers, "Connection", "close");
        if (is_head && type) {
            char text[24];
            snprintf(text, sizeof text, "%zu", len);
            evhttp_add_header(headers, "Content-Length", text);
        }
        if (!is_head && len)
            evbuffer_add(evhttp_request_get_output_buffer(r->ev), body, len);
        struct conn *c = r->conn;
        c->gone = NULL;
        conn_move(c, CONN_REPLYING);
        evhttp_request_set_on_complete_cb(r->ev, on_complete, c);
        evhttp_send_reply(r->ev, status, NULL, NULL);
        send_now(c);
    }
    free(r);
}

/* Proxies may append to the line that the caller sent, or add one of their own: all lines count, in their order. */
static void add_lines(struct request *r, const char *name, struct buf *out)
{
    const struct evkeyval *h;
    TAILQ_FOREACH(h, evhttp_request_get_input_headers(r->ev), next)
    {
        if (strcasecmp(h->key, name) != 0)
            continue;
        if (out->len)
            buf_add_char(out, ',');
        buf_add_text(out, h->value);
    }
}

static void find_caller(struct request *r, const struct conn *c)
{
    const struct http *h = r->http;
    r->is_unix = c->is_unix;
    r->uid = c->uid;
    r->address = c->peer;
    r->is_encrypted = c->is_tls;
    if (c->is_unix || h->n_trusted == 0)
        return;
    bool trusted = false;
    for (size_t i = 0; i < h->n_trusted; i++)
        trusted = trusted || address_is_within(&c->peer, &h->trusted[i]);
    if (!trusted)
        return;
    struct buf forwarded = BUF_INIT, scheme = BUF_INIT;
    add_lines(r, "X-Forwarded-For", &forwarded);
    add_lines(r, "X-Forwarded-Proto", &scheme);
    r->is_encrypted = strcasecmp(buf_text(&scheme), "https") == 0; /* said twice: not believed */
    address_forwarded(buf_text(&forwarded), h->trusted, h->n_trusted, &r->address);
    buf_fini(&forwarded);
    buf_fini(&scheme);
}

/* Two ideas of where the request ends let somebody behind a proxy speak in another's name: two lengths, a length
 * beside chunks, a coding that evhttp does not know and so would skip, a name with a blank before its colon. */
static bool is_ambiguous(struct evhttp_request *ev)
{
    const struct evkeyval *h;
    const char *length = NULL, *coding = NULL;
    TAILQ_FOREACH(h, evhttp_request_get_input_headers(ev), next)
    {
        if (strpbrk(h->key, " \t"))
            return true;
        const char **kept = strcasecmp(h->key, "Content-Length") == 0      ? &length
                            : strcasecmp(h->key, "Transfer-Encoding") == 0 ? &coding
                                                                           : NULL;
        if (kept && *kept && strcmp(*kept, h->value) != 0)
            return true;
        if (kept)
            *kept = h->value;
    }
    return coding && (length || strcasecmp(coding, "chunked") != 0);
}

static void on_request(struct evhttp_request *ev, void *arg)
{
    struct http *h = arg;
    struct conn *c = conns_find(h->conns, evhttp_request_get_connection(ev));
    if (is_ambiguous(ev)) {
        evhttp_send_error(ev, HTTP_BADREQUEST,
                          NULL); /* and the connection ends; its page is replaced as evhttp's own */
        return;
    }
    struct request *r = alloc_zero(sizeof *r);
    r->http = h;
    r->ev = ev;
    r->conn = c;
    c->gone = on_gone;
    c->holder = r;
    conn_move(c, CONN_HANDLED);
    listen_on(c);
    find_caller(r, c);
    h->o.handle(h->o.arg, r);
}

/* ---- the server */

/* Connections may never use up the descriptors that files and the journal need. */
static int most_connections(int wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    rlim_t need = (rlim_t)wanted + SPARE_DESCRIPTORS;
    if (limit.rlim_cur < need) {
        limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= need)
        return wanted;
    log_warn("http", "only %d connections: the limit of open files is %d", (int)limit.rlim_cur - SPARE_DESCRIPTORS,
             (int)limit.rlim_cur);
    return limit.rlim_cur > 2 * SPARE_DESCRIPTORS ? (int)limit.rlim_cur - SPARE_DESCRIPTORS : SPARE_DESCRIPTORS;
}

static struct evhttp *server_new(struct http *h, struct conns_side *side, bool is_unix)
{
    struct evhttp *server = evhttp_new(loop_base(h->o.loop));
    if (!server)
        abort();
    side->all = h->conns;
    side->is_unix = is_unix;
    evhttp_set_bevcb(server, conns_bufferevent, side);
    evhttp_set_gencb(server, on_request, h);
    evhttp_set_allowed_methods(server, UINT16_MAX); /* the routes say which */
    evhttp_set_max_body_size(server, (ev_ssize_t)h->o.body_bytes);
    evhttp_set_max_headers_size(server, (ev_ssize_t)h->o.header_bytes);
    evhttp_set_default_content_type(server, NULL);
    /* Reads an oversized body to its end before answering, or the client would see a reset instead of the answer. */
    evhttp_set_flags(server, EVHTTP_SERVER_LINGERING_CLOSE);
    return server;
}

static int read_proxies(struct http *h, char why[200])
{
    h->trusted = alloc_zero((h->o.n_trusted_proxy + 1) * sizeof *h->trusted);
    for (size_t i = 0; i < h->o.n_trusted_proxy; i++) {
        if (!address_prefix_from_text(h->o.trusted_proxy[i], &h->trusted[i])) {
            snprintf(why, 200, "trusted_proxy %.100s: not an address or a prefix such as 10.0.0.0/8",
                     h->o.trusted_proxy[i]);
            return HALL_E_BAD_VALUE;
        }
        h->n_trusted++;
    }
    return 0;
}

static int open_doors(struct http *h, char why[200])
{
    const struct http_options *o = &h->o;
    int code = 0;
    if (o->certificate)
        code = tls_open(o->certificate, o->key, &h->tls, why);
    if (code != 0)
        return code;
    h->conns = conns_new(&(struct conns_options){.loop = o->loop,
                                                 .tls = h->tls,
                                                 .most = most_connections(o->connections),
                                                 .most_by_address = o->connections_by_address,
                                                 .trusted = h->trusted,
                                                 .n_trusted = h->n_trusted,
                                                 .timeout_ms = o->timeout_ms,
                                                 .input_bytes = o->header_bytes + o->body_bytes + INPUT_SPARE,
                                                 .body_bytes = o->body_bytes,
                                                 .large = o->large,
                                                 .large_bytes = o->large_bytes});
    h->tcp = server_new(h, &h->tcp_side, false);
    h->local = server_new(h, &h->local_side, true);
    if (o->listen)
        code = door_open_tcp(o->loop, h->tcp, o->listen, &h->tcp_door, why);
    if (code == 0 && o->socket_path)
        code = door_open_unix(o->loop, h->local, o->socket_path, &h->local_door, why);
    return code;
}

int http_open(const struct http_options *o, struct http **ret, char why[200])
{
    struct http *h = alloc_zero(sizeof *h);
    h->o = *o;
    signal(SIGPIPE, SIG_IGN);
    int code = read_proxies(h, why);
    if (code == 0)
        code = open_doors(h, why);
    if (code == 0)
        *ret = h;
    else
        http_close(h);
    return code;
}

int http_port(const struct http *h)
{
    return door_port(h->tcp_door);
}

void http_stop(struct http *h)
{
    door_shut(h->tcp_door);
    door_shut(h->local_door);
    conns_stop(h->conns);
    streams_stop(h);
}

bool http_is_quiet(const struct http *h)
{
    return conns_are_stopping(h->conns) && conns_busy(h->conns) == 0 && h->n_streams == 0;
}

void http_close(struct http *h)
{
    if (!h)
        return;
    door_shut(h->tcp_door);
    door_shut(h->local_door);
    if (h->tcp)
        evhttp_free(h->tcp);
    if (h->local)
        evhttp_free(h->local);
    door_free(h->tcp_door);
    door_free(h->local_door);
    conns_free(h->conns);
    tls_close(h->tls);
    free(h->trusted);
    free(h);
}

int http_connections(const struct http *h)
{
    return conns_count(h->conns);
}

int http_streams(const struct http *h)
{
    return h->n_streams;
}
