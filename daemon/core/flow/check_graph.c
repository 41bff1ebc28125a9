/* The graph of states: every one can be reached, from every one there is an end, clocks alone never go round. And what
 * nobody uses. The definition has no other fault, so names are known and a set of its states fits 64 bits. */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "core/flow/check_inside.h"

enum { STATES_MAX = 64 };

static uint64_t bit_of(const Halld__Flow *flow, const char *name)
{
    for (size_t i = 0; i < flow->n_states && i < STATES_MAX; i++)
        if (strcmp(flow->states[i]->name, name) == 0)
            return UINT64_C(1) << i;
    return 0;
}

static uint64_t bits_of(const Halld__Flow *flow, size_t n, char *const *names)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits |= bit_of(flow, names[i]);
    return bits;
}

static uint64_t ends_of(const Halld__Flow *flow)
{
    uint64_t ends = 0;
    for (size_t i = 0; i < flow->n_states; i++)
        ends |= flow->states[i]->end ? UINT64_C(1) << i : 0;
    return ends;
}

static uint64_t reached(const Halld__Flow *flow)
{
    uint64_t old, now = 0;
    do {
        old = now;
        for (size_t i = 0; i < flow->n_transitions; i++) {
            const Halld__Transition *t = flow->transitions[i];
            if (t->n_from == 0 || (bits_of(flow, t->n_from, t->from) & now))
                now |= bit_of(flow, t->to);
        }
    } while (now != old);
    return now;
}

static uint64_t ending(const Halld__Flow *flow)
{
    uint64_t old, now = ends_of(flow);
    do {
        old = now;
        for (size_t i = 0; i < flow->n_transitions; i++) {
            const Halld__Transition *t = flow->transitions[i];
            if (bit_of(flow, t->to) & now)
                now |= bits_of(flow, t->n_from, t->from);
        }
    } while (now != old);
    return now;
}

static void check_opening(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_transitions; i++)
        if (c->flow->transitions[i]->n_from == 0)
            return;
    faults_add(c->faults, FAULT_AT(NULL, "transitions"), "NO_OPENING", "no transition opens a matter");
}

static void check_end(const struct flow_check *c)
{
    if (!ends_of(c->flow))
        faults_add(c->faults, FAULT_AT(NULL, "states"), "NO_END", "no state is an end");
}

/* Where the way in or out is missing as a whole, that was said; the states are not blamed one by one. */
static void check_ways(const struct flow_check *c)
{
    uint64_t in = reached(c->flow), out = ending(c->flow);
    for (size_t i = 0; i < c->flow->n_states; i++)
        if (in && !(in >> i & 1))
            faults_add(c->faults, FAULT_NTH(NULL, "states", i), "UNREACHABLE", "\"%s\" cannot be reached",
                       c->flow->states[i]->name);
    for (size_t i = 0; i < c->flow->n_states; i++)
        if (out && !(out >> i & 1))
            faults_add(c->faults, FAULT_NTH(NULL, "states", i), "TRAPPED", "no end can be reached from \"%s\"",
                       c->flow->states[i]->name);
}

/* ---- clocks alone */

/* To which states clocks take a matter from each state. A state that is taken to itself stays: no clock restarts. */
static void clock_ways(const Halld__Flow *flow, uint64_t ways[STATES_MAX])
{
    for (size_t i = 0; i < flow->n_clocks; i++) {
        const Halld__Clock *clock = flow->clocks[i];
        const Halld__Mark *last = clock->n_marks ? clock->marks[clock->n_marks - 1] : NULL;
        const Halld__Transition *t = last ? flow_check_transition(flow, flow_word_of(last->take)) : NULL;
        uint64_t from = bits_of(flow, clock->n_in, clock->in), to = t ? bit_of(flow, t->to) : 0;
        for (size_t s = 0; s < flow->n_states; s++)
            if (from >> s & 1)
                ways[s] |= to & ~(UINT64_C(1) << s);
    }
}

