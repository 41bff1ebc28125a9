/* Figures of flows and what is behind them, from the read model on the study's thread (docs/flows.md). Whoever may read
 * a flow's matters by role may see its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/matters.h"
#include "core/queue/queue.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/looker.h"
#include "net/parse.h"
#include "view/flow_report.h"

enum { DAYS_UNLESS_TOLD = 30, MATTERS_UNLESS_TOLD = 100, MATTERS_MOST = 500, VALUE_SIZE = 336, TEXTS = 40 };

/* One question on its way to the study's thread and back. */
struct look {
    struct call *call;
    bool csv;
    struct setup *setup; /* a reference */
    struct reports_behind behind;
    struct flow_totals_query totals;
    char *texts[TEXTS]; /* owned; what the filters point to */
    size_t n_texts;
    ProtobufCMessage *view;
    void (*write_csv)(const void *view, struct buf *out);
};

static struct look *look_new(struct call *c)
{
    struct look *l = alloc_zero(sizeof *l);
    l->call = c;
    l->setup = setup_ref(hall_setup(call_hall(c)));
    return l;
}

static void look_free(struct look *l)
{
    for (size_t i = 0; i < l->n_texts; i++)
        free(l->texts[i]);
    for (size_t i = 0; i < l->totals.n_flows; i++)
        free(l->totals.flows[i]);
    free(l->totals.flows);
    setup_free(l->setup);
    free(l);
}

static const char *keep(struct look *l, const char *text)
{
    return l->texts[l->n_texts++] = alloc_text(text);
}

/* ---- the question */

/* false: answered. */
static bool take_date(struct look *l, const char *name, int32_t unless, int32_t *ret)
{
    char text[VALUE_SIZE];
    if (!call_query(l->call, name, text, sizeof text))
        return false;
    *ret = unless;
    if (!text[0] || date_from_text(text, ret))
        return true;
    call_refuse_field(l->call, HALL_E_BAD_VALUE, name, text);
    return false;
}

static bool take_period(struct look *l)
{
    struct reports_filter *f = &l->behind.filter;
    int32_t today = queue_day(hall_queue(call_hall(l->call)))->date;
    if (!today)
        today = moment_to_date(call_now(l->call));
    if (!take_date(l, "to", today, &f->to) ||
        !take_date(l, "from", date_from_days(date_to_days(f->to) - (DAYS_UNLESS_TOLD - 1)), &f->from))
        return false;
    if (f->from <= f->to)
        return true;
    call_refuse(l->call, HALL_E_BAD_PERIOD);
    return false;
}

/* One parameter, kept; *ret stays NULL if it is absent. */
static bool take_text(struct look *l, const char *name, const char **ret)
{
    char text[VALUE_SIZE];
    if (!call_query(l->call, name, text, sizeof text))
        return false;
    if (text[0])
        *ret = keep(l, text);
    return true;
}

/* "-" is "has none"; months may be written 2026-11. */
static void take_value(struct look *l, const char *field, const char *text)
{
    struct reports_filter *f = &l->behind.filter;
    char value[VALUE_SIZE];
    snprintf(value, sizeof value, "%s", strcmp(text, "-") == 0 ? "" : text);
    if (strcmp(field, "month") == 0 && strlen(value) == 7)
        memmove(value + 4, value + 5, 3);
    f->only[f->n_only++] = (struct reports_only){keep(l, field), keep(l, value)};
}

struct filters {
    struct look *look;
    const Halld__Flow *flow;
    struct refusal refusal;
};

