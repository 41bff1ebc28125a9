/* A client comes: its topics, the snapshot that every stream begins with, or what it has missed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "core/hall.h"
#include "core/setup.h"
#include "net/handlers.h"
#include "net/looker.h"
#include "net/sse_inside.h"
#include "view/hall_view.h"
#include "view/matter_list.h"

static void send_snapshot(struct client *c)
{
    const struct sse *s = c->sse;
    Halld__StreamSnapshot *v = MESSAGE_NEW(Halld__StreamSnapshot, &halld__stream_snapshot__descriptor);
    struct stream_piece piece;
    char epoch[17];
    v->seq = hall_seq(sse_hall(s));
    hall_view_epoch(hall_epoch(sse_hall(s)), epoch);
    v->epoch = alloc_text(epoch);
    for (int i = 0; i < c->n_members; i++) {
        struct topic_id id = c->members[i].topic->id;
        struct net_looker l;
        if (id.kind != TOPIC_INBOX) {
            topic_into_snapshot(s->net, id, v);
        } else {
            looker_of_user(&l, s->net, c->name, sse_client_role(c));
            v->inbox = inbox_counts_new(&l.looker);
        }
    }
    sse_piece(s, "snapshot", v->seq, &v->base, &piece);
    stream_send(c->stream, &piece);
    stream_piece_fini(&piece);
    halld__stream_snapshot__free_unpacked(v, NULL);
}

static bool can_resume(const struct sse *s, const char *last_id, uint64_t *ret_seq)
{
    uint64_t epoch;
    return last_id && parse_event_id(last_id, &epoch, ret_seq) && epoch == hall_epoch(sse_hall(s)) &&
           *ret_seq >= s->ring_from && *ret_seq <= hall_seq(sse_hall(s));
}

static void send_missed(struct client *c, uint64_t seq)
{
    const struct sse *s = c->sse;
    for (size_t i = 0; i < s->ring_n && sse_client_hears(c, (struct topic_id){.kind = TOPIC_CALL}); i++) {
        const struct ring_entry *e = &s->ring[(s->ring_at + SSE_RING - s->ring_n + i) % SSE_RING];
        if (e->seq > seq)
            stream_send(c->stream, &e->piece);
    }
    for (int i = 0; i < c->n_members; i++) {
        struct topic_id id = c->members[i].topic->id;
        struct stream_piece piece;
        Halld__InboxNews anything = HALLD__INBOX_NEWS__INIT; /* what was missed is not known: the list is read again */
        ProtobufCMessage *view = id.kind == TOPIC_INBOX ? message_clone(&anything.base) : topic_view(s->net, id);
        if (!view)
            continue;
        sse_piece(s, topic_event(id.kind), hall_seq(sse_hall(s)), view, &piece);
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
        c->kind == HALLD__ACTOR_KIND__E__device ? setup_device_find(hall_setup(sse_hall(s)), c->name) : NULL;
    if (d && d->token_hash.len == sizeof c->hash)
        memcpy(c->hash, d->token_hash.data, sizeof c->hash);
    c->next = s->clients;
    if (c->next)
        c->next->prev = c;
    s->clients = c;
    return c;
}

/* The topics of the query; false: answered with what is wrong. */
static bool read_topics(struct call *call, struct topic_id ids[SSE_TOPICS], int *ret_n)
{
    char names[2048], *rest = names, *name;
    if (!call_query(call, "topics", names, sizeof names))
        return false;
    while ((name = strsep(&rest, ","))) {
        int code = *ret_n == SSE_TOPICS ? HALL_E_TOO_LONG : topic_from_name(call, name, &ids[*ret_n]);
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
    struct topic_id ids[SSE_TOPICS];
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
    c->stream = stream_start(call->request, "text/event-stream", sse_client_gone, c);
    if (!c->stream) {
        sse_client_free(c);
        call_refuse_wait(call, HALL_E_TOO_MANY, 5);
        return;
    }
    net_forget_call(call);
    for (int i = 0; i < n; i++) {
        sse_client_join(c, ids[i]);
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
