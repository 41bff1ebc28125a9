/* Guards and effects: each argument is of its kind. What lies in another flow is looked at with the set. */
#include <string.h>

#include "core/flow/check_inside.h"
#include "core/flow/definition.h"

/* Where one argument stands. */
struct argument {
    const struct flow_check *c;
    const struct fault_place *at;
    const struct flow_call *call;
    struct flow_arg wanted;
    struct flow_word word;
    size_t nth;
    struct flow_word first; /* the call's first argument */
};

static void check_nothing(const struct argument *a)
{
    (void)a;
}

static void check_field(const struct argument *a)
{
    const Halld__Field *f = flow_check_field(a->c->flow, a->word);
    if (!f)
        flow_check_unknown(a->c, a->at, "field", a->word);
    else if (flow_check_type(f) >= 0 && !(FLOW_TYPE_BIT(flow_check_type(f)) & a->wanted.types))
        flow_check_argument_type(a->c, a->at, a->word, a->wanted.types);
}

static bool has_value(const Halld__Field *f, struct flow_word value)
{
    if (flow_check_type(f) == FLOW_BOOL)
        return flow_word_is(value, "true") || flow_word_is(value, "false");
    for (size_t i = 0; i < f->n_values; i++)
        if (flow_word_is(value, f->values[i]->name))
            return true;
    return false;
}

static void check_value(const struct argument *a)
{
    const Halld__Field *f = flow_check_field(a->c->flow, a->first);
    int type = f ? flow_check_type(f) : -1;
    if ((type == FLOW_CHOICE || type == FLOW_BOOL) && !has_value(f, a->word))
        faults_add(a->c->faults, a->at, "ARGUMENT", "\"%.*s\" is not a value of \"%s\"", (int)a->word.len, a->word.at,
                   f->name);
}

static bool is_integer(struct flow_word w)
{
    size_t i = w.len > 0 && w.at[0] == '-' ? 1 : 0;
    if (w.len == i || w.len - i > 18)
        return false;
    for (; i < w.len; i++)
        if (w.at[i] < '0' || w.at[i] > '9')
            return false;
    return true;
}

static void check_integer(const struct argument *a)
{
    if (!is_integer(a->word))
        faults_add(a->c->faults, a->at, "ARGUMENT", "\"%.*s\" is not an integer", (int)a->word.len, a->word.at);
}

/* item.promised, item.statutory and what may follow are those of the matter's own item. */
static void check_item(const struct flow_check *c, const struct fault_place *at)
{
    struct flow_word item = flow_word_of("item");
    const Halld__Field *f = flow_check_field(c->flow, item);
    if (!f)
        faults_add(c->faults, at, "ARGUMENT", "there is no field \"item\"");
    else if (flow_check_type(f) >= 0 && flow_check_type(f) != FLOW_ITEM)
        flow_check_argument_type(c, at, item, FLOW_TYPE_BIT(FLOW_ITEM));
    else
        flow_check_single(c, at, f);
}

void flow_check_limit_word(const struct flow_check *c, const struct fault_place *at, struct flow_word word)
{
    if (flow_word_is(word, "item.promised") || flow_word_is(word, "item.statutory"))
        check_item(c, at);
    else if (!flow_check_limit(c->profile, word))
        flow_check_unknown(c, at, "limit", word);
}

static void check_limit(const struct argument *a)
{
    flow_check_limit_word(a->c, a->at, a->word);
}

/* What is added to a clock is of the clock's own unit. */
static void check_unit(const struct argument *a, const Halld__ProfileLimit *added)
{
    const Halld__Clock *clock = flow_check_clock(a->c->flow, a->first);
    const Halld__ProfileLimit *limit = clock ? flow_check_limit(a->c->profile, flow_word_of(clock->limit)) : NULL;
    const char *unit = limit ? limit->unit : "days";
    if (!clock || flow_check_by_date(a->c, clock) || (limit && strcmp(added->unit, limit->unit) == 0))
        return;
    if (limit || strcmp(added->unit, flow_unit_name(FLOW_HALL_MINUTES)) == 0)
        faults_add(a->c->faults, a->at, "ARGUMENT", "\"%s\" is in %s, the clock in %s", added->key, added->unit, unit);
}

static void check_key(const struct argument *a)
{
    const Halld__ProfileLimit *limit = flow_check_limit(a->c->profile, a->word);
    if (!limit)
        flow_check_unknown(a->c, a->at, "limit", a->word);
    else if (a->call == &FLOW_EFFECT_CALLS[FLOW_EFFECT_EXTEND])
        check_unit(a, limit);
}

/* A date has no limit that another could take the place of, or be added to. */
static void check_clock(const struct argument *a)
{
    const Halld__Clock *clock = flow_check_clock(a->c->flow, a->word);
    if (!clock)
        flow_check_unknown(a->c, a->at, "clock", a->word);
    else if (flow_check_by_date(a->c, clock) && a->call != &FLOW_EFFECT_CALLS[FLOW_EFFECT_SINCE])
        faults_add(a->c->faults, a->at, "ARGUMENT", "\"%s\" follows a date and has no limit", clock->name);
}

static void check_state(const struct argument *a)
{
    if (!flow_check_state(a->c->flow, a->word))
        flow_check_unknown(a->c, a->at, "state", a->word);
}

static void too_many(const struct argument *a)
{
    faults_add(a->c->faults, a->at, "ARGUMENT", "\"%s\" has one argument too many: \"%.*s\"", a->call->name,
               (int)a->word.len, a->word.at);
}

