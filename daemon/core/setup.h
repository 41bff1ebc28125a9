/*
 * The hall's settings, immutable: a change makes a new setup, so a clone of the queue shares it by
 * reference. Owns one Settings message and the indexes over it.
 */
#ifndef CORE_SETUP_H
#define CORE_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/queue/skill.h"
#include "proto/command.pb-c.h"
#include "proto/event.pb-c.h"
#include "proto/settings.pb-c.h"

struct setup;
struct worktime;

/* The constants of policy.md with their defaults filled in, in milliseconds. */
struct policy {
    int64_t repeat_after, miss_after, report_back_within, start_inferred_after, last_ticket_before_close,
        sweep_after_close, appointment_grace, appointment_head_start, gate_before, return_head;
    int max_misses, report_back_behind;
};

/* Booking limits with their defaults filled in. */
struct booking {
    int slot_minutes, share_percent, days_ahead, per_week, per_month, strikes, strike_days, default_service_s;
    int64_t hold;
};

struct setup *setup_new(void); /* no rows, default policy */
struct setup *setup_ref(const struct setup *s);
void setup_free(struct setup *s); /* gives back one reference */

/* A new setup: old with the rows put and removed. The change must have passed setup_check. */
struct setup *setup_change(const struct setup *old, const Halld__Settings *put, size_t n_remove,
                           Halld__SettingRef *const *remove);
/* Would the change leave a sound setup? 0, or UNKNOWN_*, BAD_VALUE, FIELD_MISSING, TOO_LONG, IN_USE with the row in r.
 */
int setup_check(const struct setup *old, const Halld__Settings *put, size_t n_remove, Halld__SettingRef *const *remove,
                struct refusal *r);

const Halld__Settings *setup_settings(const struct setup *s); /* rows sorted by their keys */
const struct policy *setup_policy(const struct setup *s);
const struct booking *setup_booking(const struct setup *s);
const struct worktime *setup_worktime(const struct setup *s);   /* made when it is first asked for */
bool setup_knows_calendar(const struct setup *s, int32_t date); /* of its year, and late in December of the next */

/* Rows by key; NULL if there is none. Borrowed from the setup. */
const Halld__Queue *setup_queue_find(const struct setup *s, const char *queue);
const Halld__Group *setup_group_find(const struct setup *s, const char *group);
const Halld__Item *setup_item_find(const struct setup *s, const char *item);
const Halld__PersonClass *setup_class_find(const struct setup *s, const char *class_name);
const Halld__Window *setup_window_find(const struct setup *s, int window);
const Halld__User *setup_user_find(const struct setup *s, const char *name);
const Halld__Duty *setup_duty_find(const struct setup *s, const char *date);
const Halld__Device *setup_device_find(const struct setup *s, const char *name);

/* Who leads on that date: whoever stands in, else the leader, else the first substitute, who is a user and not
 * disabled. NULL: nobody. */
const Halld__User *setup_duty_leader(const struct setup *s, int32_t date);

int setup_group_index(const struct setup *s, const char *group); /* -1 if unknown */
int setup_group_count(const struct setup *s);
int64_t setup_head_start_ms(const struct setup *s, const char *class_name); /* 0 if unknown */
/* As configured, of the i-th row of windows. */
const struct skill *setup_window_skill(const struct setup *s, size_t i);
struct skill setup_skill(const struct setup *s, bool all, size_t n, char *const *groups);

#endif
