/* The head of a definition; then the names and texts of everything in it; then its fields. */
#include <string.h>

#include "base/message.h"
#include "core/flow/check_inside.h"
#include "proto/words.pb-c.h"

enum { KEEP_LEAST = 180, TEXT_MOST = 4000, LIST_LEAST = 2, LIST_MOST = 100, VALUES_LEAST = 2 };

/* ---- head */

static void check_name(const struct flow_check *c, const struct fault_place *up, const char *name)
{
    if (!flow_name_is(name, strlen(name)))
        faults_add(c->faults, FAULT_AT(up, "name"), "BAD_NAME", "\"%s\" is not a name", name);
}

static void check_texts(const struct flow_check *c, const struct fault_place *up, const char *zh, const char *en)
{
    if (!*zh)
        faults_add(c->faults, FAULT_AT(up, "zh"), "NO_TEXT", "zh is missing");
    if (!*en)
        faults_add(c->faults, FAULT_AT(up, "en"), "NO_TEXT", "en is missing");
}

static void check_version(const struct flow_check *c)
{
    unsigned version = c->flow->version;
    if (version < 1)
        faults_add(c->faults, FAULT_AT(NULL, "version"), "BAD_VERSION", "must be 1 or more");
    for (size_t i = 0; i < c->entry->n_known; i++)
        if (c->entry->known[i]->version == version && !message_equal(&c->entry->known[i]->base, &c->flow->base))
            faults_add(c->faults, FAULT_AT(NULL, "version"), "SAME_VERSION",
                       "version %u is known with other content: raise it", version);
}

static void check_sizes(const struct flow_check *c)
{
    const struct {
        const char *name;
        size_t n, most;
    } lists[] = {{"fields", c->flow->n_fields, 64},
                 {"states", c->flow->n_states, 64},
                 {"transitions", c->flow->n_transitions, 128},
                 {"clocks", c->flow->n_clocks, 16},
                 {"prints", c->flow->n_prints, 16}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].n > lists[i].most)
            faults_add(c->faults, FAULT_AT(NULL, lists[i].name), "TOO_MANY", "at most %zu %s", lists[i].most,
                       lists[i].name);
}

void flow_check_head(const struct flow_check *c)
{
    const Halld__Flow *f = c->flow;
    check_name(c, NULL, f->name);
    if (flow_name_is(f->name, strlen(f->name)) && strcmp(f->name, c->entry->folder) != 0)
        faults_add(c->faults, FAULT_AT(NULL, "name"), "NOT_FOLDER", "the folder is \"%s\"", c->entry->folder);
    check_version(c);
    check_texts(c, NULL, f->zh, f->en);
    flow_check_who_list(c, NULL, "levels", f->n_levels, f->levels, FLOW_WHO_ROLE);
    if (f->n_read == 0)
        faults_add(c->faults, FAULT_AT(NULL, "read"), "NO_ROLE", "nobody may read this");
    flow_check_who_list(c, NULL, "read", f->n_read, f->read, FLOW_WHO_READS);
    if (f->keep_days < KEEP_LEAST)
        faults_add(c->faults, FAULT_AT(NULL, "keep_days"), "KEEP", "must be %d or more", KEEP_LEAST);
    check_sizes(c);
}

/* ---- names and texts */

/* Every named thing begins with its name and its texts; this is where they lie in its message. */
struct named {
    const char *name, *zh, *en;
};

static struct named named_of(const ProtobufCMessage *m)
{
    const char *texts[3];
    static const char *const keys[] = {"name", "zh", "en"};
    for (size_t i = 0; i < 3; i++) {
        const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, keys[i]);
        texts[i] = *(char *const *)(const void *)((const char *)m + f->offset);
    }
    return (struct named){texts[0], texts[1], texts[2]};
}

static bool name_before(ProtobufCMessage *const *things, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(named_of(things[i]).name, name) == 0)
            return true;
    return false;
}

