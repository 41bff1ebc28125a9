/* What the definitions of a set say about each other. A flow that is missing, or has faults, is not judged by. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/check_inside.h"

const struct flow_entry *flow_check_other_end(const struct flow_check *c, struct flow_word field)
{
    const Halld__Field *f = flow_check_field(c->flow, field);
    const struct flow_entry *e = f && *f->of ? flow_check_entry(c, f->of) : NULL;
    return e && e->sound ? e : NULL;
}

static void unknown_there(const struct flow_check *c, const struct fault_place *at, const char *kind,
                          const Halld__Flow *there, struct flow_word x)
{
    faults_add(c->faults, at, "UNKNOWN", "no %s in %s \"%.*s\"", kind, there->name, (int)x.len, x.at);
}

/* ---- states of linked matters */

static void check_linked(const struct flow_check *c, const struct fault_place *at, const char *text)
{
    const char *rest = text;
    struct flow_word w;
    flow_word_next(&rest, &w);
    flow_word_next(&rest, &w);
    const struct flow_entry *there = flow_check_other_end(c, w);
    while (there && flow_word_next(&rest, &w))
        if (!flow_check_state(there->flow, w))
            unknown_there(c, at, "state", there->flow, w);
}

/* ---- records about people */

static bool flow_remembers(const Halld__Flow *flow, struct flow_word record)
{
    for (size_t i = 0; i < flow->n_transitions; i++)
        for (size_t k = 0; k < flow->transitions[i]->n_then; k++) {
            struct flow_check_call call = flow_check_effect_of(flow->transitions[i]->then[k]);
            if (call.which == FLOW_EFFECT_REMEMBER && call.args[1].len == record.len &&
                memcmp(call.args[1].at, record.at, record.len) == 0)
                return true;
        }
    return false;
}

static void check_record(const struct flow_check *c, const struct fault_place *at, struct flow_word record)
{
    for (size_t i = 0; i < c->n; i++)
        if (!c->entries[i].sound || flow_remembers(c->entries[i].flow, record))
            return;
    faults_add(c->faults, at, "UNKNOWN", "no flow remembers \"%.*s\"", (int)record.len, record.at);
}

/* ---- open and tell */

/* A transition of another flow that this one takes. */
struct taken {
    const struct flow_check *c;
    const struct fault_place *at;
    const Halld__Flow *there;
    const Halld__Transition *t;
    struct flow_check_call call;
};

static bool same_kind(const Halld__Field *a, const Halld__Field *b)
{
    return strcmp(a->type, b->type) == 0;
}

static void check_back(const struct taken *k, struct flow_word back)
{
    const Halld__Field *f = flow_check_field(k->there, back);
    if (!f)
        unknown_there(k->c, k->at, "field", k->there, back);
    else if (flow_check_type(f) != FLOW_MATTER || strcmp(f->of, k->c->flow->name) != 0)
        faults_add(k->c->faults, k->at, "ARGUMENT", "\"%s\" of %s is not a link to %s", f->name, k->there->name,
                   k->c->flow->name);
}

/* Cuts "to=from"; false if it is no renaming. */
static bool rename_of(struct flow_word w, struct flow_word *ret_to, struct flow_word *ret_from)
{
    const char *cut = memchr(w.at, '=', w.len);
    if (!cut)
        return false;
    *ret_to = (struct flow_word){w.at, (size_t)(cut - w.at)};
    *ret_from = (struct flow_word){cut + 1, w.len - ret_to->len - 1};
    return true;
}

static void check_rename(const struct taken *k, struct flow_word to, struct flow_word from)
{
    const Halld__Field *there = flow_check_field(k->there, to), *here = flow_check_field(k->c->flow, from);
    if (!there)
        unknown_there(k->c, k->at, "field", k->there, to);
    else if (here && !same_kind(here, there))
        flow_check_argument_type(k->c, k->at, from, FLOW_TYPE_BIT(flow_check_type(there)));
    else if (here && !here->most != !there->most)
        faults_add(k->c->faults, k->at, "ARGUMENT", here->most ? "\"%s\" is a list" : "\"%s\" is not a list",
                   here->name);
    else if (!flow_check_holds(k->t->n_need, k->t->need, there->name) &&
             !flow_check_holds(k->t->n_may, k->t->may, there->name))
        faults_add(k->c->faults, k->at, "ARGUMENT", "\"%s\" of %s does not take \"%s\"", k->t->name, k->there->name,
                   there->name);
}

/* What the word gives the other matter: the field before "=", or the way back. */
static struct flow_word gives(struct flow_word w)
{
    struct flow_word to, from;
    return rename_of(w, &to, &from) ? to : w;
}

