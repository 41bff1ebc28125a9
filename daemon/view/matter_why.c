#include "view/matter_why.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "view/text.h"

/* What the sentences are made of; borrowed but for `list`. */
struct why {
    const struct refused_step *step;
    bool zh;
    const char *field, *clock, *state;
    char *list; /* of values or fields; owned */
    char n[TEXT_NUMBER], min[TEXT_NUMBER], max[TEXT_NUMBER];
};

struct sentence {
    const char *zh, *en;
};

static char *fill(const struct why *w, struct sentence s)
{
    const struct definition *d = w->step->def;
    int t = definition_transition(d, w->step->transition);
    const Halld__Transition *step = t >= 0 ? d->flow->transitions[t] : NULL;
    const struct text_arg args[] = {
        {"step", step ? step->zh : w->step->transition, step ? step->en : w->step->transition},
        {"field", w->field, w->field},
        {"clock", w->clock, w->clock},
        {"state", w->state, w->state},
        {"list", w->list, w->list},
        {"n", w->n, w->n},
        {"min", w->min, w->min},
        {"max", w->max, w->max},
        {"by", w->step->by, w->step->by},
    };
    return s.zh ? text_fill(w->zh ? s.zh : s.en, args, sizeof args / sizeof *args, w->zh) : NULL;
}

/* ---- the definition's words */

static const char *field_name(const struct why *w, const char *field)
{
    int i = definition_field(w->step->def, field);
    if (i < 0)
        return field;
    return w->zh ? w->step->def->flow->fields[i]->zh : w->step->def->flow->fields[i]->en;
}

static const char *state_name(const struct definition *d, const char *state, bool zh)
{
    int i = d ? definition_state(d, state) : -1;
    if (i < 0)
        return state;
    return zh ? d->flow->states[i]->zh : d->flow->states[i]->en;
}

static const char *value_name(const struct why *w, const char *field, const char *value)
{
    int i = definition_field(w->step->def, field);
    const Halld__Field *f = i >= 0 ? w->step->def->flow->fields[i] : NULL;
    for (size_t k = 0; f && k < f->n_values; k++)
        if (strcmp(f->values[k]->name, value) == 0)
            return w->zh ? f->values[k]->zh : f->values[k]->en;
    if (f && strcmp(f->type, "bool") == 0)
        return strcmp(value, "true") == 0 ? (w->zh ? "是" : "yes") : (w->zh ? "否" : "no");
    return value;
}

static const char *clock_name(const struct why *w, const char *clock)
{
    int i = definition_clock(w->step->def, clock);
    if (i < 0)
        return clock;
    return w->zh ? w->step->def->flow->clocks[i]->zh : w->step->def->flow->clocks[i]->en;
}

/* ---- a value that is none of its type */

static const struct sentence BAD[FLOW_TYPES] = {
    [FLOW_TEXT] = {"“{field}”要写 1 到 {max} 个字", "“{field}” takes 1 to {max} characters"},
    [FLOW_NUMBER] = {"“{field}”要填 {min} 到 {max} 的整数", "“{field}” is a whole number from {min} to {max}"},
    [FLOW_MONEY] = {"“{field}”要填 {min} 到 {max} 元的金额", "“{field}” is an amount from ¥{min} to ¥{max}"},
    [FLOW_BOOL] = {"“{field}”要选是或否", "“{field}” is yes or no"},
    [FLOW_DATE] = {"“{field}”要填日期，如 2026-12-01", "“{field}” is a date such as 2026-12-01"},
    [FLOW_CHOICE] = {"“{field}”只能选给出的选项", "“{field}” is one of the given choices"},
    [FLOW_PERSON] = {"“{field}”要填证件号或电话，5 到 40 个字符",
                     "“{field}” takes an ID or phone number, 5 to 40 characters"},
    [FLOW_PHONE] = {"“{field}”不是电话号码", "“{field}” is no phone number"},
    [FLOW_STAFF] = {"“{field}”要选在册的工作人员", "“{field}” must be one of the staff"},
    [FLOW_DEPARTMENT] = {"“{field}”里没有这个部门", "“{field}”: there is no such department"},
    [FLOW_WINDOW] = {"“{field}”里没有这个窗口", "“{field}”: there is no such window"},
    [FLOW_ITEM] = {"“{field}”里没有这个事项", "“{field}”: there is no such item"},
    [FLOW_MATERIAL] = {"“{field}”里没有这种材料", "“{field}”: there is no such paper"},
    [FLOW_TICKET] = {"“{field}”不是今天的排队号", "“{field}” is no ticket of today"},
    [FLOW_MATTER] = {"“{field}”里没有这个办件", "“{field}”: there is no such matter"},
    [FLOW_FILE] = {"“{field}”里的文件没有上传好", "“{field}”: the file is not there"},
};

