#include "forecast_hall.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "tests/lib/suite.h"

enum { DRAWS = 20000 };

static struct law law_of_item(const char *item)
{
    struct law *all = laws_of(learn->laws, hall_setup(p.hall)), law = all[strcmp(item, "two") == 0];
    free(all);
    return law;
}

/* Minutes. */
static double mean_of(const char *item)
{
    struct law law = law_of_item(item);
    struct shape shape;
    struct dice d;
    double sum = 0;
    laws_shape(learn->laws, &shape);
    dice_init(&d, 1);
    for (int i = 0; i < DRAWS; i++)
        sum += law_draw(&law, &shape, &d) / MINUTE;
    return sum / DRAWS;
}

static void took(const char *item, int n, double mean, double cv)
{
    struct dice d;
    double variance = log(1 + cv * cv);
    dice_init(&d, 99);
    for (int i = 0; i < n; i++) {
        double z = normal_quantile(dice_unit(&d));
        laws_observe(learn->laws, item, (int64_t)(exp(log(mean * MINUTE) - variance / 2 + sqrt(variance) * z)));
    }
}

START_TEST(an_item_never_seen_takes_as_long_as_configured)
{
    ck_assert_double_eq_tol(mean_of("one"), 6, 0.1);
    ck_assert_double_eq_tol(mean_of("two"), 3, 0.05);
}
END_TEST

START_TEST(one_seen_often_has_its_own_law)
{
    took("one", 2000, 9, 0.5);
    ck_assert_double_eq_tol(mean_of("one"), 9, 0.3);
    ck_assert_double_eq_tol(law_of_item("one").sigma, sqrt(log(1.25)), 0.03);
}
END_TEST

START_TEST(of_one_seen_twenty_times_half_is_lent)
{
    took("one", 20, 12, 0);
    struct law law = law_of_item("one");
    ck_assert_double_gt(exp(law.mu), 6.5 * MINUTE);
    ck_assert_double_lt(exp(law.mu), 12 * MINUTE);
}
END_TEST

START_TEST(a_cold_item_is_corrected_by_how_its_hall_keeps_to_what_was_configured)
{
    took("one", 2000, 12, 0.8); /* twice as long as configured */
    ck_assert_double_eq_tol(mean_of("two"), 6, 0.3);
}
END_TEST

START_TEST(the_absurd_is_cut)
{
    took("one", 200, 6, 0.5);
    double before = mean_of("one");
    laws_observe(learn->laws, "one", 10 * 3600 * SECOND);
    laws_observe(learn->laws, "one", 1);
    ck_assert_double_eq_tol(mean_of("one"), before, 0.35);
}
END_TEST

START_TEST(services_of_another_shape_keep_their_mean)
{
    struct dice d;
    dice_init(&d, 5);
    for (int i = 0; i < 5000; i++)
        laws_observe(learn->laws, "one", (int64_t)(6 * MINUTE * dice_wait(&d)));
    ck_assert_double_eq_tol(mean_of("one"), 6, 0.3); /* a lognormal law would say 7.7 */
}
END_TEST

START_TEST(what_remains_is_what_is_left_of_the_longer_ones)
{
    struct law law = {log(5.0 * MINUTE), 0.7};
    struct shape shape;
    struct dice d;
    double drawn = 0, longer = 0, elapsed = 6.0 * MINUTE;
    int n = 0;
    laws_shape(learn->laws, &shape);
    dice_init(&d, 3);
    double share = law_share(&law, &shape, elapsed);
    for (int i = 0; i < DRAWS; i++)
        drawn += law_remains(&law, &shape, elapsed, share, &d) / DRAWS;
    for (int i = 0; i < 5 * DRAWS; i++) {
        double whole = law_draw(&law, &shape, &d);
        n += whole > elapsed;
        longer += whole > elapsed ? whole - elapsed : 0;
    }
    ck_assert_double_eq_tol(drawn / (longer / n), 1, 0.03);
    ck_assert_double_eq_tol(share, 1 - (double)n / (5 * DRAWS), 0.01);
}
END_TEST

