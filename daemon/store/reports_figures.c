/* What is counted from the rows of reports.db. Every figure is one row of a table, and the matters behind it come from
 * the same row, so that a number and its matters cannot differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "store/db.h"
#include "store/pressure.h"
#include "store/reports_inside.h"

/*
 * What a figure is made of: the rows it counts, joined to their matter `m`; the day by which they lie in a period
 * (NULL: as things stand); the row's name and how; its own columns; and how rows are put together.
 */
struct figure {
    const char *rows, *day, *name, *how, *columns, *ending, *seq;
};

/* The worst card of the clocks that run; that they have not stopped is said twice so that the index run_now serves. */
#define COLOUR                                                                           \
    "CASE (SELECT max(card) FROM run WHERE matter = m.id AND status < 2 AND status = 0)" \
    " WHEN 1 THEN 'yellow' WHEN 2 THEN 'red' ELSE 'none' END"
#define STATUS "CASE x.status WHEN 2 THEN 'met' WHEN 3 THEN 'late' WHEN 4 THEN 'dropped' ELSE 'running' END"
#define COUNTED "count(*), 0, 0, 0, 0, 0"
#define GROUPED " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"

static const struct figure FIGURES[REPORTS_FIGURES] = {
    [REPORTS_OPENED] = {"matter m", "m.opened_day", "CASE m.ended_day WHEN 0 THEN 'open' ELSE 'ended' END", "''",
                        COUNTED, GROUPED, "0"},
    [REPORTS_ENDED] = {"matter m", "m.ended_day", "m.state", "''", COUNTED, GROUPED, "0"},
    [REPORTS_OPEN] = {"matter m", NULL, "m.state", COLOUR, COUNTED, GROUPED, "0"},
    [REPORTS_TAKEN] = {"event x JOIN matter m ON m.id = x.matter AND x.kind = 1", "x.day", "x.name", "''", NULL, NULL,
                       "max(x.seq)"},
    [REPORTS_CLOCKS] = {"run x JOIN matter m ON m.id = x.matter AND x.status > 1", "x.stopped_day", "x.clock", STATUS,
                        "1, 0, 0, x.open_ms, x.days, 0", " ORDER BY 1, 2, x.open_ms", "max(x.stopped)"},
    [REPORTS_OVERDUE] = {"run x JOIN matter m ON m.id = x.matter AND x.status < 2 AND x.expired", NULL, "x.clock", "''",
                         COUNTED, GROUPED, "max(x.seq)"},
    [REPORTS_STAYS] = {"stay x JOIN matter m ON m.id = x.matter AND x.left_day > 0", "x.left_day", "x.state", "''",
                       "1, 0, 0, x.open_ms, x.days, 0", " ORDER BY 1, 2, x.open_ms", "max(x.seq)"},
    [REPORTS_MONEY] = {"value x JOIN matter m ON m.id = x.matter AND x.money = 1", "x.day", "x.field",
                       "CAST(x.day / 100 AS TEXT)", "count(*), 0, 0, 0, 0, sum(x.number)", GROUPED, "0"},
};

/* ---- statements put together */

enum { ARGS_MOST = 4 + 2 * REPORTS_ONLY + 4 };

struct question {
    struct buf sql;
    struct sql_arg args[ARGS_MOST];
    size_t n;
};

static void add(struct question *q, const char *text, struct sql_arg arg)
{
    buf_add_format(&q->sql, "%s?%zu", text, q->n + 1);
    q->args[q->n++] = arg;
}

/* The column of a field that every matter has; NULL: one of the definition. */
static const char *column_of(const char *field)
{
    static const struct {
        const char *field, *column;
    } COLUMNS[] = {{"department", "m.department"},
                   {"item", "m.item"},
                   {"window", "CASE m.win WHEN 0 THEN '' ELSE m.win END"},
                   {"level", "m.level"},
                   {"state", "m.state"}};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        if (strcmp(COLUMNS[i].field, field) == 0)
            return COLUMNS[i].column;
    return NULL;
}

static const char *month_of(const struct figure *f)
{
    return f->day ? f->day : "m.opened_day";
}

