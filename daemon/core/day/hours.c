#include "core/day/hours.h"

#include <string.h>

#include "base/moment.h"
#include "core/setup.h"

/* Two digits at text as a number, or -1. */
static int two(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* "HH:MM" as minutes, "24:00" included, or -1. */
static int clock_time(const char *text)
{
    int h = two(text), m = h < 0 || text[2] != ':' ? -1 : two(text + 3);
    if (h < 0 || m < 0 || m > 59 || h > 24 || (h == 24 && m > 0))
        return -1;
    return h * 60 + m;
}

static bool span_from_text(const char *text, struct minutes *ret)
{
    if (strlen(text) != 11 || text[5] != '-')
        return false;
    ret->from = clock_time(text);
    ret->to = clock_time(text + 6);
    return ret->from >= 0 && ret->to > ret->from;
}

size_t hours_parse(size_t n, char *const *open, struct minutes out[HOURS_SPANS_MAX])
{
    for (size_t i = 0; i < n; i++) {
        if (i == HOURS_SPANS_MAX || !span_from_text(open[i], &out[i]))
            return i;
        if (i > 0 && out[i].from < out[i - 1].to)
            return i;
    }
    return n;
}

static char *put_two(char *to, int value)
{
    to[0] = (char)('0' + value / 10 % 10);
    to[1] = (char)('0' + value % 10);
    return to + 2;
}

static char *put_time(char *to, int minutes)
{
    to = put_two(to, minutes / 60);
    *to++ = ':';
    return put_two(to, minutes % 60);
}

void hours_to_text(struct minutes span, char text[12])
{
    char *to = put_time(text, span.from);
    *to++ = '-';
    *put_time(to, span.to) = '\0';
}

static bool has_date(size_t n, char *const *dates, const char *date)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(dates[i], date) == 0)
            return true;
    return false;
}

/* Late December may stand in the next year's table (the notice's year), so both are asked. */
enum day_kind hours_day_kind(const struct setup *s, int32_t date)
{
    char text[11];
    date_to_text(date, text);
    const Halld__Settings *t = setup_settings(s);
    for (size_t i = 0; i < t->n_calendars; i++) {
        const Halld__Calendar *c = t->calendars[i];
        if (c->year < date / 10000 || c->year > date / 10000 + 1)
            continue;
        if (has_date(c->n_off, c->off, text))
            return DAY_OFF;
        if (has_date(c->n_work, c->work, text))
            return DAY_WORKED;
    }
    return DAY_PLAIN;
}

static const Halld__SpecialHours *special_find(const Halld__Settings *t, int32_t date)
{
    char text[11];
    date_to_text(date, text);
    for (size_t i = 0; i < t->n_special; i++)
        if (strcmp(t->special[i]->date, text) == 0)
            return t->special[i];
    return NULL;
}

static size_t week_hours(const Halld__Settings *t, int weekday, struct minutes out[HOURS_SPANS_MAX])
{
    for (size_t i = 0; i < t->n_hours; i++)
        if (t->hours[i]->weekday == weekday)
            return hours_parse(t->hours[i]->n_open, t->hours[i]->open, out);
    return 0;
}

size_t hours_of(const struct setup *s, int32_t date, struct minutes out[HOURS_SPANS_MAX])
{
    const Halld__Settings *t = setup_settings(s);
    const Halld__SpecialHours *special = special_find(t, date);
    if (special)
        return hours_parse(special->n_open, special->open, out);
    enum day_kind kind = hours_day_kind(s, date);
    int weekday = date_weekday(date);
    if (kind == DAY_OFF)
        weekday = 0;
    size_t n = week_hours(t, weekday, out);
    return n == 0 && kind == DAY_WORKED && weekday >= 6 ? week_hours(t, 1, out) : n;
}
