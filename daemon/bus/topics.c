#include "bus/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/board.h"
#include "view/hall_view.h"
#include "view/window_view.h"

struct kind {
    const ProtobufCMessageDescriptor *view;
    int gap_ms; /* between two messages of one topic */
    /* A number that differs whenever the view may; the settings apart. */
    uint64_t (*mark)(const struct topic *topic, const struct topics_look *look);
    ProtobufCMessage *(*make)(const struct topic *topic, const struct topics_look *look);
    /* Says in the view when it was made, which alone is no change. NULL: it does not say. */
    void (*stamp)(ProtobufCMessage *view, int64_t at, uint64_t seq);
};

struct topic {
    char name[TOPIC_NAME];
    const struct kind *kind;
    int window;    /* of a window's topic */
    char queue[4]; /* of a queue's */
    uint64_t seq;  /* of the last message; 0 = none yet */
    uint64_t mark;
    bool is_stale;
    int64_t not_before; /* monotonic */
    struct buf said;    /* the view as last said, unstamped */
};

struct topics {
    struct setup *setup; /* the one that the topics were made for; a reference of ours */
    struct topic **rows;
    size_t n;
    uint64_t version;
};

/* ---- the kinds */

static uint64_t mix(uint64_t mark, uint64_t value)
{
    return (mark ^ value) * UINT64_C(0x9E3779B97F4A7C15) + (mark >> 29);
}

static ProtobufCMessage *hall_make(const struct topic *topic, const struct topics_look *look)
{
    (void)topic;
    return &hall_view_new(look->hall, look->now, look->read_only)->base;
}

static uint64_t hall_mark(const struct topic *topic, const struct topics_look *look)
{
    const struct queue *q = hall_queue(look->hall);
    (void)topic;
    uint64_t mark = mix((uint64_t)queue_day(q)->date, queue_day(q)->closed);
    return mix(mix(mix(mark, queue_is_open(q, look->now)), look->read_only), hall_epoch(look->hall));
}

static void hall_stamp(ProtobufCMessage *view, int64_t at, uint64_t seq)
{
    (void)seq;
    ((Halld__HallView *)view)->at = at;
}

static ProtobufCMessage *board_make(const struct topic *topic, const struct topics_look *look)
{
    (void)topic;
    Halld__BoardView *v = board_view_new(look->hall, look->now);
    board_view_set_waits(v, look->quote);
    return &v->base;
}

static uint64_t board_mark(const struct topic *topic, const struct topics_look *look)
{
    (void)topic;
    return mix(hall_seq(look->hall), queue_is_open(hall_queue(look->hall), look->now));
}

static void board_stamp(ProtobufCMessage *view, int64_t at, uint64_t seq)
{
    Halld__BoardView *b = (Halld__BoardView *)view;
    b->at = at;
    b->seq = seq;
}

static ProtobufCMessage *window_make(const struct topic *topic, const struct topics_look *look)
{
    return &window_view_new(look->hall, topic->window)->base;
}

static uint64_t window_mark(const struct topic *topic, const struct topics_look *look)
{
    const struct window *w = queue_window_find(hall_queue(look->hall), topic->window);
    if (!w)
        return 0;
    return mix(mix((uint64_t)w->since_at, w->state), w->ticket ? w->ticket->id : 0);
}

static ProtobufCMessage *queue_make(const struct topic *topic, const struct topics_look *look)
{
    Halld__QueueView *v = board_queue_new(look->hall, topic->queue);
    board_queue_set_wait(v, look->quote);
    return &v->base;
}

static uint64_t queue_mark(const struct topic *topic, const struct topics_look *look)
{
    return (uint64_t)queue_waiting(hall_queue(look->hall), topic->queue);
}

enum kind_index { KIND_CALL, KIND_WINDOW, KIND_QUEUE, KIND_HALL, KIND_BOARD, KIND_COUNT };

/* In the order in which they speak: what is small and urgent first. */
static const struct kind kinds[KIND_COUNT] = {
    [KIND_CALL] = {.view = &halld__call_view__descriptor},
    [KIND_WINDOW] = {&halld__window_view__descriptor, 0, window_mark, window_make, NULL},
    [KIND_QUEUE] = {&halld__queue_view__descriptor, 100, queue_mark, queue_make, NULL},
    [KIND_HALL] = {&halld__hall_view__descriptor, 100, hall_mark, hall_make, hall_stamp},
    [KIND_BOARD] = {&halld__board_view__descriptor, 100, board_mark, board_make, board_stamp},
};

const ProtobufCMessageDescriptor *topics_view_at(size_t i)
{
    static const ProtobufCMessageDescriptor *const others[] = {
        &halld__bus_header__descriptor, &halld__bus_heartbeat__descriptor, &halld__bus_snapshot__descriptor};
    if (i < KIND_COUNT)
        return kinds[i].view;
    return i - KIND_COUNT < sizeof others / sizeof *others ? others[i - KIND_COUNT] : NULL;
}

/* ---- the table of topics */

static struct topic *topic_new(enum kind_index kind, const char *name)
{
    struct topic *topic = alloc_zero(sizeof *topic);
    snprintf(topic->name, sizeof topic->name, "%s", name);
    topic->kind = &kinds[kind];
    topic->is_stale = topic->kind->make != NULL;
    return topic;
}

static void topic_free(struct topic *topic)
{
    buf_fini(&topic->said);
    free(topic);
}

/* Takes the topic of that name out of an older table, or makes it. */
static struct topic *keep_or_make(struct topics *old, enum kind_index kind, const char *name)
{
    for (size_t i = 0; i < old->n; i++) {
        struct topic *topic = old->rows[i];
        if (!topic || strcmp(topic->name, name) != 0)
            continue;
        old->rows[i] = NULL;
        topic->is_stale = topic->kind->make != NULL;
        return topic;
    }
    return topic_new(kind, name);
}

