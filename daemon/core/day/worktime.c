#include "core/day/worktime.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/day/hours.h"

enum { FIRST_DATE = 20000101, LAST_DATE = 20991231, FIRST_YEAR = 2000, YEARS = 100 };

/* Opening spans that many dates share. */
struct pattern {
    size_t n;
    struct minutes span[HOURS_SPANS_MAX];
};

struct date_row {
    int64_t open_before; /* ms of opening time before this date */
    int32_t work_before; /* working days before it */
    uint16_t pattern;
    bool working;
};

struct worktime {
    int32_t first, days; /* of the tables, as days since 1970 */
    struct date_row *date;
    int32_t *working; /* the k-th working day's index in date */
    int32_t n_working;
    struct pattern *pattern; /* rows 0 .. 7 of the week, then the special dates */
    size_t n_patterns;
    bool known[YEARS + 1];
};

/* ---- making the tables */

static struct pattern pattern_from(size_t n, char *const *open)
{
    struct pattern p = {0};
    p.n = hours_parse(n, open, p.span);
    return p;
}

static void add_patterns(struct worktime *w, const Halld__Settings *s)
{
    w->pattern = alloc_zero((8 + s->n_special) * sizeof *w->pattern);
    w->n_patterns = 8 + s->n_special;
    for (size_t i = 0; i < s->n_hours; i++)
        if (s->hours[i]->weekday >= 0 && s->hours[i]->weekday <= 7)
            w->pattern[s->hours[i]->weekday] = pattern_from(s->hours[i]->n_open, s->hours[i]->open);
    for (size_t i = 0; i < s->n_special; i++)
        w->pattern[8 + i] = pattern_from(s->special[i]->n_open, s->special[i]->open);
}

/* Index of a date's text in the tables, or -1. */
static int32_t row_of_text(const struct worktime *w, const char *text)
{
    int32_t date;
    if (!date_from_text(text, &date))
        return -1;
    int32_t i = date_to_days(date) - w->first;
    return i < 0 || i >= w->days ? -1 : i;
}

static void mark_days(const struct worktime *w, size_t n, char *const *dates, enum day_kind kind, uint8_t *kinds)
{
    for (size_t i = 0; i < n; i++) {
        int32_t row = row_of_text(w, dates[i]);
        if (row >= 0 && kinds[row] != DAY_OFF)
            kinds[row] = (uint8_t)kind;
    }
}

static void add_calendars(struct worktime *w, const Halld__Settings *s, uint8_t *kinds)
{
    for (size_t i = 0; i < s->n_calendars; i++) {
        const Halld__Calendar *c = s->calendars[i];
        mark_days(w, c->n_off, c->off, DAY_OFF, kinds);
        mark_days(w, c->n_work, c->work, DAY_WORKED, kinds);
        if (c->year >= FIRST_YEAR && c->year <= FIRST_YEAR + YEARS)
            w->known[c->year - FIRST_YEAR] = true;
    }
}

static void add_date(struct worktime *w, int32_t i, enum day_kind kind)
{
    struct date_row *d = &w->date[i];
    int weekday = date_weekday(date_from_days(w->first + i));
    d->working = kind == DAY_WORKED || (kind == DAY_PLAIN && weekday <= 5);
    d->pattern = (uint16_t)weekday;
    if (kind == DAY_OFF)
        d->pattern = 0;
    else if (kind == DAY_WORKED && w->pattern[weekday].n == 0 && weekday >= 6)
        d->pattern = 1;
}

static int64_t pattern_open(const struct pattern *p, int64_t until)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        int64_t from = p->span[i].from * 60000LL, to = p->span[i].to * 60000LL;
        if (until > from)
            sum += (until < to ? until : to) - from;
    }
    return sum;
}

/* The running sums, and the list of working days. */
static void add_sums(struct worktime *w)
{
    int64_t open = 0;
    w->working = alloc_zero((size_t)w->days * sizeof *w->working);
    for (int32_t i = 0; i < w->days; i++) {
        struct date_row *d = &w->date[i];
        const struct pattern *p = &w->pattern[d->pattern];
        d->working = d->working && p->n > 0;
        d->open_before = open;
        d->work_before = w->n_working;
        open += pattern_open(p, WORKTIME_DAY_MS);
        if (d->working)
            w->working[w->n_working++] = i;
    }
}

