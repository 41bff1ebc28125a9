#include "view/appointment_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/queue/slots.h"
#include "core/setup.h"
#include "view/build.h"

enum { DATES_MAX = 92 };

Halld__AppointmentView *appointment_view_new(const struct hall *h, const struct appointment *a)
{
    Halld__AppointmentView *v = MESSAGE_NEW(Halld__AppointmentView, &halld__appointment_view__descriptor);
    const Halld__Item *item = setup_item_find(hall_setup(h), a->item);
    const struct ticket *t = a->ticket ? queue_ticket_find(hall_queue(h), a->ticket) : NULL;
    v->id = a->id;
    v->slot_at = a->slot_at;
    v->late_at = a->slot_at + setup_policy(hall_setup(h))->appointment_grace;
    v->state = a->state;
    build_set(&v->code, a->code);
    build_set(&v->item, a->item);
    build_set(&v->item_name, item ? item->name : a->item);
    build_set(&v->queue, a->queue);
    build_set(&v->class_, a->class_name);
    if (a->due_at) {
        v->has_due_case = HALLD__APPOINTMENT_VIEW__HAS_DUE_DUE_AT;
        v->due_at = a->due_at;
    }
    if (t) {
        v->has_number_case = HALLD__APPOINTMENT_VIEW__HAS_NUMBER_NUMBER;
        v->number = alloc_text(t->number);
    }
    return v;
}

Halld__AppointmentView *appointment_view_new_person(const struct hall *h, const struct appointment *a,
                                                    const char *public_url)
{
    Halld__AppointmentView *v = appointment_view_new(h, a);
    char token[33];
    token_to_text(a->token, token);
    v->has_token_case = HALLD__APPOINTMENT_VIEW__HAS_TOKEN_TOKEN;
    v->token = alloc_text(token);
    v->has_url_case = HALLD__APPOINTMENT_VIEW__HAS_URL_URL;
    v->url = alloc_format("%s/book/%s", public_url ? public_url : "", token);
    const struct ticket *t = a->ticket ? queue_ticket_find(hall_queue(h), a->ticket) : NULL;
    if (t) {
        token_to_text(t->token, token);
        v->has_ticket_case = HALLD__APPOINTMENT_VIEW__HAS_TICKET_TICKET_TOKEN;
        v->ticket_token = alloc_text(token);
    }
    return v;
}

static int by_slot(const void *a, const void *b)
{
    const struct appointment *x = *(const struct appointment *const *)a, *y = *(const struct appointment *const *)b;
    if (x->slot_at != y->slot_at)
        return x->slot_at < y->slot_at ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

Halld__AppointmentList *appointment_list_new(const struct hall *h, int32_t date)
{
    const struct queue *q = hall_queue(h);
    size_t all = queue_appointment_count(q), n = 0;
    const struct appointment **found = alloc_zero((all ? all : 1) * sizeof *found);
    for (size_t i = 0; i < all; i++)
        if (queue_appointment_at(q, i)->date == date)
            found[n++] = queue_appointment_at(q, i);
    qsort(found, n, sizeof *found, by_slot);
    Halld__AppointmentList *l = MESSAGE_NEW(Halld__AppointmentList, &halld__appointment_list__descriptor);
    l->appointments = build_array(n, sizeof *l->appointments);
    l->n_appointments = n;
    for (size_t i = 0; i < n; i++)
        l->appointments[i] = appointment_view_new(h, found[i]);
    free(found);
    return l;
}

/* ---- slots */

static void add_slot(Halld__SlotList *l, int64_t at, int free_count)
{
    Halld__SlotView *v = MESSAGE_NEW(Halld__SlotView, &halld__slot_view__descriptor);
    v->slot_at = at;
    v->free = free_count;
    l->slots = alloc_grow(l->slots, l->n_slots + 1, sizeof *l->slots);
    l->slots[l->n_slots++] = v;
}

static void add_day(Halld__SlotList *l, int32_t date, int free_count, int code)
{
    Halld__SlotDay *v = MESSAGE_NEW(Halld__SlotDay, &halld__slot_day__descriptor);
    char text[11];
    date_to_text(date, text);
    build_set(&v->date, text);
    v->free = free_count;
    if (code) {
        build_set(&v->code, err_name(code));
        build_set(&v->text, err_text_zh(code));
        build_set(&v->text_en, err_text_en(code));
    }
    l->days = alloc_grow(l->days, l->n_days + 1, sizeof *l->days);
    l->days[l->n_days++] = v;
}

/* Seconds taken of the queue, by slot: one look at the appointments for all slots. */
static struct map taken_by_slot(const struct hall *h, const char *queue)
{
    const struct queue *q = hall_queue(h);
    struct map taken = MAP_INIT;
    for (size_t i = 0; i < queue_appointment_count(q); i++) {
        const struct appointment *a = queue_appointment_at(q, i);
        intptr_t before = (intptr_t)map_find(&taken, (uint64_t)a->slot_at), now = before + slots_taken_s(a, queue);
        if (now != before)
            map_put(&taken, (uint64_t)a->slot_at, (void *)now);
    }
    return taken;
}

static void add_date(const struct hall *h, const struct map *taken, int32_t date, int64_t now, Halld__SlotList *l)
{
    struct slot slots[SLOTS_MAX];
    size_t n = slots_of(h, date, slots);
    int32_t today = queue_day(hall_queue(h))->date;
    int all = 0, code = slots_check(h, today, date, -1); /* no slot: why there is none */
    if (n && slots_check(h, today, date, slots[0].minute) != 0)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t at = moment_of_date(date, slots[i].minute);
        if (at <= now)
            continue;
        int free_count = slots_free_beside(h, l->item, (intptr_t)map_find(taken, (uint64_t)at));
        add_slot(l, at, free_count);
        all += free_count;
        code = HALL_E_SLOT_FULL;
    }
    add_day(l, date, all, all ? 0 : code);
}

int slot_list_new(const struct hall *h, const char *item, int32_t from, int32_t to, int64_t now, Halld__SlotList **ret,
                  struct refusal *r)
{
    const Halld__Item *row = setup_item_find(hall_setup(h), item);
    if (!row)
        return refuse(r, HALL_E_UNKNOWN_ITEM, "item", item);
    int32_t first = date_to_days(from), last = date_to_days(to);
    if (last < first || last - first >= DATES_MAX)
        return refuse_number(r, HALL_E_BAD_VALUE, "to", to);
    Halld__SlotList *l = MESSAGE_NEW(Halld__SlotList, &halld__slot_list__descriptor);
    build_set(&l->item, row->item);
    build_set(&l->item_name, row->name);
    struct map taken = taken_by_slot(h, row->queue);
    for (int32_t day = first; day <= last; day++)
        add_date(h, &taken, date_from_days(day), now, l);
    map_fini(&taken);
    *ret = l;
    return 0;
}
