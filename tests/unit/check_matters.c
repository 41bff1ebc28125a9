/*
 * The hall's matters beyond what the golden traces show: what is done to every open matter goes in slices, a matter
 * remembers who took its last step, and no definition takes the hall all its time.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/moment.h"
#include "core/flow/flow.h"
#include "tests/lib/play.h"
#include "tests/lib/suite.h"

enum { MATTERS = 700, SLICE = 256 };

static const char SETTINGS[] =
    "{\"queues\":[{\"queue\":\"A\",\"name\":\"Q\",\"default_item\":\"i\"}],\"groups\":[{\"group\":\"g\",\"name\":\"G\"}"
    "],"
    "\"items\":[{\"item\":\"i\",\"name\":\"I\",\"queue\":\"A\",\"group\":\"g\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"N\"}],\"windows\":[{\"window\":1,\"name\":\"W\",\"all\":true}],"
    "\"hours\":[{\"weekday\":1,\"open\":[\"09:00-17:00\"]},{\"weekday\":2,\"open\":[\"09:00-17:00\"]},"
    "{\"weekday\":3,\"open\":[\"09:00-17:00\"]},{\"weekday\":4,\"open\":[\"09:00-17:00\"]},"
    "{\"weekday\":5,\"open\":[\"09:00-17:00\"]}],\"users\":[{\"name\":\"li\",\"role\":\"clerk\"},"
    "{\"name\":\"wu\",\"role\":\"manager\"}]}";

static const char DEFINITION[] =
    "{\"define_flow\":{\"flow\":{\"name\":\"kept\",\"version\":%d,\"zh\":\"物\",\"en\":\"Kept\",\"read\":[\"clerk\"],"
    "\"keep_days\":180,\"states\":[{\"name\":\"%s\",\"zh\":\"在\",\"en\":\"Here\"},{\"name\":\"gone\",\"zh\":\"走\","
    "\"en\":"
    "\"Gone\",\"end\":true}],\"transitions\":[{\"name\":\"find\",\"zh\":\"见\",\"en\":\"Find\",\"to\":\"%s\",\"roles\":"
    "[\"clerk\"]},{\"name\":\"look\",\"zh\":\"看\",\"en\":\"Look\",\"from\":[\"%s\"],\"roles\":[\"clerk\"]},{\"name\":"
    "\"go\",\"zh\":\"去\",\"en\":\"Go\",\"from\":[\"%s\"],\"to\":\"gone\",\"roles\":[\"clerk\",\"clock\"]}],\"clocks\":"
    "[{\"name\":\"keep\",\"zh\":\"存\",\"en\":\"Keep\",\"in\":[\"%s\"],\"limit\":\"kept.keep\",\"marks\":[{\"percent\":"
    "100,\"take\":\"go\"}]}],\"migrations\":[%s]}}}";

static const char PROFILE[] = "{\"set_profile\":{\"profile\":{\"name\":\"p\",\"zh\":\"p\",\"en\":\"p\",\"limits\":[{"
                              "\"key\":\"kept.keep\",\"n\":3,"
                              "\"unit\":\"working_days\",\"source\":\"local\"}]}}}";

/* Wednesday is no working day. */
static const char CALENDAR[] =
    "{\"put_settings\":{\"put\":{\"calendars\":[{\"year\":2026,\"off\":[\"2026-03-11\"]}]}}}";

static struct play p;

static void did(const char *command)
{
    int code = play(&p, command);
    ck_assert_msg(code == 0, "%s: %s %s=%s", command, err_name(code), p.refusal.field, p.refusal.value);
}

static void define(int version, const char *state, const char *migrations)
{
    char *text = alloc_format(DEFINITION, version, state, state, state, state, state, migrations);
    did(text);
    free(text);
}

static void setup_hall(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    play_init(&p, SETTINGS, moment_of_date(20260310, 600));
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did(PROFILE);
    define(1, "here", "");
    play_as(&p, HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk);
    for (int i = 0; i < MATTERS; i++)
        did("{\"open_matter\":{\"flow\":\"kept\",\"transition\":\"find\"}}");
}

static void teardown_hall(void)
{
    play_fini(&p);
}

static size_t count(size_t from, Halld__Event__BodyCase kind)
{
    size_t n = 0;
    for (size_t i = from; i < p.n_journal; i++)
        n += p.journal[i]->body_case == kind;
    return n;
}

