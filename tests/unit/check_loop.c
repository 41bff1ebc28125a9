#include <check.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "tests/lib/suite.h"

static struct loop *loop;
static struct loop_watch *first, *second, *turn;
static char trace[64];

static void note(const char *what)
{
    strncat(trace, what, sizeof trace - strlen(trace) - 1);
}

static void on_turn_end(void *arg)
{
    (void)arg;
    note("T");
    loop_stop(loop, 3);
}

static void on_readable(void *arg)
{
    (void)arg;
    note("r");
    loop_watch_ask(turn);
    loop_watch_ask(turn);
}

START_TEST(the_turns_end_comes_once_after_all_its_callbacks)
{
    int a[2], b[2];
    ck_assert_int_eq(pipe(a), 0);
    ck_assert_int_eq(pipe(b), 0);
    loop = loop_new();
    first = loop_watch_readable(loop, a[0], on_readable, NULL);
    second = loop_watch_readable(loop, b[0], on_readable, NULL);
    turn = loop_watch_turn_end(loop, on_turn_end, NULL);
    trace[0] = '\0';
    ck_assert_int_eq(write(a[1], "x", 1), 1);
    ck_assert_int_eq(write(b[1], "x", 1), 1);
    ck_assert_int_eq(loop_run(loop), 3);
    ck_assert_str_eq(trace, "rrT");
    loop_watch_free(first);
    loop_watch_free(second);
    loop_watch_free(turn);
    loop_free(loop);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}
END_TEST

static void on_turn_end_twice(void *arg)
{
    (void)arg;
    bool again = strcmp(trace, "r") == 0;
    note("T");
    if (again) {
        loop_watch_ask(turn);
        return;
    }
    loop_watch_free(turn); /* from inside its own call */
    loop_stop(loop, 0);
}

START_TEST(asked_from_inside_itself_it_waits_for_the_sockets)
{
    int a[2];
    ck_assert_int_eq(pipe(a), 0);
    loop = loop_new();
    first = loop_watch_readable(loop, a[0], on_readable, NULL); /* stays readable */
    turn = loop_watch_turn_end(loop, on_turn_end_twice, NULL);
    trace[0] = '\0';
    ck_assert_int_eq(write(a[1], "x", 1), 1);
    ck_assert_int_eq(loop_run(loop), 0);
    ck_assert_str_eq(trace, "rTrT");
    loop_watch_free(first);
    loop_free(loop);
    close(a[0]);
    close(a[1]);
}
END_TEST

static void on_first(void *arg)
{
    (void)arg;
    note("1");
    loop_watch_free(first); /* from inside its own call */
    first = NULL;
    loop_watch_arm(second, 0);
}

static void on_second(void *arg)
{
    (void)arg;
    note("2");
    loop_stop(loop, 0);
}

START_TEST(a_timer_may_free_itself_and_arm_another)
{
    loop = loop_new();
    first = loop_watch_timer(loop, on_first, NULL);
    second = loop_watch_timer(loop, on_second, NULL);
    struct loop_watch *never = loop_watch_timer(loop, on_turn_end, NULL);
    trace[0] = '\0';
    loop_watch_arm(never, 0);
    loop_watch_disarm(never);
    loop_watch_arm(first, -5);
    ck_assert_int_eq(loop_run(loop), 0);
    ck_assert_str_eq(trace, "12");
    loop_watch_free(second);
    loop_watch_free(never);
    loop_watch_free(NULL);
    loop_free(loop);
}
END_TEST

START_TEST(a_signal_wakes_the_loop)
{
    loop = loop_new();
    second = loop_watch_signal(loop, SIGUSR1, on_second, NULL);
    trace[0] = '\0';
    ck_assert_int_eq(raise(SIGUSR1), 0);
    ck_assert_int_eq(loop_run(loop), 0);
    ck_assert_str_eq(trace, "2");
    loop_watch_free(second);
    loop_free(loop);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("loop");
    TCase *t = tcase_create("loop");
    tcase_add_test(t, the_turns_end_comes_once_after_all_its_callbacks);
    tcase_add_test(t, asked_from_inside_itself_it_waits_for_the_sockets);
    tcase_add_test(t, a_timer_may_free_itself_and_arm_another);
    tcase_add_test(t, a_signal_wakes_the_loop);
    suite_add_tcase(s, t);
    return suite_run(s);
}
