#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/setup.h"
#include "tests/lib/suite.h"
#include "tests/unit/engine_fixture.h"

static const char ISSUE[] = "{\"issue_ticket\":{\"queue\":\"A\",\"channel\":\"kiosk\"}}";
static const char ISSUE_B[] = "{\"issue_ticket\":{\"queue\":\"B\",\"channel\":\"kiosk\"}}";

START_TEST(the_first_start_begins_the_journal_imports_and_opens_the_day)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    ck_assert(engine_is_new(f.engine));
    const Halld__JournalStarted *j = hall_journal(f.engine->committed);
    ck_assert_ptr_nonnull(j);
    ck_assert_str_eq(j->hall, "test");
    ck_assert(!j->simulated);
    ck_assert_uint_ne(hall_epoch(f.engine->committed), 0);
    ck_assert_int_eq(fixture_day(&f), 20261123);
    ck_assert_ptr_nonnull(setup_queue_find(hall_setup(f.engine->committed), "B"));
    fixture_fini(&f);
}
END_TEST

START_TEST(an_answer_comes_when_its_events_are_on_disk)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said said;
    fixture_submit(&f, "li", ISSUE, NULL, &said);
    engine_turn(f.engine);
    ck_assert_int_eq(said.times, 0); /* decided, not said */
    ck_assert_uint_gt(hall_seq(f.engine->decided), hall_seq(f.engine->committed));
    engine_flush(f.engine);
    ck_assert_int_eq(said.times, 1);
    ck_assert_int_eq(said.code, 0);
    ck_assert_str_eq(said.number, "A001");
    ck_assert_uint_ge(said.on_disk, said.seq);
    ck_assert_uint_eq(hall_seq(f.engine->decided), hall_seq(f.engine->committed));
    fixture_fini(&f);
}
END_TEST

START_TEST(the_commands_of_one_turn_share_one_commit)
{
    enum { MANY = 200 };
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    static struct said said[MANY];
    for (int i = 0; i < MANY; i++)
        fixture_submit(&f, "li", ISSUE, NULL, &said[i]);
    fixture_turn(&f);
    ck_assert_int_eq(f.commits, 1);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(said[i].times, 1);
        ck_assert_int_eq(said[i].code, 0);
        ck_assert_uint_eq(said[i].seq, said[0].seq + (unsigned)i);
    }
    fixture_fini(&f);
}
END_TEST

START_TEST(while_a_batch_is_in_flight_later_turns_gather_the_next)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said said[4];
    fixture_submit(&f, "li", ISSUE, NULL, &said[0]);
    engine_turn(f.engine);
    ck_assert(f.engine->flying);
    for (int i = 1; i < 4; i++) {
        fixture_submit(&f, "li", ISSUE, NULL, &said[i]);
        engine_turn(f.engine);
    }
    engine_flush(f.engine);
    ck_assert_int_eq(f.commits, 2);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(said[i].times, 1);
    fixture_fini(&f);
}
END_TEST

/* As after four commands shared a commit of 40 ms. */
static void pretend_slow(struct fixture *f)
{
    f->engine->last_took_ms = 40;
    f->engine->expected = 4;
    f->engine->landed_at = clock_monotonic_ms();
}

START_TEST(on_a_slow_disk_a_batch_waits_a_moment_for_those_just_answered)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said said[3];
    pretend_slow(&f);
    for (int i = 0; i < 3; i++) {
        ck_assert(!f.engine->flying);
        fixture_submit(&f, "li", ISSUE, NULL, &said[i]);
        engine_turn(f.engine);
    }
    ck_assert(f.engine->flying); /* three of four are enough */
    engine_flush(f.engine);
    ck_assert_int_eq(f.commits, 1);
    fixture_fini(&f);
}
END_TEST

static void on_said(void *arg)
{
    loop_stop(arg, 0);
}

