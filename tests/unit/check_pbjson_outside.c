/* What may come from outside: hostile text, limits, parameters of paths, protobuf bytes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pbjson_asserts.h"
#include "proto/command.pb-c.h"
#include "proto/settings.pb-c.h"
#include "proto/view.pb-c.h"
#include "tests/lib/suite.h"

static const ProtobufCMessageDescriptor *const issue = &halld__issue_ticket__descriptor;
static const ProtobufCMessageDescriptor *const put = &halld__put_settings__descriptor;
static const ProtobufCMessageDescriptor *const cancel = &halld__cancel_ticket__descriptor;
static const ProtobufCMessageDescriptor *const finish = &halld__finish_ticket__descriptor;
static const ProtobufCMessageDescriptor *const move = &halld__move_counters__descriptor;

START_TEST(text_that_is_not_clean_utf8_is_refused)
{
    static const char *const bad[] = {"{\"item\":\"\xC0\x80\"}",     "{\"item\":\"\xC1\xBF\"}",
                                      "{\"item\":\"\xE0\x80\xAF\"}", "{\"item\":\"\xF0\x80\x80\xAF\"}",
                                      "{\"item\":\"\xED\xA0\x80\"}", "{\"item\":\"\xF4\x90\x80\x80\"}",
                                      "{\"item\":\"\x80\"}",         "{\"item\":\"\xE5\xBC\"}",
                                      "{\"item\":\"\xFF\"}",         "{\"item\":\"\\u0000\"}",
                                      "{\"item\":\"a\\u0001\"}",     "{\"item\":\"\\r\"}",
                                      "{\"item\":\"\\u001f\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int code = read_code(issue, bad[i], strlen(bad[i]));
        ck_assert_msg(code == HALL_E_BAD_UTF8, "%zu: %s", i, code ? err_name(code) : "accepted");
    }
    refused(issue, "{\"item\":\"a\\u0001\"}", HALL_E_BAD_UTF8, "item");
    refused(&halld__error_view__descriptor, "{\"details\":{\"\\u0007\":\"\"}}", HALL_E_BAD_UTF8, "details");
    refused(put, "{\"put\":{\"a\\u0001\":0}}", HALL_E_BAD_UTF8, "put");
    int code = read_code(issue, "{\"it\\u0000em\":\"\"}", 17);
    ck_assert_int_eq(code, HALL_E_BAD_UTF8);
}
END_TEST

START_TEST(surrogates_come_in_pairs)
{
    Halld__IssueTicket *m = accepted(issue, "{\"item\":\"\\ud83d\\ude00\\u5f20\"}");
    ck_assert_str_eq(m->item, "😀张");
    drop(m);
    static const char *const bad[] = {"{\"item\":\"\\ud83d\"}", "{\"item\":\"\\ude00\"}", "{\"item\":\"\\ud83dx\"}",
                                      "{\"item\":\"\\ude00\\ud83d\"}", "{\"item\":\"\\ud83d\\u0041\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(read_code(issue, bad[i], strlen(bad[i])), HALL_E_BAD_JSON);
}
END_TEST

/* `before`, n times `unit`, `after`. */
static char *repeat(const char *before, const char *unit, size_t n, const char *after)
{
    struct buf out = BUF_INIT;
    buf_add_text(&out, before);
    for (size_t i = 0; i < n; i++)
        buf_add_text(&out, unit);
    buf_add_text(&out, after);
    return buf_take(&out);
}

static void refused_repeat(const ProtobufCMessageDescriptor *d, const char *before, const char *unit, size_t n,
                           const char *after, int code, const char *field)
{
    char *text = repeat(before, unit, n, after);
    int got = read_code(d, text, strlen(text));
    ck_assert_msg(got == code, "%s: %s", before, got ? err_name(got) : "accepted");
    ck_assert_str_eq(refusal.field, field);
    free(text);
}

