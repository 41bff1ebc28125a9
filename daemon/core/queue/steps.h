/* Steps that several commands share: who acts at which window, which item is meant, who is called next. */
#ifndef CORE_QUEUE_STEPS_H
#define CORE_QUEUE_STEPS_H

#include "core/decision.h"

/* The item meant by an item code, a queue letter, or both; UNKNOWN_ITEM, UNKNOWN_QUEUE, FIELD_MISSING, BAD_VALUE. */
int steps_item(struct decision *d, const char *item, const char *queue, const Halld__Item **ret);

/* The window n at which the actor may act now: it exists (NO_WINDOW), is open (WINDOW_CLOSED), and is the actor's
 * (NOT_YOUR_WINDOW): a person's session works the window it opened, a device any. */
int steps_window(struct decision *d, int n, struct window **ret);
/* The same for managers too, whoever opened it. */
int steps_window_managed(struct decision *d, int n, struct window **ret);
/* ... and a ticket is there (WINDOW_EMPTY). */
int steps_window_with_ticket(struct decision *d, int n, struct window **ret);

/* A reason that must be given: FIELD_MISSING, TOO_LONG (200 characters). */
int steps_reason(struct decision *d, const char *reason);

/* The window has become ready: calls the next for it, if there is one. */
void steps_assign_window(struct decision *d, struct window *w);
/* The ticket has begun to wait: calls it to a ready window, if there is one for it. */
void steps_assign_ticket(struct decision *d, uint64_t ticket);
/* The call itself. */
void steps_call(struct decision *d, struct window *w, struct ticket *t, Halld__Rule__E rule, const char *reason);

/* Starts the service of a called ticket that nobody pressed start for: last call + 15 s, marked. */
void steps_infer_start(struct decision *d, struct window *w);
/* A draining window without a ticket calls its next that came back from hold; it closes once none is left or held. */
void steps_close_if_drained(struct decision *d, struct window *w);
/* The window becomes ready, and the next is called. */
void steps_ready(struct decision *d, struct window *w);

/* The ticket is no longer at its window: the window is open again, or goes on draining. For apply functions. */
void steps_vacate(struct queue *q, struct ticket *t, int64_t at);

#endif
