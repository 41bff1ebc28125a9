#include "forecast_hall.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "forecast/front.h"
#include "tests/lib/suite.h"

static void window_works(int n)
{
    did("{\"open_window\":{\"n\":%d}}", n);
    did("{\"next_ticket\":{\"n\":%d}}", n);
}

static void starts(int n)
{
    did("{\"start_service\":{\"n\":%d}}", n);
}

static const struct quote_row *row(const struct forecast_quote *q, const char *group, const char *class_name)
{
    return quote_find(forecast_quote_table(q), "A", group, class_name);
}

/* ---- one window, services that take exactly as long as known */

START_TEST(without_a_window_nothing_is_promised)
{
    uint64_t t = issued("one", "normal");
    struct forecast_quote *q = quoted(NULL);
    ck_assert_ptr_null(row(q, "g1", "normal"));
    ck_assert_int_eq(starts_in(q, t), -1);
    forecast_quote_free(q);
}
END_TEST

START_TEST(each_item_has_its_usual_time)
{
    window_works(2);
    struct forecast_quote *q = quoted(NULL);
    const struct quote_item *one = quote_item_find(forecast_quote_table(q), "one");
    ck_assert_ptr_nonnull(one);
    ck_assert_int_gt(one->p50_s, 0);
    ck_assert_int_ge(one->p90_s, one->p50_s);
    ck_assert_ptr_null(quote_item_find(forecast_quote_table(q), "none"));
    ck_assert_ptr_null(quote_item_find(NULL, "one"));
    forecast_quote_free(q);
}
END_TEST

START_TEST(whoever_finds_a_window_free_waits_no_time)
{
    window_works(2);
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(row(q, "g1", "normal")->p50_s, 0);
    ck_assert_int_eq(row(q, "g1", "normal")->p90_s, 0);
    ck_assert_ptr_null(row(q, "g2", "normal"));
    forecast_quote_free(q);
}
END_TEST

START_TEST(each_starts_when_those_before_are_done)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    uint64_t second = issued("one", "normal"), third = issued("one", "normal");
    p.now += 2 * MINUTE;
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(starts_in(q, second), 4 * 60);
    ck_assert_int_eq(starts_in(q, third), 10 * 60);
    ck_assert_int_eq(row(q, "g1", "normal")->p50_s, 16 * 60);
    ck_assert_int_eq(row(q, "g1", "normal")->p90_s, 16 * 60);
    forecast_quote_free(q);
}
END_TEST

START_TEST(a_senior_who_comes_now_stands_before_those_of_the_last_twenty_minutes)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    issued("one", "normal");
    p.now += 3 * MINUTE;
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(row(q, "g1", "normal")->p50_s, 9 * 60);
    ck_assert_int_eq(row(q, "g1", "senior")->p50_s, 3 * 60);
    ck_assert_int_eq(row(q, "", "senior")->p50_s, 3 * 60); /* g2 has no window: the queue's row is of g1 alone */
    forecast_quote_free(q);
}
END_TEST

START_TEST(asking_changes_nobodys_place)
{
    know_laws(0.8);
    window_works(1);
    issued("one", "normal");
    starts(1);
    for (int i = 0; i < 5; i++)
        issued(i % 2 ? "one" : "two", "normal");
    struct plan *all = plan_new(p.hall, learn, p.now), *none = plan_new(p.hall, learn, p.now);
    none->n_ghosts = 0;
    struct rollout *with = rollout_new(all, 50, 3), *without = rollout_new(none, 50, 3);
    for (size_t i = 0; i < all->n_tickets; i++)
        ck_assert_mem_eq(rollout_of_ticket(with, i), rollout_of_ticket(without, i), 1 * sizeof(int32_t));
    rollout_free(with);
    rollout_free(without);
    plan_free(all);
    plan_free(none);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_samples)
{
    window_works(1);
    issued("one", "normal");
    starts(1);
    for (int i = 0; i < 20; i++)
        issued(i % 3 ? "one" : "two", i % 4 ? "normal" : "senior");
    struct plan *plan = plan_new(p.hall, learn, p.now);
    struct rollout *a = rollout_new(plan, ROLLOUT_RUNS, 9), *b = rollout_new(plan, ROLLOUT_RUNS, 9);
    ck_assert_mem_eq(a->samples, b->samples, (a->n_tickets + a->n_ghosts) * ROLLOUT_RUNS * sizeof *a->samples);
    rollout_free(a);
    rollout_free(b);
    plan_free(plan);
}
END_TEST