static void check_thing(const struct flow_check *c, const struct fault_place *at, ProtobufCMessage *const *things,
                        size_t i)
{
    struct named t = named_of(things[i]);
    check_name(c, at, t.name);
    if (name_before(things, i, t.name))
        faults_add(c->faults, FAULT_AT(at, "name"), "DUPLICATE", "\"%s\" is used twice", t.name);
    check_texts(c, at, t.zh, t.en);
}

static void check_things(const struct flow_check *c, const struct fault_place *up, const char *list, size_t n,
                         void *things)
{
    for (size_t i = 0; i < n; i++)
        check_thing(c, FAULT_NTH(up, list, i), things, i);
}

static void check_print_texts(const struct flow_check *c, const struct fault_place *at, const Halld__Print *p)
{
    if (!*p->text_zh != !*p->text_en)
        faults_add(c->faults, at, "NO_TEXT", "text_zh and text_en come together");
}

/* A step is a path of the API, which has one beside them. */
static void check_paths(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_transitions; i++)
        if (strcmp(c->flow->transitions[i]->name, "unmask") == 0)
            faults_add(c->faults, FAULT_AT(FAULT_NTH(NULL, "transitions", i), "name"), "BAD_NAME",
                       "\"unmask\" is a path of the API already");
}

void flow_check_names(const struct flow_check *c)
{
    const Halld__Flow *f = c->flow;
    for (size_t i = 0; i < f->n_fields; i++) {
        check_thing(c, FAULT_NTH(NULL, "fields", i), (ProtobufCMessage *const *)(void *)f->fields, i);
        check_things(c, FAULT_NTH(NULL, "fields", i), "values", f->fields[i]->n_values, f->fields[i]->values);
    }
    check_things(c, NULL, "states", f->n_states, f->states);
    check_things(c, NULL, "transitions", f->n_transitions, f->transitions);
    check_paths(c);
    check_things(c, NULL, "clocks", f->n_clocks, f->clocks);
    for (size_t i = 0; i < f->n_prints; i++) {
        check_thing(c, FAULT_NTH(NULL, "prints", i), (ProtobufCMessage *const *)(void *)f->prints, i);
        check_print_texts(c, FAULT_NTH(NULL, "prints", i), f->prints[i]);
    }
}

/* ---- fields */

/* The keys that only some types have. */
enum key { KEY_MIN, KEY_MAX, KEY_VALUES, KEY_OF, KEY_HOLD_IN, KEY_OUTCOME, KEY_OUTCOME_IN, KEYS };
static const struct {
    const char *name;
    unsigned types;
} KEY_ROWS[KEYS] = {
    [KEY_MIN] = {"min", FLOW_TYPE_BIT(FLOW_NUMBER) | FLOW_TYPE_BIT(FLOW_MONEY)},
    [KEY_MAX] = {"max", FLOW_TYPE_BIT(FLOW_TEXT) | FLOW_TYPE_BIT(FLOW_NUMBER) | FLOW_TYPE_BIT(FLOW_MONEY)},
    [KEY_VALUES] = {"values", FLOW_TYPE_BIT(FLOW_CHOICE)},
    [KEY_OF] = {"of", FLOW_TYPE_BIT(FLOW_MATTER)},
    [KEY_HOLD_IN] = {"hold_in", FLOW_TYPE_BIT(FLOW_TICKET)},
    [KEY_OUTCOME] = {"outcome", FLOW_TYPE_BIT(FLOW_TICKET)},
    [KEY_OUTCOME_IN] = {"outcome_in", FLOW_TYPE_BIT(FLOW_TICKET)},
};

static bool has_key(const Halld__Field *f, enum key key)
{
    const bool has[KEYS] = {[KEY_MIN] = f->min != 0,
                            [KEY_MAX] = f->max != 0,
                            [KEY_VALUES] = f->n_values > 0,
                            [KEY_OF] = *f->of != '\0',
                            [KEY_HOLD_IN] = f->n_hold_in > 0,
                            [KEY_OUTCOME] = *f->outcome != '\0',
                            [KEY_OUTCOME_IN] = f->n_outcome_in > 0};
    return has[key];
}

