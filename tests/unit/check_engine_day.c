/* Days, midnights, zones and clocks that lie. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/queue/queue_state.h"
#include "tests/lib/suite.h"
#include "tests/unit/engine_fixture.h"

static const char ISSUE[] = "{\"issue_ticket\":{\"queue\":\"A\",\"channel\":\"kiosk\"}}";
static const char ACCEPT[] = "{\"accept_clock\":{\"reason\":\"looked at a watch\"}}";

static const int64_t HOUR = 3600000, DAY = 86400000;

static const struct day *day_of(const struct fixture *f)
{
    return queue_day(hall_queue(f->engine->committed));
}

START_TEST(a_day_opens_with_its_hours)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    const struct day *d = day_of(&f);
    ck_assert_int_eq(d->date, 20261123);
    ck_assert_uint_eq(d->n_open, 2);
    ck_assert_int_eq(d->open[0].from, FIXTURE_MONDAY_9);
    ck_assert_int_eq(d->open[0].to, FIXTURE_MONDAY_9 + 3 * HOUR);
    ck_assert_int_eq(d->open[1].from, FIXTURE_MONDAY_9 + 4 * HOUR + HOUR / 2);
    ck_assert_int_eq(d->end_at, FIXTURE_MONDAY_9 + 15 * HOUR);
    fixture_fini(&f);
}
END_TEST

static void take_breaks(struct fixture *f, int n)
{
    ck_assert_int_eq(fixture_do(f, "li", "{\"open_window\":{\"n\":1}}", NULL).code, 0);
    for (int i = 0; i < n; i++) {
        char *pause = alloc_format("{\"break_window\":{\"n\":1,\"reason\":\"for reason number %d\"}}", i);
        ck_assert_int_eq(fixture_do(f, "li", pause, NULL).code, 0);
        ck_assert_int_eq(fixture_do(f, "li", "{\"resume_window\":{\"n\":1}}", NULL).code, 0);
        free(pause);
    }
}

START_TEST(what_was_written_on_a_day_is_forgotten_with_it)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    take_breaks(&f, 100);
    ck_assert_uint_ge(hall_queue(f.engine->committed)->texts.count, 100);
    fixture_pass(DAY);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, 0);
    ck_assert_uint_lt(hall_queue(f.engine->committed)->texts.count, 10);
    ck_assert_uint_lt(hall_queue(f.engine->decided)->texts.count, 10);
    take_breaks(&f, 2);
    struct buf live = fixture_state(&f);
    fixture_kill(&f);
    fixture_must_open(&f);
    fixture_check_same(live, fixture_state(&f));
    fixture_fini(&f);
}
END_TEST

START_TEST(the_first_command_after_midnight_sweeps_the_old_day_and_opens_the_new)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said monday = fixture_do(&f, "li", ISSUE, NULL);
    fixture_pass(DAY);
    struct said tuesday = fixture_do(&f, "li", ISSUE, NULL);
    ck_assert_int_eq(tuesday.code, 0);
    ck_assert_str_eq(monday.number, "A001");
    ck_assert_str_eq(tuesday.number, "A001");
    ck_assert_int_eq(fixture_day(&f), 20261124);
    ck_assert_ptr_null(hall_check(f.engine->committed));
    fixture_fini(&f);
}
END_TEST

START_TEST(many_waiting_people_are_swept_in_several_turns_before_the_new_day)
{
    enum { MANY = 3000 };
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    static struct said said[MANY];
    for (int i = 0; i < MANY; i++)
        fixture_submit(&f, "li", ISSUE, NULL, &said[i]);
    while (f.engine->queue.n)
        fixture_turn(&f);
    fixture_pass(DAY);
    struct said tuesday;
    fixture_submit(&f, "li", ISSUE, NULL, &tuesday);
    fixture_turn(&f);
    ck_assert_int_eq(tuesday.times, 0);
    while (!tuesday.times)
        fixture_turn(&f);
    ck_assert_str_eq(tuesday.number, "A001");
    fixture_fini(&f);
}
END_TEST

START_TEST(a_hall_switched_off_for_days_opens_the_day_it_wakes_up_in)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_do(&f, "li", ISSUE, NULL);
    fixture_kill(&f);
    fixture_pass(3 * DAY); /* to Thursday, which has no hours */
    fixture_must_open(&f);
    ck_assert_int_eq(fixture_day(&f), 20261126);
    ck_assert_uint_eq(day_of(&f)->n_open, 0);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, HALL_E_HALL_CLOSED);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_day_of_24_hours_ends_at_the_next_midnight)
{
    struct fixture f;
    fixture_init(&f);
    fixture_wall += 2 * DAY; /* Wednesday */
    fixture_must_open(&f);
    const struct day *d = day_of(&f);
    ck_assert_int_eq(d->open[0].to, d->end_at);
    ck_assert_int_eq(d->end_at - d->open[0].from, DAY);
    fixture_pass(14 * HOUR + 59 * 60000);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, 0);
    fixture_pass(60000);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, HALL_E_HALL_CLOSED);
    ck_assert_int_eq(fixture_day(&f), 20261126);
    fixture_fini(&f);
}
END_TEST