static void add_group(struct question *q, const struct figure *f, const char *by)
{
    const char *column = by ? column_of(by) : "''";
    if (by && strcmp(by, "month") == 0)
        buf_add_format(&q->sql, "CAST(%s / 100 AS TEXT)", month_of(f));
    else
        buf_add_format(&q->sql, "CAST(%s AS TEXT)", column ? column : "coalesce(g.text, '')");
}

static bool is_of_definition(const char *by)
{
    return by && !column_of(by) && strcmp(by, "month") != 0;
}

static void add_rows(struct question *q, const struct figure *f, const struct reports_filter *filter)
{
    buf_add_format(&q->sql, " FROM %s", f->rows);
    if (is_of_definition(filter->by))
        add(q, " LEFT JOIN value g ON g.matter = m.id AND g.field = ", SQL_TEXT(filter->by));
    add(q, " WHERE m.flow = ", SQL_TEXT(filter->flow));
    if (f->day) {
        buf_add_format(&q->sql, " AND %s", f->day);
        add(q, " BETWEEN ", SQL_INT(filter->from));
        add(q, " AND ", SQL_INT(filter->to));
    } else {
        buf_add_text(&q->sql, " AND m.ended_day = 0");
    }
}

static void add_only(struct question *q, const struct figure *f, const struct reports_only *only)
{
    const char *column = column_of(only->field);
    if (strcmp(only->field, "month") == 0) {
        buf_add_format(&q->sql, " AND CAST(%s / 100 AS TEXT)", month_of(f));
        add(q, " = ", SQL_TEXT(only->value));
    } else if (column) {
        buf_add_format(&q->sql, " AND CAST(%s AS TEXT)", column);
        add(q, " = ", SQL_TEXT(only->value));
    } else if (*only->value) {
        add(q, " AND EXISTS (SELECT 1 FROM value o WHERE o.matter = m.id AND o.field = ", SQL_TEXT(only->field));
        add(q, " AND o.text = ", SQL_TEXT(only->value));
        buf_add_text(&q->sql, ")");
    } else {
        add(q, " AND NOT EXISTS (SELECT 1 FROM value o WHERE o.matter = m.id AND o.field = ", SQL_TEXT(only->field));
        buf_add_text(&q->sql, ")");
    }
}

static void add_filter(struct question *q, const struct figure *f, const struct reports_filter *filter)
{
    add_rows(q, f, filter);
    for (size_t i = 0; i < filter->n_only; i++)
        add_only(q, f, &filter->only[i]);
}

/* How often a transition was taken, by matter first: a second time is what is looked for. */
static void ask_taken(struct question *q, const struct figure *f, const struct reports_filter *filter)
{
    buf_add_text(&q->sql, "SELECT g, name, '', sum(c), count(*), sum(c >= 2), 0, 0, 0 FROM (SELECT ");
    add_group(q, f, filter->by);
    buf_add_text(&q->sql, " AS g, x.name AS name, count(*) AS c");
    add_filter(q, f, filter);
    buf_add_text(&q->sql, " GROUP BY 1, 2, x.matter) GROUP BY 1, 2 ORDER BY 1, 2");
}

static void ask_figure(struct question *q, const struct figure *f, const struct reports_filter *filter)
{
    if (!f->columns) {
        ask_taken(q, f, filter);
        return;
    }
    buf_add_text(&q->sql, "SELECT ");
    add_group(q, f, filter->by);
    buf_add_format(&q->sql, ", %s, %s, %s", f->name, f->how, f->columns);
    add_filter(q, f, filter);
    buf_add_text(&q->sql, f->ending);
}

/* ---- running them */

static int read_failed(struct reports *r, struct question *q)
{
    log_error("reports", "%s: %s", buf_text(&q->sql), sqlite3_errmsg(reports_db(r)));
    return HALL_E_STORE_FAILED;
}

/* Ends the question. */
static int run_question(struct reports *r, struct question *q, void (*each)(void *arg, sqlite3_stmt *st), void *arg)
{
    sqlite3_stmt *st = NULL;
    int rc = SQLITE_ERROR, code = 0;
    if (db_prepare(reports_db(r), buf_text(&q->sql), &st) == 0) {
        sql_bind(st, q->args, q->n);
        while ((rc = sqlite3_step(st)) == SQLITE_ROW)
            each(arg, st);
    }
    if (rc != SQLITE_DONE)
        code = read_failed(r, q);
    sqlite3_finalize(st);
    buf_fini(&q->sql);
    return code;
}

