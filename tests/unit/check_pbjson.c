/* What JSON each kind of field is, and which texts are refused as which. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/message.h"
#include "pbjson_asserts.h"
#include "proto/command.pb-c.h"
#include "proto/config.pb-c.h"
#include "proto/event.pb-c.h"
#include "proto/matter_view.pb-c.h"
#include "proto/settings.pb-c.h"
#include "proto/view.pb-c.h"
#include "tests/lib/suite.h"

static const ProtobufCMessageDescriptor *const issue = &halld__issue_ticket__descriptor;
static const ProtobufCMessageDescriptor *const put = &halld__put_settings__descriptor;
static const ProtobufCMessageDescriptor *const cancel = &halld__cancel_ticket__descriptor;
static const ProtobufCMessageDescriptor *const finish = &halld__finish_ticket__descriptor;
static const ProtobufCMessageDescriptor *const move = &halld__move_counters__descriptor;

START_TEST(an_empty_message_is_written_with_its_defaults)
{
    Halld__IssueTicket m = HALLD__ISSUE_TICKET__INIT;
    written(&m, "{\"item\":\"\",\"queue\":\"\",\"class\":\"\",\"channel\":\"unset\"}");
    Halld__NextView next = HALLD__NEXT_VIEW__INIT;
    written(&next, "{}");
    Halld__DayOpened day = HALLD__DAY_OPENED__INIT;
    written(&day, "{\"date\":0,\"open\":[],\"end_at\":null,\"sweep_at\":null}");
    Halld__MoveCounters counters = HALLD__MOVE_COUNTERS__INIT;
    written(&counters, "{\"counters\":[],\"epoch\":\"0\"}");
}
END_TEST

START_TEST(every_kind_of_field_reads_and_writes)
{
    same(issue, "{\"item\":\"511A\",\"queue\":\"A\",\"class\":\"senior\",\"channel\":\"kiosk\","
                "\"t0_at\":\"2026-11-23T09:12:03.481+08:00\"}");
    same(cancel, "{\"id\":\"18446744073709551615\",\"reason\":\"\"}");
    same(cancel, "{\"token\":\"\",\"reason\":\"走了\"}");
    same(finish, "{\"n\":-7,\"outcome\":\"supplement\",\"missing\":[\"a\",\"\",\"照片\"]}");
    same(move, "{\"counters\":[{\"queue\":\"A\",\"next\":200}],\"epoch\":\"9223372036854775808\"}");
    same(&halld__ticket_held__descriptor, "{\"ticket\":\"0\",\"window\":2147483647}");
    same(&halld__key__descriptor,
         "{\"e\":\"-9223372036854775808\",\"t0\":\"9223372036854775807\",\"seq\":\"1\",\"sub\":\"0\"}");
    same(&halld__user_request__descriptor, "{\"name\":\"\",\"role\":\"public\",\"display\":\"\",\"groups\":[],"
                                           "\"password\":\"\",\"disabled\":false,\"certified_until\":\"\"}");
    same(&halld__device__descriptor,
         "{\"name\":\"\",\"role\":\"screen\",\"place\":\"\",\"token_hash\":\"AP+/\",\"expires_at\":null}");
    same(&halld__error_view__descriptor, "{\"code\":\"\",\"message\":\"\",\"details\":{\"field\":\"n\",\"\":\"\"}}");
    same(&halld__error_body__descriptor, "{\"error\":{\"code\":\"\",\"message\":\"\",\"details\":{}}}");
}
END_TEST

START_TEST(text_is_escaped_as_little_as_json_allows)
{
    same(&halld__pair_request__descriptor, "{\"code\":\"\\\"\\\\/<\\n\\t\x7f é 张 😀\"}");
    Halld__PairRequest m = HALLD__PAIR_REQUEST__INIT;
    m.code = (char *)"\x01\x1f\b\f\r";
    written(&m, "{\"code\":\"\\u0001\\u001f\\b\\f\\r\"}");
}
END_TEST

START_TEST(what_was_in_the_buffer_stays_before_the_message)
{
    struct buf out = BUF_INIT;
    buf_add_text(&out, "data: ");
    Halld__Empty m = HALLD__EMPTY__INIT;
    pbjson_write(&m.base, &out);
    ck_assert_str_eq(buf_text(&out), "data: {}");
    ck_assert_uint_eq(out.len, 8);
    buf_fini(&out);
}
END_TEST

START_TEST(empty_text_and_an_empty_object_are_an_empty_message)
{
    same(&halld__next_view__descriptor, "{}");
    drop(accepted(issue, ""));
    drop(accepted(issue, " {\n} "));
}
END_TEST

START_TEST(null_is_unset)
{
    Halld__IssueTicket *m = accepted(issue, "{\"item\":null,\"channel\":null,\"t0_at\":null}");
    ck_assert_str_eq(m->item, "");
    ck_assert_int_eq(m->has_t0_case, HALLD__ISSUE_TICKET__HAS_T0__NOT_SET);
    drop(m);
    Halld__PutSettings *p = accepted(put, "{\"put\":null,\"remove\":null}");
    ck_assert_ptr_null(p->put);
    drop(p);
    drop(accepted(cancel, "{\"id\":null,\"token\":\"x\"}"));
    refused(finish, "{\"missing\":[null]}", HALL_E_WRONG_TYPE, "missing[0]");
    refused(put, "{\"remove\":[null]}", HALL_E_WRONG_TYPE, "remove[0]");
    refused(&halld__error_view__descriptor, "{\"details\":{\"a\":null}}", HALL_E_WRONG_TYPE, "details.a");
}
END_TEST

START_TEST(what_is_no_json_is_refused_with_its_line_and_column)
{
    refused(issue, "{", HALL_E_BAD_JSON, "line 1 column 1");
    refused(issue, "{\n  \"item\" 7}", HALL_E_BAD_JSON, "line 2 column 10");
    static const char *const bad[] = {" ",
                                      "null",
                                      "7",
                                      "\"x\"",
                                      "{'item':''}",
                                      "{\"item\":\"\",}",
                                      "{item:\"\"}",
                                      "{\"item\":\"\"} x",
                                      "{\"item\":\"\"}{}",
                                      "{\"item\":\"a\nb\"}",
                                      "{\"item\":\"\\x\"}",
                                      "{\"item\":\"\\u12\"}",
                                      "{\"n\":01}",
                                      "{\"n\":+1}",
                                      "{\"n\":.5}",
                                      "{\"n\":0x10}",
                                      "{\"n\":NaN}",
                                      "{\"n\":Infinity}",
                                      "{\"n\":--1}",
                                      "{\"n\":tru}",
                                      "/* no */ {}",
                                      "\xEF\xBB\xBF{}",
                                      "{\"item\":\"unended}",
                                      "[",
                                      "{]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int code = read_code(issue, bad[i], strlen(bad[i]));
        ck_assert_msg(code == HALL_E_BAD_JSON, "%s: %s", bad[i], code ? err_name(code) : "accepted");
        ck_assert(strncmp(refusal.field, "line ", 5) == 0);
    }
    ck_assert_int_eq(read_code(issue, "{}\0{}", 5), HALL_E_BAD_JSON);
}
END_TEST

