/* The engine and personal data: sealed with the events that name it, copied with matters, erased with its field. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "core/flow/flow.h"
#include "net/fields.h"
#include "store/sealed.h"
#include "tests/unit/engine_fixture.h"

static const char ASK[] =
    "{\"define_flow\":{\"flow\":{\"name\":\"ask\",\"version\":%d,\"zh\":\"问\",\"en\":\"Ask\",\"read\":[\"clerk\"],"
    "\"keep_days\":180,\"fields\":[{\"name\":\"summary\",\"zh\":\"事\",\"en\":\"Summary\",\"type\":\"text\",\"max\":40}"
    ","
    "%s{\"name\":\"who\",\"zh\":\"谁\",\"en\":\"Who\",\"type\":\"person\",\"keep_days\":30},"
    "{\"name\":\"phone\",\"zh\":\"电话\",\"en\":\"Phone\",\"type\":\"phone\",\"keep_days\":10},"
    "{\"name\":\"sub\",\"zh\":\"续\",\"en\":\"Sub\",\"type\":\"matter\",\"of\":\"sub\",\"most\":5}],"
    "\"states\":[{\"name\":\"open\",\"zh\":\"开\",\"en\":\"Open\"},{\"name\":\"over\",\"zh\":\"完\",\"en\":\"Over\","
    "\"end\":true}],\"transitions\":["
    "{\"name\":\"ask\",\"zh\":\"问\",\"en\":\"Ask\",\"to\":\"open\",\"roles\":[\"clerk\"],\"need\":[\"summary\"],"
    "\"may\":[\"phone\",\"who\"%s]},"
    "{\"name\":\"both\",\"zh\":\"问\",\"en\":\"Both\",\"to\":\"open\",\"roles\":[\"clerk\"],\"need\":[\"summary\"],"
    "\"may\":[\"who\"],\"then\":[\"open sub begin topic=summary\"]},"
    "{\"name\":\"add\",\"zh\":\"加\",\"en\":\"Add\",\"from\":[\"open\"],\"roles\":[\"clerk\"],\"may\":[\"summary\","
    "\"phone\"]},"
    "{\"name\":\"refer\",\"zh\":\"转\",\"en\":\"Refer\",\"from\":[\"open\"],\"roles\":[\"clerk\"],"
    "\"then\":[\"open sub begin topic=summary\"]},"
    "{\"name\":\"close\",\"zh\":\"完\",\"en\":\"Close\",\"from\":[\"open\"],\"to\":\"over\",\"roles\":[\"clerk\"]}],"
    "\"migrations\":[%s]}}}";

static const char SUB[] =
    "{\"define_flow\":{\"flow\":{\"name\":\"sub\",\"version\":1,\"zh\":\"续\",\"en\":\"Sub\",\"read\":[\"clerk\"],"
    "\"keep_days\":365,\"fields\":[{\"name\":\"topic\",\"zh\":\"事\",\"en\":\"Topic\",\"type\":\"text\",\"max\":20},"
    "{\"name\":\"who\",\"zh\":\"谁\",\"en\":\"Who\",\"type\":\"person\",\"keep_days\":300}],"
    "\"states\":[{\"name\":\"open\",\"zh\":\"开\",\"en\":\"Open\",\"end\":true}],\"transitions\":["
    "{\"name\":\"begin\",\"zh\":\"始\",\"en\":\"Begin\",\"to\":\"open\",\"roles\":[\"matter\"],\"need\":[\"topic\"],"
    "\"may\":[\"who\"]}]}}}";

static const char NOTE[] = "{\"name\":\"note\",\"zh\":\"注\",\"en\":\"Note\",\"type\":\"text\",\"max\":40},";

static struct fixture f;
static struct person_key *key;

static void define(int version)
{
    char *ask = alloc_format(ASK, version, version == 1 ? NOTE : "", version == 1 ? ",\"note\"" : "",
                             version == 1 ? "" : "{\"from_version\":1}");
    ck_assert_int_eq(fixture_do(&f, "admin", ask, NULL).code, 0);
    free(ask);
}

static void set_up(void)
{
    fixture_init(&f);
    fixture_must_open(&f);
    char *path = fixture_path(&f, "person.key");
    key = person_key_open(path);
    free(path);
    ck_assert_int_eq(fixture_do(&f, "admin", SUB, NULL).code, 0);
    define(1);
}

static void tear_down(void)
{
    person_key_free(key);
    fixture_fini(&f);
}

struct heard {
    int times, code;
    bool repeated;
    char field[48], value[96];
};

static void on_answer(void *arg, const struct answer *a)
{
    struct heard *h = arg;
    h->times++;
    h->code = a->code;
    h->repeated = a->repeated;
    snprintf(h->field, sizeof h->field, "%s", a->refusal->field);
    snprintf(h->value, sizeof h->value, "%s", a->refusal->value);
}

/* As the door hands it in. matter 0: opens one of ask. */
static void submit(uint64_t matter, const char *transition, const char *json, const char *idempotency,
                   struct heard *ret)
{
    const struct flow *flow = hall_flow(f.engine->decided);
    const struct definition *d = matter ? flow_matter(flow, matter)->def : flow_definition(flow, "ask");
    char *command = matter ? alloc_format("{\"take_transition\":{\"matter\":\"%llu\",\"transition\":\"%s\"}}",
                                          (unsigned long long)matter, transition)
                           : alloc_format("{\"open_matter\":{\"flow\":\"ask\",\"transition\":\"%s\"}}", transition);
    struct fields fields;
    ck_assert_int_eq(fields_read(key, idempotency, d, json, &fields, NULL), 0);
    Halld__Actor actor = HALLD__ACTOR__INIT;
    char id[] = "li";
    actor.kind = HALLD__ACTOR_KIND__E__user;
    actor.id = id;
    *ret = (struct heard){0};
    struct submission s = {.command = fixture_command(command),
                           .actor = &actor,
                           .role = HALLD__ROLE__E__clerk,
                           .key = idempotency,
                           .sealed = fields.sealed,
                           .n_sealed = fields.n_sealed,
                           .done = on_answer,
                           .arg = ret};
    fields_move(s.command, &fields);
    engine_submit(f.engine, &s);
    fields_fini(&fields);
    free(command);
}

