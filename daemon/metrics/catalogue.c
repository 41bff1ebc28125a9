#include "metrics/catalogue.h"

#include <string.h>

#include "store/pressure.h"

#define H (1u << SCOPE_HALL)
#define Q (1u << SCOPE_QUEUE)
#define W (1u << SCOPE_WINDOW)
#define G (1u << SCOPE_GROUP)
#define C (1u << SCOPE_CLASS)
#define F (1u << SCOPE_FLOW)
#define D (1u << SCOPE_DAEMON)
#define EVENT(name) HALLD__EVENT__BODY_##name

/* ---- how rows count */

static int64_t one(const struct fact *f, const struct metric *m)
{
    (void)f;
    (void)m;
    return 1;
}

static int64_t by_appointment(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->ticket_issued->origin == HALLD__ORIGIN__E__appointment;
}

/* A walk-in that counts as issued earlier than it was: its class has a head start. */
static int64_t granted(const struct fact *f, const struct metric *m)
{
    (void)m;
    const Halld__TicketIssued *t = f->event->ticket_issued;
    return t->origin == HALLD__ORIGIN__E__walk_in && t->key && t->key->e < t->key->t0;
}

static int64_t by_hand(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->ticket_called->rule == HALLD__RULE__E__manual;
}

static int64_t overtook(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->ticket_called->overtook;
}

static int64_t with_outcome(const struct fact *f, Halld__Outcome__E outcome)
{
    return f->event->ticket_finished->outcome == outcome;
}

