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

/* How many of n are let in and done. */
static int open_n(uint64_t ticket, int32_t date, int n)
{
    int done = 0;
    while (n-- > 0) {
        if (!openings_may(openings, ticket, date, NULL))
            continue;
        openings_add(openings, ticket, NULL);
        done++;
    }
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
    ck_assert(openings_may(openings, 9, MONDAY, NULL)); /* the day begins */
    for (int i = 0; i < OPENINGS_EACH; i++)
        openings_add(openings, 9, keys[i]);
    ck_assert(openings_may(openings, 9, MONDAY, "a"));
    ck_assert(openings_may(openings, 9, MONDAY, "e"));
    ck_assert(!openings_may(openings, 9, MONDAY, "f"));
    ck_assert(!openings_may(openings, 9, MONDAY, NULL));
}
END_TEST

START_TEST(those_that_were_on_their_way_together_are_counted_no_further)
{
    ck_assert(openings_may(openings, 7, MONDAY, NULL));
    for (int i = 0; i < 50; i++)
        openings_add(openings, 7, "k");
    ck_assert(!openings_may(openings, 7, MONDAY, "other"));
    ck_assert(openings_may(openings, 7, MONDAY, "k"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("openings");
    TCase *tc = tcase_create("openings");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, each_ticket_opens_five_a_day);
    tcase_add_test(tc, a_repeat_of_one_that_was_opened_may_always_pass);
    tcase_add_test(tc, those_that_were_on_their_way_together_are_counted_no_further);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
