/* The engine's state, shared by the files of this folder only. */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include "base/clock.h"
#include "core/hall.h"
#include "engine/dedupe.h"
#include "engine/engine.h"
#include "store/store.h"

struct loop_watch;
struct backup_job;
struct snapshot_job;

/* Why nothing is written; the first that applies is told. */
enum engine_stop {
    ENGINE_WRITES,
    ENGINE_FAILED,   /* storage failed: the process is about to exit */
    ENGINE_STOPPING, /* the daemon is being stopped */
    ENGINE_FULL,     /* a commit found the disk full; until a probe succeeds */
    ENGINE_LOW,      /* less than the configured free space */
    ENGINE_DOUBTFUL, /* the clock must be accepted first */
    ENGINE_STOPS
};

/* A command on its way from submit to its answer. */
struct pending {
    struct pending *next;
    Halld__Command *command; /* owned */
    Halld__Actor *actor;     /* owned */
    Halld__Role__E role;
    bool has_key;
    uint8_t key[DEDUPE_KEY], hash[DEDUPE_REQUEST];
    struct secret_row *secrets; /* owned, or NULL */
    size_t n_secrets;
    struct sealed_text *sealed; /* owned */
    size_t n_sealed;
    int (*renew)(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r); /* or NULL */
    void (*done)(void *arg, const struct answer *answer); /* NULL for the engine's own */
    void *arg;
    /* what was decided */
    int code;
    struct refusal refusal;
    size_t n_events;       /* of the batch's events, in the order of its requests */
    uint64_t repeat_first; /* a repeat: its events are in the journal, or will be when this is answered; else 0 */
    uint32_t repeat_count;
};

struct pending_list {
    struct pending *first, **last;
    size_t n;
};

/* Random bytes for coming commands: one call into the kernel for many of them. */
struct random_pool {
    uint8_t bytes[256]; /* so many come whole, whatever signal */
    size_t left;
};

/* What becomes durable together. */
struct batch {
    struct store_batch *rows;
    struct events events;
    struct pending_list pendings;
};

struct engine {
    struct loop *loop;
    struct store *store;
    char *dir;
    struct clock clock;
    bool (*synced)(void);    /* is the wall clock known to be right? */
    bool stop[ENGINE_STOPS]; /* reasons in force */
    bool is_new;             /* the journal began with this start */
    uint64_t restore_epoch;  /* restored from a backup: the epoch to begin before any number is given; else 0 */
    int32_t restore_last;    /* with it: the highest number known to be printed, or 0 */
    bool accept_clock;
    int64_t min_free_mib;
    int64_t forget_at; /* monotonic: when it is looked next for files that nobody took */
    struct sink *sinks;
    size_t n_sinks;
    void (*fatal)(void *arg, int exit_code);
    void *fatal_arg;

    struct hall *decided, *committed;
    const struct quote *quote; /* borrowed; NULL: none */
    struct dedupe *dedupe;
    struct random_pool random;
    struct pending_list queue; /* submitted in this turn, not decided yet */
    struct batch gathering, flight;
    const struct store_batch *flight_rows; /* while flying: the store's, to look at */
    bool flying;
    size_t expected;                              /* commands that the next batch would have if all came again */
    int64_t took_off_at, landed_at, last_took_ms; /* monotonic */
    struct loop_watch *turn_end, *store_ready, *timer, *second, *gather;
    struct snapshot_job *snapshot;
    struct backup_job *backup; /* in the making, or NULL */
    bool clock_was_stepped, wants_snapshot;
    bool awaits_store; /* much is due, and enough of it has been decided: nothing before the store has a batch done */
};

/* pending.c */
void pending_list_init(struct pending_list *l);
void pending_list_add(struct pending_list *l, struct pending *r);
struct pending *pending_list_take(struct pending_list *l); /* the first, or NULL */
struct pending *pending_new(const struct submission *s);   /* takes s->command */
struct pending *pending_new_own(Halld__Command *command);  /* the engine's own; takes command */
void pending_free(struct pending *r);

/* engine.c */
void engine_look(struct engine *e); /* at the clock and the disk, once a second */

/* turn.c */
void engine_submit(void *engine, const struct submission *s);
void engine_turn(struct engine *e);
void engine_decide_all(struct engine *e); /* the whole queue, without a look at the day */
/* Decides the engine's own command at once; how many events it made, or a negative code, logged. */
int engine_do(struct engine *e, Halld__Command *command, int64_t now);
bool engine_writes(const struct engine *e);
int engine_refusal(const struct engine *e); /* 0, or the code that commands are refused with now */

/* sealing.c */
/* Before a decision: refuses what could not be sealed then (0 or a code), and takes words that lie bare out of the
 * command. */
int sealing_prepare(struct engine *e, struct pending *r);
/* Says early, in the log and the alarms, that nothing can be sealed today: where there are matters, somebody will want
 * to. */
void sealing_look(struct engine *e);
void sealing_forget(struct engine *e); /* now and then: what has expired goes */
/* After it: seals into the gathering batch what the command's events name, and erases what they erase. */
void sealing_follow(struct engine *e, const struct pending *r, Halld__Event *const *events, size_t n);
/* The ref under which a file lies until a matter takes it. */
void sealing_upload_owner(uint8_t ret[16]);
/* Carries out every erasure of the journal again, and waits for the disk. 0 or a code with why. */
int sealing_erase_again(struct engine *e, char why[200]);

/* commit.c */
void batch_init(struct batch *b);
void batch_fini(struct batch *b);
void batch_add_events(struct batch *b, const struct events *events); /* takes the events out */
void engine_commit(struct engine *e);                /* hands the gathering batch to the store, if it is idle */
void engine_commit_soon(struct engine *e);           /* the same, or in a moment if more is sure to come */
void engine_on_store(void *engine);                  /* the store has finished a batch */
void engine_fail(struct engine *e, const char *why); /* nothing may be written by this process any more */
void engine_flush(struct engine *e);                 /* waits until nothing is on its way */

/* day.c */
bool engine_day_turn(struct engine *e, int64_t *now); /* false: there is more to do before commands may be decided */
void engine_day_arm(struct engine *e);

/* replay.c */
int replay_open(struct engine *e, const struct engine_options *o, char why[200]);

/* keep.c */
void keep_snapshot(struct engine *e);     /* in the background */
void keep_look(struct engine *e);         /* once a second: is it done? */
void keep_close(struct engine *e);        /* waits for it */
void keep_snapshot_now(struct engine *e); /* at the end: waits for the disk */

/* backup.c */
void backup_close(struct engine *e); /* waits for the one in the making; nobody is told */

#endif
