#include "bus/zpub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "bus/zap.h"
#include "bus/zwatch.h"

enum {
    QUEUE_MOST = 1000,         /* messages for a subscriber that does not take them; what comes then is lost to it */
    SENDING_MOST = 128 * 1024, /* bytes that the kernel holds for it; a screen in its right mind has none waiting */
    INBOUND_MOST = 1024,       /* bytes of a subscription or of the handshake */
    HANDSHAKE_MS = 5000,       /* then a peer that does not speak ZeroMQ is cut */
    PING_MS = 5000,            /* a peer is asked whether it is there, */
    PING_GIVE_UP_MS = 15000,   /* and cut if it does not answer for so long */
    REBIND_MS = 5,             /* until the old listener has let go of the address */
    REBIND_SLOW_MS = 1000,
    REBIND_QUICK = 400, /* tries */
};

struct zpub {
    void *socket;
    struct zwatch *watch;
    struct loop_watch *rebind;
    int rebind_tries;
    char address[256];
    void (*subscribed)(void *arg, const char *topic, size_t len);
    void *arg;
};

static const struct {
    int option, value;
} settings[] = {
    {ZMQ_XPUB_VERBOSE, 1}, /* subscriptions that another screen has as well, and those repeated */
    {ZMQ_LINGER, 0},
    {ZMQ_SNDHWM, QUEUE_MOST},
    {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
    {ZMQ_HEARTBEAT_IVL, PING_MS},
    {ZMQ_HEARTBEAT_TIMEOUT, PING_GIVE_UP_MS},
    {ZMQ_BACKLOG, 256},
    {ZMQ_SNDBUF, SENDING_MOST},
};

static int set_all(void *socket, const struct curve *curve)
{
    static const int one = 1;
    static const int64_t inbound = INBOUND_MOST;
    int failed = zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &inbound, sizeof inbound);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        failed |= zmq_setsockopt(socket, settings[i].option, &settings[i].value, sizeof(int));
    if (!curve)
        return failed;
    failed |= zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
    failed |= zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &one, sizeof one);
    failed |= zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, curve->public_key, CURVE_TEXT);
    failed |= zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, curve->secret_key, CURVE_TEXT);
    return failed;
}

/* A message from a subscriber: 1 and the topic it subscribes to, 0 and the one it leaves; all else is not for us. */
static void on_message(void *arg)
{
    struct zpub *z = arg;
    zmq_msg_t m;
    zmq_msg_init(&m);
    if (zmq_msg_recv(&m, z->socket, ZMQ_DONTWAIT) > 0) {
        const char *data = zmq_msg_data(&m);
        if (data[0] == 1)
            z->subscribed(z->arg, data + 1, zmq_msg_size(&m) - 1);
    }
    zmq_msg_close(&m);
}

/* A display may run as another user of the machine; what it gets is what every TCP client of the machine gets. */
static void open_socket_file(const char *address)
{
    if (strncmp(address, "ipc:///", 7) == 0 && chmod(address + 6, 0666) != 0)
        log_warn("bus", "%s: %s", address, strerror(errno));
}

static int bind_socket(struct zpub *z, const char *address)
{
    size_t size = sizeof z->address;
    if (zmq_bind(z->socket, address) != 0)
        return errno;
    if (zmq_getsockopt(z->socket, ZMQ_LAST_ENDPOINT, z->address, &size) != 0)
        return errno;
    open_socket_file(z->address);
    return 0;
}

static void on_rebind(void *arg)
{
    struct zpub *z = arg;
    char address[sizeof z->address];
    memcpy(address, z->address, sizeof address);
    int failed = bind_socket(z, address);
    zwatch_look(z->watch);
    if (!failed)
        return;
    if (++z->rebind_tries == REBIND_QUICK)
        log_error("bus", "%s: %s; still trying", address, zmq_strerror(failed));
    loop_watch_arm(z->rebind, z->rebind_tries < REBIND_QUICK ? REBIND_MS : REBIND_SLOW_MS);
}

static int fail(char why[200], const char *address, int error)
{
    snprintf(why, 200, "zmq: %.100s: %s", address,
             error == EADDRINUSE ? "地址被占用 / the address is taken" : zmq_strerror(error));
    return error == EADDRINUSE ? HALL_E_IN_USE : HALL_E_BAD_VALUE;
}

int zpub_open(const struct zpub_options *o, struct zpub **ret, char why[200])
{
    struct zpub *z = alloc_zero(sizeof *z);
    z->socket = zmq_socket(o->context, ZMQ_XPUB);
    z->subscribed = o->subscribed;
    z->arg = o->arg;
    int error = z->socket && set_all(z->socket, o->curve) == 0 ? bind_socket(z, o->address) : errno;
    if (error) {
        zpub_close(z);
        return fail(why, o->address, error);
    }
    z->watch = zwatch_new(o->loop, z->socket, on_message, z);
    z->rebind = loop_watch_timer(o->loop, on_rebind, z);
    *ret = z;
    return 0;
}

void zpub_close(struct zpub *z)
{
    if (!z)
        return;
    zwatch_free(z->watch);
    loop_watch_free(z->rebind);
    if (z->socket)
        zmq_close(z->socket);
    free(z);
}

const char *zpub_address(const struct zpub *z)
{
    return z->address;
}

static void send_message(void *socket, const ProtobufCMessage *m, int more)
{
    zmq_msg_t part;
    if (zmq_msg_init_size(&part, protobuf_c_message_get_packed_size(m)) != 0)
        abort();
    protobuf_c_message_pack(m, zmq_msg_data(&part));
    if (zmq_msg_send(&part, socket, ZMQ_DONTWAIT | more) < 0)
        zmq_msg_close(&part);
}

void zpub_send(struct zpub *z, const char *topic, const ProtobufCMessage *header, const ProtobufCMessage *view)
{
    zmq_send(z->socket, topic, strlen(topic), ZMQ_DONTWAIT | ZMQ_SNDMORE);
    send_message(z->socket, header, ZMQ_SNDMORE);
    send_message(z->socket, view, 0);
    zwatch_look(z->watch);
}

void zpub_rebind(struct zpub *z)
{
    log_info("bus", "a screen's key was taken away: every screen connects anew");
    if (zmq_unbind(z->socket, z->address) != 0)
        log_error("bus", "%s: cannot end the connections: %s", z->address, zmq_strerror(errno));
    z->rebind_tries = 0;
    on_rebind(z);
}