/* Amounts are in fen, which nobody types. */
static const char *text_yuan(int64_t fen, char text[TEXT_NUMBER])
{
    snprintf(text, TEXT_NUMBER, fen % 100 ? "%lld.%02lld" : "%lld", (long long)(fen / 100), (long long)(fen % 100));
    return text;
}

static char *why_bad(struct why *w)
{
    const struct definition *d = w->step->def;
    int i = definition_field(d, w->step->refusal->field);
    if (i < 0)
        return NULL;
    w->field = field_name(w, w->step->refusal->field);
    bool is_money = d->fields[i].type == FLOW_MONEY;
    (is_money ? text_yuan : text_number)(d->flow->fields[i]->min, w->min);
    (is_money ? text_yuan : text_number)(d->flow->fields[i]->max, w->max);
    char *said = fill(w, BAD[d->fields[i].type]);
    uint32_t most = d->flow->fields[i]->most;
    if (!most)
        return said;
    char *both = alloc_format(w->zh ? "%s（最多 %u 个）" : "%s (a list of up to %u)", said, (unsigned)most);
    free(said);
    return both;
}

/* ---- guards */

static const struct sentence GUARDS[FLOW_GUARDS] = {
    [FLOW_GUARD_IS] = {"“{field}”是{list}时才能“{step}”", "“{step}” needs “{field}” to be {list}"},
    [FLOW_GUARD_HAS] = {"先要有{list}，才能“{step}”", "“{step}” needs {list} first"},
    [FLOW_GUARD_LACKS] = {"已有{list}，不能“{step}”", "“{step}” cannot be done where there is {list}"},
    [FLOW_GUARD_AT_LEAST] = {"“{field}”至少 {list}，才能“{step}”", "“{step}” needs “{field}” to be {list} at least"},
    [FLOW_GUARD_AT_MOST] = {"“{field}”最多 {list}，才能“{step}”", "“{step}” needs “{field}” to be {list} at most"},
    [FLOW_GUARD_WITHIN] = {"“{field}”要在今天和允许的最后一天之间",
                           "“{field}” must lie between today and the last day allowed"},
    [FLOW_GUARD_LINKED] = {"“{field}”到了{list}才能“{step}”", "“{step}” needs “{field}” to be at {list}"},
    [FLOW_GUARD_MAY_FOLLOW] = {"“{field}”里有不能后补的材料", "“{field}” has a paper that may not follow later"},
    [FLOW_GUARD_CLEAN] = {"“{field}”有失信记录，不能“{step}”",
                          "“{step}” cannot be done: “{field}” has a record against it"},
    [FLOW_GUARD_CERTIFIED] = {"“{field}”今天没有有效证书", "“{field}” has no certificate that holds today"},
};

static void add_word(const struct why *w, struct buf *list, const char *word)
{
    if (list->len)
        buf_add_text(list, w->zh ? "、" : ", ");
    buf_add_format(list, "“%s”", word);
}