#define OUTCOME(name)                                                 \
    static int64_t name(const struct fact *f, const struct metric *m) \
    {                                                                 \
        (void)m;                                                      \
        return with_outcome(f, HALLD__OUTCOME__E__##name);            \
    }
OUTCOME(handled)
OUTCOME(accepted)
OUTCOME(supplement)
OUTCOME(denied)
OUTCOME(advice)
OUTCOME(escalated)

static int64_t wait_ended(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->wait_ms >= 0;
}

static int64_t wait(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->wait_ms > 0 ? f->wait_ms : 0;
}

static int64_t service(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->service_ms > 0 ? f->service_ms : 0;
}

static int64_t stretch(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->stretch_ms > 0 ? f->stretch_ms : 0;
}

static bool lies_in(int64_t ms, const struct metric *m)
{
    bool above = m->from_s == 0 ? ms >= 0 : ms > m->from_s * INT64_C(1000);
    return above && (m->to_s == 0 || ms <= m->to_s * INT64_C(1000));
}

static int64_t wait_lies_in(const struct fact *f, const struct metric *m)
{
    return lies_in(f->wait_ms, m);
}

static int64_t service_lies_in(const struct fact *f, const struct metric *m)
{
    return lies_in(f->service_ms, m);
}

static int64_t graded(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded;
}

static int64_t graded_wait(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded ? f->actual_ms : 0;
}

static int64_t told_too_much(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded && f->told_ms > f->actual_ms ? f->told_ms - f->actual_ms : 0;
}

static int64_t told_too_little(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded && f->told_ms < f->actual_ms ? f->actual_ms - f->told_ms : 0;
}

static int64_t within_p50(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded && f->actual_ms <= f->told_ms;
}

static int64_t within_p90(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->graded && f->actual_ms <= f->told_most_ms;
}

/* ---- matters */

static int64_t opened(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->matter_moved->opened;
}

static int64_t ended(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->matter_ended;
}

/* The first three of a clock's moments are its yellow card, its end and its red card. */
static int64_t card_yellow(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->mark_given->watch == 0;
}

static int64_t card_red(const struct fact *f, const struct metric *m)
{
    (void)m;
    return f->event->mark_given->watch == 2;
}

static int64_t stopped_met(const struct fact *f, const struct metric *m)
{
    (void)m;
    return strcmp(f->event->clock_stopped->how, "met") == 0;
}

static int64_t stopped_late(const struct fact *f, const struct metric *m)
{
    (void)m;
    return strcmp(f->event->clock_stopped->how, "late") == 0;
}

static bool is_move_of(const struct fact *f, const char *flow)
{
    return strcmp(f->event->matter_moved->head->flow, flow) == 0;
}

static int64_t not_done(const struct fact *f, const struct metric *m)
{
    (void)m;
    return is_move_of(f, PRESSURE_ESCALATION) && strcmp(f->event->matter_moved->transition, PRESSURE_REGISTERED) == 0;
}

static int64_t overturned(const struct fact *f, const struct metric *m)
{
    (void)m;
    return is_move_of(f, PRESSURE_DENIAL) && strcmp(f->event->matter_moved->to, PRESSURE_OVERTURNED) == 0;
}

static int64_t told_again(const struct fact *f, const struct metric *m)
{
    (void)m;
    return is_move_of(f, PRESSURE_NOTICE) && strcmp(f->event->matter_moved->transition, PRESSURE_TOLD_AGAIN) == 0;
}

/* ---- the table */

#define LEVEL(id, scopes, unit, zh, en) [METRIC_##id] = {#id, METRIC_LEVEL, scopes, 0, NULL, unit, 0, 0, zh, en}
#define COUNT(id, scopes, event, how, unit, zh, en)                      \
    {                                                                    \
#id, METRIC_COUNT, scopes, EVENT(event), how, unit, 0, 0, zh, en \
    }
#define SUM(id, scopes, event, how, zh, en)                            \
    {                                                                  \
#id, METRIC_SUM, scopes, EVENT(event), how, "ms", 0, 0, zh, en \
    }
#define FINISHED(outcome, zh, en) COUNT(finished_##outcome, H | Q, TICKET_FINISHED, outcome, "tickets", zh, en)
#define WAIT(id, from, to, zh, en)                                                                           \
    {                                                                                                        \
        "wait_" #id, METRIC_BUCKET, H | Q | G, EVENT(SERVICE_STARTED), wait_lies_in, "tickets", 60 * (from), \
            60 * (to), zh, en                                                                                \
    }
#define SERVICE(id, from, to, zh, en)                                                                              \
    {                                                                                                              \
        "service_" #id, METRIC_BUCKET, H | Q | G, EVENT(TICKET_FINISHED), service_lies_in, "tickets", 60 * (from), \
            60 * (to), zh, en                                                                                      \
    }

/* clang-format off */
static const struct metric METRICS[] = {
    LEVEL(waiting,      H | Q | G, "people",  "等候人数", "People waiting"),
    LEVEL(window_open,  H | W,     "windows", "开着的窗口", "Windows open (anything but closed)"),
    LEVEL(window_ready, H | W,     "windows", "空闲待叫的窗口", "Windows ready for the next"),
    LEVEL(window_busy,  H | W,     "windows", "正在接待的窗口", "Windows with somebody called or being served"),
    LEVEL(window_break, H | W,     "windows", "暂停的窗口", "Windows on a break"),
    LEVEL(matters_open, H | F,     "matters", "在办事项数", "Matters open"),

    COUNT(issued,         H | Q | G | C, TICKET_ISSUED, one, "tickets", "取号数", "Tickets issued"),
    COUNT(appointments,   H | Q,         TICKET_ISSUED, by_appointment, "tickets", "预约取号数", "Tickets of appointments kept"),
    COUNT(priority_grants, H | C,        TICKET_ISSUED, granted, "tickets", "优先号数", "Tickets with a head start"),
    COUNT(class_changes,  H | C,         CLASS_CHANGED, one, "tickets", "人群类别更正数", "Classes corrected (by the new class)"),
    COUNT(called,         H | Q | W | C, TICKET_CALLED, one, "calls", "叫号数", "Calls"),
    COUNT(manual_calls,   H | Q,         TICKET_CALLED, by_hand, "calls", "指定叫号数", "Calls of a named ticket"),
    COUNT(overtakes,      H | C,         TICKET_CALLED, overtook, "tickets", "被越过的号数",
          "Waiting tickets issued earlier that a call went past (by the class called)"),
    COUNT(repeated,       H | Q,         CALL_REPEATED, one, "calls", "重呼数", "Calls repeated"),
    COUNT(missed,         H | Q | W,     TICKET_MISSED, one, "tickets", "过号数", "Calls that nobody came to"),
    COUNT(reported_back,  H | Q,         REPORTED_BACK, one, "tickets", "过号报到数", "Missed people who reported back"),
    COUNT(held,           H | Q,         TICKET_HELD, one, "tickets", "挂起数", "Tickets put on hold"),
    COUNT(transferred,    H | Q,         TICKET_TRANSFERRED, one, "tickets", "转办数", "Tickets transferred (by the queue they left)"),
    COUNT(cancelled,      H | Q,         TICKET_CANCELLED, one, "tickets", "取消数", "Tickets cancelled"),
    COUNT(expired,        H | Q,         TICKET_EXPIRED, one, "tickets", "作废数", "Tickets that ran out"),
    COUNT(finished,       H | Q | W | G, TICKET_FINISHED, one, "tickets", "办结数", "Tickets finished"),
    FINISHED(handled,    "办理完成数", "Finished: handled"),
    FINISHED(accepted,   "受理数", "Finished: accepted as a case"),
    FINISHED(supplement, "补正数", "Finished: something is missing"),
    FINISHED(denied,     "不予受理数", "Finished: denied"),
    FINISHED(advice,     "咨询数", "Finished: advice"),
    FINISHED(escalated,  "转办不成事窗口数", "Finished: escalated"),

    COUNT(waits,  H | Q | W | G | C, SERVICE_STARTED, wait_ended, "tickets", "等候结束数", "Waits that ended in service"),
    SUM(wait_ms,  H | Q | W | G | C, SERVICE_STARTED, wait, "等候时间之和", "Sum of these waits"),
    WAIT(0_1,   0,  1,  "等候 1 分钟以内", "Waits to 1 min"),
    WAIT(1_3,   1,  3,  "等候 1–3 分钟", "Waits over 1 to 3 min"),
    WAIT(3_5,   3,  5,  "等候 3–5 分钟", "Waits over 3 to 5 min"),
    WAIT(5_10,  5,  10, "等候 5–10 分钟", "Waits over 5 to 10 min"),
    WAIT(10_20, 10, 20, "等候 10–20 分钟", "Waits over 10 to 20 min"),
    WAIT(20_30, 20, 30, "等候 20–30 分钟", "Waits over 20 to 30 min"),
    WAIT(30_60, 30, 60, "等候 30–60 分钟", "Waits over 30 to 60 min"),
    WAIT(60_up, 60, 0,  "等候 60 分钟以上", "Waits over 60 min"),
    SUM(service_ms, H | Q | W | G, TICKET_FINISHED, service, "办理时间之和",
        "Sum of the service times of finished tickets: all legs, without time on hold"),
    SERVICE(0_2,   0,  2,  "办理 2 分钟以内", "Services to 2 min"),
    SERVICE(2_5,   2,  5,  "办理 2–5 分钟", "Services over 2 to 5 min"),
    SERVICE(5_8,   5,  8,  "办理 5–8 分钟", "Services over 5 to 8 min"),
    SERVICE(8_12,  8,  12, "办理 8–12 分钟", "Services over 8 to 12 min"),
    SERVICE(12_20, 12, 20, "办理 12–20 分钟", "Services over 12 to 20 min"),
    SERVICE(20_30, 20, 30, "办理 20–30 分钟", "Services over 20 to 30 min"),
    SERVICE(30_60, 30, 60, "办理 30–60 分钟", "Services over 30 to 60 min"),
    SERVICE(60_up, 60, 0,  "办理 60 分钟以上", "Services over 60 min"),
    {"served_ms", METRIC_SUM, W, 0, stretch, "ms", 0, 0, "窗口办理时间",
     "Time in service at the window, counted when a stretch of it ends"},

    COUNT(predicted,        H | Q | C, SERVICE_STARTED, graded, "tickets", "有预测的等候数",
          "Waits that had been predicted at issue (and not to be none)"),
    SUM(predicted_ms,       H | Q | C, SERVICE_STARTED, graded_wait, "有预测的等候时间之和", "Sum of these waits"),
    SUM(predicted_over_ms,  H | Q | C, SERVICE_STARTED, told_too_much, "预测偏长之和",
        "By how much P50 was over the wait, summed; bias = (over - under) / predicted"),
    SUM(predicted_short_ms, H | Q | C, SERVICE_STARTED, told_too_little, "预测偏短之和",
        "By how much it was under it, summed; mean absolute error = (over + under) / predicted"),
    COUNT(predicted_in_p50, H | Q | C, SERVICE_STARTED, within_p50, "tickets", "不超过 P50 的等候数",
          "Predicted waits of at most P50: half of them should be"),
    COUNT(predicted_in_p90, H | Q | C, SERVICE_STARTED, within_p90, "tickets", "不超过 P90 的等候数",
          "Predicted waits of at most P90: nine in ten should be"),

    COUNT(matters_opened, H | F, MATTER_MOVED, opened, "matters", "新立事项数", "Matters opened"),
    {"matters_ended", METRIC_COUNT, H | F, 0, ended, "matters", 0, 0, "办结事项数", "Matters that came to an end"},
    COUNT(matters_yellow, H | F, MARK_GIVEN, card_yellow, "cards", "黄牌数", "Yellow cards given: a deadline is near"),
    COUNT(matters_red,    H | F, MARK_GIVEN, card_red, "cards", "红牌数", "Red cards given: a deadline is past"),
    COUNT(clocks_met,     H | F, CLOCK_STOPPED, stopped_met, "clocks", "按时的时限数", "Clocks that stopped in time"),
    COUNT(clocks_late,    H | F, CLOCK_STOPPED, stopped_late, "clocks", "超时的时限数", "Clocks that stopped late"),
    COUNT(escalations,    H | W, MATTER_MOVED, not_done, "matters", "办不成事数", "What could not be done (by the window where it was said)"),
    COUNT(overturned,     H | W, MATTER_MOVED, overturned, "matters", "不予批准的否定报备数", "Denials not upheld"),
    COUNT(second_notices, H | W, MATTER_MOVED, told_again, "matters", "再次告知数", "Supplement notices told again"),

    {"memory_bytes", METRIC_READING, D, 0, NULL, "bytes", 0, 0, "内存", "Memory of the daemon"},
    {"connections",  METRIC_READING, D, 0, NULL, "connections", 0, 0, "连接数", "HTTP connections"},
    {"streams",      METRIC_READING, D, 0, NULL, "streams", 0, 0, "事件流数", "Event streams of browsers"},
    {"commits",      METRIC_COUNT,   D, 0, NULL, "commits", 0, 0, "提交次数", "Transactions of the journal"},
    {"events",       METRIC_COUNT,   D, 0, NULL, "events", 0, 0, "事件数", "Events in them"},
    {"commit_us",    METRIC_SUM,     D, 0, NULL, "us", 0, 0, "提交耗时之和", "Time these took, with their fsync"},
};
/* clang-format on */

_Static_assert(sizeof METRICS / sizeof METRICS[0] <= METRIC_MOST, "METRIC_MOST");

static const char *const SCOPES[SCOPE_COUNT] = {"hall", "queue", "window", "group", "class", "flow", "daemon"};

size_t catalogue_count(void)
{
    return sizeof METRICS / sizeof METRICS[0];
}

const struct metric *catalogue_at(size_t i)
{
    return &METRICS[i];
}

int catalogue_find(const char *name)
{
    for (size_t i = 0; i < catalogue_count(); i++)
        if (strcmp(METRICS[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool catalogue_has(size_t metric, enum metric_scope scope)
{
    return METRICS[metric].scopes & (1u << scope);
}

size_t catalogue_scope_count(enum metric_scope scope)
{
    size_t n = 0;
    for (size_t i = 0; i < catalogue_count(); i++)
        n += catalogue_has(i, scope);
    return n;
}

size_t catalogue_scope_at(enum metric_scope scope, size_t i)
{
    size_t metric = 0;
    while (!catalogue_has(metric, scope) || i-- > 0)
        metric++;
    return metric;
}

int catalogue_scope_find(enum metric_scope scope, size_t metric)
{
    int place = 0;
    if (!catalogue_has(metric, scope))
        return -1;
    for (size_t i = 0; i < metric; i++)
        place += catalogue_has(i, scope);
    return place;
}

const char *catalogue_scope_name(enum metric_scope scope)
{
    return SCOPES[scope];
}

int catalogue_scope_from(const char *name, size_t len)
{
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (strlen(SCOPES[i]) == len && memcmp(SCOPES[i], name, len) == 0)
            return i;
    return -1;
}

/* FNV-1a over what shapes a file and over how it counts. */
static uint64_t mix(uint64_t h, const void *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3u;
    return h;
}

uint64_t catalogue_fingerprint(void)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct metric *m = &METRICS[i];
        const int shape[] = {m->kind, (int)m->scopes, m->event, m->from_s, m->to_s};
        h = mix(h, m->name, strlen(m->name) + 1);
        h = mix(h, shape, sizeof shape);
    }
    return h;
}

const char *catalogue_kind_name(const struct metric *m)
{
    static const char *const KINDS[] = {"count", "sum", "bucket", "level", "reading"};
    return KINDS[m->kind];
}

/* ---- the documentation's table */

static void write_scopes(struct buf *out, const struct metric *m)
{
    bool first = true;
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (!(m->scopes & (1u << i)))
            continue;
        buf_add_format(out, "%s%s", first ? "" : ", ", SCOPES[i]);
        first = false;
    }
}

static const char *event_name(const struct metric *m)
{
    const ProtobufCFieldDescriptor *f =
        m->event ? protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)m->event) : NULL;
    return f ? f->name : "";
}

