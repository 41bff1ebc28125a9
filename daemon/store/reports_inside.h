/* What the files of the read model share. Internal to store/. */
#ifndef STORE_REPORTS_INSIDE_H
#define STORE_REPORTS_INSIDE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/event.pb-c.h"
#include "store/reports.h"

enum { REPORTS_NAME = 336 }; /* bytes; codes have at most 80 characters */

/* Kinds of rows in `event`: what the journal's kinds are called in timelines. */
enum reports_kind {
    KIND_MOVED = 1,
    KIND_CLOCK_STARTED,
    KIND_CLOCK_MOVED,
    KIND_CLOCK_PAUSED,
    KIND_CLOCK_STOPPED,
    KIND_MARK,
    KIND_RAISED,
    KIND_NOTIFIED,
    KIND_TOLD,
    KIND_EFFECT,
    KIND_MIGRATED,
    KIND_ERASED
};

enum reports_run { STATUS_RUNNING, STATUS_PAUSED, STATUS_MET, STATUS_LATE, STATUS_DROPPED };
enum reports_card { CARD_NONE, CARD_YELLOW, CARD_RED };

struct sqlite3 *reports_db(struct reports *r);

/* ---- binding */
struct sql_arg {
    const char *text; /* NULL: the number */
    int64_t number;
};
#define SQL_TEXT(t) ((struct sql_arg){.text = (t)})
#define SQL_INT(n) ((struct sql_arg){.number = (int64_t)(n)})
/* Clears what was bound; texts are borrowed until the statement is reset. */
void sql_bind(sqlite3_stmt *st, const struct sql_arg *args, size_t n);

/* ---- the fold (reports_fold.c) */
struct reports_fold;
/* Statements on db; NULL if one cannot be prepared. */
struct reports_fold *reports_fold_new(sqlite3 *db);
void reports_fold_free(struct reports_fold *f);
/* Is the event's kind one that the fold looks at? body: the number of its field in Event. */
bool reports_fold_wants(int body);
/* 0 or a code; on a code the transaction must be rolled back and the fold freed. */
int reports_fold_event(struct reports_fold *f, const Halld__Event *event);
/* Writes what is still held in memory. */
int reports_fold_flush(struct reports_fold *f);
/* After opening a file: the events whose content the fold keeps in memory, in order, before the next new one. */
void reports_fold_recall(struct reports_fold *f, const Halld__Event *event);

const Halld__Flow *reports_fold_flow(const struct reports_fold *f, const char *name, uint32_t version); /* NULL */

size_t reports_fold_flow_count(const struct reports_fold *f);
const Halld__Flow *reports_fold_flow_at(const struct reports_fold *f, size_t i);

/* ---- what makes a second notice (reports_figures.c) */
extern const char *const REPORTS_NOTICE_FLOW;

#endif