START_TEST(a_key_given_twice_is_refused)
{
    refused(issue, "{\"item\":\"a\",\"item\":\"a\"}", HALL_E_BAD_JSON, "line 1 column 18");
    int code = read_code(issue, "{\"item\":\"a\",\"it\\u0065m\":\"b\"}", 29);
    ck_assert_int_eq(code, HALL_E_BAD_JSON);
}
END_TEST

START_TEST(the_root_is_an_object)
{
    refused(issue, "[]", HALL_E_WRONG_TYPE, "");
    refused(issue, "[{\"item\":\"\"}]", HALL_E_WRONG_TYPE, "");
}
END_TEST

START_TEST(unknown_fields_are_refused_wherever_they_are)
{
    refused(issue, "{\"itme\":\"\"}", HALL_E_UNKNOWN_FIELD, "itme");
    refused(issue, "{\"t0At\":null}", HALL_E_UNKNOWN_FIELD, "t0At");
    refused(issue, "{\"\":1}", HALL_E_UNKNOWN_FIELD, "");
    refused(issue, "{\"has_t0\":1}", HALL_E_UNKNOWN_FIELD, "has_t0");
    refused(put, "{\"put\":{\"items\":[{},{},{},{\"nmae\":\"\"}]}}", HALL_E_UNKNOWN_FIELD, "put.items[3].nmae");
}
END_TEST

