/*
 * The queue engine's state: the open day's tickets, the windows, the line. Fields are read by views,
 * written only by core/queue.
 */
#ifndef CORE_QUEUE_QUEUE_H
#define CORE_QUEUE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/queue/line.h"
#include "core/queue/skill.h"
#include "proto/snapshot.pb-c.h"

struct queue;
struct setup;

/* Texts are interned in the queue: equal ones are the same pointer, and live until the next day opens. */
struct ticket {
    struct place place; /* first: a place is its ticket */
    uint64_t id;        /* seq of the issue event */
    char number[12];    /* A032 */
    int no;
    const char *queue, *item, *group, *class_name;
    Halld__Origin__E origin;
    Halld__Channel__E channel;
    Halld__TicketState__E state;
    uint8_t token[16];
    int window; /* called, serving, held: there */
    int leg, repeat, misses;
    int64_t issued_at, wait_since_at, due_at, first_call_at, call_at, repeat_at, start_at, first_start_at, end_at,
        held_since_at, held_ms, served_ms;
    Halld__Outcome__E outcome;
    int32_t wait_p50_s, wait_p90_s; /* predicted at issue; 0 = none */
    uint64_t appointment, first;    /* checked in with this ticket; a return of that ticket; 0 = none */
    int64_t slot_at;                /* of the appointment; 0 = none */
    Halld__Slip__E slip;            /* the last that was reported of it */
    bool returned;                  /* a return of it has been given */
    const char *missing;            /* what it ended without, a line each; "" = nothing */
};

struct window {
    int window;
    Halld__WindowState__E state;
    struct skill skill; /* as it opened */
    bool all;
    size_t n_groups;
    const char **groups;       /* as it opened; owned array of interned texts */
    Halld__Actor *clerk;       /* who opened it or took it over; NULL while closed; owned */
    struct ticket *ticket;     /* called or serving here; NULL if none */
    Halld__TicketCalled *call; /* that brought the ticket: why it is here; NULL if none; owned */
    int served;                /* finished here today */
    int64_t since_at;
    const char *reason; /* of a break or suspension */
    int planned_s;
};

struct appointment {
    uint64_t id; /* seq of the hold */
    int64_t slot_at, due_at;
    int32_t date;
    const char *item, *queue, *class_name;
    int32_t service_s;
    uint8_t token[16];
    char code[8];
    bool has_person;
    uint8_t person[16]; /* keyed hash */
    Halld__AppointmentState__E state;
    uint64_t ticket; /* 0 = not checked in */
};

struct day {
    int32_t date; /* 0 = none opened yet */
    size_t n_open;
    struct {
        int64_t from, to;
    } open[8];
    int64_t end_at, sweep_at;
    bool closed;
};

/* The link's token as 32 lower-case hexadecimal digits. */
bool token_from_text(const char *text, uint8_t token[16]);
void token_to_text(const uint8_t token[16], char text[33]);

struct counter {
    const char *queue;
    int next;    /* the next number */
    int issued;  /* today, for max_tickets */
    int waiting; /* now */
};

/* Reading. Borrowed until the next apply. */
size_t queue_appointment_count(const struct queue *q); /* by id: the last month's and the coming ones */
const struct appointment *queue_appointment_at(const struct queue *q, size_t i);
const struct appointment *queue_appointment_find(const struct queue *q, uint64_t id);
const struct appointment *queue_appointment_by_token(const struct queue *q, const uint8_t token[16]);
const struct day *queue_day(const struct queue *q);
size_t queue_ticket_count(const struct queue *q);
const struct ticket *queue_ticket_at(const struct queue *q, size_t i); /* in the order of issue */
const struct ticket *queue_ticket_find(const struct queue *q, uint64_t id);
const struct ticket *queue_ticket_by_token(const struct queue *q, const uint8_t token[16]);
bool queue_ticket_may_return(const struct ticket *t); /* done with something still to bring, and not back yet */
size_t queue_window_count(const struct queue *q);     /* those that have been opened at least once, by number */
const struct window *queue_window_at(const struct queue *q, size_t i);
const struct window *queue_window_find(const struct queue *q, int window); /* NULL: closed, never opened */
const struct line *queue_line(const struct queue *q);
bool queue_is_open(const struct queue *q, int64_t now);      /* within the day's hours, and the day not closed */
int queue_waiting(const struct queue *q, const char *queue); /* waiting tickets of a queue letter */
int queue_issued(const struct queue *q, const char *queue);  /* today */
size_t queue_held_count(const struct queue *q, int window);

/* How many may be called before a waiting ticket: smaller keys in the groups of the windows that can serve it
 * (the open ones; if none is open, all that are configured). 0 if it does not wait. */
int queue_ahead(const struct queue *q, const struct setup *setup, const struct ticket *t);

/* The next n waiting tickets for a window in the order it would call them; returns how many. */
size_t queue_next_for(const struct queue *q, const struct window *w, size_t n, const struct ticket **ret);

#endif