START_TEST(depth_bombs_are_refused_before_they_are_parsed)
{
    refused_repeat(put, "", "[", 60000, "", HALL_E_TOO_DEEP, "line 1 column 9");
    refused_repeat(put, "", "{\"put\":", 9000, "", HALL_E_TOO_DEEP, "line 1 column 57");
    refused_repeat(put, "{\"put\":\n", "[", 3000, "", HALL_E_TOO_DEEP, "line 2 column 8");
    refused(put, "{\"x\":[[[[[[[]]]]]]]}", HALL_E_UNKNOWN_FIELD, "x");
    char *text = repeat("{\"item\":\"", "[{\\\"", 1000, "\"}");
    drop(accepted(issue, text));
    free(text);
}
END_TEST

START_TEST(limits_are_kept_to_the_byte)
{
    char *text = repeat("{\"item\":\"", "x", 4096, "\"}");
    drop(accepted(issue, text));
    free(text);
    refused_repeat(issue, "{\"item\":\"", "x", 4097, "\"}", HALL_E_TOO_LONG, "item");
    refused_repeat(&halld__user__descriptor, "{\"secret\":\"", "AAAA", 1366, "\"}", HALL_E_TOO_LONG, "secret");
    text = repeat("{\"missing\":[\"\"", ",\"\"", 999, "]}");
    drop(accepted(finish, text));
    free(text);
    refused_repeat(finish, "{\"missing\":[\"\"", ",\"\"", 1000, "]}", HALL_E_TOO_LONG, "missing");
    text = repeat("{}", " ", 65534, "");
    drop(accepted(issue, text));
    free(text);
    refused_repeat(issue, "{}", " ", 65535, "", HALL_E_TOO_LARGE, "");
    refused_repeat(&halld__error_view__descriptor, "{\"details\":{\"", "k", 4097, "\":\"\"}}", HALL_E_TOO_LONG,
                   refusal.field);
}
END_TEST

START_TEST(a_small_text_cannot_make_a_large_message)
{
    struct pbjson_limits limits = PBJSON_OUTSIDE;
    limits.memory = 4096;
    char *text = repeat("{\"items\":[{}", ",{}", 99, "]}");
    ProtobufCMessage *m = NULL;
    ck_assert_int_eq(pbjson_read(&halld__settings__descriptor, text, strlen(text), &limits, &m, &refusal),
                     HALL_E_TOO_LARGE);
    ck_assert_ptr_null(m);
    ck_assert(strncmp(refusal.field, "items[", 6) == 0);
    free(text);
}
END_TEST

START_TEST(a_refusal_need_not_be_wanted)
{
    ProtobufCMessage *m = NULL;
    ck_assert_int_eq(pbjson_read(issue, "{\"x\":1}", 7, &PBJSON_OUTSIDE, &m, NULL), HALL_E_UNKNOWN_FIELD);
    ck_assert_int_eq(pbjson_read(issue, "{", 1, &PBJSON_OUTSIDE, &m, NULL), HALL_E_BAD_JSON);
    ck_assert_int_eq(pbjson_read(finish, "{\"n\":9999999999}", 16, &PBJSON_OUTSIDE, &m, NULL), HALL_E_BAD_VALUE);
    ck_assert_int_eq(pbjson_unpack(issue, "\xFF", 1, &PBJSON_OUTSIDE, &m, NULL), HALL_E_BAD_REQUEST);
    ck_assert_ptr_null(m);
}
END_TEST

