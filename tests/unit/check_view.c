#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/message.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "tests/lib/suite.h"
#include "view/alarms.h"
#include "view/board.h"
#include "view/fairness.h"
#include "view/hall_view.h"
#include "view/history.h"
#include "view/settings_view.h"
#include "view/ticket_view.h"
#include "view/trace.h"
#include "view/why.h"
#include "view/window_view.h"
#include "view_hall.h"

/* ---- the board, the hall, the catalogue */

START_TEST(the_board_shows_calls_that_are_not_over_newest_first)
{
    for (int i = 0; i < 3; i++)
        issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":3}}");
    did("{\"next_ticket\":{\"n\":7}}");
    Halld__BoardView *b = board_view_new(p.hall, p.now);
    ck_assert_uint_eq(b->n_calls, 2);
    ck_assert_str_eq(b->calls[0]->number, "B002");
    ck_assert_str_eq(b->calls[1]->number, "B001");
    ck_assert_int_eq(b->calls[0]->repeat, 1);
    has(&b->base, "\"windows\":[{\"window\":3,\"name\":\"不动产窗口\",\"name_en\":\"\",\"role\":\"special\","
                  "\"state\":\"busy\",\"number\":\"B001\"");
    has(&b->base, "\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"name_en\":\"General\",\"waiting\":0},"
                  "{\"queue\":\"B\",\"name\":\"不动产\",\"name_en\":\"\",\"waiting\":1}]");
    has(&b->base, "\"epoch\":\"0123456789abcdef\",\"hall\":\"试验大厅\"");
    has(&b->base, "\"duty_leader\":\"\"");
    lacks(&b->base, "token");
    gone(b);
    did("{\"start_service\":{\"n\":7}}");
    did("{\"finish_ticket\":{\"n\":3,\"outcome\":\"handled\"}}");
    did("{\"next_ticket\":{\"n\":3}}");
    b = board_view_new(p.hall, p.now);
    ck_assert_uint_eq(b->n_calls, 2);
    ck_assert_str_eq(b->calls[0]->number, "B003");
    ck_assert_str_eq(b->calls[1]->number, "B002");
    gone(b);
}
END_TEST

START_TEST(the_hall_says_when_it_is_open_and_when_next)
{
    Halld__HallView *v = hall_view_new(p.hall, p.now, false);
    ck_assert(v->open);
    ck_assert_str_eq(v->date, "2026-11-23");
    ck_assert_uint_eq(v->n_hours, 1);
    ck_assert_str_eq(v->hours[0], "00:00-24:00");
    ck_assert_str_eq(v->next_open, "");
    ck_assert_int_eq(v->closes_at, moment_of_date(20261124, 0));
    gone(v);
    int64_t lunch = moment_of_date(20261124, 12 * 60 + 30); /* a Tuesday, not opened yet */
    v = hall_view_new(p.hall, lunch, true);
    ck_assert(!v->open && v->read_only);
    ck_assert_uint_eq(v->n_hours, 2);
    ck_assert_str_eq(v->next_open, "2026-11-24T13:30:00.000+08:00");
    gone(v);
    v = hall_view_new(p.hall, moment_of_date(20261124, 18 * 60), false);
    ck_assert_str_eq(v->next_open, "2026-12-01T09:00:00.000+08:00");
    gone(v);
}
END_TEST