START_TEST(wrong_types_are_refused_with_the_path_of_the_field)
{
    refused(issue, "{\"item\":7}", HALL_E_WRONG_TYPE, "item");
    refused(issue, "{\"item\":[]}", HALL_E_WRONG_TYPE, "item");
    refused(issue, "{\"channel\":1}", HALL_E_WRONG_TYPE, "channel");
    refused(issue, "{\"t0_at\":1795396323481}", HALL_E_WRONG_TYPE, "t0_at");
    refused(finish, "{\"n\":\"7\"}", HALL_E_WRONG_TYPE, "n");
    refused(finish, "{\"n\":7.0}", HALL_E_WRONG_TYPE, "n");
    refused(finish, "{\"n\":1e3}", HALL_E_WRONG_TYPE, "n");
    refused(finish, "{\"n\":true}", HALL_E_WRONG_TYPE, "n");
    refused(finish, "{\"missing\":\"a\"}", HALL_E_WRONG_TYPE, "missing");
    refused(finish, "{\"missing\":{}}", HALL_E_WRONG_TYPE, "missing");
    refused(finish, "{\"missing\":[[]]}", HALL_E_WRONG_TYPE, "missing[0]");
    refused(cancel, "{\"id\":1.5}", HALL_E_WRONG_TYPE, "id");
    refused(put, "{\"put\":[]}", HALL_E_WRONG_TYPE, "put");
    refused(put, "{\"put\":{\"items\":[{\"example\":\"true\"}]}}", HALL_E_WRONG_TYPE, "put.items[0].example");
    refused(put, "{\"put\":{\"items\":[{\"example\":1}]}}", HALL_E_WRONG_TYPE, "put.items[0].example");
    refused(put, "{\"put\":{\"users\":[{\"secret\":1}]}}", HALL_E_WRONG_TYPE, "put.users[0].secret");
    refused(put, "{\"put\":{\"hall\":{\"name\":{}}}}", HALL_E_WRONG_TYPE, "put.hall.name");
    refused(&halld__error_view__descriptor, "{\"details\":[]}", HALL_E_WRONG_TYPE, "details");
    refused(&halld__error_view__descriptor, "{\"details\":{\"a\":1}}", HALL_E_WRONG_TYPE, "details.a");
}
END_TEST

START_TEST(numbers_out_of_range_are_refused)
{
    same(finish, "{\"n\":2147483647,\"outcome\":\"unset\",\"missing\":[]}");
    same(finish, "{\"n\":-2147483648,\"outcome\":\"unset\",\"missing\":[]}");
    refused(finish, "{\"n\":2147483648}", HALL_E_BAD_VALUE, "n");
    ck_assert_str_eq(refusal.value, "2147483648");
    refused(finish, "{\"n\":-2147483649}", HALL_E_BAD_VALUE, "n");
    refused(finish, "{\"n\":9223372036854775808}", HALL_E_BAD_VALUE, "line 1 column 24");
    refused(finish, "{\"n\":1e999}", HALL_E_BAD_VALUE, "line 1 column 10");
    refused(cancel, "{\"id\":-1}", HALL_E_BAD_VALUE, "id");
    refused(cancel, "{\"id\":\"18446744073709551616\"}", HALL_E_BAD_VALUE, "id");
    refused(&halld__key__descriptor, "{\"e\":\"9223372036854775808\"}", HALL_E_BAD_VALUE, "e");
    refused(&halld__key__descriptor, "{\"e\":\"-9223372036854775809\"}", HALL_E_BAD_VALUE, "e");
}
END_TEST

START_TEST(a_64_bit_number_may_be_a_json_number_too)
{
    Halld__CancelTicket *m = accepted(cancel, "{\"id\":9223372036854775807}");
    ck_assert_uint_eq(m->id, 9223372036854775807u);
    drop(m);
    m = accepted(cancel, "{\"id\":-0}");
    ck_assert_uint_eq(m->id, 0);
    ck_assert_int_eq(m->which_case, HALLD__CANCEL_TICKET__WHICH_ID);
    drop(m);
    Halld__FinishTicket *f = accepted(finish, "{\"n\":-0}");
    ck_assert_int_eq(f->n, 0);
    drop(f);
}
END_TEST

