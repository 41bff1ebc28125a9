/*
 * The fold's inside: its statements, the matter that is being written, and what the files of the fold share. Internal
 * to store/reports_*.
 */
#ifndef STORE_REPORTS_FOLD_H
#define STORE_REPORTS_FOLD_H

#include "store/reports_inside.h"
#include "store/reports_known.h"

enum sql {
    SQL_EVENT,
    SQL_MATTER,
    SQL_MATTER_PUT,
    SQL_STAY,
    SQL_STAY_LEFT,
    SQL_STAY_RENAMED,
    SQL_VALUE_GONE,
    SQL_PERSON_GONE,
    SQL_VALUE,
    SQL_SAME,
    SQL_SAME_ITEM,
    SQL_RUN,
    SQL_RUN_NOW,
    SQL_RUN_MOVED,
    SQL_RUN_STOPPED,
    SQL_RUN_CARD,
    SQL_RUN_EXPIRED,
    SQL_TICKET,
    SQL_TICKETS_GONE,
    SQL_SERVICE,
    SQL_ITEM,
    SQL_ITEM_GROUP,
    SQL_RECALL,
    SQL_RECALL_GONE,
    SQL_COUNT
};

/* The matter that is being written: consecutive events are most often of one. */
struct live {
    uint64_t id; /* 0: none */
    bool changed;
    char flow[REPORTS_NAME], state[REPORTS_NAME], department[REPORTS_NAME], item[REPORTS_NAME], opened_by[REPORTS_NAME];
    uint32_t version, level;
    int window;
    int64_t opened_at, ended_at, entered_at;
    int32_t opened_day, ended_day;
    uint64_t stay;     /* the present one; 0: over */
    bool again, given; /* a second notice; its department is its own field, not the item's group */
};

struct reports_fold {
    sqlite3 *db;
    sqlite3_stmt *st[SQL_COUNT];
    struct known known;
    struct live live;
    const Halld__Event *event;
    int code; /* sticky */
};

void fold_run(struct reports_fold *f, enum sql sql, const struct sql_arg *args, size_t n);
/* Is there a row? The statement must be reset then. */
bool fold_find(struct reports_fold *f, enum sql sql, const struct sql_arg *args, size_t n);

#define RUN(f, sql, ...)                                                \
    do {                                                                \
        const struct sql_arg run_args[] = {__VA_ARGS__};                \
        fold_run(f, sql, run_args, sizeof run_args / sizeof *run_args); \
    } while (0)

#define FIND(f, sql, ...)                                    \
    fold_find(f, sql, (const struct sql_arg[]){__VA_ARGS__}, \
              sizeof((const struct sql_arg[]){__VA_ARGS__}) / sizeof(struct sql_arg))

/* Makes the matter the one that is being written. */
void fold_load(struct reports_fold *f, uint64_t matter);

/* The event as a row of its own; what it says beyond the head. */
struct told {
    enum reports_kind kind;
    const char *name, *from, *to, *how;
};

void fold_put_event(struct reports_fold *f, const Halld__MatterHead *head, struct told t);

/* reports_clocks.c */
void clocks_on_started(struct reports_fold *f);
void clocks_on_moved(struct reports_fold *f);
void clocks_on_paused(struct reports_fold *f);
void clocks_on_stopped(struct reports_fold *f);
void clocks_on_mark(struct reports_fold *f);

#endif
