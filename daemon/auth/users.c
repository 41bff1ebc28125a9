#include "auth/users.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"

enum { WAITING_MOST = 64 };

struct job {
    struct job *next;
    bool verify;
    char *password;
    char hash[PASSWORD_HASH_SIZE]; /* verify: what it must match, "" for nobody's; else the result */
    bool right;
    void (*verified)(void *arg, bool right);
    void (*hashed)(void *arg, const char *hash);
    void *arg;
};

struct jobs {
    struct job *first, **end;
};

struct passwords {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct jobs todo, finished; /* under lock, as is stop */
    int waiting;
    bool stop;
    int fd;
    struct loop_watch *watch;
};

static bool make_hash(const char *password, char ret[PASSWORD_HASH_SIZE])
{
    _Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "a hash fits");
    return crypto_pwhash_str(ret, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

static void jobs_add(struct jobs *q, struct job *j)
{
    j->next = NULL;
    *q->end = j;
    q->end = &j->next;
}

static struct job *jobs_take(struct jobs *q)
{
    struct job *j = q->first;
    if (!j)
        return NULL;
    q->first = j->next;
    if (!q->first)
        q->end = &q->first;
    return j;
}

static void job_free(struct job *j)
{
    sodium_memzero(j->password, strlen(j->password));
    free(j->password);
    free(j);
}

/* A generated password has a quick hash (auth/generate), and nobody's name has none: both are made to fail as slowly
 * as a person's own, so that the time tells nothing. */
static void job_verify(struct job *j)
{
    char unused[PASSWORD_HASH_SIZE];
    j->right = j->hash[0] && crypto_pwhash_str_verify(j->hash, j->password, strlen(j->password)) == 0;
    if (j->right || (j->hash[0] && crypto_pwhash_str_needs_rehash(j->hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                                  crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0))
        return;
    make_hash(j->password, unused);
}

static void job_do(struct job *j)
{
    if (j->verify) {
        job_verify(j);
    } else if (!make_hash(j->password, j->hash)) {
        log_error("auth", "no memory for a password hash");
        j->hash[0] = '\0';
    }
}

static void *work(void *arg)
{
    static const uint64_t ONE = 1;
    struct passwords *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        struct job *j = jobs_take(&p->todo);
        if (!j) {
            pthread_cond_wait(&p->wake, &p->lock);
            continue;
        }
        pthread_mutex_unlock(&p->lock);
        job_do(j);
        pthread_mutex_lock(&p->lock);
        jobs_add(&p->finished, j);
        if (write(p->fd, &ONE, sizeof ONE) != sizeof ONE)
            log_error("auth", "cannot wake the loop");
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void on_finished(void *arg)
{
    struct passwords *p = arg;
    uint64_t count;
    if (read(p->fd, &count, sizeof count) != sizeof count)
        return;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct job *j = jobs_take(&p->finished);
        p->waiting -= j != NULL;
        pthread_mutex_unlock(&p->lock);
        if (!j)
            return;
        if (j->verify)
            j->verified(j->arg, j->right);
        else
            j->hashed(j->arg, j->hash);
        job_free(j);
    }
}

struct passwords *passwords_new(struct loop *loop)
{
    struct passwords *p = alloc_zero(sizeof *p);
    if (sodium_init() < 0)
        abort();
    p->todo.end = &p->todo.first;
    p->finished.end = &p->finished.first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->fd < 0 || pthread_create(&p->thread, NULL, work, p) != 0)
        abort();
    p->watch = loop_watch_readable(loop, p->fd, on_finished, p);
    return p;
}

void passwords_free(struct passwords *p)
{
    struct job *j;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    while ((j = jobs_take(&p->todo)) || (j = jobs_take(&p->finished)))
        job_free(j);
    loop_watch_free(p->watch);
    close(p->fd);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static bool add(struct passwords *p, struct job *j, const char *password)
{
    j->password = alloc_text(password);
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < WAITING_MOST;
    if (room) {
        p->waiting++;
        jobs_add(&p->todo, j);
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    if (!room)
        job_free(j);
    return room;
}

bool passwords_verify(struct passwords *p, const char *hash, const char *password, void (*done)(void *arg, bool right),
                      void *arg)
{
    struct job *j = alloc_zero(sizeof *j);
    size_t len = hash ? strlen(hash) : 0;
    j->verify = true;
    if (len < sizeof j->hash)
        memcpy(j->hash, hash ? hash : "", len);
    j->verified = done;
    j->arg = arg;
    return add(p, j, password);
}

bool passwords_hash(struct passwords *p, const char *password, void (*done)(void *arg, const char *hash), void *arg)
{
    struct job *j = alloc_zero(sizeof *j);
    j->hashed = done;
    j->arg = arg;
    return add(p, j, password);
}
