/* The streams' state, shared by sse.c, which sends what changes, and sse_open.c, with which a client comes. */
#ifndef NET_SSE_INSIDE_H
#define NET_SSE_INSIDE_H

#include "base/map.h"
#include "net/inside.h"
#include "net/topics.h"

enum { SSE_RING = 4096, SSE_TOPICS = 32 };

struct member { /* one client's hearing of one topic */
    struct client *client;
    struct topic *topic;
    struct member *prev, *next; /* of the topic */
};

struct client {
    struct sse *sse;
    struct stream *stream;
    struct member members[SSE_TOPICS];
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

const struct hall *sse_hall(const struct sse *s); /* committed */
int64_t sse_now(const struct sse *s);

/* A view as an event of a stream; freed with stream_piece_fini. */
void sse_piece(const struct sse *s, const char *event, uint64_t seq, const ProtobufCMessage *view,
               struct stream_piece *ret);

bool sse_client_hears(const struct client *c, struct topic_id id);
void sse_client_join(struct client *c, struct topic_id id);
Halld__Role__E sse_client_role(const struct client *c);
void sse_client_free(struct client *c);
void sse_client_gone(void *arg); /* its stream has ended */

#endif
