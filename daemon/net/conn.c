#include "net/conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/map.h"
#include "net/tls.h"

enum { SWEEP_MS = 500, IDLE_MS = 75000, REPLY_MS = 30000 };
enum { LARGE_MOST = 12, LARGE_BY_ADDRESS = 3, LARGE_MS = 60000, LARGE_WORDS = 32 };

struct conns {
    struct conns_options o;
    struct conn *first;
    struct map by_bev;     /* bufferevent -> conn */
    struct map by_address; /* address_party -> count, as a pointer-sized number */
    struct conn *fresh;    /* handed to evhttp, not yet looked at */
    struct event *look;
    struct loop_watch *sweep;
    int count, busy, n_large;
    bool stopping;
};

/* ---- evhttp's own error pages, replaced by ours */

static void write_error(struct evbuffer *out, int code)
{
    static const struct {
        int code;
        const char *line;
    } LINES[] = {{HALL_E_BAD_REQUEST, "400 Bad Request"},
                 {HALL_E_TOO_LARGE, "413 Content Too Large"},
                 {HALL_E_TOO_MANY, "429 Too Many Requests\r\nRetry-After: 2"}};
    size_t row = 0;
    while (row + 1 < sizeof LINES / sizeof *LINES && LINES[row].code != code)
        row++;
    char body[256];
    /* The header that would name the caller's language is not ours to read here: both are said. */
    int len = snprintf(body, sizeof body, "{\"error\":{\"code\":\"%s\",\"message\":\"%s. %s\",\"details\":{}}}",
                       err_name(code), err_text_zh(code), err_text_en(code));
    evbuffer_drain(out, evbuffer_get_length(out));
    evbuffer_add_printf(out,
                        "HTTP/1.1 %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
                        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n%s",
                        LINES[row].line, len, body);
}

/* What evhttp says with a page of its own that has just been written; 0: there is none. */
static int code_of_page(struct evbuffer *out)
{
    static const char END[] = "</HTML>\n";
    char start[13], end[sizeof END - 1];
    struct evbuffer_ptr at;
    size_t len = evbuffer_get_length(out);
    if (evbuffer_ptr_set(out, &at, len - sizeof end, EVBUFFER_PTR_SET) != 0 ||
        evbuffer_copyout_from(out, &at, end, sizeof end) != (ev_ssize_t)sizeof end ||
        memcmp(end, END, sizeof end) != 0 ||
        evbuffer_copyout(out, start, sizeof start - 1) != (ev_ssize_t)sizeof start - 1)
        return 0;
    start[sizeof start - 1] = '\0';
    return strtol(start + 9, NULL, 10) == 413 ? HALL_E_TOO_LARGE : HALL_E_BAD_REQUEST;
}

/* evhttp answers a malformed or oversized request itself, in HTML, without asking anybody. Whatever it writes while
 * no request is in our hands is such a page, or "100 Continue". */
static void on_output(struct evbuffer *out, const struct evbuffer_cb_info *info, void *arg)
{
    const struct conn *c = arg;
    if (c->state != CONN_READING || info->n_added == 0 || evbuffer_get_length(out) < 64)
        return;
    if (!c->is_tls) /* a plain bufferevent lets only itself look at what it writes */
        evbuffer_unfreeze(out, 1);
    int code = code_of_page(out);
    if (code)
        write_error(out, code == HALL_E_TOO_LARGE && c->has_no_room ? HALL_E_TOO_MANY : code);
    if (!c->is_tls)
        evbuffer_freeze(out, 1);
}

/* A proxy's connections are its many callers': its address says nothing of one of them. */
static bool is_counted(const struct conns *all, const struct conn *c)
{
    if (c->is_unix || address_is_loopback(&c->peer))
        return false;
    for (size_t i = 0; i < all->o.n_trusted; i++)
        if (address_is_within(&c->peer, &all->o.trusted[i]))
            return false;
    return true;
}

/* ---- large requests */

