#include "bus/zap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "bus/zwatch.h"

#define ZAP_ADDRESS "inproc://zeromq.zap.01"

enum { REQUEST_FRAMES = 7, FRAME_MOST = 256, LOG_GAP_MS = 1000 };

struct zap {
    void *socket;
    struct zwatch *watch;
    const struct screens *screens;
    int64_t logged_at; /* monotonic; a stranger must not fill the log */
};

struct frame {
    char data[FRAME_MOST];
    size_t len;
};

struct request {
    struct frame version, id, domain, address, identity, mechanism, credentials;
};

static bool frame_is(const struct frame *f, const char *text)
{
    return f->len == strlen(text) && memcmp(f->data, text, f->len) == 0;
}

/* false: not of RFC 27's shape. Takes the whole message in any case. */
static bool take_request(void *socket, struct request *r)
{
    struct frame *frames[REQUEST_FRAMES] = {&r->version,  &r->id,        &r->domain,     &r->address,
                                            &r->identity, &r->mechanism, &r->credentials};
    struct frame beyond;
    bool sound = true;
    int n = 0, more = 1;
    size_t size = sizeof more;
    for (; more; n++) {
        struct frame *f = n < REQUEST_FRAMES ? frames[n] : &beyond;
        int len = zmq_recv(socket, f->data, sizeof f->data, ZMQ_DONTWAIT);
        if (len < 0)
            return false;
        sound &= (size_t)len <= sizeof f->data;
        f->len = sound ? (size_t)len : 0;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    return sound && n == REQUEST_FRAMES;
}

static void log_refused(struct zap *z, const struct request *r)
{
    char key[CURVE_TEXT] = "?";
    int64_t now = clock_monotonic_ms();
    if (z->logged_at && now - z->logged_at < LOG_GAP_MS)
        return;
    z->logged_at = now;
    if (r->credentials.len == CURVE_BYTES)
        zmq_z85_encode(key, (const uint8_t *)r->credentials.data, CURVE_BYTES);
    log_warn("bus", "a screen that is not listed was refused: %.*s, key %s", (int)r->address.len, r->address.data, key);
}

static const char *allowed(const struct zap *z, const struct request *r)
{
    if (!frame_is(&r->version, "1.0") || !frame_is(&r->domain, ZAP_DOMAIN) || !frame_is(&r->mechanism, "CURVE") ||
        r->credentials.len != CURVE_BYTES)
        return NULL;
    return screens_find(z->screens, (const uint8_t *)r->credentials.data);
}

static void reply(struct zap *z, const struct frame *id, const char *name)
{
    const struct {
        const char *data;
        size_t len;
    } frames[] = {{"1.0", 3},
                  {id->data, id->len},
                  {name ? "200" : "400", 3},
                  {name ? "OK" : "not listed", name ? 2 : 10},
                  {name ? name : "", name ? strlen(name) : 0},
                  {"", 0}};
    enum { N = sizeof frames / sizeof *frames };
    for (int i = 0; i < N; i++)
        zmq_send(z->socket, frames[i].data, frames[i].len, ZMQ_DONTWAIT | (i < N - 1 ? ZMQ_SNDMORE : 0));
}

static void on_request(void *arg)
{
    struct zap *z = arg;
    struct request r;
    memset(&r, 0, sizeof r);
    bool sound = take_request(z->socket, &r);
    const char *name = sound ? allowed(z, &r) : NULL;
    if (name)
        log_info("bus", "screen %s connected from %.*s", name, (int)r.address.len, r.address.data);
    else
        log_refused(z, &r);
    reply(z, &r.id, name);
    zwatch_look(z->watch);
}

int zap_open(void *context, struct loop *loop, const struct screens *screens, struct zap **ret, char why[200])
{
    int none = 0;
    void *socket = zmq_socket(context, ZMQ_REP);
    if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none) != 0 || zmq_bind(socket, ZAP_ADDRESS) != 0) {
        snprintf(why, 200, "zmq: " ZAP_ADDRESS ": %s", zmq_strerror(errno));
        if (socket)
            zmq_close(socket);
        return HALL_E_INTERNAL;
    }
    struct zap *z = alloc_zero(sizeof *z);
    z->socket = socket;
    z->screens = screens;
    z->watch = zwatch_new(loop, socket, on_request, z);
    *ret = z;
    return 0;
}

void zap_close(struct zap *z)
{
    if (!z)
        return;
    zwatch_free(z->watch);
    zmq_close(z->socket);
    free(z);
}