/* The shortest way round from a state over later ones: before[s] is the state before s on it. */
static bool goes_round(const uint64_t ways[STATES_MAX], size_t n, size_t start, size_t before[STATES_MAX])
{
    size_t queue[STATES_MAX], head = 0, tail = 0;
    uint64_t seen = 0;
    queue[tail++] = start;
    while (head < tail) {
        size_t s = queue[head++];
        for (size_t to = start; to < n; to++) {
            if (!(ways[s] >> to & 1) || (seen >> to & 1))
                continue;
            seen |= UINT64_C(1) << to;
            before[to] = s;
            if (to == start)
                return true;
            queue[tail++] = to;
        }
    }
    return false;
}

static void say_loop(const struct flow_check *c, size_t start, const size_t before[STATES_MAX])
{
    struct buf text = BUF_INIT;
    size_t way[STATES_MAX + 1], n = 0, s = start;
    do {
        way[n++] = s;
        s = before[s];
    } while (s != start);
    buf_add_text(&text, c->flow->states[start]->name);
    while (n-- > 0)
        buf_add_format(&text, " > %s", c->flow->states[way[n]]->name);
    faults_add(c->faults, FAULT_AT(NULL, "clocks"), "CLOCK_LOOP", "clocks alone would go round: %s", buf_text(&text));
    buf_fini(&text);
}

static void check_clock_loops(const struct flow_check *c)
{
    uint64_t ways[STATES_MAX] = {0};
    size_t before[STATES_MAX] = {0};
    clock_ways(c->flow, ways);
    for (size_t s = 0; s < c->flow->n_states; s++)
        if (goes_round(ways, c->flow->n_states, s, before))
            say_loop(c, s, before);
}

void flow_check_graph(const struct flow_check *c)
{
    check_opening(c);
    check_end(c);
    check_ways(c);
    check_clock_loops(c);
}

/* ---- use */

bool flow_check_given(const Halld__Flow *flow, const Halld__Field *field)
{
    for (size_t i = 0; i < flow->n_transitions; i++) {
        const Halld__Transition *t = flow->transitions[i];
        if (flow_check_holds(t->n_need, t->need, field->name) || flow_check_holds(t->n_may, t->may, field->name))
            return true;
        for (size_t k = 0; k < t->n_then; k++) {
            struct flow_check_call call = flow_check_effect_of(t->then[k]);
            if ((call.which == FLOW_EFFECT_OPEN || call.which == FLOW_EFFECT_PRICE) &&
                flow_word_is(call.args[0], field->name))
                return true;
        }
    }
    return false;
}

/* A matter field may be set by the flow at its other end: that is looked at last. */
static void check_fields_used(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_fields; i++) {
        const Halld__Field *f = c->flow->fields[i];
        if (!*f->of && !flow_check_given(c->flow, f))
            faults_add(c->faults, FAULT_NTH(NULL, "fields", i), "UNUSED", "no transition gives \"%s\"", f->name);
    }
}

static bool a_clock_takes(const Halld__Flow *flow, const char *transition)
{
    for (size_t i = 0; i < flow->n_clocks; i++)
        for (size_t k = 0; k < flow->clocks[i]->n_marks; k++)
            if (strcmp(flow->clocks[i]->marks[k]->take, transition) == 0)
                return true;
    return false;
}

static void check_taken_by_clocks(const struct flow_check *c)
{
    for (size_t i = 0; i < c->flow->n_transitions; i++) {
        const Halld__Transition *t = c->flow->transitions[i];
        if (flow_check_holds(t->n_roles, t->roles, "clock") && !a_clock_takes(c->flow, t->name))
            faults_add(c->faults, FAULT_AT(FAULT_NTH(NULL, "transitions", i), "roles"), "MACHINE",
                       "no clock takes \"%s\"", t->name);
    }
}

void flow_check_use(const struct flow_check *c)
{
    check_fields_used(c);
    check_taken_by_clocks(c);
}
