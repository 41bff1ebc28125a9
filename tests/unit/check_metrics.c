/*
 * The fold of events into minutes: what counts when, levels over minutes, quiet stretches, midnight; and that a fold
 * that begins at a day's opening hands out the same as one that saw everything.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/flow/flow.h"
#include "core/queue/queue.h"
#include "core/quote.h"
#include "metrics/fold.h"
#include "metrics/prometheus.h"
#include "metrics/rrdfile.h"
#include "tests/lib/random_hall.h"
#include "tests/lib/suite.h"

enum { MINUTE = 60000 };

static const char SETTINGS[] =
    "{\"groups\":[{\"group\":\"g\",\"name\":\"甲\"}],"
    "\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"a1\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"甲一\",\"queue\":\"A\",\"group\":\"g\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"},{\"class\":\"senior\",\"name\":\"老年\",\"head_start_s\":"
    "1200}],"
    "\"windows\":[{\"window\":1,\"name\":\"1\",\"all\":true},{\"window\":2,\"name\":\"2\",\"all\":true}],"
    "\"hours\":[{\"weekday\":1,\"open\":[\"00:00-24:00\"]}]}";

static struct play p;
static struct fold *f;
static struct buf handed; /* every stretch handed out, as text */
static int64_t began;
static size_t folded;

static void write_stretches(struct buf *out, const struct series *s)
{
    size_t n = catalogue_scope_count(s->scope);
    for (size_t i = 0; i < s->n_stretches; i++) {
        buf_add_format(out, "%s/%s %lld:", catalogue_scope_name(s->scope), s->label, (long long)s->stretches[i].end);
        for (size_t k = 0; k < n; k++)
            if (s->stretches[i].values[k])
                buf_add_format(out, " %s=%lld", catalogue_at(catalogue_scope_at(s->scope, k))->name,
                               (long long)s->stretches[i].values[k]);
        buf_add_char(out, '\n');
    }
}

static void take(void *arg, struct fold *from, int64_t minute)
{
    struct buf *out = arg;
    buf_add_format(out, "-- %lld\n", (long long)minute);
    for (size_t i = 0; i < fold_series_count(from); i++)
        write_stretches(out, fold_series_at(from, i));
}

static void fold_all(void)
{
    for (; folded < p.n_journal; folded++)
        fold_event(f, p.journal[folded]);
}

static void setup(void)
{
    began = moment_of_date(20261123, 540); /* on a boundary of five minutes */
    handed = (struct buf)BUF_INIT;
    folded = 0;
    f = fold_new(take, &handed);
    play_init(&p, SETTINGS, began);
    fold_all();
}

static void teardown(void)
{
    fold_free(f);
    play_fini(&p);
    buf_fini(&handed);
}

static void at(int64_t after_ms, const char *command)
{
    p.now = began + after_ms;
    ck_assert_msg(play(&p, command) == 0, "%s: %s", command, err_name(p.answer.code));
    fold_all();
}

/* Sum over everything handed out and the present minute. */
static int64_t today(enum metric_scope scope, const char *label, const char *metric)
{
    const struct series *s = fold_series_find(f, scope, label);
    ck_assert_msg(s != NULL, "%s", label);
    return s->today[catalogue_find(metric)];
}

static int64_t level(enum metric_scope scope, const char *label, int metric)
{
    return fold_series_find(f, scope, label)->level[metric];
}

static void handed_has(const char *part)
{
    ck_assert_msg(strstr(buf_text(&handed), part), "%s is not in\n%s", part, buf_text(&handed));
}

/* "hall/ MINUTE: values" with the minute counted from the beginning. */
static void minute_is(const char *who, int end, const char *values)
{
    char *line = alloc_format("%s %lld:%s\n", who, (long long)(began / MINUTE + end), values);
    handed_has(line);
    free(line);
}

