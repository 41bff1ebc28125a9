/* Would a change of the settings leave a sound hall? The rows are looked at in the result, so the order
 * in which a hall's rows arrive does not matter within one change. */
#include <string.h>

#include "base/moment.h"
#include "core/day/hours.h"
#include "core/setup.h"
#include "core/setup_rows.h"

enum { NAME_MAX_BYTES = 600, CODE_MAX = 80, PERIOD_MAX_S = 86400, WINDOW_MAX = 999, Z85_KEY = 40 };

static bool is_code(const char *text, size_t max)
{
    size_t n = strlen(text);
    if (n < 1 || n > max)
        return false;
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c == 0x7F)
            return false;
    return true;
}

/* One capital letter that cannot be misread. */
static bool is_letter(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' && !text[1] && !strchr("IOQZ", text[0]);
}

static int check_name(const char *name, const char *where, const char *key, struct refusal *r)
{
    (void)key;
    if (!*name)
        return refuse(r, HALL_E_FIELD_MISSING, where, key);
    if (strlen(name) > NAME_MAX_BYTES)
        return refuse(r, HALL_E_TOO_LONG, where, key);
    return 0;
}

static int check_queue(const struct setup *s, const Halld__Queue *q, struct refusal *r)
{
    (void)s;
    if (!is_letter(q->queue))
        return refuse(r, HALL_E_BAD_VALUE, "queues.queue", q->queue);
    if (q->max_tickets < 0 || q->max_tickets > 100000)
        return refuse(r, HALL_E_BAD_VALUE, "queues.max_tickets", q->queue);
    if (q->planned_windows < 0 || q->planned_windows > WINDOW_MAX)
        return refuse(r, HALL_E_BAD_VALUE, "queues.planned_windows", q->queue);
    return check_name(q->name, "queues.name", q->queue, r);
}

static int check_group(const struct setup *s, const Halld__Group *g, struct refusal *r)
{
    (void)s;
    if (!is_code(g->group, 32))
        return refuse(r, HALL_E_BAD_VALUE, "groups.group", g->group);
    return check_name(g->name, "groups.name", g->group, r);
}

static int check_item(const struct setup *s, const Halld__Item *i, struct refusal *r)
{
    if (!is_code(i->item, CODE_MAX))
        return refuse(r, HALL_E_BAD_VALUE, "items.item", i->item);
    if (!setup_queue_find(s, i->queue))
        return refuse(r, HALL_E_UNKNOWN_QUEUE, "items.queue", i->item);
    if (!setup_group_find(s, i->group))
        return refuse(r, HALL_E_BAD_VALUE, "items.group", i->item);
    if (i->mean_service_s < 0 || i->mean_service_s > PERIOD_MAX_S)
        return refuse(r, HALL_E_BAD_VALUE, "items.mean_service_s", i->item);
    return check_name(i->name, "items.name", i->item, r);
}

static int check_class(const struct setup *s, const Halld__PersonClass *c, struct refusal *r)
{
    (void)s;
    if (!is_code(c->class_, 32))
        return refuse(r, HALL_E_BAD_VALUE, "classes.class", c->class_);
    if (c->head_start_s < 0 || c->head_start_s > PERIOD_MAX_S)
        return refuse(r, HALL_E_BAD_VALUE, "classes.head_start_s", c->class_);
    return check_name(c->name, "classes.name", c->class_, r);
}

static int check_window(const struct setup *s, const Halld__Window *w, struct refusal *r)
{
    if (w->window < 1 || w->window > WINDOW_MAX)
        return refuse_number(r, HALL_E_BAD_VALUE, "windows.window", w->window);
    for (size_t i = 0; i < w->n_groups; i++)
        if (!setup_group_find(s, w->groups[i]))
            return refuse(r, HALL_E_BAD_VALUE, "windows.groups", w->groups[i]);
    return check_name(w->name, "windows.name", "", r);
}

static int check_spans(size_t n, char *const *open, const char *where, struct refusal *r)
{
    struct minutes out[HOURS_SPANS_MAX];
    size_t done = hours_parse(n, open, out);
    if (done == n)
        return 0;
    return refuse(r, HALL_E_BAD_VALUE, where, done < n ? open[done] : "");
}

static int check_week(const struct setup *s, const Halld__WeekHours *h, struct refusal *r)
{
    (void)s;
    if (h->weekday < 0 || h->weekday > 7)
        return refuse_number(r, HALL_E_BAD_VALUE, "hours.weekday", h->weekday);
    return check_spans(h->n_open, h->open, "hours.open", r);
}

static int check_date(const char *text, const char *where, struct refusal *r)
{
    int32_t date;
    return date_from_text(text, &date) ? 0 : refuse(r, HALL_E_BAD_VALUE, where, text);
}

static int check_special(const struct setup *s, const Halld__SpecialHours *h, struct refusal *r)
{
    (void)s;
    int code = check_date(h->date, "special.date", r);
    return code ? code : check_spans(h->n_open, h->open, "special.open", r);
}

