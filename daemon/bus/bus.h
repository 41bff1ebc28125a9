/*
 * The display bus: what screens in the hall hear. A sink of committed events that says, on ZeroMQ topics, calls and the
 * views that changed; a snapshot to whoever asks; a heartbeat. Owns sockets, topics and who may listen; never the hall.
 *
 * In order: bus_new, then the engine with bus_sink among its sinks, engine_start, bus_open; at the end bus_close.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>

#include "port/sink.h"
#include "port/submit.h"

#define BUS_ADDRESS "tcp://127.0.0.1:5561"

struct bus;
struct loop;

struct bus_options {
    const char *address;         /* "": BUS_ADDRESS, and no bus if another program has it */
    const char *secret_key_file; /* of CURVE; NULL or "": in the clear, for this machine alone */
    struct submit_port port;
    bool (*read_only)(void *arg);
    void *read_only_arg;
};

/* Can a daemon have its bus there? 0, or BAD_VALUE with why: not an address, or beyond this machine without CURVE. */
int bus_check(const char *address, bool has_curve, char why[200]);

struct bus *bus_new(struct loop *loop);
struct sink bus_sink(struct bus *b); /* deaf until bus_open */
/* Binds and speaks. 0, or a code with why; bus_close in both cases. */
int bus_open(struct bus *b, const struct bus_options *o, char why[200]);
const char *bus_address(const struct bus *b);    /* as bound; "" if there is no bus */
const char *bus_public_key(const struct bus *b); /* what a screen must know, Z85; "" without CURVE */
void bus_close(struct bus *b);                   /* frees it; NULL is nothing */

#endif
