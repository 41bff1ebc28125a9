/* The read model: a cache that is a function of the journal, and the figures that come from it. */
#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/moment.h"
#include "store/journal.h"
#include "store/reports.h"
#include "tests/lib/play.h"
#include "tests/lib/random_hall.h"
#include "view/timeline.h"

static char folder[64], file[100];
static struct journal *journal;
static struct reports *reports;

static void open_journal(void)
{
    char why[200] = "";
    journal_close(journal);
    ck_assert_msg(journal_open(file, &journal, why) == 0, "%s", why);
}

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_reports.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/journal.db", folder);
    log_set_level(0); /* the cases provoke what would be logged */
    reports = reports_new(folder);
}

static void teardown(void)
{
    reports_free(reports);
    journal_close(journal);
    journal = NULL;
    char *command = alloc_format("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static void write_journal(const struct play *p)
{
    char why[200] = "";
    ck_assert_msg(play_write(p, folder, why) == 0, "%s", why);
    open_journal();
}

static void follows(uint64_t to, uint64_t most)
{
    int code;
    while ((code = reports_follow(reports, journal, to, most)) == 1)
        ;
    ck_assert_msg(code == 0, "%s", err_name(code));
    ck_assert_uint_eq(reports_seq(reports), to);
}

/* ---- one matter by hand */

static const char SETTINGS[] =
    "{\"queues\":[{\"queue\":\"A\",\"name\":\"a\",\"default_item\":\"a1\"}],\"groups\":[{\"group\":\"g1\",\"name\":"
    "\"g\"}],\"items\":[{\"item\":\"a1\",\"name\":\"x\",\"queue\":\"A\",\"group\":\"g1\"}],\"classes\":[{\"class\":"
    "\"normal\",\"name\":\"n\"}],\"windows\":[{\"window\":7,\"name\":\"w\",\"all\":true}],\"hours\":["
    "{\"weekday\":1,\"open\":[\"09:00-12:00\",\"14:00-17:00\"]},{\"weekday\":2,\"open\":[\"09:00-12:00\","
    "\"14:00-17:00\"]}]}";

static const char FLOW[] =
    "{\"define_flow\":{\"flow\":{\"name\":\"notice\",\"version\":1,\"zh\":\"告\",\"en\":\"Notice\",\"read\":["
    "\"clerk\"],\"keep_days\":180,\"fields\":[{\"name\":\"text\",\"zh\":\"t\",\"en\":\"T\",\"type\":\"text\",\"max\":"
    "99},{\"name\":\"item\",\"zh\":\"i\",\"en\":\"I\",\"type\":\"item\"},{\"name\":\"why\",\"zh\":\"w\",\"en\":\"W\","
    "\"type\":\"choice\",\"values\":[{\"name\":\"a\",\"zh\":\"a\",\"en\":\"a\"},{\"name\":\"b\",\"zh\":\"b\",\"en\":"
    "\"b\"}]},{\"name\":\"ticket\",\"zh\":\"t\",\"en\":\"t\",\"type\":\"ticket\"},{\"name\":\"fee\",\"zh\":\"f\","
    "\"en\":\"F\",\"type\":\"money\",\"max\":1000},{\"name\":\"person\",\"zh\":\"p\",\"en\":\"P\",\"type\":\"person\","
    "\"keep_days\":90}],"
    "\"states\":[{\"name\":\"told\",\"zh\":\"t\",\"en\":\"T\"},{\"name\":\"held\",\"zh\":\"h\",\"en\":\"H\"},{\"name\":"
    "\"gone\",\"zh\":\"g\",\"en\":\"G\",\"end\":true}],\"transitions\":[{\"name\":\"tell\",\"zh\":\"t\",\"en\":\"T\","
    "\"to\":\"told\",\"roles\":[\"clerk\"],\"may\":[\"text\",\"item\",\"why\",\"ticket\",\"person\"]},{\"name\":"
    "\"tell_again\",\"zh\":\"t\",\"en\":\"T\",\"from\":[\"told\"],\"roles\":[\"clerk\"],\"may\":[\"why\"]},{\"name\":"
    "\"hold\",\"zh\":\"h\",\"en\":\"H\",\"from\":[\"told\"],\"to\":\"held\",\"roles\":[\"clerk\"]},{\"name\":\"back\","
    "\"zh\":\"b\",\"en\":\"B\",\"from\":[\"held\"],\"to\":\"told\",\"roles\":[\"clerk\"]},{\"name\":\"end\",\"zh\":"
    "\"e\",\"en\":\"E\",\"from\":[\"told\",\"held\"],\"to\":\"gone\",\"roles\":[\"clerk\"],\"may\":[\"fee\"]}],"
    "\"clocks\":[{\"name\":\"c\",\"zh\":\"c\",\"en\":\"C\",\"in\":[\"told\"],\"pause\":[\"held\"],\"limit\":"
    "\"notice.c\"}]}}}";

static const char PROFILE[] = "{\"set_profile\":{\"profile\":{\"name\":\"p\",\"zh\":\"p\",\"en\":\"P\",\"limits\":[{"
                              "\"key\":\"notice.c\",\"n\":60,"
                              "\"unit\":\"hall_minutes\",\"yellow\":10,\"source\":\"local\"}]}}}";

static struct play hall;

static void at(int minutes)
{
    hall.now = moment_of_date(20261123, minutes); /* a Monday */
    while (hall_next_due(hall.hall) <= hall.now)
        play(&hall, "{\"tick\":{}}");
}

static void does(const char *command)
{
    ck_assert_msg(play(&hall, command) == 0, "%s: %s %s", command, err_name(hall.refusal.code), hall.refusal.field);
}

/* Told 11:30, held 11:45 to 14:15, goes on; late at 15:00; ended 15:30. And a second matter on the same ticket. */
static void play_two_matters(void)
{
    play_init(&hall, SETTINGS, moment_of_date(20261123, 540));
    play_as(&hall, HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk);
    does(PROFILE);
    does(FLOW);
    does("{\"issue_ticket\":{\"item\":\"a1\"}}");
    char *ticket = alloc_format("%zu", hall.n_journal), *open;
    does("{\"open_window\":{\"n\":7}}");
    does("{\"next_ticket\":{\"n\":7}}");
    at(690);
    open = alloc_format("{\"open_matter\":{\"flow\":\"notice\",\"transition\":\"tell\",\"window\":7,\"fields\":["
                        "{\"field\":\"item\",\"texts\":[\"a1\"]},{\"field\":\"why\",\"texts\":[\"a\"]},{\"field\":"
                        "\"text\",\"texts\":[\"SECRET-WORDS\"]},{\"field\":\"ticket\",\"texts\":[\"%s\"]}]}}",
                        ticket);
    does(open);
    at(705);
    does("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"hold\"}}");
    at(855);
    does("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"back\"}}");
    at(860);
    does("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"tell_again\",\"fields\":[{\"field\":\"why\","
         "\"texts\":["
         "\"b\"]}]}}");
    at(861);
    does("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"tell_again\"}}");
    does(open);
    does("{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}");
    at(930);
    does("{\"take_transition\":{\"matter\":\"1\",\"transition\":\"end\",\"fields\":[{\"field\":\"fee\",\"numbers\":["
         "\"250\"]}]}}");
    write_journal(&hall);
    follows(hall.n_journal, 0);
    free(open);
    free(ticket);
}

static void add_row(void *arg, const struct reports_row *r)
{
    buf_add_format(arg, "%s/%s/%s %lld", r->group, r->name, r->how, (long long)r->n);
    if (r->matters)
        buf_add_format(arg, " %lld %lld", (long long)r->matters, (long long)r->twice);
    if (r->open_ms || r->days)
        buf_add_format(arg, " %lldmin %lldd", (long long)r->open_ms / 60000, (long long)r->days);
    if (r->sum)
        buf_add_format(arg, " %lldfen", (long long)r->sum);
    buf_add_text(arg, "; ");
}

static void figure_is(enum reports_figure figure, const char *by, const char *field, const char *value,
                      const char *expected)
{
    struct buf b = BUF_INIT;
    struct reports_filter f = {"notice", 20261123, 20261123, by, field ? 1 : 0, {{field, value}}};
    ck_assert_int_eq(reports_figure_read(reports, figure, &f, add_row, &b), 0);
    ck_assert_str_eq(buf_text(&b), expected);
    buf_fini(&b);
}

START_TEST(test_the_figures_of_two_matters_are_those_counted_by_hand)
{
    play_two_matters();
    figure_is(REPORTS_OPENED, NULL, NULL, NULL, "/ended/ 1; /open/ 1; ");
    figure_is(REPORTS_OPENED, "why", NULL, NULL, "a/open/ 1; b/ended/ 1; ");
    figure_is(REPORTS_OPENED, "department", NULL, NULL, "g1/ended/ 1; g1/open/ 1; ");
    figure_is(REPORTS_OPENED, "window", "why", "b", "7/ended/ 1; ");
    figure_is(REPORTS_OPENED, "month", NULL, NULL, "202611/ended/ 1; 202611/open/ 1; ");
    figure_is(REPORTS_ENDED, NULL, NULL, NULL, "/gone/ 1; ");
    figure_is(REPORTS_OPEN, NULL, NULL, NULL, "/told/red 1; ");
    figure_is(REPORTS_TAKEN, NULL, NULL, NULL,
              "/back/ 1 1 0; /end/ 1 1 0; /hold/ 1 1 0; /tell/ 2 2 0; /tell_again/ 2 1 1; ");
    figure_is(REPORTS_CLOCKS, NULL, NULL, NULL, "/c/late 1 90min 0d; "); /* 11:30 to 11:45, 14:15 to 15:30 */
    figure_is(REPORTS_OVERDUE, NULL, NULL, NULL, "/c/ 1; ");
    figure_is(REPORTS_STAYS, "item", NULL, NULL, "a1/held/ 1 30min 0d; a1/told/ 1 15min 0d; a1/told/ 1 75min 0d; ");
    figure_is(REPORTS_MONEY, NULL, NULL, NULL, "/fee/202611 1 250fen; ");
    figure_is(REPORTS_MONEY, NULL, "item", "b1", "");
    play_fini(&hall);
}
END_TEST

static void add_matter(void *arg, const struct reports_matter *m)
{
    buf_add_format(arg, "%llu %s %s %d; ", (unsigned long long)m->matter, m->state, m->item, m->window);
}

static void behind_is(enum reports_figure figure, const char *name, const char *how, const char *expected)
{
    struct buf b = BUF_INIT;
    struct reports_behind what = {figure, {.flow = "notice", .from = 20261101, .to = 20261130}, name, how, 0, 10};
    ck_assert_int_eq(reports_matters_read(reports, &what, add_matter, &b), 0);
    ck_assert_str_eq(buf_text(&b), expected);
    buf_fini(&b);
}

START_TEST(test_behind_a_number_stand_its_matters)
{
    play_two_matters();
    behind_is(REPORTS_OPENED, NULL, NULL, "2 told a1 7; 1 gone a1 7; ");
    behind_is(REPORTS_TAKEN, "tell_again", "twice", "1 gone a1 7; ");
    behind_is(REPORTS_TAKEN, "tell", "twice", "");
    behind_is(REPORTS_CLOCKS, "c", "late", "1 gone a1 7; ");
    behind_is(REPORTS_CLOCKS, "c", "met", "");
    behind_is(REPORTS_OPEN, "told", "red", "2 told a1 7; ");
    behind_is(REPORTS_STAYS, "held", NULL, "1 gone a1 7; ");
    play_fini(&hall);
}
END_TEST

static void add_pressure(void *arg, const struct reports_pressure *p)
{
    buf_add_format(arg, "%s %d %d %d %d %d %d; ", p->group, (int)p->services, (int)p->escalations, (int)p->decided,
                   (int)p->overturned, (int)p->notices, (int)p->second);
}

START_TEST(test_a_second_notice_is_the_same_matter_told_again_or_another_on_the_ticket)
{
    struct buf b = BUF_INIT;
    static const char *const BY[] = {NULL, "item", "window", "department", "month"};
    play_two_matters();
    for (size_t i = 0; i < sizeof BY / sizeof *BY; i++)
        ck_assert_int_eq(reports_pressure_read(reports, 20261123, 20261123, BY[i], add_pressure, &b), 0);
    ck_assert_str_eq(buf_text(&b), " 1 0 0 0 2 3; a1 1 0 0 0 2 3; 7 1 0 0 0 2 3; g1 1 0 0 0 2 3; 202611 1 0 0 0 2 3; ");
    buf_fini(&b);
    play_fini(&hall);
}
END_TEST

static int add_seq(void *arg, uint64_t seq)
{
    const Halld__Event *e = hall.journal[seq - 1];
    ck_assert_uint_eq(e->seq, seq);
    buf_add_format(arg, "%d ", (int)e->body_case);
    return 0;
}

START_TEST(test_a_matters_events_are_found_in_their_order)
{
    struct buf b = BUF_INIT, expected = BUF_INIT;
    play_two_matters();
    ck_assert_int_eq(reports_events(reports, 1, hall.n_journal, add_seq, &b), 0);
    for (size_t i = 0; i < hall.n_journal; i++) {
        const Halld__Event *e = hall.journal[i];
        const ProtobufCFieldDescriptor *f =
            protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)e->body_case);
        if (e->body_case >= HALLD__EVENT__BODY_MATTER_MOVED && f && e->matter_moved->head->matter == 1)
            buf_add_format(&expected, "%d ", (int)e->body_case);
    }
    ck_assert_str_eq(buf_text(&b), buf_text(&expected));
    buf_fini(&b);
    buf_fini(&expected);
    play_fini(&hall);
}
END_TEST