/* What else these routes are asked. */
static bool is_own(const char *name)
{
    static const char *const OWN[] = {"from", "to", "by", "figure", "name", "how", "after", "most", "format"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (strcmp(name, OWN[i]) == 0)
            return true;
    return false;
}

/* One parameter; a misspelt filter would give figures of everything. */
static int take_filter(void *arg, const char *name, const char *value)
{
    struct filters *f = arg;
    if (is_own(name))
        return 0;
    if (!flow_report_knows(f->flow, name))
        return refuse(&f->refusal, HALL_E_UNKNOWN_FIELD, name, "");
    if (strlen(value) >= VALUE_SIZE || f->look->behind.filter.n_only == REPORTS_ONLY)
        return refuse(&f->refusal, HALL_E_BAD_VALUE, name, "");
    if (*value)
        take_value(f->look, name, value);
    return 0;
}

static bool take_filters(struct look *l, const Halld__Flow *flow)
{
    struct filters f = {.look = l, .flow = flow};
    refuse(&f.refusal, HALL_E_BAD_REQUEST, "", "");
    bool sound = parse_query_each(request_query(l->call->request), take_filter, &f) == 0;
    if (!sound)
        call_refuse_with(l->call, &f.refusal);
    return sound;
}

/* Has the asker one of the flow's levels now, whichever a matter is at? */
static bool has_a_level(const struct asker *a, const Halld__Flow *flow)
{
    for (size_t i = 0; i < flow->n_levels; i++)
        if (matters_is_told(a, flow->levels[i]))
            return true;
    return false;
}

static bool reads_by_level(const struct definition *d)
{
    for (size_t i = 0; i < d->flow->n_read; i++)
        if (d->read[i].kind == WHO_LEVEL)
            return true;
    return false;
}

/* Managers and auditors; whoever reads the flow's matters by role; its leaders. */
static bool may_see(const struct net_looker *who, const struct call *c, const struct definition *d)
{
    if (c->caller.roles & (ROLE_MANAGER | ROLE_AUDITOR))
        return true;
    return d && (matters_may_read_kind(&who->looker.asker, d) ||
                 (reads_by_level(d) && has_a_level(&who->looker.asker, d->flow)));
}

/* The flow of the path, if the asker may see its figures. NULL: answered. */
static const Halld__Flow *take_kind(struct look *l)
{
    const char *kind = call_param(l->call, "kind");
    const struct definition *d = flow_definition(hall_flow(call_hall(l->call)), kind);
    struct net_looker who;
    looker_of_call(&who, l->call);
    if (d && may_see(&who, l->call, d)) {
        l->behind.filter.flow = keep(l, kind);
        return d->flow;
    }
    call_refuse_field(l->call, d ? HALL_E_WRONG_ROLE : HALL_E_NOT_FOUND, "kind", kind);
    return NULL;
}

static bool take_by(struct look *l, const Halld__Flow *flow)
{
    struct reports_filter *f = &l->behind.filter;
    if (!take_text(l, "by", &f->by))
        return false;
    bool known = !f->by || (flow ? flow_report_knows(flow, f->by)
                                 : strcmp(f->by, "item") == 0 || strcmp(f->by, "window") == 0 ||
                                       strcmp(f->by, "department") == 0 || strcmp(f->by, "month") == 0);
    if (!known)
        call_refuse_field(l->call, HALL_E_BAD_VALUE, "by", f->by);
    return known;
}

/* ---- the answer */

static void done(void *arg, int code)
{
    struct look *l = arg;
    struct buf out = BUF_INIT;
    if (code != 0) {
        call_refuse(l->call, code);
    } else if (l->csv) {
        l->write_csv(l->view, &out);
        call_reply_text(l->call, 200, "text/csv; charset=utf-8", buf_text(&out), out.len);
        protobuf_c_message_free_unpacked(l->view, NULL);
    } else {
        call_reply(l->call, 200, l->view);
    }
    buf_fini(&out);
    look_free(l);
}

static void ask(struct look *l, int (*read)(void *arg, const struct reader *r))
{
    struct call *c = l->call;
    const struct study_work work = {read, done, l};
    if (!study_ask_reports(c->net->study, hall_seq(call_hall(c)), &work))
        done(l, HALL_E_TOO_MANY);
}

/* ---- all flows */

static int read_totals(void *arg, const struct reader *r)
{
    struct look *l = arg;
    Halld__FlowTotalsList *v = NULL;
    l->totals.from = l->behind.filter.from;
    l->totals.to = l->behind.filter.to;
    int code = flow_totals_read(r, &l->totals, &v);
    l->view = v ? &v->base : NULL;
    return code;
}

static void totals_csv(const void *view, struct buf *out)
{
    flow_totals_csv(view, out);
}

static void take_flows(struct look *l)
{
    const struct flow *f = hall_flow(call_hall(l->call));
    struct net_looker who;
    looker_of_call(&who, l->call);
    for (size_t i = 0; i < flow_definition_count(f); i++) {
        const struct definition *d = flow_definition_at(f, i);
        if (d != flow_definition(f, d->flow->name) || !may_see(&who, l->call, d))
            continue;
        l->totals.flows = alloc_grow(l->totals.flows, l->totals.n_flows + 1, sizeof *l->totals.flows);
        l->totals.flows[l->totals.n_flows++] = alloc_text(d->flow->name);
    }
}

void api_report_flows(struct call *c)
{
    struct look *l = look_new(c);
    l->write_csv = totals_csv;
    if (!call_wants_csv(c, &l->csv) || !take_period(l)) {
        look_free(l);
        return;
    }
    take_flows(l);
    ask(l, read_totals);
}

/* ---- one flow */

static int read_flow(void *arg, const struct reader *r)
{
    struct look *l = arg;
    Halld__FlowReport *v = NULL;
    int code = flow_report_read(r, l->setup, &l->behind.filter, &v);
    l->view = v ? &v->base : NULL;
    return code;
}

static void flow_csv(const void *view, struct buf *out)
{
    flow_report_csv(view, out);
}

void api_report_flow(struct call *c)
{
    struct look *l = look_new(c);
    const Halld__Flow *flow = take_kind(l);
    l->write_csv = flow_csv;
    if (flow && call_wants_csv(c, &l->csv) && take_period(l) && take_by(l, flow) && take_filters(l, flow))
        ask(l, read_flow);
    else
        look_free(l);
}

/* ---- the matters behind a number */

static int read_matters(void *arg, const struct reader *r)
{
    struct look *l = arg;
    Halld__FlowMatters *v = NULL;
    int code = flow_matters_read(r, l->setup, &l->behind, &v);
    l->view = v ? &v->base : NULL;
    return code;
}

static void matters_csv(const void *view, struct buf *out)
{
    flow_matters_csv(view, out);
}

static bool take_figure(struct look *l)
{
    static const char *const FIGURES[REPORTS_FIGURES] = {
        [REPORTS_OPENED] = "opened", [REPORTS_ENDED] = "ended",  [REPORTS_OPEN] = "open",
        [REPORTS_TAKEN] = "taken",   [REPORTS_CLOCKS] = "clock", [REPORTS_OVERDUE] = "overdue",
        [REPORTS_STAYS] = "stayed",  [REPORTS_MONEY] = "money"};
    const char *figure = "opened";
    if (!take_text(l, "figure", &figure) || !take_text(l, "name", &l->behind.name) ||
        !take_text(l, "how", &l->behind.how))
        return false;
    for (int i = 0; i < REPORTS_FIGURES; i++)
        if (strcmp(FIGURES[i], figure) == 0) {
            l->behind.figure = (enum reports_figure)i;
            return true;
        }
    call_refuse_field(l->call, HALL_E_BAD_VALUE, "figure", figure);
    return false;
}

static bool take_number(struct look *l, const char *name, uint64_t most, uint64_t *ret)
{
    char text[VALUE_SIZE], *end;
    if (!call_query(l->call, name, text, sizeof text))
        return false;
    if (!text[0])
        return true;
    *ret = strtoull(text, &end, 10);
    if (!*end && text[0] >= '0' && text[0] <= '9' && *ret >= 1 && *ret <= most)
        return true;
    call_refuse_field(l->call, HALL_E_BAD_VALUE, name, text);
    return false;
}

void api_report_flow_matters(struct call *c)
{
    struct look *l = look_new(c);
    const Halld__Flow *flow = take_kind(l);
    uint64_t most = MATTERS_UNLESS_TOLD;
    l->write_csv = matters_csv;
    bool sound = flow && call_wants_csv(c, &l->csv) && take_period(l) && take_figure(l) && take_filters(l, flow) &&
                 take_number(l, "after", INT64_MAX, &l->behind.before) && take_number(l, "most", MATTERS_MOST, &most);
    l->behind.most = (int)most;
    if (sound)
        ask(l, read_matters);
    else
        look_free(l);
}

/* ---- what work at the windows leaves behind */

static int read_pressure(void *arg, const struct reader *r)
{
    struct look *l = arg;
    Halld__PressureReport *v = NULL;
    int code = pressure_report_read(r, l->setup, &l->behind.filter, &v);
    l->view = v ? &v->base : NULL;
    return code;
}

static void pressure_csv(const void *view, struct buf *out)
{
    pressure_report_csv(view, out);
}

/* By the matters that it is about first of all. */
static bool may_see_pressure(struct call *c)
{
    struct net_looker who;
    looker_of_call(&who, c);
    bool may = may_see(&who, c, flow_definition(hall_flow(call_hall(c)), REPORTS_ESCALATION_FLOW));
    if (!may)
        call_refuse(c, HALL_E_WRONG_ROLE);
    return may;
}

void api_report_pressure(struct call *c)
{
    struct look *l = look_new(c);
    l->write_csv = pressure_csv;
    if (may_see_pressure(c) && call_wants_csv(c, &l->csv) && take_period(l) && take_by(l, NULL))
        ask(l, read_pressure);
    else
        look_free(l);
}
