#include "forecast/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "forecast/rollout.h"

enum worker_state { WORKER_IDLE, WORKER_ASKED, WORKER_DONE, WORKER_ENDS };

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    enum worker_state state; /* with job under the lock */
    struct worker_job job;
    int fd;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void do_job(struct worker_job *job)
{
    int64_t began = now_us();
    struct rollout *r = rollout_new(job->plan, ROLLOUT_RUNS, job->seed);
    job->quote = forecast_quote_new(job->plan, r, job->before);
    rollout_free(r);
    job->took_us = now_us() - began;
}

static bool wait_for_job(struct worker *w, struct worker_job *ret)
{
    pthread_mutex_lock(&w->lock);
    while (w->state != WORKER_ASKED && w->state != WORKER_ENDS)
        pthread_cond_wait(&w->wake, &w->lock);
    bool asked = w->state == WORKER_ASKED;
    *ret = w->job;
    pthread_mutex_unlock(&w->lock);
    return asked;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct worker_job job;
    const uint64_t one = 1;
    while (wait_for_job(w, &job)) {
        do_job(&job);
        pthread_mutex_lock(&w->lock);
        w->job = job;
        w->state = w->state == WORKER_ENDS ? WORKER_ENDS : WORKER_DONE;
        pthread_mutex_unlock(&w->lock);
        if (write(w->fd, &one, sizeof one) != sizeof one)
            abort(); /* an eventfd takes every write */
    }
    return NULL;
}

/* Signals are the loop's. */
static void start_thread(struct worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&w->thread, NULL, work, w) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct worker *worker_new(void)
{
    struct worker *w = alloc_zero(sizeof *w);
    w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->fd < 0)
        abort();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    start_thread(w);
    return w;
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    enum worker_state was = w->state;
    w->state = WORKER_ENDS;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    if (was == WORKER_ASKED || was == WORKER_DONE)
        forecast_quote_free(w->job.quote);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    close(w->fd);
    free(w);
}

int worker_fd(const struct worker *w)
{
    return w->fd;
}

void worker_start(struct worker *w, const struct worker_job *job)
{
    pthread_mutex_lock(&w->lock);
    w->job = *job;
    w->job.quote = NULL;
    w->state = WORKER_ASKED;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

bool worker_take(struct worker *w, struct worker_job *ret)
{
    uint64_t n;
    pthread_mutex_lock(&w->lock);
    bool done = w->state == WORKER_DONE && read(w->fd, &n, sizeof n) == sizeof n;
    if (done) {
        *ret = w->job;
        w->state = WORKER_IDLE;
    }
    pthread_mutex_unlock(&w->lock);
    return done;
}