START_TEST(and_no_longer_than_that)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said said;
    struct loop_watch *look = loop_watch_timer(f.loop, on_said, f.loop);
    pretend_slow(&f);
    fixture_submit(&f, "li", ISSUE, NULL, &said);
    engine_turn(f.engine);
    ck_assert(!f.engine->flying);
    while (!said.times) {
        loop_watch_arm(look, 5);
        loop_run(f.loop);
    }
    ck_assert_int_eq(said.code, 0);
    loop_watch_free(look);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_turn_has_a_bounded_number_of_commands)
{
    enum { MANY = 2500 };
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said *said = calloc(MANY, sizeof *said);
    for (int i = 0; i < MANY; i++)
        fixture_submit(&f, "li", ISSUE, NULL, &said[i]);
    engine_turn(f.engine);
    ck_assert_uint_eq(f.engine->queue.n, MANY - 1000);
    while (f.engine->queue.n)
        engine_turn(f.engine);
    engine_flush(f.engine);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(said[i].times, 1);
    free(said);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_refusal_changes_nothing_and_waits_for_what_was_decided_before)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said issued, refused;
    fixture_submit(&f, "li", ISSUE, NULL, &issued);
    fixture_submit(&f, "li", "{\"issue_ticket\":{\"queue\":\"X\"}}", NULL, &refused);
    engine_turn(f.engine);
    ck_assert_int_eq(refused.times, 0);
    engine_flush(f.engine);
    ck_assert_int_eq(refused.times, 1);
    ck_assert_int_eq(refused.code, HALL_E_UNKNOWN_QUEUE);
    uint64_t seq = hall_seq(f.engine->committed);
    struct said alone = fixture_do(&f, "li", "{\"issue_ticket\":{\"queue\":\"X\"}}", NULL);
    ck_assert_int_eq(alone.code, HALL_E_UNKNOWN_QUEUE);
    ck_assert_uint_eq(hall_seq(f.engine->committed), seq);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_repeat_is_answered_from_the_journal)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said first = fixture_do(&f, "li", ISSUE, "k1");
    fixture_do(&f, "li", ISSUE, NULL);
    struct said again = fixture_do(&f, "li", ISSUE, "k1");
    ck_assert(!first.repeated);
    ck_assert(again.repeated);
    ck_assert_int_eq(again.code, 0);
    ck_assert_uint_eq(again.seq, first.seq);
    ck_assert_uint_eq(again.n, first.n);
    ck_assert_str_eq(again.number, first.number);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_repeat_before_the_commit_waits_for_the_same_commit)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said said[3];
    fixture_submit(&f, "li", ISSUE, "k1", &said[0]);
    fixture_submit(&f, "li", ISSUE, "k1", &said[1]);
    engine_turn(f.engine);
    fixture_submit(&f, "li", ISSUE, "k1", &said[2]);
    engine_turn(f.engine);
    ck_assert_int_eq(said[0].times + said[1].times + said[2].times, 0);
    engine_flush(f.engine);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(said[i].times, 1);
        ck_assert_int_eq(said[i].code, 0);
        ck_assert_int_eq(said[i].repeated, i > 0);
        ck_assert_str_eq(said[i].number, "A001");
    }
    ck_assert_int_eq(f.commits, 1);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_key_used_with_another_body_is_refused)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_do(&f, "li", ISSUE, "k1");
    uint64_t seq = hall_seq(f.engine->committed);
    struct said other = fixture_do(&f, "li", ISSUE_B, "k1");
    ck_assert_int_eq(other.code, HALL_E_KEY_REUSED);
    ck_assert_uint_eq(hall_seq(f.engine->committed), seq);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_key_belongs_to_its_actor)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said li = fixture_do(&f, "li", ISSUE, "k1"), wang = fixture_do(&f, "wang", ISSUE, "k1");
    ck_assert(!wang.repeated);
    ck_assert_str_ne(li.number, wang.number);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_refused_command_is_not_remembered)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said early = fixture_do(&f, "li", "{\"next_ticket\":{\"n\":1}}", "k1");
    ck_assert_int_ne(early.code, 0);
    ck_assert_int_eq(fixture_do(&f, "li", "{\"open_window\":{\"n\":1}}", NULL).code, 0);
    struct said now = fixture_do(&f, "li", "{\"next_ticket\":{\"n\":1}}", "k1");
    ck_assert_int_eq(now.code, 0);
    ck_assert(!now.repeated);
    fixture_fini(&f);
}
END_TEST

static void some_work(struct fixture *f)
{
    fixture_do(f, "li", "{\"open_window\":{\"n\":1}}", NULL);
    fixture_do(f, "wang", "{\"open_window\":{\"n\":2}}", "open");
    for (int i = 0; i < 20; i++) {
        fixture_pass(1000);
        fixture_do(f, "li", i % 3 ? ISSUE : ISSUE_B, i == 7 ? "seven" : NULL);
        if (i % 4 == 0)
            fixture_do(f, "li",
                       i ? "{\"next_ticket\":{\"n\":1,\"outcome\":\"handled\"}}" : "{\"next_ticket\":{\"n\":1}}", NULL);
    }
}

