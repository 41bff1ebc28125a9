/* The hall as one message, in one canonical order, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/decision.h"
#include "core/queue/queue_state.h"
#include "core/setup.h"
#include "core/setup_rows.h"

/* ---- out */

static Halld__Key *key_row(const struct key *k)
{
    Halld__Key *row = MESSAGE_NEW(Halld__Key, &halld__key__descriptor);
    row->e = k->e;
    row->t0 = k->t0;
    row->seq = k->seq;
    row->sub = k->sub;
    return row;
}

static Halld__TicketRow *ticket_row(const struct ticket *t)
{
    Halld__TicketRow *r = MESSAGE_NEW(Halld__TicketRow, &halld__ticket_row__descriptor);
    r->id = t->id;
    r->no = t->no;
    message_set_text(&r->number, t->number);
    message_set_text(&r->queue, t->queue);
    message_set_text(&r->item, t->item);
    message_set_text(&r->group, t->group);
    message_set_text(&r->class_, t->class_name);
    r->origin = t->origin;
    r->channel = t->channel;
    r->state = t->state;
    r->key = key_row(&t->place.key);
    r->t0_at = t->place.t0;
    r->gate_at = t->place.gate;
    r->token = (ProtobufCBinaryData){sizeof t->token, alloc_copy(t->token, sizeof t->token)};
    r->window = t->window;
    r->only_window = t->place.window;
    r->unheld = t->place.unheld;
    r->leg = t->leg;
    r->repeat = t->repeat;
    r->misses = t->misses;
    r->due_at = t->due_at;
    r->first_call_at = t->first_call_at;
    r->call_at = t->call_at;
    r->repeat_at = t->repeat_at;
    r->start_at = t->start_at;
    r->first_start_at = t->first_start_at;
    r->end_at = t->end_at;
    r->held_since_at = t->held_since_at;
    r->held_ms = t->held_ms;
    r->served_ms = t->served_ms;
    r->outcome = t->outcome;
    r->wait_p50_s = t->wait_p50_s;
    r->wait_p90_s = t->wait_p90_s;
    r->issued_at = t->issued_at;
    r->wait_since_at = t->wait_since_at;
    r->appointment = t->appointment;
    r->first = t->first;
    r->slot_at = t->slot_at;
    r->returned = t->returned;
    r->missing = alloc_text(t->missing);
    r->slip = t->slip;
    return r;
}

static Halld__WindowRow *window_row(const struct window *w)
{
    Halld__WindowRow *r = MESSAGE_NEW(Halld__WindowRow, &halld__window_row__descriptor);
    r->window = w->window;
    r->state = w->state;
    r->all = w->all;
    r->n_groups = w->n_groups;
    r->groups = alloc_zero((w->n_groups ? w->n_groups : 1) * sizeof *r->groups);
    for (size_t i = 0; i < w->n_groups; i++)
        r->groups[i] = alloc_text(w->groups[i]);
    if (w->clerk)
        r->clerk = (Halld__Actor *)message_clone(&w->clerk->base);
    r->ticket = w->ticket ? w->ticket->id : 0;
    r->call = w->call ? (Halld__TicketCalled *)message_clone(&w->call->base) : NULL;
    r->served = w->served;
    r->since_at = w->since_at;
    message_set_text(&r->reason, w->reason);
    r->planned_s = w->planned_s;
    return r;
}

static Halld__DayState *day_row(const struct day *day)
{
    Halld__DayState *r = MESSAGE_NEW(Halld__DayState, &halld__day_state__descriptor);
    r->date = day->date;
    r->end_at = day->end_at;
    r->sweep_at = day->sweep_at;
    r->closed = day->closed;
    r->n_open = day->n_open;
    r->open = alloc_zero((day->n_open ? day->n_open : 1) * sizeof *r->open);
    for (size_t i = 0; i < day->n_open; i++) {
        r->open[i] = MESSAGE_NEW(Halld__Span, &halld__span__descriptor);
        r->open[i]->from_at = day->open[i].from;
        r->open[i]->to_at = day->open[i].to;
    }
    return r;
}

