#include "view/flow_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/flow/words.h"
#include "view/build.h"
#include "view/report_names.h"
#include "view/spread.h"

/* A report while its rows come in. */
struct making {
    struct report_names names;
    Halld__FlowReport *report;
    Halld__FlowFigures *all; /* where everything goes when nothing is grouped; NULL: into groups */
    Halld__FlowFigures *last;
    struct spread spread;
    Halld__SpreadView **spread_of; /* where the gathered durations will go */
};

#define ADD(list, count, message)                                 \
    do {                                                          \
        (list) = alloc_grow((list), (count) + 1, sizeof *(list)); \
        (list)[(count)++] = (message);                            \
    } while (0)

/* ---- the parts of a group; each is made when a row first speaks of it */

static Halld__FlowFigures *group_at(struct making *m, const char *group)
{
    Halld__FlowReport *v = m->report;
    if (m->all)
        return m->all;
    if (m->last && strcmp(m->last->group, group) == 0)
        return m->last;
    for (size_t i = 0; i < v->n_groups; i++)
        if (strcmp(v->groups[i]->group, group) == 0)
            return m->last = v->groups[i];
    Halld__FlowFigures *g = MESSAGE_NEW(Halld__FlowFigures, &halld__flow_figures__descriptor);
    build_set(&g->group, group);
    report_name_value(&m->names, v->by, group, &g->zh, &g->en);
    ADD(v->groups, v->n_groups, g);
    return m->last = g;
}

