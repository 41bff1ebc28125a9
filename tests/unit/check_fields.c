/* The door of matters: which JSON is which value, and that no words get past it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "codec/pbjson.h"
#include "net/fields.h"
#include "net/phone.h"
#include "tests/lib/suite.h"

static const char FLOW[] =
    "{\"name\":\"help\",\"version\":1,\"zh\":\"办\",\"en\":\"Help\",\"read\":[\"desk\"],\"keep_days\":365,\"fields\":["
    "{\"name\":\"summary\",\"type\":\"text\",\"max\":5},{\"name\":\"notes\",\"type\":\"text\",\"max\":9,\"most\":3},"
    "{\"name\":\"n\",\"type\":\"number\",\"max\":9},{\"name\":\"fee\",\"type\":\"money\",\"max\":99},"
    "{\"name\":\"yes\",\"type\":\"bool\"},{\"name\":\"by\",\"type\":\"date\"},"
    "{\"name\":\"cause\",\"type\":\"choice\"},{\"name\":\"who\",\"type\":\"person\"},"
    "{\"name\":\"phone\",\"type\":\"phone\"},{\"name\":\"officer\",\"type\":\"staff\",\"most\":2},"
    "{\"name\":\"window\",\"type\":\"window\"},{\"name\":\"ticket\",\"type\":\"ticket\"},"
    "{\"name\":\"other\",\"type\":\"matter\",\"of\":\"help\",\"most\":2}],"
    "\"states\":[{\"name\":\"a\"}],\"transitions\":[{\"name\":\"open\",\"to\":\"a\",\"roles\":[\"desk\"]}]}";

static char folder[] = "/tmp/check_fields.XXXXXX";
static char *path;
static struct person_key *key;
static struct definition *def;
static struct fields fields;

static void set_up(void)
{
    ProtobufCMessage *flow = NULL;
    struct refusal r = {0};
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = alloc_format("%s/person.key", folder);
    key = person_key_open(path);
    ck_assert_int_eq(pbjson_read(&halld__flow__descriptor, FLOW, strlen(FLOW), &PBJSON_FILE, &flow, &r), 0);
    def = definition_new_take((Halld__Flow *)flow, &r);
    ck_assert_msg(def != NULL, "%s %s", r.field, r.value);
}

static void tear_down(void)
{
    fields_fini(&fields);
    definition_free(def);
    person_key_free(key);
    unlink(path);
    rmdir(folder);
    free(path);
}

/* Reads one request in the place of the last. */
static void say(const char *json, const char *idempotency)
{
    fields_fini(&fields);
    ck_assert_int_eq(fields_read(key, idempotency, def, json, &fields, NULL), 0);
}

static const Halld__FieldValue *only(const char *json)
{
    say(json, "k");
    ck_assert_uint_eq(fields.n, 1);
    return fields.values[0];
}

static void is_bad(const char *json)
{
    const Halld__FieldValue *v = only(json);
    ck_assert_msg(v->bad && !v->n_texts && !v->n_numbers && !v->n_characters, "%s", json);
}

static void is_number(const char *json, int64_t number)
{
    const Halld__FieldValue *v = only(json);
    ck_assert_msg(!v->bad && v->n_numbers == 1 && v->numbers[0] == number && !v->n_texts, "%s", json);
    ck_assert_uint_eq(fields.n_sealed, 0);
}

static void is_text(const char *json, const char *text)
{
    const Halld__FieldValue *v = only(json);
    ck_assert_msg(!v->bad && v->n_texts == 1 && strcmp(v->texts[0], text) == 0 && !v->n_numbers, "%s", json);
    ck_assert_uint_eq(fields.n_sealed, 0);
}

/* The first value is a reference that stands for the words. */
static void stands_for(const char *json, const char *words)
{
    const Halld__FieldValue *v = only(json);
    ck_assert_uint_eq(v->n_texts, 1);
    ck_assert_uint_eq(strlen(v->texts[0]), 32);
    ck_assert_uint_eq(strspn(v->texts[0], "0123456789abcdef"), 32);
    ck_assert_uint_eq(fields.n_sealed, 1);
    ck_assert_str_eq(fields.sealed[0].value, v->texts[0]);
    ck_assert_str_eq(fields.sealed[0].text, words);
}

