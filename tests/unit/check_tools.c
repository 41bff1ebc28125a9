#include <check.h>
#include <string.h>

#include "codec/holiday.h"
#include "tests/lib/suite.h"
#include "tools/columns.h"
#include "tools/csv.h"

/* ---- csv */

static void open_csv(struct csv *c, const char *text)
{
    ck_assert_int_eq(csv_open(c, text, strlen(text)), CSV_ROW);
}

START_TEST(fields_are_found_by_their_columns_names)
{
    struct csv c;
    open_csv(&c, "\xEF\xBB\xBFitem,name\r\na1,办证\r\n\r\n\"b,1\",\"说\"\"好\"\"\n的\"\nc1,");
    ck_assert_int_eq(csv_next(&c), CSV_ROW);
    ck_assert_str_eq(csv_field(&c, "name"), "办证");
    ck_assert_str_eq(csv_field(&c, "nothing"), "");
    ck_assert_int_eq(c.line, 2);
    ck_assert_int_eq(csv_next(&c), CSV_ROW);
    ck_assert_str_eq(csv_field(&c, "item"), "b,1");
    ck_assert_str_eq(csv_field(&c, "name"), "说\"好\"\n的");
    ck_assert_int_eq(c.line, 4);
    ck_assert_int_eq(csv_next(&c), CSV_ROW);
    ck_assert_str_eq(csv_field(&c, "item"), "c1");
    ck_assert_str_eq(csv_field(&c, "name"), "");
    ck_assert_int_eq(c.line, 6);
    ck_assert_int_eq(csv_next(&c), CSV_END);
    csv_close(&c);
}
END_TEST

START_TEST(an_empty_file_has_no_columns)
{
    struct csv c;
    ck_assert_int_eq(csv_open(&c, "", 0), CSV_END);
    csv_close(&c);
    ck_assert_int_eq(csv_open(&c, "\n\r\n", 3), CSV_END);
    csv_close(&c);
}
END_TEST

START_TEST(rows_that_are_not_sound_say_how)
{
    static const struct {
        const char *text;
        enum csv_step step;
    } cases[] = {{"a,b\n1\n", CSV_BAD_COUNT},        {"a,b\n1,2,3\n", CSV_BAD_COUNT}, {"a,b\n\"1,2\n", CSV_BAD_QUOTE},
                 {"a,b\n\"1\"x,2\n", CSV_BAD_QUOTE}, {"a,b\n1\",2\n", CSV_BAD_QUOTE}, {"a,b\n1,\xFF\n", CSV_BAD_TEXT},
                 {"a,b\n1,\x01\n", CSV_BAD_TEXT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct csv c;
        open_csv(&c, cases[i].text);
        ck_assert_msg(csv_next(&c) == cases[i].step, "%s", cases[i].text);
        ck_assert_int_eq(c.line, 2);
        csv_close(&c);
    }
}
END_TEST

/* ---- columns */

START_TEST(chinese_characters_take_two_cells)
{
    ck_assert_int_eq(columns_width(""), 0);
    ck_assert_int_eq(columns_width("A001"), 4);
    ck_assert_int_eq(columns_width("综合窗口"), 8);
    ck_assert_int_eq(columns_width("（a）"), 5);
    ck_assert_int_eq(columns_width("é\xCC\x81"), 1);
    ck_assert_int_eq(columns_width("𠀀"), 2);
}
END_TEST

START_TEST(columns_line_up_whatever_stands_in_them)
{
    struct buf out = BUF_INIT;
    struct columns *c = columns_new("rll");
    columns_add(c, "号");
    columns_add(c, "窗口");
    columns_add(c, "事项");
    columns_add_number(c, 12345);
    columns_add(c, "7");
    columns_add(c, "办证");
    columns_write(c, &out);
    ck_assert_str_eq(buf_text(&out), "   号  窗口  事项\n"
                                     "12345  7     办证\n");
    columns_free(c);
    buf_fini(&out);
}
END_TEST

/* ---- holidays */

static int read_holiday(const char *text, Halld__Calendar **ret, struct refusal *r)
{
    return holiday_read(text, strlen(text), ret, r);
}

START_TEST(a_year_of_holidays_reads_as_a_calendar)
{
    Halld__Calendar *c = NULL;
    struct refusal r;
    ck_assert_int_eq(read_holiday("{\"$id\":\"x\",\"year\":2026,\"papers\":[\"https://a\",\"https://b\"],\"days\":["
                                  "{\"name\":\"元旦\",\"date\":\"2026-01-01\",\"isOffDay\":true},"
                                  "{\"name\":\"元旦\",\"date\":\"2026-01-04\",\"isOffDay\":false}]}",
                                  &c, &r),
                     0);
    ck_assert_int_eq(c->year, 2026);
    ck_assert_uint_eq(c->n_off, 1);
    ck_assert_str_eq(c->off[0], "2026-01-01");
    ck_assert_uint_eq(c->n_work, 1);
    ck_assert_str_eq(c->source, "https://a https://b");
    halld__calendar__free_unpacked(c, NULL);
}
END_TEST

START_TEST(a_year_without_a_notice_has_no_dates)
{
    Halld__Calendar *c = NULL;
    struct refusal r;
    ck_assert_int_eq(read_holiday("{\"year\":2027,\"papers\":[],\"days\":[]}", &c, &r), 0);
    ck_assert_uint_eq(c->n_off + c->n_work, 0);
    ck_assert_str_eq(c->source, "");
    halld__calendar__free_unpacked(c, NULL);
}
END_TEST

START_TEST(what_is_no_year_of_holidays_is_refused_with_its_place)
{
    static const struct {
        const char *text;
        int code;
        const char *field;
    } cases[] = {
        {"", HALL_E_BAD_JSON, "line 1 column 0"},
        {"{\"days\":[]}", HALL_E_FIELD_MISSING, "year"},
        {"{\"year\":2026}", HALL_E_FIELD_MISSING, "days"},
        {"{\"year\":12,\"days\":[]}", HALL_E_BAD_VALUE, "year"},
        {"{\"year\":2026,\"days\":[{\"date\":\"2026-02-30\",\"isOffDay\":true}]}", HALL_E_BAD_VALUE, "days[0]"},
        {"{\"year\":2026,\"days\":[7]}", HALL_E_FIELD_MISSING, "days[0]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Halld__Calendar *c = NULL;
        struct refusal r = {0};
        ck_assert_int_eq(read_holiday(cases[i].text, &c, &r), cases[i].code);
        ck_assert_str_eq(r.field, cases[i].field);
        ck_assert_ptr_null(c);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tools");
    TCase *t = tcase_create("tools");
    tcase_add_test(t, fields_are_found_by_their_columns_names);
    tcase_add_test(t, an_empty_file_has_no_columns);
    tcase_add_test(t, rows_that_are_not_sound_say_how);
    tcase_add_test(t, chinese_characters_take_two_cells);
    tcase_add_test(t, columns_line_up_whatever_stands_in_them);
    tcase_add_test(t, a_year_of_holidays_reads_as_a_calendar);
    tcase_add_test(t, a_year_without_a_notice_has_no_dates);
    tcase_add_test(t, what_is_no_year_of_holidays_is_refused_with_its_place);
    suite_add_tcase(s, t);
    return suite_run(s);
}