#define PART(fn, type, message, rows, key, noun)                                     \
    static type *fn(const struct making *m, Halld__FlowFigures *g, const char *name) \
    {                                                                                \
        for (size_t i = 0; i < g->n_##rows; i++)                                     \
            if (strcmp(g->rows[i]->key, name) == 0)                                  \
                return g->rows[i];                                                   \
        type *part = MESSAGE_NEW(type, &halld__##message##__descriptor);             \
        build_set(&part->key, name);                                                 \
        report_name_##noun(&m->names, name, &part->zh, &part->en);                   \
        ADD(g->rows, g->n_##rows, part);                                             \
        return part;                                                                 \
    }
PART(state_at, Halld__StateFigure, state_figure, states, state, state)
PART(transition_at, Halld__TransitionFigure, transition_figure, transitions, transition, transition)
PART(clock_at, Halld__ClockFigure, clock_figure, clocks, clock, clock)

/* ---- one figure each */

static void on_opened(struct making *m, const struct reports_row *r)
{
    Halld__FlowFigures *g = group_at(m, r->group);
    g->opened += (int32_t)r->n;
    g->still_open += strcmp(r->name, "open") == 0 ? (int32_t)r->n : 0;
}

static void on_ended(struct making *m, const struct reports_row *r)
{
    Halld__FlowFigures *g = group_at(m, r->group);
    Halld__StateFigure *s = state_at(m, g, r->name);
    g->ended += (int32_t)r->n;
    s->ended += (int32_t)r->n;
    s->end = true;
}

static void on_open(struct making *m, const struct reports_row *r)
{
    Halld__FlowFigures *g = group_at(m, r->group);
    Halld__StateFigure *s = state_at(m, g, r->name);
    int32_t n = (int32_t)r->n, yellow = strcmp(r->how, "yellow") == 0 ? n : 0, red = strcmp(r->how, "red") == 0 ? n : 0;
    g->open += n;
    g->yellow += yellow;
    g->red += red;
    s->open += n;
    s->yellow += yellow;
    s->red += red;
}

static void on_taken(struct making *m, const struct reports_row *r)
{
    Halld__TransitionFigure *t = transition_at(m, group_at(m, r->group), r->name);
    t->taken += (int32_t)r->n;
    t->matters += (int32_t)r->matters;
    t->twice += (int32_t)r->twice;
}

/* Rows of one part follow one another. */
static void gather(struct making *m, Halld__SpreadView **of, const struct reports_row *r)
{
    if (m->spread_of && m->spread_of != of)
        *m->spread_of = spread_take_view(&m->spread);
    m->spread_of = of;
    spread_add(&m->spread, r->open_ms, r->days);
}

static void gather_end(struct making *m)
{
    if (m->spread_of)
        *m->spread_of = spread_take_view(&m->spread);
    m->spread_of = NULL;
}

static void on_clock(struct making *m, const struct reports_row *r)
{
    Halld__ClockFigure *c = clock_at(m, group_at(m, r->group), r->name);
    bool met = strcmp(r->how, "met") == 0, late = strcmp(r->how, "late") == 0;
    c->met += met;
    c->late += late;
    c->dropped += !met && !late;
    if (met || late)
        gather(m, &c->ran, r);
}

static void on_overdue(struct making *m, const struct reports_row *r)
{
    clock_at(m, group_at(m, r->group), r->name)->overdue += (int32_t)r->n;
}

static void on_stay(struct making *m, const struct reports_row *r)
{
    gather(m, &state_at(m, group_at(m, r->group), r->name)->stays, r);
}

static void on_money(struct making *m, const struct reports_row *r)
{
    Halld__FlowFigures *g = group_at(m, r->group);
    Halld__MoneyFigure *f = MESSAGE_NEW(Halld__MoneyFigure, &halld__money_figure__descriptor);
    build_set(&f->field, r->name);
    report_name_field(&m->names, r->name, &f->zh, &f->en);
    f->month = alloc_format("%.4s-%s", r->how, strlen(r->how) > 4 ? r->how + 4 : "");
    f->matters = (int32_t)r->n;
    f->fen = r->sum;
    ADD(g->money, g->n_money, f);
}

static void (*const HANDLERS[REPORTS_FIGURES])(struct making *m, const struct reports_row *r) = {
    [REPORTS_OPENED] = on_opened, [REPORTS_ENDED] = on_ended,     [REPORTS_OPEN] = on_open,  [REPORTS_TAKEN] = on_taken,
    [REPORTS_CLOCKS] = on_clock,  [REPORTS_OVERDUE] = on_overdue, [REPORTS_STAYS] = on_stay, [REPORTS_MONEY] = on_money,
};

struct incoming {
    struct making *making;
    void (*handle)(struct making *m, const struct reports_row *r);
};

static void take_row(void *arg, const struct reports_row *r)
{
    const struct incoming *in = arg;
    in->handle(in->making, r);
}

static int32_t permille(int64_t part, int64_t of)
{
    return (int32_t)((part * 1000 + of / 2) / of);
}

static void finish_group(Halld__FlowFigures *g)
{
    for (size_t i = 0; i < g->n_clocks; i++) {
        Halld__ClockFigure *c = g->clocks[i];
        if (c->met + c->late == 0)
            continue;
        c->has_on_time_case = HALLD__CLOCK_FIGURE__HAS_ON_TIME_ON_TIME_PERMILLE;
        c->on_time_permille = permille(c->met, c->met + c->late);
    }
}

static int read_all(struct making *m, struct reports *reports, const struct reports_filter *f)
{
    int code = 0;
    for (int i = 0; i < REPORTS_FIGURES && !code; i++) {
        struct incoming in = {m, HANDLERS[i]};
        code = reports_figure_read(reports, (enum reports_figure)i, f, take_row, &in);
        gather_end(m);
    }
    return code;
}

/* ---- the report of one flow */

/* Everything that the newest definition has stands there, also where nothing happened. */
static void prepare(struct making *m)
{
    const Halld__Flow *flow = report_names_newest(&m->names);
    for (size_t i = 0; flow && i < flow->n_states; i++)
        state_at(m, m->all, flow->states[i]->name)->end = flow->states[i]->end;
    for (size_t i = 0; flow && i < flow->n_transitions; i++)
        transition_at(m, m->all, flow->transitions[i]->name);
    for (size_t i = 0; flow && i < flow->n_clocks; i++)
        clock_at(m, m->all, flow->clocks[i]->name);
}

bool flow_report_knows(const Halld__Flow *flow, const char *field)
{
    static const char *const EVERY[] = {"department", "item", "window", "level", "state", "month"};
    const unsigned kept = FLOW_TYPE_BIT(FLOW_CHOICE) | FLOW_TYPE_BIT(FLOW_BOOL) | FLOW_TYPE_BIT(FLOW_DEPARTMENT) |
                          FLOW_TYPE_BIT(FLOW_WINDOW) | FLOW_TYPE_BIT(FLOW_ITEM) | FLOW_TYPE_BIT(FLOW_MATERIAL);
    for (size_t i = 0; i < sizeof EVERY / sizeof *EVERY; i++)
        if (strcmp(EVERY[i], field) == 0)
            return true;
    for (size_t i = 0; i < flow->n_fields; i++) {
        const Halld__Field *f = flow->fields[i];
        int type = flow_type_find(f->type, strlen(f->type));
        if (type >= 0 && strcmp(f->name, field) == 0)
            return (kept & FLOW_TYPE_BIT(type)) && !f->n_read;
    }
    return false;
}

static void add_field(Halld__FlowReport *v, const char *name, const char *zh, const char *en, const Halld__Field *of)
{
    Halld__ReportField *f = MESSAGE_NEW(Halld__ReportField, &halld__report_field__descriptor);
    build_set(&f->field, name);
    build_set(&f->zh, zh);
    build_set(&f->en, en);
    for (size_t i = 0; of && i < of->n_values; i++) {
        Halld__ReportWord *w = MESSAGE_NEW(Halld__ReportWord, &halld__report_word__descriptor);
        build_set(&w->value, of->values[i]->name);
        build_set(&w->zh, of->values[i]->zh);
        build_set(&w->en, of->values[i]->en);
        ADD(f->values, f->n_values, w);
    }
    ADD(v->fields, v->n_fields, f);
}

static void add_fields(struct making *m)
{
    static const struct {
        const char *name, *zh, *en;
    } EVERY[] = {{"department", "部门", "Department"},
                 {"item", "事项", "Item"},
                 {"window", "窗口", "Window"},
                 {"level", "层级", "Level"},
                 {"month", "月份", "Month"}};
    const Halld__Flow *flow = report_names_newest(&m->names);
    for (size_t i = 0; i < sizeof EVERY / sizeof *EVERY; i++)
        add_field(m->report, EVERY[i].name, EVERY[i].zh, EVERY[i].en, NULL);
    for (size_t i = 0; flow && i < flow->n_fields; i++) {
        const Halld__Field *f = flow->fields[i];
        bool stands = false;
        for (size_t k = 0; k < sizeof EVERY / sizeof *EVERY; k++)
            stands |= strcmp(EVERY[k].name, f->name) == 0;
        if (!stands && flow_report_knows(flow, f->name))
            add_field(m->report, f->name, f->zh, f->en, f);
    }
}

static void set_period(char **from, char **to, const struct reports_filter *f)
{
    char text[11];
    date_to_text(f->from, text);
    build_set(from, text);
    date_to_text(f->to, text);
    build_set(to, text);
}

static Halld__FlowReport *report_new(struct making *m, const struct reader *r, const struct reports_filter *f)
{
    Halld__FlowReport *v = m->report = MESSAGE_NEW(Halld__FlowReport, &halld__flow_report__descriptor);
    build_set(&v->flow, f->flow);
    report_name_flow(&m->names, &v->zh, &v->en);
    set_period(&v->from, &v->to, f);
    build_set(&v->by, f->by);
    v->as_of_seq = reports_seq(r->reports);
    v->all = m->all = MESSAGE_NEW(Halld__FlowFigures, &halld__flow_figures__descriptor);
    return v;
}

int flow_report_read(const struct reader *r, const struct setup *setup, const struct reports_filter *f,
                     Halld__FlowReport **ret)
{
    struct making m = {.names = {r->reports, setup, f->flow}, .spread = SPREAD_INIT};
    struct reports_filter together = *f;
    Halld__FlowReport *v = report_new(&m, r, f);
    together.by = NULL;
    prepare(&m);
    add_fields(&m);
    int code = read_all(&m, r->reports, &together);
    m.all = NULL;
    if (!code && f->by)
        code = read_all(&m, r->reports, f);
    finish_group(v->all);
    for (size_t i = 0; i < v->n_groups; i++)
        finish_group(v->groups[i]);
    spread_fini(&m.spread);
    if (!code)
        *ret = v;
    else
        halld__flow_report__free_unpacked(v, NULL);
    return code;
}

/* ---- all flows */

static void count_total(void *arg, const struct reports_row *r)
{
    *(int32_t *)arg += (int32_t)r->n;
}

static void count_open(void *arg, const struct reports_row *r)
{
    Halld__FlowTotals *t = arg;
    t->open += (int32_t)r->n;
    t->yellow += strcmp(r->how, "yellow") == 0 ? (int32_t)r->n : 0;
    t->red += strcmp(r->how, "red") == 0 ? (int32_t)r->n : 0;
}

static void count_clocks(void *arg, const struct reports_row *r)
{
    Halld__FlowTotals *t = arg;
    t->met += strcmp(r->how, "met") == 0;
    t->late += strcmp(r->how, "late") == 0;
}

static int read_totals(struct reports *reports, const struct reports_filter *f, Halld__FlowTotals *t)
{
    int code = reports_figure_read(reports, REPORTS_OPENED, f, count_total, &t->opened);
    if (!code)
        code = reports_figure_read(reports, REPORTS_ENDED, f, count_total, &t->ended);
    if (!code)
        code = reports_figure_read(reports, REPORTS_OPEN, f, count_open, t);
    if (!code)
        code = reports_figure_read(reports, REPORTS_CLOCKS, f, count_clocks, t);
    if (!code)
        code = reports_figure_read(reports, REPORTS_OVERDUE, f, count_total, &t->overdue);
    if (t->met + t->late) {
        t->has_late_case = HALLD__FLOW_TOTALS__HAS_LATE_LATE_PERMILLE;
        t->late_permille = permille(t->late, t->met + t->late);
    }
    return code;
}

int flow_totals_read(const struct reader *r, const struct flow_totals_query *q, Halld__FlowTotalsList **ret)
{
    Halld__FlowTotalsList *v = MESSAGE_NEW(Halld__FlowTotalsList, &halld__flow_totals_list__descriptor);
    struct reports_filter f = {.from = q->from, .to = q->to};
    int code = 0;
    set_period(&v->from, &v->to, &f);
    v->as_of_seq = reports_seq(r->reports);
    v->flows = build_array(q->n_flows, sizeof *v->flows);
    for (size_t i = 0; i < q->n_flows && !code; i++) {
        Halld__FlowTotals *t = MESSAGE_NEW(Halld__FlowTotals, &halld__flow_totals__descriptor);
        struct report_names names = {r->reports, NULL, q->flows[i]};
        f.flow = q->flows[i];
        build_set(&t->flow, f.flow);
        report_name_flow(&names, &t->zh, &t->en);
        v->flows[v->n_flows++] = t;
        code = read_totals(r->reports, &f, t);
    }
    if (!code)
        *ret = v;
    else
        halld__flow_totals_list__free_unpacked(v, NULL);
    return code;
}

/* ---- the matters behind a number */

struct listing {
    struct report_names names;
    Halld__FlowMatters *view;
};

static void add_matter(void *arg, const struct reports_matter *m)
{
    struct listing *l = arg;
    Halld__FlowMatter *v = MESSAGE_NEW(Halld__FlowMatter, &halld__flow_matter__descriptor);
    v->matter = m->matter;
    v->seq = m->seq;
    build_set(&v->state, m->state);
    report_name_state(&l->names, m->state, &v->state_zh, &v->state_en);
    build_set(&v->department, m->department);
    build_set(&v->item, m->item);
    if (*m->department)
        report_name_value(&l->names, "department", m->department, &v->department_zh, &v->department_en);
    if (*m->item)
        report_name_value(&l->names, "item", m->item, &v->item_zh, &v->item_en);
    v->window = m->window;
    v->level = m->level;
    v->opened_at = m->opened_at;
    v->ended_at = m->ended_at;
    ADD(l->view->matters, l->view->n_matters, v);
}

int flow_matters_read(const struct reader *r, const struct setup *setup, const struct reports_behind *b,
                      Halld__FlowMatters **ret)
{
    struct listing l = {{r->reports, setup, b->filter.flow},
                        MESSAGE_NEW(Halld__FlowMatters, &halld__flow_matters__descriptor)};
    l.view->as_of_seq = reports_seq(r->reports);
    int code = reports_matters_read(r->reports, b, add_matter, &l);
    if (code) {
        halld__flow_matters__free_unpacked(l.view, NULL);
        return code;
    }
    if (l.view->n_matters == (size_t)b->most)
        l.view->after = alloc_format("%llu", (unsigned long long)l.view->matters[b->most - 1]->matter);
    *ret = l.view;
    return 0;
}

/* ---- what work leaves behind */

struct pressing {
    struct report_names names;
    Halld__PressureReport *view;
};

static Halld__PressureFigures *pressure_new(const struct pressing *p, const struct reports_pressure *row)
{
    Halld__PressureFigures *v = MESSAGE_NEW(Halld__PressureFigures, &halld__pressure_figures__descriptor);
    build_set(&v->group, row->group);
    report_name_value(&p->names, p->view->by, row->group, &v->zh, &v->en);
    v->services = (int32_t)row->services;
    v->escalations = (int32_t)row->escalations;
    v->denials = (int32_t)row->decided;
    v->overturned = (int32_t)row->overturned;
    v->notices = (int32_t)row->notices;
    v->second_notices = (int32_t)row->second;
    if (row->services) {
        v->has_rate_case = HALLD__PRESSURE_FIGURES__HAS_RATE_ESCALATIONS_PER_10000;
        v->escalations_per_10000 = (int32_t)((row->escalations * 10000 + row->services / 2) / row->services);
    }
    if (row->decided) {
        v->has_share_case = HALLD__PRESSURE_FIGURES__HAS_SHARE_OVERTURNED_PERMILLE;
        v->overturned_permille = permille(row->overturned, row->decided);
    }
    return v;
}

static void set_all(void *arg, const struct reports_pressure *row)
{
    struct pressing *p = arg;
    if (!p->view->all)
        p->view->all = pressure_new(p, row);
}

static void add_group(void *arg, const struct reports_pressure *row)
{
    struct pressing *p = arg;
    ADD(p->view->groups, p->view->n_groups, pressure_new(p, row));
}

int pressure_report_read(const struct reader *r, const struct setup *setup, const struct reports_filter *f,
                         Halld__PressureReport **ret)
{
    struct pressing p = {{r->reports, setup, ""},
                         MESSAGE_NEW(Halld__PressureReport, &halld__pressure_report__descriptor)};
    Halld__PressureReport *v = p.view;
    struct reports_pressure nothing = {.group = ""};
    set_period(&v->from, &v->to, f);
    build_set(&v->by, f->by);
    v->as_of_seq = reports_seq(r->reports);
    int code = reports_pressure_read(r->reports, f->from, f->to, NULL, set_all, &p);
    set_all(&p, &nothing);
    if (!code && f->by)
        code = reports_pressure_read(r->reports, f->from, f->to, f->by, add_group, &p);
    if (!code)
        *ret = v;
    else
        halld__pressure_report__free_unpacked(v, NULL);
    return code;
}
