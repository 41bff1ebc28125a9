/* Appointments: hold, book, cancel, check in, late, no-show, strikes. The person is only ever a keyed hash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/queue/issue.h"
#include "core/queue/slots.h"
#include "core/queue/steps.h"

enum { PERSON_BYTES = 16, CODES = 1000000 };

static bool is_open(const struct appointment *a)
{
    return a->state == HALLD__APPOINTMENT_STATE__E__held || a->state == HALLD__APPOINTMENT_STATE__E__booked;
}

/* ---- limits per person */

static bool is_of(const struct appointment *a, const ProtobufCBinaryData *person)
{
    return a->has_person && a->state != HALLD__APPOINTMENT_STATE__E__cancelled &&
           memcmp(a->person, person->data, PERSON_BYTES) == 0;
}

static int check_strikes(struct decision *d, const ProtobufCBinaryData *person)
{
    const struct queue *q = d->hall->queue;
    const struct booking *b = setup_booking(d->hall->setup);
    int n = 0;
    for (size_t i = 0; i < q->n_strikes; i++)
        n += memcmp(q->strikes[i].person, person->data, PERSON_BYTES) == 0 &&
             date_to_days(q->day.date) - date_to_days(q->strikes[i].date) <= b->strike_days;
    return n >= b->strikes ? refuse_number(d->refusal, HALL_E_BOOKING_BLOCKED, "strikes", n) : 0;
}

/* The wanted appointment is told by its slot and item; `own` is it, if it is held already. */
static int check_person(struct decision *d, const ProtobufCBinaryData *person, int64_t slot_at, int32_t date,
                        const char *item, const struct appointment *own)
{
    const struct queue *q = d->hall->queue;
    const struct booking *b = setup_booking(d->hall->setup);
    int week = 0, month = 0;
    if (person->len != PERSON_BYTES)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "person", "");
    for (size_t i = 0; i < q->n_appointments; i++) {
        const struct appointment *a = q->appointments[i];
        if (a == own || !is_of(a, person))
            continue;
        if (is_open(a) && (a->slot_at == slot_at || (a->date == date && strcmp(a->item, item) == 0)))
            return refuse(d->refusal, HALL_E_ALREADY_BOOKED, "person", ""); /* whose code it is, is nobody else's */
        int apart = abs(date_to_days(a->date) - date_to_days(date));
        week += apart < 7;
        month += apart < 30;
    }
    if (week >= b->per_week)
        return refuse_number(d->refusal, HALL_E_BOOKING_LIMIT, "per_week", b->per_week);
    if (month >= b->per_month)
        return refuse_number(d->refusal, HALL_E_BOOKING_LIMIT, "per_month", b->per_month);
    return check_strikes(d, person);
}

/* ---- hold and book */

/* Where somebody wants to be. */
struct wanted {
    int64_t slot_at;
    int32_t date, minute;
    const Halld__Item *item;
    const Halld__PersonClass *class_row;
};

/* Held and given back counts too: each has had its code, and free_code must find another. */
static bool has_codes(const struct queue *q, int32_t date)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_appointments; i++)
        n += q->appointments[i]->date == date;
    return n < CODES / 2;
}

static int check_slot(struct decision *d, const struct wanted *w)
{
    int code = slots_check(d->hall, d->hall->queue->day.date, w->date, w->minute);
    if (code)
        return refuse(d->refusal, code, "slot_at", "");
    if (w->slot_at <= d->turn->now_ms)
        return refuse(d->refusal, HALL_E_SLOT_CLOSED, "slot_at", "");
    if (slots_free(d->hall, w->item->item, w->slot_at) < 1 || !has_codes(d->hall->queue, w->date))
        return refuse(d->refusal, HALL_E_SLOT_FULL, "slot_at", "");
    return 0;
}

static bool code_is_taken(const struct queue *q, int32_t date, const char *code)
{
    for (size_t i = 0; i < q->n_appointments; i++)
        if (q->appointments[i]->date == date && strcmp(q->appointments[i]->code, code) == 0)
            return true;
    return false;
}

/* Six digits, one appointment of the date each. */
static char *free_code(const struct decision *d, int32_t date)
{
    uint32_t n;
    char code[8];
    memcpy(&n, d->turn->random + 8, sizeof n);
    do
        snprintf(code, sizeof code, "%06u", (unsigned)(n++ % CODES));
    while (code_is_taken(d->hall->queue, date, code));
    return alloc_text(code);
}

