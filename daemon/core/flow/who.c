/* Who asks, and what that lets them read and do. */
#include <string.h>

#include "core/flow/flow_state.h"

static int32_t today(const struct flow *f, const struct flow_turn *turn)
{
    return worktime_date(flow_hall_time(f, turn->now));
}

static bool is_user_with(const struct flow *f, const struct flow_turn *turn, const char *role)
{
    const struct flow_facts *facts = turn->facts;
    const char *user = turn->user;
    if (!user || !*user)
        return false;
    if (strcmp(role, "duty_leader") == 0)
        return strcmp(facts->duty(facts->arg, today(f, turn)), user) == 0;
    return facts->has_role(facts->arg, user, role);
}

static bool is_in_field(const struct flow_turn *turn, const struct matter *m, int field)
{
    const struct value *v = m ? matter_value(m, field) : NULL;
    bool staff = m && m->def->fields[field].type == FLOW_STAFF;
    const struct flow_facts *facts = turn->facts;
    for (size_t i = 0; v && i < v->n; i++)
        if (staff ? strcmp(v->texts[i], turn->user) == 0 : facts->in_department(facts->arg, turn->user, v->texts[i]))
            return true;
    return false;
}

static bool is_level(const struct flow *f, const struct flow_turn *turn, const struct matter *m)
{
    const Halld__Flow *flow = m ? m->def->flow : NULL;
    for (size_t i = m ? (size_t)m->level - 1 : 0; flow && i < flow->n_levels; i++)
        if (is_user_with(f, turn, flow->levels[i]))
            return true;
    return false;
}

/* The holder of the link: who opened the matter by it, or whom a person field of the matter names. A matter that knows
 * no person is known only to those who were given its link. */
static bool is_person(const struct flow_turn *turn, const struct matter *m)
{
    const char *person = turn->person;
    if (!person)
        return false;
    if (!m || (m->person && strcmp(m->person, person) == 0))
        return true;
    bool named = m->person != NULL;
    for (size_t i = 0; i < m->def->flow->n_fields; i++) {
        const struct value *v = matter_value(m, i);
        if (m->def->fields[i].type != FLOW_PERSON || v->n == 0)
            continue;
        named = true;
        for (size_t k = 0; k < v->n; k++)
            if (strcmp(v->texts[k], person) == 0)
                return true;
    }
    return !named;
}

bool who_asks(const struct flow *f, const struct flow_turn *turn, const struct matter *m, const struct who *w)
{
    if (w->kind == WHO_LEVEL)
        return is_level(f, turn, m);
    if (w->kind == WHO_PERSON)
        return is_person(turn, m);
    if (w->kind == WHO_CLOCK || w->kind == WHO_MATTER)
        return false;
    return is_user_with(f, turn, w->role) && (w->kind == WHO_ROLE || is_in_field(turn, m, w->field));
}

static bool asks_any(const struct flow *f, const struct flow_turn *turn, const struct matter *m, size_t n,
                     const struct who *whos)
{
    for (size_t i = 0; i < n; i++)
        if (who_asks(f, turn, m, &whos[i]))
            return true;
    return false;
}

/* ---- reading */

bool flow_may_read(const struct flow *f, const struct flow_turn *turn, const struct matter *m)
{
    return asks_any(f, turn, m, m->def->flow->n_read, m->def->read);
}

bool flow_may_read_field(const struct flow *f, const struct flow_turn *turn, const struct matter *m, int field)
{
    const struct field *d = &m->def->fields[field];
    return d->f->n_read == 0 || asks_any(f, turn, m, d->f->n_read, d->read);
}

/* Of a role alone: what depends on a matter's fields or level is not asked. */
bool flow_may_read_kind(const struct flow *f, const struct flow_turn *turn, const struct definition *d)
{
    for (size_t i = 0; i < d->flow->n_read; i++)
        if (d->read[i].kind == WHO_ROLE && who_asks(f, turn, NULL, &d->read[i]))
            return true;
    return false;
}

/* ---- taking */

bool flow_offers_field(const struct flow *f, const struct definition *d, size_t field)
{
    const struct field *at = &d->fields[field];
    return at->type != FLOW_MATTER || flow_definition(f, at->f->of);
}

bool transition_is_offered(const struct flow *f, const struct definition *d, const struct transition *t)
{
    for (size_t i = 0; i < d->flow->n_fields; i++)
        if ((t->need & DEFINITION_BIT(i)) && !flow_offers_field(f, d, i))
            return false;
    for (size_t i = 0; i < t->n_then; i++)
        if (t->then[i].kind == FLOW_EFFECT_OPEN && !flow_offers_field(f, d, (size_t)t->then[i].args[0].index))
            return false;
    return true;
}

bool flow_may_take(const struct flow *f, const struct flow_turn *turn, const struct definition *d,
                   const struct matter *m, size_t transition)
{
    const struct transition *t = &d->transitions[transition];
    bool right = m ? (t->from & DEFINITION_BIT(m->state)) != 0 : t->from == 0 && t->to >= 0;
    bool again = !m || !t->t->times || m->times[transition] < t->t->times;
    return right && again && transition_is_offered(f, d, t) && asks_any(f, turn, m, t->n_roles, t->roles);
}
