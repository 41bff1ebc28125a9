#include "net/sse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/map.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "net/handlers.h"
#include "net/inbox.h"
#include "net/inside.h"
#include "net/looker.h"
#include "net/topics.h"
#include "view/hall_view.h"
#include "view/matter_list.h"

enum {
    RING = 4096,
    FLUSH_MS = 100, /* states at most ten times a second */
    TICK_MS = 1000,
    HEARTBEAT_TICKS = 15,
    BACKLOG_MOST = 256 << 10, /* bytes that a reader may leave unread */
    TOPICS_MOST = 32,
    TICKETS_A_FLUSH = 64, /* of those whose place in the line may have moved */
    ID_SIZE = 40
};

struct member { /* one client's hearing of one topic */
    struct client *client;
    struct topic *topic;
    struct member *prev, *next; /* of the topic */
};

struct client {
    struct sse *sse;
    struct stream *stream;
    struct member members[TOPICS_MOST];
    int n_members;
    unsigned needs; /* one of these roles, or it may not go on; 0: none */
    bool is_slow;
    Halld__ActorKind__E kind;
    char name[CALLER_NAME_SIZE];
    uint8_t hash[32]; /* of its session or token */
    struct client *prev, *next;
};

struct topic {
    struct topic_id id;
    struct member *first;
    struct topic *prev, *next; /* of its kind */
    uint64_t sent;             /* hash of the state sent last */
    bool dirty;
};

struct kind {
    struct topic *first, *last;
    size_t n;
};

struct ring_entry {
    uint64_t seq;
    struct stream_piece piece;
};

struct sse {
    struct net *net;
    struct map topics; /* by topic_key */
    struct kind kinds[TOPIC_KINDS];
    struct client *clients;
    struct inbox *inbox; /* what has changed since the last flush */
    struct ring_entry *ring;
    size_t ring_n, ring_at;
    uint64_t ring_from; /* every call after this seq is in the ring */
    struct loop_watch *flush, *tick;
    bool flush_asked, any_slow, was_open, was_read_only;
    int64_t flushed_at;
    size_t stale; /* tickets at the head of their list whose place may have moved */
    int ticks;
};

static const struct hall *hall_of(const struct sse *s)
{
    return s->net->o.port.committed(s->net->o.port.engine);
}

static int64_t now_of(const struct sse *s)
{
    return s->net->o.port.now_ms(s->net->o.port.engine);
}

/* ---- topics and their clients */

static void kind_append(struct kind *k, struct topic *t)
{
    t->next = NULL;
    t->prev = k->last;
    if (k->last)
        k->last->next = t;
    else
        k->first = t;
    k->last = t;
    k->n++;
}

static void kind_take(struct kind *k, struct topic *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        k->first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    else
        k->last = t->prev;
    k->n--;
}

static struct topic *topic_of(struct sse *s, struct topic_id id)
{
    struct topic *t = map_find(&s->topics, topic_key(id));
    if (t)
        return t;
    t = alloc_zero(sizeof *t);
    t->id = id;
    map_put(&s->topics, topic_key(id), t);
    kind_append(&s->kinds[id.kind], t);
    return t;
}

static void topic_drop(struct sse *s, struct topic *t)
{
    map_remove(&s->topics, topic_key(t->id));
    kind_take(&s->kinds[t->id.kind], t);
    if (s->stale > s->kinds[TOPIC_TICKET].n)
        s->stale = s->kinds[TOPIC_TICKET].n;
    free(t);
}

static bool hears(const struct client *c, struct topic_id id)
{
    for (int i = 0; i < c->n_members; i++)
        if (topic_key(c->members[i].topic->id) == topic_key(id))
            return true;
    return false;
}

static void client_join(struct client *c, struct topic_id id)
{
    if (hears(c, id))
        return;
    struct member *m = &c->members[c->n_members++];
    m->client = c;
    m->topic = topic_of(c->sse, id);
    m->next = m->topic->first;
    if (m->next)
        m->next->prev = m;
    m->topic->first = m;
}

static void member_leave(struct sse *s, struct member *m)
{
    if (m->prev)
        m->prev->next = m->next;
    else
        m->topic->first = m->next;
    if (m->next)
        m->next->prev = m->prev;
    if (!m->topic->first)
        topic_drop(s, m->topic);
}