/* Each field there is given once: of two, one would do nothing. */
static void check_given_once(const struct taken *k, const char *until, struct flow_word given)
{
    const char *rest = k->call.rest;
    struct flow_word w;
    while (flow_word_next(&rest, &w) && w.at < until) {
        struct flow_word to = gives(w);
        if (to.len == given.len && memcmp(to.at, given.at, to.len) == 0) {
            faults_add(k->c->faults, k->at, "ARGUMENT", "\"%.*s\" is given twice", (int)given.len, given.at);
            return;
        }
    }
}

static void check_links_of_open(const struct taken *k)
{
    const char *rest = k->call.rest;
    struct flow_word w, to, from;
    while (flow_word_next(&rest, &w)) {
        if (rename_of(w, &to, &from))
            check_rename(k, to, from);
        else
            check_back(k, w);
        check_given_once(k, w.at, gives(w));
    }
}

static bool link_gives(const struct taken *k, const char *need)
{
    const char *rest = k->call.rest;
    struct flow_word w;
    while (flow_word_next(&rest, &w))
        if (flow_word_is(gives(w), need))
            return true;
    return false;
}

/* `open` gives fields of the same name and type, both lists or neither, and what its links name; `tell` nothing. */
static bool is_given(const struct taken *k, const char *need)
{
    const Halld__Field *here = flow_check_field(k->c->flow, flow_word_of(need));
    const Halld__Field *there = flow_check_field(k->there, flow_word_of(need));
    if (k->call.which != FLOW_EFFECT_OPEN)
        return false;
    return link_gives(k, need) || (here && there && same_kind(here, there) && !here->most == !there->most);
}

static void check_taken(const struct taken *k)
{
    const char *name = k->t->name, *flow = k->there->name;
    if (k->call.which == FLOW_EFFECT_OPEN && k->t->n_from > 0)
        faults_add(k->c->faults, k->at, "ARGUMENT", "\"%s\" does not open a %s", name, flow);
    if (!flow_check_holds(k->t->n_roles, k->t->roles, "matter"))
        faults_add(k->c->faults, k->at, "MACHINE", "\"%s\" of %s has not the role matter", name, flow);
    if (k->call.which == FLOW_EFFECT_OPEN)
        check_links_of_open(k);
    for (size_t i = 0; i < k->t->n_need; i++)
        if (!is_given(k, k->t->need[i]))
            faults_add(k->c->faults, k->at, "NOT_GIVEN", "\"%s\" of %s needs \"%s\"", name, flow, k->t->need[i]);
}

static void check_taking(const struct flow_check *c, const struct fault_place *at, struct flow_check_call call)
{
    const struct flow_entry *there = flow_check_other_end(c, call.args[0]);
    if (!there)
        return;
    struct taken k = {c, at, there->flow, flow_check_transition(there->flow, call.args[1]), call};
    if (k.t)
        check_taken(&k);
    else
        unknown_there(c, at, "transition", there->flow, call.args[1]);
}

/* ---- what comes back to itself */

/* The transitions that were met on the way: one byte each, of all flows in turn. */
struct walk {
    const struct flow_check *c;
    const Halld__Transition *home;
    bool *met;
};

static size_t number_of(const struct flow_check *c, const struct flow_entry *entry, const Halld__Transition *t)
{
    size_t number = 0, i = 0;
    for (const struct flow_entry *e = c->entries; e != entry; e++)
        number += e->sound ? e->flow->n_transitions : 0;
    while (entry->flow->transitions[i] != t)
        i++;
    return number + i;
}

/* Whether the effect, one of that entry's, comes home. The depth is at most the number of transitions. */
static bool comes_home(const struct walk *w, const struct flow_entry *entry, const char *then)
{
    struct flow_check here = *w->c;
    here.flow = entry->flow;
    struct flow_check_call call = flow_check_effect_of(then);
    const struct flow_entry *there = call.which == FLOW_EFFECT_TELL || call.which == FLOW_EFFECT_OPEN
                                         ? flow_check_other_end(&here, call.args[0])
                                         : NULL;
    const Halld__Transition *t = there ? flow_check_transition(there->flow, call.args[1]) : NULL;
    if (!t || t == w->home)
        return t != NULL;
    bool *met = &w->met[number_of(w->c, there, t)];
    if (*met)
        return false;
    *met = true;
    for (size_t i = 0; i < t->n_then; i++)
        if (comes_home(w, there, t->then[i]))
            return true;
    return false;
}

