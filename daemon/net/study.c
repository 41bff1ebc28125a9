#include "net/study.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "store/journal.h"

enum { STUDY_MOST = 64 };

struct job {
    struct job *next;
    struct study_work work;
    uint64_t last;
    int code;
};

struct list {
    struct job *first, **end;
};

struct study {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t asked;
    struct list waiting, finished; /* by the mutex */
    bool stopping;                 /* by the mutex */
    int n;                         /* asked and not answered; the loop's */
    int fd;
    struct loop_watch *watch;
    char *file;
    struct journal *journal; /* the thread's */
};

static void list_init(struct list *l)
{
    l->first = NULL;
    l->end = &l->first;
}

static void list_add(struct list *l, struct job *j)
{
    j->next = NULL;
    *l->end = j;
    l->end = &j->next;
}

static struct job *list_take(struct list *l)
{
    struct job *j = l->first;
    if (j && !(l->first = j->next))
        l->end = &l->first;
    return j;
}

static int read_now(struct study *s, const struct job *j)
{
    char why[200];
    if (!s->journal && journal_open(s->file, &s->journal, why) != 0) {
        log_error("study", "%s", why);
        return HALL_E_STORE_FAILED;
    }
    struct reader r = reader_of_journal(s->journal, j->last);
    return j->work.read(j->work.arg, &r);
}

static void tell_loop(struct study *s)
{
    uint64_t one = 1;
    while (write(s->fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void *run(void *arg)
{
    struct study *s = arg;
    pthread_mutex_lock(&s->mutex);
    while (!s->stopping) {
        struct job *j = list_take(&s->waiting);
        if (!j) {
            pthread_cond_wait(&s->asked, &s->mutex);
            continue;
        }
        pthread_mutex_unlock(&s->mutex);
        j->code = read_now(s, j);
        pthread_mutex_lock(&s->mutex);
        list_add(&s->finished, j);
        tell_loop(s);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static void answer(struct study *s, struct job *j)
{
    s->n--;
    j->work.done(j->work.arg, j->code);
    free(j);
}

static void on_finished(void *arg)
{
    struct study *s = arg;
    uint64_t n;
    while (read(s->fd, &n, sizeof n) < 0 && errno == EINTR)
        ;
    for (;;) {
        pthread_mutex_lock(&s->mutex);
        struct job *j = list_take(&s->finished);
        pthread_mutex_unlock(&s->mutex);
        if (!j)
            return;
        answer(s, j);
    }
}

struct study *study_new(struct loop *loop, const char *file)
{
    struct study *s = alloc_zero(sizeof *s);
    s->file = alloc_text(file);
    list_init(&s->waiting);
    list_init(&s->finished);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->asked, NULL);
    s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->fd < 0 || pthread_create(&s->thread, NULL, run, s) != 0)
        abort(); /* no descriptor or thread at start: nothing would work */
    s->watch = loop_watch_readable(loop, s->fd, on_finished, s);
    return s;
}

void study_free(struct study *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    on_finished(s);
    for (struct job *j; (j = list_take(&s->waiting));) {
        j->code = HALL_E_NOT_READY;
        answer(s, j);
    }
    loop_watch_free(s->watch);
    close(s->fd);
    if (s->journal)
        journal_close(s->journal);
    pthread_cond_destroy(&s->asked);
    pthread_mutex_destroy(&s->mutex);
    free(s->file);
    free(s);
}

bool study_ask(struct study *s, uint64_t last, const struct study_work *work)
{
    if (s->n == STUDY_MOST)
        return false;
    struct job *j = alloc_zero(sizeof *j);
    j->work = *work;
    j->last = last;
    s->n++;
    pthread_mutex_lock(&s->mutex);
    list_add(&s->waiting, j);
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->mutex);
    return true;
}
