/* What has been over time: the metrics' series as numbers and images, and what a monitor reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/flow/flow.h"
#include "core/hall.h"
#include "metrics/metrics.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "proto/flow_report.pb-c.h"
#include "proto/view.pb-c.h"

enum { DAY_MS = 86400000, CLOCKS_DIFFER_MS = 60000, IMAGE_NARROW = 200, IMAGE_WIDE = 3000, WIDTH = 800, HEIGHT = 300 };

/* ---- the question */

/* A moment, a date, or milliseconds since the epoch. */
static bool parse_when(const char *text, int64_t *ret)
{
    char *end;
    int32_t date;
    if (moment_from_text(text, ret))
        return true;
    if (date_from_text(text, &date)) {
        *ret = moment_of_date(date, 0);
        return true;
    }
    long long ms = strtoll(text, &end, 10);
    *ret = ms;
    return end != text && *end == '\0' && ms >= 0 && ms < INT64_C(253402300800000);
}

/* false: answered. An absent one keeps what stands there. */
static bool take_when(struct call *c, const char *name, int64_t *at)
{
    char text[64];
    if (!call_query(c, name, text, sizeof text))
        return false;
    if (!text[0] || parse_when(text, at))
        return true;
    call_refuse_field(c, HALL_E_BAD_VALUE, name, text);
    return false;
}

static bool take_number(struct call *c, const char *name, int least, int most, int *number)
{
    char text[16], *end;
    if (!call_query(c, name, text, sizeof text))
        return false;
    if (!text[0])
        return true;
    long value = strtol(text, &end, 10);
    if (*end == '\0' && value >= least && value <= most) {
        *number = (int)value;
        return true;
    }
    call_refuse_field(c, HALL_E_BAD_VALUE, name, text);
    return false;
}

static bool take_period(struct call *c, struct query *q)
{
    q->now = call_now(c);
    q->to = q->now;
    if (!take_when(c, "to", &q->to))
        return false;
    if (q->to > q->now && q->to <= q->now + CLOCKS_DIFFER_MS)
        q->to = q->now;
    q->from = q->to - DAY_MS;
    return take_when(c, "from", &q->from);
}

static bool take_query(struct call *c, const char *name, struct query *q)
{
    struct refusal r;
    *q = (struct query){.english = c->english};
    if (!take_period(c, q) || !take_number(c, "step", 1, 86400, &q->step_s) ||
        !call_query(c, "label", q->label, sizeof q->label))
        return false;
    int code = query_check(q, name, &r);
    if (code != 0)
        call_refuse_with(c, &r);
    return code == 0;
}

static bool has_metrics(struct call *c)
{
    if (!c->net->o.metrics)
        call_refuse(c, HALL_E_NOT_READY);
    return c->net->o.metrics != NULL;
}

/* ---- numbers */

static void answer_with(struct call *c, const struct refusal *r, const struct buf *text, const char *type)
{
    if (r->code != 0)
        call_refuse_with(c, r);
    else
        call_reply_text(c, 200, type, text->data, text->len);
}

static void on_json(void *arg, const struct refusal *r, const struct buf *text)
{
    answer_with(arg, r, text, "application/json");
}

static void on_csv(void *arg, const struct refusal *r, const struct buf *text)
{
    answer_with(arg, r, text, "text/csv; charset=utf-8");
}

static void on_prometheus(void *arg, const struct refusal *r, const struct buf *text)
{
    answer_with(arg, r, text, "text/plain; version=0.0.4; charset=utf-8");
}

static bool take_form(struct call *c, struct query *q)
{
    bool wants_csv;
    if (!call_wants_csv(c, &wants_csv))
        return false;
    q->form = wants_csv ? QUERY_CSV : QUERY_JSON;
    return true;
}

void api_series(struct call *c)
{
    struct query q;
    if (has_metrics(c) && take_query(c, call_param(c, "name"), &q) && take_form(c, &q))
        metrics_ask(c->net->o.metrics, &q, q.form == QUERY_CSV ? on_csv : on_json, c);
}

/* The labels of the scope flow: those that are installed, by their newest definitions. */
static void write_flows(struct buf *json, const struct flow *f)
{
    buf_add_text(json, ",\"flows\":[");
    for (size_t i = 0, n = 0; i < flow_definition_count(f); i++) {
        const Halld__Flow *flow = flow_definition_at(f, i)->flow;
        if (flow_definition_at(f, i) != flow_definition(f, flow->name))
            continue;
        Halld__ReportWord word = HALLD__REPORT_WORD__INIT;
        word.value = flow->name;
        word.zh = flow->zh;
        word.en = flow->en;
        if (n++)
            buf_add_char(json, ',');
        pbjson_write(&word.base, json);
    }
    buf_add_text(json, "]}");
}

void api_series_list(struct call *c)
{
    struct buf json = BUF_INIT;
    catalogue_write_json(&json, c->english);
    json.len--; /* its closing brace */
    write_flows(&json, hall_flow(call_hall(c)));
    call_reply_text(c, 200, "application/json", json.data, json.len);
    buf_fini(&json);
}

void api_metrics(struct call *c)
{
    if (has_metrics(c))
        metrics_prometheus(c->net->o.metrics, on_prometheus, c);
}

/* ---- images */

static void on_image(void *arg, const struct refusal *r, const struct buf *image)
{
    struct call *c = arg;
    answer_with(c, r, image, c->note && strcmp(c->note, "svg") == 0 ? "image/svg+xml" : "image/png");
}

static void on_graph_data(void *arg, const struct refusal *r, const struct buf *text)
{
    struct call *c = arg;
    struct graph_size size = {WIDTH, HEIGHT};
    if (r->code != 0) {
        call_refuse_with(c, r);
        return;
    }
    if (take_number(c, "width", IMAGE_NARROW, IMAGE_WIDE, &size.width) &&
        take_number(c, "height", IMAGE_NARROW / 2, IMAGE_WIDE, &size.height))
        metrics_draw(c->net->o.metrics, text, c->note, size, on_image, c);
}

void api_graph(struct call *c)
{
    char name[PATH_PARAM_SIZE];
    struct query q;
    snprintf(name, sizeof name, "%s", call_param(c, "file"));
    char *dot = strrchr(name, '.');
    if (!dot || (strcmp(dot, ".png") != 0 && strcmp(dot, ".svg") != 0)) {
        call_refuse_field(c, HALL_E_NOT_FOUND, "file", name);
        return;
    }
    *dot = '\0';
    if (!has_metrics(c) || !take_query(c, name, &q))
        return;
    q.form = QUERY_GRAPH;
    c->note = alloc_text(dot + 1);
    metrics_ask(c->net->o.metrics, &q, on_graph_data, c);
}

/* ---- making them anew */

static void on_rebuilt(void *arg, const struct refusal *r, const struct buf *text)
{
    struct call *c = arg;
    Halld__Empty empty = HALLD__EMPTY__INIT;
    (void)text;
    if (r->code != 0)
        call_refuse_with(c, r);
    else
        call_reply(c, 200, message_clone(&empty.base));
}

void api_rebuild_rrd(struct call *c)
{
    if (has_metrics(c))
        metrics_rebuild(c->net->o.metrics, on_rebuilt, c);
}
