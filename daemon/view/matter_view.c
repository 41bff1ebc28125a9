#include "view/matter_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "view/build.h"
#include "view/matter_why.h"

static void set_fields(Halld__MatterView *v, const struct looker *l, const struct matter *m)
{
    v->fields = build_array(m->def->flow->n_fields, sizeof *v->fields);
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        if (matter_value(m, i)->n && matter_field_shows(l, m, (int)i))
            v->fields[v->n_fields++] = matter_field_new(l, m, (int)i);
}

/* In the order of the file; what a migration dropped comes last. */
static void set_clocks(Halld__MatterView *v, const struct looker *l, const struct matter *m)
{
    v->clocks = build_array(m->n_runs, sizeof *v->clocks);
    for (int clock = 0; clock < (int)m->def->flow->n_clocks; clock++)
        for (size_t i = 0; i < m->n_runs; i++)
            if (m->runs[i].clock == clock)
                v->clocks[v->n_clocks++] = matter_clock_new(l->asker.hall, m, &m->runs[i], l->asker.now);
    for (size_t i = 0; i < m->n_runs; i++)
        if (m->runs[i].clock < 0)
            v->clocks[v->n_clocks++] = matter_clock_new(l->asker.hall, m, &m->runs[i], l->asker.now);
}

/* ---- steps */

static void set_names(size_t *n, char ***to, const struct looker *l, const struct definition *d, uint64_t fields)
{
    *to = build_array(d->flow->n_fields, sizeof **to);
    for (size_t i = 0; i < d->flow->n_fields; i++)
        if ((fields & DEFINITION_BIT(i)) && flow_offers_field(hall_flow(l->asker.hall), d, i))
            (*to)[(*n)++] = build_text(d->flow->fields[i]->name);
}

/* In the words in which it would be refused. */
static void set_blocked(Halld__StepView *v, const struct looker *l, const struct matter *m, size_t transition)
{
    const char *guard = matters_blocked_by(&l->asker, m, transition);
    struct refusal r;
    if (!guard)
        return;
    refuse(&r, HALL_E_GUARD, v->transition, guard);
    struct refused_step step = {hall_flow(l->asker.hall), m->def, v->transition, &r, ""};
    char *zh = matter_why_new(&step, true), *en = matter_why_new(&step, false);
    build_set(&v->blocked_zh, zh ? zh : guard);
    build_set(&v->blocked_en, en ? en : guard);
    free(zh);
    free(en);
}

static Halld__StepView *step_new(const struct looker *l, const struct matter *m, size_t transition)
{
    const struct transition *t = &m->def->transitions[transition];
    Halld__StepView *v = MESSAGE_NEW(Halld__StepView, &halld__step_view__descriptor);
    build_set(&v->transition, t->t->name);
    build_set(&v->zh, t->t->zh);
    build_set(&v->en, t->t->en);
    build_set(&v->to, t->to >= 0 ? m->def->flow->states[t->to]->name : matter_state_name(m));
    set_names(&v->n_need, &v->need, l, m->def, t->need);
    set_names(&v->n_may, &v->may, l, m->def, t->may);
    set_blocked(v, l, m, transition);
    return v;
}

static void set_steps(Halld__MatterView *v, const struct looker *l, const struct matter *m)
{
    v->steps = build_array(m->def->flow->n_transitions, sizeof *v->steps);
    for (size_t i = 0; i < m->def->flow->n_transitions; i++)
        if (matters_may_take(&l->asker, m->def, m, i))
            v->steps[v->n_steps++] = step_new(l, m, i);
}

static void set_prints(Halld__MatterView *v, const struct matter *m)
{
    const Halld__Flow *flow = m->def->flow;
    v->prints = build_array(flow->n_prints, sizeof *v->prints);
    for (size_t i = 0; i < flow->n_prints; i++)
        for (size_t k = 0; k < flow->prints[i]->n_in; k++)
            if (strcmp(flow->prints[i]->in[k], matter_state_name(m)) == 0)
                v->prints[v->n_prints++] = build_text(flow->prints[i]->name);
}

/* ---- links */

static void add_link(Halld__MatterView *v, const struct looker *l, const char *field, uint64_t id, bool back)
{
    const struct matter *m = flow_matter(hall_flow(l->asker.hall), id);
    if (!m)
        return;
    Halld__LinkView *link = MESSAGE_NEW(Halld__LinkView, &halld__link_view__descriptor);
    const Halld__State *state = m->def->flow->states[m->state];
    build_set(&link->field, field);
    link->matter = id;
    build_set(&link->flow, m->def->flow->name);
    build_set(&link->flow_zh, m->def->flow->zh);
    build_set(&link->flow_en, m->def->flow->en);
    link->reads = matters_may_read(&l->asker, m);
    build_set(&link->state_zh, link->reads ? state->zh : "");
    build_set(&link->state_en, link->reads ? state->en : "");
    link->back = back;
    v->links = alloc_grow(v->links, v->n_links + 1, sizeof *v->links);
    v->links[v->n_links++] = link;
}

static bool is_linked(const Halld__MatterView *v, uint64_t id)
{
    for (size_t i = 0; i < v->n_links; i++)
        if (v->links[i]->matter == id)
            return true;
    return false;
}