static void allow(struct conn *c, bool large)
{
    const struct conns_options *o = &c->all->o;
    size_t more = large && o->large_bytes > o->body_bytes ? o->large_bytes - o->body_bytes : 0;
    c->all->n_large += large - c->is_large;
    c->is_large = large;
    bufferevent_setwatermark(c->bev, EV_READ, 0, o->input_bytes + more);
    evhttp_connection_set_max_body_size(c->ev, (ev_ssize_t)(o->body_bytes + more));
    if (large)
        c->deadline = clock_monotonic_ms() + LARGE_MS;
}

static bool is_room_for_large(const struct conn *c)
{
    int same = 0;
    for (const struct conn *other = c->all->first; other; other = other->next)
        same += other->is_large && is_counted(c->all, other) && address_party(&other->peer) == address_party(&c->peer);
    return c->all->n_large < LARGE_MOST && (same < LARGE_BY_ADDRESS || !is_counted(c->all, c));
}

/* Before evhttp reads the request's line, which it then forgets. Whoever finds no room has the limit of all, and is
 * told to come again. */
static void look_at_words(struct conn *c, struct evbuffer *in)
{
    char words[LARGE_WORDS];
    const char *large = c->all->o.large;
    size_t len = large ? strlen(large) : 0;
    if (!len || len > sizeof words || !c->ev || c->is_large || evbuffer_get_length(in) < len ||
        evbuffer_copyout(in, words, len) != (ev_ssize_t)len || memcmp(words, large, len) != 0)
        return;
    c->has_no_room = !is_room_for_large(c);
    if (!c->has_no_room)
        allow(c, true);
}

/* The first byte of a request on a kept connection starts its clock. */
static void on_input(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    struct conn *c = arg;
    if (info->n_added == 0)
        return;
    if (c->state == CONN_IDLE)
        conn_move(c, CONN_READING);
    if (c->state == CONN_READING)
        look_at_words(c, in);
}

/* ---- the register */

static void count_address(struct conns *all, const struct conn *c, int by)
{
    if (!is_counted(all, c))
        return;
    uint64_t party = address_party(&c->peer);
    intptr_t n = (intptr_t)map_find(&all->by_address, party) + by;
    if (n > 0)
        map_put(&all->by_address, party, (void *)n);
    else
        map_remove(&all->by_address, party);
}

static bool is_busy(enum conn_state state)
{
    return state == CONN_HANDLED || state == CONN_REPLYING;
}

static void forget(struct conn *c)
{
    struct conns *all = c->all;
    all->n_large -= c->is_large;
    map_remove(&all->by_bev, (uintptr_t)c->bev);
    if (c->prev)
        c->prev->next = c->next;
    else
        all->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    all->count--;
    all->busy -= is_busy(c->state);
    if (c->ev)
        count_address(all, c, -1);
    free(c);
}

static void on_close(struct evhttp_connection *ev, void *arg)
{
    struct conn *c = arg;
    (void)ev;
    if (c->gone)
        c->gone(c->holder);
    forget(c);
}

static bool read_peer(struct conn *c)
{
    evutil_socket_t fd = bufferevent_getfd(c->bev);
    if (c->is_unix) {
        struct ucred who;
        socklen_t len = sizeof who;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
            return false;
        c->uid = who.uid;
        return true;
    }
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    return getpeername(fd, (struct sockaddr *)&from, &len) == 0 &&
           address_from_socket((struct sockaddr *)&from, &c->peer);
}

static bool is_over_limits(const struct conns *all, const struct conn *c)
{
    if (all->stopping || all->count > all->o.most)
        return true;
    return is_counted(all, c) && (intptr_t)map_find(&all->by_address, address_party(&c->peer)) > all->o.most_by_address;
}

/* evhttp has no call for a new connection; but it makes itself the argument of its bufferevent's callbacks, so right
 * after its accept, and before any byte can arrive, the connection can be asked for. */