static struct topic *add(struct topics *t, struct topics *old, enum kind_index kind, const char *name)
{
    t->rows = alloc_grow(t->rows, t->n + 1, sizeof *t->rows);
    t->rows[t->n] = keep_or_make(old, kind, name);
    return t->rows[t->n++];
}

static void add_all(struct topics *t, struct topics *old)
{
    const Halld__Settings *s = setup_settings(t->setup);
    char name[TOPIC_NAME];
    add(t, old, KIND_CALL, "call/");
    for (size_t i = 0; i < s->n_windows; i++) {
        snprintf(name, sizeof name, "window/%d/", s->windows[i]->window);
        add(t, old, KIND_WINDOW, name)->window = s->windows[i]->window;
    }
    for (size_t i = 0; i < s->n_queues; i++) {
        snprintf(name, sizeof name, "queue/%.3s/", s->queues[i]->queue);
        struct topic *topic = add(t, old, KIND_QUEUE, name);
        snprintf(topic->queue, sizeof topic->queue, "%.3s", s->queues[i]->queue);
    }
    add(t, old, KIND_HALL, "hall/");
    add(t, old, KIND_BOARD, "board/");
}

static void clear(struct topics *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i])
            topic_free(t->rows[i]);
    free(t->rows);
    if (t->setup)
        setup_free(t->setup);
    t->rows = NULL;
    t->n = 0;
}

/* Holding a reference keeps the address from being used again, so that equal pointers are equal settings. */
static void follow_settings(struct topics *t, const struct setup *setup)
{
    if (t->setup == setup)
        return;
    struct topics old = *t;
    *t = (struct topics){.setup = setup_ref(setup), .version = old.version + 1};
    add_all(t, &old);
    clear(&old);
}

/* The view if it differs from what was last said; what it is now counts as said. */
static ProtobufCMessage *changed(struct topic *topic, const struct topics_look *look)
{
    struct buf now = BUF_INIT;
    ProtobufCMessage *view = topic->kind->make(topic, look);
    topic->is_stale = false;
    topic->mark = topic->kind->mark(topic, look);
    if (topic->kind->stamp)
        topic->kind->stamp(view, 0, 0);
    now.len = protobuf_c_message_pack(view, (uint8_t *)buf_reserve(&now, protobuf_c_message_get_packed_size(view)));
    bool same = topic->said.data && now.len == topic->said.len && memcmp(now.data, topic->said.data, now.len) == 0;
    buf_fini(&topic->said);
    topic->said = now;
    if (same) {
        protobuf_c_message_free_unpacked(view, NULL);
        return NULL;
    }
    if (topic->kind->stamp)
        topic->kind->stamp(view, look->now, hall_seq(look->hall));
    return view;
}

struct topics *topics_new(const struct topics_look *look)
{
    struct topics *t = alloc_zero(sizeof *t);
    follow_settings(t, hall_setup(look->hall));
    for (size_t i = 0; i < t->n; i++) {
        struct topic *topic = t->rows[i];
        topic->seq = hall_seq(look->hall);
        ProtobufCMessage *view = topic->is_stale ? changed(topic, look) : NULL;
        if (view)
            protobuf_c_message_free_unpacked(view, NULL);
    }
    return t;
}

void topics_free(struct topics *t)
{
    if (!t)
        return;
    clear(t);
    free(t);
}

void topics_note(struct topics *t, const struct topics_look *look)
{
    follow_settings(t, hall_setup(look->hall));
    for (size_t i = 0; i < t->n; i++) {
        struct topic *topic = t->rows[i];
        if (!topic->is_stale && topic->kind->mark && topic->kind->mark(topic, look) != topic->mark)
            topic->is_stale = true;
    }
}

void topics_note_all(struct topics *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->rows[i]->is_stale = t->rows[i]->kind->make != NULL;
}

struct topic *topics_next(struct topics *t, const struct topics_look *look, ProtobufCMessage **ret_view,
                          int64_t *ret_wait)
{
    *ret_wait = -1;
    for (size_t i = 0; i < t->n; i++) {
        struct topic *topic = t->rows[i];
        if (!topic->is_stale)
            continue;
        if (topic->not_before > look->mono) {
            int64_t wait = topic->not_before - look->mono;
            if (*ret_wait < 0 || wait < *ret_wait)
                *ret_wait = wait;
            continue;
        }
        *ret_view = changed(topic, look);
        if (!*ret_view)
            continue;
        topic->not_before = look->mono + topic->kind->gap_ms;
        return topic;
    }
    return NULL;
}

struct topic *topics_calls(struct topics *t)
{
    return t->rows[0];
}

const char *topic_name(const struct topic *topic)
{
    return topic->name;
}

uint64_t topics_said(struct topics *t, struct topic *topic, uint64_t seq)
{
    uint64_t before = topic->seq;
    topic->seq = seq;
    t->version++;
    return before;
}

uint64_t topics_version(const struct topics *t)
{
    return t->version;
}

size_t topics_list(const struct topics *t, Halld__BusTopic ***ret)
{
    Halld__BusTopic *rows = alloc_zero(t->n * sizeof *rows);
    Halld__BusTopic **list = alloc_zero(t->n * sizeof *list);
    for (size_t i = 0; i < t->n; i++) {
        halld__bus_topic__init(&rows[i]);
        rows[i].topic = t->rows[i]->name;
        rows[i].seq = t->rows[i]->seq;
        list[i] = &rows[i];
    }
    *ret = list;
    return t->n;
}

void topics_list_free(Halld__BusTopic **list)
{
    free(list[0]);
    free(list);
}