START_TEST(a_path_parameter_sets_its_field)
{
    Halld__CancelTicket *m = accepted(cancel, "{\"reason\":\"x\"}");
    ck_assert_int_eq(pbjson_set_text(&m->base, "id", "18121", &refusal), 0);
    ck_assert_uint_eq(m->id, 18121);
    ck_assert_int_eq(m->which_case, HALLD__CANCEL_TICKET__WHICH_ID);
    drop(m);
    Halld__IssueTicket *i = accepted(issue, "");
    ck_assert_int_eq(pbjson_set_text(&i->base, "item", "照", &refusal), 0);
    ck_assert_int_eq(pbjson_set_text(&i->base, "channel", "phone", &refusal), 0);
    ck_assert_int_eq(pbjson_set_text(&i->base, "t0_at", "2026-11-23T09:12:03.481+08:00", &refusal), 0);
    written(i, "{\"item\":\"照\",\"queue\":\"\",\"class\":\"\",\"channel\":\"phone\","
               "\"t0_at\":\"2026-11-23T09:12:03.481+08:00\"}");
    drop(i);
    Halld__User *u = accepted(&halld__user__descriptor, "");
    ck_assert_int_eq(pbjson_set_text(&u->base, "disabled", "true", &refusal), 0);
    ck_assert_int_eq(pbjson_set_text(&u->base, "secret", "AAAA", &refusal), 0);
    ck_assert_uint_eq(u->secret.len, 3);
    ck_assert(u->disabled);
    drop(u);
}
END_TEST

static void set_refused(void *m, const char *field, const char *text, int code)
{
    int got = pbjson_set_text(m, field, text, &refusal);
    ck_assert_msg(got == code, "%s=%s: %s", field, text, got ? err_name(got) : "accepted");
    ck_assert_str_eq(refusal.field, field);
}

START_TEST(a_path_parameter_is_checked_like_any_input)
{
    Halld__FinishTicket *f = accepted(finish, "");
    static const char *const bad[] = {"", "07", "7 ", "+7", "7.0", "x", "2147483648"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        set_refused(f, "n", bad[i], HALL_E_BAD_VALUE);
    set_refused(f, "m", "7", HALL_E_UNKNOWN_FIELD);
    set_refused(f, "missing", "7", HALL_E_WRONG_TYPE);
    set_refused(f, "outcome", "won", HALL_E_BAD_VALUE);
    ck_assert_str_eq(refusal.value, "won");
    drop(f);
    Halld__IssueTicket *i = accepted(issue, "");
    char *text = repeat("", "x", 4097, "");
    set_refused(i, "item", text, HALL_E_TOO_LONG);
    free(text);
    set_refused(i, "item", "\xC0\x80", HALL_E_BAD_UTF8);
    ck_assert_str_eq(refusal.value, "");
    set_refused(i, "t0_at", "today", HALL_E_BAD_VALUE);
    drop(i);
    Halld__User *u = accepted(&halld__user__descriptor, "");
    set_refused(u, "disabled", "1", HALL_E_BAD_VALUE);
    set_refused(u, "secret", "A", HALL_E_BAD_VALUE);
    drop(u);
    Halld__PutSettings *p = accepted(put, "");
    set_refused(p, "put", "{}", HALL_E_WRONG_TYPE);
    drop(p);
}
END_TEST

START_TEST(a_path_parameter_may_not_stand_in_the_body_again)
{
    Halld__CancelTicket *m = accepted(cancel, "{\"id\":\"0\",\"reason\":\"x\"}");
    set_refused(m, "id", "7", HALL_E_UNKNOWN_FIELD);
    set_refused(m, "token", "7", HALL_E_BAD_VALUE);
    set_refused(m, "reason", "y", HALL_E_UNKNOWN_FIELD);
    drop(m);
    Halld__FinishTicket *f = accepted(finish, "{\"n\":7,\"outcome\":\"handled\"}");
    set_refused(f, "n", "7", HALL_E_UNKNOWN_FIELD);
    set_refused(f, "outcome", "handled", HALL_E_UNKNOWN_FIELD);
    drop(f);
}
END_TEST

/* Bytes as hexadecimal. */
static int unpack_code(const ProtobufCMessageDescriptor *d, const char *hex)
{
    uint8_t bytes[256];
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned value;
        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (uint8_t)value;
    }
    ProtobufCMessage *m = NULL;
    refusal = (struct refusal){0};
    int code = pbjson_unpack(d, bytes, n, &PBJSON_OUTSIDE, &m, &refusal);
    ck_assert(code ? !m : !!m);
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    return code;
}

