/* Transitions: from where to where, by whom, with what. */
#include "core/flow/check_inside.h"

static bool opens(const Halld__Transition *t)
{
    return t->n_from == 0;
}

static void check_to(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t)
{
    if (*t->to && !flow_check_state(c->flow, flow_word_of(t->to)))
        flow_check_unknown(c, FAULT_AT(at, "to"), "state", flow_word_of(t->to));
    if (!*t->to && opens(t))
        faults_add(c->faults, FAULT_AT(at, "to"), "NO_STATES", "a transition that opens a matter needs to");
}

static void check_roles(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t)
{
    if (t->n_roles == 0)
        faults_add(c->faults, FAULT_AT(at, "roles"), "NO_ROLE", "nobody may take \"%s\"", t->name);
    flow_check_who_list(c, at, "roles", t->n_roles, t->roles, FLOW_WHO_TAKES);
    if (opens(t) && flow_check_holds(t->n_roles, t->roles, "clock"))
        faults_add(c->faults, FAULT_AT(at, "roles"), "MACHINE", "a clock cannot open a matter");
}

static void check_given(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t)
{
    flow_check_field_list(c, at, "need", t->n_need, t->need);
    for (size_t i = 0; i < t->n_need; i++)
        if (flow_check_holds(t->n_roles, t->roles, "clock"))
            faults_add(c->faults, FAULT_NTH(at, "need", i), "MACHINE",
                       "with role \"clock\" nobody is there to fill \"%s\"", t->need[i]);
    flow_check_field_list(c, at, "may", t->n_may, t->may);
    for (size_t i = 0; i < t->n_may; i++)
        if (flow_check_holds(t->n_need, t->need, t->may[i]))
            faults_add(c->faults, FAULT_NTH(at, "may", i), "BOTH", "\"%s\" is needed already", t->may[i]);
}

static void check_calls(const struct flow_check *c, const struct fault_place *at, const Halld__Transition *t)
{
    bool machine = flow_check_holds(t->n_roles, t->roles, "clock") || flow_check_holds(t->n_roles, t->roles, "matter");
    for (size_t i = 0; i < t->n_when; i++)
        flow_check_guard(c, FAULT_NTH(at, "when", i), t->when[i]);
    for (size_t i = 0; i < t->n_then; i++) {
        flow_check_effect(c, FAULT_NTH(at, "then", i), t->then[i]);
        if (machine && flow_check_effect_of(t->then[i]).which == FLOW_EFFECT_OPEN)
            faults_add(c->faults, FAULT_NTH(at, "then", i), "MACHINE", "only a person's transition may open a matter");
    }
}

void flow_check_transitions(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_transitions; i++) {
        const Halld__Transition *t = c->flow->transitions[i];
        const struct fault_place *at = FAULT_NTH(NULL, "transitions", i);
        flow_check_state_list(c, at, "from", t->n_from, t->from, true);
        check_to(c, at, t);
        check_roles(c, at, t);
        check_given(c, at, t);
        check_calls(c, at, t);
    }
}
