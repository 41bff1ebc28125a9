#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/moment.h"
#include "bus/bus.h"
#include "bus/curve.h"
#include "bus/screens.h"
#include "bus/snaps.h"
#include "bus/topics.h"
#include "tests/lib/suite.h"
#include "view_hall.h"

#define UUID_A "snap/01234567-89ab-cdef-0123-456789abcdef/"
#define UUID_B "snap/01234567-89AB-CDEF-0123-456789ABCDE0/"
#define KEY_A "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLVOL*Q"

/* ---- topics */

static struct topics *topics;

static struct topics_look look_at(int64_t mono)
{
    return (struct topics_look){.hall = p.hall, .now = p.now, .mono = mono};
}

static void topics_setup(void)
{
    view_hall_setup();
    struct topics_look look = look_at(0);
    topics = topics_new(&look);
}

static void topics_teardown(void)
{
    topics_free(topics);
    view_hall_teardown();
}

/* Says what may be said at `mono`: which topics, and how long the next has to wait. */
static void says(int64_t mono, const char *names, int64_t wait)
{
    struct topics_look look = look_at(mono);
    struct buf said = BUF_INIT;
    struct topic *topic;
    ProtobufCMessage *view;
    int64_t waits;
    topics_note(topics, &look);
    while ((topic = topics_next(topics, &look, &view, &waits))) {
        buf_add_format(&said, "%s ", topic_name(topic));
        topics_said(topics, topic, hall_seq(p.hall));
        gone(view);
    }
    ck_assert_str_eq(buf_text(&said), names);
    ck_assert_int_eq(waits, wait);
    buf_fini(&said);
}

START_TEST(only_what_changed_is_said)
{
    says(0, "", -1);
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    says(1000, "queue/B/ board/ ", -1);
    says(1000, "", -1);
    did("{\"open_window\":{\"n\":3}}");
    says(2000, "window/3/ board/ ", -1);
    did("{\"next_ticket\":{\"n\":3}}");
    says(3000, "window/3/ queue/B/ board/ ", -1);
    topics_note_all(topics);
    says(4000, "", -1);
}
END_TEST

START_TEST(board_and_queues_speak_ten_times_a_second_windows_at_once)
{
    did("{\"open_window\":{\"n\":3}}");
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    says(1000, "window/3/ queue/B/ board/ ", -1);
    issued("{\"issue_ticket\":{\"queue\":\"B\"}}");
    says(1030, "", 70);
    did("{\"next_ticket\":{\"n\":3}}");
    says(1060, "window/3/ ", 40);
    says(1099, "", 1);
    says(1100, "board/ ", -1); /* one waits, as was said before */
}
END_TEST

START_TEST(each_message_names_the_one_before_on_its_topic)
{
    struct topic *call = topics_calls(topics);
    uint64_t start = hall_seq(p.hall);
    ck_assert_str_eq(topic_name(call), "call/");
    ck_assert_uint_eq(topics_said(topics, call, start + 4), start);
    ck_assert_uint_eq(topics_said(topics, call, start + 9), start + 4);
    Halld__BusTopic **list;
    size_t n = topics_list(topics, &list);
    ck_assert_uint_eq(n, 1 + 2 + 2 + 2);
    ck_assert_str_eq(list[0]->topic, "call/");
    ck_assert_uint_eq(list[0]->seq, start + 9);
    ck_assert_str_eq(list[1]->topic, "window/3/");
    ck_assert_uint_eq(list[1]->seq, start);
    topics_list_free(list);
}
END_TEST