/* The stream is gone already, or about to be. */
static void client_free(struct client *c)
{
    struct sse *s = c->sse;
    for (int i = 0; i < c->n_members; i++)
        member_leave(s, &c->members[i]);
    if (c->prev)
        c->prev->next = c->next;
    else
        s->clients = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c);
}

static void on_stream_gone(void *arg)
{
    client_free(arg);
}

static void client_send(struct client *c, const struct stream_piece *p)
{
    stream_send(c->stream, p);
    if (stream_backlog(c->stream) > BACKLOG_MOST)
        c->is_slow = c->sse->any_slow = true;
}

/* After the walks over topics, which it would disturb. */
static void drop_slow(struct sse *s)
{
    struct client *next;
    for (struct client *c = s->any_slow ? s->clients : NULL; c; c = next) {
        next = c->next;
        if (!c->is_slow)
            continue;
        stream_drop(c->stream);
        client_free(c);
    }
    s->any_slow = false;
}

/* ---- pieces */

static void piece_of(const struct sse *s, const char *event, uint64_t seq, const ProtobufCMessage *view,
                     struct stream_piece *ret)
{
    struct buf text = BUF_INIT;
    char epoch[17];
    hall_view_epoch(hall_epoch(hall_of(s)), epoch);
    buf_add_format(&text, "event: %s\nid: %s-%llu\ndata: ", event, epoch, (unsigned long long)seq);
    pbjson_write(view, &text);
    buf_add_text(&text, "\n\n");
    stream_piece_init(ret, text.data, text.len);
    buf_fini(&text);
}

static void send_to_topic(struct topic *t, const struct stream_piece *p)
{
    for (struct member *m = t->first; m; m = m->next)
        client_send(m->client, p);
}

static uint64_t hash_of(const struct stream_piece *p)
{
    const char *data = strstr(p->framed, "\ndata: ");
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *at = data; at < p->framed + p->all; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash;
}

static void publish_state(struct sse *s, struct topic *t)
{
    struct stream_piece piece;
    ProtobufCMessage *view = topic_view(s->net, t->id);
    t->dirty = false;
    if (!view)
        return;
    piece_of(s, topic_event(t->id.kind), hall_seq(hall_of(s)), view, &piece);
    protobuf_c_message_free_unpacked(view, NULL);
    uint64_t hash = hash_of(&piece);
    if (hash != t->sent) {
        t->sent = hash;
        send_to_topic(t, &piece);
    }
    stream_piece_fini(&piece);
}

/* ---- inboxes: what each reader is told differs */

static Halld__Role__E role_of(const struct client *c)
{
    const struct setup *setup = hall_setup(hall_of(c->sse));
    const Halld__User *u = c->kind == HALLD__ACTOR_KIND__E__user ? setup_user_find(setup, c->name) : NULL;
    const Halld__Device *d = c->kind == HALLD__ACTOR_KIND__E__device ? setup_device_find(setup, c->name) : NULL;
    if (c->kind == HALLD__ACTOR_KIND__E__peer)
        return HALLD__ROLE__E__admin;
    return u && !u->disabled ? u->role : d ? d->role : HALLD__ROLE__E__public;
}

struct telling {
    const struct sse *sse;
    struct topic *topic;
};

static void tell_news(void *arg, const Halld__InboxNews *news)
{
    struct telling *t = arg;
    struct stream_piece piece;
    piece_of(t->sse, topic_event(TOPIC_INBOX), hall_seq(hall_of(t->sse)), &news->base, &piece);
    send_to_topic(t->topic, &piece);
    stream_piece_fini(&piece);
}

static void flush_inboxes(struct sse *s)
{
    for (struct topic *t = s->kinds[TOPIC_INBOX].first; t; t = t->next) {
        const struct client *c = t->first->client;
        struct telling telling = {s, t};
        struct net_looker l;
        looker_of_user(&l, s->net, c->name, role_of(c));
        inbox_tell(s->inbox, &l.looker, tell_news, &telling);
    }
    inbox_clear(s->inbox);
}

/* ---- calls: at once, and kept */

static void ring_add_take(struct sse *s, uint64_t seq, struct stream_piece piece)
{
    struct ring_entry *e = &s->ring[s->ring_at];
    if (s->ring_n == RING) {
        s->ring_from = e->seq;
        stream_piece_fini(&e->piece);
    } else {
        s->ring_n++;
    }
    *e = (struct ring_entry){seq, piece};
    s->ring_at = (s->ring_at + 1) % RING;
}