struct worktime *worktime_new(const Halld__Settings *s)
{
    struct worktime *w = alloc_zero(sizeof *w);
    w->first = date_to_days(FIRST_DATE);
    w->days = date_to_days(LAST_DATE) - w->first + 1;
    w->date = alloc_zero((size_t)w->days * sizeof *w->date);
    uint8_t *kinds = alloc_zero((size_t)w->days);
    add_patterns(w, s);
    add_calendars(w, s, kinds);
    for (int32_t i = 0; i < w->days; i++)
        add_date(w, i, kinds[i]);
    for (size_t i = 0; i < s->n_special; i++) {
        int32_t row = row_of_text(w, s->special[i]->date);
        if (row >= 0)
            w->date[row].pattern = (uint16_t)(8 + i);
    }
    add_sums(w);
    free(kinds);
    return w;
}

void worktime_free(struct worktime *w)
{
    if (!w)
        return;
    free(w->date);
    free(w->working);
    free(w->pattern);
    free(w);
}

/* ---- one date */

static int64_t days_of(int64_t at)
{
    return at >= 0 ? at / WORKTIME_DAY_MS : -((-at + WORKTIME_DAY_MS - 1) / WORKTIME_DAY_MS);
}

static int32_t row_of(const struct worktime *w, int64_t at)
{
    int64_t i = days_of(at) - w->first;
    return i < 0 ? 0 : i >= w->days ? w->days - 1 : (int32_t)i;
}

static int64_t midnight(const struct worktime *w, int32_t row)
{
    return (int64_t)(w->first + row) * WORKTIME_DAY_MS;
}

/* A day that is no working day closes at midnight. */
static int64_t row_closing(const struct worktime *w, int32_t row)
{
    const struct pattern *p = &w->pattern[w->date[row].pattern];
    return midnight(w, row) + (w->date[row].working ? p->span[p->n - 1].to * 60000LL : WORKTIME_DAY_MS);
}

static int64_t row_opening(const struct worktime *w, int32_t row)
{
    const struct pattern *p = &w->pattern[w->date[row].pattern];
    return midnight(w, row) + (p->n ? p->span[0].from * 60000LL : 0);
}

/* The k-th working day; the last of the tables where there is none. */
static int32_t working_row(const struct worktime *w, int64_t k)
{
    if (w->n_working == 0)
        return w->days - 1;
    return w->working[k < 0 ? 0 : k >= w->n_working ? w->n_working - 1 : k];
}

int32_t worktime_date(int64_t at)
{
    return date_from_days((int32_t)days_of(at));
}

bool worktime_is_working(const struct worktime *w, int32_t date)
{
    return w->date[row_of(w, (int64_t)date_to_days(date) * WORKTIME_DAY_MS)].working;
}

bool worktime_knows_year(const struct worktime *w, int year)
{
    return year >= FIRST_YEAR && year <= FIRST_YEAR + YEARS && w->known[year - FIRST_YEAR];
}

bool worktime_is_provisional(const struct worktime *w, int64_t from, int64_t to)
{
    int32_t last = worktime_date(to);
    for (int year = worktime_date(from) / 10000; year <= last / 10000; year++)
        if (!worktime_knows_year(w, year))
            return true;
    return last % 10000 >= 1225 && !worktime_knows_year(w, last / 10000 + 1);
}

/* ---- opening time */

static int64_t open_until(const struct worktime *w, int64_t at)
{
    int32_t row = row_of(w, at);
    const struct date_row *d = &w->date[row];
    return d->open_before + pattern_open(&w->pattern[d->pattern], at - midnight(w, row));
}

int64_t worktime_open_between(const struct worktime *w, int64_t from, int64_t to)
{
    return to > from ? open_until(w, to) - open_until(w, from) : 0;
}

int64_t worktime_ran(const struct worktime *w, const struct running *run, size_t n, int64_t until)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += worktime_open_between(w, run[i].from, run[i].to < until ? run[i].to : until);
    return sum;
}

