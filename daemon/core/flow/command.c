/* One transition: who may take it, whether it may be taken now, and what follows. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/flow_state.h"

enum { DEPTH_MAX = 16 }; /* of matters telling matters; the checker allows no loops */

/* What is being decided. */
struct step {
    struct act *act;
    const struct definition *def;
    const struct transition *t;
    const struct matter *m; /* NULL: it opens one */
    struct matter *probe;   /* as the command leaves its fields; owned */
    uint64_t set;           /* fields that the command gives */
};

/* ---- roles */

static bool may_as(const struct act *a, const struct matter *m, const struct who *w)
{
    if (w->kind == WHO_CLOCK)
        return a->clock != NULL;
    if (w->kind == WHO_MATTER)
        return a->by != 0;
    return !a->clock && !a->by && who_asks(a->flow, a->turn, m, w);
}

static bool may_take(const struct step *s)
{
    for (size_t i = 0; i < s->t->n_roles; i++)
        if (may_as(s->act, s->m, &s->t->roles[i]))
            return true;
    return false;
}

/* ---- the checks, in the order in which they answer */

static int check_seen(const struct step *s, const struct flow_command *c)
{
    if (!c || !s->m)
        return 0;
    if ((c->has_seen && c->seen < s->m->revision) || (c->has_seen_at && c->seen_at < s->m->changed_at))
        return refuse(s->act->refusal, HALL_E_STALE, "state", matter_state_name(s->m));
    return 0;
}

static int check_state(const struct step *s)
{
    bool right = s->m ? (s->t->from & DEFINITION_BIT(s->m->state)) != 0 : s->t->from == 0 && s->t->to >= 0;
    if (!right)
        return refuse(s->act->refusal, HALL_E_WRONG_STATE, "state", s->m ? matter_state_name(s->m) : "");
    uint32_t times = s->m ? s->m->times[s->t - s->def->transitions] : 0;
    if (s->t->t->times && times >= s->t->t->times)
        return refuse_number(s->act->refusal, HALL_E_NO_MORE_TIMES, s->t->t->name, times);
    if (s->act->clock && s->m && matter_is_rushed(s->m, s->act->turn->now))
        return refuse_number(s->act->refusal, HALL_E_NO_MORE_TIMES, s->t->t->name, MATTER_TAKEN_MAX);
    return 0;
}

static int check_guards(const struct step *s)
{
    for (size_t i = 0; i < s->t->n_when; i++)
        if (!calls_hold(s->act, s->probe, &s->t->when[i]))
            return refuse(s->act->refusal, HALL_E_GUARD, s->t->t->name, s->t->when[i].text);
    return 0;
}

static int check(struct step *s, const struct given *given, const struct flow_command *seen)
{
    if (!transition_is_offered(s->act->flow, s->def, s->t))
        return refuse(s->act->refusal, HALL_E_UNKNOWN_TRANSITION, s->def->flow->name, s->t->t->name);
    if (!may_take(s))
        return refuse(s->act->refusal, HALL_E_WRONG_ROLE, s->def->flow->name, s->t->t->name);
    int code = check_seen(s, seen);
    if (!code)
        code = check_state(s);
    if (code)
        return code;
    s->probe = s->m ? matter_copy(s->m) : matter_new(s->act->flow->last + 1, s->def);
    if (!s->m)
        s->probe->state = s->t->to;
    code = fields_check(s->act, s->t, given, s->probe, &s->set);
    if (!code)
        code = check_guards(s);
    return code ? code : calls_check_clocks(s->act, s->probe, s->t);
}

/* The fields that the guard looks at. */
static uint64_t fields_of(const struct definition *d, const struct clause *guard)
{
    bool all = guard->kind == FLOW_GUARD_HAS || guard->kind == FLOW_GUARD_LACKS;
    uint64_t fields = guard->kind == FLOW_GUARD_MAY_FOLLOW && d->item >= 0 ? DEFINITION_BIT(d->item) : 0;
    for (size_t i = 0; i < (all ? guard->n : 1); i++)
        fields |= guard->args[i].index >= 0 ? DEFINITION_BIT(guard->args[i].index) : 0;
    return fields;
}

