#include "engine/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "engine/inside.h"
#include "engine/restore.h"
#include "port/command.h"

enum { SECOND_MS = 1000 };

static const int64_t WEEK_MS = (int64_t)7 * 86400 * 1000;

/* ---- the clock */

/* A wall before the last event, or more than a week after it on the machine's own word alone, may be wrong: writing
 * on would put a wrong time into the journal for ever. */
static bool is_doubtful(const struct engine *e, int64_t last)
{
    if (!last || !e->clock.real)
        return false;
    int64_t ahead = clock_wall_ms(&e->clock) - last;
    return ahead < -CLOCK_FOLLOW_MS || (ahead > WEEK_MS && !e->synced());
}

static void start_clock(struct engine *e, const struct engine_options *o)
{
    int64_t last = hall_at(e->committed);
    e->clock.wall = o->wall;
    e->clock.boot = o->boot;
    e->synced = o->synced ? o->synced : clock_machine_is_synced;
    if (o->simulated)
        clock_init_simulated(&e->clock, o->clock_start > last ? o->clock_start : last, o->clock_rate);
    else
        clock_init(&e->clock, last);
    e->stop[ENGINE_DOUBTFUL] = is_doubtful(e, last);
    if (e->stop[ENGINE_DOUBTFUL] && !o->accept_clock)
        log_error("clock",
                  "the machine's clock is %" PRId64 " s from the last event: read-only until it is accepted "
                  "(hallctl clock accept)",
                  (clock_wall_ms(&e->clock) - last) / 1000);
}

static Halld__Command *accept_new(struct engine *e)
{
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_ACCEPT_CLOCK, NULL);
    c->accept_clock->wall_at = clock_wall_ms(&e->clock);
    c->accept_clock->reason = alloc_text("accept_at_start");
    return c;
}

/* At a start, or when there was no room at it as soon as there is. */
static void accept_at_start(struct engine *e)
{
    if (!e->stop[ENGINE_DOUBTFUL] || !e->accept_clock)
        return;
    engine_do(e, accept_new(e), clock_now(&e->clock));
    engine_commit(e);
}

static void look_at_clock(struct engine *e)
{
    clock_now(&e->clock);
    bool stepped = e->clock.stepped != 0;
    if (stepped && !e->clock_was_stepped)
        log_error("clock",
                  "the machine's clock has been stepped by %" PRId64 " s; the hall's time goes on until the "
                  "day ends or it is accepted",
                  e->clock.stepped / 1000);
    e->clock_was_stepped = stepped;
}

/* ---- the disk, once a second */

static void look_at_disk(struct engine *e)
{
    bool low = store_free_mib(e->store) < e->min_free_mib;
    if (low != e->stop[ENGINE_LOW])
        log_error("engine",
                  low ? "less than %" PRId64 " MiB free: commands are refused"
                      : "more than %" PRId64 " MiB free again: commands are taken",
                  e->min_free_mib);
    e->stop[ENGINE_LOW] = low;
    if (!low && e->stop[ENGINE_FULL] && !e->flying && store_probe(e->store)) {
        e->stop[ENGINE_FULL] = false;
        accept_at_start(e);
        log_error("engine", "a trial commit succeeded: commands are taken again");
    }
}

void engine_look(struct engine *e)
{
    bool wrote = engine_writes(e);
    if (e->stop[ENGINE_FAILED])
        return;
    look_at_clock(e);
    look_at_disk(e);
    if (!wrote && engine_writes(e))
        loop_watch_ask(e->turn_end);
}

static void on_second(void *arg)
{
    struct engine *e = arg;
    engine_look(e);
    keep_look(e);
    sealing_forget(e);
    if (e->wants_snapshot && !e->flying)
        keep_snapshot(e);
    loop_watch_arm(e->second, SECOND_MS);
}

static void on_turn(void *arg)
{
    engine_turn(arg);
}

static void on_gathered(void *arg)
{
    engine_commit(arg);
}

/* ---- opening */

static uint64_t new_epoch(void)
{
    uint64_t epoch = 0;
    while (!epoch)
        if (getrandom(&epoch, sizeof epoch, 0) != (ssize_t)sizeof epoch)
            abort();
    return epoch;
}

static void begin_journal(struct engine *e, const struct engine_options *o)
{
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_START_JOURNAL, NULL);
    Halld__StartJournal *s = c->start_journal;
    s->hall = alloc_text(o->hall_id);
    s->zone = alloc_text(o->zone);
    s->version = alloc_text(o->version);
    s->simulated = o->simulated;
    s->epoch = new_epoch();
    engine_do(e, c, clock_now(&e->clock));
}