START_TEST(normal_figures_are_right)
{
    ck_assert_double_eq_tol(normal_quantile(0.975), 1.9599640, 1e-5);
    ck_assert_double_eq_tol(normal_quantile(0.0001), -3.7190165, 1e-5);
    ck_assert_double_eq_tol(normal_below(1.2815516), 0.9, 1e-7);
}
END_TEST

/* ---- from events */

static void visit(const char *class_name, int serving_s)
{
    issued("one", class_name);
    p.now += 20 * SECOND;
    did("{\"start_service\":{\"n\":2}}");
    p.now += (int64_t)serving_s * SECOND;
    did("{\"next_ticket\":{\"n\":2,\"outcome\":\"handled\"}}");
}

START_TEST(events_teach_services_and_the_clerks_pace)
{
    did("{\"open_window\":{\"n\":2}}");
    did("{\"next_ticket\":{\"n\":2}}");
    for (int i = 0; i < 100; i++)
        visit("normal", 480);
    ck_assert_double_eq_tol(laws_count(learn->laws, "one"), 100, 0.1);
    ck_assert_double_eq_tol(mean_of("one"), 8, 0.6);
    ck_assert_double_eq_tol(learn->pace.walk, 20 * SECOND, 1);
    ck_assert_double_eq_tol(learn->pace.gap, 0, 1);
    ck_assert_double_eq_tol(learn->pace.leaving, 0, 1e-12);
}
END_TEST

START_TEST(an_inferred_start_teaches_the_service_and_not_the_walk)
{
    did("{\"open_window\":{\"n\":2}}");
    did("{\"next_ticket\":{\"n\":2}}");
    for (int i = 0; i < 50; i++) {
        issued("one", "normal");
        p.now += 315 * SECOND;
        did("{\"next_ticket\":{\"n\":2,\"outcome\":\"handled\"}}");
    }
    ck_assert_double_eq_tol(laws_count(learn->laws, "one"), 50, 0.1);
    ck_assert_double_eq_tol(learn->pace.walk, 0, 1);
    ck_assert_double_eq_tol(exp(law_of_item("one").mu), 5 * MINUTE, 0.3 * MINUTE);
}
END_TEST

START_TEST(those_who_leave_are_counted)
{
    for (int i = 0; i < 10; i++) {
        uint64_t t = issued("one", "normal");
        p.now += 10 * MINUTE;
        did("{\"cancel_ticket\":{\"id\":\"%llu\",\"reason\":\"left\"}}", (unsigned long long)t);
    }
    ck_assert_double_eq_tol(learn->pace.leaving * 10 * MINUTE, 1, 0.01);
}
END_TEST

START_TEST(the_same_events_teach_the_same)
{
    did("{\"open_window\":{\"n\":2}}");
    did("{\"next_ticket\":{\"n\":2}}");
    for (int i = 0; i < 30; i++)
        visit(i % 3 ? "normal" : "senior", 100 + i * 17);
    struct learn *again = learn_new();
    for (size_t i = 0; i < p.n_journal; i++)
        learn_event(again, p.journal[i]);
    struct law *a = laws_of(learn->laws, hall_setup(p.hall)), *b = laws_of(again->laws, hall_setup(p.hall));
    ck_assert_mem_eq(a, b, 2 * sizeof *a);
    ck_assert_mem_eq(&learn->pace, &again->pace, sizeof again->pace);
    free(a);
    free(b);
    learn_free(again);
}
END_TEST

/* ---- arrivals */

static void day_of_arrivals(struct arrivals *a, int32_t date, int n)
{
    int64_t midnight = moment_of_date(date, 0), opens = midnight + 9 * 60 * (int64_t)MINUTE;
    arrivals_day(a, date, midnight, opens);
    for (int i = 0; i < n; i++) /* all of them between 9:00 and 9:30 */
        arrivals_observe(a, "A", i % 2 ? "one" : "two", i % 5 ? "normal" : "senior", opens + i * (30 * MINUTE / n));
}

