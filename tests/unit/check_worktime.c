/* Every known answer of docs/flows.md, with the State Council's tables of 2019 to 2026. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/holiday.h"
#include "core/day/worktime.h"
#include "tests/lib/suite.h"

#define MINUTES HALLD__LIMIT_UNIT__E__hall_minutes
#define WORKING HALLD__LIMIT_UNIT__E__working_days
#define CALENDAR HALLD__LIMIT_UNIT__E__calendar_days

/* ---- the hall: Monday to Friday 08:30-12:00 and 14:00-17:30 */

static void add_text(char ***texts, size_t *n, const char *text)
{
    *texts = alloc_grow(*texts, *n + 1, sizeof **texts);
    (*texts)[(*n)++] = alloc_text(text);
}

static Halld__WeekHours *add_hours(Halld__Settings *s, int weekday)
{
    Halld__WeekHours *h = MESSAGE_NEW(Halld__WeekHours, &halld__week_hours__descriptor);
    h->weekday = weekday;
    s->hours = alloc_grow(s->hours, s->n_hours + 1, sizeof *s->hours);
    return s->hours[s->n_hours++] = h;
}

static void add_special(Halld__Settings *s, const char *date, const char *open)
{
    Halld__SpecialHours *h = MESSAGE_NEW(Halld__SpecialHours, &halld__special_hours__descriptor);
    h->date = alloc_text(date);
    if (open)
        add_text(&h->open, &h->n_open, open);
    s->special = alloc_grow(s->special, s->n_special + 1, sizeof *s->special);
    s->special[s->n_special++] = h;
}

static Halld__Calendar *read_calendar(int year)
{
    const char *folder = getenv("srcdir");
    char *name = alloc_format("%s/packaging/calendars/%d.json", folder ? folder : ".", year);
    FILE *f = fopen(name, "re");
    ck_assert_msg(f != NULL, "%s", name);
    char text[16384];
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    free(name);
    Halld__Calendar *c = NULL;
    ck_assert_int_eq(holiday_read(text, len, &c, NULL), 0);
    return c;
}

static void add_tables(Halld__Settings *s, int last_year)
{
    s->calendars = alloc_zero((size_t)(last_year - 2018) * sizeof *s->calendars);
    for (int year = 2019; year <= last_year; year++)
        s->calendars[s->n_calendars++] = read_calendar(year);
}

static Halld__Settings *hall_settings(int last_year)
{
    Halld__Settings *s = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    for (int day = 1; day <= 5; day++) {
        Halld__WeekHours *h = add_hours(s, day);
        add_text(&h->open, &h->n_open, "08:30-12:00");
        add_text(&h->open, &h->n_open, "14:00-17:30");
    }
    add_tables(s, last_year);
    return s;
}

static struct worktime *finish(Halld__Settings *s)
{
    struct worktime *w = worktime_new(s);
    halld__settings__free_unpacked(s, NULL);
    return w;
}

static struct worktime *hall(int last_year)
{
    return finish(hall_settings(last_year));
}

/* ---- moments as text: the zone is UTC here, so the wall clock is the moment */

static int64_t at(const char *text)
{
    int64_t ms;
    char *whole = alloc_format("%s:00Z", text);
    ck_assert_msg(moment_from_text(whole, &ms), "%s", text);
    free(whole);
    return ms;
}

static const char *said(int64_t ms)
{
    static char text[MOMENT_TEXT];
    moment_to_text(ms, text);
    text[strcmp(text + 16, ":00.000Z") == 0 || strncmp(text + 16, ":00.000", 7) == 0 ? 16 : 23] = '\0';
    return text;
}

static int64_t from(const struct worktime *w, const char *start, Halld__LimitUnit__E unit, int64_t n)
{
    struct running run = {at(start), INT64_MAX};
    return worktime_deadline(w, unit, n, &run, 1);
}

#define DUE(w, start, unit, n, due) ck_assert_str_eq(said(from(w, start, unit, n)), due)

