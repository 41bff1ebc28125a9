/* What kiosks and screens say of themselves, and who goes there when somebody asks for help. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/message.h"
#include "core/equipment.h"
#include "core/hall.h"
#include "core/setup.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"

/* The device that asks, by itself or through a person's session on its page; NULL: refused. */
static const Halld__Device *self(struct call *c)
{
    const char *name = c->caller.kind == HALLD__ACTOR_KIND__E__device ? c->caller.id : c->caller.device;
    const Halld__Device *d = setup_device_find(hall_setup(call_hall(c)), name);
    if (!d)
        call_refuse_field(c, HALL_E_WRONG_ROLE, "device", name);
    return d;
}

static void reply_self(struct call *c, const struct hall *h)
{
    const Halld__Device *d = setup_device_find(hall_setup(h), c->note);
    Halld__DeviceView v = HALLD__DEVICE_VIEW__INIT;
    if (!d) {
        call_refuse(c, HALL_E_NO_SESSION); /* taken away meanwhile */
        return;
    }
    v.name = d->name;
    v.role = d->role;
    v.place = d->place;
    v.expires_at = d->expires_at;
    v.has_version_case = HALLD__DEVICE_VIEW__HAS_VERSION_VERSION;
    v.version = (char *)PACKAGE_VERSION;
    beats_tell(c->net->beats, h, &v);
    call_reply(c, 200, message_clone(&v.base));
}

static void on_said(void *arg, const struct answer *answer)
{
    struct call *c = arg;
    if (!call_refused(c, answer))
        reply_self(c, answer->hall);
}

static bool page_is_sound(const char *page)
{
    for (const char *at = page; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return strlen(page) < BEATS_PAGE;
}

/* Only a change is worth an event; most reports say that all is as before. */
static bool is_news(const struct call *c, Halld__Printer__E printer)
{
    const struct equipment *known = equipment_find(call_hall(c), c->note);
    return !known || (printer != HALLD__PRINTER__E__unset && printer != known->printer);
}

static void report(struct call *c, const Halld__DeviceReport *said)
{
    if (!page_is_sound(said->page)) {
        call_refuse_field(c, HALL_E_BAD_VALUE, "page", said->page);
        return;
    }
    beats_hear(c->net->beats, c->note, said->page, clock_monotonic_ms(), call_now(c));
    if (!is_news(c, said->printer)) {
        reply_self(c, call_hall(c));
        return;
    }
    Halld__ReportDevice *command = MESSAGE_NEW(Halld__ReportDevice, &halld__report_device__descriptor);
    command->printer = said->printer;
    call_submit_for(c, command_new(HALLD__COMMAND__BODY_REPORT_DEVICE, &command->base), NULL, on_said, c);
}

void api_device_status(struct call *c)
{
    const Halld__Device *d = self(c);
    ProtobufCMessage *body = d ? call_body(c) : NULL;
    if (!body)
        return;
    c->note = alloc_text(d->name);
    report(c, (Halld__DeviceReport *)body);
    protobuf_c_message_free_unpacked(body, NULL);
}

void api_device_help(struct call *c)
{
    const Halld__Device *d = self(c);
    if (!d)
        return;
    c->note = alloc_text(d->name);
    beats_hear(c->net->beats, c->note, "", clock_monotonic_ms(), call_now(c));
    Halld__CallHelp *command = MESSAGE_NEW(Halld__CallHelp, &halld__call_help__descriptor);
    call_submit_for(c, command_new(HALLD__COMMAND__BODY_CALL_HELP, &command->base), NULL, on_said, c);
}