const char *flow_blocked_by(const struct flow *f, const struct flow_turn *turn, const struct matter *m,
                            size_t transition)
{
    const struct transition *t = &m->def->transitions[transition];
    struct act a = {.flow = (struct flow *)f, .turn = turn}; /* guards only look */
    for (size_t i = 0; i < t->n_when; i++)
        if (!(fields_of(m->def, &t->when[i]) & (t->need | t->may)) && !calls_hold(&a, m, &t->when[i]))
            return t->when[i].text;
    return NULL;
}

/* ---- what follows */

static void set_fields(const struct step *s, Halld__MatterMoved *b)
{
    b->fields = alloc_zero((s->def->flow->n_fields + 1) * sizeof *b->fields);
    for (size_t i = 0; i < s->def->flow->n_fields; i++)
        if (s->set & DEFINITION_BIT(i))
            b->fields[b->n_fields++] = value_to_message(matter_value(s->probe, i), &s->def->fields[i]);
}

static void make_move(const struct step *s)
{
    struct act *a = s->act;
    Halld__Event *event;
    Halld__MatterMoved *b = act_begin(a, FLOW_EVENT(MATTER_MOVED), s->probe, &event);
    const Halld__Flow *flow = s->def->flow;
    b->transition = alloc_text(s->t->t->name);
    b->opened = s->m == NULL;
    b->entered = s->t->to >= 0;
    if (s->m)
        b->from = alloc_text(matter_state_name(s->m));
    b->to = alloc_text(s->t->to >= 0 ? flow->states[s->t->to]->name : b->from);
    set_fields(s, b);
    if (a->clock)
        b->clock = alloc_text(a->clock);
    b->by = a->by;
    if (!s->m && !a->by && a->turn->person)
        b->person = alloc_text(a->turn->person);
    act_make(a, event);
}

static int follow(struct step *s, const struct given *given, const struct flow_command *seen)
{
    if (s->act->depth > DEPTH_MAX)
        return refuse(s->act->refusal, HALL_E_GUARD, s->t->t->name, "");
    int code = check(s, given, seen);
    if (!code) {
        uint64_t id = s->probe->id;
        make_move(s);
        clock_follow_state(s->act, id, s->set);
        code = calls_do(s->act, id, s->t);
    }
    matter_free(s->probe);
    return code;
}

static int unknown(struct act *a, const char *flow, const char *transition)
{
    return refuse(a->refusal, HALL_E_UNKNOWN_TRANSITION, flow, transition);
}

int act_take(struct act *a, uint64_t matter, const char *transition, const struct given *given,
             const struct flow_command *seen)
{
    struct step s = {.act = a, .m = flow_matter(a->flow, matter)};
    if (!s.m)
        return refuse_number(a->refusal, HALL_E_NO_MATTER, "matter", (long long)matter);
    s.def = s.m->def;
    int t = definition_transition(s.def, transition);
    if (t < 0)
        return unknown(a, s.def->flow->name, transition);
    s.t = &s.def->transitions[t];
    return follow(&s, given, seen);
}

int act_open(struct act *a, const char *flow, const char *transition, const struct given *given, uint64_t *ret_matter)
{
    struct step s = {.act = a, .def = flow_definition(a->flow, flow)};
    int t = s.def ? definition_transition(s.def, transition) : -1;
    if (t < 0)
        return unknown(a, flow, transition);
    s.t = &s.def->transitions[t];
    uint64_t id = a->flow->last + 1;
    int code = follow(&s, given, NULL);
    if (!code)
        *ret_matter = id;
    return code;
}

int flow_decide(struct flow *f, const struct flow_turn *turn, const struct flow_command *c, uint64_t *ret_matter,
                struct refusal *r)
{
    struct act a;
    struct flow layer;
    uint64_t matter = c->matter;
    act_begin_turn(&a, f, &layer, turn, r);
    struct given given = {.n = c->n_fields, .fields = c->fields};
    int code =
        matter ? act_take(&a, matter, c->transition, &given, c) : act_open(&a, c->flow, c->transition, &given, &matter);
    act_end_turn(&a, code == 0);
    if (!code)
        *ret_matter = matter;
    return code;
}
