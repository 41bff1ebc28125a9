#include <check.h>

#include "net/quota.h"
#include "tests/lib/suite.h"

enum { EACH = 5, MONDAY = 20261123, TUESDAY = 20261124 };

static struct quota *quota;

static void setup(void)
{
    quota = quota_new(EACH);
}

static void teardown(void)
{
    quota_free(quota);
}

static bool begins(uint64_t of, const char *key)
{
    return quota_begin(quota, of, MONDAY, key);
}

static bool uses(uint64_t of, int32_t date, const char *key)
{
    if (!quota_begin(quota, of, date, key))
        return false;
    quota_end(quota, of, key, true);
    return true;
}

/* How many of n are let in and done. */
static int use_n(uint64_t of, int32_t date, int n)
{
    int done = 0;
    while (n-- > 0)
        done += uses(of, date, NULL);
    return done;
}

START_TEST(each_is_used_five_times_a_day)
{
    ck_assert_int_eq(use_n(7, MONDAY, 9), EACH);
    ck_assert_int_eq(use_n(8, MONDAY, 9), EACH);
    ck_assert_int_eq(use_n(7, MONDAY, 1), 0);
    ck_assert_int_eq(use_n(7, TUESDAY, 9), EACH);
}
END_TEST

START_TEST(a_repeat_of_one_that_succeeded_may_always_pass)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < EACH; i++)
        ck_assert(uses(9, MONDAY, keys[i]));
    for (int i = 0; i < 50; i++)
        ck_assert(uses(9, MONDAY, keys[i % EACH]));
    ck_assert(!uses(9, MONDAY, "f"));
    ck_assert(!uses(9, MONDAY, NULL));
}
END_TEST

START_TEST(a_repeat_is_counted_once)
{
    for (int i = 0; i < 50; i++)
        ck_assert(uses(7, MONDAY, "k"));
    ck_assert_int_eq(use_n(7, MONDAY, 9), EACH - 1);
}
END_TEST

START_TEST(what_is_on_its_way_counts_until_it_has_arrived)
{
    for (int i = 0; i < EACH; i++)
        ck_assert(begins(7, NULL));
    ck_assert(!begins(7, NULL));
    quota_end(quota, 7, NULL, false); /* it was refused */
    ck_assert(begins(7, NULL));
    ck_assert(!begins(7, NULL));
    for (int i = 0; i < EACH; i++)
        quota_end(quota, 7, NULL, true);
    ck_assert(!begins(7, NULL));
}
END_TEST

START_TEST(what_arrives_after_midnight_is_nobodys)
{
    ck_assert(begins(7, "k"));
    ck_assert_int_eq(use_n(8, TUESDAY, 9), EACH);
    quota_end(quota, 7, "k", true);
    ck_assert_int_eq(use_n(7, TUESDAY, 9), EACH);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quota");
    TCase *tc = tcase_create("quota");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, each_is_used_five_times_a_day);
    tcase_add_test(tc, a_repeat_of_one_that_succeeded_may_always_pass);
    tcase_add_test(tc, a_repeat_is_counted_once);
    tcase_add_test(tc, what_is_on_its_way_counts_until_it_has_arrived);
    tcase_add_test(tc, what_arrives_after_midnight_is_nobodys);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