static void make_held(struct decision *d, const struct wanted *w)
{
    Halld__SlotHeld *b = decision_begin(d, HALLD__EVENT__BODY_SLOT_HELD);
    b->slot_at = w->slot_at;
    b->date = w->date;
    b->item = alloc_text(w->item->item);
    b->queue = alloc_text(w->item->queue);
    b->service_s = slots_service_s(d->hall, w->item->item);
    b->token = (ProtobufCBinaryData){16, alloc_copy(d->turn->random, 16)};
    b->code = free_code(d, w->date);
    b->due_at = d->turn->now_ms + setup_booking(d->hall->setup)->hold;
    b->class_ = alloc_text(w->class_row->class_);
    decision_make(d);
}

static void make_booked(struct decision *d, uint64_t id, const ProtobufCBinaryData *person)
{
    Halld__SlotBooked *b = decision_begin(d, HALLD__EVENT__BODY_SLOT_BOOKED);
    b->appointment = id;
    b->person = (ProtobufCBinaryData){person->len, alloc_copy(person->data, person->len)};
    decision_make(d);
}

int appointment_decide_hold(struct decision *d)
{
    const Halld__HoldSlot *c = d->command->hold_slot;
    struct wanted w = {c->slot_at, c->date, c->minute, NULL, NULL};
    int code = steps_item(d, c->item, "", &w.item);
    if (!code)
        code = issue_class(d, c->class_, &w.class_row);
    if (!code)
        code = check_slot(d, &w);
    if (!code && c->person.len)
        code = check_person(d, &c->person, c->slot_at, c->date, c->item, NULL);
    if (code)
        return code;
    uint64_t id = decision_seq(d);
    make_held(d, &w);
    if (c->person.len)
        make_booked(d, id, &c->person);
    return 0;
}

/* By the code that somebody types: today's, else the next day's that has it, which is told from no appointment. */
static const struct appointment *find_typed(const struct queue *q, const char *typed)
{
    const struct appointment *found = NULL;
    for (size_t i = 0; i < q->n_appointments; i++) {
        const struct appointment *a = q->appointments[i];
        bool counts =
            a->date == q->day.date || (a->date > q->day.date && a->state == HALLD__APPOINTMENT_STATE__E__booked);
        if (counts && (!found || a->date < found->date) && strcmp(a->code, typed) == 0)
            found = a;
    }
    return found;
}

static int find(struct decision *d, uint64_t id, const char *token, const char *typed, struct appointment **ret)
{
    struct queue *q = d->hall->queue;
    uint8_t bytes[16];
    const struct appointment *a = NULL;
    if (token && token_from_text(token, bytes))
        a = queue_appointment_by_token(q, bytes);
    if (typed)
        a = find_typed(q, typed);
    *ret = queue_appointment(q, a ? a->id : id);
    return *ret ? 0 : refuse(d->refusal, HALL_E_NO_APPOINTMENT, token ? "token" : typed ? "code" : "id", "");
}

int appointment_decide_book(struct decision *d)
{
    const Halld__BookSlot *c = d->command->book_slot;
    struct appointment *a;
    int code = find(d, 0, c->token, NULL, &a);
    if (!code && a->state != HALLD__APPOINTMENT_STATE__E__held)
        code = refuse(d->refusal, is_open(a) ? HALL_E_ALREADY_BOOKED : HALL_E_APPOINTMENT_OVER, "code", a->code);
    if (!code)
        code = check_person(d, &c->person, a->slot_at, a->date, a->item, a);
    if (code)
        return code;
    make_booked(d, a->id, &c->person);
    return 0;
}

void appointment_apply_held(struct hall *h, const Halld__Event *event)
{
    const Halld__SlotHeld *b = event->slot_held;
    struct queue *q = h->queue;
    if (b->token.len != 16)
        abort();
    struct appointment *a = queue_appointment_add(q, event->seq, b->token.data);
    a->slot_at = b->slot_at;
    a->date = b->date;
    a->item = queue_text(q, b->item);
    a->queue = queue_text(q, b->queue);
    a->class_name = queue_text(q, b->class_);
    a->service_s = b->service_s;
    a->due_at = b->due_at;
    snprintf(a->code, sizeof a->code, "%s", b->code);
    queue_appointment_set(q, a, HALLD__APPOINTMENT_STATE__E__held);
}

