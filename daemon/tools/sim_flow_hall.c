#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/holiday.h"
#include "tools/sim_flow_inside.h"

/* ---- times */

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

bool sim_time_from_text(const char *text, int64_t *ret)
{
    char date_text[11] = {0};
    int32_t date;
    if (strlen(text) < 16 || text[10] != 'T' || text[13] != ':')
        return false;
    memcpy(date_text, text, 10);
    if (!date_from_text(date_text, &date) || strspn(text + 11, "0123456789:.") != strlen(text + 11))
        return false;
    int64_t ms = two_digits(text + 11) * 3600000LL + two_digits(text + 14) * 60000LL;
    if (strlen(text) >= 19)
        ms += two_digits(text + 17) * 1000LL;
    if (strlen(text) == 23)
        ms += text[20] * 100 + two_digits(text + 21) - '0' * 100;
    *ret = (int64_t)date_to_days(date) * WORKTIME_DAY_MS + ms;
    return true;
}

void sim_time_write(int64_t at, struct buf *out)
{
    if (at == 0)
        return buf_add_text(out, "null");
    char date[11];
    int64_t ms = at % WORKTIME_DAY_MS;
    date_to_text(worktime_date(at), date);
    buf_add_format(out, "\"%sT%02d:%02d", date, (int)(ms / 3600000), (int)(ms / 60000 % 60));
    if (ms % 60000)
        buf_add_format(out, ":%02d", (int)(ms / 1000 % 60));
    buf_add_char(out, '"');
}

/* ---- hours: spans are "08:30-12:00" or ["08:30", "12:00"] */

static void add_span(char ***open, size_t *n, const struct tree *span)
{
    char *text = tree_kind(span) == TREE_LIST
                     ? alloc_format("%s-%s", tree_text(tree_item(span, 0)), tree_text(tree_item(span, 1)))
                     : alloc_text(tree_text(span));
    *open = alloc_grow(*open, *n + 1, sizeof **open);
    (*open)[(*n)++] = text;
}

static void add_spans(char ***open, size_t *n, const struct tree *spans)
{
    if (tree_kind(spans) == TREE_TEXT)
        add_span(open, n, spans);
    for (size_t i = 0; i < tree_count(spans); i++)
        add_span(open, n, tree_item(spans, i));
}

static Halld__WeekHours *add_week_row(Halld__Settings *s, int weekday)
{
    Halld__WeekHours *h = MESSAGE_NEW(Halld__WeekHours, &halld__week_hours__descriptor);
    h->weekday = weekday;
    s->hours = alloc_grow(s->hours, s->n_hours + 1, sizeof *s->hours);
    return s->hours[s->n_hours++] = h;
}

/* A hall that gives no hours: Monday to Friday, 08:30-12:00 and 14:00-17:30. */
static void add_usual_week(Halld__Settings *s)
{
    for (int day = 1; day <= 5; day++) {
        Halld__WeekHours *h = add_week_row(s, day);
        h->n_open = 2;
        h->open = alloc_zero(2 * sizeof *h->open);
        h->open[0] = alloc_text("08:30-12:00");
        h->open[1] = alloc_text("14:00-17:30");
    }
}

static void add_hours(Halld__Settings *s, const struct tree *said)
{
    void *iter = NULL;
    const char *key;
    const struct tree *hours = tree_at(said, "hours"), *special = tree_at(said, "special");
    if (!hours)
        add_usual_week(s);
    for (const struct tree *row; (row = tree_next(hours, &iter, &key));) {
        Halld__WeekHours *h = add_week_row(s, (int)strtol(key, NULL, 10));
        add_spans(&h->open, &h->n_open, row);
    }
    iter = NULL;
    for (const struct tree *row; (row = tree_next(special, &iter, &key));) {
        Halld__SpecialHours *h = MESSAGE_NEW(Halld__SpecialHours, &halld__special_hours__descriptor);
        h->date = alloc_text(key);
        add_spans(&h->open, &h->n_open, row);
        s->special = alloc_grow(s->special, s->n_special + 1, sizeof *s->special);
        s->special[s->n_special++] = h;
    }
}