static void unpack_refused(const ProtobufCMessageDescriptor *d, const char *hex, int code, const char *field)
{
    int got = unpack_code(d, hex);
    ck_assert_msg(got == code, "%s: %s", hex, got ? err_name(got) : "accepted");
    ck_assert_str_eq(refusal.field, field);
}

START_TEST(sound_protobuf_is_unpacked)
{
    ck_assert_int_eq(unpack_code(issue, ""), 0);
    ck_assert_int_eq(unpack_code(issue, "0a03616263"), 0);
    ck_assert_int_eq(unpack_code(issue, "2001"), 0);
    ck_assert_int_eq(unpack_code(finish, "08ffffffffffffffffff01"), 0);
    ck_assert_int_eq(unpack_code(&halld__ticket_view__descriptor, "c20103010203"), 0);
    ck_assert_int_eq(unpack_code(&halld__ticket_view__descriptor, "c00101c00102"), 0);
    ck_assert_int_eq(unpack_code(&halld__error_view__descriptor, "1a060a0161120162"), 0);
    ck_assert_int_eq(unpack_code(&halld__error_view__descriptor, "1a00"), 0);
}
END_TEST

START_TEST(unsound_protobuf_is_refused)
{
    unpack_refused(issue, "0a05616263", HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue, "0a", HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue, "0affffffffffffffffff01", HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue, "80", HALL_E_BAD_REQUEST, "");
    unpack_refused(issue, "00", HALL_E_UNKNOWN_FIELD, "");
    unpack_refused(issue, "7a00", HALL_E_UNKNOWN_FIELD, "");
    unpack_refused(issue, "0801", HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue,
                   "0a00"
                   "0a00",
                   HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue, "0b", HALL_E_BAD_REQUEST, "item");
    unpack_refused(issue,
                   "0a0161"
                   "12020061",
                   HALL_E_BAD_UTF8, "queue");
    unpack_refused(issue, "0a02c080", HALL_E_BAD_UTF8, "item");
    unpack_refused(issue, "2009", HALL_E_BAD_VALUE, "channel");
    const ProtobufCMessageDescriptor *json = &halld__json__descriptor;
    unpack_refused(json, "0a027b7d", HALL_E_BAD_VALUE, "text");             /* {} is the empty text */
    unpack_refused(json, "0a025b5d", HALL_E_BAD_VALUE, "text");             /* [] */
    unpack_refused(json, "0a087b2261223a20317d", HALL_E_BAD_VALUE, "text"); /* {"a": 1} is not compact */
    unpack_refused(json, "0a037b2261", HALL_E_BAD_VALUE, "text");
    unpack_refused(issue, "2800", HALL_E_BAD_VALUE, "t0_at");
    unpack_refused(issue, "28ffffffffffffffffff01", HALL_E_BAD_VALUE, "t0_at");
    unpack_refused(issue, "28ffffffffffffffffff02", HALL_E_BAD_REQUEST, "t0_at");
    unpack_refused(issue, "28ffffffffffffffffffff01", HALL_E_BAD_REQUEST, "t0_at");
    unpack_refused(cancel,
                   "0801"
                   "1200",
                   HALL_E_BAD_REQUEST, "token");
    unpack_refused(cancel,
                   "0801"
                   "0801",
                   HALL_E_BAD_REQUEST, "id");
    unpack_refused(put,
                   "0a042a02"
                   "1a01",
                   HALL_E_BAD_REQUEST, "put.items[0].name_en");
    unpack_refused(move, "1101", HALL_E_BAD_REQUEST, "epoch");
    unpack_refused(&halld__ticket_view__descriptor, "c2010180", HALL_E_BAD_REQUEST, "windows[0]");
    unpack_refused(&halld__ticket_view__descriptor, "c50101000000", HALL_E_BAD_REQUEST, "windows[0]");
    unpack_refused(&halld__error_view__descriptor,
                   "1a030a0161"
                   "1a030a0161",
                   HALL_E_BAD_VALUE, "details");
    unpack_refused(&halld__error_body__descriptor, "0a041a001a00", HALL_E_BAD_VALUE, "error.details");
}
END_TEST