static void look(struct conns *all)
{
    struct conn *c = all->fresh;
    void *ev = NULL;
    if (!c)
        return;
    all->fresh = NULL;
    bufferevent_getcb(c->bev, NULL, NULL, NULL, &ev);
    if (!ev) { /* evhttp gave it up: it has freed the bufferevent */
        forget(c);
        return;
    }
    c->ev = ev;
    evhttp_connection_set_closecb(c->ev, on_close, c);
    bool known = read_peer(c);
    count_address(all, c, 1);
    if (!known || is_over_limits(all, c))
        conn_end(c);
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    look(arg);
}

struct bufferevent *conns_bufferevent(struct event_base *base, void *arg)
{
    const struct conns_side *side = arg;
    struct conns *all = side->all;
    look(all);
    struct conn *c = alloc_zero(sizeof *c);
    c->all = all;
    c->is_unix = side->is_unix;
    c->is_tls = all->o.tls && !side->is_unix;
    c->bev = c->is_tls ? tls_bufferevent(all->o.tls, base) : bufferevent_socket_new(base, -1, 0);
    if (!c->bev) {
        free(c);
        return NULL;
    }
    c->state = CONN_IDLE;
    conn_move(c, CONN_READING);
    bufferevent_setwatermark(c->bev, EV_READ, 0, all->o.input_bytes);
    evbuffer_add_cb(bufferevent_get_input(c->bev), on_input, c);
    evbuffer_add_cb(bufferevent_get_output(c->bev), on_output, c);
    map_put(&all->by_bev, (uintptr_t)c->bev, c);
    c->next = all->first;
    if (c->next)
        c->next->prev = c;
    all->first = c;
    all->count++;
    all->fresh = c;
    event_active(all->look, EV_TIMEOUT, 0);
    return c->bev;
}

static void on_sweep(void *arg)
{
    struct conns *all = arg;
    int64_t now = clock_monotonic_ms();
    struct conn *next;
    look(all);
    for (struct conn *c = all->first; c; c = next) {
        next = c->next;
        if (c->deadline && c->deadline <= now)
            conn_end(c);
    }
    loop_watch_arm(all->sweep, SWEEP_MS);
}

struct conns *conns_new(const struct conns_options *o)
{
    struct conns *all = alloc_zero(sizeof *all);
    all->o = *o;
    all->look = event_new(loop_base(o->loop), -1, 0, on_look, all);
    all->sweep = loop_watch_timer(o->loop, on_sweep, all);
    loop_watch_arm(all->sweep, SWEEP_MS);
    return all;
}

void conns_free(struct conns *all)
{
    if (!all)
        return;
    event_free(all->look);
    loop_watch_free(all->sweep);
    map_fini(&all->by_bev);
    map_fini(&all->by_address);
    free(all);
}

struct conn *conns_find(struct conns *all, struct evhttp_connection *ev)
{
    look(all);
    return map_find(&all->by_bev, (uintptr_t)evhttp_connection_get_bufferevent(ev));
}

int conns_count(const struct conns *all)
{
    return all->count;
}

int conns_busy(const struct conns *all)
{
    return all->busy;
}

bool conns_are_stopping(const struct conns *all)
{
    return all->stopping;
}

void conns_stop(struct conns *all)
{
    struct conn *next;
    look(all);
    all->stopping = true;
    for (struct conn *c = all->first; c; c = next) {
        next = c->next;
        if (c->state == CONN_READING || c->state == CONN_IDLE)
            conn_end(c);
    }
}

void conn_move(struct conn *c, enum conn_state state)
{
    const int in_ms[] = {
        [CONN_READING] = c->all->o.timeout_ms,
        [CONN_HANDLED] = 0,
        [CONN_REPLYING] = REPLY_MS,
        [CONN_IDLE] = IDLE_MS,
        [CONN_STREAM] = 0,
    };
    c->all->busy += is_busy(state) - is_busy(c->state);
    c->state = state;
    c->has_no_room &= state == CONN_READING || state == CONN_HANDLED;
    if (c->is_large && (state == CONN_REPLYING || state == CONN_STREAM))
        allow(c, false);
    c->deadline = in_ms[state] ? clock_monotonic_ms() + in_ms[state] : 0;
}

void conn_end(struct conn *c)
{
    evhttp_connection_free(c->ev);
}