START_TEST(test_the_timeline_tells_what_happened_in_words)
{
    struct timeline t;
    struct buf b = BUF_INIT;
    play_two_matters();
    struct reader r = reader_of_journal(journal, hall.n_journal);
    r.reports = reports;
    ck_assert_int_eq(timeline_read(&r, 99, &t), HALL_E_NO_MATTER);
    ck_assert_int_eq(timeline_read(&r, 1, &t), 0);
    ck_assert_uint_eq(t.as_of_seq, hall.n_journal);
    for (size_t i = 0; i < t.n; i++) {
        const Halld__TimelineLine *l = t.lines[i].line;
        buf_add_format(&b, "%s(%s) %s %s>%s %zu; ", l->kind, l->en, l->actor, l->from, l->to, t.lines[i].n_values);
    }
    ck_assert_str_eq(
        buf_text(&b),
        "moved(T) user:li >told 4; clock_started(C: the clock starts) user:li > 0; moved(H) user:li "
        "told>held 0; clock_paused(C: the clock is held) user:li > 0; moved(B) user:li held>told 0; "
        "clock_moved(C: goes on) user:li > 0; moved(T) user:li told>told 1; moved(T) user:li told>told 0; "
        "mark(C: yellow card) user:li > 0; mark(C: time is up) user:li > 0; mark(C: red card) user:li > 0; "
        "moved(E) user:li told>gone 1; clock_stopped(C: late) user:li > 0; ");
    buf_fini(&b);
    timeline_fini(&t);
    play_fini(&hall);
}
END_TEST