void appointment_apply_booked(struct hall *h, const Halld__Event *event)
{
    const Halld__SlotBooked *b = event->slot_booked;
    struct appointment *a = queue_appointment(h->queue, b->appointment);
    if (!a || b->person.len != PERSON_BYTES)
        abort();
    memcpy(a->person, b->person.data, PERSON_BYTES);
    a->has_person = true;
    a->due_at = 0;
    queue_appointment_set(h->queue, a, HALLD__APPOINTMENT_STATE__E__booked);
}

/* ---- cancel, miss */

static void make_cancelled(struct decision *d, const struct appointment *a, const char *reason)
{
    Halld__AppointmentCancelled *b = decision_begin(d, HALLD__EVENT__BODY_APPOINTMENT_CANCELLED);
    b->appointment = a->id;
    b->reason = alloc_text(reason);
    decision_make(d);
}

int appointment_decide_cancel(struct decision *d)
{
    const Halld__CancelAppointment *c = d->command->cancel_appointment;
    bool by_link = c->which_case == HALLD__CANCEL_APPOINTMENT__WHICH_TOKEN;
    struct appointment *a;
    int code = find(d, by_link ? 0 : c->id, by_link ? c->token : NULL, NULL, &a);
    if (!code && !is_open(a))
        code = refuse(d->refusal, HALL_E_APPOINTMENT_OVER, "code", a->code);
    if (!code && !by_link)
        code = steps_reason(d, c->reason);
    if (code)
        return code;
    make_cancelled(d, a, by_link ? "person" : c->reason);
    return 0;
}

/* ---- move: the old time is given back and the new one booked, by one command */

static int check_move(struct decision *d, const struct appointment *a, struct wanted *w)
{
    if (a->state != HALLD__APPOINTMENT_STATE__E__booked)
        return refuse(d->refusal, is_open(a) ? HALL_E_WRONG_STATE : HALL_E_APPOINTMENT_OVER, "code", a->code);
    if (a->slot_at == w->slot_at)
        return refuse(d->refusal, HALL_E_ALREADY_BOOKED, "slot_at", "");
    int code = steps_item(d, a->item, "", &w->item);
    if (!code && !(w->class_row = setup_class_find(d->hall->setup, a->class_name)))
        code = refuse(d->refusal, HALL_E_UNKNOWN_CLASS, "class", a->class_name);
    if (!code)
        code = check_slot(d, w);
    return code;
}

int appointment_decide_move(struct decision *d)
{
    const Halld__MoveAppointment *c = d->command->move_appointment;
    bool by_link = c->which_case == HALLD__MOVE_APPOINTMENT__WHICH_TOKEN;
    struct wanted w = {c->slot_at, c->date, c->minute, NULL, NULL};
    struct appointment *a;
    uint8_t bytes[PERSON_BYTES];
    ProtobufCBinaryData person = {PERSON_BYTES, bytes};
    int code = find(d, by_link ? 0 : c->id, by_link ? c->token : NULL, NULL, &a);
    if (!code)
        code = check_move(d, a, &w);
    if (code)
        return code;
    memcpy(bytes, a->person, PERSON_BYTES);
    code = check_person(d, &person, w.slot_at, w.date, w.item->item, a);
    if (code)
        return code;
    make_cancelled(d, a, "moved");
    uint64_t id = decision_seq(d);
    make_held(d, &w);
    make_booked(d, id, &person);
    return 0;
}

void appointment_apply_cancelled(struct hall *h, const Halld__Event *event)
{
    struct appointment *a = queue_appointment(h->queue, event->appointment_cancelled->appointment);
    if (!a)
        abort();
    a->due_at = 0;
    queue_appointment_set(h->queue, a, HALLD__APPOINTMENT_STATE__E__cancelled);
}

void appointment_apply_missed(struct hall *h, const Halld__Event *event)
{
    struct appointment *a = queue_appointment(h->queue, event->appointment_missed->appointment);
    if (!a)
        abort();
    queue_appointment_set(h->queue, a, HALLD__APPOINTMENT_STATE__E__no_show);
    if (a->has_person)
        queue_strike_add(h->queue, a->person, a->date);
}

