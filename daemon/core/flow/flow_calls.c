/* What guards look at and what effects do: one row for each word of the language. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/flow/flow_state.h"

/* ---- guards */

typedef bool guard_fn(struct act *a, const struct matter *m, const struct clause *c);

static const struct value *arg_value(const struct matter *m, const struct clause *c)
{
    return matter_value(m, c->args[0].index);
}

static bool is_one_of(const char *text, const struct clause *c)
{
    for (size_t i = 1; i < c->n; i++)
        if (strcmp(text, c->args[i].word) == 0)
            return true;
    return false;
}

static bool guard_is(struct act *a, const struct matter *m, const struct clause *c)
{
    (void)a;
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++)
        if (is_one_of(v->texts ? v->texts[i] : v->numbers[i] ? "true" : "false", c))
            return true;
    return false;
}

static bool guard_has(struct act *a, const struct matter *m, const struct clause *c)
{
    (void)a;
    for (size_t i = 0; i < c->n; i++)
        if (matter_value(m, c->args[i].index)->n == 0)
            return false;
    return true;
}

static bool guard_lacks(struct act *a, const struct matter *m, const struct clause *c)
{
    (void)a;
    for (size_t i = 0; i < c->n; i++)
        if (matter_value(m, c->args[i].index)->n > 0)
            return false;
    return true;
}

static bool guard_at_least(struct act *a, const struct matter *m, const struct clause *c)
{
    (void)a;
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++)
        if (v->numbers[i] < c->args[1].number)
            return false;
    return v->n > 0;
}

static bool guard_at_most(struct act *a, const struct matter *m, const struct clause *c)
{
    (void)a;
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++)
        if (v->numbers[i] > c->args[1].number)
            return false;
    return v->n > 0;
}

static bool guard_within(struct act *a, const struct matter *m, const struct clause *c)
{
    const struct value *v = arg_value(m, c);
    struct limit l;
    if (v->n == 0 || !clock_limit_find(a, m, c->args[1].word, &l))
        return false;
    int32_t today = act_today(a), last = clock_limit_date(a, &l);
    for (size_t i = 0; i < v->n; i++)
        if (v->numbers[i] < today || v->numbers[i] > last)
            return false;
    return true;
}

static bool guard_linked(struct act *a, const struct matter *m, const struct clause *c)
{
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++) {
        const struct matter *other = flow_matter(a->flow, (uint64_t)v->numbers[i]);
        if (!other || !is_one_of(matter_state_name(other), c))
            return false;
    }
    return v->n > 0;
}

static bool material_may_follow(const Halld__Item *item, const char *material)
{
    for (size_t i = 0; i < item->n_materials; i++)
        if (strcmp(item->materials[i]->material, material) == 0)
            return item->materials[i]->may_follow;
    return false;
}

static bool guard_may_follow(struct act *a, const struct matter *m, const struct clause *c)
{
    const struct value *v = arg_value(m, c), *code = matter_value(m, m->def->item);
    const Halld__Item *item = code->n ? a->turn->facts->item(a->turn->facts->arg, code->texts[0]) : NULL;
    for (size_t i = 0; i < v->n; i++)
        if (!item || !material_may_follow(item, v->texts[i]))
            return false;
    return v->n > 0;
}

static bool guard_clean(struct act *a, const struct matter *m, const struct clause *c)
{
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++)
        if (flow_has_record(a->flow, v->texts[i], c->args[1].word))
            return false;
    return true;
}

static bool guard_certified(struct act *a, const struct matter *m, const struct clause *c)
{
    const struct value *v = arg_value(m, c);
    for (size_t i = 0; i < v->n; i++)
        if (a->turn->facts->certified_until(a->turn->facts->arg, v->texts[i]) < act_today(a))
            return false;
    return v->n > 0;
}

static guard_fn *const guards[FLOW_GUARDS] = {
    [FLOW_GUARD_IS] = guard_is,           [FLOW_GUARD_HAS] = guard_has,
    [FLOW_GUARD_LACKS] = guard_lacks,     [FLOW_GUARD_AT_LEAST] = guard_at_least,
    [FLOW_GUARD_AT_MOST] = guard_at_most, [FLOW_GUARD_WITHIN] = guard_within,
    [FLOW_GUARD_LINKED] = guard_linked,   [FLOW_GUARD_MAY_FOLLOW] = guard_may_follow,
    [FLOW_GUARD_CLEAN] = guard_clean,     [FLOW_GUARD_CERTIFIED] = guard_certified,
};