static int64_t length_of_day(const char *zone, const char *noon, int32_t date)
{
    struct fixture f;
    fixture_init(&f);
    setenv("TZ", zone, 1);
    tzset();
    ck_assert(moment_from_text(noon, &fixture_wall));
    f.options.zone = zone;
    fixture_must_open(&f);
    ck_assert_int_eq(fixture_day(&f), date);
    int64_t length = day_of(&f)->end_at - moment_of_date(date, 0);
    fixture_pass(length);
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), date_from_days(date_to_days(date) + 1));
    fixture_fini(&f);
    return length;
}

START_TEST(days_have_23_to_25_hours_where_clocks_are_changed)
{
    ck_assert_int_eq(length_of_day("Europe/Berlin", "2026-03-29T12:00:00+02:00", 20260329), 23 * HOUR);
    ck_assert_int_eq(length_of_day("Europe/Berlin", "2026-10-25T12:00:00+01:00", 20261025), 25 * HOUR);
    ck_assert_int_eq(length_of_day("Asia/Shanghai", "2026-10-25T12:00:00+08:00", 20261025), 24 * HOUR);
}
END_TEST

START_TEST(a_step_of_the_wall_neither_moves_the_hall_nor_repeats_a_number)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_do(&f, "li", "{\"open_window\":{\"n\":1}}", NULL);
    struct said first = fixture_do(&f, "li", ISSUE, NULL);
    fixture_wall += DAY; /* a step forward, past midnight */
    fixture_pass(1000);
    engine_look(f.engine);
    int64_t stepped;
    ck_assert(engine_clock_stepped(f.engine, &stepped));
    ck_assert_int_eq(stepped, DAY);
    struct said second = fixture_do(&f, "li", ISSUE, NULL);
    ck_assert_int_eq(fixture_day(&f), 20261123);
    fixture_wall -= DAY + 6 * HOUR; /* and one back */
    fixture_pass(1000);
    struct said third = fixture_do(&f, "li", ISSUE, NULL);
    ck_assert_str_eq(first.number, "A001");
    ck_assert_str_eq(second.number, "A002");
    ck_assert_str_eq(third.number, "A003");
    ck_assert_int_eq(fixture_do(&f, "li", "{\"next_ticket\":{\"n\":1}}", NULL).code, 0);
    const struct ticket *t = queue_ticket_find(hall_queue(f.engine->committed), first.seq);
    ck_assert_int_eq(t->call_at - t->issued_at, 2000);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_step_is_followed_when_the_day_ends)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_wall += 2 * HOUR;
    fixture_pass(14 * HOUR); /* by the hall 23:00 */
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), 20261123);
    fixture_pass(HOUR);
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), 20261124);
    ck_assert_int_eq(clock_now(&f.engine->clock), fixture_wall);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_step_of_more_than_a_week_is_followed_only_if_the_kernel_is_sure)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_wall += 400 * DAY;
    fixture_pass(DAY);
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), 20261124);
    fixture_synced = true;
    fixture_pass(DAY);
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), moment_to_date(fixture_wall));
    fixture_fini(&f);
}
END_TEST

START_TEST(a_start_before_the_last_event_is_read_only_until_accepted)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said first = fixture_do(&f, "li", ISSUE, NULL);
    fixture_kill(&f);
    fixture_wall -= HOUR;
    fixture_must_open(&f);
    uint64_t seq = hall_seq(f.engine->committed);
    ck_assert(engine_is_read_only(f.engine));
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, HALL_E_CLOCK_DOUBTFUL);
    ck_assert_uint_eq(hall_seq(f.engine->committed), seq);
    ck_assert_int_eq(fixture_do(&f, "admin", ACCEPT, NULL).code, 0);
    ck_assert(!engine_is_read_only(f.engine));
    struct said second = fixture_do(&f, "li", ISSUE, NULL);
    ck_assert_str_eq(first.number, "A001");
    ck_assert_str_eq(second.number, "A002");
    fixture_fini(&f);
}
END_TEST

