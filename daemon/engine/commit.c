/* From a decision to an answer: batches go to the store and come back, durable or not. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/message.h"
#include "engine/inside.h"
#include "engine/restore.h"

void batch_init(struct batch *b)
{
    *b = (struct batch){.rows = store_batch_new()};
    pending_list_init(&b->pendings);
}

void batch_fini(struct batch *b)
{
    struct pending *r;
    while ((r = pending_list_take(&b->pendings)))
        pending_free(r);
    events_fini(&b->events);
    if (b->rows)
        store_batch_free(b->rows);
    b->rows = NULL;
}

/* A list's end points into itself while it is empty. */
static void batch_move(struct batch *to, struct batch *from)
{
    *to = *from;
    if (!to->pendings.first)
        to->pendings.last = &to->pendings.first;
}

static int collect(void *arg, const Halld__Event *event)
{
    events_add_take(arg, (Halld__Event *)message_clone(&event->base));
    return 0;
}

static void answer(struct engine *e, struct pending *r, int code, Halld__Event *const *events, size_t n)
{
    struct answer a = {.code = code, .refusal = &r->refusal, .hall = e->committed, .events = events, .n_events = n};
    if (r->repeat_first)
        a.repeated = true;
    if (r->refusal.code != code)
        refuse(&r->refusal, code, NULL, NULL);
    if (r->done)
        r->done(r->arg, &a);
}

/* Its first time is durable by now: whatever was decided before it is. */
static void answer_repeat(struct engine *e, struct pending *r)
{
    struct events events = EVENTS_INIT;
    int code = store_read(e->store, r->repeat_first, r->repeat_first + r->repeat_count - 1, collect, &events);
    answer(e, r, code, events.at, code ? 0 : events.n);
    events_fini(&events);
}

/* Outside the journal, so that whoever rewrites the journal would have to rewrite the log of every day as well. */
static void log_head(struct engine *e, const Halld__Event *event)
{
    uint8_t head[32];
    char text[2 * sizeof head + 1];
    if (!store_head(e->store, event->seq, head))
        return;
    for (size_t i = 0; i < sizeof head; i++)
        snprintf(text + 2 * i, 3, "%02x", head[i]);
    log_info("day", "%d is closed at event %" PRIu64 ", head %s", event->day, event->seq, text);
}

/* Only what is on disk has been accepted: a clock that moved without its event would move at the next start again. */
static void accept_clock(struct engine *e)
{
    clock_accept(&e->clock);
    e->stop[ENGINE_DOUBTFUL] = false;
    loop_watch_ask(e->turn_end); /* another time: what is due by it */
}

static void note_event(struct engine *e, const Halld__Event *event)
{
    if (event->body_case == HALLD__EVENT__BODY_CLOCK_ACCEPTED)
        accept_clock(e);
    if (event->body_case == HALLD__EVENT__BODY_DAY_OPENED)
        e->wants_snapshot = true;
    if (event->body_case == HALLD__EVENT__BODY_DAY_CLOSED)
        log_head(e, event);
    if (e->restore_epoch && event->epoch == e->restore_epoch) {
        e->restore_epoch = 0;
        restore_unmark(e->dir);
        log_info("engine", "restored: every queue goes on beyond what may have been printed");
    }
}

/* Each command's events are applied, then it is answered, then the next: a reply shows the hall as its command left it.
 */
static void complete(struct engine *e, struct batch *b)
{
    size_t at = 0;
    struct pending *r;
    while ((r = pending_list_take(&b->pendings))) {
        Halld__Event *const *own = r->n_events ? b->events.at + at : NULL;
        for (size_t i = 0; i < r->n_events; i++) {
            hall_apply(e->committed, own[i]);
            note_event(e, own[i]);
        }
        at += r->n_events;
        if (r->repeat_first)
            answer_repeat(e, r);
        else
            answer(e, r, r->code, own, r->n_events);
        pending_free(r);
    }
    for (size_t i = 0; at && i < e->n_sinks; i++)
        e->sinks[i].committed(e->sinks[i].arg, e->committed, b->events.at, at);
    batch_fini(b);
}