static struct engine *engine_new(struct loop *loop, const struct engine_options *o)
{
    struct engine *e = alloc_zero(sizeof *e);
    e->loop = loop;
    e->dir = alloc_text(o->dir);
    e->accept_clock = o->accept_clock;
    e->min_free_mib = o->min_free_mib;
    e->fatal = o->fatal;
    e->fatal_arg = o->fatal_arg;
    e->dedupe = dedupe_new(DEDUPE_MAX);
    pending_list_init(&e->queue);
    batch_init(&e->gathering);
    pending_list_init(&e->flight.pendings);
    e->turn_end = loop_watch_turn_end(loop, on_turn, e);
    e->timer = loop_watch_timer(loop, on_turn, e);
    e->second = loop_watch_timer(loop, on_second, e);
    e->gather = loop_watch_timer(loop, on_gathered, e);
    return e;
}

static void engine_free(struct engine *e)
{
    struct pending *r;
    while ((r = pending_list_take(&e->queue)))
        pending_free(r);
    batch_fini(&e->gathering);
    loop_watch_free(e->turn_end);
    loop_watch_free(e->timer);
    loop_watch_free(e->second);
    loop_watch_free(e->gather);
    loop_watch_free(e->store_ready);
    dedupe_free(e->dedupe);
    hall_free(e->decided);
    hall_free(e->committed);
    if (e->store)
        store_close(e->store);
    free(e->sinks);
    free(e->dir);
    free(e);
}

/* The folder and the journal in it. */
static int open_store(struct engine *e, const struct engine_options *o, char why[200])
{
    int code = o->restore ? restore_backup(o->dir, o->restore, o->restore_last, why) : 0;
    if (!code)
        code = store_open(o->dir, &e->store, why);
    return code ? code : replay_open(e, o, why);
}

int engine_open(struct loop *loop, const struct engine_options *o, struct engine **ret, char why[200])
{
    struct engine *e = engine_new(loop, o);
    int code = open_store(e, o, why);
    if (code) {
        engine_free(e);
        return code;
    }
    e->store_ready = loop_watch_readable(loop, store_fd(e->store), engine_on_store, e);
    start_clock(e, o);
    e->is_new = hall_seq(e->committed) == 0;
    if (restore_is_marked(e->dir, &e->restore_last)) {
        e->restore_epoch = new_epoch();
        code = sealing_erase_again(e, why);
    }
    if (code) {
        engine_free(e);
        return code;
    }
    if (e->is_new) {
        e->restore_epoch = 0; /* a mark without a journal: nothing was put in place */
        begin_journal(e, o);
    }
    log_info("engine", "%s at event %" PRIu64, e->is_new ? "a new journal" : "journal read", hall_seq(e->committed));
    *ret = e;
    return 0;
}

bool engine_is_new(const struct engine *e)
{
    return e->is_new;
}

void engine_add_sink(struct engine *e, const struct sink *sink)
{
    e->sinks = alloc_grow(e->sinks, e->n_sinks + 1, sizeof *e->sinks);
    e->sinks[e->n_sinks++] = *sink;
}

int engine_start(struct engine *e, char why[200])
{
    if (e->is_new)
        engine_decide_all(e);
    accept_at_start(e);
    look_at_disk(e);
    engine_flush(e);
    if (!hall_seq(e->committed)) {
        snprintf(why, 200, "the journal's first events could not be written");
        return HALL_E_STORE_FAILED;
    }
    engine_turn(e);
    engine_flush(e);
    sealing_look(e);
    sealing_forget(e);
    loop_watch_arm(e->second, SECOND_MS);
    return 0;
}

/* ---- stopping */

/* Whatever is due goes first, however much. */
static void decide_queue(struct engine *e)
{
    while (e->queue.n && engine_writes(e)) {
        engine_turn(e);
        if (e->awaits_store)
            engine_flush(e);
    }
}

void engine_settle(struct engine *e)
{
    decide_queue(e);
    engine_decide_all(e); /* what is left is refused */
    engine_flush(e);
}

void engine_stop(struct engine *e)
{
    decide_queue(e);
    e->stop[ENGINE_STOPPING] = true;
    engine_decide_all(e);
    engine_flush(e);
    loop_watch_disarm(e->timer);
    loop_watch_disarm(e->second);
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    if (!e->stop[ENGINE_FAILED])
        keep_snapshot_now(e);
    keep_close(e);
    backup_close(e);
    engine_free(e);
}

/* ---- what others may ask */

static const struct hall *port_committed(void *engine)
{
    struct engine *e = engine;
    return e->committed;
}

static int64_t port_now(void *engine)
{
    struct engine *e = engine;
    return clock_now(&e->clock);
}

static const struct quote *port_quote(void *engine)
{
    struct engine *e = engine;
    return e->quote;
}

void engine_set_quote(struct engine *e, const struct quote *quote)
{
    e->quote = quote;
}

struct submit_port engine_port(struct engine *e)
{
    return (struct submit_port){
        .engine = e, .quote = port_quote, .submit = engine_submit, .committed = port_committed, .now_ms = port_now};
}

struct store *engine_store(struct engine *e)
{
    return e->store;
}

bool engine_clock_stepped(const struct engine *e, int64_t *ret_ms)
{
    *ret_ms = e->clock.stepped;
    return e->clock.stepped != 0;
}
