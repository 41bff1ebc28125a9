/*
 * The daemon's face to HTTP: listens, asks who somebody is, finds the route, hands commands to the engine through
 * port/submit.h, renders answers, and streams what has been committed. Owns the HTTP server, who is logged in, limits,
 * streams and the pages in memory; never the hall.
 *
 * In order: net_new, engine_open, engine_add_sink(net_sink), engine_start, net_open; at the end engine_stop (which
 * still answers), net_stop, the loop until quiet (with a deadline), net_close, engine_close.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/buf.h"
#include "port/sink.h"
#include "port/submit.h"
#include "proto/config.pb-c.h"

struct engine;
struct flow_loader;
struct loop;
struct metrics;
struct net;
struct store;

struct net_options {
    const Halld__Config *config; /* borrowed while open */
    struct submit_port port;
    struct store *store;
    struct metrics *metrics;   /* NULL: none */
    struct flow_loader *flows; /* NULL in tests */
    struct engine *engine;     /* for what is not the hall's: read-only, the clock; NULL in tests */
    const char *bus,
        *bus_key; /* the display bus's address and public key, for the status; NULL or "": none; borrowed */
};

struct net *net_new(struct loop *loop);
struct sink net_sink(struct net *n); /* deaf until net_open */
/* Listens; serves as the loop runs. 0, or a negative code with why; net_close in both cases. */
int net_open(struct net *n, const struct net_options *o, char why[200]);
int net_port(const struct net *n);        /* the TCP port, also where the config says 0 */
int net_connections(const struct net *n); /* open now; streams are among them */
int net_streams(const struct net *n);
const char *net_public_url(const struct net *n); /* without a slash at its end */
/* Something is forecast that was not before: whoever listens is told. */
void net_forecast_moved(struct net *n);
/* Accepts nothing more, ends streams and idle connections; quiet() is called once every pending answer is out. */
void net_stop(struct net *n, void (*quiet)(void *arg), void *arg);
void net_close(struct net *n); /* frees it; NULL is nothing */

/* The API's description, OpenAPI 3.1 in JSON. */
void net_openapi(struct buf *out);

#endif