START_TEST(words_become_references_and_are_counted_as_written)
{
    stands_for("{\"summary\":\"办不成\\n事\"}", "办不成\n事");
    ck_assert_uint_eq(fields.values[0]->n_characters, 1);
    ck_assert_uint_eq(fields.values[0]->characters[0], 5);
    say("{\"notes\":[\"一\",\"two\"]}", "k");
    ck_assert(fields.values[0]->list);
    ck_assert_uint_eq(fields.values[0]->n_texts, 2);
    ck_assert_uint_eq(fields.values[0]->characters[1], 3);
    ck_assert_uint_eq(fields.n_sealed, 2);
    is_bad("{\"summary\":\"  \\n\\t \"}"); /* nothing is to be seen */
    is_bad("{\"summary\":\"\u3000\u200b\u202e\u2800\"}");
    is_bad("{\"notes\":[\"一\",\" \"]}");
    stands_for("{\"summary\":\" \u200b好 \"}", " \u200b好 ");
    stands_for("{\"summary\":\"😀\"}", "😀");
    stands_for("{\"summary\":\"\"}", ""); /* too short, as the core will find */
    ck_assert_uint_eq(fields.values[0]->characters[0], 0);
}
END_TEST

START_TEST(the_same_request_under_the_same_key_is_the_same_command)
{
    char first[33];
    strcpy(first, only("{\"summary\":\"a\"}")->texts[0]);
    ck_assert_str_eq(only("{\"summary\":\"a\"}")->texts[0], first);
    ck_assert_str_ne(only("{\"summary\":\"b\"}")->texts[0], first);
    ck_assert_str_ne(only("{\"notes\":[\"a\"]}")->texts[0], first);
    say("{\"summary\":\"a\"}", "l");
    ck_assert_str_ne(fields.values[0]->texts[0], first);
    say("{\"summary\":\"a\"}", NULL);
    strcpy(first, fields.values[0]->texts[0]);
    say("{\"summary\":\"a\"}", NULL);
    ck_assert_str_ne(fields.values[0]->texts[0], first);
}
END_TEST

START_TEST(a_person_is_a_hash_and_a_masked_name)
{
    char first[33];
    stands_for("{\"who\":{\"id\":\"51160219900101123X\",\"name\":\"张三丰\"}}", "张*");
    strcpy(first, fields.values[0]->texts[0]);
    ck_assert_uint_eq(fields.values[0]->n_characters, 0);
    say("{\"who\":{\"id\":\"511602 19900101 123x\"}}", NULL);
    ck_assert_str_eq(fields.values[0]->texts[0], first); /* the same person under every key */
    ck_assert_str_eq(fields.sealed[0].text, "");
    say("{\"who\":{\"id\":\"\u202d5116021990\u200b0101123X\u202c\"}}", NULL);
    ck_assert_str_eq(fields.values[0]->texts[0], first); /* as it is seen */
    is_bad("{\"who\":{\"id\":\"\u200b\u200b\u200b1234\"}}");
    stands_for("{\"who\":\"13800000001\"}", "");
    stands_for("{\"who\":{\"id\":\"13800000001\",\"name\":\"Ada Lovelace\"}}", "A*");
    stands_for("{\"who\":{\"id\":\"13800000001\",\"name\":\" \u202e\u3000张三\"}}", "张*");
    stands_for("{\"who\":{\"id\":\"13800000001\",\"name\":\"\u200b \"}}", "");
    stands_for("{\"who\":{\"id\":\"13800000001\",\"name\":null}}", "");
    is_bad("{\"who\":{\"id\":\"123\"}}");
    is_bad("{\"who\":{\"name\":\"张三\"}}");
    is_bad("{\"who\":{\"id\":\"13800000001\",\"name\":\"张\",\"age\":7}}");
    is_bad("{\"who\":{\"id\":\"13800000001\",\"mane\":\"张\"}}");
    is_bad("{\"who\":7}");
}
END_TEST

START_TEST(what_is_no_phone_number_is_bad)
{
    stands_for("{\"phone\":\"138 0013-8000\"}", "13800138000");
    stands_for("{\"phone\":\"+86 138 0013 8000\"}", "13800138000");
    stands_for("{\"phone\":\"008613800138000\"}", "13800138000");
    stands_for("{\"phone\":\"(0371) 6789-8899\"}", "03716789-8899");
    stands_for("{\"phone\":\"010-62345678#12\"}", "010-62345678#12");
    stands_for("{\"phone\":\"12345\"}", "12345");
    stands_for("{\"phone\":\"+852 2123 4567\"}", "+85221234567");
    stands_for("{\"phone\":\"\u202d138\u00a00013 8000\u202c\"}", "13800138000"); /* pasted from a phone */
    is_bad("{\"phone\":\"1380013800\"}");
    is_bad("{\"phone\":\"138001380001\"}");
    is_bad("{\"phone\":\"+86 138 0013 800\"}");
    is_bad("{\"phone\":\"1234\"}");
    is_bad("{\"phone\":\"张三\"}");
    is_bad("{\"phone\":\"13800138000x\"}");
    is_bad("{\"phone\":\"\"}");
    is_bad("{\"phone\":\"+\"}");
    is_bad("{\"phone\":13800138000}");
    is_bad("{\"phone\":\"123456789012345678901\"}");
    is_bad("{\"phone\":\"1-----------------------------------------------2345\"}");
}
END_TEST

