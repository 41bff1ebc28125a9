/* Appointments: free times, hold, book, and one's own by its link. A person's number is hashed here and goes no
 * further. */
#include <stdlib.h>
#include <string.h>

#include "auth/person.h"
#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"
#include "view/appointment_view.h"
#include "view/reply.h"

enum { MINUTE_MS = 60000 };

/* ---- what can be seen */

/* A date of the query, or `otherwise`; false: answered. */
static bool query_date(struct call *c, const char *name, int32_t otherwise, int32_t *ret)
{
    char text[16];
    *ret = otherwise;
    if (!call_query(c, name, text, sizeof text))
        return false;
    if (!text[0] || date_from_text(text, ret))
        return true;
    call_refuse_field(c, HALL_E_BAD_VALUE, name, "");
    return false;
}

void api_slots(struct call *c)
{
    const struct hall *h = call_hall(c);
    int32_t today = moment_to_date(call_now(c)), from, to;
    int32_t last = date_from_days(date_to_days(today) + setup_booking(hall_setup(h))->days_ahead);
    char item[PATH_PARAM_SIZE];
    Halld__SlotList *v;
    struct refusal r;
    if (!call_query(c, "item", item, sizeof item) || !query_date(c, "from", today, &from) ||
        !query_date(c, "to", last, &to))
        return;
    if (slot_list_new(h, item, from, to, call_now(c), &v, &r) != 0)
        call_refuse_with(c, &r);
    else
        call_reply(c, 200, &v->base);
}

void api_appointments(struct call *c)
{
    int32_t date;
    if (query_date(c, "date", moment_to_date(call_now(c)), &date))
        call_reply(c, 200, &appointment_list_new(call_hall(c), date)->base);
}

/* NULL: answered. */
static const struct appointment *find_by_token(struct call *c)
{
    uint8_t token[16];
    const struct appointment *a = NULL;
    if (token_from_text(call_param(c, "token"), token))
        a = queue_appointment_by_token(hall_queue(call_hall(c)), token);
    if (!a)
        call_refuse_field(c, HALL_E_NO_APPOINTMENT, "token", "");
    return a;
}

void api_appointment_by_token(struct call *c)
{
    const struct appointment *a = find_by_token(c);
    if (a)
        call_reply(c, 200, &appointment_view_new_person(call_hall(c), a, net_public_url(c->net))->base);
}

void api_appointment_qr(struct call *c)
{
    if (find_by_token(c))
        call_reply_qr(c, "/book/", call_param(c, "token"));
}

/* ---- hold and book */

/* false: answered. The refusal never says what was given. */
static bool hash_person(struct call *c, const char *text, ProtobufCBinaryData *ret)
{
    uint8_t hash[PERSON_HASH_BYTES];
    int code = !text[0] ? HALL_E_FIELD_MISSING : !c->net->person_key ? HALL_E_STORE_FAILED : 0;
    if (!code && !person_hash(c->net->person_key, text, hash))
        code = HALL_E_BAD_VALUE;
    if (code) {
        call_refuse_field(c, code, "person", "");
        return false;
    }
    *ret = (ProtobufCBinaryData){sizeof hash, alloc_copy(hash, sizeof hash)};
    return true;
}

static void forget_request(ProtobufCMessage *request, char *person)
{
    person_wipe(person);
    protobuf_c_message_free_unpacked(request, NULL);
}

struct holding {
    struct call *call;
    int place;
};

static void on_held(void *arg, const struct answer *answer)
{
    struct holding *holding = arg;
    struct call *c = holding->call;
    uint64_t held = 0;
    for (size_t i = 0; answer->code == 0 && i < answer->n_events; i++)
        if (answer->events[i]->body_case == HALLD__EVENT__BODY_SLOT_HELD)
            held = answer->events[i]->seq;
    holds_end(c->net->holds, holding->place, held);
    free(holding);
    const struct reply_row *row = reply_find(c->command);
    if (!call_refused(c, answer))
        call_reply(c, row->status, row->render(answer, net_public_url(c->net)));
}