START_TEST(items_are_found_by_name_initials_and_code)
{
    static const struct {
        const char *q;
        size_t n;
        const char *first;
    } cases[] = {{NULL, 3, "a1"}, {"", 3, "a1"},   {"证", 2, "a1"},   {"BH", 1, "a2"},
                 {"b", 3, "b1"},  {"zj", 1, "a2"}, {"home", 1, "b1"}, {"没有", 0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Halld__CatalogueView *v = catalogue_view_new(p.hall, cases[i].q);
        ck_assert_msg(v->n_items == cases[i].n, "%s: %zu", cases[i].q, v->n_items);
        if (v->n_items > 0)
            ck_assert_str_eq(v->items[0]->item, cases[i].first);
        ck_assert_uint_eq(v->n_queues, 2);
        gone(v);
    }
    Halld__CatalogueView *v = catalogue_view_new(p.hall, "a2");
    has(&v->base, "\"promised_days\":7");
    has(&v->base, "{\"class\":\"senior\",\"name\":\"70 岁以上\",\"name_en\":\"70 and over\",\"head_start_s\":1200,"
                  "\"kiosk\":true}");
    gone(v);
}
END_TEST

START_TEST(what_is_taken_most_stands_first_without_what_stands_for_a_queue)
{
    for (int i = 0; i < 3; i++)
        issued("{\"issue_ticket\":{\"queue\":\"A\"}}"); /* a1 stands for A, b1 for B */
    issued("{\"issue_ticket\":{\"item\":\"a2\"}}");
    issued("{\"issue_ticket\":{\"item\":\"b1\"}}");
    Halld__CatalogueView *v = catalogue_view_new(p.hall, NULL);
    ck_assert_uint_eq(v->n_often, 1);
    ck_assert_str_eq(v->often[0], "a2");
    gone(v);
}
END_TEST

/* ---- tickets */

START_TEST(staff_never_see_the_link_and_the_person_sees_where_to_go)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"open_window\":{\"n\":7}}");
    Halld__TicketView *v = ticket_view_new(p.hall, ticket(id));
    lacks(&v->base, "token");
    lacks(&v->base, "url");
    gone(v);
    v = ticket_view_new_person(p.hall, ticket(id), "https://hall.example");
    has(&v->base, "\"url\":\"https://hall.example/t/04040404040404040404040404040404\"");
    has(&v->base, "\"windows\":[3,7]");
    has(&v->base, "\"ahead\":0");
    gone(v);
}
END_TEST

START_TEST(a_missed_ticket_says_until_when_it_may_come_back)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"next_ticket\":{\"n\":3}}");
    p.now += 2 * MINUTE;
    int64_t missed = p.now;
    did("{\"miss_ticket\":{\"n\":3}}");
    Halld__TicketView *v = ticket_view_new_person(p.hall, ticket(id), "");
    ck_assert_int_eq(v->state, HALLD__TICKET_STATE__E__missed);
    ck_assert_int_eq(v->due_at, missed + 20 * MINUTE);
    gone(v);
}
END_TEST

static Halld__TicketList *list(const char *json)
{
    ProtobufCMessage *query = NULL;
    ck_assert_int_eq(pbjson_read(&halld__ticket_query__descriptor, json, strlen(json), &PBJSON_OUTSIDE, &query, NULL),
                     0);
    Halld__TicketList *l = ticket_list_new(p.hall, (Halld__TicketQuery *)query);
    gone(query);
    return l;
}

START_TEST(tickets_are_listed_newest_first_a_page_at_a_time)
{
    for (int i = 0; i < 5; i++)
        issued(i % 2 ? "{\"issue_ticket\":{\"queue\":\"B\"}}" : "{\"issue_ticket\":{\"queue\":\"A\"}}");
    Halld__TicketList *l = list("{\"most\":2}");
    ck_assert_int_eq(l->total, 5);
    ck_assert_uint_eq(l->n_tickets, 2);
    ck_assert_str_eq(l->tickets[0]->number, "A003");
    ck_assert_int_eq(l->has_next_case, HALLD__TICKET_LIST__HAS_NEXT_NEXT);
    char next[64];
    snprintf(next, sizeof next, "{\"most\":3,\"after\":\"%llu\"}", (unsigned long long)l->next);
    gone(l);
    l = list(next);
    ck_assert_uint_eq(l->n_tickets, 3);
    ck_assert_str_eq(l->tickets[2]->number, "A001");
    ck_assert_int_eq(l->has_next_case, HALLD__TICKET_LIST__HAS_NEXT__NOT_SET);
    gone(l);
}
END_TEST