START_TEST(quoted_numbers_have_one_form)
{
    static const char *const bad[] = {"",  " 1",  "1 ",  "+1",  "01",  "00", "-0",
                                      "-", "--1", "1e3", "1.0", "0x1", "１", "1_000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *text = alloc_format("{\"e\":\"%s\"}", bad[i]);
        refused(&halld__key__descriptor, text, HALL_E_BAD_VALUE, "e");
        ck_assert_str_eq(refusal.value, bad[i]);
        free(text);
    }
    refused(cancel, "{\"id\":\"-1\"}", HALL_E_BAD_VALUE, "id");
}
END_TEST

START_TEST(enums_are_their_exact_names)
{
    Halld__WindowView *m = accepted(&halld__window_view__descriptor, "{\"state\":\"break\"}");
    ck_assert_int_eq(m->state, HALLD__WINDOW_STATE__E__break);
    drop(m);
    refused(finish, "{\"outcome\":\"Handled\"}", HALL_E_BAD_VALUE, "outcome");
    ck_assert_str_eq(refusal.value, "Handled");
    refused(finish, "{\"outcome\":\"\"}", HALL_E_BAD_VALUE, "outcome");
    refused(finish, "{\"outcome\":\"1\"}", HALL_E_BAD_VALUE, "outcome");
    refused(finish, "{\"outcome\":\"handled \"}", HALL_E_BAD_VALUE, "outcome");
}
END_TEST

START_TEST(moments_are_rfc_3339_and_none_is_null)
{
    Halld__Device *m = accepted(&halld__device__descriptor, "{\"expires_at\":\"2026-11-23T01:12:03Z\"}");
    ck_assert_int_eq(m->expires_at, 1795396323000);
    drop(m);
    static const char *const bad[] = {"",
                                      "0",
                                      "1795396323481",
                                      "2026-11-23",
                                      "2026-11-23T09:12:03",
                                      "1970-01-01T00:00:00Z",
                                      "1970-01-01T08:00:00+08:00",
                                      "9999-12-31T23:59:59Z",
                                      "2026-02-30T00:00:00Z",
                                      "now"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *text = alloc_format("{\"expires_at\":\"%s\"}", bad[i]);
        refused(&halld__device__descriptor, text, HALL_E_BAD_VALUE, "expires_at");
        free(text);
    }
    Halld__Device d = HALLD__DEVICE__INIT;
    d.expires_at = -1;
    written(&d, "{\"name\":\"\",\"role\":\"public\",\"place\":\"\",\"token_hash\":\"\",\"expires_at\":null}");
    Halld__TicketState state = HALLD__TICKET_STATE__INIT; /* "state" does not end in "_at" */
    written(&state, "{}");
}
END_TEST