START_TEST(topics_follow_the_settings_and_a_new_one_begins_at_none)
{
    did("{\"put_settings\":{\"put\":{\"windows\":[{\"window\":5,\"name\":\"新窗口\",\"all\":true}]},"
        "\"remove\":[{\"table\":\"windows\",\"key\":\"3\"}]}}");
    says(1000, "window/5/ board/ ", -1);
    Halld__BusTopic **list;
    size_t n = topics_list(topics, &list);
    ck_assert_uint_eq(n, 1 + 2 + 2 + 2);
    ck_assert_str_eq(list[1]->topic, "window/5/");
    ck_assert_uint_eq(list[1]->seq, hall_seq(p.hall));
    topics_list_free(list);
    did("{\"put_settings\":{\"put\":{\"windows\":[{\"window\":6,\"name\":\"六\",\"all\":true}]}}}");
    struct topics_look look = look_at(2000);
    ProtobufCMessage *view;
    int64_t wait;
    topics_note(topics, &look);
    struct topic *topic = topics_next(topics, &look, &view, &wait);
    ck_assert_str_eq(topic_name(topic), "window/6/");
    ck_assert_uint_eq(topics_said(topics, topic, hall_seq(p.hall)), 0);
    gone(view);
}
END_TEST

START_TEST(the_hour_alone_changes_the_hall_and_the_board)
{
    p.now = moment_of_date(20261124, 0); /* the day is over, though nothing has happened yet */
    topics_note_all(topics);
    says(1000, "hall/ board/ ", -1);
    struct topics_look look = look_at(2000);
    look.read_only = true;
    ProtobufCMessage *view;
    int64_t wait;
    topics_note(topics, &look);
    struct topic *topic = topics_next(topics, &look, &view, &wait);
    ck_assert_str_eq(topic_name(topic), "hall/");
    has(view, "\"read_only\":true");
    gone(view);
}
END_TEST

static const char *const allowed[] = {
    "BusHeader.seq",         "BusHeader.prev_seq",   "BusHeader.epoch",      "BusHeader.at_ms",
    "BusHeartbeat.topics",   "BusTopic.topic",       "BusTopic.seq",         "BusSnapshot.hall",
    "BusSnapshot.board",     "BusSnapshot.topics",   "CallView.number",      "CallView.window",
    "CallView.called_at",    "CallView.repeat",      "CallView.window_name", "WindowView.window",
    "WindowView.name",       "WindowView.name_en",   "WindowView.role",      "WindowView.state",
    "WindowView.number",     "WindowView.since_at",  "WindowView.queues",    "QueueView.queue",
    "QueueView.name",        "QueueView.name_en",    "QueueView.waiting",    "QueueView.wait_p50_s",
    "QueueView.wait_p90_s",  "HallView.hall",        "HallView.name_en",     "HallView.at",
    "HallView.open",         "HallView.date",        "HallView.hours",       "HallView.next_open",
    "HallView.notice",       "HallView.notice_en",   "HallView.simulated",   "HallView.read_only",
    "HallView.epoch",        "HallView.duty_leader", "HallView.source",      "HallView.closes_at",
    "BoardView.seq",         "BoardView.epoch",      "BoardView.hall",       "BoardView.at",
    "BoardView.open",        "BoardView.calls",      "BoardView.windows",    "BoardView.queues",
    "BoardView.duty_leader", "BoardView.notice",     "BoardView.notice_en",  "BoardView.hall_en",
    "BoardView.notices",     "NoticeView.text",      "NoticeView.text_en",   "NoticeView.from_at",
    "NoticeView.to_at",
};

static void check_fields(const ProtobufCMessageDescriptor *d)
{
    for (unsigned i = 0; i < d->n_fields; i++) {
        char name[80];
        bool found = false;
        snprintf(name, sizeof name, "%s.%s", d->short_name, d->fields[i].name);
        for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++)
            found |= strcmp(name, allowed[k]) == 0;
        ck_assert_msg(found, "%s reaches the bus: does it say anything about a person?", name);
        if (d->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            check_fields(d->fields[i].descriptor);
    }
}

START_TEST(no_field_about_a_person_can_reach_the_bus)
{
    size_t n = 0;
    for (; topics_view_at(n); n++)
        check_fields(topics_view_at(n));
    ck_assert_uint_eq(n, 8);
}
END_TEST

/* ---- who asks for a snapshot */

static bool ask(struct snaps *s, const char *topic, int64_t now)
{
    return snaps_ask(s, topic, strlen(topic), now);
}