static struct heard ask(uint64_t matter, const char *transition, const char *json, const char *idempotency)
{
    struct heard heard;
    submit(matter, transition, json, idempotency, &heard);
    fixture_turn(&f);
    ck_assert_int_eq(heard.times, 1);
    return heard;
}

static void must(uint64_t matter, const char *transition, const char *json)
{
    struct heard h = ask(matter, transition, json, NULL);
    ck_assert_msg(h.code == 0, "%s %s %s", err_name(h.code), h.field, h.value);
}

static const struct value *value_of(uint64_t matter, const char *field)
{
    const struct matter *m = flow_matter(hall_flow(f.engine->committed), matter);
    return matter_value(m, definition_field(m->def, field));
}

/* What the row says that stands for a value; NULL: none. Freed by the caller. */
static char *row_of(uint64_t matter, const char *field, const char *value)
{
    uint8_t owner[SEALED_REF];
    char *text = NULL;
    sealed_owner(SEALED_OF_MATTER, matter, field, owner);
    store_unseal(f.engine->store, owner, value, &text);
    return text;
}

static void says(uint64_t matter, const char *field, const char *words)
{
    const struct value *v = value_of(matter, field);
    ck_assert_msg(v->n == 1, "%s is not set", field);
    char *text = row_of(matter, field, v->texts[0]);
    ck_assert_msg(text && strcmp(text, words) == 0, "%s: %s", field, text ? text : "nothing");
    sealed_free(text);
}