START_TEST(bytes_are_padded_standard_base64_with_one_form)
{
    static const char *const good[] = {"", "AA==", "AAA=", "AAAA", "/+8=", "////"};
    static const char *const bad[] = {"A",    "AA",       "AAA",  "AAAAA",   "====", "A===", "AA=A", "_-8=", "AB==",
                                      "AAB=", "AA==AAAA", " AAA", "AA\\n==", "AA=",  "=",    "==",   "A=A=", "张"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *text = alloc_format("{\"name\":\"\",\"role\":\"public\",\"display\":\"\",\"groups\":[],\"secret\":\"%s\","
                                  "\"disabled\":false,\"certified_until\":\"\"}",
                                  good[i]);
        same(&halld__user__descriptor, text);
        free(text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *text = alloc_format("{\"secret\":\"%s\"}", bad[i]);
        refused(&halld__user__descriptor, text, HALL_E_BAD_VALUE, "secret");
        ck_assert_str_eq(refusal.value, "");
        free(text);
    }
}
END_TEST

START_TEST(two_members_of_one_oneof_are_refused)
{
    refused(cancel, "{\"id\":\"1\",\"token\":\"x\"}", HALL_E_BAD_VALUE, "token");
    refused(cancel, "{\"token\":\"x\",\"id\":\"0\"}", HALL_E_BAD_VALUE, "id");
    refused(&halld__command__descriptor, "{\"tick\":{},\"open_window\":{\"n\":1}}", HALL_E_BAD_VALUE, "open_window");
}
END_TEST

START_TEST(an_empty_message_in_a_oneof_is_set)
{
    Halld__Command *m = accepted(&halld__command__descriptor, "{\"tick\":{}}");
    ck_assert_int_eq(m->body_case, HALLD__COMMAND__BODY_TICK);
    written(m, "{\"tick\":{}}");
    drop(m);
}
END_TEST

START_TEST(a_clone_is_equal_and_its_own)
{
    Halld__Settings *m =
        accepted(&halld__settings__descriptor,
                 "{\"items\":[{\"item\":\"a\",\"promised\":{\"n\":7},\"materials\":[{\"name\":\"b\"}]}],"
                 "\"policy\":{\"max_misses\":0},\"users\":[{\"secret\":\"AAAA\"}]}");
    ProtobufCMessage *copy = message_clone(&m->base);
    struct buf a = BUF_INIT, b = BUF_INIT;
    pbjson_write(&m->base, &a);
    drop(m);
    pbjson_write(copy, &b);
    drop(copy);
    ck_assert_str_eq(buf_text(&a), buf_text(&b));
    buf_fini(&a);
    buf_fini(&b);
}
END_TEST

START_TEST(any_object_is_kept_as_its_compact_text)
{
    Halld__TakeRequest *m = (Halld__TakeRequest *)accepted(
        &halld__take_request__descriptor,
        "{\"fields\": { \"b\": [1, 1.5, true, null],\n \"a\":{\"id\":\"\\u5f20 \\t\"} }}");
    ck_assert_str_eq(m->fields->text, "{\"b\":[1,1.5,true,null],\"a\":{\"id\":\"张 \\t\"}}");
    drop(&m->base);
    same(&halld__json__descriptor, "{\"a\":{},\"b\":[]}");
    m = (Halld__TakeRequest *)accepted(&halld__take_request__descriptor, "{\"fields\":{}}");
    ck_assert_str_eq(m->fields->text, "");
    written(m->fields, "{}");
    drop(&m->base);
    refused(&halld__take_request__descriptor, "{\"fields\":[]}", HALL_E_WRONG_TYPE, "fields");
    refused(&halld__take_request__descriptor, "{\"fields\":{\"a\":[{\"b\":\"\\u0007\"}]}}", HALL_E_BAD_UTF8, "fields");
    refused(&halld__take_request__descriptor, "{\"fields\":{\"\\u0001\":1}}", HALL_E_BAD_UTF8, "fields");
    const char *const twice = "{\"fields\":{\"a\":1,\"a\":2}}", *const deep = "{\"fields\":{\"a\":[[[[[[[1]]]]]]]}}";
    ck_assert_int_eq(read_code(&halld__take_request__descriptor, twice, strlen(twice)), HALL_E_BAD_JSON);
    ck_assert_int_eq(read_code(&halld__take_request__descriptor, deep, strlen(deep)), HALL_E_TOO_DEEP);
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("pbjson");
    TCase *t = tcase_create("pbjson");
    tcase_add_test(t, an_empty_message_is_written_with_its_defaults);
    tcase_add_test(t, every_kind_of_field_reads_and_writes);
    tcase_add_test(t, text_is_escaped_as_little_as_json_allows);
    tcase_add_test(t, what_was_in_the_buffer_stays_before_the_message);
    tcase_add_test(t, empty_text_and_an_empty_object_are_an_empty_message);
    tcase_add_test(t, null_is_unset);
    tcase_add_test(t, what_is_no_json_is_refused_with_its_line_and_column);
    tcase_add_test(t, a_key_given_twice_is_refused);
    tcase_add_test(t, the_root_is_an_object);
    tcase_add_test(t, unknown_fields_are_refused_wherever_they_are);
    tcase_add_test(t, wrong_types_are_refused_with_the_path_of_the_field);
    tcase_add_test(t, numbers_out_of_range_are_refused);
    tcase_add_test(t, a_64_bit_number_may_be_a_json_number_too);
    tcase_add_test(t, quoted_numbers_have_one_form);
    tcase_add_test(t, enums_are_their_exact_names);
    tcase_add_test(t, moments_are_rfc_3339_and_none_is_null);
    tcase_add_test(t, bytes_are_padded_standard_base64_with_one_form);
    tcase_add_test(t, two_members_of_one_oneof_are_refused);
    tcase_add_test(t, an_empty_message_in_a_oneof_is_set);
    tcase_add_test(t, any_object_is_kept_as_its_compact_text);
    tcase_add_test(t, a_clone_is_equal_and_its_own);
    suite_add_tcase(s, t);
    return suite_run(s);
}