START_TEST(the_years_have_as_many_working_days_as_the_state_council_gave_them)
{
    static const int known[] = {250, 249, 250, 249, 249, 251, 248, 248};
    struct worktime *w = hall(2026);
    for (int year = 2019; year <= 2026; year++) {
        int days = 0;
        for (int32_t d = date_to_days(year * 10000 + 101); d <= date_to_days(year * 10000 + 1231); d++)
            days += worktime_is_working(w, date_from_days(d));
        ck_assert_int_eq(days, known[year - 2019]);
    }
    worktime_free(w);
}
END_TEST

START_TEST(working_days_end_at_the_closing_of_the_last_that_counts)
{
    struct worktime *w = hall(2026);
    DUE(w, "2025-09-24T10:00", WORKING, 20, "2025-10-28T17:30");
    DUE(w, "2026-02-10T10:00", WORKING, 20, "2026-03-16T17:30");
    DUE(w, "2025-01-20T10:00", WORKING, 5, "2025-01-26T17:30"); /* a Sunday that is worked */
    DUE(w, "2025-01-20T23:59", WORKING, 5, "2025-01-26T17:30"); /* the start's date never counts */
    DUE(w, "2025-01-20T00:00", WORKING, 5, "2025-01-26T17:30");
    DUE(w, "2026-02-10T10:00", WORKING, 7, "2026-02-26T17:30");
    worktime_free(w);
}
END_TEST

START_TEST(no_working_days_is_the_next_closing)
{
    struct worktime *w = hall(2026);
    DUE(w, "2025-03-03T11:45", WORKING, 0, "2025-03-03T17:30");
    DUE(w, "2025-03-03T17:29", WORKING, 0, "2025-03-03T17:30");
    DUE(w, "2025-03-03T17:30", WORKING, 0, "2025-03-04T17:30");
    DUE(w, "2025-03-08T10:00", WORKING, 0, "2025-03-10T17:30"); /* a Saturday */
    worktime_free(w);
}
END_TEST

START_TEST(minutes_run_only_while_the_hall_is_open)
{
    struct worktime *w = hall(2026);
    DUE(w, "2025-03-03T11:45", MINUTES, 30, "2025-03-03T14:15");
    DUE(w, "2025-03-03T11:30", MINUTES, 30, "2025-03-03T12:00"); /* never in a gap */
    DUE(w, "2025-03-03T12:30", MINUTES, 30, "2025-03-03T14:30");
    DUE(w, "2025-01-27T17:20", MINUTES, 30, "2025-02-05T08:50"); /* across the Spring Festival */
    DUE(w, "2025-03-03T17:00", MINUTES, 30, "2025-03-03T17:30");
    DUE(w, "2025-03-03T17:30", MINUTES, 1, "2025-03-04T08:31");
    worktime_free(w);
}
END_TEST

START_TEST(calendar_days_end_on_a_working_day)
{
    struct worktime *w = hall(2026);
    DUE(w, "2025-09-08T10:00", CALENDAR, 30, "2025-10-09T17:30"); /* the 30th is a holiday */
    DUE(w, "2025-03-03T10:00", CALENDAR, 1, "2025-03-04T17:30");
    DUE(w, "2025-03-03T10:00", CALENDAR, 5, "2025-03-10T17:30"); /* a Saturday's midnight */
    worktime_free(w);
}
END_TEST

START_TEST(a_year_without_a_table_is_provisional)
{
    struct worktime *known = hall(2026), *unknown = hall(2025);
    DUE(unknown, "2025-12-22T10:00", WORKING, 10, "2026-01-05T17:30");
    DUE(known, "2025-12-22T10:00", WORKING, 10, "2026-01-06T17:30");
    ck_assert(worktime_is_provisional(unknown, at("2025-12-22T10:00"), at("2026-01-05T17:30")));
    ck_assert(!worktime_is_provisional(known, at("2025-12-22T10:00"), at("2026-01-06T17:30")));
    ck_assert(!worktime_is_provisional(unknown, at("2025-12-22T10:00"), at("2025-12-24T17:30")));
    ck_assert(worktime_is_provisional(unknown, at("2025-12-22T10:00"), at("2025-12-25T08:30")));
    ck_assert(worktime_is_provisional(known, at("2026-12-28T10:00"), at("2026-12-28T17:30")));
    worktime_free(known);
    worktime_free(unknown);
}
END_TEST

