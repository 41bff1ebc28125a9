/*
 * A ZeroMQ socket on the event loop. ZMQ_FD is edge-triggered: it speaks once for any number of messages, and not at
 * all for one that came in while the socket was used otherwise. So after every wake-up all is taken, and after every
 * other use of the socket zwatch_look must be called.
 */
#ifndef BUS_ZWATCH_H
#define BUS_ZWATCH_H

struct loop;
struct zwatch;

/* take: there is a message; receives it. The socket is borrowed and outlives the watch. */
struct zwatch *zwatch_new(struct loop *loop, void *socket, void (*take)(void *arg), void *arg);
void zwatch_free(struct zwatch *w);
void zwatch_look(struct zwatch *w);

#endif
