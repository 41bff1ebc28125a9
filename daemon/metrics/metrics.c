#include "metrics/metrics.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "metrics/graph.h"
#include "metrics/prometheus.h"

enum { CHUNK = 5000, BLOCK_MS = FOLD_BLOCK * FOLD_MINUTE_MS };

struct job {
    struct job *next;
    void (*run)(struct metrics *m, struct job *j); /* on the thread */
    struct query query;
    int64_t health[METRIC_MOST], minute_end_s;
    struct refusal refusal;
    struct buf text;
    metrics_done *done; /* NULL: nobody waits */
    void *arg;
};

struct jobs {
    struct job *first, **last;
};

struct metrics {
    struct loop *loop;
    struct metrics_options o;
    struct loop_watch *answers, *minute;
    struct graph *graph;
    int fd;
    pthread_t thread;
    bool running;
    int64_t block;             /* of the last event, on the loop */
    int64_t last[METRIC_MOST]; /* the daemon's totals a minute ago */
    struct job *rebuild;       /* the thread's: answered when everything is there again */
    struct keeper *keeper;     /* the thread's */
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* under the lock */
    struct jobs asked, answered;
    uint64_t target; /* committed */
    bool wake, stop;
    enum keeper_trouble trouble;
};

/* ---- jobs */

static void jobs_init(struct jobs *q)
{
    q->first = NULL;
    q->last = &q->first;
}

static void jobs_put(struct jobs *q, struct job *j)
{
    j->next = NULL;
    *q->last = j;
    q->last = &j->next;
}

static struct job *jobs_take(struct jobs *q)
{
    struct job *j = q->first;
    if (j) {
        q->first = j->next;
        if (!q->first)
            q->last = &q->first;
    }
    return j;
}

static void job_free(struct job *j)
{
    buf_fini(&j->text);
    free(j);
}

static void jobs_fini(struct jobs *q)
{
    for (struct job *j; (j = jobs_take(q));)
        job_free(j);
}

static void wake_loop(struct metrics *m)
{
    uint64_t one = 1;
    if (write(m->fd, &one, sizeof one) != sizeof one)
        abort();
}

static void answer(struct metrics *m, struct job *j)
{
    if (!j->done) {
        job_free(j);
        return;
    }
    pthread_mutex_lock(&m->lock);
    jobs_put(&m->answered, j);
    pthread_mutex_unlock(&m->lock);
    wake_loop(m);
}

static void run_query(struct metrics *m, struct job *j)
{
    query_answer(m->keeper, &j->query, &j->text, &j->refusal);
}

static void run_prometheus(struct metrics *m, struct job *j)
{
    prometheus_write(&j->text, keeper_fold(m->keeper), j->health);
}

static void run_rebuild(struct metrics *m, struct job *j)
{
    if (m->rebuild)
        answer(m, m->rebuild);
    m->rebuild = j;
    log_info("metrics", "rebuilding every series from the journal");
    keeper_rebuild(m->keeper);
}

static void run_minute(struct metrics *m, struct job *j)
{
    keeper_write_daemon(m->keeper, j->minute_end_s, j->health);
}

/* ---- the thread */

/* The next job, once something is to be done; NULL: go on with the journal. */
static struct job *wait_for_work(struct metrics *m, bool at_target, uint64_t *ret_target, bool *ret_stop)
{
    pthread_mutex_lock(&m->lock);
    while (at_target && !m->asked.first && !m->wake && !m->stop)
        pthread_cond_wait(&m->work, &m->lock);
    struct job *j = jobs_take(&m->asked);
    m->wake = false;
    *ret_target = m->target;
    *ret_stop = m->stop;
    pthread_mutex_unlock(&m->lock);
    return j;
}

static void catch_up(struct metrics *m, uint64_t target)
{
    while (!keeper_advance(m->keeper, target, CHUNK) && !keeper_is_behind(m->keeper, target)) {
    }
}

