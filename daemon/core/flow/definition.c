#include "core/flow/definition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* The one being made, and what went wrong first. */
struct maker {
    struct definition *d;
    struct refusal *refusal;
    int code;
};

static void fail(struct maker *k, const char *what, const char *value)
{
    if (!k->code)
        k->code = refuse(k->refusal, HALL_E_BAD_VALUE, what, value);
}

/* ---- names */

#define FIND(fn, table)                                     \
    int fn(const struct definition *d, const char *name)    \
    {                                                       \
        for (size_t i = 0; i < d->flow->n_##table; i++)     \
            if (strcmp(d->flow->table[i]->name, name) == 0) \
                return (int)i;                              \
        return -1;                                          \
    }

FIND(definition_state, states)
FIND(definition_field, fields)
FIND(definition_transition, transitions)
FIND(definition_clock, clocks)

static int must_find(struct maker *k, int index, const char *what, const char *name)
{
    if (index < 0)
        fail(k, what, name);
    return index;
}

static uint64_t bits(struct maker *k, size_t n, char *const *names,
                     int (*find)(const struct definition *, const char *), const char *what)
{
    uint64_t set = 0;
    for (size_t i = 0; i < n; i++) {
        int index = must_find(k, find(k->d, names[i]), what, names[i]);
        set |= index < 0 ? 0 : DEFINITION_BIT(index);
    }
    return set;
}

/* ---- whom */

static bool is_type(const struct maker *k, int field, unsigned types)
{
    const char *type = field < 0 ? "" : k->d->flow->fields[field]->type;
    int index = flow_type_find(type, strlen(type));
    return index >= 0 && (types & FLOW_TYPE_BIT(index));
}

/* A field of one of the types, by its index. */
static int must_find_field(struct maker *k, const char *name, unsigned types)
{
    int field = definition_field(k->d, name);
    return must_find(k, is_type(k, field, types) ? field : -1, "field", name);
}

static struct who make_who(struct maker *k, const char *text)
{
    static const struct {
        const char *word;
        enum who_kind kind;
    } words[] = {{"level", WHO_LEVEL}, {"person", WHO_PERSON}, {"clock", WHO_CLOCK}, {"matter", WHO_MATTER}};
    struct who w = {.kind = WHO_ROLE, .field = -1};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].word) == 0)
            w.kind = words[i].kind;
    const char *at = strchr(text, '@');
    w.role = alloc_text(text);
    if (!at)
        return w;
    w.role[at - text] = '\0';
    w.kind = WHO_AT;
    w.field = must_find_field(k, at + 1, FLOW_TYPE_BIT(FLOW_STAFF) | FLOW_TYPE_BIT(FLOW_DEPARTMENT));
    return w;
}

static struct who *make_whos(struct maker *k, size_t n, char *const *texts)
{
    struct who *whos = alloc_zero((n ? n : 1) * sizeof *whos);
    for (size_t i = 0; i < n; i++)
        whos[i] = make_who(k, texts[i]);
    return whos;
}

/* ---- calls */

static struct call_arg make_arg(struct maker *k, struct flow_arg want, struct flow_word word)
{
    struct call_arg a = {.index = -1};
    char *text = alloc_format("%.*s", (int)word.len, word.at);
    a.word = text;
    if (want.kind == FLOW_ARG_FIELD)
        a.index = must_find_field(k, text, want.types);
    else if (want.kind == FLOW_ARG_CLOCK)
        a.index = must_find(k, definition_clock(k->d, text), "clock", text);
    else if (want.kind == FLOW_ARG_STATE)
        a.index = must_find(k, definition_state(k->d, text), "state", text);
    else if (want.kind == FLOW_ARG_WHO)
        a.who = make_who(k, text);
    else if (want.kind == FLOW_ARG_INTEGER)
        a.number = strtoll(text, NULL, 10);
    else if (want.kind == FLOW_ARG_NONE)
        fail(k, "argument", text);
    return a;
}

static struct clause make_call(struct maker *k, const char *text, const struct flow_call *table,
                               int (*find)(const char *word, size_t len))
{
    struct clause c = {.text = text, .args = alloc_zero(CALL_ARGS * sizeof *c.args)};
    const char *rest = text;
    struct flow_word word;
    if (!flow_word_next(&rest, &word) || (c.kind = find(word.at, word.len)) < 0) {
        fail(k, "call", text);
        c.kind = 0;
        return c;
    }
    while (c.n < CALL_ARGS && flow_word_next(&rest, &word)) {
        c.args[c.n] = make_arg(k, flow_call_arg(&table[c.kind], c.n), word);
        c.n++;
    }
    if (c.n < table[c.kind].least || rest)
        fail(k, "call", text);
    return c;
}

