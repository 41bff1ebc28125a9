/* The rota as staff see it, and the duty of today, handed over by whoever has it, or by a manager. The rota itself is a
 * table of settings. */
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/setup.h"
#include "net/api_admin.h"
#include "net/call.h"
#include "net/handlers.h"
#include "proto/view.pb-c.h"
#include "view/duty_view.h"

static void set_text(char **field, const char *text)
{
    if (*field != protobuf_c_empty_string)
        free(*field);
    *field = alloc_text(text);
}

static bool may_hand_over(const struct call *c, const struct setup *s, const Halld__Duty *today)
{
    const Halld__User *now = setup_duty_leader(s, moment_to_date(call_now(c)));
    if (c->caller.roles & ROLE_MANAGER)
        return true;
    if (c->caller.kind != HALLD__ACTOR_KIND__E__user)
        return false;
    return (now && strcmp(now->name, c->caller.id) == 0) || strcmp(today->leader, c->caller.id) == 0;
}

/* The rota's row of today may be in the middle of being changed, or handed over, by somebody else. */
static int renew_hand_over(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r)
{
    Halld__Duty **row = command->put_settings->put->duty;
    const struct setup *s = hall_setup(decided);
    const Halld__Duty *today = setup_duty_find(s, (*row)->date);
    if (!today)
        return refuse(r, HALL_E_NOT_FOUND, "duty", (*row)->date);
    if (!may_hand_over(arg, s, today))
        return refuse(r, HALL_E_WRONG_ROLE, "", "");
    Halld__Duty *next = (Halld__Duty *)message_clone(&today->base);
    set_text(&next->stands_in, (*row)->stands_in);
    set_text(&next->reason, (*row)->reason);
    halld__duty__free_unpacked(*row, NULL);
    *row = next;
    return 0;
}

static void hand_over(struct call *c, const Halld__HandOverRequest *to)
{
    const struct setup *s = hall_setup(call_hall(c));
    char date[11];
    date_to_text(moment_to_date(call_now(c)), date);
    const Halld__Duty *today = setup_duty_find(s, date);
    if (!today) {
        call_refuse_field(c, HALL_E_NOT_FOUND, "duty", date);
        return;
    }
    if (!may_hand_over(c, s, today)) {
        call_refuse(c, HALL_E_WRONG_ROLE);
        return;
    }
    Halld__Duty *next = (Halld__Duty *)message_clone(&today->base);
    set_text(&next->stands_in, to->to);
    set_text(&next->reason, to->reason);
    const struct submission with = {.renew = renew_hand_over};
    call_submit_with(c, admin_put("duty", &next->base), &with);
}

void api_duty_hand_over(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    hand_over(c, (const Halld__HandOverRequest *)body);
    protobuf_c_message_free_unpacked(body, NULL);
}

void api_duty(struct call *c)
{
    Halld__DutyView *v = duty_view_new(call_hall(c), moment_to_date(call_now(c)));
    call_reply(c, 200, &v->base);
}