START_TEST(tickets_are_found_by_state_queue_number_and_words)
{
    static const struct {
        const char *query;
        int total;
    } cases[] = {{"{}", 3},
                 {"{\"queue\":\"B\"}", 1},
                 {"{\"state\":\"called\"}", 1},
                 {"{\"state\":\"waiting\"}", 2},
                 {"{\"number\":\"a002\"}", 1},
                 {"{\"q\":\"过户\"}", 1},
                 {"{\"q\":\"a00\"}", 2},
                 {"{\"q\":\"xyz\"}", 0}};
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Halld__TicketList *l = list(cases[i].query);
        ck_assert_msg(l->total == cases[i].total, "%s: %d", cases[i].query, l->total);
        gone(l);
    }
}
END_TEST

START_TEST(a_tickets_history_is_told_in_both_languages)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"finish_ticket\":{\"n\":7,\"outcome\":\"supplement\",\"missing\":[\"身份证\"]}}");
    struct reader r = play_reader(&p);
    Halld__TicketHistory empty = HALLD__TICKET_HISTORY__INIT;
    Halld__TicketHistory *v = (Halld__TicketHistory *)message_clone(&empty.base);
    v->ticket = ticket_view_new(p.hall, ticket(id));
    ck_assert_int_eq(ticket_history_read(hall_setup(p.hall), id, &r, v), 0);
    ck_assert_uint_eq(v->n_history, 4);
    ck_assert_str_eq(v->history[0]->text, "取号 A001，前面 0 人");
    ck_assert_str_eq(v->history[1]->text_en, "Called to window 7");
    ck_assert_str_eq(v->history[2]->actor, "device:panel");
    ck_assert_str_eq(v->history[3]->text, "7 号窗口办结：需补正");
    ck_assert_str_eq(v->history[3]->text_en, "Finished at window 7: papers are missing");
    lacks(&v->base, "token");
    gone(v);
}
END_TEST

/* ---- windows */

START_TEST(a_clerk_sees_who_is_here_and_why_who_is_held_and_who_comes_next)
{
    for (int i = 0; i < 6; i++)
        issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"hold_ticket\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    int64_t called = p.now - SECOND;
    Halld__WindowDetail *d = window_detail_new(p.hall, 7);
    ck_assert_str_eq(d->ticket->number, "A003");
    ck_assert_str_eq(d->clerk, "panel");
    ck_assert_ptr_nonnull(strstr(d->why->text, "10:00 取号"));
    ck_assert_uint_eq(d->n_held, 1);
    ck_assert_str_eq(d->held[0]->number, "A001");
    ck_assert_uint_eq(d->n_next, 3);
    ck_assert_str_eq(d->next[0]->number, "A004");
    ck_assert_int_eq(d->waiting, 3);
    ck_assert_int_eq(d->served_today, 1);
    ck_assert_int_eq(d->repeat_from_at, called + 45 * SECOND);
    ck_assert_int_eq(d->miss_from_at, called + 90 * SECOND);
    has(&d->window->base, "\"queues\":[\"A\",\"B\"]");
    gone(d);
    did("{\"start_service\":{\"n\":7}}");
    d = window_detail_new(p.hall, 7);
    ck_assert_int_eq(d->has_repeat_at_case, HALLD__WINDOW_DETAIL__HAS_REPEAT_AT__NOT_SET);
    gone(d);
}
END_TEST

START_TEST(a_window_that_never_opened_is_listed_as_closed)
{
    Halld__WindowList *l = window_list_new(p.hall);
    ck_assert_uint_eq(l->n_windows, 2);
    ck_assert_int_eq(l->windows[0]->window->window, 3);
    ck_assert_int_eq(l->windows[0]->window->state, HALLD__WINDOW_STATE__E__closed);
    has(&l->windows[0]->window->base, "\"queues\":[\"B\"]");
    gone(l);
    ck_assert_ptr_null(window_detail_new(p.hall, 99));
    ck_assert_ptr_null(window_view_new(p.hall, 99));
}
END_TEST

/* ---- why */