bool appointment_expire_holds(struct decision *d, size_t most)
{
    struct queue *q = d->hall->queue;
    for (size_t i = 0; i < q->n_held && d->events->n < most;) {
        if (q->held[i]->due_at <= d->turn->now_ms)
            make_cancelled(d, q->held[i], "hold"); /* leaves the list */
        else
            i++;
    }
    return d->events->n < most;
}

/* Whoever did not come has a strike; a day on which the hall was switched off is nobody's fault. */
bool appointment_sweep(struct decision *d, size_t most)
{
    struct queue *q = d->hall->queue;
    for (size_t i = 0; i < q->n_appointments; i++) {
        const struct appointment *a = q->appointments[i];
        if (!is_open(a) || a->date > q->day.date)
            continue;
        if (d->events->n >= most)
            return false;
        if (a->date < q->day.date || a->state == HALLD__APPOINTMENT_STATE__E__held) {
            make_cancelled(d, a, "closed");
            continue;
        }
        Halld__AppointmentMissed *b = decision_begin(d, HALLD__EVENT__BODY_APPOINTMENT_MISSED);
        b->appointment = a->id;
        decision_make(d);
    }
    return true;
}

int64_t appointment_next_due(const struct queue *q)
{
    int64_t due = INT64_MAX;
    for (size_t i = 0; i < q->n_held; i++)
        if (q->held[i]->due_at < due)
            due = q->held[i]->due_at;
    return due;
}

/* ---- check in: the appointment becomes a ticket */

static int check_check_in(struct decision *d, const struct appointment *a)
{
    char date[11];
    date_to_text(a->date, date);
    if (a->state == HALLD__APPOINTMENT_STATE__E__held)
        return refuse(d->refusal, HALL_E_WRONG_STATE, "code", a->code);
    if (a->state != HALLD__APPOINTMENT_STATE__E__booked)
        return refuse(d->refusal, HALL_E_APPOINTMENT_OVER, "code", a->code);
    if (a->date != d->hall->queue->day.date)
        return refuse(d->refusal, HALL_E_NOT_TODAY, "date", date);
    return 0;
}

/* policy.md: in time, an hour's head start before the slot and a gate 5 minutes before it; late, a walk-in. */
static void place_of(const struct decision *d, const struct appointment *a, struct issue_wanted *w)
{
    const struct policy *p = setup_policy(d->hall->setup);
    int64_t head = (int64_t)w->class_row->head_start_s * 1000, now = d->turn->now_ms;
    w->appointment = a->id;
    w->slot_at = a->slot_at;
    w->t0 = now;
    w->e = now - head;
    if (now > a->slot_at + p->appointment_grace)
        return;
    w->origin = HALLD__ORIGIN__E__appointment;
    w->e = a->slot_at - (head > p->appointment_head_start ? head : p->appointment_head_start);
    w->gate = a->slot_at - p->gate_before > now ? a->slot_at - p->gate_before : 0;
}

int appointment_decide_check_in(struct decision *d)
{
    const Halld__CheckIn *c = d->command->check_in;
    struct appointment *a;
    struct issue_wanted w = {0};
    int code = find(d, c->which_case == HALLD__CHECK_IN__WHICH_ID ? c->id : 0,
                    c->which_case == HALLD__CHECK_IN__WHICH_TOKEN ? c->token : NULL,
                    c->which_case == HALLD__CHECK_IN__WHICH_CODE ? c->code : NULL, &a);
    if (!code)
        code = check_check_in(d, a);
    if (!code)
        code = steps_item(d, a->item, "", &w.item);
    if (!code && !(w.class_row = setup_class_find(d->hall->setup, a->class_name)))
        code = refuse(d->refusal, HALL_E_UNKNOWN_CLASS, "class", a->class_name);
    if (!code)
        code = issue_check_open(d, w.item);
    if (code)
        return code;
    place_of(d, a, &w);
    issue_make(d, &w);
    return 0;
}

void appointment_apply_checked_in(struct queue *q, const Halld__TicketIssued *b, uint64_t ticket)
{
    struct appointment *a = queue_appointment(q, b->appointment);
    if (!a)
        return; /* of a day long gone */
    a->ticket = ticket;
    queue_appointment_set(q, a,
                          b->origin == HALLD__ORIGIN__E__appointment ? HALLD__APPOINTMENT_STATE__E__checked_in
                                                                     : HALLD__APPOINTMENT_STATE__E__late);
}