/* ---- items */

static Halld__Limit *read_limit(const struct tree *said)
{
    static const char *const units[] = {"working_days", "calendar_days", "hall_minutes"};
    if (tree_kind(said) != TREE_LIST)
        return NULL;
    Halld__Limit *l = MESSAGE_NEW(Halld__Limit, &halld__limit__descriptor);
    l->n = (int32_t)tree_integer(tree_item(said, 0));
    for (int i = 0; i < 3; i++)
        if (strcmp(tree_text(tree_item(said, 1)), units[i]) == 0)
            l->unit = (Halld__LimitUnit__E)i;
    return l;
}

static void add_materials(Halld__Item *item, const struct tree *said)
{
    item->materials = alloc_zero((tree_count(said) + 1) * sizeof *item->materials);
    for (size_t i = 0; i < tree_count(said); i++) {
        Halld__Material *m = MESSAGE_NEW(Halld__Material, &halld__material__descriptor);
        m->material = alloc_text(tree_text(tree_item(said, i)));
        m->may_follow = true;
        item->materials[item->n_materials++] = m;
    }
}

static void add_items(Halld__Settings *s, const struct tree *said)
{
    void *iter = NULL;
    const char *key;
    for (const struct tree *row; (row = tree_next(tree_at(said, "items"), &iter, &key));) {
        Halld__Item *item = MESSAGE_NEW(Halld__Item, &halld__item__descriptor);
        item->item = alloc_text(key);
        item->promised = read_limit(tree_at(row, "promised"));
        item->statutory = read_limit(tree_at(row, "statutory"));
        add_materials(item, tree_at(row, "may_follow"));
        s->items = alloc_grow(s->items, s->n_items + 1, sizeof *s->items);
        s->items[s->n_items++] = item;
    }
}

/* ---- calendars */

static Halld__Calendar *new_calendar(int year)
{
    Halld__Calendar *c = MESSAGE_NEW(Halld__Calendar, &halld__calendar__descriptor);
    c->year = year;
    return c;
}

static void add_day(Halld__Calendar *c, const char *date, bool off)
{
    char ***dates = off ? &c->off : &c->work;
    size_t *n = off ? &c->n_off : &c->n_work;
    *dates = alloc_grow(*dates, *n + 1, sizeof **dates);
    (*dates)[(*n)++] = alloc_text(date);
}

static bool is_off(const struct tree *said)
{
    return tree_kind(said) == TREE_TEXT ? strcmp(tree_text(said), "off") == 0 : tree_bool(said);
}

/* A list of {date, isOffDay}, or {date: "off" or "work"}. */
static Halld__Calendar *calendar_from(int year, const struct tree *days)
{
    Halld__Calendar *c = new_calendar(year);
    for (size_t i = 0; i < tree_count(days); i++)
        add_day(c, tree_text(tree_at(tree_item(days, i), "date")), tree_bool(tree_at(tree_item(days, i), "isOffDay")));
    void *iter = NULL;
    const char *key;
    for (const struct tree *day; (day = tree_next(days, &iter, &key));)
        add_day(c, key, is_off(day));
    return c;
}

static Halld__Calendar *calendar_of_folder(const struct sim_hall *h, int year)
{
    char *name = alloc_format("%s/%d.json", h->calendars, year);
    size_t len;
    char *text = sim_read_file(name, &len);
    Halld__Calendar *c = NULL;
    struct refusal r = {0};
    if (!text || holiday_read(text, len, &c, &r))
        fprintf(stderr, "%s: %s %s\n", name, text ? r.field : "cannot be read", text ? r.value : "");
    free(text);
    free(name);
    return c;
}