START_TEST(why_says_the_whole_order_and_who_went_before)
{
    uint64_t first = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    p.now += MINUTE;
    issued("{\"issue_ticket\":{\"queue\":\"A\",\"class\":\"senior\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    struct reader r = play_reader(&p);
    Halld__WhyView *v = why_view_new(hall_setup(p.hall), queue_day(hall_queue(p.hall))->date, first, &r);
    ck_assert_uint_eq(v->n_calls, 1);
    ck_assert_int_eq(v->calls[0]->overtaken_by, 1);
    ck_assert_uint_eq(v->calls[0]->n_order, 2);
    ck_assert_str_eq(v->calls[0]->order[0]->number, "A001");
    ck_assert_str_eq(v->calls[0]->order[1]->number, "B001");
    has(&v->base, "\"calls\":[{\"at\":\"2026-11-23T10:01:");
    has(&v->base, "\"rule\":\"order\"");
    gone(v);
}
END_TEST

START_TEST(why_keeps_each_call_of_a_ticket_that_was_transferred)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"transfer_ticket\":{\"n\":7,\"queue\":\"B\",\"window\":3}}");
    did("{\"next_ticket\":{\"n\":3}}");
    struct reader r = play_reader(&p);
    Halld__WhyView *v = why_view_new(hall_setup(p.hall), queue_day(hall_queue(p.hall))->date, id, &r);
    ck_assert_uint_eq(v->n_calls, 2);
    ck_assert_int_eq(v->calls[1]->window, 3);
    ck_assert_int_eq(v->calls[1]->rule, HALLD__RULE__E__named);
    ck_assert_str_eq(v->calls[1]->text, "转到本窗口办理，按 10:00 排；没有人因此被越过。");
    ck_assert_uint_eq(v->calls[1]->n_order, 2);
    gone(v);
}
END_TEST

/* ---- alarms */

static const struct machine_facts calm = {.read_only_why = "", .free_mib = 5000, .min_free_mib = 64};

static void alarms_are(const struct machine_facts *m, const char *const *names, size_t n)
{
    Halld__AlarmList *l = alarm_list_new(p.hall, p.now, m);
    char *json = json_of(l);
    ck_assert_msg(l->n_alarms == n, "%s", json);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strcmp(l->alarms[i]->alarm, names[i]) == 0, "%s not in its place in %s", names[i], json);
    free(json);
    gone(l);
}

START_TEST(a_quiet_hall_has_no_alarms)
{
    alarms_are(&calm, NULL, 0);
}
END_TEST

START_TEST(the_machines_troubles_come_first)
{
    struct machine_facts m = {.read_only = true,
                              .read_only_why = "disk",
                              .clock_stepped = true,
                              .clock_step_ms = 9000,
                              .free_mib = 100,
                              .min_free_mib = 64,
                              .cannot_seal = true,
                              .series = "broken"};
    alarms_are(&m, (const char *const[]){"read_only", "disk", "clock", "keys", "series"}, 5);
}
END_TEST

START_TEST(forecasts_that_come_true_too_seldom_raise_an_alarm)
{
    const struct quote_cover covers[] = {{"A", 799}, {"B", 800}, {"X", 10}};
    const struct quote quote = {.n_covers = 3, .covers = covers};
    struct machine_facts m = calm;
    m.quote = &quote;
    alarms_are(&m, (const char *const[]){"forecast/A"}, 1);
}
END_TEST

START_TEST(people_whom_no_open_window_can_serve_raise_an_alarm)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    alarms_are(&calm, (const char *const[]){"unserved/A", "unserved/B"}, 2);
    did("{\"open_window\":{\"n\":3}}");
    alarms_are(&calm, (const char *const[]){"unserved/A"}, 1);
    did("{\"open_window\":{\"n\":7}}");
    alarms_are(&calm, NULL, 0);
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"transfer_ticket\":{\"n\":7,\"queue\":\"B\",\"window\":3}}");
    did("{\"close_window\":{\"n\":3}}");
    ck_assert_int_eq(ticket(id)->state, HALLD__TICKET_STATE__E__waiting);
    alarms_are(&calm, (const char *const[]){"named/A001"}, 1);
}
END_TEST

