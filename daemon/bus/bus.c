#include "bus/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/message.h"
#include "bus/curve.h"
#include "bus/screens.h"
#include "bus/snaps.h"
#include "bus/topics.h"
#include "bus/zap.h"
#include "bus/zpub.h"
#include "view/board.h"
#include "view/hall_view.h"

enum { HEARTBEAT_MS = 2000, SNAPSHOT_GOOD_MS = 100 };

/* The snapshot last made; good for all who ask before the next message. */
struct kept {
    Halld__BusSnapshot *view; /* owned but for its topics' rows; NULL = none */
    Halld__BusHeader header;
    uint64_t version, seq;
    int64_t made; /* monotonic */
};

struct bus {
    struct loop *loop;
    struct bus_options o; /* port and read_only; the texts are not kept */
    void *context;
    struct zap *zap;
    struct zpub *zpub; /* NULL: deaf */
    struct screens *screens;
    struct topics *topics;
    struct snaps *snaps;
    struct kept kept;
    struct loop_watch *heartbeat, *later, *snap_later;
    uint64_t heartbeat_seq;
    char epoch[17];
    char public_key[CURVE_TEXT];
};

/* ---- speaking */

static struct topics_look look_now(const struct bus *b, const struct hall *h)
{
    const struct submit_port *port = &b->o.port;
    return (struct topics_look){.hall = h,
                                .quote = port->quote ? port->quote(port->engine) : NULL,
                                .now = port->now_ms(port->engine),
                                .mono = clock_monotonic_ms(),
                                .read_only = b->o.read_only(b->o.read_only_arg)};
}

static const struct hall *committed(const struct bus *b)
{
    return b->o.port.committed(b->o.port.engine);
}

static Halld__BusHeader header_of(struct bus *b, const struct hall *h, uint64_t seq, int64_t now)
{
    Halld__BusHeader header = HALLD__BUS_HEADER__INIT;
    hall_view_epoch(hall_epoch(h), b->epoch);
    header.seq = seq;
    header.epoch = b->epoch;
    header.at_ms = now;
    return header;
}

static void say(struct bus *b, struct topic *topic, uint64_t seq, const struct topics_look *look,
                ProtobufCMessage *view)
{
    Halld__BusHeader header = header_of(b, look->hall, seq, look->now);
    header.prev_seq = topics_said(b->topics, topic, seq);
    zpub_send(b->zpub, topic_name(topic), &header.base, view);
    protobuf_c_message_free_unpacked(view, NULL);
}

static void say_calls(struct bus *b, const struct topics_look *look, Halld__Event *const *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Halld__CallView *call = board_call_of_event(look->hall, events[i]);
        if (call)
            say(b, topics_calls(b->topics), events[i]->seq, look, &call->base);
    }
}

/* Says every view that changed; those that spoke a moment ago come later. */
static void say_changes(struct bus *b, const struct topics_look *look)
{
    ProtobufCMessage *view;
    struct topic *topic;
    int64_t wait;
    while ((topic = topics_next(b->topics, look, &view, &wait)))
        say(b, topic, hall_seq(look->hall), look, view);
    if (wait >= 0)
        loop_watch_arm(b->later, wait);
}

static void on_later(void *arg)
{
    struct bus *b = arg;
    struct topics_look look = look_now(b, committed(b));
    say_changes(b, &look);
}

static void on_committed(void *arg, const struct hall *h, Halld__Event *const *events, size_t n)
{
    struct bus *b = arg;
    if (!b->zpub)
        return;
    struct topics_look look = look_now(b, h);
    say_calls(b, &look, events, n);
    topics_note(b->topics, &look);
    say_changes(b, &look);
    if (screens_set(b->screens, hall_setup(h)) && b->zap) {
        snaps_forget(b->snaps);
        zpub_rebind(b->zpub);
    }
}

/* Some views change with the hour alone, so all are looked at. */
static void on_heartbeat(void *arg)
{
    struct bus *b = arg;
    struct topics_look look = look_now(b, committed(b));
    topics_note_all(b->topics);
    say_changes(b, &look);
    Halld__BusHeartbeat view = HALLD__BUS_HEARTBEAT__INIT;
    view.n_topics = topics_list(b->topics, &view.topics);
    Halld__BusHeader header = header_of(b, look.hall, hall_seq(look.hall), look.now);
    header.prev_seq = b->heartbeat_seq;
    b->heartbeat_seq = header.seq;
    zpub_send(b->zpub, "hb/", &header.base, &view.base);
    topics_list_free(view.topics);
    loop_watch_arm(b->heartbeat, HEARTBEAT_MS);
}

/* ---- snapshots */

static void forget_kept(struct bus *b)
{
    Halld__BusSnapshot *view = b->kept.view;
    if (!view)
        return;
    topics_list_free(view->topics);
    view->topics = NULL;
    view->n_topics = 0;
    halld__bus_snapshot__free_unpacked(view, NULL);
    b->kept.view = NULL;
}