static void publish_call(struct sse *s, const Halld__Event *e)
{
    Halld__CallView v = HALLD__CALL_VIEW__INIT;
    struct stream_piece piece;
    if (e->body_case == HALLD__EVENT__BODY_TICKET_CALLED) {
        v.number = e->ticket_called->number;
        v.window = e->ticket_called->window;
        v.repeat = 1;
    } else {
        v.number = e->call_repeated->number;
        v.window = e->call_repeated->window;
        v.repeat = e->call_repeated->repeat;
    }
    const Halld__Window *w = setup_window_find(hall_setup(hall_of(s)), v.window);
    v.called_at = e->at;
    if (w)
        v.window_name = w->name;
    piece_of(s, topic_event(TOPIC_CALL), e->seq, &v.base, &piece);
    struct topic *t = map_find(&s->topics, topic_key((struct topic_id){.kind = TOPIC_CALL}));
    if (t)
        send_to_topic(t, &piece);
    ring_add_take(s, e->seq, piece);
}

/* ---- states: marked, and sent together */

static void ask_flush(struct sse *s)
{
    if (s->flush_asked || !s->clients)
        return;
    s->flush_asked = true;
    loop_watch_arm(s->flush, s->flushed_at + FLUSH_MS - clock_monotonic_ms());
}

static void mark_kind(struct sse *s, enum topic_kind kind)
{
    for (struct topic *t = s->kinds[kind].first; t; t = t->next)
        t->dirty = true;
}

static void flush_kind(struct sse *s, enum topic_kind kind)
{
    for (struct topic *t = s->kinds[kind].first; t; t = t->next)
        if (t->dirty)
            publish_state(s, t);
}

/* People further back in the line: a few a time, each again at the end of the list. */
static void flush_stale_tickets(struct sse *s)
{
    struct kind *k = &s->kinds[TOPIC_TICKET];
    for (int i = 0; i < TICKETS_A_FLUSH && s->stale > 0; i++) {
        struct topic *t = k->first;
        s->stale--;
        kind_take(k, t);
        kind_append(k, t);
        publish_state(s, t);
    }
}

static void on_flush(void *arg)
{
    struct sse *s = arg;
    s->flush_asked = false;
    s->flushed_at = clock_monotonic_ms();
    for (int kind = TOPIC_BOARD; kind < TOPIC_KINDS; kind++)
        flush_kind(s, (enum topic_kind)kind);
    flush_inboxes(s);
    flush_stale_tickets(s);
    drop_slow(s);
    if (s->stale > 0)
        ask_flush(s);
}

static void mark_ticket(struct sse *s, const Halld__Event *e)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)e->body_case);
    const ProtobufCFieldDescriptor *id =
        f ? protobuf_c_message_descriptor_get_field_by_name(f->descriptor, "ticket") : NULL;
    if (!id || id->type != PROTOBUF_C_TYPE_UINT64)
        return;
    const char *body = *(const char *const *)(const void *)((const char *)e + f->offset);
    struct topic_id of = {TOPIC_TICKET, *(const uint64_t *)(const void *)(body + id->offset)};
    struct topic *t = map_find(&s->topics, topic_key(of));
    if (t)
        t->dirty = true;
}

static void mark_matter(struct sse *s, const Halld__Event *e)
{
    struct topic_id id = {TOPIC_MATTER, inbox_matter_of(e)};
    struct topic *t = id.of ? map_find(&s->topics, topic_key(id)) : NULL;
    if (t)
        t->dirty = true;
    if (s->kinds[TOPIC_INBOX].n)
        inbox_note(s->inbox, hall_of(s), e);
}

void sse_committed(struct sse *s, const struct hall *committed, Halld__Event *const *events, size_t n)
{
    (void)committed;
    for (size_t i = 0; i < n; i++) {
        if (events[i]->body_case == HALLD__EVENT__BODY_TICKET_CALLED ||
            events[i]->body_case == HALLD__EVENT__BODY_CALL_REPEATED)
            publish_call(s, events[i]);
        if (events[i]->body_case < HALLD__EVENT__BODY_TICKET_ISSUED) /* settings, days, the clock */
            mark_kind(s, TOPIC_HALL);
        mark_ticket(s, events[i]);
        mark_matter(s, events[i]);
    }
    mark_kind(s, TOPIC_BOARD);
    mark_kind(s, TOPIC_WINDOWS);
    mark_kind(s, TOPIC_WINDOW);
    s->stale = s->kinds[TOPIC_TICKET].n;
    drop_slow(s);
    ask_flush(s);
}