static void answers(struct snaps *s, int64_t now, const char *topic, int64_t wait)
{
    int64_t waits;
    const char *next = snaps_next(s, now, &waits);
    if (topic)
        ck_assert_str_eq(next, topic);
    else
        ck_assert_ptr_null(next);
    if (!next)
        ck_assert_int_eq(waits, wait);
}

START_TEST(only_a_whole_uuid_is_a_snapshots_topic)
{
    static const char *const wrong[] = {"",
                                        "snap/",
                                        "call/",
                                        "snap/01234567-89ab-cdef-0123-456789abcdef",
                                        "snap/01234567-89ab-cdef-0123-456789abcdef//",
                                        "snap/01234567-89ab-cdef-0123-456789abcdeg/",
                                        "snap/0123456789ab-cdef-0123-456789abcdef--/",
                                        "snap/01234567089ab-cdef-0123-456789abcdef/",
                                        "Snap/01234567-89ab-cdef-0123-456789abcdef/"};
    ck_assert(snaps_topic_is_sound(UUID_A, strlen(UUID_A)));
    ck_assert(snaps_topic_is_sound(UUID_B, strlen(UUID_B)));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!snaps_topic_is_sound(wrong[i], strlen(wrong[i])), "%s", wrong[i]);
}
END_TEST

START_TEST(a_uuid_is_answered_at_once_and_then_once_a_second)
{
    struct snaps *s = snaps_new();
    answers(s, 5000, NULL, -1);
    ck_assert(ask(s, UUID_A, 5000));
    answers(s, 5000, UUID_A, 0);
    answers(s, 5000, NULL, -1);
    for (int i = 0; i < 3; i++)
        ck_assert(ask(s, UUID_A, 5100 + i));
    answers(s, 5200, NULL, 800);
    ck_assert(ask(s, UUID_B, 5300));
    answers(s, 5300, UUID_B, 0);
    answers(s, 6000, UUID_A, 0);
    answers(s, 6000, NULL, -1);
    snaps_forget(s);
    ck_assert(ask(s, UUID_A, 6100));
    answers(s, 6100, UUID_A, 0);
    snaps_free(s);
}
END_TEST

START_TEST(many_who_ask_are_answered_in_their_order_and_no_more_than_so_many_a_second)
{
    struct snaps *s = snaps_new();
    char topic[SNAPS_TOPIC + 1];
    int asked = 0, answered = 0;
    int64_t wait;
    for (int i = 0; i < SNAPS_ASKERS + 10; i++) {
        snprintf(topic, sizeof topic, "snap/%08x-0000-0000-0000-000000000000/", (unsigned)i);
        asked += ask(s, topic, 1000 + i);
    }
    ck_assert_int_eq(asked, SNAPS_ASKERS);
    const char *next;
    while ((next = snaps_next(s, 2000, &wait))) {
        snprintf(topic, sizeof topic, "snap/%08x-0000-0000-0000-000000000000/", (unsigned)answered++);
        ck_assert_str_eq(next, topic);
    }
    ck_assert_int_eq(answered, SNAPS_PER_SECOND);
    ck_assert_int_eq(wait, 1000);
    while (snaps_next(s, 3000, &wait))
        answered++;
    ck_assert_int_eq(answered, SNAPS_ASKERS);
    ck_assert_int_eq(wait, -1);
    snaps_free(s);
}
END_TEST

/* ---- keys */

static const uint8_t *key_of(const char *text)
{
    static uint8_t key[CURVE_BYTES];
    ck_assert_ptr_nonnull(zmq_z85_decode(key, text));
    return key;
}