/* The words behind the guard's name: its field, and what is wanted of it. */
static void read_arguments(struct why *w, int guard, const char *rest)
{
    struct buf list = BUF_INIT;
    struct flow_word word;
    char *field = NULL;
    const struct definition *other = NULL;
    while (flow_word_next(&rest, &word)) {
        char *text = alloc_format("%.*s", (int)word.len, word.at);
        if (guard == FLOW_GUARD_HAS || guard == FLOW_GUARD_LACKS) {
            add_word(w, &list, field_name(w, text));
        } else if (!field) {
            field = text;
            int i = definition_field(w->step->def, field);
            other = i >= 0 ? flow_definition(w->step->flow, w->step->def->flow->fields[i]->of) : NULL;
            continue;
        } else if (guard == FLOW_GUARD_AT_LEAST || guard == FLOW_GUARD_AT_MOST) {
            buf_add_text(&list, text);
        } else {
            add_word(w, &list,
                     guard == FLOW_GUARD_LINKED ? state_name(other, text, w->zh) : value_name(w, field, text));
        }
        free(text);
    }
    w->field = field ? field_name(w, field) : "";
    w->list = buf_take(&list);
    free(field);
}

static char *why_guard(struct why *w)
{
    const char *rest = w->step->refusal->value;
    struct flow_word name;
    int guard = *rest && flow_word_next(&rest, &name) ? flow_guard_find(name.at, name.len) : -1;
    if (guard < 0)
        return NULL;
    read_arguments(w, guard, rest);
    return fill(w, GUARDS[guard]);
}

/* ---- the table */

static char *why_field(struct why *w, struct sentence s)
{
    w->field = field_name(w, w->step->refusal->field);
    return fill(w, s);
}

static char *why_missing(struct why *w)
{
    if (definition_field(w->step->def, w->step->refusal->field) < 0)
        return NULL;
    return why_field(w, (struct sentence){"还没有填“{field}”", "“{field}” is missing"});
}

static char *why_not_allowed(struct why *w)
{
    return why_field(w, (struct sentence){"“{step}”这一步不填“{field}”", "“{step}” does not take “{field}”"});
}

static char *why_role(struct why *w)
{
    return fill(w, (struct sentence){"“{step}”不由您的岗位办理", "“{step}” is not for your role"});
}

static char *why_state(struct why *w)
{
    w->state = state_name(w->step->def, w->step->refusal->value, w->zh);
    if (!*w->state)
        return NULL;
    return fill(w,
                (struct sentence){"现在是“{state}”，不能“{step}”", "It is at “{state}” now: “{step}” cannot be done"});
}

static char *why_times(struct why *w)
{
    snprintf(w->n, sizeof w->n, "%.*s", (int)sizeof w->n - 1, w->step->refusal->value);
    return fill(
        w, (struct sentence){"“{step}”最多 {n} 次，已经用完", "“{step}” can be done {n} times at most, and has been"});
}

static char *why_expired(struct why *w)
{
    w->clock = clock_name(w, w->step->refusal->field);
    return fill(w, (struct sentence){"“{clock}”的时限已过，不能再改",
                                     "The time for “{clock}” has run out and cannot be moved"});
}

static char *why_stale(struct why *w)
{
    w->state = state_name(w->step->def, w->step->refusal->value, w->zh);
    return fill(w, (struct sentence){"{by}刚刚处理过，现在是“{state}”，请看最新情况",
                                     "{by} has just changed it, it is at “{state}” now; look again"});
}

char *matter_why_new(const struct refused_step *s, bool zh)
{
    static const struct {
        int code;
        char *(*say)(struct why *w);
    } table[] = {
        {HALL_E_FIELD_BAD, why_bad},
        {HALL_E_FIELD_MISSING, why_missing},
        {HALL_E_FIELD_NOT_ALLOWED, why_not_allowed},
        {HALL_E_GUARD, why_guard},
        {HALL_E_WRONG_ROLE, why_role},
        {HALL_E_WRONG_STATE, why_state},
        {HALL_E_NO_MORE_TIMES, why_times},
        {HALL_E_CLOCK_EXPIRED, why_expired},
        {HALL_E_STALE, why_stale},
    };
    struct why w = {.step = s, .zh = zh, .field = "", .clock = "", .state = ""};
    char *said = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table && !said; i++)
        if (table[i].code == s->refusal->code)
            said = table[i].say(&w);
    free(w.list);
    return said;
}
