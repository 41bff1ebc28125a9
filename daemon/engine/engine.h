/*
 * The engine: the only writer of the hall. A turn of the loop is
 *   time once -> day open -> each command: known key? decide, apply on decided -> batch to the store
 * and when the store says the batch is on disk
 *   apply on committed -> answers -> sinks.
 * Owns both halls, the idempotency map, the hall clock, the timer, the snapshots. Runs on the loop thread.
 *
 * Life: engine_open, then commands may be submitted (the first start's import: they reach the disk in one
 * transaction with the journal's first event, before any day is opened), then engine_start, the loop,
 * engine_stop, engine_close.
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
    const char *dir; /* data folder */
    const char *hall_id, *zone, *version;
    bool simulated;      /* --clock-start/--clock-rate */
    int64_t clock_start; /* ms; with simulated */
    double clock_rate;
    int64_t (*wall)(void), (*boot)(void); /* NULL: the machine's clocks; tests bring their own */
    bool (*synced)(void);                 /* NULL: what the kernel says */
    bool accept_clock;                    /* clock.accept_at_start */
    int64_t min_free_mib;
    const char *restore;  /* --restore FILE, or NULL */
    int32_t restore_last; /* the highest number known to be printed on the day of the restore; 0 = unknown */
    void (*fatal)(void *arg, int exit_code); /* storage failed: leave the loop and exit */
    void *fatal_arg;
};

/* Replays from the newest snapshot. 0 or a code with why. */
int engine_open(struct loop *loop, const struct engine_options *o, struct engine **ret, char why[200]);
/* Did the journal begin with this start? Then the import may be submitted before engine_start. */
bool engine_is_new(const struct engine *e);
/* Before engine_start; sinks are called in the order in which they were added. Copied. */
void engine_add_sink(struct engine *e, const struct sink *sink);
/* Writes what was submitted so far, opens the day, arms the timer. 0 or a code with why. */
int engine_start(struct engine *e, char why[200]);
/* Decides what was handed in and waits until it is answered. Blocks: for starts. */
void engine_settle(struct engine *e);
/* The same, and it is the end; from now on commands are refused with NOT_READY. */
void engine_stop(struct engine *e);
/* Writes the snapshot, closes the store. */
void engine_close(struct engine *e);

struct submit_port engine_port(struct engine *e);
struct store *engine_store(struct engine *e);

/*
 * A file that a matter may soon name by its reference (32 hexadecimal digits): sealed, and kept for a day if none does.
 * done is called when it is on disk, or with why it is not: once, perhaps before this returns. The bytes are borrowed.
 */
void engine_keep_file(struct engine *e, const char *reference, const void *bytes, size_t len,
                      void (*done)(void *arg, const struct answer *answer), void *arg);

/* What is forecast from now on: tickets are issued with it. Borrowed until the next; NULL: nothing. */
void engine_set_quote(struct engine *e, const struct quote *quote);

bool engine_is_read_only(const struct engine *e);
const char *engine_read_only_why(const struct engine *e); /* static text; "" when writing */
/* The machine's clock has been stepped away from the hall's (architecture, decision 11): by how much. */
bool engine_clock_stepped(const struct engine *e, int64_t *ret_ms);
/* A consistent copy of the journal, made by a thread; done runs on the loop, unless the engine is closed before.
 * IN_USE while another copy is made: done is not called. */
int engine_backup(struct engine *e, const char *file, void (*done)(void *arg, int code, const char *why), void *arg);

#endif
