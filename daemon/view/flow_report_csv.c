/* The figures of flows as CSV: one line a number, so that a table of any shape can be made of them. Headed in both
 * languages, with the mark that spreadsheets want before Chinese texts. */
#include <string.h>

#include "base/moment.h"
#include "view/flow_report.h"

static void head(struct buf *out, const char *columns)
{
    buf_add_text(out, "\xEF\xBB\xBF");
    buf_add_text(out, columns);
    buf_add_text(out, "\r\n");
}

static void cells(struct buf *out, size_t n, const char *const *texts)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_char(out, ',');
        buf_add_csv(out, texts[i]);
    }
}

/* ---- all flows */

void flow_totals_csv(const Halld__FlowTotalsList *v, struct buf *out)
{
    head(out, "流程 flow,名称 zh,en,新立 opened,办结 ended,在办 open,黄牌 yellow,红牌 red,按时 met,超时 late,"
              "正在超时 overdue,超时千分比 late_permille");
    for (size_t i = 0; i < v->n_flows; i++) {
        const Halld__FlowTotals *t = v->flows[i];
        cells(out, 3, (const char *const[]){t->flow, t->zh, t->en});
        buf_add_format(out, ",%d,%d,%d,%d,%d,%d,%d,%d,", t->opened, t->ended, t->open, t->yellow, t->red, t->met,
                       t->late, t->overdue);
        if (t->has_late_case)
            buf_add_format(out, "%d", t->late_permille);
        buf_add_text(out, "\r\n");
    }
}

/* ---- one flow */

/* Where a number stands: the group, and within it the part. */
struct place {
    struct buf *out;
    const Halld__FlowFigures *group;
    const char *part, *zh, *en;
};

static void number(const struct place *p, const char *figure, int64_t n)
{
    cells(p->out, 7,
          (const char *const[]){p->group->group, p->group->zh, p->group->en, p->part ? p->part : "", p->zh ? p->zh : "",
                                p->en ? p->en : "", figure});
    buf_add_format(p->out, ",%lld\r\n", (long long)n);
}

static void spread(const struct place *p, const Halld__SpreadView *s)
{
    if (!s)
        return;
    number(p, "次数 n", s->n);
    number(p, "平均秒 mean_s", s->mean_s);
    number(p, "中位秒 median_s", s->median_s);
    number(p, "九成不超过秒 p90_s", s->p90_s);
    number(p, "最长秒 max_s", s->max_s);
    number(p, "中位工作日 median_days", s->median_days);
    number(p, "九成不超过工作日 p90_days", s->p90_days);
    number(p, "最长工作日 max_days", s->max_days);
}

static void states(struct place p)
{
    for (size_t i = 0; i < p.group->n_states; i++) {
        const Halld__StateFigure *s = p.group->states[i];
        p.part = s->state;
        p.zh = s->zh;
        p.en = s->en;
        if (s->end)
            number(&p, "办结 ended", s->ended);
        else
            number(&p, "在办 open", s->open);
        if (!s->end) {
            number(&p, "黄牌 yellow", s->yellow);
            number(&p, "红牌 red", s->red);
        }
        spread(&p, s->stays);
    }
}

static void transitions(struct place p)
{
    for (size_t i = 0; i < p.group->n_transitions; i++) {
        const Halld__TransitionFigure *t = p.group->transitions[i];
        p.part = t->transition;
        p.zh = t->zh;
        p.en = t->en;
        number(&p, "办理次数 taken", t->taken);
        number(&p, "涉及件数 matters", t->matters);
        number(&p, "两次以上件数 twice", t->twice);
    }
}

static void clocks(struct place p)
{
    for (size_t i = 0; i < p.group->n_clocks; i++) {
        const Halld__ClockFigure *c = p.group->clocks[i];
        p.part = c->clock;
        p.zh = c->zh;
        p.en = c->en;
        number(&p, "按时 met", c->met);
        number(&p, "超时 late", c->late);
        number(&p, "不再计时 dropped", c->dropped);
        number(&p, "正在超时 overdue", c->overdue);
        if (c->has_on_time_case)
            number(&p, "按时千分比 on_time_permille", c->on_time_permille);
        spread(&p, c->ran);
    }
}