START_TEST(a_screen_may_listen_until_its_key_is_taken_away)
{
    struct screens *s = screens_new();
    ck_assert(!screens_set(s, hall_setup(p.hall)));
    ck_assert_ptr_null(screens_find(s, key_of(KEY_A)));
    did("{\"put_settings\":{\"put\":{\"screens\":[{\"name\":\"tv1\",\"public_key\":\"" KEY_A "\"}]}}}");
    ck_assert(!screens_set(s, hall_setup(p.hall)));
    ck_assert_str_eq(screens_find(s, key_of(KEY_A)), "tv1");
    ck_assert_ptr_null(screens_find(s, key_of(KEY_B)));
    did("{\"put_settings\":{\"put\":{\"screens\":[{\"name\":\"tv2\",\"public_key\":\"" KEY_B "\"}]}}}");
    ck_assert(!screens_set(s, hall_setup(p.hall)));
    did("{\"put_settings\":{\"put\":{\"hall\":{\"name\":\"另一个名字\"}}}}");
    ck_assert(!screens_set(s, hall_setup(p.hall)));
    did("{\"put_settings\":{\"remove\":[{\"table\":\"screens\",\"key\":\"tv1\"}]}}");
    ck_assert(screens_set(s, hall_setup(p.hall)));
    ck_assert_ptr_null(screens_find(s, key_of(KEY_A)));
    ck_assert_str_eq(screens_find(s, key_of(KEY_B)), "tv2");
    screens_free(s);
}
END_TEST

START_TEST(a_key_that_is_none_or_anothers_is_refused_in_the_settings)
{
    static const struct {
        const char *key;
        int code;
    } rows[] = {{"", HALL_E_BAD_VALUE},
                {"short", HALL_E_BAD_VALUE},
                {"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\\\"", HALL_E_BAD_VALUE},
                {"########################################", HALL_E_BAD_VALUE},
                {KEY_A, HALL_E_IN_USE}};
    did("{\"put_settings\":{\"put\":{\"screens\":[{\"name\":\"tv1\",\"public_key\":\"" KEY_A "\"}]}}}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *command = alloc_format(
            "{\"put_settings\":{\"put\":{\"screens\":[{\"name\":\"tv2\",\"public_key\":\"%s\"}]}}}", rows[i].key);
        ck_assert_int_eq(play(&p, command), rows[i].code);
        ck_assert_str_eq(p.refusal.field, "screens.public_key");
        free(command);
    }
}
END_TEST

START_TEST(the_buss_own_key_is_made_once_and_kept_from_others)
{
    char dir[] = "/tmp/check_bus.XXXXXX", why[200];
    struct curve first, again;
    struct stat st;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    char *path = alloc_format("%s/zmq.key", dir);
    ck_assert_int_eq(curve_read(path, &first, why), 0);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(curve_read(path, &again, why), 0);
    ck_assert_str_eq(first.public_key, again.public_key);
    ck_assert_str_eq(first.secret_key, again.secret_key);
    chmod(path, 0640);
    ck_assert_int_eq(curve_read(path, &again, why), HALL_E_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(why, "chmod 600"));
    chmod(path, 0600);
    ck_assert_int_eq(truncate(path, 20), 0);
    ck_assert_int_eq(curve_read(path, &again, why), HALL_E_BAD_VALUE);
    unlink(path);
    rmdir(dir);
    ck_assert_int_eq(curve_read(path, &again, why), HALL_E_BAD_VALUE); /* nowhere to put it */
    free(path);
}
END_TEST

/* ---- the bus itself, with a subscriber of its own context */

static struct loop *loop;
static struct bus *bus;
static struct sink sink;
static void *context, *screen;
static struct loop_watch *polls;
static struct message {
    char topic[64];
    Halld__BusHeader *header;
    uint8_t view[4096];
    size_t len;
} heard;
static int64_t deadline;
enum { DEADLINE_MS = 5000 };

static const struct hall *port_committed(void *engine)
{
    (void)engine;
    return p.hall;
}

static int64_t port_now(void *engine)
{
    (void)engine;
    return p.now;
}

static bool is_read_only(void *arg)
{
    (void)arg;
    return false;
}

static struct bus_options options(const char *address, const char *key_file)
{
    return (struct bus_options){.address = address,
                                .secret_key_file = key_file,
                                .port = {.committed = port_committed, .now_ms = port_now},
                                .read_only = is_read_only};
}