START_TEST(days_before_say_who_will_come)
{
    struct arrivals *a = arrivals_new();
    for (int week = 0; week < 3; week++) {
        day_of_arrivals(a, date_from_days(date_to_days(20261102) + 7 * week), 60);
        day_of_arrivals(a, date_from_days(date_to_days(20261103) + 7 * week), 20);
    }
    int64_t midnight = moment_of_date(20261123, 0), nine = midnight + 9 * 60 * (int64_t)MINUTE;
    arrivals_day(a, 20261123, midnight, nine); /* a Monday, as those with 60 */
    double monday = arrivals_rate(a, nine, nine) * 30 * MINUTE;
    ck_assert_double_gt(monday, 45);
    ck_assert_double_le(monday, 60.5);
    ck_assert_double_eq_tol(arrivals_rate(a, nine + 60 * MINUTE, nine), 0, 1e-9);
    struct arrival_kind *kinds;
    size_t n = arrivals_kinds(a, nine, &kinds);
    double seniors = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        all += kinds[i].share;
        seniors += strcmp(kinds[i].class_name, "senior") == 0 ? kinds[i].share : 0;
    }
    ck_assert_double_eq_tol(all, 1, 1e-9);
    ck_assert_double_eq_tol(seniors, 0.2, 1e-9);
    free(kinds);
    arrivals_free(a);
}
END_TEST

START_TEST(a_first_day_goes_on_as_its_last_hour)
{
    struct arrivals *a = arrivals_new();
    day_of_arrivals(a, 20261123, 30);
    int64_t at = moment_of_date(20261123, 9 * 60 + 30);
    ck_assert_double_eq_tol(arrivals_rate(a, at, at) * 30 * MINUTE, 30, 2);
    arrivals_free(a);
}
END_TEST

/* ---- grades */

static const struct grade_fit as_drawn = {1, 1};

START_TEST(predictions_are_graded_by_day_queue_and_class)
{
    struct grade *g = grade_new();
    const struct grade_row *rows;
    grade_day(g, 20261123);
    grade_add(g, "A", "normal", 300, 600, 400, &as_drawn);
    grade_add(g, "A", "normal", 300, 600, 200, &as_drawn);
    grade_add(g, "A", "senior", 60, 120, 180, &as_drawn);
    grade_add(g, "A", "normal", 0, 0, 0, &as_drawn);
    grade_day(g, 20261124);
    grade_add(g, "A", "normal", 300, 600, 300, &as_drawn);
    ck_assert_uint_eq(grade_rows(g, &rows), 3);
    ck_assert_int_eq(rows[0].day, 20261123);
    ck_assert_str_eq(rows[0].class_name, "normal");
    ck_assert_uint_eq(rows[0].n, 2);
    ck_assert_uint_eq(rows[0].free, 1);
    ck_assert_double_eq_tol(rows[0].error, 200, 1e-9);
    ck_assert_double_eq_tol(rows[0].over, 0, 1e-9);
    ck_assert_uint_eq(rows[0].under_p50, 1);
    ck_assert_uint_eq(rows[0].under_p90, 2);
    ck_assert_uint_eq(rows[1].under_p90, 0);
    ck_assert_int_eq(rows[2].day, 20261124);
    grade_free(g);
}
END_TEST

START_TEST(a_band_that_holds_too_rarely_is_widened_until_it_holds)
{
    struct grade *g = grade_new();
    grade_day(g, 20261123);
    ck_assert_double_eq_tol(grade_fit(g, "A").widening, 1, 1e-12);
    for (int i = 0; i < 1000; i++)
        grade_add(g, "A", "normal", 300, 600, i % 4 ? 500 : 700, &as_drawn);
    double wide = grade_fit(g, "A").widening;
    ck_assert_double_gt(wide, 1.2);
    for (int i = 0; i < 5000; i++)
        grade_add(g, "A", "normal", 300, 600, i % 20 ? 500 : 700, &as_drawn);
    ck_assert_double_lt(grade_fit(g, "A").widening, wide);
    ck_assert_double_eq_tol(grade_fit(g, "B").widening, 1, 1e-12);
    grade_free(g);
}
END_TEST