static const char ISSUE[] = "{\"issue_ticket\":{\"queue\":\"A\"}}";
static const char OPEN[] = "{\"open_window\":{\"n\":1}}";
static const char NEXT[] = "{\"next_ticket\":{\"n\":1}}";

START_TEST(a_visit_is_counted_once_everywhere)
{
    at(0, ISSUE);
    at(10000, OPEN);
    at(240000, NEXT);
    at(250000, "{\"start_service\":{\"n\":1}}");
    at(550000, "{\"finish_ticket\":{\"n\":1,\"outcome\":\"handled\"}}");
    static const struct {
        const char *name;
        int64_t value;
    } EXPECTED[] = {{"issued", 1},          {"called", 1},       {"finished", 1},    {"finished_handled", 1},
                    {"waits", 1},           {"wait_ms", 250000}, {"wait_3_5", 1},    {"wait_1_3", 0},
                    {"service_ms", 300000}, {"service_2_5", 1},  {"service_5_8", 0}, {"missed", 0},
                    {"manual_calls", 0}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        ck_assert_msg(today(SCOPE_HALL, "", EXPECTED[i].name) == EXPECTED[i].value, "%s", EXPECTED[i].name);
        ck_assert_msg(today(SCOPE_QUEUE, "A", EXPECTED[i].name) == EXPECTED[i].value, "%s", EXPECTED[i].name);
    }
    ck_assert_int_eq(today(SCOPE_WINDOW, "1", "called"), 1);
    ck_assert_int_eq(today(SCOPE_WINDOW, "1", "served_ms"), 300000);
    ck_assert_int_eq(today(SCOPE_GROUP, "g", "wait_ms"), 250000);
    ck_assert_int_eq(today(SCOPE_CLASS, "normal", "issued"), 1);
    ck_assert_int_eq(today(SCOPE_CLASS, "senior", "issued"), 0);
    ck_assert_int_eq(today(SCOPE_WINDOW, "2", "called"), 0);
}
END_TEST

START_TEST(levels_are_integrals_cut_at_minutes)
{
    at(30000, ISSUE); /* waits from 0:30 to 2:15 */
    at(60000, OPEN);
    at(135000, NEXT);
    at(300000, "{\"start_service\":{\"n\":1}}"); /* the first event of the next block hands out five minutes */
    minute_is("queue/A", 1, " waiting=30000 issued=1");
    minute_is("queue/A", 2, " waiting=60000");
    minute_is("queue/A", 3, " waiting=15000 called=1");
    minute_is("window/1", 2, " window_open=60000");
    minute_is("window/1", 3, " window_open=60000 window_busy=45000 called=1");
    minute_is("window/1", 5, " window_open=60000 window_busy=60000");
    ck_assert_ptr_null(strstr(buf_text(&handed), "finished"));
}
END_TEST

START_TEST(an_event_on_the_boundary_belongs_to_the_minute_it_begins)
{
    at(59999, ISSUE);
    at(60000, ISSUE);
    at(300000, ISSUE);
    minute_is("queue/A", 1, " waiting=1 issued=1");
    minute_is("queue/A", 2, " waiting=120000 issued=1");
    ck_assert_int_eq(fold_series_find(f, SCOPE_CLASS, "normal")->minute[catalogue_find("issued")], 1);
}
END_TEST

START_TEST(a_quiet_stretch_is_one_row_and_levels_go_on)
{
    at(30000, ISSUE);
    at(6 * 3600000 + 1000, ISSUE);
    minute_is("queue/A", 1, " waiting=30000 issued=1");
    minute_is("queue/A", 360, " waiting=60000");
    const char *second = strstr(strstr(buf_text(&handed), "queue/A") + 1, "queue/A");
    ck_assert_ptr_null(strstr(second + 1, "queue/A"));
    ck_assert_int_eq(level(SCOPE_QUEUE, "A", METRIC_waiting), 2);
}
END_TEST

