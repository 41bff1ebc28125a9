#include <check.h>

#include "base/clock.h"
#include "tests/lib/suite.h"

static int64_t wall_ms, boot_ms;

static int64_t wall(void)
{
    return wall_ms;
}

static int64_t boot(void)
{
    return boot_ms;
}

static const int64_t START = 1795396323000;

static struct clock started(int64_t not_before)
{
    wall_ms = START;
    boot_ms = 5000;
    struct clock c = {.wall = wall, .boot = boot};
    clock_init(&c, not_before);
    return c;
}

static void pass(int64_t ms)
{
    wall_ms += ms;
    boot_ms += ms;
}

START_TEST(it_starts_at_the_wall_and_runs_with_it)
{
    struct clock c = started(0);
    ck_assert_int_eq(clock_now(&c), START);
    pass(60000);
    ck_assert_int_eq(clock_now(&c), START + 60000);
    ck_assert_int_eq(c.stepped, 0);
}
END_TEST

START_TEST(a_step_forward_is_not_followed_but_told)
{
    struct clock c = started(0);
    pass(1000);
    wall_ms += 3600000;
    ck_assert_int_eq(clock_now(&c), START + 1000);
    ck_assert_int_eq(c.stepped, 3600000);
    pass(1000);
    ck_assert_int_eq(clock_now(&c), START + 2000);
    clock_accept(&c);
    ck_assert_int_eq(clock_now(&c), wall_ms);
    ck_assert_int_eq(c.stepped, 0);
}
END_TEST

START_TEST(a_step_back_is_not_followed_but_told)
{
    struct clock c = started(0);
    wall_ms -= 3600000;
    pass(1000);
    ck_assert_int_eq(clock_now(&c), START + 1000);
    ck_assert_int_eq(c.stepped, -3600000);
}
END_TEST

START_TEST(a_step_that_is_taken_back_is_forgotten)
{
    struct clock c = started(0);
    wall_ms += 10000;
    clock_now(&c);
    ck_assert_int_eq(c.stepped, 10000);
    wall_ms -= 10000;
    pass(500);
    ck_assert_int_eq(clock_now(&c), START + 500);
    ck_assert_int_eq(c.stepped, 0);
}
END_TEST

START_TEST(an_accepted_step_back_runs_at_half_speed_until_the_wall_is_there)
{
    struct clock c = started(0);
    wall_ms -= 60000;
    clock_accept(&c);
    ck_assert_int_eq(clock_now(&c), START);
    pass(60000);
    ck_assert_int_eq(clock_now(&c), START + 30000);
    ck_assert_int_eq(c.stepped, 0);
    pass(60000);
    ck_assert_int_eq(clock_now(&c), wall_ms);
    ck_assert(!c.slow);
    pass(5000);
    ck_assert_int_eq(clock_now(&c), wall_ms);
}
END_TEST

START_TEST(slews_are_followed)
{
    struct clock c = started(0);
    for (int i = 0; i < 100000; i++) {
        boot_ms += 1000;
        wall_ms += 1001; /* the wall gains 100 s in all, a millisecond at a time */
        ck_assert_int_eq(clock_now(&c), wall_ms);
    }
    ck_assert_int_eq(c.stepped, 0);
}
END_TEST

START_TEST(it_never_goes_back)
{
    struct clock c = started(0);
    int64_t last = clock_now(&c);
    unsigned seed = 7;
    for (int i = 0; i < 10000; i++) {
        seed = seed * 1103515245u + 12345u;
        wall_ms += (int64_t)(seed >> 16 & 0x1fff) - 4096;
        boot_ms += seed >> 8 & 0x3f;
        if (seed % 97 == 0)
            clock_accept(&c);
        int64_t now = clock_now(&c);
        ck_assert_int_ge(now, last);
        last = now;
    }
}
END_TEST

START_TEST(it_starts_no_earlier_than_the_last_event)
{
    struct clock c = started(START + 7200000);
    ck_assert_int_eq(clock_now(&c), START + 7200000);
    ck_assert_int_eq(c.stepped, -7200000);
    pass(1000);
    ck_assert_int_eq(clock_now(&c), START + 7201000);
}
END_TEST

START_TEST(a_small_lag_at_the_start_is_waited_for)
{
    struct clock c = started(START + 1500);
    ck_assert_int_eq(clock_now(&c), START + 1500);
    pass(1000);
    ck_assert_int_eq(clock_now(&c), START + 1500);
    pass(1000);
    ck_assert_int_eq(clock_now(&c), START + 2000);
    ck_assert_int_eq(c.stepped, 0);
}
END_TEST

START_TEST(a_simulated_hall_runs_at_its_rate_and_ignores_the_wall)
{
    wall_ms = 1;
    boot_ms = 5000;
    struct clock c = {.wall = wall, .boot = boot};
    clock_init_simulated(&c, START, 60);
    boot_ms += 1000;
    wall_ms += 99999999;
    ck_assert_int_eq(clock_now(&c), START + 60000);
    ck_assert_int_eq(c.stepped, 0);
    clock_accept(&c);
    ck_assert_int_eq(clock_now(&c), START + 60000);
    int64_t wait = clock_until(&c, START + 120000);
    ck_assert_int_ge(wait, 1000);
    ck_assert_int_le(wait, 1001);
}
END_TEST

START_TEST(waiting_until_a_moment_counts_machine_time)
{
    struct clock c = started(0);
    ck_assert_int_eq(clock_until(&c, START + 700), 700);
    ck_assert_int_eq(clock_until(&c, START - 1), 0);
    wall_ms -= 60000;
    clock_accept(&c);
    ck_assert_int_eq(clock_until(&c, START + 700), 1400);
}
END_TEST

START_TEST(the_machines_own_clocks_work)
{
    struct clock c = {0};
    clock_init(&c, 0);
    int64_t a = clock_now(&c), b = clock_now(&c);
    ck_assert_int_gt(a, 1700000000000);
    ck_assert_int_ge(b, a);
    ck_assert_int_gt(clock_monotonic_ms(), 0);
    clock_machine_is_synced();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clock");
    TCase *t = tcase_create("clock");
    tcase_add_test(t, it_starts_at_the_wall_and_runs_with_it);
    tcase_add_test(t, a_step_forward_is_not_followed_but_told);
    tcase_add_test(t, a_step_back_is_not_followed_but_told);
    tcase_add_test(t, a_step_that_is_taken_back_is_forgotten);
    tcase_add_test(t, an_accepted_step_back_runs_at_half_speed_until_the_wall_is_there);
    tcase_add_test(t, slews_are_followed);
    tcase_add_test(t, it_never_goes_back);
    tcase_add_test(t, it_starts_no_earlier_than_the_last_event);
    tcase_add_test(t, a_small_lag_at_the_start_is_waited_for);
    tcase_add_test(t, a_simulated_hall_runs_at_its_rate_and_ignores_the_wall);
    tcase_add_test(t, waiting_until_a_moment_counts_machine_time);
    tcase_add_test(t, the_machines_own_clocks_work);
    suite_add_tcase(s, t);
    return suite_run(s);
}
