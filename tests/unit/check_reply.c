#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/view.pb-c.h"
#include "tests/lib/suite.h"
#include "view/reply.h"
#include "view_hall.h"

/* The reply to the last command. */
static ProtobufCMessage *reply(Halld__Command__BodyCase command)
{
    return reply_find(command)->render(&p.answer, "http://hall");
}

/* ---- replies */

START_TEST(every_command_from_outside_has_a_reply_and_those_of_the_engine_have_none)
{
    /* Commands about matters come from inside: no route takes them as they are. */
    static const Halld__Command__BodyCase engine_only[] = {
        HALLD__COMMAND__BODY_OPEN_DAY,      HALLD__COMMAND__BODY_TICK,        HALLD__COMMAND__BODY_MOVE_COUNTERS,
        HALLD__COMMAND__BODY_START_JOURNAL, HALLD__COMMAND__BODY_OPEN_MATTER, HALLD__COMMAND__BODY_TAKE_TRANSITION,
        HALLD__COMMAND__BODY_DEFINE_FLOW,   HALLD__COMMAND__BODY_SET_PROFILE, HALLD__COMMAND__BODY_MIGRATE_FLOW,
    };
    size_t none = 0;
    for (unsigned i = 0; i < halld__command__descriptor.n_fields; i++) {
        unsigned id = halld__command__descriptor.fields[i].id;
        const struct reply_row *row = reply_find((Halld__Command__BodyCase)id);
        none += row == NULL;
        for (size_t k = 0; k < sizeof engine_only / sizeof *engine_only; k++)
            ck_assert(id != (unsigned)engine_only[k] || !row);
    }
    ck_assert_uint_eq(none, sizeof engine_only / sizeof *engine_only);
    for (size_t i = 1; i < reply_count(); i++)
        ck_assert_int_lt(reply_at(i - 1)->command, reply_at(i)->command);
}
END_TEST

START_TEST(a_new_ticket_is_answered_with_its_link_and_place)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"item\":\"a2\",\"class\":\"senior\",\"channel\":\"kiosk\"}}");
    ck_assert_int_eq(reply_find(HALLD__COMMAND__BODY_ISSUE_TICKET)->status, 201);
    ProtobufCMessage *m = reply(HALLD__COMMAND__BODY_ISSUE_TICKET);
    has(m, "\"number\":\"A002\",\"queue\":\"A\",\"item\":\"a2\",\"item_name\":\"补换证件\",\"class\":\"senior\","
           "\"origin\":\"walk_in\",\"channel\":\"kiosk\",\"state\":\"waiting\","
           "\"issued_at\":\"2026-11-23T10:00:01.000+08:00\",\"ahead\":0");
    has(m, "\"url\":\"http://hall/t/05050505050505050505050505050505\"");
    gone(m);
}
END_TEST

START_TEST(a_ticket_taken_while_a_window_is_ready_is_answered_as_called)
{
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    ProtobufCMessage *m = reply(HALLD__COMMAND__BODY_NEXT_TICKET);
    char *json = json_of(m);
    ck_assert_str_eq(json, "{}");
    free(json);
    gone(m);
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    m = reply(HALLD__COMMAND__BODY_ISSUE_TICKET);
    has(m, "\"state\":\"called\"");
    has(m, "\"window\":7");
    lacks(m, "\"ahead\"");
    gone(m);
}
END_TEST

START_TEST(next_is_answered_with_the_called_ticket_and_why)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    p.now += 5 * MINUTE;
    issued("{\"issue_ticket\":{\"queue\":\"A\",\"class\":\"senior\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    ProtobufCMessage *m = reply(HALLD__COMMAND__BODY_NEXT_TICKET);
    has(m, "\"number\":\"A002\"");
    has(m, "\"state\":\"called\"");
    has(m, "\"why\":{\"rule\":\"head_start\",\"text\":\"70 岁以上算早到 20 分钟，按 9:45 排；越过 1 位，等得最久的是 "
           "A001。\",\"text_en\":\"70 and over: counts as 20 minutes earlier, from 9:45; 1 overtaken, of whom A001 has "
           "waited longest.\",\"overtook\":1,\"longest_waiting\":\"A001\"}");
    gone(m);
    did("{\"next_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    m = reply(HALLD__COMMAND__BODY_NEXT_TICKET);
    has(m, "\"number\":\"A001\"");
    has(m, "\"text\":\"10:00 取号，是本窗口能办的人里最早的；没有人因此被越过。\"");
    gone(m);
}
END_TEST

START_TEST(a_repeated_answer_is_the_same_although_the_hall_went_on)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    struct answer first = p.answer;
    Halld__Event *events[4];
    memcpy(events, first.events, first.n_events * sizeof *events);
    first.events = events;
    ProtobufCMessage *then = reply(HALLD__COMMAND__BODY_ISSUE_TICKET);
    char *before = json_of(then);
    gone(then);
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    ProtobufCMessage *m = reply_find(HALLD__COMMAND__BODY_ISSUE_TICKET)->render(&first, "http://hall");
    char *after = json_of(m);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    gone(m);
}
END_TEST

/* A verb's window and ticket as the command left them. */
static void check_verb(const char *command, Halld__Command__BodyCase verb, const char *window_state,
                       const char *ticket_state)
{
    char part[64];
    did(command);
    Halld__WindowReply *r = (Halld__WindowReply *)reply(verb);
    ck_assert_ptr_nonnull(r->window);
    snprintf(part, sizeof part, "\"state\":\"%s\"", window_state);
    has(&r->window->base, part);
    ck_assert(!r->ticket == !ticket_state);
    if (ticket_state) {
        snprintf(part, sizeof part, "\"state\":\"%s\"", ticket_state);
        has(&r->ticket->base, part);
    }
    gone(r);
}

