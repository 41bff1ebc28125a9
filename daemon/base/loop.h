/*
 * The event loop: timers, descriptors, signals, and work for the end of the turn. The only place that
 * knows libevent besides net/. Callbacks run on the thread that called loop_run.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct event_base;

struct loop *loop_new(void);
void loop_free(struct loop *l);
int loop_run(struct loop *l); /* until loop_stop; returns its code */
void loop_stop(struct loop *l, int code);
struct event_base *loop_base(struct loop *l); /* for net/ only; borrowed */

typedef void loop_call(void *arg);
/* Each is freed with loop_watch_free, also from inside its own call. */
struct loop_watch *loop_watch_readable(struct loop *l, int fd, loop_call *call, void *arg);
struct loop_watch *loop_watch_signal(struct loop *l, int signal, loop_call *call, void *arg);
struct loop_watch *loop_watch_timer(struct loop *l, loop_call *call, void *arg); /* not armed yet */
void loop_watch_arm(struct loop_watch *w,
                    int64_t in_ms); /* once, at least 0 ms from now, monotonic; replaces the last */
void loop_watch_disarm(struct loop_watch *w);
/* Runs after the callbacks of this turn; asking again before that does nothing. Asked from inside its own call it runs
 * in the next turn, after the sockets. */
struct loop_watch *loop_watch_turn_end(struct loop *l, loop_call *call, void *arg);
void loop_watch_ask(struct loop_watch *w);
void loop_watch_free(struct loop_watch *w);

#endif