void catalogue_write(struct buf *out)
{
    buf_add_text(out, "| name | 中文 | what it is | kind | unit | of | event |\n|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct metric *m = &METRICS[i];
        const char *event = event_name(m);
        buf_add_format(out, "| `%s` | %s | %s | %s | %s | ", m->name, m->zh, m->en, catalogue_kind_name(m), m->unit);
        write_scopes(out, m);
        buf_add_format(out, event[0] ? " | `%s` |\n" : " |%s |\n", event);
    }
}

/* Our own texts: nothing in them needs care. */
void catalogue_write_json(struct buf *out, bool english)
{
    buf_add_text(out, "{\"metrics\":[");
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct metric *m = &METRICS[i];
        buf_add_format(out, "%s{\"name\":\"%s\",\"title\":\"%s\",\"kind\":\"%s\",\"unit\":\"%s\",\"of\":[",
                       i ? "," : "", m->name, english ? m->en : m->zh, catalogue_kind_name(m), m->unit);
        for (int scope = 0, first = 1; scope < SCOPE_COUNT; scope++) {
            if (!catalogue_has(i, (enum metric_scope)scope))
                continue;
            buf_add_format(out, first ? "\"%s\"" : ",\"%s\"", SCOPES[scope]);
            first = 0;
        }
        buf_add_text(out, m->kind == METRIC_BUCKET ? "]," : "]}");
        if (m->kind == METRIC_BUCKET)
            buf_add_format(out, "\"from_s\":%d,\"to_s\":%d}", m->from_s, m->to_s);
    }
    buf_add_text(out, "]}");
}