START_TEST(local_closures_half_days_and_extra_days_replace_a_dates_hours)
{
    Halld__Settings *s = hall_settings(2026);
    add_special(s, "2025-03-04", NULL);          /* closed: no working day */
    add_special(s, "2025-03-05", "08:30-11:00"); /* half a day: closes at 11:00 */
    add_special(s, "2025-03-08", "09:00-12:00"); /* an extra Saturday: minutes, but no working day */
    struct worktime *w = finish(s);
    DUE(w, "2025-03-03T10:00", WORKING, 1, "2025-03-05T11:00");
    DUE(w, "2025-03-03T17:20", MINUTES, 30, "2025-03-05T08:50");
    DUE(w, "2025-03-07T17:20", MINUTES, 30, "2025-03-08T09:20");
    DUE(w, "2025-03-07T10:00", WORKING, 1, "2025-03-10T17:30");
    DUE(w, "2025-03-03T10:00", CALENDAR, 1, "2025-03-05T11:00");
    worktime_free(w);
}
END_TEST

START_TEST(a_worked_weekend_day_has_its_own_hours_or_mondays)
{
    struct worktime *w = hall(2026);
    DUE(w, "2026-02-13T17:30", MINUTES, 30, "2026-02-14T09:00"); /* Saturday the 14th is worked */
    worktime_free(w);
    Halld__Settings *s = hall_settings(2026);
    Halld__WeekHours *saturday = add_hours(s, 6);
    add_text(&saturday->open, &saturday->n_open, "09:00-12:00");
    w = finish(s);
    DUE(w, "2026-02-13T10:00", WORKING, 1, "2026-02-14T12:00");
    DUE(w, "2026-03-06T17:30", MINUTES, 30, "2026-03-07T09:30"); /* open every Saturday */
    DUE(w, "2026-03-06T10:00", WORKING, 1, "2026-03-09T17:30");  /* which is no working day */
    worktime_free(w);
}
END_TEST

START_TEST(a_day_counts_if_the_clock_runs_when_it_closes)
{
    struct worktime *w = hall(2026);
    struct running over_night[] = {{at("2025-03-03T10:00"), at("2025-03-04T17:29")},
                                   {at("2025-03-05T09:00"), INT64_MAX}};
    ck_assert_str_eq(said(worktime_deadline(w, WORKING, 1, over_night, 2)), "2025-03-05T17:30");
    struct running till_closing[] = {{at("2025-03-03T10:00"), at("2025-03-04T17:30")},
                                     {at("2025-03-06T09:00"), INT64_MAX}};
    ck_assert_str_eq(said(worktime_deadline(w, WORKING, 2, till_closing, 2)), "2025-03-06T17:30");
    struct running from_closing[] = {{at("2025-03-03T10:00"), at("2025-03-03T11:00")},
                                     {at("2025-03-04T17:30"), INT64_MAX}};
    ck_assert_str_eq(said(worktime_deadline(w, WORKING, 1, from_closing, 2)), "2025-03-05T17:30");
    ck_assert_str_eq(said(worktime_deadline(w, WORKING, 0, from_closing, 2)), "2025-03-05T17:30");
    ck_assert_str_eq(said(worktime_deadline(w, CALENDAR, 1, from_closing, 2)), "2025-03-05T17:30");
    struct running minutes[] = {{at("2025-03-03T11:45"), at("2025-03-03T11:50")}, {at("2025-03-03T11:55"), INT64_MAX}};
    ck_assert_str_eq(said(worktime_deadline(w, MINUTES, 30, minutes, 2)), "2025-03-03T14:20");
    ck_assert_str_eq(said(worktime_when_ran(w, minutes, 2, 15 * 60000)), "2025-03-03T14:05");
    ck_assert_int_eq(worktime_ran(w, minutes, 2, at("2025-03-03T14:20")), 30 * 60000);
    worktime_free(w);
}
END_TEST