START_TEST(a_break_ends_when_it_was_planned_to)
{
    know_laws(0);
    window_works(2);
    did("{\"break_window\":{\"n\":2,\"reason\":\"lunch\",\"planned_s\":900}}");
    uint64_t t = issued("one", "normal");
    p.now += 5 * MINUTE;
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(starts_in(q, t), 10 * 60);
    forecast_quote_free(q);
}
END_TEST

START_TEST(a_draining_window_calls_nobody)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    did("{\"drain_window\":{\"n\":2}}");
    uint64_t t = issued("one", "normal");
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(starts_in(q, t), -1);
    forecast_quote_free(q);
}
END_TEST

START_TEST(a_held_one_goes_before_others_at_its_window)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    uint64_t next = issued("one", "normal");
    did("{\"hold_ticket\":{\"n\":2}}");
    did("{\"next_ticket\":{\"n\":2}}");
    starts(2);
    uint64_t last = issued("one", "normal");
    struct forecast_quote *q = quoted(NULL);
    ck_assert_int_eq(starts_in(q, next), -1); /* is being served */
    ck_assert_int_ge(starts_in(q, last), 6 * 60);
    ck_assert_int_le(starts_in(q, last), 12 * 60);
    forecast_quote_free(q);
}
END_TEST

/* ---- what is told */

START_TEST(what_is_told_stays_while_it_is_about_right)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    uint64_t t = issued("one", "normal");
    struct forecast_quote *before = quoted(NULL);
    p.now += 20 * SECOND;
    struct forecast_quote *after = quoted(before);
    ck_assert(!forecast_quote_moved(after));
    ck_assert_int_eq(quote_ticket_find(forecast_quote_table(after), t)->p50_at,
                     quote_ticket_find(forecast_quote_table(before), t)->p50_at);
    forecast_quote_free(before);
    forecast_quote_free(after);
}
END_TEST

static void explains(const struct forecast_quote *before, uint64_t ticket, enum quote_worse why, int n)
{
    struct forecast_quote *after = quoted(before);
    const struct quote_ticket *t = quote_ticket_find(forecast_quote_table(after), ticket);
    ck_assert_int_eq(t->worse, why);
    ck_assert_int_eq(t->worse_n, n);
    ck_assert(forecast_quote_moved(after));
    if (why == QUOTE_MORE_AHEAD)
        ck_assert_str_eq(t->worse_class, "senior");
    forecast_quote_free(after);
}

START_TEST(it_says_what_made_it_worse)
{
    know_laws(0);
    window_works(2);
    window_works(1);
    issued("one", "normal");
    issued("one", "normal");
    starts(1);
    starts(2);
    issued("one", "normal");
    uint64_t t = issued("one", "normal");
    struct forecast_quote *before = quoted(NULL);
    ck_assert_int_eq(quote_ticket_find(forecast_quote_table(before), t)->worse, QUOTE_NOT_WORSE);
    issued("one", "senior");
    issued("one", "senior");
    explains(before, t, QUOTE_MORE_AHEAD, 2);
    forecast_quote_free(before);
    before = quoted(NULL);
    did("{\"drain_window\":{\"n\":1}}");
    explains(before, t, QUOTE_FEWER_WINDOWS, 1);
    forecast_quote_free(before);
}
END_TEST

START_TEST(services_that_go_on_and_on_make_it_worse)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    uint64_t t = issued("one", "normal");
    struct forecast_quote *before = quoted(NULL);
    p.now += 12 * MINUTE;
    explains(before, t, QUOTE_LONGER_SERVICES, 0);
    forecast_quote_free(before);
}
END_TEST

