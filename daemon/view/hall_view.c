#include "view/hall_view.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/day/hours.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/build.h"

enum { DAYS_LOOKED_AHEAD = 60 };

void hall_view_epoch(uint64_t epoch, char text[17])
{
    snprintf(text, 17, "%016llx", (unsigned long long)epoch);
}

static void set_names(Halld__HallView *v, const Halld__HallInfo *info)
{
    if (!info)
        return;
    build_set(&v->hall, info->name);
    build_set(&v->name_en, info->name_en);
    build_set(&v->notice, info->notice);
    build_set(&v->notice_en, info->notice_en);
    build_set(&v->source, info->source);
}

void hall_view_set_leader(char **field, const struct hall *h, int32_t date)
{
    const Halld__User *u = setup_duty_leader(hall_setup(h), date);
    if (u)
        build_set(field, *u->display ? u->display : u->name);
}

/* Today's hours: what the day was opened with, or the settings' if it is not open yet. */
static size_t hours_today(const struct hall *h, int32_t date, struct minutes out[HOURS_SPANS_MAX])
{
    const struct day *day = queue_day(hall_queue(h));
    if (day->date != date)
        return hours_of(hall_setup(h), date, out);
    int64_t midnight = moment_of_date(date, 0);
    size_t n = day->n_open < HOURS_SPANS_MAX ? day->n_open : HOURS_SPANS_MAX;
    for (size_t i = 0; i < n; i++) {
        out[i].from = (int)((day->open[i].from - midnight) / 60000);
        out[i].to = (int)((day->open[i].to - midnight) / 60000);
    }
    return n;
}

static void set_hours(Halld__HallView *v, const struct minutes *spans, size_t n)
{
    v->hours = build_array(n, sizeof *v->hours);
    for (; v->n_hours < n; v->n_hours++) {
        char text[12];
        hours_to_text(spans[v->n_hours], text);
        v->hours[v->n_hours] = build_text(text);
    }
}

static bool opens_on(const struct hall *h, int32_t date, int64_t now, int64_t *ret)
{
    struct minutes spans[HOURS_SPANS_MAX];
    size_t n = hours_of(hall_setup(h), date, spans);
    for (size_t i = 0; i < n; i++) {
        *ret = moment_of_date(date, spans[i].from);
        if (*ret > now)
            return true;
    }
    return false;
}

static void set_next_open(Halld__HallView *v, const struct hall *h, int32_t today, int64_t now)
{
    int32_t first = date_to_days(today);
    for (int32_t day = first; day < first + DAYS_LOOKED_AHEAD; day++) {
        int64_t at;
        if (!opens_on(h, date_from_days(day), now, &at))
            continue;
        char text[MOMENT_TEXT];
        moment_to_text(at, text);
        build_set(&v->next_open, text);
        return;
    }
}

static int64_t closes_at(const struct day *day, int64_t now)
{
    for (size_t i = 0; i < day->n_open; i++)
        if (day->open[i].from <= now && now < day->open[i].to)
            return day->open[i].to;
    return 0;
}

Halld__HallView *hall_view_new(const struct hall *h, int64_t now, bool read_only)
{
    Halld__HallView *v = MESSAGE_NEW(Halld__HallView, &halld__hall_view__descriptor);
    char text[17];
    struct minutes spans[HOURS_SPANS_MAX];
    int32_t today = moment_to_date(now);
    set_names(v, setup_settings(hall_setup(h))->hall);
    v->at = now;
    v->open = queue_is_open(hall_queue(h), now);
    v->read_only = read_only;
    v->simulated = hall_journal(h) && hall_journal(h)->simulated;
    date_to_text(today, text);
    build_set(&v->date, text);
    hall_view_set_leader(&v->duty_leader, h, today);
    hall_view_epoch(hall_epoch(h), text);
    build_set(&v->epoch, text);
    set_hours(v, spans, hours_today(h, today, spans));
    if (v->open)
        v->closes_at = closes_at(queue_day(hall_queue(h)), now);
    else
        set_next_open(v, h, today, now);
    return v;
}

/* ---- the catalogue */

static Halld__QueueInfo *queue_info(const struct hall *h, const Halld__Queue *q)
{
    Halld__QueueInfo *i = MESSAGE_NEW(Halld__QueueInfo, &halld__queue_info__descriptor);
    build_set(&i->queue, q->queue);
    build_set(&i->name, q->name);
    build_set(&i->name_en, q->name_en);
    build_set(&i->default_item, q->default_item);
    i->bookable = q->planned_windows > 0 && setup_booking(hall_setup(h))->days_ahead > 0;
    return i;
}

static Halld__GroupInfo *group_info(const Halld__Group *g)
{
    Halld__GroupInfo *i = MESSAGE_NEW(Halld__GroupInfo, &halld__group_info__descriptor);
    build_set(&i->group, g->group);
    build_set(&i->name, g->name);
    build_set(&i->name_en, g->name_en);
    return i;
}

static Halld__ClassInfo *class_info(const Halld__PersonClass *c)
{
    Halld__ClassInfo *i = MESSAGE_NEW(Halld__ClassInfo, &halld__class_info__descriptor);
    build_set(&i->class_, c->class_);
    build_set(&i->name, c->name);
    build_set(&i->name_en, c->name_en);
    i->head_start_s = c->head_start_s;
    i->kiosk = c->kiosk;
    return i;
}

static Halld__Material *material_copy(const Halld__Material *from)
{
    Halld__Material *m = MESSAGE_NEW(Halld__Material, &halld__material__descriptor);
    build_set(&m->material, from->material);
    build_set(&m->name, from->name);
    build_set(&m->name_en, from->name_en);
    m->may_follow = from->may_follow;
    return m;
}