START_TEST(a_masked_number_shows_three_and_four)
{
    static const char *const rows[][2] = {{"13800002047", "138****2047"},   {"03716789-8899", "037*****-8899"},
                                          {"010-62345678", "010-****5678"}, {"62345678", "****5678"},
                                          {"6234567", "****567"},           {"12345", "***45"},
                                          {"+85221234567", "+852****4567"}, {"", ""}};
    char masked[PHONE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        phone_mask(rows[i][0], masked);
        ck_assert_str_eq(masked, rows[i][1]);
    }
}
END_TEST

START_TEST(every_other_type_has_its_natural_form)
{
    is_number("{\"n\":7}", 7);
    is_number("{\"fee\":-1}", -1);
    is_number("{\"yes\":true}", 1);
    ck_assert(fields.values[0]->truth);
    is_text("{\"by\":\"2026-12-01\"}", "2026-12-01");
    is_text("{\"cause\":\"policy\"}", "policy");
    is_text("{\"officer\":[\"li\"]}", "li");
    is_text("{\"window\":12}", "12");
    is_text("{\"window\":\"12\"}", "12");
    is_text("{\"ticket\":18}", "18");
    is_text("{\"ticket\":\"18\"}", "18");
    is_number("{\"other\":[\"3\"]}", 3);
    is_number("{\"other\":[3]}", 3);
    say("{\"n\":null}", "k");
    ck_assert_uint_eq(fields.n, 0);
    say("", "k");
    ck_assert_uint_eq(fields.n, 0);
}
END_TEST

START_TEST(what_has_another_form_is_bad_and_without_its_words)
{
    static const char *const bad[] = {"{\"summary\":7}",
                                      "{\"summary\":{\"a\":\"b\"}}",
                                      "{\"n\":\"7\"}",
                                      "{\"n\":7.5}",
                                      "{\"n\":true}",
                                      "{\"yes\":1}",
                                      "{\"yes\":\"true\"}",
                                      "{\"by\":20261201}",
                                      "{\"cause\":true}",
                                      "{\"window\":\"A\"}",
                                      "{\"window\":-1}",
                                      "{\"ticket\":\"01\"}",
                                      "{\"ticket\":\"1234567890123456789\"}",
                                      "{\"other\":[\"x\"]}",
                                      "{\"officer\":[7]}",
                                      "{\"officer\":[\"a\",\"b\",\"c\"]}",
                                      "{\"notes\":[\"a\",7]}",
                                      "{\"notes\":[null]}",
                                      "{\"nobody\":\"geheim\"}",
                                      "{\"nobody\":[\"geheim\"]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        is_bad(bad[i]);
}
END_TEST

START_TEST(without_definition_or_key_nothing_is_read)
{
    struct fields none;
    struct refusal r;
    ck_assert_int_eq(fields_read(key, "k", NULL, "{\"summary\":\"a\",\"x\":1}", &none, NULL), 0);
    ck_assert_uint_eq(none.n, 2);
    ck_assert(none.values[0]->bad && none.values[1]->bad && !none.n_sealed);
    fields_fini(&none);
    ck_assert_int_eq(fields_read(NULL, "k", def, "{\"summary\":\"a\"}", &none, &r), HALL_E_SEAL_FAILED);
    ck_assert_int_eq(fields_read(NULL, "k", def, "", &none, &r), 0);
    char *json = alloc_format("{\"%0100d\":1}", 7);
    ck_assert_int_eq(fields_read(key, "k", def, json, &none, &r), HALL_E_TOO_LONG);
    free(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fields");
    TCase *tc = tcase_create("fields");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, words_become_references_and_are_counted_as_written);
    tcase_add_test(tc, the_same_request_under_the_same_key_is_the_same_command);
    tcase_add_test(tc, a_person_is_a_hash_and_a_masked_name);
    tcase_add_test(tc, what_is_no_phone_number_is_bad);
    tcase_add_test(tc, a_masked_number_shows_three_and_four);
    tcase_add_test(tc, every_other_type_has_its_natural_form);
    tcase_add_test(tc, what_has_another_form_is_bad_and_without_its_words);
    tcase_add_test(tc, without_definition_or_key_nothing_is_read);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