START_TEST(figures_are_told_in_minutes)
{
    ck_assert_int_eq(quote_round_p50(0), 0);
    ck_assert_int_eq(quote_round_p50(89), 60);
    ck_assert_int_eq(quote_round_p90(61), 120);
    ck_assert_int_eq(quote_round_p50(2000), 2100);
    ck_assert_int_eq(quote_round_p90(1801), 2100);
    ck_assert_int_eq(quote_round_p90(-5), 0);
}
END_TEST

/* ---- the roll-out calls as the hall does */

static uint64_t dice_state;

static int dice(int n)
{
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((dice_state >> 33) % (unsigned)n);
}

/* Plays on with the real commands: every service ends after its known time. */
static void play_on(int64_t until)
{
    for (;;) {
        int64_t first = INT64_MAX;
        int window = 0;
        for (int w = 1; w <= 3; w++) {
            const struct window *at = queue_window_find(hall_queue(p.hall), w);
            if (!at || !at->ticket)
                continue;
            int64_t ends = at->ticket->start_at + (strcmp(at->ticket->item, "one") == 0 ? 6 : 3) * MINUTE;
            if (ends < first) {
                first = ends;
                window = w;
            }
        }
        if (!window || first > until)
            return;
        p.now = first;
        did("{\"next_ticket\":{\"n\":%d,\"outcome\":\"handled\"}}", window);
        if (queue_window_find(hall_queue(p.hall), window)->ticket)
            starts(window);
    }
}

static void random_hall(void)
{
    static const char *const items[] = {"one", "two"}, *const classes[] = {"normal", "normal", "senior"};
    for (int w = 1; w <= 3; w++)
        if (w == 1 || dice(2))
            window_works(w);
    for (int i = 0; i < 25; i++) {
        int64_t then = p.now + dice(40) * SECOND;
        play_on(then);
        p.now = then;
        issued(items[dice(2)], classes[dice(3)]);
        for (int w = 1; w <= 3; w++) {
            const struct window *at = queue_window_find(hall_queue(p.hall), w);
            if (at && at->ticket && at->ticket->state == HALLD__TICKET_STATE__E__called)
                starts(w);
        }
    }
}

START_TEST(with_known_services_the_future_is_as_foretold)
{
    dice_state = (uint64_t)_i * 7919 + 1;
    know_laws(0);
    random_hall();
    const struct queue *q = hall_queue(p.hall);
    struct plan *plan = plan_new(p.hall, learn, p.now);
    plan->n_kinds = 0; /* nobody else comes */
    struct rollout *r = rollout_new(plan, 1, 1);
    int64_t now = p.now;
    play_on(INT64_MAX);
    for (size_t i = 0; i < plan->n_tickets; i++) {
        const struct ticket *t = queue_ticket_find(q, plan->tickets[i].ticket);
        int32_t told = rollout_of_ticket(r, i)[0];
        if (told == ROLLOUT_NEVER)
            ck_assert_int_eq(t->first_start_at, 0);
        else
            ck_assert_msg(t->first_start_at - now == told, "%s: %lld told %d", t->number,
                          (long long)(t->first_start_at - now), told);
    }
    ck_assert_uint_gt(plan->n_tickets, 5);
    rollout_free(r);
    plan_free(plan);
}
END_TEST