START_TEST(a_hold_interrupts_the_service)
{
    at(0, ISSUE);
    at(0, OPEN);
    at(60000, NEXT);
    at(60000, "{\"start_service\":{\"n\":1}}");
    at(160000, "{\"hold_ticket\":{\"n\":1}}");
    ck_assert_int_eq(level(SCOPE_WINDOW, "1", METRIC_window_busy), 0);
    char unhold[80];
    snprintf(unhold, sizeof unhold, "{\"unhold_ticket\":{\"n\":1,\"ticket\":\"%llu\"}}",
             (unsigned long long)queue_ticket_at(hall_queue(p.hall), 0)->id);
    at(400000, unhold);
    ck_assert_int_eq(level(SCOPE_QUEUE, "A", METRIC_waiting), 1);
    at(460000, NEXT);
    at(460000, "{\"start_service\":{\"n\":1}}");
    at(510000, "{\"finish_ticket\":{\"n\":1,\"outcome\":\"advice\"}}");
    ck_assert_int_eq(today(SCOPE_HALL, "", "held"), 1);
    ck_assert_int_eq(today(SCOPE_HALL, "", "service_ms"), 150000);
    ck_assert_int_eq(today(SCOPE_HALL, "", "waits"), 1);
    ck_assert_int_eq(today(SCOPE_HALL, "", "wait_ms"), 60000);
    ck_assert_int_eq(today(SCOPE_WINDOW, "1", "served_ms"), 150000);
}
END_TEST

START_TEST(head_starts_and_what_they_overtake_are_counted_by_class)
{
    at(0, ISSUE);
    at(1000, "{\"issue_ticket\":{\"queue\":\"A\",\"class\":\"senior\"}}");
    at(2000, OPEN);
    at(3000, NEXT);
    ck_assert_int_eq(today(SCOPE_CLASS, "senior", "priority_grants"), 1);
    ck_assert_int_eq(today(SCOPE_HALL, "", "priority_grants"), 1);
    ck_assert_int_eq(today(SCOPE_CLASS, "senior", "overtakes"), 1);
    ck_assert_int_eq(today(SCOPE_CLASS, "normal", "overtakes"), 0);
}
END_TEST

START_TEST(prometheus_text_has_cumulative_buckets)
{
    struct buf out = BUF_INIT;
    int64_t health[METRIC_MOST] = {1, 2, 3, 4, 5, 6};
    at(0, ISSUE);
    at(0, OPEN);
    at(120000, NEXT);
    at(120000, "{\"start_service\":{\"n\":1}}");
    prometheus_write(&out, f, health);
    static const char *const HAS[] = {"\nhalld_issued_total 1\n",
                                      "\nhalld_issued_by_queue_total{queue=\"A\"} 1\n",
                                      "\nhalld_wait_seconds_bucket{le=\"60\"} 0\n",
                                      "\nhalld_wait_seconds_bucket{le=\"180\"} 1\n",
                                      "\nhalld_wait_seconds_bucket{le=\"+Inf\"} 1\n",
                                      "\nhalld_wait_seconds_count 1\n",
                                      "\nhalld_wait_seconds_sum 120.000\n",
                                      "\nhalld_window_busy_by_window{window=\"1\"} 1\n",
                                      "\nhalld_commits_total 4\n"};
    for (size_t i = 0; i < sizeof HAS / sizeof HAS[0]; i++)
        ck_assert_msg(strstr(buf_text(&out), HAS[i]), "%s", HAS[i]);
    buf_fini(&out);
}
END_TEST

/* ---- against the hall itself */

struct mirror {
    struct fold *fold;
    size_t folded;
    struct random_hall hall;
};

static void nothing(void *arg, struct fold *from, int64_t minute)
{
    (void)arg;
    (void)from;
    (void)minute;
}

static int64_t mirrored(const struct mirror *m, enum metric_scope scope, const char *label, int metric)
{
    const struct series *s = fold_series_find(m->fold, scope, label);
    return s ? s->level[metric] : 0;
}

