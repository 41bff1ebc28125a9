#include "view/reply.h"

#include "base/message.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/appointment_view.h"
#include "view/build.h"
#include "view/reply_fold.h"
#include "view/settings_view.h"
#include "view/why.h"

static void drop_window(struct reply_fold *f)
{
    if (f->window)
        protobuf_c_message_free_unpacked(&f->window->base, NULL);
}

static ProtobufCMessage *render_ticket(const struct answer *a, const char *public_url)
{
    struct reply_fold f = {.public_url = public_url};
    reply_fold(&f, a, REPLY_FIRST_TICKET);
    drop_window(&f);
    return f.ticket ? &f.ticket->base : message_new(&halld__ticket_view__descriptor);
}

static Halld__WhyLine *why_of(const struct reply_fold *f)
{
    return f->call ? why_line_new(hall_setup(f->hall), f->call) : NULL;
}

static ProtobufCMessage *render_next(const struct answer *a, const char *public_url)
{
    struct reply_fold f = {.public_url = public_url};
    Halld__NextView *v = MESSAGE_NEW(Halld__NextView, &halld__next_view__descriptor);
    reply_fold(&f, a, REPLY_CALLED_TICKET);
    drop_window(&f);
    v->ticket = f.ticket;
    v->why = why_of(&f);
    return &v->base;
}

static ProtobufCMessage *render_window(const struct answer *a, const char *public_url)
{
    struct reply_fold f = {.public_url = public_url};
    Halld__WindowReply *v = MESSAGE_NEW(Halld__WindowReply, &halld__window_reply__descriptor);
    reply_fold(&f, a, REPLY_FIRST_TICKET);
    v->window = f.window;
    v->ticket = f.ticket;
    v->why = why_of(&f);
    return &v->base;
}

/* The rows that were put, as they went into the journal; the seq is the change's. */
static ProtobufCMessage *render_settings(const struct answer *a, const char *public_url)
{
    (void)public_url;
    Halld__SettingsView *v = MESSAGE_NEW(Halld__SettingsView, &halld__settings_view__descriptor);
    for (size_t i = 0; i < a->n_events; i++) {
        const Halld__Event *e = a->events[i];
        if (e->body_case != HALLD__EVENT__BODY_SETTINGS_CHANGED || v->seq)
            continue;
        v->seq = e->seq;
        if (e->settings_changed->put)
            v->settings = (Halld__Settings *)message_clone(&e->settings_changed->put->base);
    }
    if (v->settings)
        settings_view_clean(v->settings);
    return &v->base;
}

static ProtobufCMessage *render_empty(const struct answer *a, const char *public_url)
{
    (void)a;
    (void)public_url;
    return message_new(&halld__empty__descriptor);
}

/* The state is the one that the command's last event left; the committed hall may be further. */
static ProtobufCMessage *render_appointment(const struct answer *a, const char *public_url)
{
    const struct queue *q = hall_queue(a->hall);
    uint64_t id = 0;
    Halld__AppointmentState__E state = HALLD__APPOINTMENT_STATE__E__held;
    for (size_t i = 0; i < a->n_events; i++) {
        const Halld__Event *e = a->events[i];
        if (e->body_case == HALLD__EVENT__BODY_SLOT_HELD) {
            id = e->seq;
        } else if (e->body_case == HALLD__EVENT__BODY_SLOT_BOOKED) {
            id = e->slot_booked->appointment;
            state = HALLD__APPOINTMENT_STATE__E__booked;
        } else if (e->body_case == HALLD__EVENT__BODY_APPOINTMENT_CANCELLED) {
            id = e->appointment_cancelled->appointment;
            state = HALLD__APPOINTMENT_STATE__E__cancelled;
        }
    }
    const struct appointment *known = queue_appointment_find(q, id);
    if (!known)
        return message_new(&halld__appointment_view__descriptor);
    Halld__AppointmentView *v = appointment_view_new_person(a->hall, known, public_url);
    v->state = state;
    return &v->base;
}

#define TICKET(status) status, &halld__ticket_view__descriptor, render_ticket
#define APPOINTMENT(status) status, &halld__appointment_view__descriptor, render_appointment
#define NEXT 200, &halld__next_view__descriptor, render_next
#define WINDOW 200, &halld__window_reply__descriptor, render_window
#define SETTINGS 200, &halld__settings_view__descriptor, render_settings
#define EMPTY 200, &halld__empty__descriptor, render_empty

static const struct reply_row table[] = {
    {HALLD__COMMAND__BODY_ISSUE_TICKET, TICKET(201)},
    {HALLD__COMMAND__BODY_CANCEL_TICKET, TICKET(200)},
    {HALLD__COMMAND__BODY_REPORT_BACK, TICKET(200)},
    {HALLD__COMMAND__BODY_CHANGE_CLASS, TICKET(200)},
    {HALLD__COMMAND__BODY_HOLD_SLOT, APPOINTMENT(201)},
    {HALLD__COMMAND__BODY_BOOK_SLOT, APPOINTMENT(200)},
    {HALLD__COMMAND__BODY_CANCEL_APPOINTMENT, APPOINTMENT(200)},
    {HALLD__COMMAND__BODY_CHECK_IN, TICKET(201)},
    {HALLD__COMMAND__BODY_REPORT_PRINT, TICKET(200)},
    {HALLD__COMMAND__BODY_OPEN_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_BREAK_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_RESUME_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_SUSPEND_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_DRAIN_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_CLOSE_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_TAKE_OVER_WINDOW, WINDOW},
    {HALLD__COMMAND__BODY_MOVE_APPOINTMENT, APPOINTMENT(200)},
    {HALLD__COMMAND__BODY_NEXT_TICKET, NEXT},
    {HALLD__COMMAND__BODY_REPEAT_CALL, WINDOW},
    {HALLD__COMMAND__BODY_START_SERVICE, WINDOW},
    {HALLD__COMMAND__BODY_HOLD_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_UNHOLD_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_FINISH_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_MISS_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_TRANSFER_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_CALL_TICKET, WINDOW},
    {HALLD__COMMAND__BODY_PUT_SETTINGS, SETTINGS},
    {HALLD__COMMAND__BODY_ACCEPT_CLOCK, EMPTY},
    {HALLD__COMMAND__BODY_REPORT_DEVICE, EMPTY},
    {HALLD__COMMAND__BODY_CALL_HELP, EMPTY},
    {HALLD__COMMAND__BODY_ANSWER_HELP, EMPTY},
};

size_t reply_count(void)
{
    return sizeof table / sizeof *table;
}

const struct reply_row *reply_at(size_t i)
{
    return &table[i];
}

const struct reply_row *reply_find(Halld__Command__BodyCase command)
{
    for (size_t i = 0; i < reply_count(); i++)
        if (table[i].command == command)
            return &table[i];
    return NULL;
}