/* What the kiosk of the test's hall says. */
static void kiosk_says(const char *command)
{
    play_as(&p, HALLD__ACTOR_KIND__E__device, "k1", HALLD__ROLE__E__kiosk);
    did(command);
    play_as(&p, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
}

START_TEST(printers_help_and_silent_devices_raise_alarms)
{
    kiosk_says("{\"report_device\":{\"printer\":\"ok\"}}");
    alarms_are(&calm, NULL, 0);
    kiosk_says("{\"report_device\":{\"printer\":\"low\"}}");
    alarms_are(&calm, (const char *const[]){"paper/k1"}, 1);
    kiosk_says("{\"report_device\":{\"printer\":\"failed\"}}");
    kiosk_says("{\"call_help\":{}}");
    struct silent_device silent[] = {{"k1", p.now - 5 * MINUTE}, {"removed", 0}};
    struct machine_facts m = calm;
    m.silent = silent;
    m.n_silent = 2;
    alarms_are(&m, (const char *const[]){"help/k1", "silent/k1", "printer/k1"}, 3);
    Halld__AlarmList *l = alarm_list_new(p.hall, p.now, &m);
    has(&l->base, "\"text\":\"k1：有人请求帮助\",\"text_en\":\"k1: somebody asks for help\"");
    has(&l->base, "\"text_en\":\"k1: not heard of for 5 min; look at screen, power and cable\"");
    has(&l->base, "\"device\":\"k1\"");
    gone(l);
    did("{\"answer_help\":{\"device\":\"k1\"}}");
    kiosk_says("{\"report_device\":{\"printer\":\"ok\"}}");
    alarms_are(&calm, NULL, 0);
}
END_TEST

START_TEST(a_slip_is_told_to_staff_and_in_the_history)
{
    uint64_t id = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    char report[80];
    snprintf(report, sizeof report, "{\"report_print\":{\"id\":\"%llu\",\"reason\":\"paper\"}}",
             (unsigned long long)id);
    kiosk_says(report);
    struct reader r = play_reader(&p);
    Halld__TicketHistory empty = HALLD__TICKET_HISTORY__INIT;
    Halld__TicketHistory *v = (Halld__TicketHistory *)message_clone(&empty.base);
    v->ticket = ticket_view_new(p.hall, ticket(id));
    has(&v->ticket->base, "\"slip\":\"failed\"");
    ck_assert_int_eq(ticket_history_read(hall_setup(p.hall), id, &r, v), 0);
    ck_assert_uint_eq(v->n_history, 2);
    ck_assert_str_eq(v->history[1]->text, "小票没有打出来：没有纸");
    ck_assert_str_eq(v->history[1]->text_en, "The slip did not come out: no paper");
    gone(v);
}
END_TEST

START_TEST(the_board_has_the_notices_of_now_and_the_next_day)
{
    char put[600];
    snprintf(put, sizeof put,
             "{\"put_settings\":{\"put\":{\"notices\":[{\"notice\":\"always\",\"text\":\"请保管好物品\"},"
             "{\"notice\":\"past\",\"text\":\"过去了\",\"to_at\":\"2026-11-23T09:00:00+08:00\"},"
             "{\"notice\":\"soon\",\"text\":\"下午停水\",\"text_en\":\"No "
             "water\",\"from_at\":\"2026-11-23T14:00:00+08:00\"},"
             "{\"notice\":\"later\",\"text\":\"下周\",\"from_at\":\"2026-11-30T14:00:00+08:00\"}]}}}");
    play_as(&p, HALLD__ACTOR_KIND__E__peer, "root", HALLD__ROLE__E__admin);
    did(put);
    Halld__BoardView *b = board_view_new(p.hall, p.now);
    ck_assert_uint_eq(b->n_notices, 2);
    ck_assert_str_eq(b->notices[0]->text, "请保管好物品");
    ck_assert_str_eq(b->notices[1]->text_en, "No water");
    ck_assert_int_eq(b->notices[1]->from_at, moment_of_date(20261123, 14 * 60));
    gone(b);
}
END_TEST

START_TEST(held_tickets_long_breaks_and_suspended_windows_raise_alarms)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"hold_ticket\":{\"n\":7}}");
    alarms_are(&calm, NULL, 0);
    did("{\"close_window\":{\"n\":7}}");
    alarms_are(&calm, (const char *const[]){"held/A001"}, 1);
    did("{\"break_window\":{\"n\":3,\"reason\":\"吃饭\",\"planned_s\":60}}");
    alarms_are(&calm, (const char *const[]){"held/A001"}, 1);
    p.now += 5 * MINUTE;
    alarms_are(&calm, (const char *const[]){"held/A001", "break/3"}, 2);
    did("{\"suspend_window\":{\"n\":3,\"reason\":\"停电\"}}");
    alarms_are(&calm, (const char *const[]){"held/A001", "suspended/3"}, 2);
}
END_TEST