static void check_round(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t,
                        const char *then)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += c->entries[i].sound ? c->entries[i].flow->n_transitions : 0;
    struct walk w = {c, t, alloc_zero(n + 1)};
    if (comes_home(&w, c->entry, then))
        faults_add(c->faults, at, "TELL_LOOP", "\"%s\" would come back to itself", t->name);
    free(w.met);
}

/* ---- all of it */

static void check_then(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t, size_t i)
{
    struct flow_check_call call = flow_check_effect_of(t->then[i]);
    if (call.which == FLOW_EFFECT_FORGET)
        check_record(c, at, call.args[1]);
    if (call.which != FLOW_EFFECT_OPEN && call.which != FLOW_EFFECT_TELL)
        return;
    check_taking(c, at, call);
    check_round(c, at, t, t->then[i]);
}

static void check_transition(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t)
{
    for (size_t i = 0; i < t->n_when; i++) {
        struct flow_check_call call = flow_check_guard_of(t->when[i]);
        if (call.which == FLOW_GUARD_LINKED)
            check_linked(c, FAULT_NTH(at, "when", i), t->when[i]);
        if (call.which == FLOW_GUARD_CLEAN)
            check_record(c, FAULT_NTH(at, "when", i), call.args[1]);
    }
    for (size_t i = 0; i < t->n_then; i++)
        check_then(c, FAULT_NTH(at, "then", i), t, i);
}

void flow_check_links(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_transitions; i++)
        check_transition(c, FAULT_NTH(NULL, "transitions", i), c->flow->transitions[i]);
}

/* ---- last: what nobody at the other end does */

static bool takes(const struct flow_check *c, const Halld__Flow *flow, const char *then, const char *transition)
{
    struct flow_check_call call = flow_check_effect_of(then);
    const Halld__Field *f = flow_check_field(flow, call.args[0]);
    return (call.which == FLOW_EFFECT_OPEN || call.which == FLOW_EFFECT_TELL) && f &&
           strcmp(f->of, c->flow->name) == 0 && flow_word_is(call.args[1], transition);
}

static bool flow_takes(const struct flow_check *c, const Halld__Flow *flow, const char *transition)
{
    for (size_t i = 0; i < flow->n_transitions; i++)
        for (size_t k = 0; k < flow->transitions[i]->n_then; k++)
            if (takes(c, flow, flow->transitions[i]->then[k], transition))
                return true;
    return false;
}

/* Whether all that may take this flow's transitions are there to be asked. */
static bool is_whole(const struct flow_check *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (!c->entries[i].sound)
            return false;
    for (size_t i = 0; i < c->flow->n_fields; i++)
        if (*c->flow->fields[i]->of && !flow_check_entry(c, c->flow->fields[i]->of))
            return false;
    return true;
}

static void check_is_taken(const struct flow_check *c, const struct fault_place *at, const char *transition)
{
    for (size_t i = 0; i < c->n; i++)
        if (flow_takes(c, c->entries[i].flow, transition))
            return;
    faults_add(c->faults, at, "MACHINE", "no matter takes \"%s\"", transition);
}

/* Whether an `open` of that flow sets the field of this one as the way back. */
static bool leads_back(const Halld__Flow *from, const char *to, const Halld__Field *field)
{
    for (size_t i = 0; i < from->n_transitions; i++)
        for (size_t k = 0; k < from->transitions[i]->n_then; k++) {
            struct flow_check_call call = flow_check_effect_of(from->transitions[i]->then[k]);
            const Halld__Field *link = flow_check_field(from, call.args[0]);
            if (call.which == FLOW_EFFECT_OPEN && link && strcmp(link->of, to) == 0 &&
                flow_word_is(call.args[2], field->name))
                return true;
        }
    return false;
}

/* A matter field is set by the flow at its other end too, which may not be there to ask. */
static bool is_linked(const struct flow_check *c, const Halld__Field *field)
{
    const struct flow_entry *other = *field->of ? flow_check_entry(c, field->of) : NULL;
    if (!*field->of)
        return false;
    return !other || !other->sound || leads_back(other->flow, c->flow->name, field);
}

void flow_check_unlinked(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_fields; i++) {
        const Halld__Field *f = c->flow->fields[i];
        if (*f->of && !flow_check_given(c->flow, f) && !is_linked(c, f))
            faults_add(c->faults, FAULT_NTH(NULL, "fields", i), "UNUSED", "no transition gives \"%s\"", f->name);
    }
    for (size_t i = 0; i < c->flow->n_transitions; i++) {
        const Halld__Transition *t = c->flow->transitions[i];
        if (flow_check_holds(t->n_roles, t->roles, "matter") && is_whole(c))
            check_is_taken(c, FAULT_AT(FAULT_NTH(NULL, "transitions", i), "roles"), t->name);
    }
}