static void windows_agree(const struct mirror *m, const struct queue *q)
{
    int64_t sum[LEVEL_COUNT] = {0};
    for (size_t i = 0; i < queue_window_count(q); i++) {
        const struct window *w = queue_window_at(q, i);
        char label[16];
        snprintf(label, sizeof label, "%d", w->window);
        int64_t is[LEVEL_COUNT] = {[METRIC_window_open] = w->state != HALLD__WINDOW_STATE__E__closed,
                                   [METRIC_window_ready] = w->state == HALLD__WINDOW_STATE__E__ready,
                                   [METRIC_window_busy] = w->ticket != NULL,
                                   [METRIC_window_break] = w->state == HALLD__WINDOW_STATE__E__break};
        for (int k = METRIC_window_open; k <= METRIC_window_break; k++) {
            ck_assert_int_eq(mirrored(m, SCOPE_WINDOW, label, k), is[k]);
            sum[k] += is[k];
        }
    }
    for (int k = METRIC_window_open; k <= METRIC_window_break; k++)
        ck_assert_int_eq(mirrored(m, SCOPE_HALL, "", k), sum[k]);
}

static int64_t matters_open(const struct flow *flow)
{
    int64_t n = 0;
    for (uint64_t id = 1; id <= flow_matter_count(flow); id++)
        n += !flow_matter(flow, id)->ended;
    return n;
}

static void mirror(void *arg, const struct answer *answer)
{
    struct mirror *m = arg;
    const struct play *played = &m->hall.play;
    (void)answer;
    for (; m->folded < played->n_journal; m->folded++)
        fold_event(m->fold, played->journal[m->folded]);
    const struct queue *q = hall_queue(played->hall);
    int64_t waiting = 0;
    for (size_t i = 0; i < fold_series_count(m->fold); i++) {
        const struct series *s = fold_series_at(m->fold, i);
        if (s->scope != SCOPE_QUEUE)
            continue;
        ck_assert_int_eq(s->level[METRIC_waiting], queue_waiting(q, s->label));
        waiting += s->level[METRIC_waiting];
    }
    ck_assert_int_eq(mirrored(m, SCOPE_HALL, "", METRIC_waiting), waiting);
    ck_assert_int_eq(mirrored(m, SCOPE_HALL, "", METRIC_matters_open), matters_open(hall_flow(played->hall)));
    windows_agree(m, q);
}

START_TEST(levels_agree_with_the_hall_after_every_command)
{
    struct mirror m = {.fold = fold_new(nothing, NULL)};
    random_hall_init(&m.hall, (uint64_t)_i + 77);
    m.hall.matters = _i % 2;
    mirror(&m, NULL);
    m.hall.decided = mirror;
    m.hall.arg = &m;
    for (int i = 0; i < 1500; i++)
        random_hall_step(&m.hall);
    random_hall_end_day(&m.hall);
    random_hall_next_day(&m.hall);
    for (int i = 0; i < 300; i++)
        random_hall_step(&m.hall);
    random_hall_fini(&m.hall);
    fold_free(m.fold);
}
END_TEST

/* ---- beginning in the midst */

static void fold_range(const struct play *from, size_t first, struct fold *into)
{
    for (size_t i = first; i < from->n_journal; i++)
        fold_event(into, from->journal[i]);
}