static Halld__AppointmentRow *appointment_row(const struct appointment *a)
{
    Halld__AppointmentRow *r = MESSAGE_NEW(Halld__AppointmentRow, &halld__appointment_row__descriptor);
    r->id = a->id;
    r->slot_at = a->slot_at;
    r->date = a->date;
    message_set_text(&r->item, a->item);
    message_set_text(&r->queue, a->queue);
    message_set_text(&r->class_, a->class_name);
    message_set_text(&r->code, a->code);
    r->service_s = a->service_s;
    r->token = (ProtobufCBinaryData){sizeof a->token, alloc_copy(a->token, sizeof a->token)};
    r->due_at = a->due_at;
    if (a->has_person)
        r->person = (ProtobufCBinaryData){sizeof a->person, alloc_copy(a->person, sizeof a->person)};
    r->state = a->state;
    r->ticket = a->ticket;
    return r;
}

static Halld__StrikeRow *strike_row(const struct strike *s)
{
    Halld__StrikeRow *r = MESSAGE_NEW(Halld__StrikeRow, &halld__strike_row__descriptor);
    r->person = (ProtobufCBinaryData){sizeof s->person, alloc_copy(s->person, sizeof s->person)};
    r->date = s->date;
    return r;
}

static Halld__EquipmentRow *equipment_row(const struct equipment *e)
{
    Halld__EquipmentRow *r = MESSAGE_NEW(Halld__EquipmentRow, &halld__equipment_row__descriptor);
    message_set_text(&r->device, e->device);
    r->printer = e->printer;
    r->printer_at = e->printer_at;
    r->help_at = e->help_at;
    return r;
}

static Halld__CounterRow *counter_row(const struct counter *c)
{
    Halld__CounterRow *r = MESSAGE_NEW(Halld__CounterRow, &halld__counter_row__descriptor);
    message_set_text(&r->queue, c->queue);
    r->next = c->next;
    r->issued = c->issued;
    return r;
}

#define ROWS(s, field, count, make)                                            \
    do {                                                                       \
        (s)->n_##field = (count);                                              \
        (s)->field = alloc_zero(((count) ? (count) : 1) * sizeof *(s)->field); \
        for (size_t i = 0; i < (count); i++)                                   \
            (s)->field[i] = (make);                                            \
    } while (0)

Halld__Snapshot *hall_to_snapshot(const struct hall *h)
{
    const struct queue *q = h->queue;
    Halld__Snapshot *s = MESSAGE_NEW(Halld__Snapshot, &halld__snapshot__descriptor);
    s->seq = h->seq;
    s->at = h->at;
    s->epoch = h->epoch;
    s->settings = (Halld__Settings *)message_clone(&setup_settings(h->setup)->base);
    s->day = day_row(&q->day);
    ROWS(s, counters, q->n_counters, counter_row(&q->counters[i]));
    ROWS(s, tickets, q->n_tickets, ticket_row(q->tickets[i]));
    ROWS(s, windows, q->n_windows, window_row(q->windows[i]));
    ROWS(s, appointments, q->n_appointments, appointment_row(q->appointments[i]));
    ROWS(s, strikes, q->n_strikes, strike_row(&q->strikes[i]));
    ROWS(s, equipment, h->n_equipment, equipment_row(&h->equipment[i]));
    s->flow = flow_to_message(h->flow);
    if (h->journal)
        s->journal = (Halld__JournalStarted *)message_clone(&h->journal->base);
    return s;
}

/* ---- back; the bytes may be anybody's, so nothing is believed */

static bool read_day(struct day *day, const Halld__DayState *r)
{
    if (!r || r->n_open > sizeof day->open / sizeof *day->open)
        return false;
    *day = (struct day){.date = r->date, .end_at = r->end_at, .sweep_at = r->sweep_at, .closed = r->closed};
    for (size_t i = 0; i < r->n_open; i++) {
        day->open[i].from = r->open[i]->from_at;
        day->open[i].to = r->open[i]->to_at;
    }
    day->n_open = r->n_open;
    return !r->date || date_is_valid(r->date);
}