static int unpack_many(const ProtobufCMessageDescriptor *d, const char *unit, size_t unit_len, size_t n)
{
    struct buf bytes = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        buf_add(&bytes, unit, unit_len);
    ProtobufCMessage *m = NULL;
    int code = pbjson_unpack(d, bytes.data, bytes.len, &PBJSON_OUTSIDE, &m, &refusal);
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    buf_fini(&bytes);
    return code;
}

START_TEST(unpacking_has_the_same_limits)
{
    ck_assert_int_eq(unpack_many(finish, "\x1a\0", 2, 1000), 0);
    ck_assert_int_eq(unpack_many(finish, "\x1a\0", 2, 1001), HALL_E_TOO_LONG);
    ck_assert_str_eq(refusal.field, "missing");
    ck_assert_int_eq(unpack_many(issue, "\x1a\0", 2, 32769), HALL_E_TOO_LARGE);
    struct pbjson_limits limits = PBJSON_OUTSIDE;
    ProtobufCMessage *m = NULL;
    limits.memory = 300;
    ck_assert_int_eq(pbjson_unpack(&halld__settings__descriptor, "\x2a\0\x2a\0", 4, &limits, &m, &refusal),
                     HALL_E_TOO_LARGE);
    limits = PBJSON_OUTSIDE;
    limits.depth = 2;
    ck_assert_int_eq(pbjson_unpack(put, "\x0a\x02\x2a\0", 4, &limits, &m, &refusal), HALL_E_TOO_DEEP);
    ck_assert_str_eq(refusal.field, "put.items[0]");
    limits = PBJSON_OUTSIDE;
    limits.text = 2;
    ck_assert_int_eq(pbjson_unpack(issue,
                                   "\x0a\x03"
                                   "abc",
                                   5, &limits, &m, &refusal),
                     HALL_E_TOO_LONG);
    ck_assert_ptr_null(m);
}
END_TEST

START_TEST(clean_text_is_told_from_dirty)
{
    ck_assert(pbjson_text_is_clean("", 0));
    ck_assert(pbjson_text_is_clean("a\t\n\x7f é张😀", strlen("a\t\n\x7f é张😀")));
    ck_assert(pbjson_text_is_clean("\xEE\x80\x80\xEF\xBF\xBF\xF4\x8F\xBF\xBF", 10));
    ck_assert(!pbjson_text_is_clean("a\0b", 3));
    ck_assert(!pbjson_text_is_clean("\r", 1));
    ck_assert(!pbjson_text_is_clean("\xE5\xBC\xA0", 2));
    ck_assert(!pbjson_text_is_clean("\xF0\x9F\x98\x80", 3));
    ck_assert(!pbjson_text_is_clean("\xED\xBF\xBF", 3));
}
END_TEST

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    Suite *s = suite_create("pbjson_outside");
    TCase *t = tcase_create("pbjson_outside");
    tcase_add_test(t, text_that_is_not_clean_utf8_is_refused);
    tcase_add_test(t, surrogates_come_in_pairs);
    tcase_add_test(t, depth_bombs_are_refused_before_they_are_parsed);
    tcase_add_test(t, limits_are_kept_to_the_byte);
    tcase_add_test(t, a_small_text_cannot_make_a_large_message);
    tcase_add_test(t, a_refusal_need_not_be_wanted);
    tcase_add_test(t, a_path_parameter_sets_its_field);
    tcase_add_test(t, a_path_parameter_is_checked_like_any_input);
    tcase_add_test(t, a_path_parameter_may_not_stand_in_the_body_again);
    tcase_add_test(t, sound_protobuf_is_unpacked);
    tcase_add_test(t, unsound_protobuf_is_refused);
    tcase_add_test(t, unpacking_has_the_same_limits);
    tcase_add_test(t, clean_text_is_told_from_dirty);
    suite_add_tcase(s, t);
    return suite_run(s);
}