static char *file_bytes(const char *ending, size_t *ret_len)
{
    char *name = alloc_format("%s/reports.db%s", folder, ending);
    FILE *in = fopen(name, "rb");
    struct buf b = BUF_INIT;
    for (size_t n; in && (n = fread(buf_reserve(&b, 65536), 1, 65536, in)) > 0;)
        b.len += n;
    if (in)
        fclose(in);
    free(name);
    *ret_len = b.len;
    return b.data;
}

START_TEST(test_words_that_people_wrote_are_not_in_it)
{
    static const char *const ENDS[] = {"", "-wal"};
    play_two_matters();
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        char *bytes = file_bytes(ENDS[i], &len);
        ck_assert_ptr_null(len ? memmem(bytes, len, "SECRET", 6) : NULL);
        free(bytes);
    }
    play_fini(&hall);
}
END_TEST

/* ---- it is a function of the journal */

/* Every row of every table. */
static char *dump(void)
{
    static const char *const TABLES[] = {"event",  "matter", "value",   "run",   "stay",
                                         "ticket", "item",   "service", "recall"};
    sqlite3 *db;
    sqlite3_stmt *st;
    struct buf b = BUF_INIT;
    char *name = alloc_format("%s/reports.db", folder);
    ck_assert_int_eq(sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        char *sql = alloc_format("SELECT * FROM %s ORDER BY 1, 2, 3", TABLES[i]);
        if (strcmp(TABLES[i], "item") == 0 || strcmp(TABLES[i], "recall") == 0)
            sql[strlen(sql) - 3] = '\0';
        ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
        while (sqlite3_step(st) == SQLITE_ROW) {
            buf_add_format(&b, "%s", TABLES[i]);
            for (int c = 0; c < sqlite3_column_count(st); c++)
                buf_add_format(&b, "|%s", (const char *)sqlite3_column_text(st, c));
            buf_add_char(&b, '\n');
        }
        sqlite3_finalize(st);
        free(sql);
    }
    sqlite3_close(db);
    free(name);
    return buf_take(&b);
}

