#include "forecast/forecast.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "forecast/learn.h"
#include "forecast/worker.h"

enum {
    APART_MS = 1000,    /* between two roll-outs */
    AGAIN_MS = 15000,   /* also when nothing happens: services go on */
    LEARN_DAYS = 60,    /* of the journal, at a start */
    LEARN_EVENTS = 500, /* at a time: half a millisecond of the loop */
    LEARN_PAUSE_MS = 3,
};

struct forecast {
    struct loop *loop;
    struct forecast_options o;
    struct learn *learn;
    struct worker *worker;
    struct loop_watch *done, *timer, *reader;
    struct plan *plan; /* being played; NULL: none */
    struct forecast_quote *quote;
    uint64_t learned; /* the last event that has been */
    bool started, learning, dirty;
    int64_t began_at; /* the last roll-out, monotonic */
    int64_t took_us;
    uint64_t seed;
};

struct forecast *forecast_new(struct loop *loop)
{
    struct forecast *f = alloc_zero(sizeof *f);
    f->loop = loop;
    f->learn = learn_new();
    return f;
}

static const struct hall *hall_of(const struct forecast *f)
{
    return f->o.port.committed(f->o.port.engine);
}

/* ---- playing */

static bool works(const struct queue *q)
{
    for (size_t i = 0; i < queue_window_count(q); i++)
        if (queue_window_at(q, i)->state != HALLD__WINDOW_STATE__E__closed)
            return true;
    return false;
}

static void tell(struct forecast *f, struct forecast_quote *quote)
{
    struct forecast_quote *old = f->quote;
    f->quote = quote;
    f->o.told(f->o.told_arg, forecast_quote_table(quote), !quote || forecast_quote_moved(quote));
    forecast_quote_free(old);
}

/* With every window closed there is nothing to say. */
static void play(struct forecast *f)
{
    const struct hall *hall = hall_of(f);
    f->dirty = false;
    f->began_at = clock_monotonic_ms();
    if (!works(hall_queue(hall))) {
        if (f->quote)
            tell(f, NULL);
        return;
    }
    f->plan = plan_new(hall, f->learn, f->o.port.now_ms(f->o.port.engine));
    struct worker_job job = {.plan = f->plan, .before = f->quote, .seed = f->seed};
    worker_start(f->worker, &job);
    loop_watch_arm(f->timer, AGAIN_MS);
}

static void schedule(struct forecast *f)
{
    f->dirty = true;
    if (!f->started || f->learning || f->plan)
        return;
    int64_t in = f->began_at + APART_MS - clock_monotonic_ms();
    loop_watch_arm(f->timer, in > 0 ? in : 0);
}

static void on_timer(void *arg)
{
    struct forecast *f = arg;
    if (!f->plan && !f->learning)
        play(f);
}

static void on_done(void *arg)
{
    struct forecast *f = arg;
    struct worker_job job;
    if (!worker_take(f->worker, &job))
        return;
    plan_free(f->plan);
    f->plan = NULL;
    f->took_us = job.took_us;
    tell(f, job.quote);
    if (f->dirty)
        schedule(f);
}

/* ---- learning */

static int learn_one(void *arg, const Halld__Event *event)
{
    struct forecast *f = arg;
    learn_event(f->learn, event);
    f->learned = event->seq;
    return 0;
}

static int take_day(void *arg, const Halld__Event *event)
{
    *(int32_t *)arg = event->day;
    return 0;
}

/* The last event before that day; days never decrease along the journal. */
static uint64_t before_day(const struct forecast *f, int32_t day, uint64_t last)
{
    uint64_t low = 1, high = last + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int32_t found = 0;
        if (f->o.read(f->o.read_arg, middle, middle, take_day, &found) != 0)
            return last;
        if (found >= day)
            high = middle;
        else
            low = middle + 1;
    }
    return low - 1;
}

/* Goes on until the committed hall is reached: then events come by themselves. */
static void on_learn(void *arg)
{
    struct forecast *f = arg;
    uint64_t last = hall_seq(hall_of(f)), to = f->learned + LEARN_EVENTS < last ? f->learned + LEARN_EVENTS : last;
    if (f->learned < last && f->o.read(f->o.read_arg, f->learned + 1, to, learn_one, f) != 0) {
        log_warn("forecast", "the journal cannot be read: learning from now on only");
        f->learned = last;
    }
    if (f->learned < last) {
        loop_watch_arm(f->reader, LEARN_PAUSE_MS);
        return;
    }
    f->learning = false;
    schedule(f);
}

static void committed(void *arg, const struct hall *hall, Halld__Event *const *events, size_t n)
{
    struct forecast *f = arg;
    (void)hall;
    if (!f->started || f->learning)
        return;
    for (size_t i = 0; i < n; i++)
        learn_one(f, events[i]);
    schedule(f);
}

struct sink forecast_sink(struct forecast *f)
{
    return (struct sink){.name = "forecast", .arg = f, .committed = committed};
}

static uint64_t learn_from(const struct forecast *f)
{
    const struct hall *hall = hall_of(f);
    int32_t today = queue_day(hall_queue(hall))->date;
    return today ? before_day(f, date_from_days(date_to_days(today) - LEARN_DAYS), hall_seq(hall)) : 0;
}

void forecast_start(struct forecast *f, const struct forecast_options *o)
{
    f->o = *o;
    f->worker = worker_new();
    f->done = loop_watch_readable(f->loop, worker_fd(f->worker), on_done, f);
    f->timer = loop_watch_timer(f->loop, on_timer, f);
    f->reader = loop_watch_timer(f->loop, on_learn, f);
    f->began_at = clock_monotonic_ms() - APART_MS;
    f->learned = learn_from(f);
    f->started = f->learning = true;
    loop_watch_arm(f->reader, LEARN_PAUSE_MS);
}

bool forecast_is_learning(const struct forecast *f)
{
    return f->learning;
}

int64_t forecast_took_us(const struct forecast *f)
{
    return f->took_us;
}

void forecast_free(struct forecast *f)
{
    if (!f)
        return;
    if (f->started) {
        loop_watch_free(f->done);
        loop_watch_free(f->timer);
        loop_watch_free(f->reader);
        worker_free(f->worker);
        plan_free(f->plan);
    }
    forecast_quote_free(f->quote);
    learn_free(f->learn);
    free(f);
}