static const char *text_at(sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return text ? text : "";
}

struct giving {
    void (*row)(void *arg, const struct reports_row *row);
    void (*matter)(void *arg, const struct reports_matter *m);
    void *arg;
};

static void give_row(void *arg, sqlite3_stmt *st)
{
    const struct giving *g = arg;
    struct reports_row row = {.group = text_at(st, 0),
                              .name = text_at(st, 1),
                              .how = text_at(st, 2),
                              .n = sqlite3_column_int64(st, 3),
                              .matters = sqlite3_column_int64(st, 4),
                              .twice = sqlite3_column_int64(st, 5),
                              .open_ms = sqlite3_column_int64(st, 6),
                              .days = sqlite3_column_int64(st, 7),
                              .sum = sqlite3_column_int64(st, 8)};
    g->row(g->arg, &row);
}

int reports_figure_read(struct reports *r, enum reports_figure figure, const struct reports_filter *f,
                        void (*each)(void *arg, const struct reports_row *row), void *arg)
{
    struct question q = {.sql = BUF_INIT};
    struct giving g = {.row = each, .arg = arg};
    ask_figure(&q, &FIGURES[figure], f);
    return run_question(r, &q, give_row, &g);
}

/* ---- the matters behind a number */

static void give_matter(void *arg, sqlite3_stmt *st)
{
    const struct giving *g = arg;
    struct reports_matter m = {.matter = (uint64_t)sqlite3_column_int64(st, 0),
                               .seq = (uint64_t)sqlite3_column_int64(st, 1),
                               .state = text_at(st, 2),
                               .department = text_at(st, 3),
                               .item = text_at(st, 4),
                               .level = sqlite3_column_int(st, 5),
                               .window = sqlite3_column_int(st, 6),
                               .opened_at = sqlite3_column_int64(st, 7),
                               .ended_at = sqlite3_column_int64(st, 8)};
    g->matter(g->arg, &m);
}

int reports_matters_read(struct reports *r, const struct reports_behind *b,
                         void (*each)(void *arg, const struct reports_matter *m), void *arg)
{
    const struct figure *f = &FIGURES[b->figure];
    struct question q = {.sql = BUF_INIT};
    struct giving g = {.matter = each, .arg = arg};
    struct reports_filter filter = b->filter;
    bool twice = b->figure == REPORTS_TAKEN && b->how && strcmp(b->how, "twice") == 0;
    filter.by = NULL;
    buf_add_format(&q.sql, "SELECT m.id, %s, m.state, m.department, m.item, m.level, m.win, m.opened_at, m.ended_at",
                   f->seq);
    add_filter(&q, f, &filter);
    if (b->name) {
        buf_add_format(&q.sql, " AND %s", f->name);
        add(&q, " = ", SQL_TEXT(b->name));
    }
    if (b->how && !twice) {
        buf_add_format(&q.sql, " AND %s", f->how);
        add(&q, " = ", SQL_TEXT(b->how));
    }
    if (b->before)
        add(&q, " AND m.id < ", SQL_INT(b->before));
    buf_add_format(&q.sql, " GROUP BY m.id%s ORDER BY m.id DESC", twice ? " HAVING count(*) >= 2" : "");
    add(&q, " LIMIT ", SQL_INT(b->most));
    return run_question(r, &q, give_matter, &g);
}

/* ---- what work leaves behind */

/*
 * The figures that name flows (store/pressure.h), as data; ?1 and ?2 are the period. Escalations are opened by a
 * transition (praise is none); a denial is decided when it comes to one of two states, and overturned in the second; a
 * second notice is the same matter told again, or another one about the same thing (`again`, reports_fold.c).
 */
const char *const REPORTS_ESCALATION_FLOW = PRESSURE_ESCALATION;
const char *const REPORTS_NOTICE_FLOW = PRESSURE_NOTICE;

enum { SERVICES, ESCALATIONS, DECIDED, OVERTURNED, NOTICES, SECOND, COLUMNS };

