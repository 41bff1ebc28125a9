/* What a scenario may do: one row for each word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "tools/sim_flow_inside.h"

/* One step while it is played; refused: NULL, or why. */
struct playing {
    struct sim_flow *s;
    const struct tree *step;
    const char *refused;
    bool broken; /* the scenario is, with a message on stderr */
};

static void broken(struct playing *p, const char *what, const char *value)
{
    fprintf(stderr, "%s \"%s\"\n", what, value);
    p->broken = true;
}

static const char *word(const struct playing *p, const char *key)
{
    return tree_text(tree_at(p->step, key));
}

/* ---- fields of a command */

static void add_element(struct playing *p, Halld__FieldValue *v, const struct field *f, const struct tree *said)
{
    enum tree_kind kind = tree_kind(said);
    if (kind == TREE_TEXT && f && f->type == FLOW_MATTER) {
        v->numbers = alloc_grow(v->numbers, v->n_numbers + 1, sizeof *v->numbers);
        v->numbers[v->n_numbers++] = (int64_t)sim_matter_find(p->s, tree_text(said));
    } else if (kind == TREE_TEXT) {
        v->texts = alloc_grow(v->texts, v->n_texts + 1, sizeof *v->texts);
        v->texts[v->n_texts++] = alloc_text(tree_text(said));
    } else if (kind == TREE_INTEGER || kind == TREE_BOOL) {
        v->truth = kind == TREE_BOOL;
        v->numbers = alloc_grow(v->numbers, v->n_numbers + 1, sizeof *v->numbers);
        v->numbers[v->n_numbers++] = v->truth ? tree_bool(said) : tree_integer(said);
    } else
        v->bad = true;
}

static Halld__FieldValue *read_field(struct playing *p, const struct definition *d, const char *name,
                                     const struct tree *said)
{
    Halld__FieldValue *v = MESSAGE_NEW(Halld__FieldValue, &halld__field_value__descriptor);
    int field = d ? definition_field(d, name) : -1;
    const struct field *f = field < 0 ? NULL : &d->fields[field];
    v->field = alloc_text(name);
    v->list = tree_kind(said) == TREE_LIST;
    if (!v->list)
        add_element(p, v, f, said);
    for (size_t i = 0; i < tree_count(said); i++)
        add_element(p, v, f, tree_item(said, i));
    return v;
}

static void read_seen(struct playing *p, struct flow_command *c)
{
    const struct tree *seen = tree_at(p->step, "seen");
    c->has_seen = tree_kind(seen) == TREE_INTEGER;
    c->seen = c->has_seen ? (uint64_t)tree_integer(seen) : 0;
    c->has_seen_at = tree_kind(seen) == TREE_TEXT && sim_time_from_text(tree_text(seen), &c->seen_at);
}

static void decide(struct playing *p, struct flow_command *c, const struct definition *d)
{
    Halld__FieldValue **fields = NULL;
    void *iter = NULL;
    const char *name;
    for (const struct tree *said; (said = tree_next(tree_at(p->step, "fields"), &iter, &name));) {
        fields = alloc_grow(fields, c->n_fields + 1, sizeof *fields);
        fields[c->n_fields++] = read_field(p, d, name, said);
    }
    c->fields = fields;
    read_seen(p, c);
    struct flow_turn turn = sim_turn(p->s, tree_at(p->step, "as"));
    uint64_t matter = 0;
    int code = flow_decide(p->s->flow, &turn, c, &matter, NULL);
    if (code)
        p->refused = err_name(code);
    else if (!c->matter && *word(p, "matter"))
        sim_matter_name(p->s, word(p, "matter"), matter);
    for (size_t i = 0; i < c->n_fields; i++)
        halld__field_value__free_unpacked(fields[i], NULL);
    free(fields);
}

/* ---- the steps */

static void step_open(struct playing *p)
{
    struct flow_command c = {.flow = word(p, "flow"), .transition = word(p, "transition")};
    if (sim_matter_find(p->s, word(p, "matter")))
        return broken(p, "there is a matter already named", word(p, "matter"));
    decide(p, &c, flow_definition(p->s->flow, c.flow));
}

static void step_take(struct playing *p)
{
    struct flow_command c = {.matter = sim_matter_find(p->s, word(p, "matter")), .transition = word(p, "transition")};
    if (!c.matter) {
        p->refused = err_name(HALL_E_NO_MATTER);
        return;
    }
    decide(p, &c, flow_matter(p->s->flow, c.matter)->def);
}

static void step_wait(struct playing *p)
{
    (void)p; /* time has passed already */
}

static void step_import(struct playing *p)
{
    int year = (int)tree_integer(tree_at(p->step, "year"));
    int code = sim_hall_import(&p->s->hall, year, tree_at(p->step, "days"));
    if (code) {
        p->refused = err_name(code);
        return;
    }
    flow_mark_stale(p->s->flow);
}

static void step_ticket(struct playing *p)
{
    int code = flow_check_outcome(p->s->flow, word(p, "ticket"), word(p, "outcome"), NULL);
    p->refused = code ? err_name(code) : NULL;
}