static void run_job(struct metrics *m, struct job *j, uint64_t target)
{
    if (j->run != run_minute && j->run != run_rebuild) {
        catch_up(m, target);
        if (keeper_is_behind(m->keeper, target))
            refuse(&j->refusal, HALL_E_NOT_READY, "series", "");
    }
    if (j->refusal.code == 0)
        j->run(m, j);
    if (j->run != run_rebuild)
        answer(m, j);
}

static void answer_rebuild(struct metrics *m)
{
    struct job *j = m->rebuild;
    m->rebuild = NULL;
    log_info("metrics", "every series is rebuilt");
    answer(m, j);
}

static void tell_trouble(struct metrics *m)
{
    pthread_mutex_lock(&m->lock);
    m->trouble = keeper_trouble(m->keeper);
    pthread_mutex_unlock(&m->lock);
}

static void *run(void *arg)
{
    struct metrics *m = arg;
    uint64_t target = 0;
    bool at_target = true, stop = false;
    while (!stop) {
        struct job *j = wait_for_work(m, at_target, &target, &stop);
        if (j)
            run_job(m, j, target);
        if (!stop)
            at_target = keeper_advance(m->keeper, target, CHUNK);
        tell_trouble(m);
        if (at_target && m->rebuild)
            answer_rebuild(m);
    }
    return NULL;
}

/* Signals are the loop's business. */
static int start_thread(struct metrics *m)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&m->thread, NULL, run, m);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* ---- the loop's side */

static void on_answers(void *arg)
{
    struct metrics *m = arg;
    uint64_t count;
    ssize_t n = read(m->fd, &count, sizeof count);
    (void)n;
    for (;;) {
        pthread_mutex_lock(&m->lock);
        struct job *j = jobs_take(&m->answered);
        pthread_mutex_unlock(&m->lock);
        if (!j)
            return;
        j->done(j->arg, &j->refusal, &j->text);
        job_free(j);
    }
}

static void put(struct metrics *m, struct job *j)
{
    pthread_mutex_lock(&m->lock);
    jobs_put(&m->asked, j);
    pthread_cond_signal(&m->work);
    pthread_mutex_unlock(&m->lock);
}

static struct job *job_new(void (*run_it)(struct metrics *m, struct job *j), metrics_done *done, void *arg)
{
    struct job *j = alloc_zero(sizeof *j);
    j->run = run_it;
    j->done = done;
    j->arg = arg;
    return j;
}

/* In the order of the table's daemon rows. */
static void read_health(struct metrics *m, int64_t *values)
{
    struct metrics_health h = {0};
    if (m->o.health)
        m->o.health(m->o.arg, &h);
    const int64_t all[] = {h.memory_bytes, h.connections, h.streams, h.commits, h.events, h.commit_us};
    memcpy(values, all, sizeof all);
}

/* Counts since the last minute, readings as they are. */
static void on_minute(void *arg)
{
    struct metrics *m = arg;
    struct job *j = job_new(run_minute, NULL, NULL);
    read_health(m, j->health);
    for (size_t i = 0; i < catalogue_scope_count(SCOPE_DAEMON); i++) {
        int64_t total = j->health[i];
        if (catalogue_at(catalogue_scope_at(SCOPE_DAEMON, i))->kind != METRIC_READING)
            j->health[i] -= m->last[i];
        m->last[i] = total;
    }
    j->minute_end_s = m->o.now_ms(m->o.arg) / FOLD_MINUTE_MS * 60;
    put(m, j);
    loop_watch_arm(m->minute, FOLD_MINUTE_MS);
}

static void on_committed(void *arg, const struct hall *committed, Halld__Event *const *events, size_t n)
{
    struct metrics *m = arg;
    (void)committed;
    if (!m->running || !n)
        return;
    int64_t block = events[n - 1]->at / BLOCK_MS;
    pthread_mutex_lock(&m->lock);
    m->target = events[n - 1]->seq;
    if (block != m->block) {
        m->wake = true;
        pthread_cond_signal(&m->work);
    }
    pthread_mutex_unlock(&m->lock);
    m->block = block;
}