START_TEST(the_booked_and_the_returning_have_figures_of_their_own)
{
    know_laws(0);
    window_works(2);
    issued("one", "normal");
    starts(2);
    for (int i = 0; i < 5; i++)
        issued("one", "normal"); /* until 10:36 */
    did("{\"hold_slot\":{\"item\":\"one\",\"slot_at\":\"2026-11-23T10:30:00+08:00\",\"date\":20261123,\"minute\":630,"
        "\"person\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}}");
    int64_t slot = moment_of_date(20261123, 630);
    struct forecast_quote *q = quoted(NULL);
    const struct quote_place *booked = quote_place_find(forecast_quote_table(q), "A", "g1", slot);
    const struct quote_place *back = quote_place_find(forecast_quote_table(q), "A", "g1", 0);
    ck_assert_ptr_nonnull(booked);
    ck_assert_ptr_nonnull(back);
    ck_assert_int_eq(booked->p50_s, 30 * 60); /* the gate opens at 10:25, a window calls at 10:30 */
    ck_assert_int_eq(booked->p90_s, 30 * 60);
    ck_assert_int_eq(back->p50_s, 6 * 60);
    ck_assert_int_ge(row(q, "g1", "normal")->p50_s, 36 * 60); /* and 6 minutes more if the booked one comes */
    ck_assert_int_eq(row(q, "g1", "normal")->p90_s, 42 * 60);
    ck_assert_ptr_null(quote_place_find(forecast_quote_table(q), "A", "g1", slot + 30 * MINUTE));

    p.quote = forecast_quote_table(q);
    did("{\"check_in\":{\"id\":\"%llu\"}}", (unsigned long long)queue_appointment_at(hall_queue(p.hall), 0)->id);
    p.quote = NULL;
    ck_assert_int_eq(p.answer.events[0]->ticket_issued->wait_p50_s, 30 * 60);
    uint64_t ticket = p.answer.events[0]->seq;
    struct forecast_quote *later = quoted(q);
    ck_assert_int_eq(starts_in(later, ticket), 30 * 60);
    forecast_quote_free(later);
    forecast_quote_free(q);
}
END_TEST

START_TEST(a_return_is_told_by_how_early_it_counts)
{
    struct quote_row row = {.queue = "A", .group = "g1", .class_name = "normal", .p50_s = 1200, .p90_s = 2000};
    struct quote_place back = {.queue = "A", .group = "g1", .head_start = 30 * MINUTE, .p50_s = 300, .p90_s = 500};
    struct quote quote = {.n_rows = 1, .n_places = 1, .rows = &row, .places = &back};
    window_works(2);
    uint64_t first = issued("one", "normal");
    starts(2);
    did("{\"finish_ticket\":{\"n\":2,\"outcome\":\"supplement\",\"missing\":[\"x\"]}}");
    p.now += 15 * MINUTE;
    quote.at = p.now;
    p.quote = &quote;
    did("{\"issue_ticket\":{\"return_id\":\"%llu\"}}", (unsigned long long)first); /* counts as 15 minutes ago */
    p.quote = NULL;
    ck_assert_int_eq(p.answer.events[0]->ticket_issued->wait_p50_s, 750);
    ck_assert_int_eq(p.answer.events[0]->ticket_issued->wait_p90_s, 1250);
}
END_TEST

START_TEST(of_a_very_long_line_the_first_are_played_and_the_others_reckoned)
{
    enum { LINE = 3000, FEW = 5, SERVICE = 2 };
    laws_fix(learn->laws, "one", SERVICE * SECOND, 0);
    laws_fix(learn->laws, "two", 3 * MINUTE, 0);
    window_works(2);
    window_works(3);
    uint64_t first = issued("one", "normal"), last = 0, few = 0;
    starts(2);
    issued("two", "normal");
    starts(3);
    uint64_t second = issued("one", "normal");
    for (int i = 2; i <= LINE; i++)
        last = issued("one", "normal");
    for (int i = 0; i < FEW; i++)
        few = issued("two", "normal"); /* the last of all, but few before it at its window */
    struct plan *plan = plan_new(p.hall, learn, p.now);
    ck_assert_uint_eq(plan->n_tickets, FRONT_MOST);
    ck_assert_uint_eq(plan->n_beyond, LINE + FEW - FRONT_MOST);
    ck_assert_ptr_null(plan_ticket_find(plan, first));
    ck_assert_ptr_nonnull(plan_ticket_find(plan, second));
    ck_assert_ptr_nonnull(plan_ticket_find(plan, few));
    ck_assert_ptr_null(plan_ticket_find(plan, last));
    plan_free(plan);
    struct forecast_quote *q = quoted(NULL);
    ck_assert_uint_eq(forecast_quote_table(q)->n_tickets, LINE + FEW);
    ck_assert_int_eq(starts_in(q, second), SERVICE);
    ck_assert_int_eq(starts_in(q, second + 500), 501 * SERVICE);
    ck_assert_int_le(abs(starts_in(q, second + 1500) - 1501 * SERVICE), 2);
    ck_assert_int_le(abs(starts_in(q, last) - LINE * SERVICE), 2);
    ck_assert_int_eq(starts_in(q, few), FEW * 180);
    ck_assert_int_le(abs(row(q, "g1", "normal")->p50_s - (LINE + 1) * SERVICE), 4);
    ck_assert_int_eq(row(q, "g2", "normal")->p50_s, (FEW + 1) * 180);
    ck_assert_int_lt(row(q, "g1", "senior")->p50_s, 60); /* nobody has waited for twenty minutes */
    forecast_quote_free(q);
}
END_TEST