static void check_repeat_is_known(struct fixture *f)
{
    ck_assert(fixture_do(f, "li", ISSUE, "seven").repeated);
    ck_assert_int_eq(fixture_do(f, "li", ISSUE_B, "seven").code, HALL_E_KEY_REUSED);
}

START_TEST(a_replay_equals_the_live_hall)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    some_work(&f);
    struct buf live = fixture_state(&f);
    fixture_kill(&f);
    fixture_must_open(&f);
    fixture_check_same(live, fixture_state(&f));
    ck_assert(!engine_is_new(f.engine));
    check_repeat_is_known(&f);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_start_from_a_snapshot_equals_one_without)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    some_work(&f);
    struct buf live = fixture_state(&f);
    fixture_close(&f); /* writes the snapshot */
    fixture_must_open(&f);
    fixture_check_same(live, fixture_state(&f));
    check_repeat_is_known(&f);
    fixture_do(&f, "li", ISSUE, "later");
    struct buf later = fixture_state(&f);
    fixture_kill(&f);
    fixture_must_open(&f); /* the snapshot and what came after it */
    struct buf with = fixture_state(&f);
    fixture_kill(&f);
    char *command = fixture_path(&f, "snapshot"), line[200];
    snprintf(line, sizeof line, "test -d %s && rm -r %s", command, command);
    ck_assert_int_eq(system(line), 0);
    free(command);
    fixture_must_open(&f);
    fixture_check_same(with, fixture_state(&f));
    fixture_check_same(later, fixture_state(&f));
    ck_assert(fixture_do(&f, "li", ISSUE, "later").repeated);
    fixture_fini(&f);
}
END_TEST

START_TEST(after_a_stop_commands_are_refused_and_those_before_it_are_answered)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    struct said before, after;
    fixture_submit(&f, "li", ISSUE, NULL, &before);
    engine_stop(f.engine);
    ck_assert_int_eq(before.times, 1);
    ck_assert_int_eq(before.code, 0);
    fixture_submit(&f, "li", ISSUE, NULL, &after);
    engine_turn(f.engine);
    ck_assert_int_eq(after.code, HALL_E_NOT_READY);
    fixture_fini(&f);
}
END_TEST

START_TEST(another_hall_or_another_kind_of_clock_is_refused)
{
    struct fixture f;
    char why[200];
    fixture_init(&f);
    fixture_must_open(&f);
    fixture_close(&f);
    f.options.hall_id = "other";
    ck_assert_int_eq(fixture_open(&f, why), HALL_E_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(why, "other"));
    f.options.hall_id = "test";
    f.options.simulated = true;
    f.options.clock_rate = 60;
    ck_assert_int_eq(fixture_open(&f, why), HALL_E_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(why, "simulat"));
    f.options.simulated = false;
    fixture_must_open(&f);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_second_daemon_is_refused)
{
    struct fixture f, g;
    char why[200];
    fixture_init(&f);
    fixture_must_open(&f);
    g = f;
    ck_assert_int_eq(fixture_open(&g, why), HALL_E_IN_USE);
    fixture_fini(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_first_start_begins_the_journal_imports_and_opens_the_day);
    tcase_add_test(t, an_answer_comes_when_its_events_are_on_disk);
    tcase_add_test(t, the_commands_of_one_turn_share_one_commit);
    tcase_add_test(t, while_a_batch_is_in_flight_later_turns_gather_the_next);
    tcase_add_test(t, on_a_slow_disk_a_batch_waits_a_moment_for_those_just_answered);
    tcase_add_test(t, and_no_longer_than_that);
    tcase_add_test(t, a_turn_has_a_bounded_number_of_commands);
    tcase_add_test(t, a_refusal_changes_nothing_and_waits_for_what_was_decided_before);
    tcase_add_test(t, a_repeat_is_answered_from_the_journal);
    tcase_add_test(t, a_repeat_before_the_commit_waits_for_the_same_commit);
    tcase_add_test(t, a_key_used_with_another_body_is_refused);
    tcase_add_test(t, a_key_belongs_to_its_actor);
    tcase_add_test(t, a_refused_command_is_not_remembered);
    tcase_add_test(t, a_replay_equals_the_live_hall);
    tcase_add_test(t, a_start_from_a_snapshot_equals_one_without);
    tcase_add_test(t, after_a_stop_commands_are_refused_and_those_before_it_are_answered);
    tcase_add_test(t, another_hall_or_another_kind_of_clock_is_refused);
    tcase_add_test(t, a_second_daemon_is_refused);
    suite_add_tcase(s, t);
    return suite_run(s);
}
