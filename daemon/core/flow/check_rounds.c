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
    size_t part;
    const Halld__Transition *t;
    uint64_t from;
    int to;       /* a state; -1: it stays */
    bool goes;    /* any number of times, as far as is known */
    bool told;    /* by one that goes */
    size_t way;   /* 1 + the node before it on the way that is looked for */
    size_t tells; /* the first of its tellings */
};

struct telling {
    size_t from, to; /* nodes */
};

/* To which states a matter comes from each by transitions that go. */
struct comings {
    uint64_t reach[STATES_MAX];
};

/* A sound flow of the set: its transitions are nodes in their order. */
struct part {
    const struct flow_entry *entry;
    size_t first, end;
    struct comings c;
};

struct rounds {
    const struct flow_check *c;
    struct part *parts;
    struct node *nodes;
    struct telling *tellings; /* in the order of the nodes that tell */
    size_t n_parts, n, n_tellings;
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

static void add_part(struct rounds *r, const struct flow_entry *e)
{
    const Halld__Flow *flow = e->flow;
    r->parts[r->n_parts] = (struct part){.entry = e, .first = r->n, .end = r->n + flow->n_transitions};
    r->nodes = alloc_grow(r->nodes, r->n + flow->n_transitions, sizeof *r->nodes);
    for (size_t i = 0; i < flow->n_transitions; i++) {
        const Halld__Transition *t = flow->transitions[i];
        r->nodes[r->n++] = (struct node){.part = r->n_parts,
                                         .t = t,
                                         .from = states_of(flow, t->n_from, t->from),
                                         .to = *t->to ? state_of(flow, t->to) : -1,
                                         .goes = t->times == 0};
    }
    r->n_parts++;
}

static const Halld__Flow *flow_of(const struct rounds *r, const struct node *x)
{
    return r->parts[x->part].entry->flow;
}

/* The node of a transition of that flow. */
static size_t node_of(const struct rounds *r, const struct flow_entry *e, const Halld__Transition *t)
{
    size_t p = 0, i;
    while (r->parts[p].entry != e)
        p++;
    i = r->parts[p].first;
    while (r->nodes[i].t != t)
        i++;
    return i;
}

static void add_telling(struct rounds *r, size_t from, const char *then)
{
    struct flow_check here = *r->c;
    here.flow = flow_of(r, &r->nodes[from]);
    struct flow_check_call call = flow_check_effect_of(then);
    const struct flow_entry *there = call.which == FLOW_EFFECT_TELL ? flow_check_other_end(&here, call.args[0]) : NULL;
    const Halld__Transition *t = there ? flow_check_transition(there->flow, call.args[1]) : NULL;
    if (!t || !flow_check_holds(t->n_roles, t->roles, "matter"))
        return;
    r->tellings = alloc_grow(r->tellings, r->n_tellings + 1, sizeof *r->tellings);
    r->tellings[r->n_tellings++] = (struct telling){from, node_of(r, there, t)};
}

static void rounds_init(struct rounds *r, const struct flow_check *c)
{
    *r = (struct rounds){.c = c, .parts = alloc_zero((c->n + 1) * sizeof *r->parts)};
    for (size_t i = 0; i < c->n; i++)
        if (c->entries[i].sound)
            add_part(r, &c->entries[i]);
    for (size_t i = 0; i < r->n; i++) {
        r->nodes[i].tells = r->n_tellings;
        for (size_t k = 0; k < r->nodes[i].t->n_then; k++)
            add_telling(r, i, r->nodes[i].t->then[k]);
    }
}

/* ---- from which states a matter comes back to where it was, by transitions that go */

static void find_comings(struct rounds *r, struct part *p)
{
    size_t n = p->entry->flow->n_states;
    p->c = (struct comings){0};
    for (size_t i = p->first; i < p->end; i++)
        for (size_t s = 0; s < n; s++)
            if (r->nodes[i].goes && r->nodes[i].to >= 0 && (r->nodes[i].from & bit(s)))
                p->c.reach[s] |= bit((size_t)r->nodes[i].to);
    for (size_t k = 0; k < n; k++)
        for (size_t s = 0; s < n; s++)
            if (p->c.reach[s] & bit(k))
                p->c.reach[s] |= p->c.reach[k];
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
static bool sets_going(const struct rounds *r, const struct node *x, const Halld__Clock *clock)
{
    uint64_t in = states_of(flow_of(r, x), clock->n_in, clock->in);
    if (x->to >= 0 && (in & bit((size_t)x->to)) && (again_from(x, &r->parts[x->part].c) & ~in))
        return true;
    return comes_before_the_end(last_mark(clock)) && moves(x->t, clock);
}

/* ---- what falls out */

static bool a_clock_takes(const struct rounds *r, const struct node *x)
{
    const Halld__Flow *flow = flow_of(r, x);
    const struct part *p = &r->parts[x->part];
    for (size_t i = 0; i < flow->n_clocks; i++)
        for (size_t k = p->first; take_of(flow, flow->clocks[i]) == x->t && k < p->end; k++)
            if (r->nodes[k].goes && sets_going(r, &r->nodes[k], flow->clocks[i]))
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

static bool drop_of(struct rounds *r, struct part *p)
{
    bool dropped = false;
    find_comings(r, p);
    for (size_t i = p->first; i < p->end; i++) {
        struct node *x = &r->nodes[i];
        if (!x->goes || (again_from(x, &p->c) && (x->told || a_clock_takes(r, x))))
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
        for (size_t i = 0; i < r->n_parts; i++)
            dropped |= drop_of(r, &r->parts[i]);
    } while (dropped);
}

/* ---- the way round */

/* The nodes that are reached, in that order, from the first; each knows the one before. */
struct search {
    struct rounds *r;
    size_t *queue, n;
};

static void reach(struct search *s, size_t from, size_t to)
{
    struct node *y = &s->r->nodes[to];
    if (!y->goes || y->way)
        return;
    y->way = from + 1;
    s->queue[s->n++] = to;
}

/* What is taken because x was: what it tells, and what the clocks take that it sets going. */
static void reach_next(struct search *s, size_t x)
{
    const struct rounds *r = s->r;
    const Halld__Flow *flow = flow_of(r, &r->nodes[x]);
    for (size_t i = r->nodes[x].tells; i < r->n_tellings && r->tellings[i].from == x; i++)
        reach(s, x, r->tellings[i].to);
    for (size_t i = 0; i < flow->n_clocks; i++) {
        const Halld__Transition *t = take_of(flow, flow->clocks[i]);
        if (t && sets_going(r, &r->nodes[x], flow->clocks[i]))
            reach(s, x, node_of(r, r->parts[r->nodes[x].part].entry, t));
    }
}

/* Looks for the shortest way from a node back to it. */
static bool goes_round(struct rounds *r, size_t start)
{
    struct search s = {.r = r, .queue = alloc_zero((r->n + 2) * sizeof *s.queue)};
    for (size_t i = 0; i < r->n; i++)
        r->nodes[i].way = 0;
    s.queue[s.n++] = start;
    for (size_t i = 0; i < s.n && !r->nodes[start].way; i++)
        reach_next(&s, s.queue[i]);
    free(s.queue);
    return r->nodes[start].way != 0;
}

static void add_step(const struct rounds *r, struct buf *text, size_t node)
{
    const struct node *x = &r->nodes[node];
    buf_add_text(text, x->t->name);
    if (flow_of(r, x) != r->c->flow)
        buf_add_format(text, " of %s", flow_of(r, x)->name);
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
    faults_add(r->c->faults, at, "CLOCK_LOOP", "clocks alone would go round: %s", buf_text(&text));
    buf_fini(&text);
    free(way);
}

static void check_clock(struct rounds *r, const struct fault_place *at, const Halld__Clock *clock)
{
    const Halld__Transition *t = take_of(r->c->flow, clock);
    size_t start = t ? node_of(r, r->c->entry, t) : 0;
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
    free(r.parts);
    free(r.nodes);
    free(r.tellings);
}