static Halld__ItemInfo *item_info(const Halld__Item *it)
{
    Halld__ItemInfo *i = MESSAGE_NEW(Halld__ItemInfo, &halld__item_info__descriptor);
    build_set(&i->item, it->item);
    build_set(&i->name, it->name);
    build_set(&i->name_en, it->name_en);
    build_set(&i->queue, it->queue);
    build_set(&i->group, it->group);
    build_set(&i->initials, it->initials);
    build_set(&i->main_item, it->main_item);
    i->kind = it->kind;
    i->example = it->example;
    if (it->promised) {
        i->has_promised_case = HALLD__ITEM_INFO__HAS_PROMISED_PROMISED_DAYS;
        i->promised_days = it->promised->n;
    }
    if (it->statutory) {
        i->has_statutory_case = HALLD__ITEM_INFO__HAS_STATUTORY_STATUTORY_DAYS;
        i->statutory_days = it->statutory->n;
    }
    i->materials = build_array(it->n_materials, sizeof *i->materials);
    for (; i->n_materials < it->n_materials; i->n_materials++)
        i->materials[i->n_materials] = material_copy(it->materials[i->n_materials]);
    return i;
}

/* How well an item fits: smaller is better, 0 not at all. */
enum { FIT_NOT, FIT_CODE, FIT_INITIALS_START, FIT_NAME_START, FIT_INITIALS, FIT_NAME, FIT_LEVELS };

static int item_fit(const Halld__Item *it, const char *q)
{
    size_t len = strlen(q);
    if (strncasecmp(it->item, q, len) == 0)
        return FIT_CODE;
    if (strncasecmp(it->initials, q, len) == 0)
        return FIT_INITIALS_START;
    if (strncmp(it->name, q, len) == 0)
        return FIT_NAME_START;
    if (strcasestr(it->initials, q))
        return FIT_INITIALS;
    return strstr(it->name, q) || strcasestr(it->name_en, q) ? FIT_NAME : FIT_NOT;
}

bool hall_view_item_fits(const Halld__Item *it, const char *q)
{
    return item_fit(it, q) != FIT_NOT;
}

static void add_found(Halld__CatalogueView *v, const Halld__Settings *s, const char *q)
{
    v->items = build_array(CATALOGUE_FOUND_MOST, sizeof *v->items);
    for (int level = FIT_CODE; level < FIT_LEVELS; level++)
        for (size_t i = 0; i < s->n_items && v->n_items < CATALOGUE_FOUND_MOST; i++)
            if (item_fit(s->items[i], q) == level)
                v->items[v->n_items++] = item_info(s->items[i]);
}

static void add_all(Halld__CatalogueView *v, const Halld__Settings *s)
{
    v->items = build_array(s->n_items, sizeof *v->items);
    for (; v->n_items < s->n_items; v->n_items++)
        v->items[v->n_items] = item_info(s->items[v->n_items]);
}

/* ---- what is taken most */

struct taken {
    const char *item; /* interned by the queue */
    int n;
};

static bool stands_for_queue(const struct setup *setup, const char *item)
{
    const Halld__Item *row = setup_item_find(setup, item);
    const Halld__Queue *queue = row ? setup_queue_find(setup, row->queue) : NULL;
    return !queue || strcmp(queue->default_item, item) == 0;
}

static int taken_compare(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    return x->n != y->n ? y->n - x->n : strcmp(x->item, y->item);
}

/* Today's items with how often each was taken; the caller frees. */
static struct taken *count_taken(const struct queue *q, size_t *ret_n)
{
    struct taken *rows = alloc_zero((queue_ticket_count(q) + 1) * sizeof *rows);
    struct map known = MAP_INIT;
    size_t n = 0;
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        const char *item = queue_ticket_at(q, i)->item;
        uint64_t key = (uint64_t)(uintptr_t)item;
        struct taken *row = map_find(&known, key);
        if (!row) {
            row = &rows[n++];
            row->item = item;
            map_put(&known, key, row);
        }
        row->n++;
    }
    map_fini(&known);
    *ret_n = n;
    return rows;
}

static void set_often(Halld__CatalogueView *v, const struct hall *h)
{
    enum { OFTEN_MOST = 8 };
    size_t n;
    struct taken *rows = count_taken(hall_queue(h), &n);
    qsort(rows, n, sizeof *rows, taken_compare);
    v->often = build_array(OFTEN_MOST, sizeof *v->often);
    for (size_t i = 0; i < n && v->n_often < OFTEN_MOST; i++)
        if (!stands_for_queue(hall_setup(h), rows[i].item))
            v->often[v->n_often++] = build_text(rows[i].item);
    free(rows);
}

Halld__CatalogueView *catalogue_view_new(const struct hall *h, const char *q)
{
    const Halld__Settings *s = setup_settings(hall_setup(h));
    Halld__CatalogueView *v = MESSAGE_NEW(Halld__CatalogueView, &halld__catalogue_view__descriptor);
    v->queues = build_array(s->n_queues, sizeof *v->queues);
    for (; v->n_queues < s->n_queues; v->n_queues++)
        v->queues[v->n_queues] = queue_info(h, s->queues[v->n_queues]);
    v->groups = build_array(s->n_groups, sizeof *v->groups);
    for (; v->n_groups < s->n_groups; v->n_groups++)
        v->groups[v->n_groups] = group_info(s->groups[v->n_groups]);
    v->classes = build_array(s->n_classes, sizeof *v->classes);
    for (; v->n_classes < s->n_classes; v->n_classes++)
        v->classes[v->n_classes] = class_info(s->classes[v->n_classes]);
    if (q && *q)
        add_found(v, s, q);
    else
        add_all(v, s);
    set_often(v, h);
    return v;
}
