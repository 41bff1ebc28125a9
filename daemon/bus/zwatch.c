#include "bus/zwatch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/loop.h"

/* Messages taken before others on the loop have their turn. */
enum { TURN_MOST = 256 };

struct zwatch {
    void *socket;
    void (*take)(void *arg);
    void *arg;
    struct loop_watch *readable, *again;
};

static bool has_message(const struct zwatch *w)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(w->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN);
}

static void take_all(void *arg)
{
    struct zwatch *w = arg;
    for (int i = 0; i < TURN_MOST; i++) {
        if (!has_message(w))
            return;
        w->take(w->arg);
    }
    loop_watch_arm(w->again, 0);
}

struct zwatch *zwatch_new(struct loop *loop, void *socket, void (*take)(void *arg), void *arg)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) != 0)
        abort();
    struct zwatch *w = alloc_zero(sizeof *w);
    w->socket = socket;
    w->take = take;
    w->arg = arg;
    w->readable = loop_watch_readable(loop, fd, take_all, w);
    w->again = loop_watch_timer(loop, take_all, w);
    zwatch_look(w);
    return w;
}

void zwatch_free(struct zwatch *w)
{
    if (!w)
        return;
    loop_watch_free(w->readable);
    loop_watch_free(w->again);
    free(w);
}

void zwatch_look(struct zwatch *w)
{
    if (has_message(w))
        loop_watch_arm(w->again, 0);
}
