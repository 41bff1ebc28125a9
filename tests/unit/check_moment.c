#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "tests/lib/suite.h"

START_TEST(a_moment_prints_with_the_halls_offset)
{
    char text[MOMENT_TEXT];
    moment_to_text(1795396323481, text);
    ck_assert_str_eq(text, "2026-11-23T09:12:03.481+08:00");
}
END_TEST

START_TEST(a_moment_reads_back_from_any_offset)
{
    int64_t ms;
    ck_assert(moment_from_text("2026-11-23T09:12:03.481+08:00", &ms));
    ck_assert_int_eq(ms, 1795396323481);
    ck_assert(moment_from_text("2026-11-23T01:12:03.481Z", &ms));
    ck_assert_int_eq(ms, 1795396323481);
    ck_assert(moment_from_text("2026-11-23T01:12:03Z", &ms));
    ck_assert_int_eq(ms, 1795396323000);
}
END_TEST

START_TEST(what_is_no_moment_is_refused)
{
    static const char *const bad[] = {"",
                                      "2026-11-23",
                                      "2026-02-30T00:00:00Z",
                                      "2026-11-23T24:00:00Z",
                                      "2026-11-23T09:12:03",
                                      "2026-11-23T09:12:03.Z",
                                      "2026-11-23T09:12:03+8:00",
                                      "2026-11-23T09:12:03Zx",
                                      "1969-12-31T00:00:00Z",
                                      "02026-11-23T09:12:03Z"};
    int64_t ms = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!moment_from_text(bad[i], &ms), "%s", bad[i]);
    ck_assert_int_eq(ms, 7);
}
END_TEST

START_TEST(dates_and_days_are_each_others_inverse)
{
    int weekday = date_weekday(19700101);
    ck_assert_int_eq(weekday, 4);
    for (int32_t day = 0; day < 60000; day++) {
        int32_t date = date_from_days(day);
        ck_assert(date_is_valid(date));
        ck_assert_int_eq(date_to_days(date), day);
        ck_assert_int_eq(date_weekday(date), (day + 3) % 7 + 1);
    }
    ck_assert_int_eq(date_weekday(20261122), 7);
}
END_TEST

START_TEST(local_midnights_follow_the_zone)
{
    ck_assert_int_eq(moment_of_date(20261123, 0), 1795363200000);
    ck_assert_int_eq(moment_of_date(20261123, 1440), 1795363200000 + 86400000);
    ck_assert_int_eq(moment_to_date(1795363200000), 20261123);
    ck_assert_int_eq(moment_to_date(1795363199999), 20261122);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("moment");
    TCase *t = tcase_create("moment");
    tcase_add_test(t, a_moment_prints_with_the_halls_offset);
    tcase_add_test(t, a_moment_reads_back_from_any_offset);
    tcase_add_test(t, what_is_no_moment_is_refused);
    tcase_add_test(t, dates_and_days_are_each_others_inverse);
    tcase_add_test(t, local_midnights_follow_the_zone);
    suite_add_tcase(s, t);
    return suite_run(s);
}
