/*
 * The queue's inside, for core/ only: the containers, and the two state machines. A ticket's or window's
 * state is assigned nowhere but in ticket_move and window_move.
 */
#ifndef CORE_QUEUE_QUEUE_STATE_H
#define CORE_QUEUE_QUEUE_STATE_H

#include "base/map.h"
#include "core/queue/queue.h"

struct strike {
    uint8_t person[16];
    int32_t date;
};

struct queue {
    struct day day;
    struct counter *counters; /* by letter */
    size_t n_counters;
    struct ticket **tickets; /* by id; owned */
    size_t n_tickets, cap_tickets;
    struct map by_token;    /* first 8 bytes of the token -> ticket */
    struct ticket **missed; /* who may still report back, so that the next due time needs no look at the whole day */
    size_t n_missed;
    struct window **windows; /* by number; owned */
    size_t n_windows;
    struct line *line;
    struct appointment **appointments; /* by id; owned; they outlive their day */
    size_t n_appointments, cap_appointments;
    struct appointment **held; /* whose hold runs out */
    size_t n_held;
    struct map appointment_by_token;
    struct strike *strikes;
    size_t n_strikes;
    struct map texts; /* hash -> interned text; owned */
};

struct queue *queue_new(void);
void queue_free(struct queue *q);

const char *queue_text(struct queue *q, const char *text);                           /* interned */
struct counter *queue_counter(struct queue *q, const char *letter);                  /* made on first use */
const struct counter *queue_counter_find(const struct queue *q, const char *letter); /* NULL: none yet */
struct ticket *queue_ticket(struct queue *q, uint64_t id);                           /* NULL if unknown */
struct ticket *queue_ticket_add(struct queue *q, uint64_t id, const uint8_t token[16]);
struct window *queue_window(struct queue *q, int window);            /* made on first use, closed */
struct appointment *queue_appointment(struct queue *q, uint64_t id); /* NULL if unknown */
struct appointment *queue_appointment_add(struct queue *q, uint64_t id, const uint8_t token[16]);
void queue_appointment_set(struct queue *q, struct appointment *a, Halld__AppointmentState__E state);
void queue_strike_add(struct queue *q, const uint8_t person[16], int32_t date);
/* Those of more than a month ago, and strikes that count no longer. */
void queue_forget_appointments(struct queue *q, int32_t today, int strike_days);
void queue_forget_day(struct queue *q); /* tickets, windows, counters */
/* What people wrote on a day must not stay for ever: once the day is forgotten the texts are taken out, those that stay
 * in use are interned anew, and queue_forget_texts does so with the appointments' and frees the rest. */
struct map queue_take_texts(struct queue *q);
void queue_forget_texts(struct queue *q, struct map *texts);
/* Groups may have moved: the line and the windows' skills anew. */
void queue_reindex(struct queue *q, const struct setup *setup);
void queue_window_set_skill(struct queue *q, const struct setup *setup, struct window *w, bool all, size_t n,
                            char *const *groups);

/* Moves along the state's table, and in or out of the line; an event that breaks the table stops the process:
 * the journal contradicts itself. */
void ticket_move(struct queue *q, struct ticket *t, Halld__TicketState__E to);
/* For a new or restored ticket: its first state. */
void ticket_enter(struct queue *q, struct ticket *t, Halld__TicketState__E state);
bool ticket_may_move(const struct ticket *t, Halld__TicketState__E to);
bool ticket_is_over(const struct ticket *t);
void window_move(struct window *w, Halld__WindowState__E to, int64_t at);
bool window_may_move(const struct window *w, Halld__WindowState__E to);

/* Groups that the windows which can serve `group` can serve: the open ones, or all configured if none is open. */
struct skill queue_reach(const struct queue *q, const struct setup *setup, int group);
/* Groups that the windows now in service (open, ready, busy) which can serve `group` can serve; itself at least. */
struct skill queue_reach_now(const struct queue *q, int group);

void key_from_event(struct key *to, const Halld__Key *from);

#endif