START_TEST(window_verbs_answer_with_the_window_and_its_ticket)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    uint64_t second = issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    char call[96], unhold[96];
    snprintf(unhold, sizeof unhold, "{\"unhold_ticket\":{\"n\":7,\"ticket\":\"%d\"}}", (int)second - 1);
    snprintf(call, sizeof call, "{\"call_ticket\":{\"n\":7,\"ticket\":\"%d\",\"reason\":\"听不清\"}}", (int)second);
    check_verb("{\"open_window\":{\"n\":7}}", HALLD__COMMAND__BODY_OPEN_WINDOW, "open", NULL);
    did("{\"next_ticket\":{\"n\":7}}");
    p.now += 50 * SECOND;
    check_verb("{\"repeat_call\":{\"n\":7}}", HALLD__COMMAND__BODY_REPEAT_CALL, "busy", "called");
    check_verb("{\"start_service\":{\"n\":7}}", HALLD__COMMAND__BODY_START_SERVICE, "busy", "serving");
    check_verb("{\"hold_ticket\":{\"n\":7}}", HALLD__COMMAND__BODY_HOLD_TICKET, "open", "held");
    check_verb(unhold, HALLD__COMMAND__BODY_UNHOLD_TICKET, "open", "waiting");
    check_verb(call, HALLD__COMMAND__BODY_CALL_TICKET, "busy", "called");
    p.now += 2 * MINUTE;
    check_verb("{\"miss_ticket\":{\"n\":7}}", HALLD__COMMAND__BODY_MISS_TICKET, "open", "missed");
    check_verb("{\"break_window\":{\"n\":7,\"reason\":\"吃饭\",\"planned_s\":600}}", HALLD__COMMAND__BODY_BREAK_WINDOW,
               "break", NULL);
    check_verb("{\"resume_window\":{\"n\":7}}", HALLD__COMMAND__BODY_RESUME_WINDOW, "open", NULL);
    check_verb("{\"suspend_window\":{\"n\":7,\"reason\":\"电脑坏\"}}", HALLD__COMMAND__BODY_SUSPEND_WINDOW, "suspended",
               NULL);
    check_verb("{\"close_window\":{\"n\":7}}", HALLD__COMMAND__BODY_CLOSE_WINDOW, "closed", NULL);
}
END_TEST

START_TEST(a_transfer_answers_with_the_new_leg)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"transfer_ticket\":{\"n\":7,\"queue\":\"B\"}}");
    Halld__WindowReply *r = (Halld__WindowReply *)reply(HALLD__COMMAND__BODY_TRANSFER_TICKET);
    ck_assert_int_eq(r->window->window, 7);
    ck_assert_int_eq(r->window->state, HALLD__WINDOW_STATE__E__open);
    ck_assert_int_eq(r->window->has_number_case, HALLD__WINDOW_VIEW__HAS_NUMBER__NOT_SET);
    has(&r->ticket->base, "\"number\":\"A001\",\"queue\":\"B\",\"item\":\"b1\",\"item_name\":\"过户\"");
    ck_assert_int_eq(r->ticket->leg, 1);
    gone(r);
}
END_TEST

START_TEST(a_change_of_settings_answers_with_the_rows_but_no_secret)
{
    did("{\"put_settings\":{\"put\":{\"users\":[{\"name\":\"li\",\"role\":\"clerk\",\"secret\":\"AAAA\"}]}}}");
    ProtobufCMessage *m = reply(HALLD__COMMAND__BODY_PUT_SETTINGS);
    has(m, "\"name\":\"li\"");
    lacks(m, "AAAA");
    gone(m);
}
END_TEST

START_TEST(a_manual_call_names_its_reason)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    char call[96];
    did("{\"open_window\":{\"n\":7}}");
    snprintf(call, sizeof call, "{\"call_ticket\":{\"n\":7,\"ticket\":\"%d\",\"reason\":\"急病\"}}", (int)id);
    did(call);
    Halld__WindowReply *w = (Halld__WindowReply *)reply(HALLD__COMMAND__BODY_CALL_TICKET);
    ck_assert_str_eq(w->why->text, "窗口人员指定叫号，原因：急病；越过 1 位，等得最久的是 A001。");
    gone(w);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("reply");
    TCase *t = tcase_create("reply");
    tcase_add_checked_fixture(t, view_hall_setup, view_hall_teardown);
    tcase_add_test(t, every_command_from_outside_has_a_reply_and_those_of_the_engine_have_none);
    tcase_add_test(t, a_new_ticket_is_answered_with_its_link_and_place);
    tcase_add_test(t, a_ticket_taken_while_a_window_is_ready_is_answered_as_called);
    tcase_add_test(t, next_is_answered_with_the_called_ticket_and_why);
    tcase_add_test(t, a_repeated_answer_is_the_same_although_the_hall_went_on);
    tcase_add_test(t, window_verbs_answer_with_the_window_and_its_ticket);
    tcase_add_test(t, a_transfer_answers_with_the_new_leg);
    tcase_add_test(t, a_change_of_settings_answers_with_the_rows_but_no_secret);
    tcase_add_test(t, a_manual_call_names_its_reason);
    suite_add_tcase(s, t);
    return suite_run(s);
}
