#include "store/writer.h"
#include "store/sealed_rows.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/append.h"

enum {
    ERRANDS_MOST = 10000, /* beyond it a flood drops rows, counted in the log, rather than eat memory */
    ERRAND_WAIT_MS = 500, /* for a batch to ride with */
    IDLE_MS = 200,
    PAGES_IDLE = 500,  /* of the WAL not copied yet: worth a checkpoint when idle (2 MB) */
    PAGES_MANY = 4096, /* worth one even under load (16 MB) */
};

struct checkpoint {
    int pages, copied; /* frames in the WAL, and those already in the database */
    int64_t idle_at;   /* monotonic ms */
};

struct writer {
    pthread_t thread;
    struct store_stats stats;
    pthread_mutex_t lock;
    pthread_cond_t work, rest; /* to the thread; from it, for those who wait */
    int fd;

    /* under lock */
    struct store_batch *batch, *done;
    struct errand *first, **last;
    size_t n_errands, dropped;
    int64_t errands_at; /* when they go without a batch */
    bool stop, hurry, probe, writing;
    int state; /* 0, DISK_FULL, STORE_FAILED: the last is for ever */

    /* the thread's own */
    sqlite3 *db;
    struct append append;
    struct journal_tail tail;
    struct checkpoint wal;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void wake_loop(struct writer *w)
{
    uint64_t one = 1;
    ssize_t n = write(w->fd, &one, sizeof one);
    (void)n; /* fails only when the counter is at its top: readable anyway */
}

static void free_errands(struct errand *e)
{
    while (e) {
        struct errand *next = e->next;
        free(e);
        e = next;
    }
}

/* ---- one transaction ---- */

static int write_parts(struct writer *w, const struct store_batch *b, const struct errand *errands,
                       struct journal_tail *tail)
{
    int code = 0;
    if (b) {
        code = append_rows(&w->append, b->rows, b->n_rows, tail);
        if (!code)
            code = append_secrets(&w->append, b->secrets, b->n_secrets);
        if (!code)
            code = sealed_rows_write(w->db, b->sealed, b->n_sealed);
    }
    for (const struct errand *e = errands; e && !code; e = e->next)
        code = e->run(e, w->db);
    return code;
}

/* Says why before the roll-back makes SQLite forget it. */
static int roll_back(struct writer *w, int code, const char *doing)
{
    if (code == HALL_E_INTERNAL)
        log_error("store", "%s: refused, a fault of the program", doing);
    else
        db_failed(w->db, code, doing);
    if (code != HALL_E_STORE_FAILED && !sqlite3_get_autocommit(w->db) && db_run(w->db, "ROLLBACK") != 0) {
        code = db_failed(w->db, HALL_E_STORE_FAILED, "rolling back");
    }
    return code;
}

static int write_transaction(struct writer *w, const struct store_batch *b, const struct errand *errands)
{
    struct journal_tail tail = w->tail;
    int code = db_run(w->db, "BEGIN IMMEDIATE");
    if (!code)
        code = write_parts(w, b, errands, &tail);
    if (!code)
        code = db_run(w->db, "COMMIT");
    if (code)
        return roll_back(w, code, b ? "writing a batch" : "writing the security log and sessions");
    w->tail = tail;
    return 0;
}

/* Asks for more room than a batch needs, then gives it back to the file. */
static int write_probe(struct writer *w)
{
    int code = db_run(w->db, "BEGIN IMMEDIATE; INSERT OR REPLACE INTO meta VALUES('probe', zeroblob(262144)); COMMIT");
    if (!code)
        code = db_run(w->db, "DELETE FROM meta WHERE name = 'probe'");
    if (code == HALL_E_STORE_FAILED)
        db_failed(w->db, code, "looking whether the disk has room again");
    if (code && !sqlite3_get_autocommit(w->db))
        db_run(w->db, "ROLLBACK");
    return code;
}

/* ---- checkpoints ---- */

/* A WAL that got shorter was started anew: nothing of it is copied yet. */
static int count_pages(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct writer *w = arg;
    (void)db, (void)name;
    if (pages < w->wal.pages)
        w->wal.copied = 0;
    w->wal.pages = pages;
    w->wal.idle_at = now_ms() + IDLE_MS;
    return SQLITE_OK;
}

static int uncopied(const struct writer *w)
{
    return w->wal.pages - w->wal.copied;
}

/*
 * A reader may hold part of it back; then the rest waits for the next turn. A full disk stops it half way, which
 * loses nothing either.
 */
static int run_checkpoint(struct writer *w)
{
    int pages = 0, copied = 0;
    db_clear();
    int rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    int code = db_code(w->db);
    w->wal.copied = w->wal.pages; /* what was tried; more pages bring the next try */
    if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
        return 0;
    return db_failed(w->db, code, "checkpoint");
}

/* ---- the thread ---- */

enum job { JOB_WAIT, JOB_FAIL, JOB_CHECKPOINT, JOB_WRITE, JOB_PROBE, JOB_STOP };

static bool errands_are_due(const struct writer *w, int64_t now)
{
    return w->first && !w->state && (w->hurry || w->stop || now >= w->errands_at);
}

static enum job next_job(const struct writer *w, int64_t now)
{
    if (w->state == HALL_E_STORE_FAILED && (w->batch || w->first))
        return JOB_FAIL;
    if (!w->state && uncopied(w) >= PAGES_MANY)
        return JOB_CHECKPOINT;
    if (w->batch)
        return w->state ? JOB_FAIL : JOB_WRITE;
    if (errands_are_due(w, now))
        return JOB_WRITE;
    if (w->probe)
        return JOB_PROBE;
    if (w->stop)
        return JOB_STOP;
    if (!w->state && uncopied(w) >= PAGES_IDLE && now >= w->wal.idle_at)
        return JOB_CHECKPOINT;
    return JOB_WAIT;
}

static void wait_for_work(struct writer *w)
{
    int64_t until = INT64_MAX;
    if (!w->state && w->first)
        until = w->errands_at;
    if (!w->state && uncopied(w) >= PAGES_IDLE && w->wal.idle_at < until)
        until = w->wal.idle_at;
    pthread_cond_broadcast(&w->rest);
    if (until == INT64_MAX) {
        pthread_cond_wait(&w->work, &w->lock);
        return;
    }
    struct timespec t = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    pthread_cond_timedwait(&w->work, &w->lock, &t);
}

static void set_state(struct writer *w, int code)
{
    if (w->state != HALL_E_STORE_FAILED)
        w->state = code == HALL_E_STORE_FAILED || code == HALL_E_DISK_FULL ? code : 0;
}

static struct errand *take_errands(struct writer *w)
{
    struct errand *e = w->first;
    w->first = NULL;
    w->last = &w->first;
    w->n_errands = 0;
    return e;
}

/* Those that could not be written wait, before the newer ones, for room. */
static void put_errands_back(struct writer *w, struct errand *old)
{
    if (!old)
        return;
    struct errand *end = old;
    for (w->n_errands++; end->next; end = end->next)
        w->n_errands++;
    end->next = w->first;
    if (!w->first)
        w->last = &end->next;
    w->first = old;
}

static void finish_batch(struct writer *w, int code)
{
    if (!w->batch)
        return;
    w->batch->code = code;
    w->done = w->batch;
    w->batch = NULL;
}

static void do_write(struct writer *w)
{
    struct store_batch *b = w->batch;
    struct errand *errands = take_errands(w);
    size_t dropped = w->dropped;
    w->dropped = 0;
    w->writing = true;
    pthread_mutex_unlock(&w->lock);
    if (dropped)
        log_warn("store", "security log: a flood, %zu entries were not kept", dropped);
    int64_t began = clock_monotonic_us();
    int code = write_transaction(w, b, errands);
    int64_t took = clock_monotonic_us() - began;
    pthread_mutex_lock(&w->lock);
    if (code == 0)
        w->stats = (struct store_stats){w->stats.commits + 1, w->stats.events + (int64_t)(b ? b->n_rows : 0),
                                        w->stats.commit_us + took};
    w->writing = false;
    set_state(w, code);
    if (code == HALL_E_DISK_FULL)
        put_errands_back(w, errands);
    else
        free_errands(errands);
    if (b)
        finish_batch(w, code);
    wake_loop(w);
}

/* Full: the batch is told so at once, the errands wait. Failed: nothing is tried on these descriptors again. */
static void do_fail(struct writer *w)
{
    if (w->state == HALL_E_STORE_FAILED)
        free_errands(take_errands(w));
    finish_batch(w, w->state);
    wake_loop(w);
}

static void do_probe(struct writer *w)
{
    w->probe = false;
    if (w->state != HALL_E_DISK_FULL)
        return;
    pthread_mutex_unlock(&w->lock);
    int code = write_probe(w);
    pthread_mutex_lock(&w->lock);
    set_state(w, code);
    wake_loop(w);
}

static void do_checkpoint(struct writer *w)
{
    pthread_mutex_unlock(&w->lock);
    int code = run_checkpoint(w);
    pthread_mutex_lock(&w->lock);
    if (code == HALL_E_STORE_FAILED) {
        set_state(w, code);
        wake_loop(w);
    }
}

static void *run(void *arg)
{
    static void (*const jobs[])(struct writer *) = {
        [JOB_WAIT] = wait_for_work, [JOB_FAIL] = do_fail,   [JOB_CHECKPOINT] = do_checkpoint,
        [JOB_WRITE] = do_write,     [JOB_PROBE] = do_probe,
    };
    struct writer *w = arg;
    enum job job;
    pthread_mutex_lock(&w->lock);
    while ((job = next_job(w, now_ms())) != JOB_STOP)
        jobs[job](w);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- the loop's side ---- */

/* Signals are the loop's business. */
static int start_thread(struct writer *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, run, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static void init_locks(struct writer *w)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, &attr);
    pthread_cond_init(&w->rest, &attr);
    pthread_condattr_destroy(&attr);
}

static void free_all(struct writer *w)
{
    append_fini(&w->append);
    sqlite3_close(w->db);
    if (w->fd >= 0)
        close(w->fd);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->rest);
    pthread_mutex_destroy(&w->lock);
    free_errands(w->first);
    store_batch_free(w->batch);
    store_batch_free(w->done);
    free(w);
}

