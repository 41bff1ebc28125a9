#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pbjson.h"
#include "tests/lib/suite.h"
#include "view/matter_why.h"

/* One step for each guard of the language. */
static const char FLOW[] =
    "{\"name\":\"job\",\"version\":1,\"zh\":\"活\",\"en\":\"Job\",\"read\":[\"desk\"],\"keep_days\":365,\"fields\":["
    "{\"name\":\"kind\",\"zh\":\"种类\",\"en\":\"Kind\",\"type\":\"choice\",\"values\":["
    "{\"name\":\"big\",\"zh\":\"大\",\"en\":\"Big\"},{\"name\":\"small\",\"zh\":\"小\",\"en\":\"Small\"}]},"
    "{\"name\":\"sure\",\"zh\":\"确认\",\"en\":\"Sure\",\"type\":\"bool\"},"
    "{\"name\":\"n\",\"zh\":\"次数\",\"en\":\"Times\",\"type\":\"number\",\"min\":1,\"max\":20},"
    "{\"name\":\"fee\",\"zh\":\"费用\",\"en\":\"Fee\",\"type\":\"money\",\"min\":100,\"max\":123450},"
    "{\"name\":\"day\",\"zh\":\"日期\",\"en\":\"Day\",\"type\":\"date\"},"
    "{\"name\":\"other\",\"zh\":\"另一件\",\"en\":\"Other\",\"type\":\"matter\",\"of\":\"job\"},"
    "{\"name\":\"item\",\"zh\":\"事项\",\"en\":\"Item\",\"type\":\"item\"},"
    "{\"name\":\"papers\",\"zh\":\"材料\",\"en\":\"Papers\",\"type\":\"material\",\"most\":4},"
    "{\"name\":\"person\",\"zh\":\"本人\",\"en\":\"Person\",\"type\":\"person\",\"keep_days\":90},"
    "{\"name\":\"bearer\",\"zh\":\"专递员\",\"en\":\"Courier\",\"type\":\"staff\"}],"
    "\"states\":[{\"name\":\"here\",\"zh\":\"在办\",\"en\":\"Open\"},{\"name\":\"over\",\"zh\":\"办结\",\"en\":"
    "\"Over\",\"end\":true}],"
    "\"transitions\":[{\"name\":\"begin\",\"zh\":\"开始\",\"en\":\"Begin\",\"to\":\"here\",\"roles\":[\"desk\"]},"
    "{\"name\":\"go\",\"zh\":\"办理\",\"en\":\"Go\",\"from\":[\"here\"],\"to\":\"over\",\"roles\":[\"desk\"],\"times\":"
    "2}]}";

static struct definition *definition;
static struct flow *flow;

static void setup(void)
{
    ProtobufCMessage *m;
    struct refusal r;
    ck_assert_int_eq(pbjson_read(&halld__flow__descriptor, FLOW, strlen(FLOW), &PBJSON_FILE, &m, &r), 0);
    definition = definition_new_take((Halld__Flow *)m, &r);
    ck_assert_ptr_nonnull(definition);
    flow = flow_new();
}

static void teardown(void)
{
    definition_free(definition);
    flow_free(flow);
}

static void says(int code, const char *field, const char *value, const char *zh, const char *en)
{
    struct refusal r;
    refuse(&r, code, field, value);
    struct refused_step step = {flow, definition, "go", &r, "有人"};
    for (int is_zh = 0; is_zh < 2; is_zh++) {
        char *said = matter_why_new(&step, is_zh);
        if (zh)
            ck_assert_str_eq(said, is_zh ? zh : en);
        else
            ck_assert_ptr_null(said);
        free(said);
    }
}

START_TEST(every_guard_says_what_it_wants)
{
    static const struct {
        const char *guard, *zh, *en;
    } rows[] = {
        {"is kind big small", "“种类”是“大”、“小”时才能“办理”", "“Go” needs “Kind” to be “Big”, “Small”"},
        {"is sure true", "“确认”是“是”时才能“办理”", "“Go” needs “Sure” to be “yes”"},
        {"has item papers", "先要有“事项”、“材料”，才能“办理”", "“Go” needs “Item”, “Papers” first"},
        {"lacks papers", "已有“材料”，不能“办理”", "“Go” cannot be done where there is “Papers”"},
        {"at_least n 3", "“次数”至少 3，才能“办理”", "“Go” needs “Times” to be 3 at least"},
        {"at_most n 5", "“次数”最多 5，才能“办理”", "“Go” needs “Times” to be 5 at most"},
        {"within day job.limit", "“日期”要在今天和允许的最后一天之间",
         "“Day” must lie between today and the last day allowed"},
        {"linked other over", "“另一件”到了“over”才能“办理”", "“Go” needs “Other” to be at “over”"},
        {"may_follow papers", "“材料”里有不能后补的材料", "“Papers” has a paper that may not follow later"},
        {"clean person promise", "“本人”有失信记录，不能“办理”",
         "“Go” cannot be done: “Person” has a record against it"},
        {"certified bearer", "“专递员”今天没有有效证书", "“Courier” has no certificate that holds today"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        says(HALL_E_GUARD, "go", rows[i].guard, rows[i].zh, rows[i].en);
    says(HALL_E_GUARD, "go", "", NULL, NULL);
    says(HALL_E_GUARD, "go", "nothing here", NULL, NULL);
}
END_TEST

START_TEST(a_field_at_fault_is_named_with_its_bounds)
{
    says(HALL_E_FIELD_BAD, "n", "", "“次数”要填 1 到 20 的整数", "“Times” is a whole number from 1 to 20");
    says(HALL_E_FIELD_BAD, "fee", "", "“费用”要填 1 到 1234.50 元的金额", "“Fee” is an amount from ¥1 to ¥1234.50");
    says(HALL_E_FIELD_BAD, "papers", "m9", "“材料”里没有这种材料（最多 4 个）",
         "“Papers”: there is no such paper (a list of up to 4)");
    says(HALL_E_FIELD_MISSING, "item", "go", "还没有填“事项”", "“Item” is missing");
    says(HALL_E_FIELD_NOT_ALLOWED, "nothing", "go", "“办理”这一步不填“nothing”", "“Go” does not take “nothing”");
    says(HALL_E_FIELD_BAD, "nothing", "", NULL, NULL);
    says(HALL_E_FIELD_MISSING, "transition", "", NULL, NULL);
}
END_TEST

START_TEST(states_and_times_are_said_in_the_definitions_words)
{
    says(HALL_E_WRONG_STATE, "state", "over", "现在是“办结”，不能“办理”", "It is at “Over” now: “Go” cannot be done");
    says(HALL_E_WRONG_STATE, "state", "", NULL, NULL);
    says(HALL_E_NO_MORE_TIMES, "go", "2", "“办理”最多 2 次，已经用完",
         "“Go” can be done 2 times at most, and has been");
    says(HALL_E_STALE, "state", "here", "有人刚刚处理过，现在是“在办”，请看最新情况",
         "有人 has just changed it, it is at “Open” now; look again");
    says(HALL_E_DAY_CLOSED, "", "", NULL, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matter_why");
    TCase *tc = tcase_create("matter_why");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_guard_says_what_it_wants);
    tcase_add_test(tc, a_field_at_fault_is_named_with_its_bounds);
    tcase_add_test(tc, states_and_times_are_said_in_the_definitions_words);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