static void answer_all(struct engine *e, struct batch *b, int code)
{
    struct pending *r;
    while ((r = pending_list_take(&b->pendings))) {
        answer(e, r, code, NULL, 0);
        pending_free(r);
    }
    batch_fini(b);
}

void engine_fail(struct engine *e, const char *why)
{
    log_error("engine", "%s: stopping, to start again from the disk", why);
    e->stop[ENGINE_FAILED] = true;
    e->fatal(e->fatal_arg, 75);
}

/* What was decided on top of a batch that failed never was: there is no undo, only another copy of what is on disk. */
static void fail(struct engine *e, struct batch *b, int code)
{
    struct batch later;
    batch_move(&later, &e->gathering);
    batch_init(&e->gathering);
    if (code == HALL_E_DISK_FULL) {
        log_error("engine", "the disk is full: read-only until there is room");
        e->stop[ENGINE_FULL] = true;
        hall_free(e->decided);
        e->decided = hall_clone(e->committed);
        dedupe_forget_after(e->dedupe, hall_seq(e->committed));
    }
    answer_all(e, b, code);
    answer_all(e, &later, code);
    if (code != HALL_E_DISK_FULL)
        engine_fail(e, "storage failed");
}

enum {
    GATHER_SLOW_MS = 4, /* a commit takes this long: the disk is slow */
    GATHER_PART = 4,    /* a batch waits for company at most this part of a commit's time */
};

/*
 * Those who have just been answered are about to ask again. On a slow disk it pays to wait for them for a moment:
 * otherwise half of the people wait for the other half's commit before their own, again and again.
 */
static bool is_worth_waiting(const struct engine *e)
{
    return e->last_took_ms >= GATHER_SLOW_MS && e->gathering.pendings.n * 4 < e->expected * 3 &&
           clock_monotonic_ms() - e->landed_at < e->last_took_ms / GATHER_PART;
}

void engine_commit_soon(struct engine *e)
{
    if (!e->flying && e->gathering.rows->n_rows && is_worth_waiting(e))
        loop_watch_arm(e->gather, e->last_took_ms / GATHER_PART);
    else
        engine_commit(e);
}

void engine_commit(struct engine *e)
{
    while (!e->flying && e->gathering.pendings.n) {
        struct batch b;
        batch_move(&b, &e->gathering);
        batch_init(&e->gathering);
        if (!b.rows->n_rows && !b.rows->n_sealed) {
            complete(e, &b);
            continue;
        }
        struct store_batch *rows = b.rows;
        b.rows = NULL;
        batch_move(&e->flight, &b);
        e->flying = true;
        e->flight_rows = rows;
        e->took_off_at = clock_monotonic_ms();
        store_write_take(e->store, rows);
    }
}

static void landed(struct engine *e, struct store_batch *rows)
{
    int code = rows->code;
    e->flight_rows = NULL;
    store_batch_free(rows);
    struct batch b;
    batch_move(&b, &e->flight);
    e->flying = false;
    e->landed_at = clock_monotonic_ms();
    e->last_took_ms = e->landed_at - e->took_off_at;
    e->expected = b.pendings.n + e->gathering.pendings.n;
    if (code)
        fail(e, &b, code);
    else
        complete(e, &b);
}

void engine_on_store(void *engine)
{
    struct engine *e = engine;
    struct store_batch *rows = store_finished(e->store);
    if (!rows) {
        if (store_state(e->store) == HALL_E_STORE_FAILED && !e->stop[ENGINE_FAILED])
            engine_fail(e, "storage failed");
        return;
    }
    landed(e, rows);
    if (!e->stop[ENGINE_FAILED])
        engine_commit_soon(e);
    if (e->awaits_store)
        loop_watch_ask(e->turn_end);
    if (e->wants_snapshot)
        keep_snapshot(e);
}

void engine_flush(struct engine *e)
{
    engine_commit(e);
    while (e->flying) {
        struct pollfd p = {.fd = store_fd(e->store), .events = POLLIN};
        poll(&p, 1, -1);
        engine_on_store(e);
        if (!e->stop[ENGINE_FAILED])
            engine_commit(e);
    }
}
