/* The fold's inside, for metrics/fold*.c only. */
#ifndef METRICS_FOLD_INSIDE_H
#define METRICS_FOLD_INSIDE_H

#include "base/map.h"
#include "metrics/fold.h"

struct folded_ticket {
    struct series *queue, *group, *class_of;
    int64_t since;            /* the wait begins */
    int64_t started, served;  /* 0 = not in service; ms of ended stretches */
    int window;               /* where it is called, served or held; 0 = nowhere */
    bool waiting, was_served; /* a ticket waits once: until its first service */
    bool told;                /* how long it will wait, and nothing has changed its place since */
    int64_t told_at, told_ms, told_most_ms;
};

struct folded_window {
    struct series *series;
    bool open, ready, on_break;
    uint64_t ticket; /* 0 = nobody is there */
};

/* The states of a flow's version in which a matter is over. */
struct ends {
    char *flow, *states; /* "escalation/1", "|closed|praised|"; owned */
};

struct fold {
    void (*flush)(void *arg, struct fold *f, int64_t minute);
    void *arg;
    struct series **series;
    size_t n_series;
    struct series *hall;
    struct map tickets, windows; /* of the day; owned */
    struct ends *ends;           /* of every definition */
    size_t n_ends;
    struct buf carried; /* as the last day opened */
    int64_t minute, flushed;
    uint64_t seq, day_seq;
};

/* What an event touches. */
struct touched {
    struct fold *fold;
    struct fact fact;
    struct folded_ticket *ticket;
    struct series *of[SCOPE_COUNT];
};

void fold_change_level(struct series *s, size_t level, int64_t by, int64_t at); /* NULL is nothing */
struct folded_window *fold_window(struct fold *f, int window);                  /* NULL: nowhere */

/* fold_matters.c: what events of matters mean; each runs before its event is counted. */
void matters_on_defined(struct touched *t);
void matters_on_moved(struct touched *t);
void matters_on_migrated(struct touched *t);
void matters_on_stopped(struct touched *t);
void matters_on_mark(struct touched *t);
void matters_carry(struct fold *f); /* the day opens */
void matters_forget(struct fold *f);

#endif