bool calls_hold(struct act *a, const struct matter *m, const struct clause *guard)
{
    return guards[guard->kind](a, m, guard);
}

/* ---- notices */

struct names {
    char **at;
    size_t n;
};

static void add_name_take(struct names *to, char *name)
{
    for (size_t i = 0; i < to->n; i++)
        if (strcmp(to->at[i], name) == 0) {
            free(name);
            return;
        }
    to->at = alloc_grow(to->at, to->n + 1, sizeof *to->at);
    to->at[to->n++] = name;
}

/* A role, the role of the matter's level, the person, or ROLE@VALUE for each value of the field: nobody while it is not
 * set. */
static void resolve(const struct matter *m, const struct who *w, struct names *to)
{
    const Halld__Flow *flow = m->def->flow;
    if (w->kind == WHO_LEVEL && (size_t)m->level <= flow->n_levels)
        add_name_take(to, alloc_text(flow->levels[m->level - 1]));
    else if (w->kind == WHO_ROLE)
        add_name_take(to, alloc_text(w->role));
    else if (w->kind == WHO_PERSON)
        add_name_take(to, alloc_text("person"));
    else if (w->kind == WHO_AT)
        for (size_t i = 0; i < matter_value(m, w->field)->n; i++)
            add_name_take(to, alloc_format("%s@%s", w->role, matter_value(m, w->field)->texts[i]));
}

void calls_notify(struct act *a, uint64_t matter, const char *why, size_t n, const struct who *whos)
{
    const struct matter *m = flow_matter(a->flow, matter);
    struct names to = {NULL, 0};
    for (size_t i = 0; i < n; i++)
        resolve(m, &whos[i], &to);
    if (to.n == 0)
        return;
    Halld__Event *event;
    Halld__MatterNotified *b = act_begin(a, FLOW_EVENT(MATTER_NOTIFIED), m, &event);
    b->why = alloc_text(why);
    b->n_to = to.n;
    b->to = to.at;
    act_make(a, event);
}

void calls_raise(struct act *a, uint64_t matter)
{
    const struct matter *m = flow_matter(a->flow, matter);
    if ((size_t)m->level >= m->def->flow->n_levels)
        return; /* at the top already */
    Halld__Event *event;
    Halld__MatterRaised *b = act_begin(a, FLOW_EVENT(MATTER_RAISED), m, &event);
    b->level = (uint32_t)m->level + 1;
    act_make(a, event);
}

/* ---- effects */

struct effect {
    struct act *act;
    uint64_t matter;
    const struct transition *transition;
    const struct clause *call;
};

typedef int effect_fn(const struct effect *e);

static const struct matter *effect_matter(const struct effect *e)
{
    return flow_matter(e->act->flow, e->matter);
}

static const struct value *effect_value(const struct effect *e)
{
    return arg_value(effect_matter(e), e->call);
}

static int effect_raise(const struct effect *e)
{
    calls_raise(e->act, e->matter);
    return 0;
}

static int effect_notify(const struct effect *e)
{
    struct who whos[CALL_ARGS];
    for (size_t i = 0; i < e->call->n; i++)
        whos[i] = e->call->args[i].who;
    calls_notify(e->act, e->matter, e->transition->t->name, e->call->n, whos);
    return 0;
}

static int effect_limit(const struct effect *e)
{
    struct limit l;
    if (clock_limit_find(e->act, effect_matter(e), e->call->args[1].word, &l))
        clock_change(e->act, e->matter, e->call->args[0].index, "limit", &l);
    return 0;
}

static int effect_extend(const struct effect *e)
{
    const struct run *r = matter_run(effect_matter(e), e->call->args[0].index);
    struct limit l;
    if (!r || !clock_limit_find(e->act, effect_matter(e), e->call->args[1].word, &l))
        return 0;
    l.n += r->n;
    l.yellow = r->yellow;
    clock_change(e->act, e->matter, e->call->args[0].index, "extend", &l);
    return 0;
}