/* The last date before which less than `open` had run. */
static int32_t row_reaching(const struct worktime *w, int64_t open)
{
    int32_t low = 0, high = w->days - 1;
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (w->date[middle].open_before < open)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static int64_t when_open(const struct worktime *w, int64_t from, int64_t open)
{
    if (open <= 0)
        return from;
    int64_t target = open_until(w, from) + open;
    int32_t row = row_reaching(w, target);
    const struct pattern *p = &w->pattern[w->date[row].pattern];
    int64_t left = target - w->date[row].open_before;
    for (size_t i = 0; i < p->n; i++) {
        int64_t length = (p->span[i].to - p->span[i].from) * 60000LL;
        if (left <= length)
            return midnight(w, row) + p->span[i].from * 60000LL + left;
        left -= length;
    }
    return midnight(w, row) + WORKTIME_DAY_MS; /* past the tables */
}

int64_t worktime_when_ran(const struct worktime *w, const struct running *run, size_t n, int64_t open)
{
    for (size_t i = 0; i + 1 < n; i++) {
        int64_t ran = worktime_open_between(w, run[i].from, run[i].to);
        if (open <= ran)
            return when_open(w, run[i].from, open);
        open -= ran;
    }
    return when_open(w, run[n - 1].from, open);
}

/* ---- days */

/* How many working days have closed at or before the moment. */
static int64_t working_closed(const struct worktime *w, int64_t at)
{
    int32_t row = row_of(w, at);
    return w->date[row].work_before + (w->date[row].working && row_closing(w, row) <= at);
}

/* The same of every date. */
static int64_t dates_closed(const struct worktime *w, int64_t at)
{
    int32_t row = row_of(w, at);
    return row + (row_closing(w, row) <= at);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* First working-day closing after (`from`) at which the clock runs. */
static int64_t first_closing(const struct worktime *w, const struct running *run, size_t n, int64_t from)
{
    for (size_t i = 0; i < n; i++) {
        int64_t closing = row_closing(w, working_row(w, working_closed(w, later(run[i].from, from))));
        if (closing <= run[i].to || i + 1 == n)
            return closing;
    }
    return INT64_MAX;
}

static int64_t end_of_date(int64_t at)
{
    return (days_of(at) + 1) * WORKTIME_DAY_MS;
}

static int64_t nth_closing(const struct worktime *w, int64_t count, const struct running *run, size_t n,
                           int64_t (*closed)(const struct worktime *w, int64_t at), int64_t *ret_last)
{
    int64_t after = end_of_date(run[0].from);
    for (size_t i = 0; i < n; i++) {
        int64_t before = closed(w, later(run[i].from, after));
        int64_t here = run[i].to > after ? closed(w, run[i].to) - before : 0;
        if (count <= here || i + 1 == n)
            return *ret_last = before + count - 1;
        count -= here > 0 ? here : 0;
    }
    return *ret_last = 0;
}

int64_t worktime_deadline(const struct worktime *w, Halld__LimitUnit__E unit, int64_t count, const struct running *run,
                          size_t n)
{
    int64_t last;
    if (unit == HALLD__LIMIT_UNIT__E__hall_minutes)
        return worktime_when_ran(w, run, n, count * 60000);
    if (count == 0)
        return first_closing(w, run, n, INT64_MIN);
    if (unit == HALLD__LIMIT_UNIT__E__working_days)
        return row_closing(w, working_row(w, nth_closing(w, count, run, n, working_closed, &last)));
    nth_closing(w, count, run, n, dates_closed, &last);
    last = last < 0 ? 0 : last >= w->days ? w->days - 1 : last;
    return first_closing(w, run, n, row_closing(w, (int32_t)last) - 1);
}

int64_t worktime_closing(const struct worktime *w, int32_t date)
{
    int32_t row = row_of(w, (int64_t)date_to_days(date) * WORKTIME_DAY_MS);
    return row_closing(w, working_row(w, w->date[row].work_before));
}

int64_t worktime_opening(const struct worktime *w, int64_t at, int k)
{
    int32_t row = row_of(w, at);
    if (k == 0)
        return row_opening(w, row);
    /* From a day off, the first working day after it is the one that stands at work_before. */
    int64_t index = w->date[row].work_before + k - (k > 0 && !w->date[row].working);
    return row_opening(w, working_row(w, index));
}
