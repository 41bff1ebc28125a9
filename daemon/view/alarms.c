#include "view/alarms.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/day/hours.h"
#include "core/equipment.h"
#include "core/flow/flow.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/text.h"

enum { COVERAGE_LOW = 800 }; /* of a thousand; 900 are promised */

/* One alarm being written. */
struct alarm {
    char *name; /* owned: what it is about, the same as long as it lasts */
    enum text_id text;
    int64_t since_at;
    int window;
    const char *number, *device;
    struct text_arg args[4];
};

static void add(Halld__AlarmList *l, struct alarm *a)
{
    Halld__AlarmView *v = MESSAGE_NEW(Halld__AlarmView, &halld__alarm_view__descriptor);
    v->alarm = a->name;
    v->since_at = a->since_at;
    v->window = a->window;
    build_set(&v->number, a->number);
    build_set(&v->device, a->device);
    size_t n = 0;
    while (n < sizeof a->args / sizeof *a->args && a->args[n].name)
        n++;
    text_make(a->text, a->args, n, &v->text, &v->text_en);
    l->alarms = alloc_grow(l->alarms, l->n_alarms + 1, sizeof *l->alarms);
    l->alarms[l->n_alarms++] = v;
}

/* ---- the machine */

static void add_machine(Halld__AlarmList *l, const struct machine_facts *m)
{
    char seconds[TEXT_NUMBER], free_mib[TEXT_NUMBER], min_mib[TEXT_NUMBER];
    if (m->read_only)
        add(l, &(struct alarm){.name = alloc_text("read_only"),
                               .text = TEXT_ALARM_READ_ONLY,
                               .args = {{"reason", m->read_only_why, NULL}}});
    if (m->free_mib >= 0 && m->free_mib < 2 * m->min_free_mib)
        add(l, &(struct alarm){.name = alloc_text("disk"),
                               .text = TEXT_ALARM_DISK,
                               .args = {{"free", text_number(m->free_mib, free_mib), NULL},
                                        {"min", text_number(m->min_free_mib, min_mib), NULL}}});
    if (m->clock_stepped)
        add(l, &(struct alarm){.name = alloc_text("clock"),
                               .text = TEXT_ALARM_CLOCK,
                               .args = {{"seconds", text_number(m->clock_step_ms / 1000, seconds), NULL}}});
    if (m->cannot_seal)
        add(l, &(struct alarm){.name = alloc_text("keys"), .text = TEXT_ALARM_KEYS});
    if (m->series && *m->series)
        add(l, &(struct alarm){.name = alloc_text("series"),
                               .text = strcmp(m->series, "full") == 0 ? TEXT_ALARM_SERIES_FULL : TEXT_ALARM_SERIES});
}

static void add_flows(Halld__AlarmList *l, const struct machine_facts *m)
{
    char n[TEXT_NUMBER];
    if (m->n_flow_faults)
        add(l, &(struct alarm){
                   .name = alloc_text("flows"),
                   .text = TEXT_ALARM_FLOWS,
                   .since_at = m->flow_since_at,
                   .args = {{"n", text_number((int64_t)m->n_flow_faults, n), NULL}, {"line", m->flow_fault, NULL}}});
}

/* ---- people whom nobody can serve */

static bool is_working(const struct window *w)
{
    return w && w->state != HALLD__WINDOW_STATE__E__closed && w->state != HALLD__WINDOW_STATE__E__draining;
}

static struct skill skill_of_working(const struct queue *q)
{
    struct skill all = {{0}};
    for (size_t i = 0; i < queue_window_count(q); i++)
        if (is_working(queue_window_at(q, i)))
            skill_join(&all, &queue_window_at(q, i)->skill);
    return all;
}

static void add_bound(Halld__AlarmList *l, enum text_id text, const char *kind, const struct ticket *t, int window,
                      int64_t since_at)
{
    char n[TEXT_NUMBER];
    add(l, &(struct alarm){.name = alloc_format("%s/%s", kind, t->number),
                           .text = text,
                           .since_at = since_at,
                           .window = window,
                           .number = t->number,
                           .args = {{"number", t->number, NULL}, {"window", text_number(window, n), NULL}}});
}

struct unserved { /* of one queue */
    const struct ticket *first;
    int n;
};