static int effect_since(const struct effect *e)
{
    const struct matter *m = effect_matter(e);
    clock_since(e->act, e->matter, e->call->args[0].index, m->entered[e->call->args[1].index]);
    return 0;
}

static Halld__MatterEffect *begin_effect(const struct effect *e, const char *name, Halld__Event **ret)
{
    Halld__MatterEffect *b = act_begin(e->act, FLOW_EVENT(MATTER_EFFECT), effect_matter(e), ret);
    b->effect = alloc_text(name);
    return b;
}

static int effect_tell(const struct effect *e)
{
    struct value told = value_copy(effect_value(e));
    for (size_t i = 0; i < told.n; i++) {
        uint64_t other = (uint64_t)told.numbers[i];
        struct act inner;
        struct flow layer;
        struct given nothing = {0};
        act_begin_inner(&inner, e->act, &layer);
        inner.by = e->matter;
        int code = act_take(&inner, other, e->call->args[1].word, &nothing, NULL);
        act_end_inner(&inner, e->act, code == 0);
        const struct matter *m = flow_matter(e->act->flow, other);
        if (!m)
            continue;
        Halld__Event *event;
        Halld__MatterTold *b = act_begin(e->act, FLOW_EVENT(MATTER_TOLD), m, &event);
        b->transition = alloc_text(e->call->args[1].word);
        b->result = alloc_text(code ? err_name(code) : "taken");
        b->by = e->matter;
        act_make(e->act, event);
    }
    value_fini(&told);
    return 0;
}

static void make_record(const struct effect *e, const char *name)
{
    struct value persons = value_copy(effect_value(e));
    for (size_t i = 0; i < persons.n; i++) {
        Halld__Event *event;
        Halld__MatterEffect *b = begin_effect(e, name, &event);
        b->person = alloc_text(persons.texts[i]);
        b->record = alloc_text(e->call->args[1].word);
        act_make(e->act, event);
    }
    value_fini(&persons);
}

static int effect_remember(const struct effect *e)
{
    make_record(e, "remember");
    return 0;
}

static int effect_forget(const struct effect *e)
{
    make_record(e, "forget");
    return 0;
}

static int effect_ticket_to(const struct effect *e)
{
    const struct value *v = effect_value(e);
    if (v->n == 0)
        return 0;
    Halld__Event *event;
    Halld__MatterEffect *b = begin_effect(e, "ticket_to", &event);
    b->value = value_to_message(effect_value(e), &effect_matter(e)->def->fields[e->call->args[0].index]);
    b->role = alloc_text(e->call->args[1].word);
    act_make(e->act, event);
    return 0;
}

static const Halld__Tariff *find_tariff(const struct flow *f, const char *key)
{
    const Halld__Profile *p = f->library->profile;
    for (size_t i = 0; p && i < p->n_tariffs; i++)
        if (strcmp(p->tariffs[i]->key, key) == 0)
            return p->tariffs[i];
    return NULL;
}

/* What fits no number is the last one on its side. */
static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT64_MIN : INT64_MAX) : sum;
}

static int64_t product_of(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? INT64_MIN : INT64_MAX) : product;
}

static int64_t above(int64_t value, int64_t least)
{
    int64_t over;
    if (value <= least)
        return 0;
    return __builtin_sub_overflow(value, least, &over) ? INT64_MAX : over;
}

/* flat + sum of each * max(0, field - free), at most cap if there is one */
static int64_t tariff_fee(const struct matter *m, const Halld__Tariff *t)
{
    int64_t fee = t->flat;
    for (size_t i = 0; i < t->n_rates; i++) {
        const struct value *v = matter_value(m, definition_field(m->def, t->rates[i]->field));
        int64_t given = v->n && v->numbers ? v->numbers[0] : 0;
        fee = sum_of(fee, product_of(above(given, t->rates[i]->free), t->rates[i]->each));
    }
    return t->cap && fee > t->cap ? t->cap : fee;
}

static int effect_price(const struct effect *e)
{
    const Halld__Tariff *t = find_tariff(e->act->flow, e->call->args[1].word);
    if (!t)
        return 0;
    int64_t fee = tariff_fee(effect_matter(e), t);
    struct value v = {.n = 1, .numbers = &fee};
    Halld__Event *event;
    Halld__MatterEffect *b = begin_effect(e, "price", &event);
    b->value = value_to_message(&v, &effect_matter(e)->def->fields[e->call->args[0].index]);
    act_make(e->act, event);
    return 0;
}

