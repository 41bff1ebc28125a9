#include "core/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/day/worktime.h"
#include "core/setup_rows.h"

struct setup {
    int refs;
    Halld__Settings *settings; /* owned; the rows of each table sorted by key */
    struct policy policy;
    struct booking booking;
    struct skill *window_skills; /* of each row of windows, in their order */
    struct worktime *worktime;   /* NULL until it is asked for */
};

static int64_t seconds(bool set, int32_t value, int32_t otherwise)
{
    return (int64_t)(set ? value : otherwise) * 1000;
}

/* The defaults of policy.md, where a constant is not set. */
static struct policy policy_from(const Halld__Policy *p)
{
    static const Halld__Policy none = HALLD__POLICY__INIT;
    if (!p)
        p = &none;
    return (struct policy){
        .repeat_after = seconds(p->has_repeat_case, p->repeat_after_s, 45),
        .miss_after = seconds(p->has_miss_case, p->miss_after_s, 90),
        .report_back_within = seconds(p->has_report_case, p->report_back_within_s, 1200),
        .start_inferred_after = seconds(p->has_inferred_case, p->start_inferred_after_s, 15),
        .last_ticket_before_close = seconds(p->has_last_ticket_case, p->last_ticket_before_close_s, 0),
        .sweep_after_close = seconds(p->has_sweep_case, p->sweep_after_close_s, 3600),
        .appointment_grace = seconds(p->has_grace_case, p->appointment_grace_s, 600),
        .appointment_head_start = seconds(p->has_appt_case, p->appointment_head_start_s, 3600),
        .gate_before = seconds(p->has_gate_case, p->gate_before_s, 300),
        .return_head = seconds(p->has_return_case, p->return_head_s, 1800),
        .max_misses = p->has_misses_case ? p->max_misses : 2,
        .report_back_behind = p->has_behind_case ? p->report_back_behind : 3,
    };
}

static struct booking booking_from(const Halld__Booking *b)
{
    static const Halld__Booking none = HALLD__BOOKING__INIT;
    if (!b)
        b = &none;
    return (struct booking){
        .slot_minutes = b->has_slot_case ? b->slot_minutes : 30,
        .share_percent = b->has_share_case ? b->share_percent : 60,
        .days_ahead = b->has_days_case ? b->days_ahead : 7,
        .per_week = b->has_week_case ? b->per_week : 2,
        .per_month = b->has_month_case ? b->per_month : 5,
        .strikes = b->has_strikes_case ? b->strikes : 3,
        .strike_days = b->has_strike_days_case ? b->strike_days : 90,
        .default_service_s = b->has_service_case ? b->default_service_s : 600,
        .hold = seconds(b->has_hold_case, b->hold_s, 300),
    };
}

static struct setup *setup_from_take(Halld__Settings *settings)
{
    struct setup *s = alloc_zero(sizeof *s);
    s->refs = 1;
    s->settings = settings;
    s->policy = policy_from(settings->policy);
    s->booking = booking_from(settings->booking);
    s->window_skills = alloc_zero(settings->n_windows * sizeof *s->window_skills);
    for (size_t i = 0; i < settings->n_windows; i++) {
        const Halld__Window *w = settings->windows[i];
        s->window_skills[i] = setup_skill(s, w->all, w->n_groups, w->groups);
    }
    return s;
}

struct setup *setup_new(void)
{
    Halld__Settings *settings = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    return setup_from_take(settings);
}

/* The count is plain: setups are shared on the loop thread only; a worker gets a clone. */
struct setup *setup_ref(const struct setup *s)
{
    struct setup *own = (struct setup *)(uintptr_t)s;
    own->refs++;
    return own;
}

void setup_free(struct setup *s)
{
    if (!s || --s->refs > 0)
        return;
    halld__settings__free_unpacked(s->settings, NULL);
    worktime_free(s->worktime);
    free(s->window_skills);
    free(s);
}