static void play_random(uint64_t seed)
{
    struct random_hall r;
    random_hall_init(&r, seed);
    r.matters = true;
    r.nonsense = 0;
    for (int day = 0; day < 3; day++) {
        for (int i = 0; i < 700; i++)
            random_hall_step(&r);
        random_hall_end_day(&r);
        random_hall_next_day(&r);
    }
    write_journal(&r.play);
    hall.n_journal = r.play.n_journal;
    random_hall_fini(&r);
}

static void begin_anew(void)
{
    reports_free(reports);
    reports = reports_new(folder);
}

START_TEST(test_it_comes_out_the_same_in_whichever_steps)
{
    play_random((uint64_t)_i + 3);
    follows(hall.n_journal, 0);
    char *whole = dump();
    ck_assert_ptr_nonnull(strstr(whole, "matter|"));
    begin_anew();
    char *command = alloc_format("rm %s/reports.db*", folder);
    ck_assert_int_eq(system(command), 0);
    for (uint64_t to = 0; to < hall.n_journal;) {
        to = to + 173 < hall.n_journal ? to + 173 : hall.n_journal;
        follows(to, 50);
        if (to % 2)
            begin_anew(); /* what is known comes back from the journal */
    }
    char *parts = dump();
    ck_assert_str_eq(whole, parts);
    free(command);
    free(whole);
    free(parts);
}
END_TEST