static void read_places(struct ticket *t, const Halld__TicketRow *r)
{
    key_from_event(&t->place.key, r->key);
    t->place.t0 = r->t0_at;
    t->place.seq = r->id;
    t->place.gate = r->gate_at;
    t->place.window = r->only_window;
    t->place.unheld = r->unheld;
}

static void read_times(struct ticket *t, const Halld__TicketRow *r)
{
    t->due_at = r->due_at;
    t->first_call_at = r->first_call_at;
    t->call_at = r->call_at;
    t->repeat_at = r->repeat_at;
    t->start_at = r->start_at;
    t->first_start_at = r->first_start_at;
    t->end_at = r->end_at;
    t->held_since_at = r->held_since_at;
    t->held_ms = r->held_ms;
    t->served_ms = r->served_ms;
    t->issued_at = r->issued_at;
    t->wait_since_at = r->wait_since_at;
}

static bool enum_is_known(const ProtobufCEnumDescriptor *d, int value)
{
    return protobuf_c_enum_descriptor_get_value(d, value) != NULL;
}

static bool ticket_row_is_sound(const struct hall *h, const Halld__TicketRow *r)
{
    const struct queue *q = h->queue;
    uint64_t last = q->n_tickets ? q->tickets[q->n_tickets - 1]->id : 0;
    bool group =
        setup_group_index(h->setup, r->group) >= 0 || r->only_window > 0 || r->state != HALLD__TICKET_STATE__E__waiting;
    return r->key && r->token.len == 16 && r->id > last && group &&
           strlen(r->number) < sizeof((struct ticket *)0)->number &&
           enum_is_known(&halld__ticket_state__e__descriptor, r->state) &&
           enum_is_known(&halld__slip__e__descriptor, r->slip) &&
           enum_is_known(&halld__outcome__e__descriptor, r->outcome);
}

static bool read_ticket(struct hall *h, const Halld__TicketRow *r)
{
    struct queue *q = h->queue;
    if (!ticket_row_is_sound(h, r))
        return false;
    struct ticket *t = queue_ticket_add(q, r->id, r->token.data);
    snprintf(t->number, sizeof t->number, "%s", r->number);
    t->no = r->no;
    t->queue = queue_text(q, r->queue);
    t->item = queue_text(q, r->item);
    t->group = queue_text(q, r->group);
    t->class_name = queue_text(q, r->class_);
    t->origin = r->origin;
    t->channel = r->channel;
    t->window = r->window;
    t->leg = r->leg;
    t->repeat = r->repeat;
    t->misses = r->misses;
    t->outcome = r->outcome;
    t->wait_p50_s = r->wait_p50_s;
    t->wait_p90_s = r->wait_p90_s;
    read_places(t, r);
    read_times(t, r);
    t->appointment = r->appointment;
    t->first = r->first;
    t->slot_at = r->slot_at;
    t->returned = r->returned;
    t->missing = queue_text(q, r->missing);
    t->slip = r->slip;
    t->place.group = setup_group_index(h->setup, r->group);
    ticket_enter(q, t, r->state);
    return true;
}

static bool read_window(struct hall *h, const Halld__WindowRow *r)
{
    struct queue *q = h->queue;
    if (r->window < 1 || queue_window_find(q, r->window) ||
        !enum_is_known(&halld__window_state__e__descriptor, r->state))
        return false;
    struct window *w = queue_window(q, r->window);
    w->state = r->state;
    w->since_at = r->since_at;
    w->served = r->served;
    w->reason = queue_text(q, r->reason);
    w->planned_s = r->planned_s;
    if (r->clerk)
        w->clerk = (Halld__Actor *)message_clone(&r->clerk->base);
    queue_window_set_skill(q, h->setup, w, r->all, r->n_groups, r->groups);
    if (r->ticket) {
        w->ticket = queue_ticket(q, r->ticket);
        if (!w->ticket || w->ticket->window != r->window || !r->call)
            return false;
        w->call = (Halld__TicketCalled *)message_clone(&r->call->base);
    }
    return true;
}