/* ---- opening another matter */

struct opening {
    const struct effect *e;
    const struct definition *there;
    const struct transition *by;
    Halld__FieldValue *fields[DEFINITION_FIELDS];
    size_t n;
    Halld__FieldValue *back;
};

/* A field's value in the words of a command. */
static Halld__FieldValue *copy_for(const struct value *v, const struct field *from, const char *to)
{
    Halld__FieldValue *copy = value_to_message(v, from);
    free(copy->field);
    copy->field = alloc_text(to);
    if (from->type != FLOW_DATE)
        return copy;
    copy->texts = alloc_zero(v->n * sizeof *copy->texts);
    for (; copy->n_texts < v->n; copy->n_texts++) {
        char text[11];
        date_to_text((int32_t)v->numbers[copy->n_texts], text);
        copy->texts[copy->n_texts] = alloc_text(text);
    }
    free(copy->numbers);
    copy->numbers = NULL;
    copy->n_numbers = 0;
    return copy;
}

/* The word to=from that renames a field of the other flow, or NULL. */
static const char *renamed_from(const struct clause *c, const char *to)
{
    size_t len = strlen(to);
    for (size_t i = 2; i < c->n; i++)
        if (strncmp(c->args[i].word, to, len) == 0 && c->args[i].word[len] == '=')
            return c->args[i].word + len + 1;
    return NULL;
}

static void copy_fields(struct opening *o)
{
    const struct matter *m = effect_matter(o->e);
    uint64_t wanted = o->by->need | o->by->may;
    for (size_t i = 0; i < o->there->flow->n_fields; i++) {
        if (!(wanted & DEFINITION_BIT(i)))
            continue;
        const struct field *to = &o->there->fields[i];
        const char *name = renamed_from(o->e->call, to->f->name);
        int field = definition_field(m->def, name ? name : to->f->name);
        const struct field *from = field < 0 ? NULL : &m->def->fields[field];
        if (!from || from->type != to->type || (from->f->most > 0) != (to->f->most > 0) ||
            matter_value(m, field)->n == 0)
            continue;
        o->fields[o->n++] = copy_for(matter_value(m, field), from, to->f->name);
    }
}

static void set_back(struct opening *o)
{
    for (size_t i = 2; i < o->e->call->n; i++) {
        const char *word = o->e->call->args[i].word;
        int field = strchr(word, '=') ? -1 : definition_field(o->there, word);
        if (field < 0 || o->back)
            continue;
        int64_t id = (int64_t)o->e->matter;
        struct value v = {.n = 1, .numbers = &id};
        o->back = value_to_message(&v, &o->there->fields[field]);
    }
}

static int store_opened(const struct effect *e, uint64_t opened)
{
    int field = e->call->args[0].index;
    const struct field *f = &effect_matter(e)->def->fields[field];
    struct value v = f->f->most ? value_copy(effect_value(e)) : (struct value){0};
    if (f->f->most && v.n >= f->f->most) {
        value_fini(&v);
        return refuse(e->act->refusal, HALL_E_FIELD_BAD, f->f->name, "");
    }
    v.numbers = alloc_grow(v.numbers, v.n + 1, sizeof *v.numbers);
    v.numbers[v.n++] = (int64_t)opened;
    Halld__Event *event;
    Halld__MatterEffect *b = begin_effect(e, "open", &event);
    b->value = value_to_message(&v, f);
    act_make(e->act, event);
    value_fini(&v);
    return 0;
}

static int effect_open(const struct effect *e)
{
    const char *flow = effect_matter(e)->def->fields[e->call->args[0].index].f->of;
    struct opening o = {.e = e, .there = flow_definition(e->act->flow, flow)};
    int by = o.there ? definition_transition(o.there, e->call->args[1].word) : -1;
    if (by < 0)
        return refuse(e->act->refusal, HALL_E_UNKNOWN_TRANSITION, flow, e->call->args[1].word);
    o.by = &o.there->transitions[by];
    copy_fields(&o);
    set_back(&o);
    struct act inner;
    struct flow layer;
    uint64_t opened = 0;
    act_begin_inner(&inner, e->act, &layer);
    inner.by = e->matter;
    struct given given = {.n = o.n, .fields = o.fields, .back = o.back};
    int code = act_open(&inner, flow, o.by->t->name, &given, &opened);
    act_end_inner(&inner, e->act, code == 0);
    for (size_t i = 0; i < o.n; i++)
        halld__field_value__free_unpacked(o.fields[i], NULL);
    if (o.back)
        halld__field_value__free_unpacked(o.back, NULL);
    return code ? code : store_opened(e, opened);
}