static bool patch_one(struct tree *file, const struct tree *pair)
{
    const struct tree *value = tree_item(pair, 1);
    bool gone = tree_kind(value) == TREE_TEXT && strcmp(tree_text(value), "__delete__") == 0;
    return tree_count(pair) == 2 && tree_patch(file, tree_text(tree_item(pair, 0)), gone ? NULL : value);
}

/* One [path, value], or a list of them. */
static bool patch(struct tree *file, const struct tree *said)
{
    if (tree_kind(tree_item(said, 0)) == TREE_TEXT)
        return patch_one(file, said);
    for (size_t i = 0; i < tree_count(said); i++)
        if (!patch_one(file, tree_item(said, i)))
            return false;
    return true;
}

static void define(struct playing *p, const struct tree *file)
{
    struct buf text = BUF_INIT;
    tree_write(file, &text);
    p->refused = sim_flow_define(p->s, word(p, "flow"), buf_text(&text), text.len);
    buf_fini(&text);
}

static void step_define(struct playing *p)
{
    char *name = sim_flow_file(p->s, word(p, "flow"));
    size_t len;
    char *text = sim_read_file(name, &len);
    struct tree *file = NULL;
    if (!text || tree_read(text, len, &file, NULL))
        broken(p, "cannot be read:", name);
    else if (!patch(file, tree_at(p->step, "patch")))
        broken(p, "the patch has no place in", name);
    else
        define(p, file);
    tree_free(file);
    free(text);
    free(name);
}

static void step_migrate(struct playing *p)
{
    struct flow_turn turn = sim_turn(p->s, NULL);
    flow_migrate(p->s->flow, &turn, word(p, "flow"));
}

/*
 * Names a matter that stands in a field of another: of the step's texts one is the field, one a matter that has a name
 * already, and the third is the new name.
 */
static void step_bind(struct playing *p)
{
    const char *key, *name = NULL, *field_name = word(p, "field");
    uint64_t holder = 0;
    void *iter = NULL;
    for (const struct tree *said; (said = tree_next(p->step, &iter, &key));) {
        if (tree_kind(said) != TREE_TEXT || strcmp(key, "at") == 0 || strcmp(key, "do") == 0 ||
            strcmp(key, "field") == 0 || strcmp(key, "note") == 0)
            continue;
        uint64_t matter = sim_matter_find(p->s, tree_text(said));
        holder = matter ? matter : holder;
        name = matter ? name : tree_text(said);
    }
    if (!holder || !name)
        return broken(p, "bind needs a matter, its field and a new name; field", field_name);
    const struct matter *m = flow_matter(p->s->flow, holder);
    int field = definition_field(m->def, field_name);
    const struct value *v = matter_value(m, field);
    const struct tree *index = tree_at(p->step, "index");
    size_t i = index ? (size_t)tree_integer(index) : v->n - 1;
    if (field < 0 || m->def->fields[field].type != FLOW_MATTER || i >= v->n)
        return broken(p, "no matter stands in field", field_name);
    sim_matter_name(p->s, name, (uint64_t)v->numbers[i]);
}

static const struct {
    const char *word;
    void (*play)(struct playing *p);
} steps[] = {
    {"advance", step_wait},
    {"bind", step_bind},
    {"define", step_define},
    {"finish_ticket", step_ticket},
    {"import_calendar", step_import},
    {"migrate", step_migrate},
    {"open", step_open},
    {"restart", step_wait},
    {"take", step_take},
};

/* ---- time */

static void tick(struct sim_flow *s)
{
    struct flow_turn turn = sim_turn(s, NULL);
    flow_tick(s->flow, &turn, SIZE_MAX);
}

/* While the hall is up each mark is given at its moment; what was due while it was down, all at once. */
static void pass(struct sim_flow *s, int64_t to, bool down)
{
    for (int64_t due; !down && (due = flow_next_due(s->flow)) <= to;) {
        s->now = due > s->now ? due : s->now;
        tick(s);
    }
    s->now = to;
    tick(s);
}

static bool answer(struct playing *p)
{
    const char *invariant = flow_check(p->s->flow);
    if (!invariant)
        invariant = flow_check_deadlines(p->s->flow, &p->s->hall.facts);
    p->s->invariant = invariant;
    if (invariant) {
        broken(p, "invariant", invariant);
        return false;
    }
    struct buf out = BUF_INIT;
    sim_flow_say(p->s, p->refused, &out);
    if (!p->s->quiet)
        fwrite(buf_text(&out), 1, out.len, stdout);
    buf_fini(&out);
    return true;
}

bool sim_flow_step(struct sim_flow *s, const struct tree *step)
{
    struct playing p = {.s = s, .step = step};
    const char *what = word(&p, "do");
    int64_t at;
    size_t row = 0;
    while (row < sizeof steps / sizeof *steps && strcmp(steps[row].word, what) != 0)
        row++;
    if (row == sizeof steps / sizeof *steps)
        broken(&p, "no step", what);
    else if (!sim_time_from_text(word(&p, "at"), &at) || at < s->now)
        broken(&p, "no time, or one that is past:", word(&p, "at"));
    if (p.broken)
        return false;
    pass(s, at, strcmp(what, "restart") == 0);
    steps[row].play(&p);
    tick(s); /* what now lies behind is given at once */
    return !p.broken && answer(&p);
}