static void bounds(const struct flow_check *c, const struct fault_place *at, const char *key, const char *what)
{
    faults_add(c->faults, FAULT_AT(at, key), "BOUNDS", "%s", what);
}

static void check_keys(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f, int type)
{
    for (int key = 0; key < KEYS; key++)
        if (has_key(f, (enum key)key) && !(KEY_ROWS[key].types & FLOW_TYPE_BIT(type)))
            faults_add(c->faults, FAULT_AT(at, KEY_ROWS[key].name), "BOUNDS", "%s %s has no %s",
                       type == FLOW_ITEM ? "an" : "a", flow_type_name((enum flow_type)type), KEY_ROWS[key].name);
}

static void check_text(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    if (f->max < 1 || f->max > TEXT_MOST)
        bounds(c, at, "max", "a text needs max, 1 to 4000");
}

static void check_number(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    if (f->max <= f->min)
        faults_add(c->faults, FAULT_AT(at, "max"), "BOUNDS", "a %s needs max above min", f->type);
}

static void check_choice(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    if (f->n_values < VALUES_LEAST)
        bounds(c, at, "values", "a choice needs two values or more");
}

static void check_matter(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    if (!*f->of)
        bounds(c, at, "of", "a matter needs of");
}

static void check_personal(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    if (f->keep_days == 0)
        faults_add(c->faults, FAULT_AT(at, "keep_days"), "KEEP", "a %s says how long it is kept", f->type);
}

static void check_ticket(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    const ProtobufCEnumDescriptor *outcomes = &halld__outcome__e__descriptor;
    flow_check_state_list(c, at, "hold_in", f->n_hold_in, f->hold_in, true);
    if (*f->outcome) {
        const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value_by_name(outcomes, f->outcome);
        if (!found || found->value == HALLD__OUTCOME__E__unset)
            flow_check_unknown(c, FAULT_AT(at, "outcome"), "outcome", flow_word_of(f->outcome));
        if (f->n_outcome_in == 0)
            bounds(c, at, "outcome_in", "an outcome needs outcome_in");
    }
    flow_check_state_list(c, at, "outcome_in", f->n_outcome_in, f->outcome_in, false);
}

typedef void type_check(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f);
static type_check *const TYPE_CHECKS[FLOW_TYPES] = {
    [FLOW_TEXT] = check_text,     [FLOW_NUMBER] = check_number,   [FLOW_MONEY] = check_number,
    [FLOW_CHOICE] = check_choice, [FLOW_PERSON] = check_personal, [FLOW_PHONE] = check_personal,
    [FLOW_TICKET] = check_ticket, [FLOW_MATTER] = check_matter,
};

static void check_field(const struct flow_check *c, const struct fault_place *at, const Halld__Field *f)
{
    int type = flow_check_type(f);
    if (type < 0)
        flow_check_unknown(c, FAULT_AT(at, "type"), "type", flow_word_of(f->type));
    else {
        check_keys(c, at, f, type);
        if (TYPE_CHECKS[type])
            TYPE_CHECKS[type](c, at, f);
    }
    if (f->most != 0 && (f->most < LIST_LEAST || f->most > LIST_MOST))
        bounds(c, at, "most", "a list has most from 2 to 100");
    flow_check_who_list(c, at, "read", f->n_read, f->read, FLOW_WHO_READS);
    if (f->keep_days > c->flow->keep_days)
        faults_add(c->faults, FAULT_AT(at, "keep_days"), "KEEP", "longer than the flow's");
}

void flow_check_fields(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_fields; i++)
        check_field(c, FAULT_NTH(NULL, "fields", i), c->flow->fields[i]);
}