struct setup *setup_change(const struct setup *old, const Halld__Settings *put, size_t n_remove,
                           Halld__SettingRef *const *remove)
{
    return setup_from_take(setup_rows_merge(old->settings, put, n_remove, remove));
}

const Halld__Settings *setup_settings(const struct setup *s)
{
    return s->settings;
}

const struct policy *setup_policy(const struct setup *s)
{
    return &s->policy;
}

const struct booking *setup_booking(const struct setup *s)
{
    return &s->booking;
}

/* Most halls' setups are never asked, and the tables take their time: so the cache is no part of what a setup says. */
const struct worktime *setup_worktime(const struct setup *s)
{
    struct setup *own = (struct setup *)(uintptr_t)s;
    if (!own->worktime)
        own->worktime = worktime_new(s->settings);
    return own->worktime;
}

static bool has_year(const struct setup *s, int year)
{
    return setup_rows_find((void *const *)s->settings->calendars, s->settings->n_calendars,
                           &(struct setup_key){.number = year}) != NULL;
}

bool setup_knows_calendar(const struct setup *s, int32_t date)
{
    return has_year(s, date / 10000) && (date % 10000 < 1225 || has_year(s, date / 10000 + 1));
}

#define FIND_TEXT(fn, type, rows)                                                       \
    const type *fn(const struct setup *s, const char *key)                              \
    {                                                                                   \
        return setup_rows_find((void *const *)s->settings->rows, s->settings->n_##rows, \
                               &(struct setup_key){.text = key});                       \
    }

FIND_TEXT(setup_queue_find, Halld__Queue, queues)
FIND_TEXT(setup_group_find, Halld__Group, groups)
FIND_TEXT(setup_item_find, Halld__Item, items)
FIND_TEXT(setup_class_find, Halld__PersonClass, classes)
FIND_TEXT(setup_user_find, Halld__User, users)
FIND_TEXT(setup_device_find, Halld__Device, devices)
FIND_TEXT(setup_duty_find, Halld__Duty, duty)

static const Halld__User *user_there(const struct setup *s, const char *name)
{
    const Halld__User *u = setup_user_find(s, name);
    return u && !u->disabled ? u : NULL;
}

const Halld__User *setup_duty_leader(const struct setup *s, int32_t date)
{
    char text[11];
    date_to_text(date, text);
    const Halld__Duty *d = setup_duty_find(s, text);
    if (!d)
        return NULL;
    const Halld__User *u = user_there(s, d->stands_in);
    if (!u)
        u = user_there(s, d->leader);
    for (size_t i = 0; i < d->n_substitutes && !u; i++)
        u = user_there(s, d->substitutes[i]);
    return u;
}

const Halld__Window *setup_window_find(const struct setup *s, int window)
{
    return setup_rows_find((void *const *)s->settings->windows, s->settings->n_windows,
                           &(struct setup_key){.number = window});
}

int setup_group_index(const struct setup *s, const char *group)
{
    size_t i;
    if (!setup_rows_index((void *const *)s->settings->groups, s->settings->n_groups, &(struct setup_key){.text = group},
                          &i))
        return -1;
    return (int)i;
}

int setup_group_count(const struct setup *s)
{
    return (int)s->settings->n_groups;
}

int64_t setup_head_start_ms(const struct setup *s, const char *class_name)
{
    const Halld__PersonClass *c = setup_class_find(s, class_name);
    return c ? (int64_t)c->head_start_s * 1000 : 0;
}

struct skill setup_skill(const struct setup *s, bool all, size_t n, char *const *groups)
{
    struct skill k = {{0}};
    if (all)
        for (int g = 0; g < setup_group_count(s); g++)
            skill_add(&k, g);
    for (size_t i = 0; i < n && !all; i++) {
        int g = setup_group_index(s, groups[i]);
        if (g >= 0)
            skill_add(&k, g);
    }
    return k;
}

const struct skill *setup_window_skill(const struct setup *s, size_t i)
{
    return &s->window_skills[i];
}