void sse_forecast_moved(struct sse *s)
{
    mark_kind(s, TOPIC_BOARD);
    s->stale = s->kinds[TOPIC_TICKET].n;
    ask_flush(s);
}

/* ---- time */

static bool is_still_good(const struct client *c)
{
    const struct sse *s = c->sse;
    const struct setup *setup = hall_setup(hall_of(s));
    if (c->kind == HALLD__ACTOR_KIND__E__user) {
        const Halld__User *u = setup_user_find(setup, c->name);
        return u && !u->disabled && (c->needs == 0 || role_includes(u->role) & c->needs) &&
               sessions_is_alive(s->net->sessions, c->hash, now_of(s));
    }
    if (c->kind == HALLD__ACTOR_KIND__E__device) {
        const Halld__Device *d = setup_device_find(setup, c->name);
        return d && d->token_hash.len == sizeof c->hash && memcmp(d->token_hash.data, c->hash, sizeof c->hash) == 0 &&
               (d->expires_at == 0 || d->expires_at > now_of(s));
    }
    return true;
}

static void heartbeat(struct sse *s)
{
    struct stream_piece piece;
    struct client *next;
    stream_piece_init(&piece, ":\n\n", 3);
    for (struct client *c = s->clients; c; c = next) {
        next = c->next;
        if (is_still_good(c)) {
            client_send(c, &piece);
        } else {
            stream_end(c->stream);
            client_free(c);
        }
    }
    stream_piece_fini(&piece);
    drop_slow(s);
}

static void on_tick(void *arg)
{
    struct sse *s = arg;
    bool is_open = queue_is_open(hall_queue(hall_of(s)), now_of(s)), is_read_only = net_is_read_only(s->net);
    if (is_open != s->was_open || is_read_only != s->was_read_only) { /* no event says so */
        mark_kind(s, TOPIC_BOARD);
        mark_kind(s, TOPIC_HALL);
        ask_flush(s);
    }
    s->was_open = is_open;
    s->was_read_only = is_read_only;
    if (++s->ticks % HEARTBEAT_TICKS == 0)
        heartbeat(s);
    loop_watch_arm(s->tick, TICK_MS);
}

/* ---- a client comes */

static void send_snapshot(struct client *c)
{
    const struct sse *s = c->sse;
    Halld__StreamSnapshot *v = alloc_zero(sizeof *v);
    struct stream_piece piece;
    char epoch[17];
    halld__stream_snapshot__init(v);
    v->seq = hall_seq(hall_of(s));
    hall_view_epoch(hall_epoch(hall_of(s)), epoch);
    v->epoch = alloc_text(epoch);
    for (int i = 0; i < c->n_members; i++) {
        struct topic_id id = c->members[i].topic->id;
        struct net_looker l;
        if (id.kind != TOPIC_INBOX) {
            topic_into_snapshot(s->net, id, v);
        } else {
            looker_of_user(&l, s->net, c->name, role_of(c));
            v->inbox = inbox_counts_new(&l.looker);
        }
    }
    piece_of(s, "snapshot", v->seq, &v->base, &piece);
    stream_send(c->stream, &piece);
    stream_piece_fini(&piece);
    halld__stream_snapshot__free_unpacked(v, NULL);
}

static bool can_resume(const struct sse *s, const char *last_id, uint64_t *ret_seq)
{
    uint64_t epoch;
    return last_id && parse_event_id(last_id, &epoch, ret_seq) && epoch == hall_epoch(hall_of(s)) &&
           *ret_seq >= s->ring_from && *ret_seq <= hall_seq(hall_of(s));
}

static void send_missed(struct client *c, uint64_t seq)
{
    const struct sse *s = c->sse;
    for (size_t i = 0; i < s->ring_n && hears(c, (struct topic_id){.kind = TOPIC_CALL}); i++) {
        const struct ring_entry *e = &s->ring[(s->ring_at + RING - s->ring_n + i) % RING];
        if (e->seq > seq)
            stream_send(c->stream, &e->piece);
    }
    for (int i = 0; i < c->n_members; i++) {
        struct topic_id id = c->members[i].topic->id;
        struct stream_piece piece;
        Halld__InboxNews anything = HALLD__INBOX_NEWS__INIT; /* what was missed is not known: the list is read again */
        ProtobufCMessage *view = id.kind == TOPIC_INBOX ? pbjson_clone(&anything.base) : topic_view(s->net, id);
        if (!view)
            continue;
        piece_of(s, topic_event(id.kind), hall_seq(hall_of(s)), view, &piece);
        protobuf_c_message_free_unpacked(view, NULL);
        stream_send(c->stream, &piece);
        stream_piece_fini(&piece);
    }
}