static void money(struct place p)
{
    for (size_t i = 0; i < p.group->n_money; i++) {
        const Halld__MoneyFigure *m = p.group->money[i];
        char figure[40] = "金额分 fen ";
        strncat(figure, m->month, 8);
        p.part = m->field;
        p.zh = m->zh;
        p.en = m->en;
        number(&p, figure, m->fen);
    }
}

static void group(struct buf *out, const Halld__FlowFigures *g)
{
    struct place p = {.out = out, .group = g};
    number(&p, "新立 opened", g->opened);
    number(&p, "新立未结 still_open", g->still_open);
    number(&p, "办结 ended", g->ended);
    number(&p, "在办 open", g->open);
    number(&p, "黄牌 yellow", g->yellow);
    number(&p, "红牌 red", g->red);
    states(p);
    transitions(p);
    clocks(p);
    money(p);
}

void flow_report_csv(const Halld__FlowReport *v, struct buf *out)
{
    head(out, "分组 group,分组名称 group_zh,group_en,项目 part,项目名称 part_zh,part_en,指标 figure,数值 value");
    if (!*v->by)
        group(out, v->all);
    for (size_t i = 0; i < v->n_groups; i++)
        group(out, v->groups[i]);
}

/* ---- matters */

static void moment(struct buf *out, int64_t at)
{
    char text[MOMENT_TEXT] = "";
    if (at)
        moment_to_text(at, text);
    buf_add_text(out, text);
}

void flow_matters_csv(const Halld__FlowMatters *v, struct buf *out)
{
    head(out,
         "编号 matter,事件 seq,状态 state,状态名称 state_zh,state_en,部门 department,事项 item,窗口 window,层级 level,"
         "新立时间 opened_at,办结时间 ended_at");
    for (size_t i = 0; i < v->n_matters; i++) {
        const Halld__FlowMatter *m = v->matters[i];
        buf_add_format(out, "%llu,%llu,", (unsigned long long)m->matter, (unsigned long long)m->seq);
        cells(out, 5, (const char *const[]){m->state, m->state_zh, m->state_en, m->department, m->item});
        if (m->window)
            buf_add_format(out, ",%d", m->window);
        else
            buf_add_char(out, ',');
        buf_add_format(out, ",%d,", m->level);
        moment(out, m->opened_at);
        buf_add_char(out, ',');
        moment(out, m->ended_at);
        buf_add_text(out, "\r\n");
    }
}

/* ---- what work leaves behind */

static void pressure(struct buf *out, const Halld__PressureFigures *p)
{
    cells(out, 3, (const char *const[]){p->group, p->zh, p->en});
    buf_add_format(out, ",%d,%d,", p->services, p->escalations);
    if (p->has_rate_case)
        buf_add_format(out, "%d", p->escalations_per_10000);
    buf_add_format(out, ",%d,%d,", p->denials, p->overturned);
    if (p->has_share_case)
        buf_add_format(out, "%d", p->overturned_permille);
    buf_add_format(out, ",%d,%d\r\n", p->notices, p->second_notices);
}

void pressure_report_csv(const Halld__PressureReport *v, struct buf *out)
{
    head(out,
         "分组 group,分组名称 group_zh,group_en,办理件数 services,办不成事 escalations,"
         "每万件办不成事 escalations_per_10000,否定报备 denials,不予批准 overturned,不予批准千分比 overturned_permille,"
         "一次性告知 notices,再次告知 second_notices");
    if (!*v->by)
        pressure(out, v->all);
    for (size_t i = 0; i < v->n_groups; i++)
        pressure(out, v->groups[i]);
}