START_TEST(later_seniors_are_reckoned_with)
{
    know_laws(0);
    window_works(2);
    for (int i = 0; i < 60; i++) { /* an hour in which every minute a senior comes for item two */
        issued("one", i % 2 ? "normal" : "senior");
        p.now += 30 * SECOND;
    }
    starts(2);
    struct plan *plan = plan_new(p.hall, learn, p.now);
    ck_assert_uint_gt(plan->n_kinds, 0);
    ck_assert_double_eq_tol(plan->rate[0] * 3600000, 60, 15);
    struct rollout *r = rollout_new(plan, ROLLOUT_RUNS, 1);
    plan->n_kinds = 0;
    struct rollout *alone = rollout_new(plan, ROLLOUT_RUNS, 1);
    int ghost = plan_ghost_find(plan, 0, 0);
    int32_t *with = rollout_of_ghost(r, (size_t)ghost), *without = rollout_of_ghost(alone, (size_t)ghost);
    rollout_sort(with, ROLLOUT_RUNS);
    rollout_sort(without, ROLLOUT_RUNS);
    ck_assert_int_gt(rollout_quantile(with, ROLLOUT_RUNS, 0.5),
                     rollout_quantile(without, ROLLOUT_RUNS, 0.5) + 30 * MINUTE);
    rollout_free(r);
    rollout_free(alone);
    plan_free(plan);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("rollout");
    TCase *c = tcase_create("rollout");
    tcase_add_checked_fixture(c, forecast_hall_setup, forecast_hall_teardown);
    tcase_add_test(c, without_a_window_nothing_is_promised);
    tcase_add_test(c, whoever_finds_a_window_free_waits_no_time);
    tcase_add_test(c, each_item_has_its_usual_time);
    tcase_add_test(c, each_starts_when_those_before_are_done);
    tcase_add_test(c, a_senior_who_comes_now_stands_before_those_of_the_last_twenty_minutes);
    tcase_add_test(c, asking_changes_nobodys_place);
    tcase_add_test(c, the_same_seed_gives_the_same_samples);
    tcase_add_test(c, a_break_ends_when_it_was_planned_to);
    tcase_add_test(c, a_draining_window_calls_nobody);
    tcase_add_test(c, a_held_one_goes_before_others_at_its_window);
    tcase_add_test(c, what_is_told_stays_while_it_is_about_right);
    tcase_add_test(c, it_says_what_made_it_worse);
    tcase_add_test(c, services_that_go_on_and_on_make_it_worse);
    tcase_add_test(c, figures_are_told_in_minutes);
    tcase_add_loop_test(c, with_known_services_the_future_is_as_foretold, 0, 40);
    tcase_add_test(c, the_booked_and_the_returning_have_figures_of_their_own);
    tcase_add_test(c, a_return_is_told_by_how_early_it_counts);
    tcase_add_test(c, of_a_very_long_line_the_first_are_played_and_the_others_reckoned);
    tcase_add_test(c, later_seniors_are_reckoned_with);
    suite_add_tcase(s, c);
    return suite_run(s);
}
