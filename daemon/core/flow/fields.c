/* The fields of a command: which may be given, which must, and whether each value is one of its type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/flow/flow_state.h"

enum { CODE_MAX = 200 };

/* One field and what was given for it. */
struct given_field {
    struct act *act;
    const struct field *field;
    const Halld__FieldValue *from;
    size_t at;          /* the element looked at */
    struct value value; /* being made */
};

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* ---- one element of each type; false if it is none */

/* Sealed words are known by their reference, and by how long they are. */
static bool text_element(struct given_field *g, const char *text)
{
    size_t n = g->at < g->from->n_characters ? g->from->characters[g->at] : characters(text);
    return n >= 1 && n <= (size_t)g->field->f->max;
}

static bool choice_element(struct given_field *g, const char *text)
{
    for (size_t i = 0; i < g->field->f->n_values; i++)
        if (strcmp(g->field->f->values[i]->name, text) == 0)
            return true;
    return false;
}

static bool code_element(struct given_field *g, const char *text)
{
    const struct flow_facts *facts = g->act->turn->facts;
    return *text && characters(text) <= CODE_MAX && facts->knows(facts->arg, g->field->type, text);
}

static bool number_element(struct given_field *g, int64_t number)
{
    return !g->from->truth && number >= g->field->f->min && number <= g->field->f->max;
}

static bool bool_element(struct given_field *g, int64_t number)
{
    (void)number;
    return g->from->truth;
}

static bool matter_element(struct given_field *g, int64_t number)
{
    const struct matter *m = number > 0 ? flow_matter(g->act->flow, (uint64_t)number) : NULL;
    return m && !g->from->truth && strcmp(m->def->flow->name, g->field->f->of) == 0;
}

static const struct {
    bool (*text)(struct given_field *g, const char *text);
    bool (*number)(struct given_field *g, int64_t number);
} types[FLOW_TYPES] = {
    [FLOW_TEXT] = {text_element, NULL},       [FLOW_NUMBER] = {NULL, number_element},
    [FLOW_MONEY] = {NULL, number_element},    [FLOW_BOOL] = {NULL, bool_element},
    [FLOW_CHOICE] = {choice_element, NULL},   [FLOW_PERSON] = {code_element, NULL},
    [FLOW_PHONE] = {code_element, NULL},      [FLOW_STAFF] = {code_element, NULL},
    [FLOW_DEPARTMENT] = {code_element, NULL}, [FLOW_WINDOW] = {code_element, NULL},
    [FLOW_ITEM] = {code_element, NULL},       [FLOW_MATERIAL] = {code_element, NULL},
    [FLOW_TICKET] = {code_element, NULL},     [FLOW_MATTER] = {NULL, matter_element},
    [FLOW_FILE] = {code_element, NULL},
};

/* ---- one value */

static bool read_dates(struct given_field *g)
{
    g->value.n = g->from->n_texts;
    g->value.numbers = alloc_zero(g->value.n * sizeof *g->value.numbers);
    for (size_t i = 0; i < g->value.n; i++) {
        int32_t date;
        if (!date_from_text(g->from->texts[i], &date))
            return false;
        g->value.numbers[i] = date;
    }
    return g->from->n_numbers == 0;
}

static bool read_texts(struct given_field *g, bool (*is_one)(struct given_field *g, const char *text))
{
    for (g->at = 0; g->at < g->from->n_texts; g->at++)
        if (!is_one || !is_one(g, g->from->texts[g->at]))
            return false;
    return true;
}

static bool read_numbers(struct given_field *g, bool (*is_one)(struct given_field *g, int64_t number))
{
    for (size_t i = 0; i < g->from->n_numbers; i++)
        if (!is_one || !is_one(g, g->from->numbers[i]))
            return false;
    return true;
}

/* A window is known by its number, which may be written as one. */
static bool read_windows(struct given_field *g)
{
    if (g->from->truth)
        return false;
    size_t written = g->from->n_texts, n = written + g->from->n_numbers;
    char **texts = alloc_zero(n * sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = i < written ? g->from->texts[i] : alloc_format("%lld", (long long)g->from->numbers[i - written]);
    g->value = value_of_texts(n, texts, NULL);
    for (size_t i = written; i < n; i++)
        free(texts[i]);
    free(texts);
    for (size_t i = 0; i < n; i++)
        if (!code_element(g, g->value.texts[i]))
            return false;
    return true;
}

static bool read_value(struct given_field *g)
{
    size_t n = g->from->n_texts + g->from->n_numbers, most = g->field->f->most ? g->field->f->most : 1;
    if (g->from->bad || g->from->list != (g->field->f->most > 0) || n < 1 || n > most)
        return false;
    if (g->field->type == FLOW_DATE)
        return read_dates(g);
    if (g->field->type == FLOW_WINDOW)
        return read_windows(g);
    if (!read_texts(g, types[g->field->type].text) || !read_numbers(g, types[g->field->type].number))
        return false;
    g->value = value_from_message(g->from);
    return true;
}

/* ---- the command */

static int check_allowed(struct act *a, const struct transition *t, const struct given *given,
                         const struct definition *d)
{
    for (size_t i = 0; i < given->n; i++) {
        const char *name = given->fields[i]->field;
        int field = definition_field(d, name);
        if (field < 0 || !((t->need | t->may) & DEFINITION_BIT(field)) || !flow_offers_field(a->flow, d, (size_t)field))
            return refuse(a->refusal, HALL_E_FIELD_NOT_ALLOWED, name, t->t->name);
    }
    return 0;
}

static int check_needed(struct act *a, const struct transition *t, const struct given *given,
                        const struct definition *d)
{
    uint64_t has = 0;
    for (size_t i = 0; i < given->n; i++)
        has |= DEFINITION_BIT(definition_field(d, given->fields[i]->field));
    for (size_t i = 0; i < d->flow->n_fields; i++)
        if ((t->need & ~has) & DEFINITION_BIT(i))
            return refuse(a->refusal, HALL_E_FIELD_MISSING, d->flow->fields[i]->name, t->t->name);
    return 0;
}

static int set_one(struct act *a, const Halld__FieldValue *from, struct matter *probe, uint64_t *set)
{
    int field = definition_field(probe->def, from->field);
    struct given_field g = {.act = a, .field = &probe->def->fields[field], .from = from};
    if (!read_value(&g) || (*set & DEFINITION_BIT(field))) {
        value_fini(&g.value);
        return refuse(a->refusal, HALL_E_FIELD_BAD, from->field, from->n_texts ? from->texts[0] : "");
    }
    matter_put_take(probe, field, g.value);
    *set |= DEFINITION_BIT(field);
    return 0;
}

int fields_check(struct act *a, const struct transition *t, const struct given *given, struct matter *probe,
                 uint64_t *ret_set)
{
    int code = check_allowed(a, t, given, probe->def);
    if (!code)
        code = check_needed(a, t, given, probe->def);
    *ret_set = 0;
    for (size_t i = 0; i < given->n && !code; i++)
        code = set_one(a, given->fields[i], probe, ret_set);
    int back = given->back ? definition_field(probe->def, given->back->field) : -1;
    if (!code && back >= 0) {
        matter_set(probe, given->back);
        *ret_set |= DEFINITION_BIT(back);
    }
    return code;
}