int writer_open_take(sqlite3 *db, const struct journal_tail *tail, struct writer **ret, char why[200])
{
    struct writer *w = alloc_zero(sizeof *w);
    w->db = db;
    w->tail = *tail;
    w->last = &w->first;
    w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    init_locks(w);
    sqlite3_wal_hook(db, count_pages, w);
    if (append_init(&w->append, db) != 0) {
        db_why(db, "journal.db", why);
    } else if (w->fd < 0 || start_thread(w) != 0) {
        snprintf(why, DB_WHY, "the writer thread does not start");
    } else {
        *ret = w;
        return 0;
    }
    free_all(w);
    return HALL_E_STORE_FAILED;
}

void writer_close(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    if (!w->state)
        sqlite3_db_config(w->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    free_all(w);
}

int writer_fd(const struct writer *w)
{
    return w->fd;
}

bool writer_is_busy(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool busy = w->batch || w->done;
    pthread_mutex_unlock(&w->lock);
    return busy;
}

void writer_put_take(struct writer *w, struct store_batch *b)
{
    pthread_mutex_lock(&w->lock);
    w->batch = b;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

struct store_batch *writer_finished(struct writer *w)
{
    uint64_t count;
    ssize_t n = read(w->fd, &count, sizeof count);
    (void)n; /* nothing there: asked without having been woken */
    pthread_mutex_lock(&w->lock);
    struct store_batch *b = w->done;
    w->done = NULL;
    pthread_mutex_unlock(&w->lock);
    return b;
}

void writer_add_errand_take(struct writer *w, struct errand *e)
{
    pthread_mutex_lock(&w->lock);
    bool flood = w->n_errands >= ERRANDS_MOST;
    if (flood) {
        w->dropped++;
    } else {
        e->next = NULL;
        *w->last = e;
        w->last = &e->next;
        if (w->n_errands++ == 0) {
            w->errands_at = now_ms() + ERRAND_WAIT_MS;
            pthread_cond_signal(&w->work);
        }
    }
    pthread_mutex_unlock(&w->lock);
    if (flood)
        free(e);
}

void writer_flush(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->hurry = true;
    pthread_cond_signal(&w->work);
    while ((w->first && !w->state) || w->writing)
        pthread_cond_wait(&w->rest, &w->lock);
    w->hurry = false;
    pthread_mutex_unlock(&w->lock);
}

bool writer_probe(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool room = w->state == 0;
    w->probe = !room;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    return room;
}

void writer_stats(struct writer *w, struct store_stats *ret)
{
    pthread_mutex_lock(&w->lock);
    *ret = w->stats;
    pthread_mutex_unlock(&w->lock);
}

int writer_state(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    int state = w->state;
    pthread_mutex_unlock(&w->lock);
    return state;
}
