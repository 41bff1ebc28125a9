/*
 * Predicted waits in the daemon. Learns from every event (at the start from the journal's last two months, a little at
 * a time), and at most once a second plays the committed hall forward on a thread of its own; the loop never waits for
 * it. What comes of it is a table of plain figures (core/quote.h) for the engine and the views.
 */
#ifndef FORECAST_FORECAST_H
#define FORECAST_FORECAST_H

#include <stdbool.h>

#include "core/quote.h"
#include "port/sink.h"
#include "port/submit.h"

struct forecast;
struct loop;

struct forecast_options {
    struct submit_port port;
    /* The journal, as store_read reads it. */
    int (*read)(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                void *each_arg);
    void *read_arg;
    /* There are new figures; the old ones are gone when this returns. moved: people are told something else. NULL:
     * there are none any more. */
    void (*told)(void *arg, const struct quote *quote, bool moved);
    void *told_arg;
};

struct forecast *forecast_new(struct loop *loop);
struct sink forecast_sink(struct forecast *f); /* deaf until forecast_start */
/* Begins to learn and to forecast; the engine has started. */
void forecast_start(struct forecast *f, const struct forecast_options *o);
bool forecast_is_learning(const struct forecast *f); /* still from the journal */
/* How long the last roll-out took on its thread; 0: there was none. */
int64_t forecast_took_us(const struct forecast *f);
void forecast_free(struct forecast *f); /* waits for the thread; NULL is nothing */

#endif