START_TEST(a_fold_from_the_days_opening_hands_out_the_same)
{
    struct random_hall r;
    struct buf whole = BUF_INIT, part = BUF_INIT;
    random_hall_init(&r, 5);
    r.matters = true;
    for (int i = 0; i < 1000; i++)
        random_hall_step(&r);
    random_hall_end_day(&r);
    random_hall_next_day(&r);
    for (int i = 0; i < 1000; i++)
        random_hall_step(&r);
    struct fold *all = fold_new(take, &whole), *later = fold_new(take, &part);
    fold_range(&r.play, 0, all);
    for (size_t i = 0; i < fold_series_count(all); i++) /* as the files tell */
        fold_series(later, fold_series_at(all, i)->scope, fold_series_at(all, i)->label);
    ck_assert_ptr_nonnull(strstr(fold_carried(all), "filing=")); /* some are open overnight */
    ck_assert(fold_carry(later, fold_carried(all)));
    ck_assert(!fold_carry(all, "nonsense;"));
    fold_begin_after(later, fold_day_seq(all) - 1);
    fold_range(&r.play, fold_day_seq(all) - 1, later);
    const char *second = strstr(buf_text(&part), "\n-- ");
    ck_assert_ptr_nonnull(second); /* the first block began before the opening */
    ck_assert_uint_gt(strlen(second), 1000);
    ck_assert_str_eq(buf_text(&whole) + whole.len - strlen(second), second);
    fold_free(all);
    fold_free(later);
    buf_fini(&whole);
    buf_fini(&part);
    random_hall_fini(&r);
}
END_TEST

/* ---- predictions */

START_TEST(a_predicted_wait_is_graded_once_by_what_was_told)
{
    const struct quote_row row = {.queue = "A", .group = "g", .class_name = "normal", .p50_s = 300, .p90_s = 600};
    struct quote quote = {.at = p.now, .n_rows = 1, .rows = &row};
    p.quote = &quote;
    at(0, ISSUE);
    at(1000, ISSUE);
    p.quote = NULL;
    at(2000, ISSUE); /* told nothing */
    at(10000, OPEN);
    at(240000, NEXT);
    at(240000, "{\"start_service\":{\"n\":1}}");
    at(250000, "{\"finish_ticket\":{\"n\":1,\"outcome\":\"handled\"}}");
    at(301000, NEXT);
    at(401000, "{\"start_service\":{\"n\":1}}");
    at(500000, "{\"finish_ticket\":{\"n\":1,\"outcome\":\"handled\"}}");
    at(500000, NEXT);
    at(500000, "{\"start_service\":{\"n\":1}}");
    static const struct {
        const char *name;
        int64_t value;
    } EXPECTED[] = {{"waits", 3},
                    {"predicted", 2},
                    {"predicted_ms", 240000 + 400000},
                    {"predicted_over_ms", 60000},
                    {"predicted_short_ms", 100000},
                    {"predicted_in_p50", 1},
                    {"predicted_in_p90", 2}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        ck_assert_msg(today(SCOPE_HALL, "", EXPECTED[i].name) == EXPECTED[i].value, "%s", EXPECTED[i].name);
        ck_assert_msg(today(SCOPE_QUEUE, "A", EXPECTED[i].name) == EXPECTED[i].value, "%s", EXPECTED[i].name);
        ck_assert_msg(today(SCOPE_CLASS, "normal", EXPECTED[i].name) == EXPECTED[i].value, "%s", EXPECTED[i].name);
    }
}
END_TEST

START_TEST(what_was_told_for_another_place_is_not_graded)
{
    const struct quote_row row = {.queue = "A", .group = "g", .class_name = "normal", .p50_s = 300, .p90_s = 600};
    struct quote quote = {.at = p.now, .n_rows = 1, .rows = &row};
    p.quote = &quote;
    at(0, ISSUE);
    char *change = alloc_format("{\"change_class\":{\"id\":\"%llu\",\"class\":\"senior\",\"reason\":\"70\"}}",
                                (unsigned long long)p.answer.events[0]->seq);
    at(1000, change);
    at(10000, OPEN);
    at(240000, NEXT);
    at(240000, "{\"start_service\":{\"n\":1}}");
    ck_assert_int_eq(today(SCOPE_HALL, "", "waits"), 1);
    ck_assert_int_eq(today(SCOPE_HALL, "", "predicted"), 0);
    free(change);
}
END_TEST

/* ---- tables and names */

