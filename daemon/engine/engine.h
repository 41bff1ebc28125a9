/*
 * The engine: the only writer of the hall. A turn of the loop is
 *   time once -> day open -> each command: known key? decide, apply on decided -> batch to the store
 * and when the store says the batch is on disk
 *   apply on committed -> answers -> sinks.
 * Owns both halls, the idempotency map, the hall clock, the timer, the snapshots. Runs on the loop thread.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "port/sink.h"
#include "port/submit.h"
#include "store/store.h"

struct engine;
struct loop;

struct engine_options {
    const char *dir;         /* data folder */
    const char *hall_id, *zone;
    bool simulated;          /* --clock-start/--clock-rate */
    int64_t clock_start;     /* ms; with simulated */
    double clock_rate;
    bool accept_clock;       /* clock.accept_at_start */
    int64_t min_free_mib;
    const struct sink *sinks;
    size_t n_sinks;
    const char *restore;     /* --restore FILE, or NULL */
    int64_t restore_last;    /* reserved */
    void (*fatal)(void *arg, int exit_code); /* storage failed: leave the loop and exit */
    void *fatal_arg;
};

/* Replays (from the newest snapshot), opens the day, arms the timer. 0 or a code with why. */
int engine_open(struct loop *loop, const struct engine_options *o, struct engine **ret, char why[200]);
/* Waits for the batch in flight, answers, writes the day's snapshot. */
void engine_close(struct engine *e);

struct submit_port engine_port(struct engine *e);
struct store *engine_store(struct engine *e);

bool engine_is_read_only(const struct engine *e);
const char *engine_read_only_why(const struct engine *e); /* static text; "" when writing */
bool engine_clock_stepped(const struct engine *e, int64_t *ret_ms); /* the alarm of architecture decision 11 */
int engine_backup(struct engine *e, const char *file, char why[200]);

#endif