struct metrics *metrics_new(struct loop *loop)
{
    struct metrics *m = alloc_zero(sizeof *m);
    m->loop = loop;
    m->fd = -1;
    m->graph = graph_new(loop);
    jobs_init(&m->asked);
    jobs_init(&m->answered);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->work, NULL);
    return m;
}

struct sink metrics_sink(struct metrics *m)
{
    return (struct sink){.name = "metrics", .arg = m, .committed = on_committed};
}

static int open_keeper(struct metrics *m, char why[200])
{
    char *dir = alloc_format("%s/rrd", m->o.data_dir), *journal = alloc_format("%s/journal.db", m->o.data_dir);
    struct keeper_options k = {
        .dir = dir, .journal = journal, .simulated = m->o.simulated, .spare_mib = m->o.spare_mib};
    int code = keeper_open(&k, &m->keeper, why);
    free(dir);
    free(journal);
    return code;
}

int metrics_open(struct metrics *m, const struct metrics_options *o, char why[200])
{
    m->o = *o;
    m->target = o->committed;
    m->wake = true;
    int code = open_keeper(m, why);
    if (code)
        return code;
    m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->fd < 0 || start_thread(m) != 0) {
        snprintf(why, 200, "the metrics' thread does not start");
        return HALL_E_NOT_READY;
    }
    m->running = true;
    m->answers = loop_watch_readable(m->loop, m->fd, on_answers, m);
    m->minute = loop_watch_timer(m->loop, on_minute, m);
    read_health(m, m->last);
    loop_watch_arm(m->minute, FOLD_MINUTE_MS);
    return 0;
}

void metrics_close(struct metrics *m)
{
    if (!m)
        return;
    if (m->running) {
        pthread_mutex_lock(&m->lock);
        m->stop = true;
        pthread_cond_signal(&m->work);
        pthread_mutex_unlock(&m->lock);
        pthread_join(m->thread, NULL);
    }
    loop_watch_free(m->answers);
    loop_watch_free(m->minute);
    graph_free(m->graph);
    keeper_close(m->keeper);
    if (m->fd >= 0)
        close(m->fd);
    jobs_fini(&m->asked);
    jobs_fini(&m->answered);
    if (m->rebuild)
        job_free(m->rebuild);
    pthread_cond_destroy(&m->work);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static void ask(struct metrics *m, struct job *j)
{
    if (m->running) {
        put(m, j);
        return;
    }
    refuse(&j->refusal, HALL_E_NOT_READY, "series", "");
    j->done(j->arg, &j->refusal, &j->text);
    job_free(j);
}

const char *metrics_trouble(struct metrics *m)
{
    static const char *const NAMES[] = {"", "full", "broken"};
    pthread_mutex_lock(&m->lock);
    enum keeper_trouble trouble = m->running ? m->trouble : KEEPER_BROKEN;
    pthread_mutex_unlock(&m->lock);
    return NAMES[trouble];
}

void metrics_ask(struct metrics *m, const struct query *q, metrics_done *done, void *arg)
{
    struct job *j = job_new(run_query, done, arg);
    j->query = *q;
    ask(m, j);
}

void metrics_prometheus(struct metrics *m, metrics_done *done, void *arg)
{
    struct job *j = job_new(run_prometheus, done, arg);
    read_health(m, j->health);
    ask(m, j);
}

void metrics_rebuild(struct metrics *m, metrics_done *done, void *arg)
{
    ask(m, job_new(run_rebuild, done, arg));
}

void metrics_draw(struct metrics *m, const struct buf *data, const char *format, struct graph_size size,
                  metrics_done *done, void *arg)
{
    graph_draw(m->graph, data, format, size, done, arg);
}
