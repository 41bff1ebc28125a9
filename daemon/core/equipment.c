#include "core/equipment.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/decision.h"
#include "core/queue/steps.h"

enum { SLIP_REASON_MAX = 40 };

/* ---- the rows, sorted by name */

static size_t place_of(const struct hall *h, const char *device)
{
    size_t i = 0;
    while (i < h->n_equipment && strcmp(h->equipment[i].device, device) < 0)
        i++;
    return i;
}

static struct equipment *find(const struct hall *h, const char *device)
{
    size_t i = place_of(h, device);
    return i < h->n_equipment && strcmp(h->equipment[i].device, device) == 0 ? &h->equipment[i] : NULL;
}

struct equipment *equipment_add(struct hall *h, const char *device)
{
    struct equipment *known = find(h, device);
    if (known)
        return known;
    size_t i = place_of(h, device);
    h->equipment = alloc_grow(h->equipment, h->n_equipment + 1, sizeof *h->equipment);
    memmove(h->equipment + i + 1, h->equipment + i, (h->n_equipment - i) * sizeof *h->equipment);
    h->n_equipment++;
    h->equipment[i] = (struct equipment){.device = queue_text(h->queue, device)};
    return &h->equipment[i];
}

void equipment_forget_removed(struct hall *h)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n_equipment; i++)
        if (setup_device_find(h->setup, h->equipment[i].device))
            h->equipment[n++] = h->equipment[i];
    h->n_equipment = n;
}

void equipment_forget_day(struct hall *h)
{
    for (size_t i = 0; i < h->n_equipment; i++) {
        h->equipment[i].help_at = 0;
        h->equipment[i].device = queue_text(h->queue, h->equipment[i].device); /* the day's texts go */
    }
}

size_t equipment_count(const struct hall *h)
{
    return h->n_equipment;
}

const struct equipment *equipment_at(const struct hall *h, size_t i)
{
    return &h->equipment[i];
}

const struct equipment *equipment_find(const struct hall *h, const char *device)
{
    return find(h, device);
}

/* ---- reports */

/* The device that asks: the actor itself, or the paired page that a person uses. WRONG_ROLE if there is none. */
static int asking_device(struct decision *d, const char **ret)
{
    const Halld__Actor *a = d->turn->actor;
    const char *device = a->kind == HALLD__ACTOR_KIND__E__device ? a->id : a->device;
    if (!setup_device_find(d->hall->setup, device))
        return refuse(d->refusal, HALL_E_WRONG_ROLE, "device", device);
    *ret = device;
    return 0;
}

int equipment_decide_report(struct decision *d)
{
    Halld__Printer__E printer = d->command->report_device->printer;
    const char *device;
    int code = asking_device(d, &device);
    if (code)
        return code;
    const struct equipment *known = find(d->hall, device);
    if (known && (printer == HALLD__PRINTER__E__unset || printer == known->printer))
        return 0;
    Halld__DeviceReported *b = decision_begin(d, HALLD__EVENT__BODY_DEVICE_REPORTED);
    b->device = alloc_text(device);
    b->printer = printer;
    decision_make(d);
    return 0;
}

void equipment_apply_reported(struct hall *h, const Halld__Event *event)
{
    struct equipment *e = equipment_add(h, event->device_reported->device);
    e->printer = event->device_reported->printer;
    e->printer_at = event->at;
}

/* ---- help: one call stands until it is answered */

int equipment_decide_call(struct decision *d)
{
    const char *device;
    int code = asking_device(d, &device);
    if (code)
        return code;
    const struct equipment *known = find(d->hall, device);
    if (known && known->help_at)
        return 0;
    Halld__HelpCalled *b = decision_begin(d, HALLD__EVENT__BODY_HELP_CALLED);
    b->device = alloc_text(device);
    decision_make(d);
    return 0;
}

void equipment_apply_called(struct hall *h, const Halld__Event *event)
{
    equipment_add(h, event->help_called->device)->help_at = event->at;
}

int equipment_decide_answer(struct decision *d)
{
    const char *device = d->command->answer_help->device;
    const struct equipment *known = find(d->hall, device);
    if (!known)
        return refuse(d->refusal, HALL_E_NOT_FOUND, "device", device);
    if (!known->help_at) /* somebody else was faster */
        return refuse(d->refusal, HALL_E_WRONG_STATE, "device", device);
    Halld__HelpAnswered *b = decision_begin(d, HALLD__EVENT__BODY_HELP_ANSWERED);
    b->device = alloc_text(device);
    b->called_at = known->help_at;
    decision_make(d);
    return 0;
}

void equipment_apply_answered(struct hall *h, const Halld__Event *event)
{
    equipment_add(h, event->help_answered->device)->help_at = 0;
}

/* ---- slips */

int equipment_decide_print(struct decision *d)
{
    const Halld__ReportPrint *c = d->command->report_print;
    const struct ticket *t = queue_ticket_find(d->hall->queue, c->id);
    if (!t)
        return refuse(d->refusal, HALL_E_NO_TICKET, "id", "");
    if (strlen(c->reason) > SLIP_REASON_MAX)
        return refuse(d->refusal, HALL_E_TOO_LONG, "reason", "");
    if (!c->ok && !*c->reason)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "reason", "");
    Halld__TicketPrinted *b = decision_begin(d, HALLD__EVENT__BODY_TICKET_PRINTED);
    b->ticket = t->id;
    b->ok = c->ok;
    if (!c->ok)
        b->reason = alloc_text(c->reason);
    decision_make(d);
    return 0;
}

void equipment_apply_printed(struct hall *h, const Halld__Event *event)
{
    struct ticket *t = queue_ticket(h->queue, event->ticket_printed->ticket);
    if (!t)
        abort();
    t->slip = event->ticket_printed->ok ? HALLD__SLIP__E__printed : HALLD__SLIP__E__failed;
}