static void overwrite(const char *text, long where)
{
    char *name = alloc_format("%s/reports.db", folder);
    FILE *out = fopen(name, "r+b");
    ck_assert_ptr_nonnull(out);
    fseek(out, where, SEEK_SET);
    fwrite(text, 1, strlen(text), out);
    fclose(out);
    free(name);
}

START_TEST(test_a_file_that_is_deleted_or_damaged_is_made_again)
{
    play_random(9);
    follows(hall.n_journal, 0);
    char *whole = dump(), *name = alloc_format("%s/reports.db", folder);
    unlink(name); /* while it is open */
    follows(hall.n_journal, 0);
    begin_anew();
    overwrite("this is no database at all", 0);
    follows(hall.n_journal, 0);
    char *again = dump();
    ck_assert_str_eq(whole, again);
    free(whole);
    free(again);
    free(name);
}
END_TEST

START_TEST(test_a_file_of_another_journal_is_thrown_away)
{
    play_random(11);
    follows(hall.n_journal, 0);
    begin_anew();
    char *command = alloc_format("rm %s/journal.db*", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
    play_two_matters();
    figure_is(REPORTS_OPENED, NULL, NULL, NULL, "/ended/ 1; /open/ 1; ");
    play_fini(&hall);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("reports");
    TCase *c = tcase_create("reports");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, test_the_figures_of_two_matters_are_those_counted_by_hand);
    tcase_add_test(c, test_behind_a_number_stand_its_matters);
    tcase_add_test(c, test_a_second_notice_is_the_same_matter_told_again_or_another_on_the_ticket);
    tcase_add_test(c, test_a_matters_events_are_found_in_their_order);
    tcase_add_test(c, test_the_timeline_tells_what_happened_in_words);
    tcase_add_test(c, test_words_that_people_wrote_are_not_in_it);
    tcase_add_loop_test(c, test_it_comes_out_the_same_in_whichever_steps, 0, 6);
    tcase_add_test(c, test_a_file_that_is_deleted_or_damaged_is_made_again);
    tcase_add_test(c, test_a_file_of_another_journal_is_thrown_away);
    suite_add_tcase(s, c);
    SRunner *run = srunner_create(s);
    srunner_run_all(run, CK_ENV);
    int failed = srunner_ntests_failed(run);
    srunner_free(run);
    return failed != 0;
}