/* One message into `heard`; false if there is none. */
static bool hear(void)
{
    uint8_t frame[256];
    int n = zmq_recv(screen, heard.topic, sizeof heard.topic - 1, ZMQ_DONTWAIT);
    if (n < 0)
        return false;
    heard.topic[n] = '\0';
    n = zmq_recv(screen, frame, sizeof frame, ZMQ_DONTWAIT);
    if (heard.header)
        gone(heard.header);
    heard.header = halld__bus_header__unpack(NULL, (size_t)n, frame);
    ck_assert_ptr_nonnull(heard.header);
    heard.len = (size_t)zmq_recv(screen, heard.view, sizeof heard.view, ZMQ_DONTWAIT);
    ck_assert_uint_le(heard.len, sizeof heard.view);
    return true;
}

static void on_poll(void *arg)
{
    (void)arg;
    if (hear())
        loop_stop(loop, 0);
    else if (clock_monotonic_ms() > deadline)
        loop_stop(loop, 1);
    else
        loop_watch_arm(polls, 1);
}

/* Lets the bus run until the screen hears something. */
static void must_hear(const char *topic)
{
    deadline = clock_monotonic_ms() + DEADLINE_MS;
    loop_watch_arm(polls, 0);
    ck_assert_msg(loop_run(loop) == 0, "nothing on %s", topic);
    ck_assert_str_eq(heard.topic, topic);
}

static void subscribe(const char *topic)
{
    ck_assert_int_eq(zmq_setsockopt(screen, ZMQ_SUBSCRIBE, topic, strlen(topic)), 0);
}

static void bus_setup(void)
{
    char why[200] = "";
    view_hall_setup();
    loop = loop_new();
    bus = bus_new(loop);
    sink = bus_sink(bus);
    polls = loop_watch_timer(loop, on_poll, NULL);
    struct bus_options o = options("tcp://127.0.0.1:*", NULL);
    ck_assert_msg(bus_open(bus, &o, why) == 0, "%s", why);
    context = zmq_ctx_new();
    screen = zmq_socket(context, ZMQ_SUB);
    ck_assert_int_eq(zmq_connect(screen, bus_address(bus)), 0);
}

static void bus_teardown(void)
{
    if (heard.header)
        gone(heard.header);
    heard.header = NULL;
    zmq_close(screen);
    zmq_ctx_term(context);
    loop_watch_free(polls);
    bus_close(bus);
    loop_free(loop);
    view_hall_teardown();
}

/* A command, and what it changed through the sink. */
static void commits(const char *command)
{
    did(command);
    sink.committed(sink.arg, p.hall, p.answer.events, p.answer.n_events);
}

START_TEST(a_late_joiner_gets_the_hall_and_then_every_call_in_its_place)
{
    commits("{\"open_window\":{\"n\":3}}");
    commits("{\"issue_ticket\":{\"queue\":\"B\"}}");
    commits("{\"issue_ticket\":{\"queue\":\"B\"}}");
    commits("{\"next_ticket\":{\"n\":3}}");
    uint64_t called = hall_seq(p.hall);
    subscribe("call/");
    subscribe(UUID_A);
    must_hear(UUID_A);
    ck_assert_uint_eq(heard.header->seq, called);
    ck_assert_str_eq(heard.header->epoch, "0123456789abcdef");
    ck_assert_int_eq(heard.header->at_ms, p.now);
    Halld__BusSnapshot *s = halld__bus_snapshot__unpack(NULL, heard.len, heard.view);
    ck_assert_uint_eq(s->board->n_calls, 1);
    ck_assert_str_eq(s->board->calls[0]->number, "B001");
    ck_assert_str_eq(s->topics[0]->topic, "call/");
    uint64_t before = s->topics[0]->seq;
    ck_assert_uint_gt(before, 0);
    gone(s);
    commits("{\"next_ticket\":{\"n\":3,\"outcome\":\"handled\"}}");
    must_hear("call/");
    ck_assert_uint_gt(heard.header->seq, called);
    ck_assert_uint_eq(heard.header->prev_seq, before);
    Halld__CallView *c = halld__call_view__unpack(NULL, heard.len, heard.view);
    ck_assert_str_eq(c->number, "B002");
    ck_assert_int_eq(c->window, 3);
    ck_assert_int_eq(c->repeat, 1);
    gone(c);
    before = heard.header->seq;
    p.now += MINUTE;
    commits("{\"repeat_call\":{\"n\":3}}");
    must_hear("call/");
    ck_assert_uint_eq(heard.header->prev_seq, before);
    c = halld__call_view__unpack(NULL, heard.len, heard.view);
    ck_assert_int_eq(c->repeat, 2);
    ck_assert_int_lt(c->called_at, p.now - MINUTE);
    gone(c);
}
END_TEST