static void look_at_ticket(Halld__AlarmList *l, const struct hall *h, const struct ticket *t,
                           const struct skill *working, struct unserved *queues)
{
    const struct queue *q = hall_queue(h);
    if (t->state == HALLD__TICKET_STATE__E__held && !is_working(queue_window_find(q, t->window)))
        add_bound(l, TEXT_ALARM_HELD, "held", t, t->window, t->held_since_at);
    if (t->state != HALLD__TICKET_STATE__E__waiting)
        return;
    if (t->place.window > 0) {
        if (!is_working(queue_window_find(q, t->place.window)))
            add_bound(l, TEXT_ALARM_NAMED, "named", t, t->place.window, t->wait_since_at);
        return;
    }
    if (skill_has(working, setup_group_index(hall_setup(h), t->group)))
        return;
    struct unserved *u = &queues[(unsigned char)*t->queue];
    if (!u->first || t->wait_since_at < u->first->wait_since_at)
        u->first = t;
    u->n++;
}

static void add_unserved(Halld__AlarmList *l, const struct hall *h, const char *letter, const struct unserved *u)
{
    const Halld__Queue *row = setup_queue_find(hall_setup(h), letter);
    char n[TEXT_NUMBER];
    add(l, &(struct alarm){.name = alloc_format("unserved/%s", letter),
                           .text = TEXT_ALARM_UNSERVED,
                           .since_at = u->first->wait_since_at,
                           .number = u->first->number,
                           .args = {{"queue", letter, NULL},
                                    {"name", row ? row->name : "", row ? row->name_en : ""},
                                    {"n", text_number(u->n, n), NULL},
                                    {"number", u->first->number, NULL}}});
}

static void add_people(Halld__AlarmList *l, const struct hall *h)
{
    const struct queue *q = hall_queue(h);
    struct skill working = skill_of_working(q);
    struct unserved queues[256] = {{NULL, 0}}; /* by letter */
    for (size_t i = 0; i < queue_ticket_count(q); i++)
        look_at_ticket(l, h, queue_ticket_at(q, i), &working, queues);
    for (int letter = 0; letter < 256; letter++)
        if (queues[letter].n > 0)
            add_unserved(l, h, (char[]){(char)letter, '\0'}, &queues[letter]);
}

/* ---- windows that stand still */

static void look_at_window(Halld__AlarmList *l, const struct window *w, int64_t now)
{
    char n[TEXT_NUMBER], over[TEXT_NUMBER];
    int64_t due = w->since_at + (int64_t)w->planned_s * 1000;
    if (w->state == HALLD__WINDOW_STATE__E__suspended)
        add(l, &(struct alarm){.name = alloc_format("suspended/%d", w->window),
                               .text = TEXT_ALARM_SUSPENDED,
                               .since_at = w->since_at,
                               .window = w->window,
                               .args = {{"window", text_number(w->window, n), NULL}, {"reason", w->reason, NULL}}});
    if (w->state == HALLD__WINDOW_STATE__E__break && w->planned_s > 0 && due < now)
        add(l, &(struct alarm){.name = alloc_format("break/%d", w->window),
                               .text = TEXT_ALARM_BREAK,
                               .since_at = due,
                               .window = w->window,
                               .args = {{"window", text_number(w->window, n), NULL},
                                        {"minutes", text_number((now - due) / 60000, over), NULL}}});
}

/* ---- kiosks and screens */

/* Where it stands, or its name; NULL: the settings no longer have it. */
static const char *place_of(const struct hall *h, const char *device)
{
    const Halld__Device *row = setup_device_find(hall_setup(h), device);
    return row ? (*row->place ? row->place : row->name) : NULL;
}

static void add_device(Halld__AlarmList *l, const struct hall *h, const char *kind, enum text_id text,
                       const char *device, int64_t since_at, int64_t now)
{
    const char *place = place_of(h, device);
    char minutes[TEXT_NUMBER];
    if (!place)
        return;
    add(l, &(struct alarm){
               .name = alloc_format("%s/%s", kind, device),
               .text = text,
               .since_at = since_at,
               .device = device,
               .args = {{"place", place, NULL}, {"minutes", text_number((now - since_at) / 60000, minutes), NULL}}});
}

