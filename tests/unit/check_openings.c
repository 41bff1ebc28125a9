#include <check.h>

#include "net/openings.h"
#include "tests/lib/suite.h"

enum { MONDAY = 20261123, TUESDAY = 20261124 };

static struct openings *openings;

static void setup(void)
{
    openings = openings_new();
}

static void teardown(void)
{
    openings_free(openings);
}

static bool begins(uint64_t ticket, const char *key)
{
    return openings_begin(openings, ticket, MONDAY, key);
}

static bool opens(uint64_t ticket, int32_t date, const char *key)
{
    if (!openings_begin(openings, ticket, date, key))
        return false;
    openings_end(openings, ticket, key, true);
    return true;
}

/* How many of n are let in and done. */
static int open_n(uint64_t ticket, int32_t date, int n)
{
    int done = 0;
    while (n-- > 0)
        done += opens(ticket, date, NULL);
    return done;
}

START_TEST(each_ticket_opens_five_a_day)
{
    ck_assert_int_eq(open_n(7, MONDAY, 9), OPENINGS_EACH);
    ck_assert_int_eq(open_n(8, MONDAY, 9), OPENINGS_EACH);
    ck_assert_int_eq(open_n(7, MONDAY, 1), 0);
    ck_assert_int_eq(open_n(7, TUESDAY, 9), OPENINGS_EACH);
}
END_TEST

START_TEST(a_repeat_of_one_that_was_opened_may_always_pass)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < OPENINGS_EACH; i++)
        ck_assert(opens(9, MONDAY, keys[i]));
    for (int i = 0; i < 50; i++)
        ck_assert(opens(9, MONDAY, keys[i % OPENINGS_EACH]));
    ck_assert(!opens(9, MONDAY, "f"));
    ck_assert(!opens(9, MONDAY, NULL));
}
END_TEST

START_TEST(a_repeat_is_counted_once)
{
    for (int i = 0; i < 50; i++)
        ck_assert(opens(7, MONDAY, "k"));
    ck_assert_int_eq(open_n(7, MONDAY, 9), OPENINGS_EACH - 1);
}
END_TEST

START_TEST(what_is_on_its_way_counts_until_it_has_arrived)
{
    for (int i = 0; i < OPENINGS_EACH; i++)
        ck_assert(begins(7, NULL));
    ck_assert(!begins(7, NULL));
    openings_end(openings, 7, NULL, false); /* it was refused */
    ck_assert(begins(7, NULL));
    ck_assert(!begins(7, NULL));
    for (int i = 0; i < OPENINGS_EACH; i++)
        openings_end(openings, 7, NULL, true);
    ck_assert(!begins(7, NULL));
}
END_TEST

START_TEST(what_arrives_after_midnight_is_nobodys)
{
    ck_assert(begins(7, "k"));
    ck_assert_int_eq(open_n(8, TUESDAY, 9), OPENINGS_EACH);
    openings_end(openings, 7, "k", true);
    ck_assert_int_eq(open_n(7, TUESDAY, 9), OPENINGS_EACH);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("openings");
    TCase *tc = tcase_create("openings");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, each_ticket_opens_five_a_day);
    tcase_add_test(tc, a_repeat_of_one_that_was_opened_may_always_pass);
    tcase_add_test(tc, a_repeat_is_counted_once);
    tcase_add_test(tc, what_is_on_its_way_counts_until_it_has_arrived);
    tcase_add_test(tc, what_arrives_after_midnight_is_nobodys);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