static struct client *client_new(struct sse *s, const struct call *call)
{
    struct client *c = alloc_zero(sizeof *c);
    c->sse = s;
    c->kind = call->caller.kind;
    snprintf(c->name, sizeof c->name, "%s", call->caller.id);
    if (call->caller.session)
        memcpy(c->hash, call->caller.session->hash, sizeof c->hash);
    const Halld__Device *d =
        c->kind == HALLD__ACTOR_KIND__E__device ? setup_device_find(hall_setup(hall_of(s)), c->name) : NULL;
    if (d && d->token_hash.len == sizeof c->hash)
        memcpy(c->hash, d->token_hash.data, sizeof c->hash);
    c->next = s->clients;
    if (c->next)
        c->next->prev = c;
    s->clients = c;
    return c;
}

/* The topics of the query; false: answered with what is wrong. */
static bool read_topics(struct call *call, struct topic_id ids[TOPICS_MOST], int *ret_n)
{
    char names[2048], *rest = names, *name;
    if (!call_query(call, "topics", names, sizeof names))
        return false;
    while ((name = strsep(&rest, ","))) {
        int code = *ret_n == TOPICS_MOST ? HALL_E_TOO_LONG : topic_from_name(call, name, &ids[*ret_n]);
        if (code != 0) {
            call_refuse_field(call, name[0] ? code : HALL_E_FIELD_MISSING, "topics", name);
            return false;
        }
        ++*ret_n;
    }
    return true;
}

void api_stream(struct call *call)
{
    struct sse *s = call->net->sse;
    struct topic_id ids[TOPICS_MOST];
    struct stream_piece retry;
    int n = 0;
    uint64_t seq;
    if (!read_topics(call, ids, &n))
        return;
    if (strcmp(request_method(call->request), "HEAD") == 0) {
        call_reply_text(call, 200, "text/event-stream", NULL, 0);
        return;
    }
    bool resumes = can_resume(s, request_header(call->request, "Last-Event-ID"), &seq);
    request_add_header(call->request, "Cache-Control", "no-store");
    request_add_header(call->request, "X-Content-Type-Options", "nosniff");
    request_add_header(call->request, "X-Accel-Buffering", "no"); /* or a proxy would keep the events */
    struct client *c = client_new(s, call);
    c->stream = stream_start(call->request, "text/event-stream", on_stream_gone, c);
    if (!c->stream) {
        client_free(c);
        call_refuse_wait(call, HALL_E_TOO_MANY, 5);
        return;
    }
    net_forget_call(call);
    for (int i = 0; i < n; i++) {
        client_join(c, ids[i]);
        c->needs |= topic_roles(ids[i].kind) & ~(unsigned)ROLE_PUBLIC;
    }
    stream_piece_init(&retry, "retry: 2000\n\n", 13);
    stream_send(c->stream, &retry);
    stream_piece_fini(&retry);
    if (resumes)
        send_missed(c, seq);
    else
        send_snapshot(c);
}

struct sse *sse_new(struct net *net)
{
    struct sse *s = alloc_zero(sizeof *s);
    s->net = net;
    s->ring = alloc_zero(RING * sizeof *s->ring);
    s->ring_from = hall_seq(hall_of(s));
    s->was_open = queue_is_open(hall_queue(hall_of(s)), now_of(s));
    s->inbox = inbox_new();
    s->flush = loop_watch_timer(net->loop, on_flush, s);
    s->tick = loop_watch_timer(net->loop, on_tick, s);
    loop_watch_arm(s->tick, TICK_MS);
    return s;
}

void sse_free(struct sse *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->ring_n; i++)
        stream_piece_fini(&s->ring[(s->ring_at + RING - s->ring_n + i) % RING].piece);
    free(s->ring);
    map_fini(&s->topics);
    inbox_free(s->inbox);
    loop_watch_free(s->flush);
    loop_watch_free(s->tick);
    free(s);
}
