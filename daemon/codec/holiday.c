#include "codec/holiday.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/message.h"
#include "base/moment.h"

enum { DAYS_MAX = 400 };

static void add_date(char ***dates, size_t *n, const char *date)
{
    *dates = alloc_grow(*dates, *n + 1, sizeof **dates);
    (*dates)[(*n)++] = alloc_text(date);
}

static int read_day(Halld__Calendar *c, size_t i, json_t *day, struct refusal *r)
{
    char where[32];
    int32_t date;
    const char *text = json_string_value(json_object_get(day, "date"));
    json_t *off = json_object_get(day, "isOffDay");
    snprintf(where, sizeof where, "days[%zu]", i);
    if (!text || !json_is_boolean(off))
        return refuse(r, HALL_E_FIELD_MISSING, where, text ? "isOffDay" : "date");
    if (!date_from_text(text, &date))
        return refuse(r, HALL_E_BAD_VALUE, where, text);
    if (json_is_true(off))
        add_date(&c->off, &c->n_off, text);
    else
        add_date(&c->work, &c->n_work, text);
    return 0;
}

static char *papers_text(json_t *papers)
{
    struct buf text = BUF_INIT;
    size_t i;
    json_t *paper;
    json_array_foreach(papers, i, paper)
    {
        if (!json_is_string(paper))
            continue;
        buf_add_text(&text, text.len ? " " : "");
        buf_add_text(&text, json_string_value(paper));
    }
    if (text.len)
        return buf_take(&text);
    buf_fini(&text);
    return (char *)protobuf_c_empty_string;
}

static int read_calendar(Halld__Calendar *c, json_t *root, struct refusal *r)
{
    json_t *year = json_object_get(root, "year"), *days = json_object_get(root, "days");
    if (!json_is_integer(year) || !json_is_array(days))
        return refuse(r, HALL_E_FIELD_MISSING, json_is_integer(year) ? "days" : "year", "");
    if (json_integer_value(year) < 1970 || json_integer_value(year) > 9999)
        return refuse_number(r, HALL_E_BAD_VALUE, "year", json_integer_value(year));
    if (json_array_size(days) > DAYS_MAX)
        return refuse_number(r, HALL_E_BAD_VALUE, "days", (long long)json_array_size(days));
    c->year = (int32_t)json_integer_value(year);
    c->source = papers_text(json_object_get(root, "papers"));
    int code = 0;
    for (size_t i = 0; i < json_array_size(days) && code == 0; i++)
        code = read_day(c, i, json_array_get(days, i), r);
    return code;
}

int holiday_read(const char *text, size_t len, Halld__Calendar **ret, struct refusal *r)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        char where[48];
        snprintf(where, sizeof where, "line %d column %d", error.line, error.column);
        return refuse(r, HALL_E_BAD_JSON, where, error.text);
    }
    Halld__Calendar *c = MESSAGE_NEW(Halld__Calendar, &halld__calendar__descriptor);
    int code = read_calendar(c, root, r);
    json_decref(root);
    if (code == 0)
        *ret = c;
    else
        halld__calendar__free_unpacked(c, NULL);
    return code;
}
