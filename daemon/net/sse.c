#include "net/sse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/loop.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "net/inbox.h"
#include "net/looker.h"
#include "net/sse_inside.h"
#include "view/hall_view.h"

enum {
    FLUSH_MS = 100, /* states at most ten times a second */
    TICK_MS = 1000,
    HEARTBEAT_TICKS = 15,
    BACKLOG_MOST = 256 << 10, /* bytes that a reader may leave unread */
    TICKETS_A_FLUSH = 64,     /* of those whose place in the line may have moved */
    ID_SIZE = 40
};

const struct hall *sse_hall(const struct sse *s)
{
    return s->net->o.port.committed(s->net->o.port.engine);
}

int64_t sse_now(const struct sse *s)
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

bool sse_client_hears(const struct client *c, struct topic_id id)
{
    for (int i = 0; i < c->n_members; i++)
        if (topic_key(c->members[i].topic->id) == topic_key(id))
            return true;
    return false;
}

void sse_client_join(struct client *c, struct topic_id id)
{
    if (sse_client_hears(c, id))
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
void sse_client_free(struct client *c)
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

void sse_client_gone(void *arg)
{
    sse_client_free(arg);
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
        sse_client_free(c);
    }
    s->any_slow = false;
}

/* ---- pieces */

void sse_piece(const struct sse *s, const char *event, uint64_t seq, const ProtobufCMessage *view,
               struct stream_piece *ret)
{
    struct buf text = BUF_INIT;
    char epoch[17];
    hall_view_epoch(hall_epoch(sse_hall(s)), epoch);
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
    sse_piece(s, topic_event(t->id.kind), hall_seq(sse_hall(s)), view, &piece);
    protobuf_c_message_free_unpacked(view, NULL);
    uint64_t hash = hash_of(&piece);
    if (hash != t->sent) {
        t->sent = hash;
        send_to_topic(t, &piece);
    }
    stream_piece_fini(&piece);
}

/* ---- inboxes: what each reader is told differs */

Halld__Role__E sse_client_role(const struct client *c)
{
    const struct setup *setup = hall_setup(sse_hall(c->sse));
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
    sse_piece(t->sse, topic_event(TOPIC_INBOX), hall_seq(sse_hall(t->sse)), &news->base, &piece);
    send_to_topic(t->topic, &piece);
    stream_piece_fini(&piece);
}

static void flush_inboxes(struct sse *s)
{
    for (struct topic *t = s->kinds[TOPIC_INBOX].first; t; t = t->next) {
        const struct client *c = t->first->client;
        struct telling telling = {s, t};
        struct net_looker l;
        looker_of_user(&l, s->net, c->name, sse_client_role(c));
        inbox_tell(s->inbox, &l.looker, tell_news, &telling);
    }
    inbox_clear(s->inbox);
}

/* ---- calls: at once, and kept */

static void ring_add_take(struct sse *s, uint64_t seq, struct stream_piece piece)
{
    struct ring_entry *e = &s->ring[s->ring_at];
    if (s->ring_n == SSE_RING) {
        s->ring_from = e->seq;
        stream_piece_fini(&e->piece);
    } else {
        s->ring_n++;
    }
    *e = (struct ring_entry){seq, piece};
    s->ring_at = (s->ring_at + 1) % SSE_RING;
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
    const Halld__Window *w = setup_window_find(hall_setup(sse_hall(s)), v.window);
    v.called_at = e->at;
    if (w)
        v.window_name = w->name;
    sse_piece(s, topic_event(TOPIC_CALL), e->seq, &v.base, &piece);
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
        inbox_note(s->inbox, sse_hall(s), e);
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
    const struct setup *setup = hall_setup(sse_hall(s));
    if (c->kind == HALLD__ACTOR_KIND__E__user) {
        const Halld__User *u = setup_user_find(setup, c->name);
        return u && !u->disabled && (c->needs == 0 || role_includes(u->role) & c->needs) &&
               sessions_is_alive(s->net->sessions, c->hash, sse_now(s));
    }
    if (c->kind == HALLD__ACTOR_KIND__E__device) {
        const Halld__Device *d = setup_device_find(setup, c->name);
        return d && d->token_hash.len == sizeof c->hash && memcmp(d->token_hash.data, c->hash, sizeof c->hash) == 0 &&
               (d->expires_at == 0 || d->expires_at > sse_now(s));
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
            sse_client_free(c);
        }
    }
    stream_piece_fini(&piece);
    drop_slow(s);
}

static void on_tick(void *arg)
{
    struct sse *s = arg;
    bool is_open = queue_is_open(hall_queue(sse_hall(s)), sse_now(s)), is_read_only = net_is_read_only(s->net);
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

/* ---- the whole */

struct sse *sse_new(struct net *net)
{
    struct sse *s = alloc_zero(sizeof *s);
    s->net = net;
    s->ring = alloc_zero(SSE_RING * sizeof *s->ring);
    s->ring_from = hall_seq(sse_hall(s));
    s->was_open = queue_is_open(hall_queue(sse_hall(s)), sse_now(s));
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
        stream_piece_fini(&s->ring[(s->ring_at + SSE_RING - s->ring_n + i) % SSE_RING].piece);
    free(s->ring);
    map_fini(&s->topics);
    inbox_free(s->inbox);
    loop_watch_free(s->flush);
    loop_watch_free(s->tick);
    free(s);
}
