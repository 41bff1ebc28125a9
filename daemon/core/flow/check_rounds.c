/* Rounds that clocks and tellings make together: a clock takes a step, the step tells another matter, whose new state
 * runs a clock again, and so on without anybody. What goes round must be taken any number of times, so all steps that
 * cannot be fall out until none does; of what is left, each step that a clock takes is asked whether it leads back. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/flow/check_inside.h"

enum { STATES_MAX = 64 };

/* A transition of one of the set's sound flows. */
struct node {
    const struct flow_entry *entry;
    const Halld__Transition *t;
    uint64_t from;
    int to;     /* a state; -1: it stays */
    bool goes;  /* any number of times, as far as is known */
    bool told;  /* by one that goes */
    size_t way; /* 1 + the node before it on the way that is looked for */
};

struct telling {
    size_t from, to; /* nodes */
};

struct rounds {
    const struct flow_check *c;
    struct node *nodes;
    struct telling *tellings;
    size_t n, n_tellings;
};

static uint64_t bit(size_t i)
{
    return UINT64_C(1) << i;
}

static int state_of(const Halld__Flow *flow, const char *name)
{
    for (size_t i = 0; i < flow->n_states && i < STATES_MAX; i++)
        if (strcmp(flow->states[i]->name, name) == 0)
            return (int)i;
    return -1;
}

static uint64_t states_of(const Halld__Flow *flow, size_t n, char *const *names)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        int s = state_of(flow, names[i]);
        bits |= s < 0 ? 0 : bit((size_t)s);
    }
    return bits;
}

/* ---- the transitions, and who tells whom */

static void add_nodes(struct rounds *r, const struct flow_entry *e)
{
    const Halld__Flow *flow = e->flow;
    r->nodes = alloc_grow(r->nodes, r->n + flow->n_transitions, sizeof *r->nodes);
    for (size_t i = 0; i < flow->n_transitions; i++) {
        const Halld__Transition *t = flow->transitions[i];
        r->nodes[r->n++] = (struct node){.entry = e,
                                         .t = t,
                                         .from = states_of(flow, t->n_from, t->from),
                                         .to = *t->to ? state_of(flow, t->to) : -1,
                                         .goes = t->times == 0};
    }
}

static size_t node_of(const struct rounds *r, const Halld__Transition *t)
{
    size_t i = 0;
    while (r->nodes[i].t != t)
        i++;
    return i;
}

static void add_telling(struct rounds *r, size_t from, const char *then)
{
    struct flow_check here = *r->c;
    here.flow = r->nodes[from].entry->flow;
    struct flow_check_call call = flow_check_effect_of(then);
    const struct flow_entry *there = call.which == FLOW_EFFECT_TELL ? flow_check_other_end(&here, call.args[0]) : NULL;
    const Halld__Transition *t = there ? flow_check_transition(there->flow, call.args[1]) : NULL;
    if (!t || !flow_check_holds(t->n_roles, t->roles, "matter"))
        return;
    r->tellings = alloc_grow(r->tellings, r->n_tellings + 1, sizeof *r->tellings);
    r->tellings[r->n_tellings++] = (struct telling){from, node_of(r, t)};
}

static void rounds_init(struct rounds *r, const struct flow_check *c)
{
    *r = (struct rounds){.c = c};
    for (size_t i = 0; i < c->n; i++)
        if (c->entries[i].sound)
            add_nodes(r, &c->entries[i]);
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->nodes[i].t->n_then; k++)
            add_telling(r, i, r->nodes[i].t->then[k]);
}

/* ---- from which states a matter comes back to where it was, by transitions that go */

struct comings {
    uint64_t reach[STATES_MAX];
};

static void find_comings(const struct rounds *r, const struct flow_entry *e, struct comings *ret)
{
    *ret = (struct comings){0};
    size_t n = e->flow->n_states;
    for (size_t i = 0; i < r->n; i++)
        for (size_t s = 0; s < n; s++)
            if (r->nodes[i].entry == e && r->nodes[i].goes && r->nodes[i].to >= 0 && (r->nodes[i].from & bit(s)))
                ret->reach[s] |= bit((size_t)r->nodes[i].to);
    for (size_t k = 0; k < n; k++)
        for (size_t s = 0; s < n; s++)
            if (ret->reach[s] & bit(k))
                ret->reach[s] |= ret->reach[k];
}

/* The states in which the transition can be taken again and again: it stays there, or there is a way back. */
static uint64_t again_from(const struct node *x, const struct comings *c)
{
    if (x->to < 0)
        return x->from;
    return x->from & (c->reach[x->to] | bit((size_t)x->to));
}

/* ---- which steps set a clock going */

static const Halld__Mark *last_mark(const Halld__Clock *clock)
{
    return clock->n_marks ? clock->marks[clock->n_marks - 1] : NULL;
}

/* What the clock takes, or NULL. */
static const Halld__Transition *take_of(const Halld__Flow *flow, const Halld__Clock *clock)
{
    const Halld__Mark *last = last_mark(clock);
    return last && *last->take ? flow_check_transition(flow, flow_word_of(last->take)) : NULL;
}

/* A mark before the deadline lies ahead again when the deadline moves; the deadline itself runs out once. */
static bool comes_before_the_end(const Halld__Mark *m)
{
    if (m->at_case == HALLD__MARK__AT_PERCENT)
        return m->percent < 100;
    return m->at_case == HALLD__MARK__AT_DAY ? m->day <= 0 : strcmp(m->card, "yellow") == 0;
}