static void put_calendar(Halld__Settings *s, Halld__Calendar *c)
{
    for (size_t i = 0; i < s->n_calendars; i++)
        if (s->calendars[i]->year == c->year) {
            halld__calendar__free_unpacked(s->calendars[i], NULL);
            s->calendars[i] = c;
            return;
        }
    s->calendars = alloc_grow(s->calendars, s->n_calendars + 1, sizeof *s->calendars);
    s->calendars[s->n_calendars++] = c;
}

static void renew_worktime(struct sim_hall *h)
{
    worktime_free(h->worktime);
    h->worktime = worktime_new(h->settings);
    h->facts.worktime = h->worktime;
}

int sim_hall_import(struct sim_hall *h, int year, const struct tree *days)
{
    Halld__Calendar *c = days ? calendar_from(year, days) : calendar_of_folder(h, year);
    if (!c)
        return HALL_E_BAD_VALUE;
    if (c->n_off + c->n_work == 0) {
        halld__calendar__free_unpacked(c, NULL);
        return HALL_E_CALENDAR_EMPTY;
    }
    put_calendar(h->settings, c);
    renew_worktime(h);
    return 0;
}

/* ---- facts */

static const struct tree *staff_of(const void *arg, const char *user)
{
    const struct sim_hall *h = arg;
    return tree_at(tree_at(h->said, "staff"), user);
}

static bool says(const struct tree *one_or_list, const char *text)
{
    for (size_t i = 0; i < tree_count(one_or_list); i++)
        if (strcmp(tree_text(tree_item(one_or_list, i)), text) == 0)
            return true;
    return tree_kind(one_or_list) == TREE_TEXT && strcmp(tree_text(one_or_list), text) == 0;
}

static bool has_role(const void *arg, const char *user, const char *role)
{
    const struct tree *staff = staff_of(arg, user);
    return staff && (strcmp(role, "staff") == 0 || says(tree_at(staff, "roles"), role));
}

static bool in_department(const void *arg, const char *user, const char *department)
{
    return says(tree_at(staff_of(arg, user), "department"), department);
}

static const char *duty(const void *arg, int32_t date)
{
    const struct sim_hall *h = arg;
    char text[11];
    date_to_text(date, text);
    return tree_text(tree_at(tree_at(h->said, "duty"), text));
}

static int32_t certified_until(const void *arg, const char *user)
{
    int32_t date;
    return date_from_text(tree_text(tree_at(staff_of(arg, user), "certified_until")), &date) ? date : 0;
}

static const Halld__Item *item(const void *arg, const char *code)
{
    const Halld__Settings *s = ((const struct sim_hall *)arg)->settings;
    for (size_t i = 0; i < s->n_items; i++)
        if (strcmp(s->items[i]->item, code) == 0)
            return s->items[i];
    return NULL;
}

/* A scenario has tables of its staff and its items; every other code is as good as the next. */
static bool knows(const void *arg, enum flow_type type, const char *code)
{
    if (type == FLOW_STAFF)
        return staff_of(arg, code) != NULL;
    return type != FLOW_ITEM || item(arg, code) != NULL;
}

bool sim_hall_init(struct sim_hall *h, const struct tree *said, const char *calendars)
{
    *h = (struct sim_hall){
        .said = said, .calendars = calendars, .settings = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor)};
    h->facts = (struct flow_facts){.arg = h,
                                   .has_role = has_role,
                                   .in_department = in_department,
                                   .duty = duty,
                                   .certified_until = certified_until,
                                   .item = item,
                                   .knows = knows};
    add_hours(h->settings, said);
    add_items(h->settings, said);
    const struct tree *years = tree_at(said, "calendar_years");
    for (size_t i = 0; i < tree_count(years); i++)
        if (sim_hall_import(h, (int)tree_integer(tree_item(years, i)), NULL) == HALL_E_BAD_VALUE)
            return false;
    renew_worktime(h);
    return true;
}

void sim_hall_fini(struct sim_hall *h)
{
    worktime_free(h->worktime);
    halld__settings__free_unpacked(h->settings, NULL);
}