static void add_help(Halld__AlarmList *l, const struct hall *h, int64_t now)
{
    for (size_t i = 0; i < equipment_count(h); i++) {
        const struct equipment *e = equipment_at(h, i);
        if (e->help_at)
            add_device(l, h, "help", TEXT_ALARM_HELP, e->device, e->help_at, now);
    }
}

static void add_printers(Halld__AlarmList *l, const struct hall *h, int64_t now)
{
    static const struct {
        const char *kind;
        enum text_id text;
    } table[] = {
        [HALLD__PRINTER__E__low] = {"paper", TEXT_ALARM_PAPER_LOW},
        [HALLD__PRINTER__E__out] = {"paper", TEXT_ALARM_PAPER_OUT},
        [HALLD__PRINTER__E__failed] = {"printer", TEXT_ALARM_PRINTER},
    };
    for (size_t i = 0; i < equipment_count(h); i++) {
        const struct equipment *e = equipment_at(h, i);
        if ((size_t)e->printer < sizeof table / sizeof *table && table[e->printer].kind)
            add_device(l, h, table[e->printer].kind, table[e->printer].text, e->device, e->printer_at, now);
    }
}

/* Screens are switched off at night: a silent one matters while the hall is open. */
static void add_silent(Halld__AlarmList *l, const struct hall *h, int64_t now, const struct machine_facts *m)
{
    for (size_t i = 0; i < m->n_silent && queue_is_open(hall_queue(h), now); i++)
        add_device(l, h, "silent", TEXT_ALARM_SILENT, m->silent[i].device, m->silent[i].since_at, now);
}

/* ---- the leaders' rota */

static bool needs_leader(const struct flow *f)
{
    for (size_t i = 0; i < flow_definition_count(f); i++)
        if (definition_needs(flow_definition_at(f, i), "duty_leader"))
            return true;
    return false;
}

/* A hall that has a rota is told of its gaps on opening days, today's and a week's ahead; one that has none, if its
 * flows count on somebody. */
static void add_duty(Halld__AlarmList *l, const struct hall *h, int64_t now)
{
    enum { DAYS_AHEAD = 7 };
    const struct setup *s = hall_setup(h);
    int32_t first = date_to_days(moment_to_date(now));
    struct minutes spans[HOURS_SPANS_MAX];
    if (setup_settings(s)->n_duty == 0 && needs_leader(hall_flow(h)))
        add(l, &(struct alarm){.name = alloc_text("duty"), .text = TEXT_ALARM_NO_ROTA});
    for (int32_t day = first; setup_settings(s)->n_duty > 0 && day <= first + DAYS_AHEAD; day++) {
        int32_t date = date_from_days(day);
        char text[11];
        if (setup_duty_leader(s, date) || hours_of(s, date, spans) == 0)
            continue;
        date_to_text(date, text);
        add(l, &(struct alarm){
                   .name = alloc_format("duty/%s", text), .text = TEXT_ALARM_DUTY, .args = {{"date", text, NULL}}});
    }
}

/* The forecasts widen by themselves; who has told them should know. */
static void add_forecasts(Halld__AlarmList *l, const struct hall *h, const struct quote *q)
{
    for (size_t i = 0; q && i < q->n_covers; i++) {
        const struct quote_cover *c = &q->covers[i];
        const Halld__Queue *row = setup_queue_find(hall_setup(h), c->queue);
        char of_100[TEXT_NUMBER];
        if (c->permille >= COVERAGE_LOW || !row)
            continue;
        add(l, &(struct alarm){.name = alloc_format("forecast/%s", c->queue),
                               .text = TEXT_ALARM_FORECAST,
                               .args = {{"queue", c->queue, NULL},
                                        {"name", row->name, row->name_en},
                                        {"n", text_number(c->permille / 10, of_100), NULL}}});
    }
}

Halld__AlarmList *alarm_list_new(const struct hall *h, int64_t now, const struct machine_facts *m)
{
    Halld__AlarmList *l = MESSAGE_NEW(Halld__AlarmList, &halld__alarm_list__descriptor);
    add_machine(l, m);
    add_flows(l, m);
    add_help(l, h, now);
    add_people(l, h);
    for (size_t i = 0; i < queue_window_count(hall_queue(h)); i++)
        look_at_window(l, queue_window_at(hall_queue(h), i), now);
    add_silent(l, h, now, m);
    add_printers(l, h, now);
    add_forecasts(l, h, m->quote);
    add_duty(l, h, now);
    return l;
}
