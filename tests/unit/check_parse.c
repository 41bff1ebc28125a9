#include <check.h>

#include "net/parse.h"
#include "tests/lib/suite.h"

START_TEST(a_pattern_takes_its_parameters_out_of_the_path)
{
    struct path_params p;
    ck_assert(parse_path("/windows/{n}/next", "/windows/7/next", &p));
    ck_assert_uint_eq(p.n, 1);
    ck_assert_str_eq(p.at[0].name, "n");
    ck_assert_str_eq(p.at[0].value, "7");
    ck_assert(parse_path("/t/{token}", "/t/%E5%8F%B7%2f", &p));
    ck_assert_str_eq(p.at[0].value, "号/");
    ck_assert(parse_path("/a/{x}/{y}", "/a/1/2", &p));
    ck_assert_uint_eq(p.n, 2);
    ck_assert_str_eq(p.at[1].value, "2");
}
END_TEST

START_TEST(a_path_that_only_resembles_a_pattern_does_not_fit)
{
    static const char *const PATHS[] = {"/windows/7",
                                        "/windows/7/next/",
                                        "/windows//next",
                                        "/windows/7/8/next",
                                        "/windows/7/nextx",
                                        "/window/7/next",
                                        "",
                                        "/windows/%/next",
                                        "/windows/%zz/next",
                                        "/windows/%00/next",
                                        "/windows/%ff/next"};
    struct path_params p;
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++)
        ck_assert_msg(!parse_path("/windows/{n}/next", PATHS[i], &p), "%s", PATHS[i]);
}
END_TEST

START_TEST(a_query_gives_its_first_value_decoded)
{
    char value[16];
    ck_assert_int_eq(parse_query("a=1&b=x+y%26&b=2&c", "b", value, sizeof value), 1);
    ck_assert_str_eq(value, "x y&");
    ck_assert_int_eq(parse_query("a=1&b=x+y%26&b=2&c", "c", value, sizeof value), 1);
    ck_assert_str_eq(value, "");
    ck_assert_int_eq(parse_query("a=1&bb=2", "b", value, sizeof value), 0);
    ck_assert_int_eq(parse_query("&&=&a", "b", value, sizeof value), 0);
    ck_assert_int_eq(parse_query("b=%4", "b", value, sizeof value), -1);
    ck_assert_int_eq(parse_query("b=%0a", "b", value, sizeof value), -1);
    ck_assert_int_eq(parse_query("b=1234567890123456", "b", value, sizeof value), -1);
}
END_TEST

START_TEST(a_cookie_is_found_by_its_whole_name)
{
    char value[8];
    ck_assert(parse_cookie("a=1; halld=x ; b=2", "halld", value, sizeof value));
    ck_assert_str_eq(value, "x");
    ck_assert(parse_cookie("a=1;b=2", "b", value, sizeof value));
    ck_assert_str_eq(value, "2");
    ck_assert(!parse_cookie("xhalld=1; halldx=2; halld", "halld", value, sizeof value));
    ck_assert(!parse_cookie("a=12345678", "a", value, sizeof value));
    ck_assert(!parse_cookie(NULL, "a", value, sizeof value));
}
END_TEST

START_TEST(chinese_unless_english_is_preferred)
{
    static const char *const ENGLISH[] = {"en", "en-US,en;q=0.9,zh;q=0.5", "fr, en;q=0.3", "zh;q=0.1, en;q=0.2", "EN"};
    static const char *const CHINESE[] = {
        "",        "zh-CN,zh;q=0.9,en;q=0.8", "fr", "*", "en;q=0", "zh, en", "en, zh", ";;;,q=",
        "english", "zh;q=0.5;q=1, en;q=0.5"};
    ck_assert(!parse_prefers_english(NULL));
    for (size_t i = 0; i < sizeof ENGLISH / sizeof ENGLISH[0]; i++)
        ck_assert_msg(parse_prefers_english(ENGLISH[i]), "%s", ENGLISH[i]);
    for (size_t i = 0; i < sizeof CHINESE / sizeof CHINESE[0]; i++)
        ck_assert_msg(!parse_prefers_english(CHINESE[i]), "%s", CHINESE[i]);
}
END_TEST

START_TEST(an_event_id_is_epoch_and_seq)
{
    uint64_t epoch = 1, seq = 1;
    ck_assert(parse_event_id("00000000000000ff-18121", &epoch, &seq));
    ck_assert_uint_eq(epoch, 255);
    ck_assert_uint_eq(seq, 18121);
    static const char *const BAD[] = {"",
                                      "ff-1",
                                      "00000000000000ff",
                                      "00000000000000ff-",
                                      "00000000000000ff-1x",
                                      "00000000000000ff-12345678901234567890",
                                      "0000000000000zff-1",
                                      "00000000000000ff--1"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        ck_assert_msg(!parse_event_id(BAD[i], &epoch, &seq), "%s", BAD[i]);
    ck_assert_uint_eq(seq, 18121);
}
END_TEST

START_TEST(an_etag_matches_alone_in_a_list_and_weakly)
{
    ck_assert(parse_etag_matches("\"a\"", "\"a\""));
    ck_assert(parse_etag_matches("\"b\", W/\"a\"", "\"a\""));
    ck_assert(parse_etag_matches("*", "\"a\""));
    ck_assert(!parse_etag_matches("\"ab\"", "\"a\""));
    ck_assert(!parse_etag_matches(NULL, "\"a\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parse");
    TCase *tc = tcase_create("parse");
    tcase_add_test(tc, a_pattern_takes_its_parameters_out_of_the_path);
    tcase_add_test(tc, a_path_that_only_resembles_a_pattern_does_not_fit);
    tcase_add_test(tc, a_query_gives_its_first_value_decoded);
    tcase_add_test(tc, a_cookie_is_found_by_its_whole_name);
    tcase_add_test(tc, chinese_unless_english_is_preferred);
    tcase_add_test(tc, an_event_id_is_epoch_and_seq);
    tcase_add_test(tc, an_etag_matches_alone_in_a_list_and_weakly);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
