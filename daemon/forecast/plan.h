/*
 * What a roll-out starts from: the waiting (the first thousand of a longer line), the windows and the laws as they are
 * at one moment, copied out of the committed hall. Made on the loop thread in microseconds, then only read, by any
 * thread; freed on the loop thread (it holds a reference to the hall's settings).
 */
#ifndef FORECAST_PLAN_H
#define FORECAST_PLAN_H

#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "forecast/learn.h"

struct plan_ticket {
    struct place place;
    uint64_t ticket;
    size_t item;            /* row of the setup: its law */
    const char *class_name; /* the setup's */
    double served_ms;       /* already, before it was on hold */
};

/* Somebody waiting who is not copied: in the order of keys the `rank`-th (from 1) of those that the same windows serve,
 * of whom the first `copied` are; `after` is the last of these. */
struct plan_beyond {
    struct key key;
    uint64_t ticket, after;
    int kind; /* a ghost's group */
    size_t rank, copied;
};

enum plan_window_state {
    PLAN_READY,
    PLAN_CLERK,
    PLAN_CALLED,
    PLAN_SERVING,
    PLAN_PAUSED,
    PLAN_SUSPENDED,
    PLAN_DRAINING
};

struct plan_window {
    int window;
    struct skill skill;
    enum plan_window_state state;
    int64_t since_at;
    size_t item;        /* called, serving: whose law */
    double elapsed_ms;  /* in that state: of the service, the clerk's pause, the break */
    double share;       /* serving: how far into its law */
    int64_t planned_at; /* paused: until then; 0 = not said */
};

/* Somebody known who is not waiting yet: booked, or on hold at a window. */
struct plan_comer {
    struct plan_ticket ticket;
    bool booked;
    int64_t slot_at;
};

/* Those who will come and have a head start, all who will come if somebody waits behind a gate: a stream of them, each
 * of one kind. */
struct plan_kind {
    double upto; /* cumulative share */
    size_t item;
    int group;
    int64_t head_start;
};

enum { PLAN_BINS = 8 }; /* half hours from now on */

/* Somebody who comes now, of a group and with a head start, or booked for a slot. Groups that the same windows serve
 * share one. */
struct plan_ghost {
    int group;
    int64_t head_start, slot_at; /* slot_at 0: not booked */
    int64_t gate;                /* 0: open */
    struct key key;
    bool free;     /* a window is ready for it */
    double factor; /* by which it waits longer than those copied make it */
};

struct plan {
    int64_t now;
    struct setup *setup; /* one reference */
    struct law *laws;    /* of the setup's items */
    struct shape shape;
    struct pace pace;
    struct day day;
    struct plan_ticket *tickets;
    size_t n_tickets;
    struct plan_beyond *beyond; /* a very long line: who stands behind the tickets above */
    size_t n_beyond;
    struct plan_window *windows; /* by number */
    size_t n_windows;
    struct plan_comer *comers;
    size_t n_comers;
    double rate[PLAN_BINS]; /* of the kinds, per ms */
    struct plan_kind *kinds;
    size_t n_kinds;
    int64_t head_start_most, gate_before, appointment_head_start, return_head;
    int64_t last_gate; /* of those who wait, or may be asked about, behind one; 0: nobody */
    struct plan_ghost *ghosts;
    size_t n_ghosts;
    bool only_ghosts;   /* nobody asks about the tickets */
    int *ghost_group;   /* of each group: the group that stands for it; -1 = no window serves it */
    struct plan_share { /* of each group of a queue among those who come */
        const char *queue, *group;
        double share;
    } * shares;
    size_t n_shares;
    struct grade_fit *fits; /* of each queue, in the setup's order */
    double *coverage;       /* so too; lately */
};

struct plan *plan_new(const struct hall *hall, const struct learn *learn, int64_t now);
/* Only for somebody of that item and class who comes now: nothing else is asked of the roll-out. */
struct plan *plan_new_for(const struct hall *hall, const struct learn *learn, int64_t now, const char *item,
                          const char *class_name);
void plan_free(struct plan *p);

/* The ghost that stands for the group with that head start and slot (0: none); -1 if no window serves it. */
int plan_ghost_find(const struct plan *p, int group, int64_t head_start);
int plan_slot_find(const struct plan *p, int group, int64_t head_start, int64_t slot_at);
/* The copied ticket of that id; NULL if it is not copied. */
const struct plan_ticket *plan_ticket_find(const struct plan *p, uint64_t ticket);
/* When a window that is free at t begins to call: t itself, or the next opening if the hall is closed in between. */
int64_t plan_calls_at(const struct plan *p, int64_t t);

#endif