/* In any file of the folder. */
static bool stands_anywhere(const char *words)
{
    char *command = alloc_format("grep -rqaF -e '%s' %s", words, f.dir);
    bool found = system(command) == 0;
    free(command);
    return found;
}

START_TEST(words_are_sealed_with_their_event_and_stand_in_no_file)
{
    must(0, "ask",
         "{\"summary\":\"天桥街三号漏水\",\"phone\":\"13800002047\",\"note\":\"备注甲\",\"who\":{\"id\":"
         "\"51160219900101123X\",\"name\":\"欧阳娜娜\"}}");
    says(1, "summary", "天桥街三号漏水");
    says(1, "phone", "13800002047");
    says(1, "who", "欧*");
    fixture_kill(&f);
    ck_assert(!stands_anywhere("天桥街"));
    fixture_must_open(&f);
    says(1, "summary", "天桥街三号漏水");
    says(1, "note", "备注甲");
    fixture_close(&f);                     /* with its snapshot */
    ck_assert(stands_anywhere("summary")); /* else nothing would be found at all */
    static const char *const words[] = {"天桥街", "13800002047", "51160219900101123X", "欧阳", "备注甲", "欧*"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(!stands_anywhere(words[i]), "%s", words[i]);
    fixture_must_open(&f);
    says(1, "phone", "13800002047");
}
END_TEST

START_TEST(words_are_counted_as_written_also_where_they_are_copied)
{
    char *long_one = alloc_format("{\"summary\":\"%041d\"}", 1), *just = alloc_format("{\"summary\":\"%040d\"}", 1);
    struct heard h = ask(0, "ask", long_one, NULL);
    ck_assert_int_eq(h.code, HALL_E_FIELD_BAD);
    ck_assert_str_eq(h.field, "summary");
    must(0, "ask", just);
    h = ask(1, "refer", "", NULL); /* the other flow takes 20 characters: a reference has 32 */
    ck_assert_int_eq(h.code, HALL_E_FIELD_BAD);
    ck_assert_str_eq(h.field, "topic");
    must(1, "add", "{\"summary\":\"二十个字以内的一句话\"}");
    must(1, "refer", "");
    says(2, "topic", "二十个字以内的一句话");
    free(long_one);
    free(just);
}
END_TEST

START_TEST(a_matter_opened_by_another_has_the_words_for_itself)
{
    struct heard heard[3];
    must(0, "both", "{\"summary\":\"同一个命令\",\"who\":{\"id\":\"13800000001\",\"name\":\"张三\"}}");
    says(2, "topic", "同一个命令");
    says(2, "who", "张*");
    submit(0, "ask", "{\"summary\":\"还在路上\",\"who\":\"13800000001\"}", NULL, &heard[0]);
    engine_turn(f.engine);
    ck_assert(f.engine->flying);
    submit(3, "refer", "", NULL, &heard[1]); /* from the batch in flight */
    engine_turn(f.engine);
    submit(0, "ask", "{\"summary\":\"还没起飞\"}", NULL, &heard[2]);
    engine_turn(f.engine);
    struct heard last;
    submit(5, "refer", "", NULL, &last); /* from the one being gathered */
    engine_turn(f.engine);
    engine_flush(f.engine);
    ck_assert(!heard[0].code && !heard[1].code && !heard[2].code && !last.code);
    says(4, "topic", "还在路上");
    says(4, "who", "");
    says(6, "topic", "还没起飞");
    must(3, "refer", ""); /* from the disk */
    says(7, "topic", "还在路上");
}
END_TEST

START_TEST(a_repeat_under_the_same_key_is_one_matter)
{
    const char *const said = "{\"summary\":\"一次\",\"phone\":\"13800002047\"}";
    ck_assert(!ask(0, "ask", said, "key-1").repeated);
    struct heard h = ask(0, "ask", said, "key-1");
    ck_assert(h.repeated && !h.code);
    ck_assert_uint_eq(flow_matter_count(hall_flow(f.engine->committed)), 1);
    ck_assert_int_eq(ask(0, "ask", "{\"summary\":\"两次\"}", "key-1").code, HALL_E_KEY_REUSED);
    fixture_kill(&f);
    fixture_must_open(&f);
    ck_assert(ask(0, "ask", said, "key-1").repeated);
}
END_TEST

START_TEST(words_that_lie_bare_are_no_value)
{
    static const char *const bare[] = {
        "{\"open_matter\":{\"flow\":\"ask\",\"transition\":\"ask\",\"fields\":[{\"field\":\"summary\",\"texts\":["
        "\"天桥\"]}]}}",
        "{\"open_matter\":{\"flow\":\"ask\",\"transition\":\"ask\",\"fields\":[{\"field\":\"summary\",\"texts\":["
        "\"0123456789abcdef0123456789abcdef\"]}]}}", /* stands for nothing that came with it */
        "{\"open_matter\":{\"flow\":\"ask\",\"transition\":\"ask\",\"fields\":[{\"field\":\"who\",\"texts\":[\"天桥\"]}"
        ","
        "{\"field\":\"summary\",\"bad\":true}]}}"};
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        ck_assert_int_eq(fixture_do(&f, "li", bare[i], NULL).code, HALL_E_FIELD_BAD);
    ck_assert_uint_eq(flow_matter_count(hall_flow(f.engine->committed)), 0);
    fixture_close(&f);
    ck_assert(!stands_anywhere("天桥"));
    fixture_must_open(&f);
}
END_TEST

enum { DAY = 86400000 };

START_TEST(a_field_that_is_kept_no_longer_takes_all_that_was_ever_said_there)
{
    must(0, "ask", "{\"summary\":\"事\",\"phone\":\"13800002047\"}");
    char *first = alloc_text(value_of(1, "phone")->texts[0]);
    must(1, "add", "{\"phone\":\"13900002048\"}");
    char *second = alloc_text(value_of(1, "phone")->texts[0]), *text = row_of(1, "phone", first);
    ck_assert_str_eq(text, "13800002047"); /* the timeline still shows it */
    sealed_free(text);
    must(1, "refer", "");
    must(1, "close", "");
    for (int day = 0; day < 12; day++) {
        fixture_pass(DAY);
        fixture_turn(&f);
    }
    ck_assert_uint_eq(value_of(1, "phone")->n, 0);
    ck_assert_ptr_null(row_of(1, "phone", first));
    ck_assert_ptr_null(row_of(1, "phone", second));
    says(1, "summary", "事");
    fixture_pass((int64_t)200 * DAY);
    fixture_turn(&f);
    ck_assert_uint_eq(value_of(1, "summary")->n, 0);
    says(2, "topic", "事"); /* kept by another flow, and longer */
    free(first);
    free(second);
}
END_TEST

START_TEST(a_restore_erases_again_before_anything_is_served)
{
    must(0, "ask", "{\"summary\":\"事\",\"phone\":\"13800002047\"}");
    char *phone = alloc_text(value_of(1, "phone")->texts[0]);
    must(1, "close", "");
    fixture_pass((int64_t)12 * DAY);
    fixture_turn(&f);
    ck_assert_ptr_null(row_of(1, "phone", phone));
    /* As if somebody had put the row back into the backup. */
    struct store_batch *b = store_batch_new();
    uint8_t owner[SEALED_REF];
    sealed_owner(SEALED_OF_MATTER, 1, "phone", owner);
    struct sealing what = {owner, phone, 20261123, INT64_MAX, "13800002047", 0};
    ck_assert_int_eq(store_seal(f.engine->store, b, &what), 0);
    store_write_take(f.engine->store, b);
    while (store_is_busy(f.engine->store))
        store_batch_free(store_finished(f.engine->store));
    char *text = row_of(1, "phone", phone), why[200], *file = alloc_format("%s.backup", f.dir);
    ck_assert_ptr_nonnull(text);
    sealed_free(text);
    ck_assert_int_eq(store_backup(f.engine->store, file, why), 0);
    fixture_kill(&f);
    char *command = alloc_format("cd %s && rm -rf journal.db* snapshot", f.dir);
    ck_assert_int_eq(system(command), 0);
    f.options.restore = file;
    f.loop = loop_new();
    ck_assert_int_eq(engine_open(f.loop, &f.options, &f.engine, why), 0); /* not started yet */
    f.options.restore = NULL;
    ck_assert_ptr_null(row_of(1, "phone", phone));
    ck_assert_int_eq(engine_start(f.engine, why), 0);
    says(1, "summary", "事");
    unlink(file);
    free(command);
    free(file);
    free(phone);
}
END_TEST

START_TEST(a_field_that_a_migration_leaves_behind_is_erased)
{
    must(0, "ask", "{\"summary\":\"事\",\"note\":\"旧备注\"}");
    char *note = alloc_text(value_of(1, "note")->texts[0]);
    define(2);
    ck_assert_int_eq(fixture_do(&f, "admin", "{\"migrate_flow\":{\"flow\":\"ask\"}}", NULL).code, 0);
    ck_assert_uint_eq(flow_matter(hall_flow(f.engine->committed), 1)->def->flow->version, 2);
    ck_assert_ptr_null(row_of(1, "note", note));
    says(1, "summary", "事");
    free(note);
}
END_TEST

START_TEST(without_the_machines_key_nothing_is_decided_and_tickets_go_on)
{
    char *path = fixture_path(&f, "machine.key"), *aside = fixture_path(&f, "aside");
    must(0, "ask", "{\"summary\":\"有钥匙\"}");
    fixture_kill(&f);
    ck_assert_int_eq(rename(path, aside), 0);
    fixture_must_open(&f);
    uint64_t seq = hall_seq(f.engine->decided);
    ck_assert_int_eq(ask(0, "ask", "{\"summary\":\"没有钥匙\"}", NULL).code, HALL_E_SEAL_FAILED);
    ck_assert_uint_eq(hall_seq(f.engine->decided), seq);
    ck_assert_int_eq(fixture_do(&f, "li", "{\"issue_ticket\":{\"queue\":\"A\"}}", NULL).code, 0);
    ck_assert_int_eq(f.fatal, 0);
    fixture_pass(DAY);
    ck_assert_int_eq(ask(0, "ask", "{\"summary\":\"明天也没有\"}", NULL).code, HALL_E_SEAL_FAILED);
    ck_assert(!store_seals(f.engine->store));
    ck_assert_int_ne(access(path, F_OK), 0); /* nor was another made */
    ck_assert_int_eq(rename(aside, path), 0);
    must(0, "ask", "{\"summary\":\"钥匙回来了\"}");
    says(1, "summary", "有钥匙");
    ck_assert(store_seals(f.engine->store));
    free(path);
    free(aside);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealing");
    TCase *tc = tcase_create("sealing");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, words_are_sealed_with_their_event_and_stand_in_no_file);
    tcase_add_test(tc, words_are_counted_as_written_also_where_they_are_copied);
    tcase_add_test(tc, a_matter_opened_by_another_has_the_words_for_itself);
    tcase_add_test(tc, a_repeat_under_the_same_key_is_one_matter);
    tcase_add_test(tc, words_that_lie_bare_are_no_value);
    tcase_add_test(tc, a_field_that_is_kept_no_longer_takes_all_that_was_ever_said_there);
    tcase_add_test(tc, a_restore_erases_again_before_anything_is_served);
    tcase_add_test(tc, a_field_that_a_migration_leaves_behind_is_erased);
    tcase_add_test(tc, without_the_machines_key_nothing_is_decided_and_tickets_go_on);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