/* to=from: `from` is a field here. BACK comes once, before them. */
static void check_link(const struct argument *a)
{
    const char *cut = memchr(a->word.at, '=', a->word.len);
    if (!cut) {
        if (a->nth > 2)
            too_many(a);
        return;
    }
    struct flow_word from = {cut + 1, a->word.len - (size_t)(cut - a->word.at) - 1};
    if (!flow_check_field(a->c->flow, from))
        flow_check_unknown(a->c, a->at, "field", from);
}

static void check_who(const struct argument *a)
{
    flow_check_who(a->c, a->at, a->word, FLOW_WHO_READS);
}

static void check_record(const struct argument *a)
{
    if (!flow_name_is(a->word.at, a->word.len))
        faults_add(a->c->faults, a->at, "ARGUMENT", "\"%.*s\" is not a name", (int)a->word.len, a->word.at);
}

static void check_window(const struct argument *a)
{
    if (!flow_window_role_is(a->word.at, a->word.len))
        flow_check_unknown(a->c, a->at, "role", a->word);
}

/* A tariff counts by number fields of the matter. */
static void check_tariff(const struct argument *a)
{
    const unsigned numbers = FLOW_TYPE_BIT(FLOW_NUMBER) | FLOW_TYPE_BIT(FLOW_MONEY);
    const Halld__Tariff *t = flow_check_tariff(a->c->profile, a->word);
    struct argument rate = *a;
    rate.wanted = (struct flow_arg){FLOW_ARG_FIELD, numbers};
    if (!t)
        flow_check_unknown(a->c, a->at, "tariff", a->word);
    for (size_t i = 0; t && i < t->n_rates; i++) {
        rate.word = flow_word_of(t->rates[i]->field);
        check_field(&rate);
    }
}

static const struct {
    const char *noun; /* what is missing */
    void (*check)(const struct argument *a);
} KINDS[FLOW_ARG_KINDS] = {
    [FLOW_ARG_NONE] = {"nothing", check_nothing}, [FLOW_ARG_FIELD] = {"field", check_field},
    [FLOW_ARG_VALUE] = {"value", check_value},    [FLOW_ARG_INTEGER] = {"integer", check_integer},
    [FLOW_ARG_LIMIT] = {"limit", check_limit},    [FLOW_ARG_KEY] = {"limit", check_key},
    [FLOW_ARG_CLOCK] = {"clock", check_clock},    [FLOW_ARG_STATE] = {"state", check_state},
    [FLOW_ARG_THEIR] = {"state", check_nothing},  [FLOW_ARG_TRANSITION] = {"transition", check_nothing},
    [FLOW_ARG_LINK] = {"field", check_link},      [FLOW_ARG_WHO] = {"role", check_who},
    [FLOW_ARG_RECORD] = {"name", check_record},   [FLOW_ARG_WINDOW] = {"role", check_window},
    [FLOW_ARG_TARIFF] = {"tariff", check_tariff},
};

static void check_arguments(const struct flow_check *c, const struct fault_place *at, const struct flow_call *call,
                            const char *rest)
{
    struct argument a = {.c = c, .at = at, .call = call};
    for (; flow_word_next(&rest, &a.word); a.nth++) {
        a.wanted = flow_call_arg(call, a.nth);
        if (a.nth == 0)
            a.first = a.word;
        if (a.wanted.kind == FLOW_ARG_NONE || a.nth == CALL_ARGS) {
            too_many(&a);
            return;
        }
        KINDS[a.wanted.kind].check(&a);
    }
    if (a.nth < call->least)
        faults_add(c->faults, at, "ARGUMENT", "\"%s\" needs %s", call->name,
                   KINDS[flow_call_arg(call, a.nth).kind].noun);
}

void flow_check_guard(const struct flow_check *c, const struct fault_place *at, const char *text)
{
    struct flow_word name;
    const char *rest = text;
    flow_word_next(&rest, &name);
    int i = flow_guard_find(name.at, name.len);
    if (i < 0)
        flow_check_unknown(c, at, "guard", name);
    else
        check_arguments(c, at, &FLOW_GUARD_CALLS[i], rest);
    if (i == FLOW_GUARD_MAY_FOLLOW)
        check_item(c, at);
}

void flow_check_effect(const struct flow_check *c, const struct fault_place *at, const char *text)
{
    struct flow_word name;
    const char *rest = text;
    flow_word_next(&rest, &name);
    int i = flow_effect_find(name.at, name.len);
    if (i < 0) {
        flow_check_unknown(c, at, "effect", name);
        return;
    }
    if (i == FLOW_EFFECT_RAISE && c->flow->n_levels == 0)
        faults_add(c->faults, at, "NO_LEVELS", "the flow has no levels");
    check_arguments(c, at, &FLOW_EFFECT_CALLS[i], rest);
}

static struct flow_check_call call_of(const char *text, int find(const char *word, size_t len))
{
    struct flow_check_call call = {.which = -1};
    struct flow_word name;
    const char *rest = text;
    flow_word_next(&rest, &name);
    call.which = find(name.at, name.len);
    for (size_t i = 0; i < FLOW_ARGS; i++) {
        if (i == FLOW_ARGS - 1)
            call.rest = rest;
        if (!flow_word_next(&rest, &call.args[i]))
            call.args[i] = (struct flow_word){"", 0};
    }
    return call;
}

struct flow_check_call flow_check_effect_of(const char *text)
{
    return call_of(text, flow_effect_find);
}

struct flow_check_call flow_check_guard_of(const char *text)
{
    return call_of(text, flow_guard_find);
}
