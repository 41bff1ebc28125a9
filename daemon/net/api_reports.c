/* Reports that are read from the journal on the study's thread: was the order just, were the predictions any good. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "forecast/learn.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "view/build.h"
#include "view/fairness.h"

enum { DAYS_MOST = 31 }; /* what the grades remember */

/* A date of the query; absent or "today": the business day. false: answered. */
static bool take_date(struct call *c, const char *name, int32_t *ret)
{
    char text[16];
    if (!call_query(c, name, text, sizeof text))
        return false;
    *ret = queue_day(hall_queue(call_hall(c)))->date;
    if (!text[0] || strcmp(text, "today") == 0 || date_from_text(text, ret))
        return true;
    call_refuse_field(c, HALL_E_BAD_VALUE, name, text);
    return false;
}

static void ask(struct call *c, const struct study_work *work)
{
    if (!study_ask(c->net->study, hall_seq(call_hall(c)), work))
        work->done(work->arg, HALL_E_TOO_MANY);
}

/* ---- the order of a day */

struct fairness_look {
    struct call *call;
    int32_t day;
    Halld__FairnessReport *report;
};

static int read_fairness(void *arg, const struct reader *r)
{
    struct fairness_look *l = arg;
    return fairness_report_read(r, l->day, &l->report);
}

static void fairness_done(void *arg, int code)
{
    struct fairness_look *l = arg;
    if (code == 0)
        call_reply(l->call, 200, &l->report->base);
    else
        call_refuse(l->call, code);
    free(l);
}

void api_report_fairness(struct call *c)
{
    int32_t day;
    if (!take_date(c, "date", &day))
        return;
    struct fairness_look *l = alloc_zero(sizeof *l);
    *l = (struct fairness_look){c, day, NULL};
    ask(c, &(struct study_work){read_fairness, fairness_done, l});
}

/* ---- the predictions of some days */

struct forecast_look {
    struct call *call;
    int32_t from, to;
    bool csv;
    struct learn *learn; /* while reading */
    Halld__ForecastReport *report;
};

static int learn_one(void *arg, const Halld__Event *e)
{
    struct forecast_look *l = arg;
    if (e->day > l->to)
        return 1;
    learn_event(l->learn, e);
    return 0;
}

static int32_t permille(uint32_t part, uint32_t of)
{
    return (int32_t)lround(1000.0 * part / of);
}

static Halld__ForecastGrade *grade_view_new(const struct grade_row *r)
{
    Halld__ForecastGrade *v = MESSAGE_NEW(Halld__ForecastGrade, &halld__forecast_grade__descriptor);
    char date[11] = "";
    if (r->day)
        date_to_text(r->day, date);
    build_set(&v->date, date);
    build_set(&v->queue, r->queue);
    build_set(&v->class_, r->class_name);
    v->waits = (int32_t)r->n;
    v->free = (int32_t)r->free;
    if (!r->n)
        return v;
    v->has_mean_case = HALLD__FORECAST_GRADE__HAS_MEAN_MEAN_WAIT_S;
    v->mean_wait_s = (int32_t)lround(r->wait / r->n);
    v->has_mae_case = HALLD__FORECAST_GRADE__HAS_MAE_MAE_S;
    v->mae_s = (int32_t)lround(r->error / r->n);
    v->has_bias_case = HALLD__FORECAST_GRADE__HAS_BIAS_BIAS_S;
    v->bias_s = (int32_t)lround(r->over / r->n);
    v->has_p50_case = HALLD__FORECAST_GRADE__HAS_P50_UNDER_P50_PERMILLE;
    v->under_p50_permille = permille(r->under_p50, r->n);
    v->has_p90_case = HALLD__FORECAST_GRADE__HAS_P90_UNDER_P90_PERMILLE;
    v->under_p90_permille = permille(r->under_p90, r->n);
    return v;
}

static void add_to_all(struct grade_row *all, const struct grade_row *r)
{
    all->n += r->n;
    all->free += r->free;
    all->wait += r->wait;
    all->error += r->error;
    all->over += r->over;
    all->under_p50 += r->under_p50;
    all->under_p90 += r->under_p90;
}

static Halld__ForecastReport *forecast_report_new(const struct forecast_look *l, uint64_t as_of)
{
    Halld__ForecastReport *v = MESSAGE_NEW(Halld__ForecastReport, &halld__forecast_report__descriptor);
    const struct grade_row *rows;
    struct grade_row all = {.queue = "", .class_name = ""};
    char date[11];
    size_t n = grade_rows(l->learn->grade, &rows);
    v->as_of_seq = as_of;
    date_to_text(l->from, date);
    build_set(&v->from, date);
    date_to_text(l->to, date);
    build_set(&v->to, date);
    v->rows = build_array(n, sizeof *v->rows);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].day < l->from) /* before the first day opened */
            continue;
        add_to_all(&all, &rows[i]);
        v->rows[v->n_rows++] = grade_view_new(&rows[i]);
    }
    v->all = grade_view_new(&all);
    return v;
}

static int read_forecast(void *arg, const struct reader *r)
{
    struct forecast_look *l = arg;
    uint64_t first = reader_find_day(r, l->from);
    if (!first)
        return HALL_E_STORE_FAILED;
    l->learn = learn_new();
    int code = first <= r->last ? r->read(r->arg, first, r->last, learn_one, l) : 0;
    if (code >= 0)
        l->report = forecast_report_new(l, r->last);
    learn_free(l->learn);
    return code < 0 ? code : 0;
}

static void write_grade(struct buf *out, const Halld__ForecastGrade *g)
{
    buf_add_format(out, "%s,%s,%s,%d,%d,", g->date, g->queue, g->class_, g->waits, g->free);
    if (g->waits)
        buf_add_format(out, "%d,%d,%d,%d,%d\n", g->mean_wait_s, g->mae_s, g->bias_s, g->under_p50_permille,
                       g->under_p90_permille);
    else
        buf_add_text(out, ",,,,\n");
}

static void reply_csv(struct call *c, const Halld__ForecastReport *v)
{
    struct buf out = BUF_INIT;
    buf_add_text(&out, "date,queue,class,waits,free,mean_wait_s,mae_s,bias_s,under_p50_permille,under_p90_permille\n");
    for (size_t i = 0; i < v->n_rows; i++)
        write_grade(&out, v->rows[i]);
    call_reply_text(c, 200, "text/csv; charset=utf-8", buf_text(&out), out.len);
    buf_fini(&out);
}

static void forecast_done(void *arg, int code)
{
    struct forecast_look *l = arg;
    if (code != 0)
        call_refuse(l->call, code);
    else if (l->csv)
        reply_csv(l->call, l->report);
    else
        call_reply(l->call, 200, &l->report->base);
    if (code == 0 && l->csv)
        halld__forecast_report__free_unpacked(l->report, NULL);
    free(l);
}

static bool take_days(struct call *c, int32_t *ret_from, int32_t *ret_to)
{
    char text[11];
    if (!take_date(c, "to", ret_to) || !take_date(c, "from", ret_from))
        return false;
    int32_t days = date_to_days(*ret_to) - date_to_days(*ret_from);
    if (days >= 0 && days < DAYS_MOST)
        return true;
    date_to_text(*ret_from, text);
    call_refuse_field(c, HALL_E_BAD_VALUE, "from", text);
    return false;
}

void api_report_forecast(struct call *c)
{
    struct forecast_look *l = alloc_zero(sizeof *l);
    l->call = c;
    if (call_wants_csv(c, &l->csv) && take_days(c, &l->from, &l->to))
        ask(c, &(struct study_work){read_forecast, forecast_done, l});
    else
        free(l);
}