START_TEST(a_second_bus_on_a_taken_address_does_not_open)
{
    char why[200] = "";
    struct bus *other = bus_new(loop);
    struct bus_options o = options(bus_address(bus), NULL);
    ck_assert_int_eq(bus_open(other, &o, why), HALL_E_IN_USE);
    ck_assert_ptr_nonnull(strstr(why, "taken"));
    ck_assert_str_eq(bus_address(other), "");
    bus_close(other);
}
END_TEST

START_TEST(beyond_this_machine_a_bus_needs_keys)
{
    static const struct {
        const char *address;
        bool has_curve;
        int code;
    } rows[] = {{"tcp://127.0.0.1:5561", false, 0},
                {"ipc:///run/halld/bus", false, 0},
                {"tcp://0.0.0.0:5561", false, HALL_E_BAD_VALUE},
                {"tcp://*:5561", false, HALL_E_BAD_VALUE},
                {"tcp://127.0.0.1.example.org:5561", false, HALL_E_BAD_VALUE},
                {"tcp://localhost:5561", false, HALL_E_BAD_VALUE},
                {"tcp://192.168.1.5:5561", true, 0},
                {"inproc://x", true, HALL_E_BAD_VALUE},
                {"127.0.0.1:5561", true, HALL_E_BAD_VALUE}};
    char why[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(bus_check(rows[i].address, rows[i].has_curve, why) == rows[i].code, "%s", rows[i].address);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("bus");
    TCase *t = tcase_create("topics");
    tcase_add_checked_fixture(t, topics_setup, topics_teardown);
    tcase_add_test(t, only_what_changed_is_said);
    tcase_add_test(t, board_and_queues_speak_ten_times_a_second_windows_at_once);
    tcase_add_test(t, each_message_names_the_one_before_on_its_topic);
    tcase_add_test(t, topics_follow_the_settings_and_a_new_one_begins_at_none);
    tcase_add_test(t, the_hour_alone_changes_the_hall_and_the_board);
    tcase_add_test(t, no_field_about_a_person_can_reach_the_bus);
    suite_add_tcase(s, t);
    t = tcase_create("snapshots and keys");
    tcase_add_checked_fixture(t, view_hall_setup, view_hall_teardown);
    tcase_add_test(t, only_a_whole_uuid_is_a_snapshots_topic);
    tcase_add_test(t, a_uuid_is_answered_at_once_and_then_once_a_second);
    tcase_add_test(t, many_who_ask_are_answered_in_their_order_and_no_more_than_so_many_a_second);
    tcase_add_test(t, a_screen_may_listen_until_its_key_is_taken_away);
    tcase_add_test(t, a_key_that_is_none_or_anothers_is_refused_in_the_settings);
    tcase_add_test(t, the_buss_own_key_is_made_once_and_kept_from_others);
    suite_add_tcase(s, t);
    t = tcase_create("bus");
    tcase_add_checked_fixture(t, bus_setup, bus_teardown);
    tcase_add_test(t, a_late_joiner_gets_the_hall_and_then_every_call_in_its_place);
    tcase_add_test(t, a_second_bus_on_a_taken_address_does_not_open);
    tcase_add_test(t, beyond_this_machine_a_bus_needs_keys);
    suite_add_tcase(s, t);
    return suite_run(s);
}