static struct clause *make_calls(struct maker *k, size_t n, char *const *texts, const struct flow_call *table,
                                 int (*find)(const char *word, size_t len))
{
    struct clause *calls = alloc_zero((n ? n : 1) * sizeof *calls);
    for (size_t i = 0; i < n; i++)
        calls[i] = make_call(k, texts[i], table, find);
    return calls;
}

/* ---- the parts */

static struct field make_field(struct maker *k, const Halld__Field *f)
{
    int type = must_find(k, flow_type_find(f->type, strlen(f->type)), "type", f->type);
    return (struct field){
        .f = f,
        .type = type < 0 ? FLOW_TEXT : (enum flow_type)type,
        .hold_in = bits(k, f->n_hold_in, f->hold_in, definition_state, "state"),
        .outcome_in = bits(k, f->n_outcome_in, f->outcome_in, definition_state, "state"),
        .read = make_whos(k, f->n_read, f->read),
    };
}

static struct transition make_transition(struct maker *k, const Halld__Transition *t)
{
    return (struct transition){
        .t = t,
        .from = bits(k, t->n_from, t->from, definition_state, "state"),
        .to = *t->to ? must_find(k, definition_state(k->d, t->to), "state", t->to) : -1,
        .n_roles = t->n_roles,
        .n_when = t->n_when,
        .n_then = t->n_then,
        .roles = make_whos(k, t->n_roles, t->roles),
        .need = bits(k, t->n_need, t->need, definition_field, "field"),
        .may = bits(k, t->n_may, t->may, definition_field, "field"),
        .when = make_calls(k, t->n_when, t->when, FLOW_GUARD_CALLS, flow_guard_find),
        .then = make_calls(k, t->n_then, t->then, FLOW_EFFECT_CALLS, flow_effect_find),
    };
}

static void name_mark(const Halld__Mark *m, char what[12])
{
    if (m->at_case == HALLD__MARK__AT_PERCENT)
        snprintf(what, 12, "%u%%", m->percent);
    else if (m->at_case == HALLD__MARK__AT_DAY)
        snprintf(what, 12, "%+dd", m->day);
    else
        snprintf(what, 12, "%s", m->at_case == HALLD__MARK__AT_CARD ? m->card : "");
}

static void add_mark(struct maker *k, struct clock_row *row, const Halld__Mark *m)
{
    bool takes = *m->take != '\0', says = m->n_notify || m->raise || !takes;
    if (row->n_watches + 2 > WATCHES_MAX || m->at_case == HALLD__MARK__AT__NOT_SET)
        return fail(k, "marks", row->c->name);
    if (says) {
        struct watch *w = &row->watches[row->n_watches++];
        *w = (struct watch){.kind = WATCH_NOTICE, .mark = m, .take = -1};
        w->notify = make_whos(k, m->n_notify, m->notify);
        name_mark(m, w->what);
    }
    if (!takes)
        return;
    struct watch *w = &row->watches[row->n_watches++];
    *w = (struct watch){.kind = WATCH_TAKE, .mark = m};
    w->take = must_find(k, definition_transition(k->d, m->take), "transition", m->take);
    if (!says)
        name_mark(m, w->what);
}

static void make_limit(struct maker *k, struct clock_row *row)
{
    const char *limit = row->c->limit;
    row->field = -1;
    if (strcmp(limit, "item.promised") == 0)
        row->limit = LIMIT_PROMISED;
    else if (strcmp(limit, "item.statutory") == 0)
        row->limit = LIMIT_STATUTORY;
    else if (strncmp(limit, "field.", 6) == 0) {
        row->limit = LIMIT_FIELD;
        row->field = must_find_field(k, limit + 6, FLOW_TYPE_BIT(FLOW_DATE));
    } else
        row->limit = LIMIT_PROFILE;
}

static struct clock_row make_clock(struct maker *k, const Halld__Clock *c)
{
    static const char *const cards[] = {"yellow", "end", "red"};
    struct clock_row row = {.c = c, .watches = alloc_zero(WATCHES_MAX * sizeof *row.watches)};
    row.in = bits(k, c->n_in, c->in, definition_state, "state");
    row.pause = bits(k, c->n_pause, c->pause, definition_state, "state");
    make_limit(k, &row);
    for (int i = WATCH_YELLOW; i <= WATCH_RED; i++) {
        struct watch *w = &row.watches[row.n_watches++];
        *w = (struct watch){.kind = (enum watch_kind)i, .take = -1};
        snprintf(w->what, sizeof w->what, "%s", cards[i]);
    }
    size_t n = c->n_marks ? c->n_marks : k->d->flow->n_marks;
    Halld__Mark *const *marks = c->n_marks ? c->marks : k->d->flow->marks;
    for (size_t i = 0; i < n; i++)
        add_mark(k, &row, marks[i]);
    return row;
}

