/* Copies of the journal while the hall works: a long journal takes its time, so a thread of its own makes them. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "engine/inside.h"

struct backup_job {
    pthread_t thread;
    struct engine *engine;
    struct loop_watch *finished;
    int fd; /* the thread's last word */
    char *file;
    int code;
    char why[200];
    void (*done)(void *arg, int code, const char *why);
    void *arg;
};

static void *copy(void *arg)
{
    struct backup_job *j = arg;
    j->code = store_backup(j->engine->store, j->file, j->why);
    uint64_t one = 1;
    if (write(j->fd, &one, sizeof one) != sizeof one)
        abort();
    return NULL;
}

static void job_free(struct backup_job *j)
{
    loop_watch_free(j->finished);
    close(j->fd);
    free(j->file);
    free(j);
}

static void on_finished(void *arg)
{
    struct backup_job *j = arg;
    pthread_join(j->thread, NULL);
    j->engine->backup = NULL;
    if (j->code)
        log_error("engine", "backup to %s: %s", j->file, j->why);
    else
        log_info("engine", "backup written to %s", j->file);
    j->done(j->arg, j->code, j->why);
    job_free(j);
}

int engine_backup(struct engine *e, const char *file, void (*done)(void *arg, int code, const char *why), void *arg)
{
    if (e->backup)
        return HALL_E_IN_USE;
    struct backup_job *j = alloc_zero(sizeof *j);
    j->engine = e;
    j->file = alloc_text(file);
    j->done = done;
    j->arg = arg;
    j->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (j->fd < 0)
        abort();
    j->finished = loop_watch_readable(e->loop, j->fd, on_finished, j);
    if (pthread_create(&j->thread, NULL, copy, j) != 0) {
        job_free(j);
        return HALL_E_NOT_READY;
    }
    e->backup = j;
    return 0;
}

void backup_close(struct engine *e)
{
    if (!e->backup)
        return;
    pthread_join(e->backup->thread, NULL);
    job_free(e->backup);
    e->backup = NULL;
}