/* The field of `other` that names the matter now; -1: it did once. */
static int naming_field(const struct matter *other, uint64_t id)
{
    for (size_t i = 0; i < other->def->flow->n_fields; i++)
        for (size_t k = 0; other->def->fields[i].type == FLOW_MATTER && k < matter_value(other, i)->n; k++)
            if ((uint64_t)matter_value(other, i)->numbers[k] == id)
                return (int)i;
    return -1;
}

static void set_links(Halld__MatterView *v, const struct looker *l, const struct matter *m)
{
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        for (size_t k = 0; m->def->fields[i].type == FLOW_MATTER && k < matter_value(m, i)->n; k++)
            if (matter_field_shows(l, m, (int)i))
                add_link(v, l, m->def->flow->fields[i]->name, (uint64_t)matter_value(m, i)->numbers[k], false);
    const uint64_t *naming;
    size_t n = flow_naming(hall_flow(l->asker.hall), m->id, &naming);
    for (size_t i = 0; i < n && i < 100 && !l->asker.person; i++) {
        const struct matter *other = flow_matter(hall_flow(l->asker.hall), naming[i]);
        int field = other ? naming_field(other, m->id) : -1;
        if (field >= 0 && !is_linked(v, naming[i]))
            add_link(v, l, other->def->flow->fields[field]->name, naming[i], true);
    }
}

Halld__MatterView *matter_view_new(const struct looker *l, const struct matter *m)
{
    Halld__MatterView *v = MESSAGE_NEW(Halld__MatterView, &halld__matter_view__descriptor);
    v->card = matter_card_new(l, m);
    set_fields(v, l, m);
    set_clocks(v, l, m);
    set_steps(v, l, m);
    set_prints(v, m);
    set_links(v, l, m);
    v->definition = (Halld__Flow *)message_clone(&m->def->flow->base);
    return v;
}

void matter_view_set_link(Halld__MatterView *v, const char *token, const char *public_url)
{
    v->token = alloc_text(token);
    v->url = alloc_format("%s/m/%s", public_url ? public_url : "", token);
}

/* ---- kinds */

static char *page_of(const char *flow)
{
    static const struct {
        const char *flow, *page;
    } own[] = {{"escalation", "/desk/"}, {"denial", "/approver/"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i].flow, flow) == 0)
            return alloc_text(own[i].page);
    return alloc_format("/matters/?flow=%s", flow);
}

Halld__FlowKind *flow_kind_new(const struct looker *l, const struct definition *d)
{
    Halld__FlowKind *v = MESSAGE_NEW(Halld__FlowKind, &halld__flow_kind__descriptor);
    v->flow = (Halld__Flow *)message_clone(&d->flow->base);
    v->opens = build_array(d->flow->n_transitions, sizeof *v->opens);
    for (size_t i = 0; i < d->flow->n_transitions; i++)
        if (matters_may_take(&l->asker, d, NULL, i))
            v->opens[v->n_opens++] = build_text(d->flow->transitions[i]->name);
    v->reads = matters_may_read_kind(&l->asker, d);
    v->page = page_of(d->flow->name);
    return v;
}

static void count(Halld__FlowKinds *v, const struct looker *l)
{
    const struct flow *f = hall_flow(l->asker.hall);
    for (const struct matter *m = flow_open_first(f); m; m = flow_open_next(m)) {
        Halld__FlowKind *kind = NULL;
        for (size_t k = 0; k < v->n_kinds && !kind; k++)
            if (strcmp(v->kinds[k]->flow->name, m->def->flow->name) == 0)
                kind = v->kinds[k];
        if (!kind || !matters_may_read(&l->asker, m))
            continue;
        enum matter_color color = matter_color(m);
        kind->open++;
        kind->yellow += color == MATTER_YELLOW;
        kind->red += color == MATTER_RED;
    }
}

Halld__FlowKinds *flow_kinds_new(const struct looker *l)
{
    const struct flow *f = hall_flow(l->asker.hall);
    Halld__FlowKinds *v = MESSAGE_NEW(Halld__FlowKinds, &halld__flow_kinds__descriptor);
    v->kinds = build_array(flow_definition_count(f), sizeof *v->kinds);
    for (size_t i = 0; i < flow_definition_count(f); i++) {
        const struct definition *d = flow_definition_at(f, i);
        if (flow_definition(f, d->flow->name) == d)
            v->kinds[v->n_kinds++] = flow_kind_new(l, d);
    }
    count(v, l);
    return v;
}

Halld__FlowKinds *flow_offers_new(const struct looker *l)
{
    const struct flow *f = hall_flow(l->asker.hall);
    Halld__FlowKinds *v = MESSAGE_NEW(Halld__FlowKinds, &halld__flow_kinds__descriptor);
    v->kinds = build_array(flow_definition_count(f), sizeof *v->kinds);
    for (size_t i = 0; i < flow_definition_count(f); i++) {
        const struct definition *d = flow_definition_at(f, i);
        Halld__FlowKind *kind = flow_kind_new(l, d);
        if (kind->n_opens && flow_definition(f, d->flow->name) == d)
            v->kinds[v->n_kinds++] = kind;
        else
            protobuf_c_message_free_unpacked(&kind->base, NULL);
    }
    return v;
}
