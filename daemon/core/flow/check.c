/* The order of the check, and the things that all of its parts look up. */
#include "core/flow/check.h"

#include <string.h>

#include "base/buf.h"
#include "core/flow/check_inside.h"

typedef void part(const struct flow_check *c);

static part *const DEFINITION[] = {flow_check_head,  flow_check_names,  flow_check_fields, flow_check_transitions,
                                   flow_check_marks, flow_check_clocks, flow_check_prints, flow_check_migrations};
static part *const GRAPH[] = {flow_check_graph};
static part *const USE[] = {flow_check_use};
static part *const LINKS[] = {flow_check_links, flow_check_rounds};
static part *const LAST[] = {flow_check_unlinked};

/* Each group only for definitions in which those before it found nothing, and after all of them: the last ones look at
 * other definitions too, and must not blame one for the faults of another. */
static const struct {
    part *const *parts;
    size_t n;
} GROUPS[] = {{DEFINITION, sizeof DEFINITION / sizeof *DEFINITION},
              {GRAPH, sizeof GRAPH / sizeof *GRAPH},
              {USE, sizeof USE / sizeof *USE},
              {LINKS, sizeof LINKS / sizeof *LINKS},
              {LAST, sizeof LAST / sizeof *LAST}};
enum { GROUPS_COUNT = sizeof GROUPS / sizeof *GROUPS, OWN_GROUPS = 3 };

static void check_group(struct flow_entry *entries, struct flow_check *c, size_t group)
{
    for (size_t i = 0; i < c->n; i++)
        entries[i].sound = entries[i].flow && entries[i].faults.n == 0;
    for (size_t i = 0; i < c->n; i++) {
        c->flow = entries[i].flow, c->entry = &entries[i], c->faults = &entries[i].faults;
        for (size_t k = 0; entries[i].sound && k < GROUPS[group].n; k++)
            GROUPS[group].parts[k](c);
    }
}

static void warn_missing(struct flow_entry *entry, const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_fields; i++) {
        const Halld__Field *f = c->flow->fields[i];
        if (*f->of && !flow_check_entry(c, f->of))
            faults_add(&entry->warnings, FAULT_AT(FAULT_NTH(NULL, "fields", i), "of"), "NOT_INSTALLED",
                       "no flow \"%s\": the field is not offered", f->of);
    }
}

void flow_check_set(struct flow_entry *entries, size_t n, const Halld__Profile *profile)
{
    struct flow_check c = {.entries = entries, .n = n, .profile = profile};
    for (size_t i = 0; i < GROUPS_COUNT; i++) {
        check_group(entries, &c, i);
        for (size_t k = 0; i + 1 == OWN_GROUPS && k < n; k++)
            entries[k].n_own = entries[k].faults.n;
    }
    for (size_t i = 0; i < n; i++) {
        c.flow = entries[i].flow, c.entry = &entries[i];
        if (entries[i].sound)
            warn_missing(&entries[i], &c);
    }
}

/* ---- things by name */

struct flow_word flow_word_of(const char *text)
{
    return (struct flow_word){text, strlen(text)};
}

const Halld__Field *flow_check_field(const Halld__Flow *flow, struct flow_word name)
{
    for (size_t i = 0; i < flow->n_fields; i++)
        if (flow_word_is(name, flow->fields[i]->name))
            return flow->fields[i];
    return NULL;
}

const Halld__State *flow_check_state(const Halld__Flow *flow, struct flow_word name)
{
    for (size_t i = 0; i < flow->n_states; i++)
        if (flow_word_is(name, flow->states[i]->name))
            return flow->states[i];
    return NULL;
}

const Halld__Transition *flow_check_transition(const Halld__Flow *flow, struct flow_word name)
{
    for (size_t i = 0; i < flow->n_transitions; i++)
        if (flow_word_is(name, flow->transitions[i]->name))
            return flow->transitions[i];
    return NULL;
}

const Halld__Clock *flow_check_clock(const Halld__Flow *flow, struct flow_word name)
{
    for (size_t i = 0; i < flow->n_clocks; i++)
        if (flow_word_is(name, flow->clocks[i]->name))
            return flow->clocks[i];
    return NULL;
}

const Halld__ProfileLimit *flow_check_limit(const Halld__Profile *profile, struct flow_word key)
{
    for (size_t i = 0; i < profile->n_limits; i++)
        if (flow_word_is(key, profile->limits[i]->key))
            return profile->limits[i];
    return NULL;
}

const Halld__Tariff *flow_check_tariff(const Halld__Profile *profile, struct flow_word key)
{
    for (size_t i = 0; i < profile->n_tariffs; i++)
        if (flow_word_is(key, profile->tariffs[i]->key))
            return profile->tariffs[i];
    return NULL;
}

const struct flow_entry *flow_check_entry(const struct flow_check *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->entries[i].folder, name) == 0)
            return &c->entries[i];
    return NULL;
}