static void make_kept(struct bus *b)
{
    struct topics_look look = look_now(b, committed(b));
    Halld__BusSnapshot *view = MESSAGE_NEW(Halld__BusSnapshot, &halld__bus_snapshot__descriptor);
    forget_kept(b);
    view->hall = hall_view_new(look.hall, look.now, look.read_only);
    view->board = board_view_new(look.hall, look.now);
    board_view_set_waits(view->board, look.quote);
    view->n_topics = topics_list(b->topics, &view->topics);
    b->kept = (struct kept){.view = view,
                            .header = header_of(b, look.hall, hall_seq(look.hall), look.now),
                            .version = topics_version(b->topics),
                            .seq = hall_seq(look.hall),
                            .made = look.mono};
}

static void keep_current(struct bus *b, int64_t now)
{
    const struct kept *k = &b->kept;
    if (!k->view || k->version != topics_version(b->topics) || k->seq != hall_seq(committed(b)) ||
        now - k->made >= SNAPSHOT_GOOD_MS)
        make_kept(b);
}

static void answer_snapshots(void *arg)
{
    struct bus *b = arg;
    const char *topic;
    int64_t wait, now = clock_monotonic_ms();
    while ((topic = snaps_next(b->snaps, now, &wait))) {
        keep_current(b, now);
        zpub_send(b->zpub, topic, &b->kept.header.base, &b->kept.view->base);
    }
    if (wait >= 0)
        loop_watch_arm(b->snap_later, wait);
}

static void on_subscribed(void *arg, const char *topic, size_t len)
{
    struct bus *b = arg;
    if (snaps_ask(b->snaps, topic, len, clock_monotonic_ms()))
        answer_snapshots(b);
}

/* ---- opening */

static int bad(char why[200], const char *address, const char *what)
{
    snprintf(why, 200, "zmq: %.80s: %s", address, what);
    return HALL_E_BAD_VALUE;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

int bus_check(const char *address, bool has_curve, char why[200])
{
    if (!begins(address, "tcp://") && !begins(address, "ipc://"))
        return bad(why, address, "要以 tcp:// 或 ipc:// 开头 / must begin with tcp:// or ipc://");
    if (!has_curve && begins(address, "tcp://") && !begins(address, "tcp://127.0.0.1:"))
        return bad(why, address, "本机以外的地址需要 zmq_curve / an address beyond this machine needs zmq_curve");
    return 0;
}

struct bus *bus_new(struct loop *loop)
{
    struct bus *b = alloc_zero(sizeof *b);
    b->loop = loop;
    b->screens = screens_new();
    b->snaps = snaps_new();
    b->heartbeat = loop_watch_timer(loop, on_heartbeat, b);
    b->later = loop_watch_timer(loop, on_later, b);
    b->snap_later = loop_watch_timer(loop, answer_snapshots, b);
    return b;
}

struct sink bus_sink(struct bus *b)
{
    return (struct sink){.name = "bus", .arg = b, .committed = on_committed};
}

/* The handler before the socket: else the first to come would be let in unasked. */
static int open_sockets(struct bus *b, const char *address, const char *key_file, char why[200])
{
    struct curve curve;
    bool has_curve = key_file && *key_file;
    int code = bus_check(address, has_curve, why);
    if (!code && has_curve)
        code = curve_read(key_file, &curve, why);
    if (code)
        return code;
    b->context = zmq_ctx_new();
    if (has_curve)
        code = zap_open(b->context, b->loop, b->screens, &b->zap, why);
    struct zpub_options z = {.context = b->context,
                             .loop = b->loop,
                             .address = address,
                             .curve = has_curve ? &curve : NULL,
                             .subscribed = on_subscribed,
                             .arg = b};
    if (!code)
        code = zpub_open(&z, &b->zpub, why);
    if (!code && has_curve)
        memcpy(b->public_key, curve.public_key, CURVE_TEXT);
    if (has_curve)
        curve_wipe(&curve);
    return code;
}

int bus_open(struct bus *b, const struct bus_options *o, char why[200])
{
    b->o = *o;
    const struct hall *h = committed(b);
    struct topics_look look = look_now(b, h);
    screens_set(b->screens, hall_setup(h));
    b->topics = topics_new(&look);
    b->heartbeat_seq = hall_seq(h);
    int code = open_sockets(b, *o->address ? o->address : BUS_ADDRESS, o->secret_key_file, why);
    if (code == HALL_E_IN_USE && !*o->address) {
        log_warn("bus", "%s; there is no display bus until the config names another address", why);
        return 0;
    }
    if (code)
        return code;
    log_info("bus", "display bus on %s%s%s", zpub_address(b->zpub), *b->public_key ? ", public key " : "",
             b->public_key);
    loop_watch_arm(b->heartbeat, HEARTBEAT_MS);
    return 0;
}

const char *bus_address(const struct bus *b)
{
    return b->zpub ? zpub_address(b->zpub) : "";
}

const char *bus_public_key(const struct bus *b)
{
    return b->public_key;
}

void bus_close(struct bus *b)
{
    if (!b)
        return;
    zpub_close(b->zpub);
    zap_close(b->zap);
    if (b->context)
        zmq_ctx_term(b->context);
    forget_kept(b);
    loop_watch_free(b->heartbeat);
    loop_watch_free(b->later);
    loop_watch_free(b->snap_later);
    screens_free(b->screens);
    snaps_free(b->snaps);
    topics_free(b->topics);
    free(b);
}