START_TEST(every_row_of_the_catalogue_is_sound)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct metric *m = catalogue_at(i);
        ck_assert_uint_le(strlen(m->name), 19);
        ck_assert_uint_eq(strspn(m->name, "abcdefghijklmnopqrstuvwxyz_0123456789"), strlen(m->name));
        ck_assert_int_eq(catalogue_find(m->name), (int)i);
        ck_assert_int_eq(m->kind == METRIC_LEVEL, i < LEVEL_COUNT);
        ck_assert(m->scopes && m->unit[0] && m->zh[0] && m->en[0]);
        ck_assert_int_eq(m->count != NULL, m->kind != METRIC_LEVEL && !(m->scopes & (1u << SCOPE_DAEMON)));
    }
}
END_TEST

START_TEST(the_documentation_has_the_table)
{
    struct buf table = BUF_INIT, text = BUF_INIT;
    const char *top = getenv("top_srcdir");
    char *path = alloc_format("%s/docs/metrics.md", top ? top : "..");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    size_t n;
    while ((n = fread(buf_reserve(&text, 4096), 1, 4096, file)) > 0)
        text.len += n;
    buf_reserve(&text, 1)[0] = '\0';
    fclose(file);
    catalogue_write(&table);
    ck_assert_msg(strstr(buf_text(&text), buf_text(&table)), "docs/metrics.md lacks:\n%s", buf_text(&table));
    buf_fini(&table);
    buf_fini(&text);
    free(path);
}
END_TEST

START_TEST(a_label_stands_in_its_files_name)
{
    static const char *const LABELS[] = {"A", "12", "市 人社局/1", "a_b.rrd", "%41"};
    char label[200];
    enum metric_scope scope;
    for (size_t i = 0; i < sizeof LABELS / sizeof LABELS[0]; i++) {
        char *name = rrdfile_name(SCOPE_GROUP, LABELS[i]);
        ck_assert(strchr(name, '/') == NULL);
        ck_assert(rrdfile_name_parse(name, &scope, label));
        ck_assert_int_eq(scope, SCOPE_GROUP);
        ck_assert_str_eq(label, LABELS[i]);
        free(name);
    }
    ck_assert(rrdfile_name_parse("hall.rrd", &scope, label) && scope == SCOPE_HALL && !label[0]);
    static const char *const NONE[] = {"stand", "stand.new", "hall", "queue_A", "other_A.rrd", "queue_%4.rrd", ".rrd"};
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
        ck_assert_msg(!rrdfile_name_parse(NONE[i], &scope, label), "%s", NONE[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *fold = tcase_create("fold"), *random = tcase_create("random"), *tables = tcase_create("tables");
    setenv("TZ", "Asia/Shanghai", 1);
    tcase_add_checked_fixture(fold, setup, teardown);
    tcase_add_test(fold, a_predicted_wait_is_graded_once_by_what_was_told);
    tcase_add_test(fold, what_was_told_for_another_place_is_not_graded);
    tcase_add_test(fold, a_visit_is_counted_once_everywhere);
    tcase_add_test(fold, levels_are_integrals_cut_at_minutes);
    tcase_add_test(fold, an_event_on_the_boundary_belongs_to_the_minute_it_begins);
    tcase_add_test(fold, a_quiet_stretch_is_one_row_and_levels_go_on);
    tcase_add_test(fold, a_hold_interrupts_the_service);
    tcase_add_test(fold, head_starts_and_what_they_overtake_are_counted_by_class);
    tcase_add_test(fold, prometheus_text_has_cumulative_buckets);
    tcase_set_timeout(random, 60);
    tcase_add_loop_test(random, levels_agree_with_the_hall_after_every_command, 0, 8);
    tcase_add_test(random, a_fold_from_the_days_opening_hands_out_the_same);
    tcase_add_test(tables, every_row_of_the_catalogue_is_sound);
    tcase_add_test(tables, the_documentation_has_the_table);
    tcase_add_test(tables, a_label_stands_in_its_files_name);
    suite_add_tcase(suite, fold);
    suite_add_tcase(suite, random);
    suite_add_tcase(suite, tables);
    return suite_run(suite);
}
