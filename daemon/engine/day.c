/*
 * The business day and the timer: which local date it is, the opening of its day, and ticks when something is due.
 * The only place where the hall's settings meet its time zone.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/day/hours.h"
#include "core/queue/queue.h"
#include "engine/inside.h"
#include "engine/restore.h"
#include "port/command.h"

enum {
    DAY_TICKS = 2,         /* of 256 events each in one turn: the loop must get back to its sockets */
    DAY_GATHERED = 512,    /* events that wait for the store: then the next tick waits too, for their batch will be
                              answered in one turn */
    DAY_LOOK_MS = 3600000, /* the timer looks at least once an hour */
    DAY_WAIT_MS = 2,       /* and never twice in a millisecond */
};

static const int64_t DAY_STEP_MS = (int64_t)7 * 86400 * 1000;

static int tick(struct engine *e, int64_t now)
{
    return engine_do(e, command_new(HALLD__COMMAND__BODY_TICK, NULL), now);
}

/* False: more is due than one turn should do. Of what goes in slices a turn does one, so that others have theirs. */
static bool tick_all(struct engine *e, int64_t now)
{
    bool is_due = hall_is_behind(e->decided) || hall_next_due(e->decided) <= now;
    e->awaits_store = is_due && e->flying && e->gathering.events.n >= DAY_GATHERED;
    if (e->awaits_store)
        return false;
    if (hall_is_behind(e->decided) && tick(e, now) > 0 && hall_is_behind(e->decided))
        return false;
    for (int n = 0; n < DAY_TICKS; n++) {
        if (hall_next_due(e->decided) > now || tick(e, now) <= 0)
            return true;
    }
    return hall_next_due(e->decided) > now;
}

static Halld__Span *span_new(int64_t from, int64_t to)
{
    Halld__Span *s = MESSAGE_NEW(Halld__Span, &halld__span__descriptor);
    s->from_at = from;
    s->to_at = to;
    return s;
}

static Halld__Command *open_day_new(const struct setup *setup, int32_t date)
{
    struct minutes spans[HOURS_SPANS_MAX];
    size_t n = hours_of(setup, date, spans);
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_OPEN_DAY, NULL);
    Halld__OpenDay *day = c->open_day;
    day->date = date;
    day->end_at = moment_of_date(date, 1440);
    day->n_open = n;
    day->open = alloc_zero((n ? n : 1) * sizeof *day->open);
    for (size_t i = 0; i < n; i++)
        day->open[i] = span_new(moment_of_date(date, spans[i].from), moment_of_date(date, spans[i].to));
    return c;
}

/* A step waits for the day's end; one of more than a week needs the machine's word that it is right. */
static void follow_step(struct engine *e, int64_t *now)
{
    int64_t step = e->clock.stepped;
    if (!step || (llabs(step) > DAY_STEP_MS && !e->synced()))
        return;
    log_warn("clock", "a step of %lld s is followed now that the day ends", (long long)step / 1000);
    clock_accept(&e->clock);
    *now = clock_now(&e->clock);
}

/* False: the old day is not swept yet. */
static bool open_day(struct engine *e, int64_t *now)
{
    if (queue_day(hall_queue(e->decided))->date >= moment_to_date(*now))
        return true;
    follow_step(e, now);
    if (!tick_all(e, *now))
        return false;
    int32_t today = moment_to_date(*now);
    if (engine_do(e, open_day_new(hall_setup(e->decided), today), *now) >= 0) {
        log_info("day", "%d opens", today);
        sealing_look(e);
    }
    return tick_all(e, *now);
}

/* After a restore no number is given before the counters have been moved. */
static bool move_counters(struct engine *e, int64_t now)
{
    if (!e->restore_epoch || hall_epoch(e->decided) == e->restore_epoch)
        return true;
    Halld__Command *c = restore_counters(e->decided, e->store, e->dir, e->restore_last, e->restore_epoch);
    if (c && engine_do(e, c, now) >= 0)
        return true;
    engine_fail(e, "the counters could not be moved after the restore");
    return false;
}

bool engine_day_turn(struct engine *e, int64_t *now)
{
    return tick_all(e, *now) && open_day(e, now) && move_counters(e, *now);
}

void engine_day_arm(struct engine *e)
{
    if (!engine_writes(e)) {
        loop_watch_disarm(e->timer);
        return;
    }
    int64_t due = hall_next_due(e->decided);
    int32_t date = queue_day(hall_queue(e->decided))->date;
    int64_t midnight = date ? moment_of_date(date, 1440) : 0;
    if (due > midnight)
        due = midnight;
    int64_t wait = clock_until(&e->clock, due);
    if (wait < DAY_WAIT_MS)
        wait = DAY_WAIT_MS;
    loop_watch_arm(e->timer, wait < DAY_LOOK_MS ? wait : DAY_LOOK_MS);
}
