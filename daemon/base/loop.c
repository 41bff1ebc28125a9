#include "base/loop.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"

struct loop {
    struct event_base *base;
    int code;
};

struct loop_watch {
    struct event *event;
    loop_call *call;
    void *arg;
    bool *gone; /* of a turn's end while it runs: tells that it was freed meanwhile; else NULL */
};

struct loop *loop_new(void)
{
    struct loop *l = alloc_zero(sizeof *l);
    struct event_config *config = event_config_new();
    if (config) {
        /* One epoll_ctl for a descriptor that changes its mind within a turn: twice the requests a second. */
        event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
        l->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (!l->base)
        abort();
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    event_base_free(l->base);
    free(l);
}

int loop_run(struct loop *l)
{
    l->code = 0;
    if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
        l->code = -1;
    return l->code;
}

void loop_stop(struct loop *l, int code)
{
    l->code = code;
    event_base_loopbreak(l->base);
}

struct event_base *loop_base(struct loop *l)
{
    return l->base;
}

/* The call is the last thing done: it may free its own watch. */
static void on_event(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct loop_watch *w = arg;
    w->call(w->arg);
}

static void on_turn_end(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct loop_watch *w = arg;
    bool gone = false;
    w->gone = &gone;
    w->call(w->arg);
    if (!gone)
        w->gone = NULL;
}

static struct loop_watch *watch_new(struct loop *l, evutil_socket_t fd, short what, event_callback_fn on,
                                    loop_call *call, void *arg)
{
    struct loop_watch *w = alloc_zero(sizeof *w);
    w->call = call;
    w->arg = arg;
    w->event = event_new(l->base, fd, what, on, w);
    if (!w->event)
        abort();
    return w;
}

static struct loop_watch *watch_added(struct loop_watch *w)
{
    if (event_add(w->event, NULL) != 0)
        abort();
    return w;
}

struct loop_watch *loop_watch_readable(struct loop *l, int fd, loop_call *call, void *arg)
{
    return watch_added(watch_new(l, fd, EV_READ | EV_PERSIST, on_event, call, arg));
}

struct loop_watch *loop_watch_signal(struct loop *l, int signal, loop_call *call, void *arg)
{
    return watch_added(watch_new(l, signal, EV_SIGNAL | EV_PERSIST, on_event, call, arg));
}

struct loop_watch *loop_watch_timer(struct loop *l, loop_call *call, void *arg)
{
    return watch_new(l, -1, 0, on_event, call, arg);
}

void loop_watch_arm(struct loop_watch *w, int64_t in_ms)
{
    if (in_ms < 0)
        in_ms = 0;
    struct timeval tv = {.tv_sec = (time_t)(in_ms / 1000), .tv_usec = (suseconds_t)(in_ms % 1000 * 1000)};
    if (event_add(w->event, &tv) != 0)
        abort();
}

void loop_watch_disarm(struct loop_watch *w)
{
    event_del(w->event);
}

struct loop_watch *loop_watch_turn_end(struct loop *l, loop_call *call, void *arg)
{
    return watch_new(l, -1, 0, on_turn_end, call, arg);
}

/* All events have one priority, so an activated one runs after those that the present poll found. From inside its own
 * call that would be at once, before any socket: a timer of no time comes after the next poll. */
void loop_watch_ask(struct loop_watch *w)
{
    if (w->gone)
        loop_watch_arm(w, 0);
    else
        event_active(w->event, EV_TIMEOUT, 0);
}

void loop_watch_free(struct loop_watch *w)
{
    if (!w)
        return;
    if (w->gone)
        *w->gone = true;
    event_free(w->event);
    free(w);
}