START_TEST(waits_that_are_longer_than_drawn_are_scaled)
{
    struct grade *g = grade_new();
    grade_day(g, 20261123);
    ck_assert_double_eq_tol(grade_fit(g, "A").scale, 1, 1e-12);
    for (int i = 0; i < 500; i++)
        grade_add(g, "A", "normal", 600, 1200, 720, &as_drawn);
    ck_assert_double_eq_tol(grade_fit(g, "A").scale, 1.09, 0.02); /* half is known beforehand */
    for (int i = 0; i < 10000; i++) {
        struct grade_fit fit = grade_fit(g, "A");
        grade_add(g, "A", "normal", 600 * fit.scale, 1200 * fit.scale, 720, &fit);
    }
    ck_assert_double_eq_tol(grade_fit(g, "A").scale, 1.16, 0.005); /* of 2500 in five, 500 are the prior */
    for (int i = 0; i < 20000; i++)
        grade_add(g, "B", "normal", 120, 300, 240, &as_drawn); /* medians say nothing of it */
    ck_assert_double_eq_tol(grade_fit(g, "B").scale, 1, 1e-12);
    for (int i = 0; i < 20000; i++)
        grade_add(g, "C", "normal", 600, 1200, 6000, &as_drawn);
    ck_assert_double_eq_tol(grade_fit(g, "C").scale, 1.6, 1e-12);
    grade_trust_draws(g);
    ck_assert_double_eq_tol(grade_fit(g, "C").scale, 1, 1e-12);
    ck_assert_double_eq_tol(grade_fit(g, "C").widening, 1, 1e-12);
    grade_free(g);
}
END_TEST

START_TEST(a_month_of_days_is_remembered)
{
    struct grade *g = grade_new();
    const struct grade_row *rows;
    for (int i = 0; i < 40; i++) {
        grade_day(g, date_from_days(date_to_days(20261101) + i));
        grade_add(g, "A", "normal", 300, 600, 400, &as_drawn);
    }
    size_t n = grade_rows(g, &rows);
    ck_assert_uint_le(n, 32);
    ck_assert_uint_ge(n, 30);
    ck_assert_int_eq(rows[n - 1].day, date_from_days(date_to_days(20261101) + 39));
    grade_free(g);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("laws");
    TCase *c = tcase_create("laws");
    tcase_add_checked_fixture(c, forecast_hall_setup, forecast_hall_teardown);
    tcase_add_test(c, an_item_never_seen_takes_as_long_as_configured);
    tcase_add_test(c, one_seen_often_has_its_own_law);
    tcase_add_test(c, of_one_seen_twenty_times_half_is_lent);
    tcase_add_test(c, a_cold_item_is_corrected_by_how_its_hall_keeps_to_what_was_configured);
    tcase_add_test(c, the_absurd_is_cut);
    tcase_add_test(c, services_of_another_shape_keep_their_mean);
    tcase_add_test(c, what_remains_is_what_is_left_of_the_longer_ones);
    tcase_add_test(c, normal_figures_are_right);
    tcase_add_test(c, events_teach_services_and_the_clerks_pace);
    tcase_add_test(c, an_inferred_start_teaches_the_service_and_not_the_walk);
    tcase_add_test(c, those_who_leave_are_counted);
    tcase_add_test(c, the_same_events_teach_the_same);
    tcase_add_test(c, days_before_say_who_will_come);
    tcase_add_test(c, a_first_day_goes_on_as_its_last_hour);
    tcase_add_test(c, predictions_are_graded_by_day_queue_and_class);
    tcase_add_test(c, a_band_that_holds_too_rarely_is_widened_until_it_holds);
    tcase_add_test(c, waits_that_are_longer_than_drawn_are_scaled);
    tcase_add_test(c, a_month_of_days_is_remembered);
    suite_add_tcase(s, c);
    return suite_run(s);
}
