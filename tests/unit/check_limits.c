#include <check.h>
#include <stdio.h>

#include "auth/limits.h"
#include "auth/lockout.h"
#include "tests/lib/suite.h"

static struct limits *limits;
static struct lockout *lockout;

static void setup(void)
{
    limits = limits_new(true);
    lockout = lockout_new();
}

static void teardown(void)
{
    limits_free(limits);
    lockout_free(lockout);
}

/* How many of n requests at that moment pass. */
static int pass(enum limit_class class, const char *party, int64_t now, int n)
{
    int passed = 0, wait;
    while (n-- > 0)
        passed += limits_take(limits, class, party, now, &wait);
    return passed;
}

START_TEST(a_burst_passes_and_then_the_rate)
{
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 1000, 50), 20);
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 2000, 50), 5);
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 2100, 50), 0);
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 2200, 50), 1);
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 1000000, 50), 20); /* never more than the burst */
}
END_TEST

START_TEST(each_class_has_its_own_rate_and_each_party_its_own_bucket)
{
    ck_assert_int_eq(pass(LIMIT_ADDRESS, "a", 0, 500), 100);
    ck_assert_int_eq(pass(LIMIT_KIOSK, "a", 0, 500), 30);
    ck_assert_int_eq(pass(LIMIT_STAFF, "a", 0, 500), 100);
    ck_assert_int_eq(pass(LIMIT_STAFF, "b", 0, 500), 100);
    ck_assert_int_eq(pass(LIMIT_KIOSK, "a", 1000, 500), 2);
    ck_assert_int_eq(pass(LIMIT_NONE, "a", 0, 500), 500);
    ck_assert_int_eq(pass(LIMIT_HOLD, "a", 0, 500), 60);
    for (int64_t now = 1; now < 10000; now += 7) /* asking often costs nothing */
        ck_assert_int_eq(pass(LIMIT_HOLD, "a", now, 1), 0);
    ck_assert_int_eq(pass(LIMIT_HOLD, "a", 10000, 5), 1);
}
END_TEST

START_TEST(the_wait_is_said_in_whole_seconds)
{
    int wait = 0;
    pass(LIMIT_KIOSK, "a", 0, 30);
    ck_assert(!limits_take(limits, LIMIT_KIOSK, "a", 0, &wait));
    ck_assert_int_eq(wait, 1);
    ck_assert(!limits_take(limits, LIMIT_KIOSK, "a", -5000, &wait)); /* a clock that goes back gives nothing */
}
END_TEST

START_TEST(a_flood_of_parties_takes_no_more_memory_and_hurts_none_that_is_active)
{
    char party[32];
    for (int i = 0; i < 100000; i++) {
        snprintf(party, sizeof party, "flood%d", i);
        ck_assert_int_eq(pass(LIMIT_PUBLIC, party, i, 1), 1);
    }
}
END_TEST

START_TEST(a_free_place_is_taken_before_one_in_use)
{
    char party[32];
    for (int i = 0; i < 200;
         i++) { /* four thousand sets of four: some get two; five, once in a hundred thousand runs */
        snprintf(party, sizeof party, "early%d", i);
        pass(LIMIT_PUBLIC, party, 0, 20);
    }
    int again = 0;
    for (int i = 0; i < 200; i++) {
        snprintf(party, sizeof party, "early%d", i);
        again += pass(LIMIT_PUBLIC, party, 0, 1);
    }
    ck_assert_int_eq(again, 0);
}
END_TEST

START_TEST(limits_can_be_switched_off)
{
    limits_free(limits);
    limits = limits_new(false);
    ck_assert_int_eq(pass(LIMIT_PUBLIC, "a", 0, 500), 500);
}
END_TEST

START_TEST(five_failures_are_free_and_then_the_wait_doubles)
{
    for (int i = 0; i < LOCKOUT_FREE_TRIES; i++) {
        ck_assert_int_eq(lockout_wait(lockout, "user:x", 1000), 0);
        lockout_fail(lockout, "user:x", 1000);
    }
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 1000), 1000);
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 1999), 1);
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 2000), 0);
    lockout_fail(lockout, "user:x", 2000);
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 2000), 2000);
    for (int i = 0; i < 100; i++)
        lockout_fail(lockout, "user:x", 2000);
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 2000), 15 * 60 * 1000);
    ck_assert_int_eq(lockout_wait(lockout, "user:y", 2000), 0);
}
END_TEST

START_TEST(a_success_or_a_quiet_hour_forgets)
{
    for (int i = 0; i < 10; i++)
        lockout_fail(lockout, "user:x", 1000);
    ck_assert_int_gt(lockout_wait(lockout, "user:x", 1000), 0);
    lockout_forget(lockout, "user:x");
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 1000), 0);
    for (int i = 0; i < 10; i++)
        lockout_fail(lockout, "user:x", 1000);
    lockout_fail(lockout, "user:x", 1000 + 3600 * 1000 + 1);
    ck_assert_int_eq(lockout_wait(lockout, "user:x", 1000 + 3600 * 1000 + 1), 0);
}
END_TEST

START_TEST(a_flood_of_names_does_not_free_one_that_is_locked)
{
    char name[32];
    for (int i = 0; i < 10; i++)
        lockout_fail(lockout, "user:x", 1000);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "user:%d", i);
        lockout_fail(lockout, name, 1001);
    }
    ck_assert_int_gt(lockout_wait(lockout, "user:x", 1001), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limits");
    TCase *tc = tcase_create("limits");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_burst_passes_and_then_the_rate);
    tcase_add_test(tc, each_class_has_its_own_rate_and_each_party_its_own_bucket);
    tcase_add_test(tc, the_wait_is_said_in_whole_seconds);
    tcase_add_test(tc, a_flood_of_parties_takes_no_more_memory_and_hurts_none_that_is_active);
    tcase_add_test(tc, a_free_place_is_taken_before_one_in_use);
    tcase_add_test(tc, limits_can_be_switched_off);
    tcase_add_test(tc, five_failures_are_free_and_then_the_wait_doubles);
    tcase_add_test(tc, a_success_or_a_quiet_hour_forgets);
    tcase_add_test(tc, a_flood_of_names_does_not_free_one_that_is_locked);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
