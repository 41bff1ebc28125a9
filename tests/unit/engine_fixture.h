/* A real engine on a real store in a temporary folder, with clocks that the test moves. */
#ifndef TESTS_UNIT_ENGINE_FIXTURE_H
#define TESTS_UNIT_ENGINE_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "engine/inside.h"

extern int64_t fixture_wall, fixture_boot; /* ms */
extern bool fixture_synced;                /* what the kernel says of the wall clock */
void fixture_pass(int64_t ms);             /* both clocks go on */

struct fixture {
    char dir[64];
    struct loop *loop;
    struct engine *engine;
    struct engine_options options;
    int fatal;     /* the exit code asked for, or 0 */
    int commits;   /* batches that the sink saw */
    uint64_t seen; /* last seq that the sink saw */
};

/* What an answer said, and what was on disk when it came. */
struct said {
    int times, code;
    bool repeated;
    size_t n;
    uint64_t seq;     /* of its first event; 0 = none */
    uint64_t on_disk; /* last event that another connection could read */
    char number[12], kind[32];
    const char *dir;
};

/* 2026-11-23 09:00 in Asia/Shanghai, a Monday. */
#define FIXTURE_MONDAY_9 INT64_C(1795395600000)

void fixture_init(struct fixture *f);               /* a folder; the engine is not open yet */
int fixture_open(struct fixture *f, char why[200]); /* and started; the first time with the small hall imported */
void fixture_must_open(struct fixture *f);
void fixture_close(struct fixture *f);                         /* as on SIGTERM */
void fixture_kill(struct fixture *f);                          /* as after kill -9: no snapshot, nothing more written */
void fixture_fini(struct fixture *f);                          /* closes if open, removes the folder */
char *fixture_path(const struct fixture *f, const char *name); /* freed by the caller */

/* Commands from JSON: {"issue_ticket":{"queue":"A"}}. */
Halld__Command *fixture_command(const char *json);
/* Hands a command in as clerk `who`; key may be NULL. The answer comes with a later turn. */
void fixture_submit(struct fixture *f, const char *who, const char *json, const char *key, struct said *said);
/* The same, a turn, and waiting for the disk. */
struct said fixture_do(struct fixture *f, const char *who, const char *json, const char *key);
/* A turn as after a timer, and waiting for the disk. */
void fixture_turn(struct fixture *f);

/* The packed committed hall. */
struct buf fixture_state(const struct fixture *f);
void fixture_check_same(struct buf a, struct buf b); /* both freed */
int32_t fixture_day(const struct fixture *f);

#endif