static bool read_appointment(struct queue *q, const Halld__AppointmentRow *r)
{
    uint64_t last = q->n_appointments ? q->appointments[q->n_appointments - 1]->id : 0;
    if (r->id <= last || r->token.len != 16 || (r->person.len && r->person.len != 16) || !date_is_valid(r->date) ||
        strlen(r->code) >= sizeof((struct appointment *)0)->code ||
        !enum_is_known(&halld__appointment_state__e__descriptor, r->state))
        return false;
    struct appointment *a = queue_appointment_add(q, r->id, r->token.data);
    a->slot_at = r->slot_at;
    a->date = r->date;
    a->item = queue_text(q, r->item);
    a->queue = queue_text(q, r->queue);
    a->class_name = queue_text(q, r->class_);
    a->service_s = r->service_s;
    a->due_at = r->due_at;
    a->ticket = r->ticket;
    snprintf(a->code, sizeof a->code, "%s", r->code);
    a->has_person = r->person.len == 16;
    if (a->has_person)
        memcpy(a->person, r->person.data, 16);
    queue_appointment_set(q, a, r->state);
    return true;
}

static bool read_bookings(struct queue *q, const Halld__Snapshot *s)
{
    for (size_t i = 0; i < s->n_appointments; i++)
        if (!read_appointment(q, s->appointments[i]))
            return false;
    for (size_t i = 0; i < s->n_strikes; i++) {
        if (s->strikes[i]->person.len != 16 || !date_is_valid(s->strikes[i]->date))
            return false;
        queue_strike_add(q, s->strikes[i]->person.data, s->strikes[i]->date);
    }
    return true;
}

static bool read_equipment(struct hall *h, const Halld__Snapshot *s)
{
    for (size_t i = 0; i < s->n_equipment; i++) {
        const Halld__EquipmentRow *r = s->equipment[i];
        if (!setup_device_find(h->setup, r->device) || equipment_find(h, r->device) ||
            !enum_is_known(&halld__printer__e__descriptor, r->printer))
            return false;
        struct equipment *e = equipment_add(h, r->device);
        e->printer = r->printer;
        e->printer_at = r->printer_at;
        e->help_at = r->help_at;
    }
    return true;
}

static bool read_queue(struct hall *h, const Halld__Snapshot *s)
{
    struct queue *q = h->queue;
    if (!read_day(&q->day, s->day))
        return false;
    for (size_t i = 0; i < s->n_tickets; i++)
        if (!read_ticket(h, s->tickets[i]))
            return false;
    for (size_t i = 0; i < s->n_windows; i++)
        if (!read_window(h, s->windows[i]))
            return false;
    for (size_t i = 0; i < s->n_counters; i++) {
        struct counter *c = queue_counter(q, s->counters[i]->queue);
        c->next = s->counters[i]->next;
        c->issued = s->counters[i]->issued;
    }
    return true;
}

static bool read_flow(struct hall *h, const Halld__Snapshot *s)
{
    matters_follow_day(h);
    struct flow *flow = flow_from_message(s->flow, flow_offset(h->flow));
    if (!flow)
        return false;
    flow_free(h->flow);
    h->flow = flow;
    return true;
}

struct hall *hall_from_snapshot(const Halld__Snapshot *s)
{
    if (!s->settings || s->settings->n_groups > SKILL_GROUPS_MAX)
        return NULL;
    struct hall *h = hall_new();
    struct setup *setup = setup_change(h->setup, s->settings, 0, NULL);
    setup_free(h->setup);
    h->setup = setup;
    queue_reindex(h->queue, setup);
    h->seq = s->seq;
    h->at = s->at;
    h->epoch = s->epoch;
    if (s->journal)
        h->journal = (Halld__JournalStarted *)message_clone(&s->journal->base);
    if (!read_queue(h, s) || !read_bookings(h->queue, s) || !read_equipment(h, s) || !read_flow(h, s)) {
        hall_free(h);
        return NULL;
    }
    line_open_gates(h->queue->line, s->at);
    if (hall_check(h)) {
        hall_free(h);
        return NULL;
    }
    return h;
}