static int check_dates(size_t n, char *const *dates, const char *where, struct refusal *r)
{
    int code = 0;
    for (size_t i = 0; i < n && !code; i++)
        code = check_date(dates[i], where, r);
    return code;
}

static bool has_date(size_t n, char *const *dates, const char *date)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(dates[i], date) == 0)
            return true;
    return false;
}

static int check_calendar(const struct setup *s, const Halld__Calendar *c, struct refusal *r)
{
    (void)s;
    if (c->year < 1970 || c->year > 9999)
        return refuse_number(r, HALL_E_BAD_VALUE, "calendars.year", c->year);
    if (!c->n_off)
        return refuse_number(r, HALL_E_FIELD_MISSING, "calendars.off", c->year);
    int code = check_dates(c->n_off, c->off, "calendars.off", r);
    for (size_t i = 0; i < c->n_work && !code; i++)
        if (has_date(c->n_off, c->off, c->work[i]))
            code = refuse(r, HALL_E_BAD_VALUE, "calendars.work", c->work[i]); /* off and worked at once */
    return code ? code : check_dates(c->n_work, c->work, "calendars.work", r);
}

/* Users and devices share their names' space: who did something is found by the name, and groups go with it. */
static int check_user(const struct setup *s, const Halld__User *u, struct refusal *r)
{
    if (!is_code(u->name, 32) || setup_device_find(s, u->name))
        return refuse(r, HALL_E_BAD_VALUE, "users.name", u->name);
    if (u->role < HALLD__ROLE__E__clerk)
        return refuse(r, HALL_E_BAD_VALUE, "users.role", u->name);
    return *u->certified_until ? check_date(u->certified_until, "users.certified_until", r) : 0;
}

static int check_device(const struct setup *s, const Halld__Device *d, struct refusal *r)
{
    if (!is_code(d->name, 32) || setup_user_find(s, d->name))
        return refuse(r, HALL_E_BAD_VALUE, "devices.name", d->name);
    if (d->token_hash.len != 0 && d->token_hash.len != 32)
        return refuse(r, HALL_E_BAD_VALUE, "devices.token_hash", d->name);
    if (d->role != HALLD__ROLE__E__kiosk && d->role != HALLD__ROLE__E__screen && d->role != HALLD__ROLE__E__clerk)
        return refuse(r, HALL_E_BAD_VALUE, "devices.role", d->name);
    return 0;
}

/* Z85: 40 characters, each five of them a number of 32 bits. */
static bool is_z85_key(const char *text)
{
    static const char digits[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    uint64_t value = 0;
    if (strlen(text) != Z85_KEY)
        return false;
    for (int i = 0; i < Z85_KEY; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit)
            return false;
        value = (i % 5 ? value * 85 : 0) + (uint64_t)(digit - digits);
        if (value > UINT32_MAX)
            return false;
    }
    return true;
}

/* A key of two names could not be taken away by one of them. */
static int check_screen(const struct setup *s, const Halld__ScreenKey *k, struct refusal *r)
{
    const Halld__Settings *t = setup_settings(s);
    if (!is_code(k->name, 32))
        return refuse(r, HALL_E_BAD_VALUE, "screens.name", k->name);
    if (!is_z85_key(k->public_key))
        return refuse(r, HALL_E_BAD_VALUE, "screens.public_key", k->name);
    for (size_t i = 0; i < t->n_screens; i++)
        if (t->screens[i] != k && strcmp(t->screens[i]->public_key, k->public_key) == 0)
            return refuse(r, HALL_E_IN_USE, "screens.public_key", t->screens[i]->name);
    return 0;
}

static int check_notice(const struct setup *s, const Halld__Notice *n, struct refusal *r)
{
    (void)s;
    if (!is_code(n->notice, 32))
        return refuse(r, HALL_E_BAD_VALUE, "notices.notice", n->notice);
    if (n->from_at < 0 || n->to_at < 0 || (n->to_at && n->to_at <= n->from_at))
        return refuse(r, HALL_E_BAD_PERIOD, "notices.to_at", n->notice);
    return check_name(n->text, "notices.text", n->notice, r);
}

enum { SUBSTITUTES_MAX = 10, REASON_MAX_BYTES = 600 };

static int check_duty(const struct setup *s, const Halld__Duty *d, struct refusal *r)
{
    (void)s;
    if (d->n_substitutes > SUBSTITUTES_MAX)
        return refuse(r, HALL_E_TOO_LONG, "duty.substitutes", d->date);
    if (strlen(d->reason) > REASON_MAX_BYTES)
        return refuse(r, HALL_E_TOO_LONG, "duty.reason", d->date);
    if (!*d->leader)
        return refuse(r, HALL_E_FIELD_MISSING, "duty.leader", d->date);
    return check_date(d->date, "duty.date", r);
}

static int check_person(const struct setup *s, const char *name, const char *where, struct refusal *r)
{
    const Halld__User *u = setup_user_find(s, name);
    return u && !u->disabled ? 0 : refuse(r, HALL_E_BAD_VALUE, where, name);
}