static bool moves(const Halld__Transition *t, const Halld__Clock *clock)
{
    for (size_t i = 0; i < t->n_then; i++) {
        struct flow_check_call call = flow_check_effect_of(t->then[i]);
        if ((call.which == FLOW_EFFECT_EXTEND || call.which == FLOW_EFFECT_SINCE) &&
            flow_word_is(call.args[0], clock->name))
            return true;
    }
    return false;
}

/* Does the step let a clock of its own flow give its last mark once more? */
static bool sets_going(const struct node *x, const struct comings *c, const Halld__Clock *clock)
{
    uint64_t in = states_of(x->entry->flow, clock->n_in, clock->in);
    if (x->to >= 0 && (in & bit((size_t)x->to)) && (again_from(x, c) & ~in))
        return true;
    return comes_before_the_end(last_mark(clock)) && moves(x->t, clock);
}

/* ---- what falls out */

static bool a_clock_takes(const struct rounds *r, const struct node *x, const struct comings *c)
{
    const Halld__Flow *flow = x->entry->flow;
    for (size_t i = 0; i < flow->n_clocks; i++)
        for (size_t k = 0; take_of(flow, flow->clocks[i]) == x->t && k < r->n; k++)
            if (r->nodes[k].goes && r->nodes[k].entry == x->entry && sets_going(&r->nodes[k], c, flow->clocks[i]))
                return true;
    return false;
}

static void mark_told(struct rounds *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->nodes[i].told = false;
    for (size_t i = 0; i < r->n_tellings; i++)
        if (r->nodes[r->tellings[i].from].goes)
            r->nodes[r->tellings[i].to].told = true;
}

static bool drop_of(struct rounds *r, const struct flow_entry *e)
{
    struct comings c;
    bool dropped = false;
    find_comings(r, e, &c);
    for (size_t i = 0; i < r->n; i++) {
        struct node *x = &r->nodes[i];
        if (!x->goes || x->entry != e || (again_from(x, &c) && (x->told || a_clock_takes(r, x, &c))))
            continue;
        x->goes = false;
        dropped = true;
    }
    return dropped;
}

static void drop_all(struct rounds *r)
{
    bool dropped;
    do {
        dropped = false;
        mark_told(r);
        for (size_t i = 0; i < r->c->n; i++)
            if (r->c->entries[i].sound)
                dropped |= drop_of(r, &r->c->entries[i]);
    } while (dropped);
}

/* ---- the way round */

/* Is y taken because x was: told by it, or by a clock that it sets going? */
static bool follows(const struct rounds *r, size_t x, size_t y, const struct comings *c)
{
    const Halld__Flow *flow = r->nodes[x].entry->flow;
    for (size_t i = 0; i < r->n_tellings; i++)
        if (r->tellings[i].from == x && r->tellings[i].to == y)
            return true;
    if (r->nodes[x].entry != r->nodes[y].entry)
        return false;
    for (size_t i = 0; i < flow->n_clocks; i++)
        if (take_of(flow, flow->clocks[i]) == r->nodes[y].t && sets_going(&r->nodes[x], c, flow->clocks[i]))
            return true;
    return false;
}

/* The shortest way from a node back to it; each one on it knows the one before. */
static bool goes_round(struct rounds *r, size_t start)
{
    size_t *queue = alloc_zero((r->n + 1) * sizeof *queue), head = 0, tail = 0;
    for (size_t i = 0; i < r->n; i++)
        r->nodes[i].way = 0;
    queue[tail++] = start;
    while (head < tail && !r->nodes[start].way) {
        size_t x = queue[head++];
        struct comings c;
        find_comings(r, r->nodes[x].entry, &c);
        for (size_t y = 0; y < r->n; y++)
            if (r->nodes[y].goes && !r->nodes[y].way && follows(r, x, y, &c)) {
                r->nodes[y].way = x + 1;
                queue[tail++] = y;
            }
    }
    free(queue);
    return r->nodes[start].way != 0;
}

static void add_step(const struct rounds *r, struct buf *text, size_t node)
{
    const struct node *x = &r->nodes[node];
    buf_add_text(text, x->t->name);
    if (x->entry != r->c->entry)
        buf_add_format(text, " of %s", x->entry->flow->name);
}

static void say_round(const struct rounds *r, const struct fault_place *at, size_t start)
{
    struct buf text = BUF_INIT;
    size_t *way = alloc_zero((r->n + 1) * sizeof *way), n = 0, x = start;
    do {
        way[n++] = x;
        x = r->nodes[x].way - 1;
    } while (x != start);
    add_step(r, &text, start);
    while (n-- > 0) {
        buf_add_text(&text, " > ");
        add_step(r, &text, way[n]);
    }
    faults_add(r->c->faults, at, "CLOCK_LOOP", "clocks and tellings alone would go round: %s", buf_text(&text));
    buf_fini(&text);
    free(way);
}

static void check_clock(struct rounds *r, const struct fault_place *at, const Halld__Clock *clock)
{
    const Halld__Transition *t = take_of(r->c->flow, clock);
    size_t start = t ? node_of(r, t) : 0;
    if (t && r->nodes[start].goes && goes_round(r, start))
        say_round(r, FAULT_AT(FAULT_NTH(at, "marks", clock->n_marks - 1), "take"), start);
}

void flow_check_rounds(const struct flow_check *c)
{
    struct rounds r;
    rounds_init(&r, c);
    drop_all(&r);
    for (size_t i = 0; i < c->flow->n_clocks; i++)
        check_clock(&r, FAULT_NTH(NULL, "clocks", i), c->flow->clocks[i]);
    free(r.nodes);
    free(r.tellings);
}