/* Staff answer for what they hold; who else holds is counted, a kiosk's or a screen's token no less than nobody's. */
static void submit_hold(struct call *c, Halld__HoldSlot *slot)
{
    struct holding *holding = alloc_zero(sizeof *holding);
    *holding = (struct holding){c, HOLDS_NONE};
    if (!(c->caller.roles & ROLE_CLERK)) {
        int wait_s = (int)(setup_booking(hall_setup(call_hall(c)))->hold / 1000);
        if (limits_take(c->net->limits, LIMIT_HOLD, call_party(c), clock_monotonic_ms(), &wait_s))
            holding->place = holds_begin(c->net->holds, call_hall(c), call_party(c));
        if (holding->place == HOLDS_NONE) {
            free(holding);
            protobuf_c_message_free_unpacked(&slot->base, NULL);
            call_refuse_wait(c, HALL_E_TOO_MANY, wait_s);
            return;
        }
    }
    call_submit_for(c, command_new(HALLD__COMMAND__BODY_HOLD_SLOT, &slot->base), NULL, on_held, holding);
}

/* The moment as the hall's date and minute; false: answered. */
static bool split_slot(struct call *c, int64_t at, int32_t *ret_date, int32_t *ret_minute)
{
    if (at) {
        *ret_date = moment_to_date(at);
        *ret_minute = (int32_t)((at - moment_of_date(*ret_date, 0)) / MINUTE_MS);
        if (moment_of_date(*ret_date, *ret_minute) == at)
            return true;
    }
    call_refuse_field(c, at ? HALL_E_SLOT_CLOSED : HALL_E_FIELD_MISSING, "slot_at", "");
    return false;
}

static bool fill_person(struct call *c, const Halld__HoldRequest *from, Halld__HoldSlot *slot)
{
    if (!from->person[0])
        return true;
    if (c->caller.roles & ROLE_CLERK)
        return hash_person(c, from->person, &slot->person);
    call_refuse(c, c->caller.is_known ? HALL_E_WRONG_ROLE : HALL_E_NO_SESSION);
    return false;
}

void api_appointment_hold(struct call *c)
{
    Halld__HoldRequest *from = (Halld__HoldRequest *)call_body(c);
    if (!from)
        return;
    Halld__HoldSlot *slot = MESSAGE_NEW(Halld__HoldSlot, &halld__hold_slot__descriptor);
    slot->slot_at = from->slot_at;
    if (split_slot(c, from->slot_at, &slot->date, &slot->minute) && fill_person(c, from, slot)) {
        slot->item = alloc_text(from->item);
        slot->class_ = alloc_text(from->class_);
        submit_hold(c, slot);
    } else {
        protobuf_c_message_free_unpacked(&slot->base, NULL);
    }
    forget_request(&from->base, from->person);
}

void api_appointment_book(struct call *c)
{
    Halld__BookRequest *from = (Halld__BookRequest *)call_body(c);
    ProtobufCBinaryData person;
    if (!from)
        return;
    if (hash_person(c, from->person, &person)) {
        Halld__BookSlot *slot = MESSAGE_NEW(Halld__BookSlot, &halld__book_slot__descriptor);
        slot->token = alloc_text(call_param(c, "token"));
        slot->person = person;
        call_submit(c, command_new(HALLD__COMMAND__BODY_BOOK_SLOT, &slot->base));
    }
    forget_request(&from->base, from->person);
}

/* ---- move */

/* By the link or by the id, as the path has it; the path's parameters are the command's fields. */
void api_appointment_move(struct call *c)
{
    Halld__MoveRequest *from = (Halld__MoveRequest *)call_body(c);
    struct refusal r;
    int code = 0;
    if (!from)
        return;
    Halld__MoveAppointment *move = MESSAGE_NEW(Halld__MoveAppointment, &halld__move_appointment__descriptor);
    move->slot_at = from->slot_at;
    protobuf_c_message_free_unpacked(&from->base, NULL);
    for (size_t i = 0; i < c->params.n && !code; i++)
        code = pbjson_set_text(&move->base, c->params.at[i].name, c->params.at[i].value, &r);
    if (!code && split_slot(c, move->slot_at, &move->date, &move->minute)) {
        call_submit(c, command_new(HALLD__COMMAND__BODY_MOVE_APPOINTMENT, &move->base));
        return;
    }
    if (code)
        call_refuse_with(c, &r);
    protobuf_c_message_free_unpacked(&move->base, NULL);
}