/* ---- the trace, settings */

START_TEST(the_trace_tells_the_day_in_neutral_rows)
{
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    did("{\"open_window\":{\"n\":7}}");
    did("{\"open_window\":{\"n\":3}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    did("{\"break_window\":{\"n\":3,\"reason\":\"吃饭\",\"planned_s\":60}}");
    did("{\"resume_window\":{\"n\":3}}");
    struct buf out = BUF_INIT;
    struct reader r = play_reader(&p);
    ck_assert_int_eq(trace_write(&r, 20261123, &out), 0);
    ck_assert_str_eq(buf_text(&out), "t_ms,seq,event,ticket,window,item,class,arg\n"
                                     "1795399200000,4,issue,A001,,g1,normal,\n"
                                     "1795399201000,5,open,,7,,,all\n"
                                     "1795399202000,6,open,,3,,,g2\n"
                                     "1795399203000,7,ready,,7,,,\n"
                                     "1795399203000,8,call,A001,7,,,auto\n"
                                     "1795399204000,9,start,A001,7,,,\n"
                                     "1795399205000,10,end,A001,7,,,\n"
                                     "1795399206000,11,close,,3,,,\n"
                                     "1795399207000,12,open,,3,,,g2\n");
    buf_clear(&out);
    ck_assert_int_eq(trace_write(&r, 20261124, &out), HALL_E_NOT_FOUND);
    buf_fini(&out);
}
END_TEST

START_TEST(settings_are_shown_by_table_and_without_secrets)
{
    Halld__SettingsView *v = settings_view_new(p.hall, "windows");
    has(&v->base, "\"window\":3");
    lacks(&v->base, "\"queue\":\"A\"");
    gone(v);
    v = settings_view_new(p.hall, NULL);
    has(&v->base, "\"name\":\"wang\"");
    has(&v->base, "\"name\":\"k1\"");
    lacks(&v->base, "AAEC");
    gone(v);
    ck_assert_ptr_null(settings_view_new(p.hall, "nonsense"));
}
END_TEST

/* ---- reports */

static Halld__FairnessReport *fairness(int32_t day)
{
    struct reader r = play_reader(&p);
    Halld__FairnessReport *v = NULL;
    ck_assert_int_eq(fairness_report_read(&r, day, &v), 0);
    return v;
}

START_TEST(the_fairness_report_has_who_went_before_whom_and_who_decided_it)
{
    char call[128];
    issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    p.now += 2 * MINUTE;
    issued("{\"issue_ticket\":{\"queue\":\"A\",\"class\":\"senior\",\"channel\":\"kiosk\"}}");
    uint64_t last = issued("{\"issue_ticket\":{\"queue\":\"A\"}}");
    p.now += 40 * MINUTE;
    did("{\"open_window\":{\"n\":7}}");
    did("{\"next_ticket\":{\"n\":7}}");
    did("{\"start_service\":{\"n\":7}}");
    did("{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    snprintf(call, sizeof call, "{\"call_ticket\":{\"n\":7,\"ticket\":\"%llu\",\"reason\":\"急\"}}",
             (unsigned long long)last);
    did(call);
    Halld__FairnessReport *v = fairness(20261123);
    ck_assert_uint_eq(v->as_of_seq, hall_seq(p.hall));
    ck_assert_str_eq(v->date, "2026-11-23");
    ck_assert_uint_eq(v->n_classes, 2);
    ck_assert_str_eq(v->classes[1]->class_, "senior");
    ck_assert_int_eq(v->classes[1]->overtook, 1);
    ck_assert_int_eq(v->classes[1]->waits, 1);
    ck_assert_int_eq(v->classes[0]->overtook, 1);
    ck_assert_int_eq(v->classes[0]->issued, 2);
    ck_assert_uint_eq(v->n_manual_calls, 1);
    ck_assert_str_eq(v->manual_calls[0]->reason, "急");
    ck_assert_int_eq(v->manual_calls[0]->overtook, 1);
    ck_assert(strlen(v->manual_calls[0]->actor) > 0);
    ck_assert_uint_eq(v->n_grants, 1);
    ck_assert_str_eq(v->grants[0]->class_, "senior");
    ck_assert_int_eq(v->grants[0]->tickets, 1);
    ck_assert_uint_eq(v->n_longest_waits, 3);
    ck_assert_str_eq(v->longest_waits[0]->number, "A001");
    ck_assert_int_eq(v->longest_waits[0]->state, HALLD__TICKET_STATE__E__waiting);
    ck_assert_int_ge(v->longest_waits[0]->wait_s, 42 * 60);
    ck_assert_int_eq(v->waited_long, 3);
    gone(v);
}
END_TEST

START_TEST(a_day_that_is_not_in_the_journal_has_no_report)
{
    struct reader r = play_reader(&p);
    Halld__FairnessReport *v = NULL;
    ck_assert_int_eq(fairness_report_read(&r, 20261122, &v), HALL_E_NOT_FOUND);
    ck_assert_int_eq(fairness_report_read(&r, 20271122, &v), HALL_E_NOT_FOUND);
    ck_assert_ptr_null(v);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("view");
    TCase *t = tcase_create("view");
    tcase_add_checked_fixture(t, view_hall_setup, view_hall_teardown);
    tcase_add_test(t, the_fairness_report_has_who_went_before_whom_and_who_decided_it);
    tcase_add_test(t, a_day_that_is_not_in_the_journal_has_no_report);
    tcase_add_test(t, the_board_shows_calls_that_are_not_over_newest_first);
    tcase_add_test(t, the_hall_says_when_it_is_open_and_when_next);
    tcase_add_test(t, items_are_found_by_name_initials_and_code);
    tcase_add_test(t, what_is_taken_most_stands_first_without_what_stands_for_a_queue);
    tcase_add_test(t, staff_never_see_the_link_and_the_person_sees_where_to_go);
    tcase_add_test(t, a_missed_ticket_says_until_when_it_may_come_back);
    tcase_add_test(t, tickets_are_listed_newest_first_a_page_at_a_time);
    tcase_add_test(t, tickets_are_found_by_state_queue_number_and_words);
    tcase_add_test(t, a_tickets_history_is_told_in_both_languages);
    tcase_add_test(t, a_clerk_sees_who_is_here_and_why_who_is_held_and_who_comes_next);
    tcase_add_test(t, a_window_that_never_opened_is_listed_as_closed);
    tcase_add_test(t, why_says_the_whole_order_and_who_went_before);
    tcase_add_test(t, why_keeps_each_call_of_a_ticket_that_was_transferred);
    tcase_add_test(t, a_quiet_hall_has_no_alarms);
    tcase_add_test(t, the_machines_troubles_come_first);
    tcase_add_test(t, forecasts_that_come_true_too_seldom_raise_an_alarm);
    tcase_add_test(t, people_whom_no_open_window_can_serve_raise_an_alarm);
    tcase_add_test(t, held_tickets_long_breaks_and_suspended_windows_raise_alarms);
    tcase_add_test(t, printers_help_and_silent_devices_raise_alarms);
    tcase_add_test(t, a_slip_is_told_to_staff_and_in_the_history);
    tcase_add_test(t, the_board_has_the_notices_of_now_and_the_next_day);
    tcase_add_test(t, the_trace_tells_the_day_in_neutral_rows);
    tcase_add_test(t, settings_are_shown_by_table_and_without_secrets);
    suite_add_tcase(s, t);
    return suite_run(s);
}