static effect_fn *const effects[FLOW_EFFECTS] = {
    [FLOW_EFFECT_RAISE] = effect_raise,   [FLOW_EFFECT_NOTIFY] = effect_notify,
    [FLOW_EFFECT_LIMIT] = effect_limit,   [FLOW_EFFECT_EXTEND] = effect_extend,
    [FLOW_EFFECT_SINCE] = effect_since,   [FLOW_EFFECT_OPEN] = effect_open,
    [FLOW_EFFECT_TELL] = effect_tell,     [FLOW_EFFECT_REMEMBER] = effect_remember,
    [FLOW_EFFECT_FORGET] = effect_forget, [FLOW_EFFECT_TICKET_TO] = effect_ticket_to,
    [FLOW_EFFECT_PRICE] = effect_price,
};

int calls_do(struct act *a, uint64_t matter, const struct transition *t)
{
    int code = 0;
    for (size_t i = 0; i < t->n_then && !code; i++) {
        struct effect e = {.act = a, .matter = matter, .transition = t, .call = &t->then[i]};
        code = effects[e.call->kind](&e);
    }
    return code;
}

/* ---- before anything is made: may limit and extend move their clocks? */

static bool run_goes_on(const struct matter *m, const struct transition *t, const struct run *r)
{
    const struct clock_row *row = &m->def->clocks[r->clock];
    uint64_t to = DEFINITION_BIT(t->to < 0 ? m->state : t->to);
    return run_is_active(r) && ((row->in | row->pause) & to);
}

/* The unit that the clock counts in when the effects come: of the run that goes on, or of one that starts. */
static bool unit_then(const struct act *a, const struct matter *m, const struct transition *t, int clock,
                      Halld__LimitUnit__E *ret)
{
    static const char *const keys[] = {[LIMIT_PROMISED] = "item.promised", [LIMIT_STATUTORY] = "item.statutory"};
    const struct clock_row *row = &m->def->clocks[clock];
    const struct run *r = matter_run(m, clock);
    struct limit l;
    if (row->limit == LIMIT_FIELD)
        return false;
    if (r && run_goes_on(m, t, r)) {
        *ret = r->unit;
        return true;
    }
    if (!(row->in & DEFINITION_BIT(t->to < 0 ? m->state : t->to)))
        return false;
    const char *key = row->limit == LIMIT_PROFILE ? row->c->limit : keys[row->limit];
    if (!clock_limit_find(a, m, key, &l))
        return false;
    *ret = l.unit;
    return true;
}

static bool moves_clock(const struct clause *c)
{
    return c->kind == FLOW_EFFECT_LIMIT || c->kind == FLOW_EFFECT_EXTEND;
}

int calls_check_clocks(struct act *a, const struct matter *m, const struct transition *t)
{
    for (size_t i = 0; i < t->n_then; i++) {
        const struct run *r = moves_clock(&t->then[i]) ? matter_run(m, t->then[i].args[0].index) : NULL;
        if (r && r->expired && run_goes_on(m, t, r))
            return refuse(a->refusal, HALL_E_CLOCK_EXPIRED, r->name, t->then[i].text);
    }
    for (size_t i = 0; i < t->n_then; i++) {
        struct limit l;
        Halld__LimitUnit__E unit;
        if (t->then[i].kind != FLOW_EFFECT_EXTEND || !clock_limit_find(a, m, t->then[i].args[1].word, &l))
            continue; /* a limit may change the unit, what is added to one may not */
        if (unit_then(a, m, t, t->then[i].args[0].index, &unit) && unit != l.unit)
            return refuse(a->refusal, HALL_E_LIMIT_UNIT, t->then[i].args[0].word, t->then[i].text);
    }
    return 0;
}