/* Whoever is entered is there. Later somebody may go: old rows do not keep a user. */
static int check_duty_people(const struct setup *s, const Halld__Settings *put, struct refusal *r)
{
    int code = 0;
    for (size_t i = 0; put && i < put->n_duty && !code; i++) {
        const Halld__Duty *d = put->duty[i];
        code = check_person(s, d->leader, "duty.leader", r);
        for (size_t k = 0; k < d->n_substitutes && !code; k++)
            code = check_person(s, d->substitutes[k], "duty.substitutes", r);
        if (!code && *d->stands_in)
            code = check_person(s, d->stands_in, "duty.stands_in", r);
    }
    return code;
}

static int check_policy(const struct setup *s, struct refusal *r)
{
    const struct policy *p = setup_policy(s);
    const struct {
        const char *name;
        int64_t ms;
    } periods[] = {
        {"policy.repeat_after_s", p->repeat_after},
        {"policy.miss_after_s", p->miss_after},
        {"policy.report_back_within_s", p->report_back_within},
        {"policy.start_inferred_after_s", p->start_inferred_after},
        {"policy.last_ticket_before_close_s", p->last_ticket_before_close},
        {"policy.sweep_after_close_s", p->sweep_after_close},
        {"policy.appointment_grace_s", p->appointment_grace},
        {"policy.appointment_head_start_s", p->appointment_head_start},
        {"policy.gate_before_s", p->gate_before},
        {"policy.return_head_s", p->return_head},
    };
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        if (periods[i].ms < 0 || periods[i].ms > PERIOD_MAX_S * INT64_C(1000))
            return refuse_number(r, HALL_E_BAD_VALUE, periods[i].name, periods[i].ms / 1000);
    if (p->max_misses < 0 || p->max_misses > 20)
        return refuse_number(r, HALL_E_BAD_VALUE, "policy.max_misses", p->max_misses);
    if (p->report_back_behind < 1 || p->report_back_behind > 100)
        return refuse_number(r, HALL_E_BAD_VALUE, "policy.report_back_behind", p->report_back_behind);
    return 0;
}

static int check_booking(const struct setup *s, struct refusal *r)
{
    const struct booking *b = setup_booking(s);
    const struct {
        const char *name;
        long long value, min, max;
    } limits[] = {
        {"booking.slot_minutes", b->slot_minutes, 5, 240},
        {"booking.share_percent", b->share_percent, 0, 100},
        {"booking.days_ahead", b->days_ahead, 0, 90},
        {"booking.per_week", b->per_week, 1, 100},
        {"booking.per_month", b->per_month, 1, 400},
        {"booking.strikes", b->strikes, 1, 100},
        {"booking.strike_days", b->strike_days, 1, 400},
        {"booking.default_service_s", b->default_service_s, 30, PERIOD_MAX_S},
        {"booking.hold_s", b->hold / 1000, 30, 3600},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].value < limits[i].min || limits[i].value > limits[i].max)
            return refuse_number(r, HALL_E_BAD_VALUE, limits[i].name, limits[i].value);
    return 0;
}

#define CHECK_ROWS(rows, check)                \
    for (size_t i = 0; i < t->n_##rows; i++) { \
        int code = check(s, t->rows[i], r);    \
        if (code)                              \
            return code;                       \
    }

static int check_rows(const struct setup *s, const Halld__Settings *t, struct refusal *r)
{
    CHECK_ROWS(queues, check_queue)
    CHECK_ROWS(groups, check_group)
    CHECK_ROWS(items, check_item)
    CHECK_ROWS(classes, check_class)
    CHECK_ROWS(windows, check_window)
    CHECK_ROWS(hours, check_week)
    CHECK_ROWS(special, check_special)
    CHECK_ROWS(calendars, check_calendar)
    CHECK_ROWS(users, check_user)
    CHECK_ROWS(devices, check_device)
    CHECK_ROWS(screens, check_screen)
    CHECK_ROWS(notices, check_notice)
    CHECK_ROWS(duty, check_duty)
    return 0;
}

int setup_check(const struct setup *old, const Halld__Settings *put, size_t n_remove, Halld__SettingRef *const *remove,
                struct refusal *r)
{
    for (size_t i = 0; i < n_remove; i++)
        if (!setup_rows_has(setup_settings(old), remove[i]))
            return refuse(r, HALL_E_NOT_FOUND, remove[i]->table, remove[i]->key);
    struct setup *s = setup_change(old, put, n_remove, remove);
    const Halld__Settings *t = setup_settings(s);
    int code = 0;
    if (t->n_groups > SKILL_GROUPS_MAX)
        code = refuse_number(r, HALL_E_BAD_VALUE, "groups", (long long)t->n_groups);
    if (!code)
        code = check_policy(s, r);
    if (!code)
        code = check_booking(s, r);
    if (!code)
        code = check_rows(s, t, r);
    if (!code)
        code = check_duty_people(s, put, r);
    setup_free(s);
    return code;
}