#define IN_PERIOD " BETWEEN ?1 AND ?2"
#define MATTERS_OF(flow) "matter m WHERE m.flow = '" flow "' AND m.opened_day" IN_PERIOD
#define MOVES_OF(flow) \
    "event x JOIN matter m ON m.id = x.matter WHERE x.kind = 1 AND x.day" IN_PERIOD " AND m.flow = '" flow "'"

static const struct part {
    int column;
    const char *count, *rows, *day;
} PARTS[] = {
    {SERVICES, "sum(m.n)", "service m WHERE m.day" IN_PERIOD, "m.day"},
    {ESCALATIONS, "count(*)", MATTERS_OF(PRESSURE_ESCALATION) " AND m.opened_by = '" PRESSURE_REGISTERED "'",
     "m.opened_day"},
    {DECIDED, "count(DISTINCT m.id)",
     MOVES_OF(PRESSURE_DENIAL) " AND x.\"to\" IN ('" PRESSURE_UPHELD "', '" PRESSURE_OVERTURNED "')", "x.day"},
    {OVERTURNED, "count(DISTINCT m.id)", MOVES_OF(PRESSURE_DENIAL) " AND x.\"to\" = '" PRESSURE_OVERTURNED "'",
     "x.day"},
    {NOTICES, "count(*)", MATTERS_OF(PRESSURE_NOTICE), "m.opened_day"},
    {SECOND, "count(*)", MOVES_OF(PRESSURE_NOTICE) " AND x.name = '" PRESSURE_TOLD_AGAIN "'", "x.day"},
    {SECOND, "count(*)", MATTERS_OF(PRESSURE_NOTICE) " AND m.again", "m.opened_day"},
};

static void add_part_group(struct buf *sql, const struct part *p, const char *by)
{
    const char *column = by ? column_of(by) : "''";
    if (by && strcmp(by, "month") == 0)
        buf_add_format(sql, "%s / 100", p->day);
    else
        buf_add_text(sql, p->column == SERVICES && by && strcmp(by, "department") == 0 ? "m.grp" : column);
}

static void add_part(struct buf *sql, const struct part *p, const char *by)
{
    buf_add_text(sql, sql->len ? " UNION ALL SELECT CAST(" : "SELECT CAST(");
    add_part_group(sql, p, by);
    buf_add_text(sql, " AS TEXT) AS g");
    for (int i = 0; i < COLUMNS; i++)
        buf_add_format(sql, ", %s AS c%d", i == p->column ? p->count : "0", i);
    buf_add_format(sql, " FROM %s GROUP BY 1", p->rows);
}

struct pressing {
    void (*each)(void *arg, const struct reports_pressure *row);
    void *arg;
};

static void give_pressure(void *arg, sqlite3_stmt *st)
{
    const struct pressing *g = arg;
    struct reports_pressure row = {.group = text_at(st, 0),
                                   .services = sqlite3_column_int64(st, 1 + SERVICES),
                                   .escalations = sqlite3_column_int64(st, 1 + ESCALATIONS),
                                   .decided = sqlite3_column_int64(st, 1 + DECIDED),
                                   .overturned = sqlite3_column_int64(st, 1 + OVERTURNED),
                                   .notices = sqlite3_column_int64(st, 1 + NOTICES),
                                   .second = sqlite3_column_int64(st, 1 + SECOND)};
    g->each(g->arg, &row);
}

int reports_pressure_read(struct reports *r, int32_t from, int32_t to, const char *by,
                          void (*each)(void *arg, const struct reports_pressure *row), void *arg)
{
    struct question q = {.sql = BUF_INIT, .args = {SQL_INT(from), SQL_INT(to)}, .n = 2};
    struct pressing g = {each, arg};
    struct buf parts = BUF_INIT;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        add_part(&parts, &PARTS[i], by);
    buf_add_text(&q.sql, "SELECT g");
    for (int i = 0; i < COLUMNS; i++)
        buf_add_format(&q.sql, ", sum(c%d)", i);
    buf_add_format(&q.sql, " FROM (%s) GROUP BY g ORDER BY g", buf_text(&parts));
    buf_fini(&parts);
    return run_question(r, &q, give_pressure, &g);
}
