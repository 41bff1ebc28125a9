/*
 * Random halls at work. After each command the invariants hold; each call is checked against a second, plain reading of
 * the policy that looks at every waiting ticket; a hall that only applies the events stays equal, and so does one that
 * went through a snapshot. The seeds are fixed; HALLD_SEEDS=N runs more.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "tests/lib/random_hall.h"
#include "tests/lib/suite.h"

enum { COMMANDS = 10000, DAY_COMMANDS = 3500 };

struct world {
    struct random_hall live;
    struct hall *replica;
    int calls;
};

/* ---- the policy read plainly */

static bool may_serve(const struct window *w, const struct ticket *t)
{
    return t->place.window ? t->place.window == w->window : skill_has(&w->skill, t->place.group);
}

static bool waits(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__waiting;
}

static bool is_gated(const struct ticket *t, int64_t now)
{
    return !t->place.unheld && t->place.gate > now;
}

static bool goes_before(const struct ticket *a, const struct ticket *b, int64_t now)
{
    if (a->place.unheld != b->place.unheld)
        return a->place.unheld;
    if (is_gated(a, now) != is_gated(b, now))
        return is_gated(b, now);
    return key_compare(&a->place.key, &b->place.key) < 0;
}

static int64_t max_head_ms(const struct hall *h)
{
    const Halld__Settings *s = setup_settings(hall_setup(h));
    int64_t most = 0;
    for (size_t i = 0; i < s->n_classes; i++)
        if (s->classes[i]->head_start_s > most)
            most = s->classes[i]->head_start_s;
    return most * 1000;
}

/* Nobody issued more than max(H) - H[mine] after me; who reported back, appointments and returns apart. */
static void check_bound(const struct hall *h, const struct ticket *called, const struct ticket *t)
{
    bool walk_ins = t->origin == HALLD__ORIGIN__E__walk_in && called->origin == HALLD__ORIGIN__E__walk_in;
    if (!walk_ins || t->place.key.sub || called->place.key.sub || called->place.window)
        return;
    int64_t head = setup_head_start_ms(hall_setup(h), t->class_name);
    ck_assert_int_le(called->place.t0 - t->place.t0, max_head_ms(h) - head);
}

/* The hall as it was just before the call. */
static void check_call(const struct hall *h, const Halld__Event *event)
{
    const Halld__TicketCalled *call = event->ticket_called;
    const struct queue *q = hall_queue(h);
    const struct window *w = queue_window_find(q, call->window);
    const struct ticket *called = queue_ticket_find(q, call->ticket);
    ck_assert(w && called && waits(called) && !w->ticket);
    ck_assert(may_serve(w, called) || skill_has(&w->skill, called->place.group));
    int overtook = 0;
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (t == called || !waits(t) || !may_serve(w, t))
            continue;
        bool earlier = t->place.t0 < called->place.t0 || (t->place.t0 == called->place.t0 && t->id < called->id);
        overtook += earlier && !is_gated(t, event->at);
        if (call->rule == HALLD__RULE__E__manual)
            continue;
        ck_assert_msg(!goes_before(t, called, event->at), "%s called before %s", called->number, t->number);
        check_bound(h, called, t);
    }
    ck_assert_int_eq(overtook, call->overtook);
    ck_assert(overtook == 0 || *call->longest_waiting);
}

/* ---- the two halls */

static bool equal(const struct hall *a, const struct hall *b)
{
    Halld__Snapshot *x = hall_to_snapshot(a), *y = hall_to_snapshot(b);
    size_t n = halld__snapshot__get_packed_size(x), m = halld__snapshot__get_packed_size(y);
    uint8_t *p = alloc_zero(n), *q = alloc_zero(m);
    halld__snapshot__pack(x, p);
    halld__snapshot__pack(y, q);
    bool same = n == m && memcmp(p, q, n) == 0;
    free(p);
    free(q);
    halld__snapshot__free_unpacked(x, NULL);
    halld__snapshot__free_unpacked(y, NULL);
    return same;
}

static void decided(void *arg, const struct answer *answer)
{
    struct world *w = arg;
    ck_assert(answer->code == 0 || answer->n_events == 0);
    for (size_t i = 0; i < answer->n_events; i++) {
        const Halld__Event *e = answer->events[i];
        if (e->body_case == HALLD__EVENT__BODY_TICKET_CALLED) {
            check_call(w->replica, e);
            w->calls++;
        }
        hall_apply(w->replica, e);
    }
    const char *broken = hall_check(w->live.play.hall);
    ck_assert_msg(!broken, "%s after %zu events", broken, (size_t)hall_seq(w->live.play.hall));
    ck_assert_int_eq(hall_seq(w->live.play.hall), hall_seq(w->replica));
    ck_assert_int_le(answer->n_events, 256);
}

static void start(struct world *w, int seed)
{
    *w = (struct world){.replica = hall_new()};
    random_hall_init(&w->live, (uint64_t)seed);
    w->live.matters = seed % 2 == 0; /* every second hall has matters, too */
    w->live.nonsense = 30;
    for (size_t i = 0; i < w->live.play.n_journal; i++)
        hall_apply(w->replica, w->live.play.journal[i]);
    w->live.decided = decided;
    w->live.arg = w;
}

static int seeds(void)
{
    const char *n = getenv("HALLD_SEEDS");
    return n ? atoi(n) : 12;
}

START_TEST(random_commands_keep_the_rules_and_replay_equals_live)
{
    for (int seed = 0; seed < seeds(); seed++) {
        struct world w;
        start(&w, seed);
        for (int i = 0; i < COMMANDS; i++) {
            random_hall_step(&w.live);
            if (i % 500 == 499) {
                ck_assert(equal(w.live.play.hall, w.replica));
                struct hall *again = hall_clone(w.live.play.hall);
                ck_assert(equal(w.live.play.hall, again));
                hall_free(w.replica);
                w.replica = again; /* and goes on from the snapshot */
            }
            if (i % DAY_COMMANDS == DAY_COMMANDS - 1) {
                random_hall_end_day(&w.live);
                random_hall_next_day(&w.live);
            }
        }
        ck_assert_int_gt(w.calls, 500);
        random_hall_fini(&w.live);
        hall_free(w.replica);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("random");
    TCase *t = tcase_create("random");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, random_commands_keep_the_rules_and_replay_equals_live);
    suite_add_tcase(s, t);
    return suite_run(s);
}