static bool same(const struct hall *a, const struct hall *b)
{
    Halld__Snapshot *x = hall_to_snapshot(a), *y = hall_to_snapshot(b);
    size_t n = halld__snapshot__get_packed_size(x), m = halld__snapshot__get_packed_size(y);
    uint8_t *bytes = alloc_zero(n + m + 1);
    halld__snapshot__pack(x, bytes);
    halld__snapshot__pack(y, bytes + n);
    bool equal = n == m && memcmp(bytes, bytes + n, n) == 0;
    free(bytes);
    halld__snapshot__free_unpacked(x, NULL);
    halld__snapshot__free_unpacked(y, NULL);
    return equal;
}

/* Ticks until the hall is through; each is a slice, leaves a sound hall, and one that goes on from a snapshot is equal.
 */
static int catch_up(void)
{
    int slices = 0;
    struct hall *other = hall_clone(p.hall);
    ck_assert(same(p.hall, other));
    play_as(&p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    while (hall_is_behind(p.hall)) {
        ck_assert_int_le(hall_next_due(p.hall), p.now);
        did("{\"tick\":{}}");
        ck_assert_uint_gt(p.answer.n_events, 0);
        ck_assert_uint_le(p.answer.n_events, SLICE);
        for (size_t i = 0; i < p.answer.n_events; i++)
            hall_apply(other, p.answer.events[i]);
        ck_assert_ptr_null(hall_check(p.hall));
        ck_assert(same(p.hall, other));
        slices++;
    }
    hall_free(other);
    return slices;
}

static int64_t due_of(uint64_t matter)
{
    return matter_run_by_name(flow_matter(hall_flow(p.hall), matter), "keep")->due;
}

START_TEST(a_calendar_moves_all_deadlines_in_slices_before_anything_else)
{
    size_t before = p.n_journal;
    ck_assert_int_eq(due_of(MATTERS), moment_of_date(20260313, 1020));
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did(CALENDAR);
    ck_assert_uint_le(p.answer.n_events, SLICE + 1);
    ck_assert(hall_is_behind(p.hall));
    ck_assert_int_eq(due_of(1), moment_of_date(20260316, 1020));
    ck_assert_int_eq(due_of(MATTERS), moment_of_date(20260313, 1020));
    ck_assert_int_eq(play(&p, "{\"open_matter\":{\"flow\":\"kept\",\"transition\":\"find\"}}"), HALL_E_NOT_READY);
    ck_assert_int_eq(catch_up(), 3);
    ck_assert_int_eq(due_of(MATTERS), moment_of_date(20260316, 1020));
    ck_assert_uint_eq(count(before, HALLD__EVENT__BODY_CLOCK_MOVED), MATTERS);
    play_as(&p, HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk);
    did("{\"open_matter\":{\"flow\":\"kept\",\"transition\":\"find\"}}");
}
END_TEST

START_TEST(a_deadline_that_moves_away_is_not_given_because_its_slice_came_late)
{
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    p.now = moment_of_date(20260313, 1020) - 1;
    play_as(&p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    for (size_t n = 1; n > 0; n = p.answer.n_events) /* the yellow cards */
        did("{\"tick\":{}}");
    size_t before = p.n_journal;
    did(CALENDAR);
    p.now += 1000;
    catch_up();
    did("{\"tick\":{}}");
    ck_assert_uint_eq(count(before, HALLD__EVENT__BODY_MATTER_MOVED), 0);
    ck_assert_uint_eq(count(before, HALLD__EVENT__BODY_CLOCK_MOVED), MATTERS);
}
END_TEST

START_TEST(hours_that_move_nothing_are_looked_at_all_the_same_and_cost_little)
{
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did("{\"put_settings\":{\"put\":{\"special\":[{\"date\":\"2027-03-10\",\"open\":[\"09:00-10:00\"]}]}}}");
    ck_assert(!hall_is_behind(p.hall));
    ck_assert_uint_eq(p.answer.n_events, 2);
}
END_TEST

START_TEST(a_setting_that_has_nothing_to_do_with_time_leaves_nothing_behind)
{
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did("{\"put_settings\":{\"put\":{\"windows\":[{\"window\":2,\"name\":\"V\",\"all\":true}]}}}");
    ck_assert_uint_eq(p.answer.n_events, 1);
}
END_TEST

START_TEST(a_migration_goes_in_slices)
{
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    define(2, "there", "{\"from_version\":1,\"states\":[{\"old\":\"here\",\"new\":\"there\"}]}");
    size_t before = p.n_journal;
    did("{\"migrate_flow\":{\"flow\":\"kept\"}}");
    ck_assert_uint_le(p.answer.n_events, SLICE + 2);
    ck_assert(hall_is_behind(p.hall));
    catch_up();
    ck_assert_uint_eq(count(before, HALLD__EVENT__BODY_MATTER_MIGRATED), MATTERS);
    ck_assert_str_eq(matter_state_name(flow_matter(hall_flow(p.hall), MATTERS)), "there");
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did("{\"migrate_flow\":{\"flow\":\"kept\"}}");
    ck_assert_uint_eq(p.answer.n_events, 0);
}
END_TEST

/* What was due is given whether its matter has gone on or not, though it was still ahead when the migration began. */
START_TEST(a_deadline_that_comes_between_the_slices_of_a_migration_is_given)
{
    play_as(&p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    p.now = moment_of_date(20260313, 1020) - 1;
    for (size_t n = 1; n > 0; n = p.answer.n_events) /* the yellow cards */
        did("{\"tick\":{}}");
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    define(2, "there", "{\"from_version\":1,\"states\":[{\"old\":\"here\",\"new\":\"there\"}]}");
    size_t before = p.n_journal;
    did("{\"migrate_flow\":{\"flow\":\"kept\"}}");
    ck_assert(hall_is_behind(p.hall));
    p.now += 1000;
    catch_up();
    for (size_t n = 1; n > 0; n = p.answer.n_events)
        did("{\"tick\":{}}");
    ck_assert_uint_eq(count(before, HALLD__EVENT__BODY_MATTER_MOVED), MATTERS);
    ck_assert_uint_eq(flow_open_count(hall_flow(p.hall)), 0);
}
END_TEST

START_TEST(a_snapshot_whose_limits_no_clock_can_count_is_not_believed)
{
    Halld__Snapshot *s = hall_to_snapshot(p.hall);
    Halld__RunRow *run = s->flow->matters[0]->runs[0];
    const struct {
        int64_t n;
        uint32_t yellow;
        bool sound;
    } rows[] = {{3, 1, true}, {INT64_MAX, 1, false}, {-1, 0, false}, {3, UINT32_MAX, false}, {INT32_MAX, 0, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run->n = rows[i].n;
        run->yellow = rows[i].yellow;
        struct hall *h = hall_from_snapshot(s);
        ck_assert_msg((h != NULL) == rows[i].sound, "%zu", i);
        hall_free(h);
    }
    halld__snapshot__free_unpacked(s, NULL);
}
END_TEST

/* Sleeps until its day, which is past; then wakes and lays the other down. The checker refuses it. */
static const char ROUND[] =
    "{\"define_flow\":{\"flow\":{\"name\":\"pair\",\"version\":1,\"zh\":\"双\",\"en\":\"Pair\",\"read\":[\"clerk\"],"
    "\"keep_days\":180,\"fields\":[{\"name\":\"day\",\"zh\":\"日\",\"en\":\"Day\",\"type\":\"date\"},"
    "{\"name\":\"other\",\"zh\":\"另\",\"en\":\"Other\",\"type\":\"matter\",\"of\":\"pair\"}],\"states\":["
    "{\"name\":\"asleep\",\"zh\":\"睡\",\"en\":\"Asleep\"},{\"name\":\"awake\",\"zh\":\"醒\",\"en\":\"Awake\"},"
    "{\"name\":\"gone\",\"zh\":\"走\",\"en\":\"Gone\",\"end\":true}],\"transitions\":["
    "{\"name\":\"come\",\"zh\":\"来\",\"en\":\"Come\",\"to\":\"awake\",\"roles\":[\"clerk\"],\"may\":[\"day\","
    "\"other\"]},"
    "{\"name\":\"know\",\"zh\":\"知\",\"en\":\"Know\",\"from\":[\"awake\"],\"roles\":[\"clerk\"],\"may\":[\"other\"]},"
    "{\"name\":\"sleep\",\"zh\":\"睡\",\"en\":\"Sleep\",\"from\":[\"awake\"],\"to\":\"asleep\",\"roles\":[\"clerk\","
    "\"matter\"]},"
    "{\"name\":\"wake\",\"zh\":\"醒\",\"en\":\"Wake\",\"from\":[\"asleep\"],\"to\":\"awake\",\"roles\":[\"clock\"],"
    "\"then\":[\"tell other sleep\"]},"
    "{\"name\":\"go\",\"zh\":\"走\",\"en\":\"Go\",\"from\":[\"asleep\",\"awake\"],\"to\":\"gone\",\"roles\":[\"clerk\"]"
    "}],"
    "\"clocks\":[{\"name\":\"night\",\"zh\":\"夜\",\"en\":\"Night\",\"in\":[\"asleep\"],\"limit\":\"field.day\","
    "\"marks\":[{\"percent\":100,\"take\":\"wake\"}]}]}}}";

/* Ticks until nothing is due: how often clocks took something. A hall that goes on from a snapshot is equal. */
static size_t run_out(void)
{
    size_t before = p.n_journal, taken = 0;
    struct hall *other = hall_clone(p.hall);
    play_as(&p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    for (size_t n = 1; n > 0; n = p.answer.n_events) {
        did("{\"tick\":{}}");
        ck_assert_uint_le(p.answer.n_events, SLICE);
        ck_assert_uint_lt(p.n_journal - before, 5000);
        for (size_t i = 0; i < p.answer.n_events; i++)
            hall_apply(other, p.answer.events[i]);
        ck_assert(same(p.hall, other));
        hall_free(other);
        other = hall_clone(p.hall); /* which comes by a snapshot */
    }
    hall_free(other);
    for (size_t i = before; i < p.n_journal; i++)
        taken += p.journal[i]->body_case == HALLD__EVENT__BODY_MATTER_MOVED && *p.journal[i]->matter_moved->clock;
    play_as(&p, HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk);
    return taken;
}

START_TEST(clocks_that_go_round_for_ever_leave_the_others_their_turn)
{
    play_as(&p, HALLD__ACTOR_KIND__E__user, "wu", HALLD__ROLE__E__manager);
    did(ROUND);
    play_as(&p, HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk);
    did("{\"open_matter\":{\"flow\":\"pair\",\"transition\":\"come\",\"fields\":[{\"field\":\"day\",\"texts\":"
        "[\"2026-03-09\"]}]}}");
    did("{\"open_matter\":{\"flow\":\"pair\",\"transition\":\"come\",\"fields\":[{\"field\":\"day\",\"texts\":"
        "[\"2026-03-09\"]},{\"field\":\"other\",\"numbers\":[701]}]}}");
    did("{\"take_transition\":{\"matter\":701,\"transition\":\"know\",\"fields\":[{\"field\":\"other\",\"numbers\":"
        "[702]}]}}");
    did("{\"take_transition\":{\"matter\":701,\"transition\":\"sleep\"}}");
    ck_assert_uint_eq(run_out(), 2 * MATTER_TAKEN_MAX);
    const Halld__MatterTold *last = NULL;
    for (size_t i = 0; i < p.n_journal; i++)
        if (p.journal[i]->body_case == HALLD__EVENT__BODY_MATTER_TOLD)
            last = p.journal[i]->matter_told;
    ck_assert_str_eq(last->result, "NO_MORE_TIMES");
    ck_assert_str_eq(last->clock, "night");
    ck_assert_str_eq(matter_state_name(flow_matter(hall_flow(p.hall), 701)), "asleep");
    p.now += 60000;
    ck_assert_uint_eq(run_out(), 0); /* it is not tried again */
    did("{\"take_transition\":{\"matter\":702,\"transition\":\"sleep\"}}");
    ck_assert_uint_eq(run_out(), 1); /* which finds the other asleep */
    did("{\"take_transition\":{\"matter\":701,\"transition\":\"go\"}}");
}
END_TEST

START_TEST(a_matter_knows_when_it_was_opened_and_who_took_its_last_step)
{
    const struct matter *m = flow_matter(hall_flow(p.hall), 1);
    ck_assert_int_eq(m->opened_at, p.now);
    ck_assert(p.journal[m->opened_seq - 1]->matter_moved->opened);
    ck_assert_str_eq(m->last_by, "user:li");
    play_as(&p, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
    p.now += 1000;
    did("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"look\"}}");
    ck_assert_str_eq(m->last_by, "device:panel");
    ck_assert_str_eq(m->def->flow->transitions[m->last]->name, "look");
    ck_assert_int_eq(m->opened_at, p.now - 1000);
    p.now = moment_of_date(20260313, 1020);
    play_as(&p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    for (size_t n = 1; n > 0; n = p.answer.n_events)
        did("{\"tick\":{}}");
    ck_assert_str_eq(m->last_by, "clock:keep");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matters");
    TCase *tests = tcase_create("matters");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup_hall, teardown_hall);
    tcase_add_test(tests, a_calendar_moves_all_deadlines_in_slices_before_anything_else);
    tcase_add_test(tests, a_deadline_that_moves_away_is_not_given_because_its_slice_came_late);
    tcase_add_test(tests, hours_that_move_nothing_are_looked_at_all_the_same_and_cost_little);
    tcase_add_test(tests, a_setting_that_has_nothing_to_do_with_time_leaves_nothing_behind);
    tcase_add_test(tests, a_migration_goes_in_slices);
    tcase_add_test(tests, a_deadline_that_comes_between_the_slices_of_a_migration_is_given);
    tcase_add_test(tests, a_snapshot_whose_limits_no_clock_can_count_is_not_believed);
    tcase_add_test(tests, clocks_that_go_round_for_ever_leave_the_others_their_turn);
    tcase_add_test(tests, a_matter_knows_when_it_was_opened_and_who_took_its_last_step);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