static void make_parts(struct maker *k)
{
    struct definition *d = k->d;
    const Halld__Flow *f = d->flow;
    if (f->n_states > DEFINITION_STATES || f->n_fields > DEFINITION_FIELDS ||
        f->n_transitions > DEFINITION_TRANSITIONS || f->n_clocks > DEFINITION_CLOCKS)
        return fail(k, "flow", f->name);
    d->fields = alloc_zero((f->n_fields + 1) * sizeof *d->fields);
    d->transitions = alloc_zero((f->n_transitions + 1) * sizeof *d->transitions);
    d->clocks = alloc_zero((f->n_clocks + 1) * sizeof *d->clocks);
    d->read = make_whos(k, f->n_read, f->read);
    for (size_t i = 0; i < f->n_states; i++)
        d->ends |= f->states[i]->end ? DEFINITION_BIT(i) : 0;
    for (size_t i = 0; i < f->n_fields; i++) {
        d->fields[i] = make_field(k, f->fields[i]);
        d->holds_ticket |= d->fields[i].hold_in != 0 || *f->fields[i]->outcome;
        if (d->fields[i].type == FLOW_ITEM && strcmp(f->fields[i]->name, "item") == 0)
            d->item = (int)i;
    }
    for (size_t i = 0; i < f->n_transitions; i++)
        d->transitions[i] = make_transition(k, f->transitions[i]);
    for (size_t i = 0; i < f->n_clocks; i++)
        d->clocks[i] = make_clock(k, f->clocks[i]);
}

struct definition *definition_new_take(Halld__Flow *flow, struct refusal *r)
{
    struct maker k = {.d = alloc_zero(sizeof *k.d), .refusal = r};
    k.d->flow = flow;
    k.d->item = -1;
    make_parts(&k);
    if (!k.code)
        return k.d;
    definition_free(k.d);
    return NULL;
}

/* ---- the end */

static void free_whos(struct who *whos, size_t n)
{
    for (size_t i = 0; whos && i < n; i++)
        free(whos[i].role);
    free(whos);
}

static void free_calls(struct clause *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t a = 0; a < calls[i].n; a++) {
            free((char *)(uintptr_t)calls[i].args[a].word);
            free(calls[i].args[a].who.role);
        }
        free(calls[i].args);
    }
    free(calls);
}

static void free_clock(struct clock_row *row)
{
    for (size_t i = 0; i < row->n_watches; i++)
        if (row->watches[i].notify)
            free_whos(row->watches[i].notify, row->watches[i].mark->n_notify);
    free(row->watches);
}

void definition_free(struct definition *d)
{
    if (!d)
        return;
    for (size_t i = 0; d->transitions && i < d->flow->n_transitions; i++) {
        struct transition *t = &d->transitions[i];
        free_whos(t->roles, t->n_roles);
        free_calls(t->when, t->n_when);
        free_calls(t->then, t->n_then);
    }
    for (size_t i = 0; d->clocks && i < d->flow->n_clocks; i++)
        free_clock(&d->clocks[i]);
    for (size_t i = 0; d->fields && i < d->flow->n_fields; i++)
        if (d->fields[i].f)
            free_whos(d->fields[i].read, d->fields[i].f->n_read);
    free_whos(d->read, d->flow->n_read);
    free(d->fields);
    free(d->transitions);
    free(d->clocks);
    halld__flow__free_unpacked(d->flow, NULL);
    free(d);
}

bool definition_carries(const struct definition *from, const struct definition *to, int field)
{
    int there = definition_field(to, from->flow->fields[field]->name);
    return there >= 0 && to->fields[there].type == from->fields[field].type;
}

static bool is_among(size_t n, char *const *roles, const char *role)
{
    size_t len = strlen(role);
    for (size_t i = 0; i < n; i++)
        if (strncmp(roles[i], role, len) == 0 && (!roles[i][len] || roles[i][len] == '@'))
            return true;
    return false;
}

bool definition_needs(const struct definition *d, const char *role)
{
    for (size_t i = 0; i < d->flow->n_transitions; i++)
        if (is_among(d->flow->transitions[i]->n_roles, d->flow->transitions[i]->roles, role))
            return true;
    for (size_t i = 0; i < d->flow->n_clocks; i++)
        for (size_t k = 0; k < d->flow->clocks[i]->n_marks; k++)
            if (is_among(d->flow->clocks[i]->marks[k]->n_notify, d->flow->clocks[i]->marks[k]->notify, role))
                return true;
    return false;
}
