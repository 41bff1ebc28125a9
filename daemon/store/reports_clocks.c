/* Runs of clocks as rows: what each event of a clock means to them. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/matter.h"
#include "store/db.h"
#include "store/reports_fold.h"

/* The clock's present run, as it is read and written back. */
struct timed {
    uint64_t seq; /* 0: none */
    int64_t start;
    struct running *pauses; /* owned; room for one more */
    size_t n_pauses;
};

static struct timed timed_now(struct reports_fold *f, uint64_t matter, const char *clock)
{
    struct timed t = {0};
    if (!FIND(f, SQL_RUN_NOW, SQL_INT(matter), SQL_TEXT(clock)))
        return t;
    sqlite3_stmt *st = f->st[SQL_RUN_NOW];
    t.seq = (uint64_t)sqlite3_column_int64(st, 0);
    t.start = sqlite3_column_int64(st, 1);
    size_t len = (size_t)sqlite3_column_bytes(st, 2);
    t.n_pauses = len / sizeof *t.pauses;
    t.pauses = alloc_zero((t.n_pauses + 1) * sizeof *t.pauses);
    if (t.n_pauses)
        memcpy(t.pauses, sqlite3_column_blob(st, 2), t.n_pauses * sizeof *t.pauses);
    sqlite3_reset(st);
    return t;
}

void clocks_on_started(struct reports_fold *f)
{
    const Halld__ClockStarted *b = f->event->clock_started;
    fold_load(f, b->head->matter);
    RUN(f, SQL_RUN, SQL_INT(f->event->seq), SQL_INT(b->head->matter), SQL_TEXT(b->clock), SQL_INT(f->event->at),
        SQL_INT(b->due_at), SQL_INT(b->n), SQL_INT(b->unit));
    fold_put_event(f, b->head, (struct told){.kind = KIND_CLOCK_STARTED, .name = b->clock});
}

/* Cards whose moments lie ahead again are taken back: the first moment is the yellow card's, the third the red's. */
static enum reports_card card_most(const Halld__ClockMoved *b, int64_t now)
{
    if (b->n_moments > 0 && b->moments[0] > now)
        return CARD_NONE;
    return b->n_moments > 2 && b->moments[2] > now ? CARD_YELLOW : CARD_RED;
}

static void put_run(struct reports_fold *f, const struct timed *t, int status, const Halld__ClockMoved *b)
{
    sqlite3_stmt *st = f->st[SQL_RUN_MOVED];
    const struct sql_arg args[] = {
        SQL_INT(t->seq), SQL_INT(status),  SQL_INT(t->start), SQL_INT(b->due_at),
        SQL_INT(b->n),   SQL_INT(b->unit), SQL_INT(0),        SQL_INT(card_most(b, f->event->at))};
    if (f->code)
        return;
    sql_bind(st, args, sizeof args / sizeof *args);
    sqlite3_bind_blob(st, 7, t->pauses, (int)(t->n_pauses * sizeof *t->pauses), SQLITE_STATIC);
    f->code = db_step_done(st);
}

void clocks_on_moved(struct reports_fold *f)
{
    const Halld__ClockMoved *b = f->event->clock_moved;
    fold_load(f, b->head->matter);
    struct timed t = timed_now(f, b->head->matter, b->clock);
    bool resumed = strcmp(b->reason, "resume") == 0;
    if (resumed && t.n_pauses)
        t.pauses[t.n_pauses - 1].to = f->event->at;
    if (b->start_at != t.start)
        t.n_pauses = pauses_since(t.n_pauses, t.pauses, b->start_at);
    t.start = b->start_at;
    bool held = t.n_pauses && t.pauses[t.n_pauses - 1].to == INT64_MAX;
    put_run(f, &t, held ? STATUS_PAUSED : STATUS_RUNNING, b);
    free(t.pauses);
    fold_put_event(f, b->head, (struct told){.kind = KIND_CLOCK_MOVED, .name = b->clock, .how = b->reason});
}

void clocks_on_paused(struct reports_fold *f)
{
    const Halld__ClockPaused *b = f->event->clock_paused;
    fold_load(f, b->head->matter);
    struct timed t = timed_now(f, b->head->matter, b->clock);
    Halld__ClockMoved held = HALLD__CLOCK_MOVED__INIT;
    if (t.seq) {
        t.pauses[t.n_pauses++] = (struct running){f->event->at, INT64_MAX};
        put_run(f, &t, STATUS_PAUSED, &held);
    }
    free(t.pauses);
    fold_put_event(f, b->head, (struct told){.kind = KIND_CLOCK_PAUSED, .name = b->clock});
}

void clocks_on_stopped(struct reports_fold *f)
{
    const Halld__ClockStopped *b = f->event->clock_stopped;
    int status = strcmp(b->how, "met") == 0 ? STATUS_MET : strcmp(b->how, "late") == 0 ? STATUS_LATE : STATUS_DROPPED;
    fold_load(f, b->head->matter);
    struct timed t = timed_now(f, b->head->matter, b->clock);
    struct known_span s = {t.start, f->event->at, t.pauses, t.n_pauses};
    if (t.seq)
        RUN(f, SQL_RUN_STOPPED, SQL_INT(t.seq), SQL_INT(status), SQL_INT(f->event->seq), SQL_INT(f->event->day),
            SQL_INT(known_open_ms(&f->known, &s)), SQL_INT(known_days(&f->known, &s)));
    free(t.pauses);
    fold_put_event(f, b->head, (struct told){.kind = KIND_CLOCK_STOPPED, .name = b->clock, .how = b->how});
}

/* The first three of a clock's moments are its yellow card, its end and its red card. */
void clocks_on_mark(struct reports_fold *f)
{
    const Halld__MarkGiven *b = f->event->mark_given;
    fold_load(f, b->head->matter);
    if (b->watch == 1)
        RUN(f, SQL_RUN_EXPIRED, SQL_INT(b->head->matter), SQL_TEXT(b->clock));
    else if (b->watch <= 2)
        RUN(f, SQL_RUN_CARD, SQL_INT(b->head->matter), SQL_TEXT(b->clock),
            SQL_INT(b->watch == 0 ? CARD_YELLOW : CARD_RED));
    fold_put_event(f, b->head, (struct told){.kind = KIND_MARK, .name = b->clock, .how = b->what});
}
