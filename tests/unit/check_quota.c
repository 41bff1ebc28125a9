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

static struct quota_use *begins(uint64_t of, const char *key)
{
    return quota_begin(quota, of, MONDAY, key);
}

static bool uses(uint64_t of, int32_t date, const char *key)
{
    struct quota_use *use = quota_begin(quota, of, date, key);
    quota_end(quota, use, true);
    return use != NULL;
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
    struct quota_use *all[EACH];
    for (int i = 0; i < EACH; i++)
        ck_assert_ptr_nonnull(all[i] = begins(7, NULL));
    ck_assert_ptr_null(begins(7, NULL));
    quota_end(quota, all[0], false); /* it was refused */
    ck_assert_ptr_nonnull(all[0] = begins(7, NULL));
    ck_assert_ptr_null(begins(7, NULL));
    for (int i = 0; i < EACH; i++)
        quota_end(quota, all[i], true);
    ck_assert_ptr_null(begins(7, NULL));
}
END_TEST

START_TEST(what_arrives_after_midnight_is_nobodys)
{
    struct quota_use *use = begins(7, "k");
    ck_assert_int_eq(use_n(8, TUESDAY, 9), EACH);
    quota_end(quota, use, true);
    ck_assert_int_eq(use_n(7, TUESDAY, 9), EACH);
}
END_TEST

/* Two keys that FNV, which told them before, gave one hash. */
START_TEST(keys_are_told_by_themselves)
{
    for (int i = 0; i < EACH - 1; i++)
        ck_assert(uses(7, MONDAY, NULL));
    ck_assert(uses(7, MONDAY, "5AAU47I6V57CI"));
    ck_assert(!uses(7, MONDAY, "DNA6HLCXEQ23K"));
    ck_assert(uses(7, MONDAY, "5AAU47I6V57CI"));
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
    tcase_add_test(tc, keys_are_told_by_themselves);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