bool flow_check_holds(size_t n, char *const *list, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

int flow_check_type(const Halld__Field *field)
{
    return flow_type_find(field->type, strlen(field->type));
}

/* ---- what is said in several parts */

void flow_check_unknown(const struct flow_check *c, const struct fault_place *at, const char *kind, struct flow_word x)
{
    faults_add(c->faults, at, "UNKNOWN", "no %s \"%.*s\"", kind, (int)x.len, x.at);
}

/* In the order in which people name them. */
void flow_check_types_text(unsigned types, struct buf *out)
{
    static const enum flow_type order[FLOW_TYPES] = {
        FLOW_TEXT,  FLOW_NUMBER,     FLOW_MONEY,  FLOW_CHOICE, FLOW_BOOL,     FLOW_DATE,   FLOW_PERSON, FLOW_PHONE,
        FLOW_STAFF, FLOW_DEPARTMENT, FLOW_WINDOW, FLOW_ITEM,   FLOW_MATERIAL, FLOW_TICKET, FLOW_MATTER, FLOW_FILE};
    unsigned left = types;
    for (size_t i = 0; i < FLOW_TYPES; i++) {
        if (!(left & FLOW_TYPE_BIT(order[i])))
            continue;
        if (left != types)
            buf_add_text(out, left == FLOW_TYPE_BIT(order[i]) ? " or " : ", ");
        buf_add_text(out, flow_type_name(order[i]));
        left &= ~FLOW_TYPE_BIT(order[i]);
    }
}

void flow_check_argument_type(const struct flow_check *c, const struct fault_place *at, struct flow_word field,
                              unsigned types)
{
    struct buf text = BUF_INIT;
    flow_check_types_text(types, &text);
    faults_add(c->faults, at, "ARGUMENT", "\"%.*s\" is not %s %s field", (int)field.len, field.at,
               types == FLOW_TYPE_BIT(FLOW_ITEM) ? "an" : "a", buf_text(&text));
    buf_fini(&text);
}

void flow_check_single(const struct flow_check *c, const struct fault_place *at, const Halld__Field *field)
{
    if (field->most)
        faults_add(c->faults, at, "ARGUMENT", "\"%s\" is a list", field->name);
}

static void check_who_field(const struct flow_check *c, const struct fault_place *at, struct flow_word name)
{
    const unsigned people = FLOW_TYPE_BIT(FLOW_STAFF) | FLOW_TYPE_BIT(FLOW_DEPARTMENT);
    const Halld__Field *field = flow_check_field(c->flow, name);
    if (!field)
        flow_check_unknown(c, at, "field", name);
    else if (flow_check_type(field) >= 0 && !(FLOW_TYPE_BIT(flow_check_type(field)) & people))
        flow_check_argument_type(c, at, name, people);
}

void flow_check_who(const struct flow_check *c, const struct fault_place *at, struct flow_word who, unsigned allowed)
{
    const char *cut = memchr(who.at, '@', who.len);
    if ((allowed & FLOW_WHO_LEVEL) && flow_word_is(who, "level")) {
        if (c->flow->n_levels == 0)
            faults_add(c->faults, at, "NO_LEVELS", "the flow has no levels");
        return;
    }
    if ((allowed & FLOW_WHO_PERSON) && flow_word_is(who, "person"))
        return;
    if ((allowed & FLOW_WHO_MACHINE) && (flow_word_is(who, "clock") || flow_word_is(who, "matter")))
        return;
    if (!cut || !(allowed & FLOW_WHO_FIELD)) {
        if (!flow_role_is(who.at, who.len))
            flow_check_unknown(c, at, "role", who);
        return;
    }
    struct flow_word role = {who.at, (size_t)(cut - who.at)};
    if (!flow_role_is(role.at, role.len))
        flow_check_unknown(c, at, "role", role);
    check_who_field(c, at, (struct flow_word){cut + 1, who.len - role.len - 1});
}

void flow_check_once(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                     char *const *list)
{
    for (size_t i = 0; i < n; i++)
        if (flow_check_holds(i, list, list[i]))
            faults_add(c->faults, FAULT_NTH(up, name, i), "DUPLICATE", "\"%s\" is used twice", list[i]);
}

void flow_check_who_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                         char *const *list, unsigned allowed)
{
    for (size_t i = 0; i < n; i++)
        flow_check_who(c, FAULT_NTH(up, name, i), flow_word_of(list[i]), allowed);
    flow_check_once(c, up, name, n, list);
}

void flow_check_state_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                           char *const *list, bool alive)
{
    for (size_t i = 0; i < n; i++) {
        const Halld__State *state = flow_check_state(c->flow, flow_word_of(list[i]));
        if (!state)
            flow_check_unknown(c, FAULT_NTH(up, name, i), "state", flow_word_of(list[i]));
        else if (alive && state->end)
            faults_add(c->faults, FAULT_NTH(up, name, i), "AFTER_END", "\"%s\" is an end", list[i]);
    }
    flow_check_once(c, up, name, n, list);
}

void flow_check_field_list(const struct flow_check *c, const struct fault_place *up, const char *name, size_t n,
                           char *const *list)
{
    for (size_t i = 0; i < n; i++)
        if (!flow_check_field(c->flow, flow_word_of(list[i])))
            flow_check_unknown(c, FAULT_NTH(up, name, i), "field", flow_word_of(list[i]));
    flow_check_once(c, up, name, n, list);
}
