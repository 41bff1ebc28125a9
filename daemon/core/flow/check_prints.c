/* Prints, and the migrations of matters from earlier versions. */
#include <string.h>

#include "core/flow/check_inside.h"

void flow_check_prints(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_prints; i++) {
        const Halld__Print *p = c->flow->prints[i];
        const struct fault_place *at = FAULT_NTH(NULL, "prints", i);
        if (p->n_in == 0)
            faults_add(c->faults, FAULT_AT(at, "in"), "NO_STATES", "can never be printed");
        flow_check_state_list(c, at, "in", p->n_in, p->in, false);
        flow_check_field_list(c, at, "fields", p->n_fields, p->fields);
        flow_check_who_list(c, at, "sign", p->n_sign, p->sign, FLOW_WHO_READS);
    }
}

static const Halld__Flow *known_version(const struct flow_check *c, unsigned version)
{
    for (size_t i = 0; i < c->entry->n_known; i++)
        if (c->entry->known[i]->version == version)
            return c->entry->known[i];
    return NULL;
}

static bool is_renamed(const Halld__Migration *m, const char *old)
{
    for (size_t i = 0; i < m->n_states; i++)
        if (strcmp(m->states[i]->old, old) == 0)
            return true;
    return false;
}

static void check_rename(const struct flow_check *c, const struct fault_place *at, const Halld__Migration *m, size_t i,
                         const Halld__Flow *known)
{
    const Halld__Rename *r = m->states[i];
    if (known && !flow_check_state(known, flow_word_of(r->old)))
        flow_check_unknown(c, FAULT_AT(at, "old"), "state", flow_word_of(r->old));
    for (size_t k = 0; k < i; k++)
        if (strcmp(m->states[k]->old, r->old) == 0) {
            faults_add(c->faults, FAULT_AT(at, "old"), "DUPLICATE", "\"%s\" is used twice", r->old);
            break;
        }
    if (!flow_check_state(c->flow, flow_word_of(r->new_)))
        flow_check_unknown(c, FAULT_AT(at, "new"), "state", flow_word_of(r->new_));
}

/* Every state in which an open matter of that version may be still exists, or is renamed. */
static void check_left_over(const struct flow_check *c, const struct fault_place *at, const Halld__Migration *m,
                            const Halld__Flow *known)
{
    for (size_t i = 0; i < known->n_states; i++) {
        const Halld__State *s = known->states[i];
        if (!s->end && !is_renamed(m, s->name) && !flow_check_state(c->flow, flow_word_of(s->name)))
            faults_add(c->faults, FAULT_AT(at, "states"), "MIGRATION", "where does \"%s\" go?", s->name);
    }
}

/* Of two from one version the second would never be followed. */
static void check_version_once(const struct flow_check *c, const struct fault_place *at, size_t nth)
{
    unsigned version = c->flow->migrations[nth]->from_version;
    for (size_t i = 0; i < nth; i++)
        if (c->flow->migrations[i]->from_version == version) {
            faults_add(c->faults, FAULT_AT(at, "from_version"), "DUPLICATE", "\"%u\" is used twice", version);
            return;
        }
}

void flow_check_migrations(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_migrations; i++) {
        const Halld__Migration *m = c->flow->migrations[i];
        const Halld__Flow *known = known_version(c, m->from_version);
        const struct fault_place *at = FAULT_NTH(NULL, "migrations", i);
        if (m->from_version < 1 || m->from_version >= c->flow->version) {
            faults_add(c->faults, FAULT_AT(at, "from_version"), "MIGRATION", "must be an earlier version");
            known = NULL;
        }
        check_version_once(c, at, i);
        for (size_t k = 0; k < m->n_states; k++)
            check_rename(c, FAULT_NTH(at, "states", k), m, k, known);
        if (known)
            check_left_over(c, at, m, known);
    }
}