START_TEST(openings_are_counted_in_working_days)
{
    struct worktime *w = hall(2026);
    ck_assert_str_eq(said(worktime_opening(w, at("2026-02-26T17:30"), 0)), "2026-02-26T08:30");
    ck_assert_str_eq(said(worktime_opening(w, at("2026-02-26T17:30"), -1)), "2026-02-25T08:30");
    ck_assert_str_eq(said(worktime_opening(w, at("2026-02-26T17:30"), -3)), "2026-02-14T08:30");
    ck_assert_str_eq(said(worktime_opening(w, at("2026-02-26T17:30"), 1)), "2026-02-27T08:30");
    ck_assert_str_eq(said(worktime_opening(w, at("2026-02-28T12:00"), 1)), "2026-03-02T08:30");  /* a Saturday off */
    ck_assert_str_eq(said(worktime_opening(w, at("2026-03-01T12:00"), -1)), "2026-02-28T08:30"); /* worked */
    worktime_free(w);
}
END_TEST

START_TEST(a_date_closes_then_or_on_the_next_working_day)
{
    struct worktime *w = hall(2026);
    ck_assert_str_eq(said(worktime_closing(w, 20260226)), "2026-02-26T17:30");
    ck_assert_str_eq(said(worktime_closing(w, 20260217)), "2026-02-24T17:30");
    worktime_free(w);
}
END_TEST

START_TEST(a_hall_that_never_opens_has_no_deadlines_and_no_crash)
{
    Halld__Settings none = HALLD__SETTINGS__INIT;
    struct worktime *w = worktime_new(&none);
    DUE(w, "2025-03-03T10:00", WORKING, 5, "2100-01-01T00:00");
    DUE(w, "2025-03-03T10:00", MINUTES, 5, "2100-01-01T00:00");
    DUE(w, "2025-03-03T10:00", CALENDAR, 5, "2100-01-01T00:00");
    worktime_free(w);
}
END_TEST

START_TEST(ten_thousand_deadlines_take_no_time)
{
    struct worktime *w = hall(2026);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int64_t sum = 0;
    for (int i = 0; i < 10000; i++) {
        struct running run[] = {{at("2024-01-02T09:00") + i * 3600000LL, at("2024-03-01T09:00") + i * 3600000LL},
                                {at("2024-03-20T09:00") + i * 3600000LL, INT64_MAX}};
        sum += worktime_deadline(w, WORKING, 60, run, 2) + worktime_deadline(w, MINUTES, 9000, run, 2);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    ck_assert_int_gt(sum, 0);
    ck_assert_int_lt((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000, 500);
    worktime_free(w);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    Suite *suite = suite_create("worktime");
    TCase *tests = tcase_create("worktime");
    tcase_add_test(tests, the_years_have_as_many_working_days_as_the_state_council_gave_them);
    tcase_add_test(tests, working_days_end_at_the_closing_of_the_last_that_counts);
    tcase_add_test(tests, no_working_days_is_the_next_closing);
    tcase_add_test(tests, minutes_run_only_while_the_hall_is_open);
    tcase_add_test(tests, calendar_days_end_on_a_working_day);
    tcase_add_test(tests, a_year_without_a_table_is_provisional);
    tcase_add_test(tests, local_closures_half_days_and_extra_days_replace_a_dates_hours);
    tcase_add_test(tests, a_worked_weekend_day_has_its_own_hours_or_mondays);
    tcase_add_test(tests, a_day_counts_if_the_clock_runs_when_it_closes);
    tcase_add_test(tests, openings_are_counted_in_working_days);
    tcase_add_test(tests, a_date_closes_then_or_on_the_next_working_day);
    tcase_add_test(tests, a_hall_that_never_opens_has_no_deadlines_and_no_crash);
    tcase_add_test(tests, ten_thousand_deadlines_take_no_time);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
