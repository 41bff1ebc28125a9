#include "net/study.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "store/journal.h"
#include "store/reports.h"

enum { STUDY_MOST = 64, IDLE_S = 30, AT_ONCE = 20000 /* events, some 100 ms */ };

struct job {
    struct job *next;
    struct study_work work;
    uint64_t last;
    bool reports;
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
    struct journal *journal; /* the thread's, as are the next two */
    struct reports *reports;
    bool behind; /* the journal has more than the read model */
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

static int open_journal(struct study *s)
{
    char why[200];
    if (s->journal || journal_open(s->file, &s->journal, why) == 0)
        return 0;
    log_error("study", "%s", why);
    return HALL_E_STORE_FAILED;
}

static int read_now(struct study *s, const struct job *j)
{
    int code = open_journal(s);
    if (!code && j->reports)
        code = reports_follow(s->reports, s->journal, j->last, 0);
    if (code)
        return code;
    struct reader r = reader_of_journal(s->journal, j->last);
    r.reports = j->reports ? s->reports : NULL;
    return j->work.read(j->work.arg, &r);
}

/* Nobody asks: so that whoever asks next need not wait for the events of a day. What fails is said once it is asked. */
static void take_some(struct study *s)
{
    struct journal_tail last;
    struct journal_fault fault;
    s->behind = open_journal(s) == 0 && journal_last(s->journal, &last, &fault) == 0 &&
                reports_follow(s->reports, s->journal, last.seq, AT_ONCE) == 1;
}

/* With the mutex; true when nobody has asked for a while. */
static bool wait_idle(struct study *s)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_S;
    return s->behind || pthread_cond_timedwait(&s->asked, &s->mutex, &until) == ETIMEDOUT;
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
        if (!j && !wait_idle(s))
            continue;
        pthread_mutex_unlock(&s->mutex);
        if (j)
            j->code = read_now(s, j);
        else
            take_some(s);
        pthread_mutex_lock(&s->mutex);
        if (!j)
            continue;
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

/* Waits by the clock that no one sets. */
static void init_asked(pthread_cond_t *asked)
{
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(asked, &a);
    pthread_condattr_destroy(&a);
}

struct study *study_new(struct loop *loop, const char *dir)
{
    struct study *s = alloc_zero(sizeof *s);
    s->file = alloc_format("%s/journal.db", dir);
    s->reports = reports_new(dir);
    list_init(&s->waiting);
    list_init(&s->finished);
    pthread_mutex_init(&s->mutex, NULL);
    init_asked(&s->asked);
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
    reports_free(s->reports);
    journal_close(s->journal);
    pthread_cond_destroy(&s->asked);
    pthread_mutex_destroy(&s->mutex);
    free(s->file);
    free(s);
}

static bool ask(struct study *s, uint64_t last, const struct study_work *work, bool reports)
{
    if (s->n == STUDY_MOST)
        return false;
    struct job *j = alloc_zero(sizeof *j);
    j->work = *work;
    j->last = last;
    j->reports = reports;
    s->n++;
    pthread_mutex_lock(&s->mutex);
    list_add(&s->waiting, j);
    pthread_cond_signal(&s->asked);
    pthread_mutex_unlock(&s->mutex);
    return true;
}

bool study_ask(struct study *s, uint64_t last, const struct study_work *work)
{
    return ask(s, last, work, false);
}

bool study_ask_reports(struct study *s, uint64_t last, const struct study_work *work)
{
    return ask(s, last, work, true);
}