START_TEST(a_start_weeks_later_is_read_only_unless_the_kernel_is_sure)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_kill(&f);
    fixture_pass(8 * DAY);
    fixture_must_open(&f);
    ck_assert(engine_is_read_only(f.engine));
    ck_assert_int_eq(fixture_day(&f), 20261123);
    ck_assert_int_eq(fixture_do(&f, "admin", ACCEPT, NULL).code, 0);
    fixture_turn(&f);
    ck_assert_int_eq(fixture_day(&f), 20261201);
    fixture_kill(&f);
    fixture_pass(8 * DAY);
    fixture_synced = true;
    fixture_must_open(&f);
    ck_assert(!engine_is_read_only(f.engine));
    ck_assert_int_eq(fixture_day(&f), 20261209);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_hall_may_accept_the_clock_at_every_start)
{
    struct fixture f;
    fixture_init(&f);
    f.options.accept_clock = true;
    fixture_must_open(&f);
    fixture_kill(&f);
    fixture_pass(30 * DAY);
    fixture_must_open(&f);
    ck_assert(!engine_is_read_only(f.engine));
    ck_assert_int_eq(fixture_day(&f), 20261223);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_clock_accepted_while_running_moves_the_hall_at_once)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_wall += 2 * HOUR;
    ck_assert_int_eq(fixture_do(&f, "admin", ACCEPT, NULL).code, 0);
    ck_assert_int_eq(clock_now(&f.engine->clock), fixture_wall);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_simulated_hall_runs_fast_and_goes_on_where_it_was)
{
    struct fixture f;
    fixture_init(&f);
    f.options.simulated = true;
    f.options.clock_start = FIXTURE_MONDAY_9;
    f.options.clock_rate = 60;
    fixture_wall = 0; /* means nothing to it */
    fixture_must_open(&f);
    ck_assert_int_eq(fixture_day(&f), 20261123);
    ck_assert(hall_journal(f.engine->committed)->simulated);
    fixture_boot += 24 * 60000;
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, 0);
    ck_assert_int_eq(fixture_day(&f), 20261124);
    fixture_kill(&f);
    fixture_must_open(&f);
    ck_assert(!engine_is_read_only(f.engine));
    ck_assert_int_eq(clock_now(&f.engine->clock), FIXTURE_MONDAY_9 + DAY);
    fixture_fini(&f);
}
END_TEST

static void give_up_waiting(void *arg)
{
    loop_stop(arg, 0);
}

START_TEST(the_timer_comes_by_itself_when_something_is_due)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_do(&f, "li", ISSUE, NULL);
    fixture_pass(8 * HOUR + 59 * 60000 + 59990); /* ten milliseconds to the sweep, an hour after closing */
    struct loop_watch *give_up = loop_watch_timer(f.loop, give_up_waiting, f.loop);
    fixture_turn(&f);
    ck_assert(!day_of(&f)->closed);
    fixture_pass(10);
    loop_watch_arm(give_up, 200);
    loop_run(f.loop);
    ck_assert(day_of(&f)->closed);
    loop_watch_free(give_up);
    fixture_fini(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine_day");
    TCase *t = tcase_create("engine_day");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_day_opens_with_its_hours);
    tcase_add_test(t, what_was_written_on_a_day_is_forgotten_with_it);
    tcase_add_test(t, the_first_command_after_midnight_sweeps_the_old_day_and_opens_the_new);
    tcase_add_test(t, many_waiting_people_are_swept_in_several_turns_before_the_new_day);
    tcase_add_test(t, a_hall_switched_off_for_days_opens_the_day_it_wakes_up_in);
    tcase_add_test(t, a_day_of_24_hours_ends_at_the_next_midnight);
    tcase_add_test(t, days_have_23_to_25_hours_where_clocks_are_changed);
    tcase_add_test(t, a_step_of_the_wall_neither_moves_the_hall_nor_repeats_a_number);
    tcase_add_test(t, a_step_is_followed_when_the_day_ends);
    tcase_add_test(t, a_step_of_more_than_a_week_is_followed_only_if_the_kernel_is_sure);
    tcase_add_test(t, a_start_before_the_last_event_is_read_only_until_accepted);
    tcase_add_test(t, a_start_weeks_later_is_read_only_unless_the_kernel_is_sure);
    tcase_add_test(t, a_hall_may_accept_the_clock_at_every_start);
    tcase_add_test(t, a_clock_accepted_while_running_moves_the_hall_at_once);
    tcase_add_test(t, a_simulated_hall_runs_fast_and_goes_on_where_it_was);
    tcase_add_test(t, the_timer_comes_by_itself_when_something_is_due);
    suite_add_tcase(s, t);
    return suite_run(s);
}
