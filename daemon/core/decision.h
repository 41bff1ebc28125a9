/*
 * One command being decided. A decide function checks everything first and refuses with nothing made;
 * from its first event on it cannot fail. Each event is applied as it is made, so what follows sees it.
 */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/hall_state.h"
#include "core/queue/queue_state.h"
#include "core/setup.h"

struct decision {
    struct hall *hall;
    const Halld__Command *command;
    const struct turn *turn;
    struct events *events;
    struct refusal *refusal;
    Halld__Event *open; /* begun, not yet made */
};

enum { TICK_EVENTS_MAX = 256 }; /* of one command that has no end of its own */

typedef int decide_fn(struct decision *d);

/* Begins an event; the body (of the case's type) is filled by the caller, texts with alloc_text. */
void *decision_begin(struct decision *d, Halld__Event__BodyCase body);
/* Envelope, apply, keep. */
void decision_make(struct decision *d);
/* The seq that the event now begun, or the next one, will have. */
uint64_t decision_seq(const struct decision *d);

/* Heap copies of keys for event bodies. */
Halld__Key *decision_key(const struct key *key);

/* Shared by "next" and "finish": visit.c. */
int visit_check_outcome(struct decision *d, const struct window *w, Halld__Outcome__E outcome, size_t n_missing,
                        char *const *missing);
void visit_finish(struct decision *d, struct window *w, Halld__Outcome__E outcome, size_t n_missing,
                  char *const *missing);

/* The ticket at a window walks to an open window of that role, its key unchanged; stays if there is none. */
void visit_walk(struct decision *d, uint64_t ticket, const char *role);

decide_fn settings_decide_put;
decide_fn day_decide_open, day_decide_tick, day_decide_counters, day_decide_clock, day_decide_journal;
/* Parts of the day's tick and sweep; false: no room for more events (at most `most` in all). */
bool appointment_expire_holds(struct decision *d, size_t most);
bool appointment_sweep(struct decision *d, size_t most);
int64_t appointment_next_due(const struct queue *q);
void appointment_apply_checked_in(struct queue *q, const Halld__TicketIssued *b, uint64_t ticket);

decide_fn issue_decide;
decide_fn appointment_decide_hold, appointment_decide_book, appointment_decide_cancel, appointment_decide_move,
    appointment_decide_check_in;
decide_fn leave_decide_cancel, leave_decide_report_back, leave_decide_class;
decide_fn equipment_decide_report, equipment_decide_call, equipment_decide_answer, equipment_decide_print;
decide_fn window_decide_open, window_decide_break, window_decide_resume, window_decide_suspend, window_decide_drain,
    window_decide_close, window_decide_take_over;
decide_fn call_decide_next, call_decide_repeat, call_decide_manual, call_decide_miss;
decide_fn visit_decide_start, visit_decide_hold, visit_decide_unhold, visit_decide_finish, visit_decide_transfer;

/* Matters (matters.c). */
decide_fn matters_decide_open, matters_decide_take, matters_decide_define, matters_decide_profile,
    matters_decide_migrate;
void matters_tick(struct decision *d, size_t most); /* what is due now; at most about so many events */
void matters_catch_up(struct decision *d);          /* the first slice of what is to be done to every open matter */
int matters_check_outcome(struct decision *d, const struct ticket *t, Halld__Outcome__E outcome);
int64_t matters_next_due(const struct hall *h);
void matters_follow_day(struct hall *h); /* a day was opened: its offset from the zone */
const char *matters_check(const struct hall *h);

typedef void apply_fn(struct hall *h, const Halld__Event *event);

apply_fn settings_apply_changed;
apply_fn matters_apply;
apply_fn day_apply_opened, day_apply_closed, day_apply_counters, day_apply_clock, day_apply_journal;
apply_fn issue_apply;
apply_fn appointment_apply_held, appointment_apply_booked, appointment_apply_cancelled, appointment_apply_missed;
apply_fn leave_apply_cancelled, leave_apply_expired, leave_apply_reported_back, leave_apply_class;
apply_fn window_apply_opened, window_apply_ready, window_apply_break, window_apply_resumed, window_apply_suspended,
    window_apply_draining, window_apply_closed, window_apply_taken_over;
apply_fn equipment_apply_reported, equipment_apply_called, equipment_apply_answered, equipment_apply_printed;
apply_fn call_apply_called, call_apply_repeated, call_apply_missed;
apply_fn visit_apply_started, visit_apply_held, visit_apply_unheld, visit_apply_finished, visit_apply_transferred;

#endif
