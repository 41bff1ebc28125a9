#include "metrics/query.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "metrics/rrdfile.h"

enum { STEPS_WANTED = 300, STEPS_MOST = 4000, DAY_S = 86400, MINUTE_MS = 60000 };

/* ---- what is asked */

static int step_for(int64_t seconds)
{
    for (int i = 0; i < RRDFILE_ARCHIVES - 1; i++)
        if (seconds / rrdfile_archives[i].step_s <= STEPS_WANTED)
            return rrdfile_archives[i].step_s;
    return DAY_S;
}

static bool is_step(int step_s)
{
    for (int i = 0; i < RRDFILE_ARCHIVES; i++)
        if (rrdfile_archives[i].step_s == step_s)
            return true;
    return false;
}

int query_check(struct query *q, const char *name, struct refusal *r)
{
    int metric = catalogue_find(name);
    if (metric < 0)
        return refuse(r, HALL_E_NO_SERIES, "name", name);
    if (q->to > q->now || q->from > q->now)
        return refuse(r, HALL_E_NOT_YET, q->from > q->now ? "from" : "to", "");
    if (q->from >= q->to)
        return refuse(r, HALL_E_BAD_PERIOD, "from", "");
    if (!q->step_s)
        q->step_s = step_for((q->to - q->from) / 1000);
    if (!is_step(q->step_s))
        return refuse_number(r, HALL_E_BAD_VALUE, "step", q->step_s);
    if ((q->to - q->from) / 1000 / q->step_s > STEPS_MOST)
        return refuse_number(r, HALL_E_TOO_LARGE, "step", q->step_s);
    q->metric = (size_t)metric;
    return 0;
}

/* ---- steps and what falls into them */

struct step {
    double sum;    /* of a count; of a level or reading: times ms */
    int64_t known; /* ms of it that something is known of */
};

struct steps {
    const struct metric *metric;
    size_t index; /* of the metric */
    size_t n;
    int64_t *starts; /* n + 1, ms */
    struct step *at;
};

static bool is_average(const struct metric *m)
{
    return m->kind == METRIC_LEVEL || m->kind == METRIC_READING;
}

/* Days are the hall's own as long as the hours of them are kept, then those of UTC. */
static bool has_local_days(const struct query *q)
{
    const struct rrdfile_archive *hours = &rrdfile_archives[2];
    return q->step_s == DAY_S && q->from / 1000 > q->now / 1000 - (int64_t)(hours->rows - 48) * hours->step_s;
}

static int64_t first_start(const struct query *q)
{
    int64_t step = q->step_s * INT64_C(1000);
    return has_local_days(q) ? moment_of_date(moment_to_date(q->from), 0) : q->from - q->from % step;
}

static int64_t next_start(const struct query *q, int64_t start)
{
    if (!has_local_days(q))
        return start + q->step_s * INT64_C(1000);
    return moment_of_date(date_from_days(date_to_days(moment_to_date(start)) + 1), 0);
}

static void steps_init(struct steps *s, const struct query *q)
{
    size_t most = (size_t)((q->to - q->from) / 1000 / q->step_s) + 3;
    *s = (struct steps){.metric = catalogue_at(q->metric), .index = q->metric};
    s->starts = alloc_zero((most + 1) * sizeof *s->starts);
    s->at = alloc_zero(most * sizeof *s->at);
    s->starts[0] = first_start(q);
    while (s->n < most && s->starts[s->n] < q->to) {
        s->starts[s->n + 1] = next_start(q, s->starts[s->n]);
        s->n++;
    }
}

static void steps_clear(struct steps *s)
{
    memset(s->at, 0, s->n * sizeof *s->at);
}

static void steps_fini(struct steps *s)
{
    free(s->starts);
    free(s->at);
}

static struct step *step_of(const struct steps *s, int64_t ms)
{
    size_t low = 0, high = s->n;
    if (ms < s->starts[0] || ms >= s->starts[s->n])
        return NULL;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->starts[middle] <= ms)
            low = middle;
        else
            high = middle;
    }
    return &s->at[low];
}

static void add(const struct steps *s, int64_t from, int64_t to, double sum)
{
    struct step *step = step_of(s, from);
    if (!step)
        return;
    step->sum += sum;
    step->known += to - from;
}

/* ---- from the files */

static double whole(double sum)
{
    return (double)(int64_t)(sum + 0.5);
}

/* An average per minute, so times minutes is the sum again: whole, but for the last bits. */
static void take_row(void *arg, int64_t end_s, int step_s, double average)
{
    const struct steps *s = arg;
    double sum = s->metric->kind == METRIC_READING ? average * step_s * 1000.0 : whole(average * (step_s / 60));
    add(s, (end_s - step_s) * 1000, end_s * 1000, sum);
}

struct source {
    const struct keeper *keeper;
    const struct query *query;
    enum metric_scope scope;
    const char *label;
    char *path;
    int64_t last_s; /* the file is filled up to here */
};

static void read_archive(const struct source *from, struct steps *s, int step_s, int64_t begin_s, int64_t end_s)
{
    int64_t oldest = from->last_s;
    for (int i = 0; i < RRDFILE_ARCHIVES; i++)
        if (rrdfile_archives[i].step_s == step_s)
            oldest -= (int64_t)(rrdfile_archives[i].rows - 1) * step_s;
    if (begin_s < oldest)
        begin_s = oldest + (step_s - oldest % step_s) % step_s;
    if (begin_s < end_s)
        rrdfile_read(from->path, from->scope, from->query->metric, step_s, begin_s, end_s, take_row, s);
}

/* Whole rows of the archive that fits, then minutes for what is not a whole row yet. */
static void read_file(const struct source *from, struct steps *s)
{
    int step = from->query->step_s;
    if (has_local_days(from->query))
        step = 3600;
    int64_t begin = s->starts[0] / 1000, end = s->starts[s->n] / 1000;
    int64_t whole = from->last_s - from->last_s % step;
    read_archive(from, s, step, begin, whole < end ? whole : end);
    if (step > 60)
        read_archive(from, s, 60, whole > begin ? whole : begin, from->last_s < end ? from->last_s : end);
}

/* ---- from memory */

static void add_minute(struct steps *s, const struct series *in, int64_t minute, int64_t value)
{
    (void)in;
    add(s, minute * MINUTE_MS, (minute + 1) * MINUTE_MS, (double)value);
}

static void read_stretches(struct steps *s, const struct series *in, int64_t begin)
{
    size_t place = (size_t)catalogue_scope_find(in->scope, s->index);
    for (size_t i = 0; i < in->n_stretches; i++)
        for (; begin < in->stretches[i].end; begin++)
            add_minute(s, in, begin, in->stretches[i].values[place]);
}

/* The present minute as far as it has gone, and idle ones since the last event. */
static void read_now(struct steps *s, const struct series *in, int64_t minute, int64_t now)
{
    bool level = s->index < LEVEL_COUNT;
    int64_t first = s->starts[0] / MINUTE_MS;
    double sum = (double)in->minute[s->index];
    for (; minute * MINUTE_MS < now; minute++) {
        int64_t from = minute * MINUTE_MS, to = from + MINUTE_MS < now ? from + MINUTE_MS : now;
        if (level)
            sum += (double)fold_level_between(in, s->index, from, to);
        add(s, from, to, sum);
        sum = 0;
        if (minute + 1 < first)
            minute = first - 1;
    }
}

static void read_memory(const struct source *from, struct steps *s)
{
    const struct fold *f = keeper_fold(from->keeper);
    const struct series *in = fold_series_find(f, from->scope, from->label);
    if (!in || !fold_minute(f))
        return;
    read_stretches(s, in, fold_flushed(f));
    read_now(s, in, fold_minute(f), from->query->now);
}

static void read_label(const struct keeper *k, const struct query *q, enum metric_scope scope, const char *label,
                       struct steps *s)
{
    struct source from = {.keeper = k, .query = q, .scope = scope, .label = label};
    from.path = keeper_path(k, scope, label);
    from.last_s = rrdfile_last(from.path, scope);
    int64_t flushed = fold_flushed(keeper_fold(k)) * 60;
    if (scope != SCOPE_DAEMON && from.last_s > flushed)
        from.last_s = flushed;
    steps_clear(s);
    if (from.last_s > 0)
        read_file(&from, s);
    if (scope != SCOPE_DAEMON)
        read_memory(&from, s);
    free(from.path);
}

/* ---- answers */

struct column {
    char *label;
    double *values; /* NAN: not known */
};

struct answer_of_query {
    const struct query *query;
    enum metric_scope scope;
    struct steps steps;
    struct column *columns;
    size_t n;
};

static void take_column(struct answer_of_query *a, const struct keeper *k, const char *label)
{
    struct steps *s = &a->steps;
    a->columns = alloc_grow(a->columns, a->n + 1, sizeof *a->columns);
    struct column *c = &a->columns[a->n++];
    c->label = alloc_text(label);
    c->values = alloc_zero((s->n + 1) * sizeof *c->values);
    read_label(k, a->query, a->scope, label, s);
    for (size_t i = 0; i < s->n; i++) {
        double known = (double)s->at[i].known;
        c->values[i] = known <= 0 ? (double)NAN : is_average(s->metric) ? s->at[i].sum / known : s->at[i].sum;
    }
}

static int compare_columns(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    size_t m = strlen(x->label), n = strlen(y->label);
    if (m != n && strspn(x->label, "0123456789") == m && strspn(y->label, "0123456789") == n)
        return m < n ? -1 : 1;
    return strcmp(x->label, y->label);
}

static int take_all(struct answer_of_query *a, const struct keeper *k)
{
    const struct fold *f = keeper_fold(k);
    for (size_t i = 0; i < fold_series_count(f); i++)
        if (fold_series_at(f, i)->scope == a->scope)
            take_column(a, k, fold_series_at(f, i)->label);
    if (a->n)
        qsort(a->columns, a->n, sizeof *a->columns, compare_columns);
    return 0;
}

static int default_scope(size_t metric)
{
    return catalogue_has(metric, SCOPE_HALL) ? SCOPE_HALL : catalogue_has(metric, SCOPE_DAEMON) ? SCOPE_DAEMON : -1;
}

static int take_columns(struct answer_of_query *a, const struct keeper *k, struct refusal *r)
{
    const char *asked = a->query->label, *slash = strchr(asked, '/'), *label = slash ? slash + 1 : "";
    size_t len = slash ? (size_t)(slash - asked) : strlen(asked);
    int scope = asked[0] ? catalogue_scope_from(asked, len) : default_scope(a->query->metric);
    if (scope < 0 || !catalogue_has(a->query->metric, (enum metric_scope)scope))
        return refuse(r, HALL_E_NO_SERIES, "label", asked);
    a->scope = (enum metric_scope)scope;
    if (strcmp(label, "*") == 0)
        return take_all(a, k);
    if (a->scope != SCOPE_DAEMON && !fold_series_find(keeper_fold(k), a->scope, label))
        return refuse(r, HALL_E_NO_SERIES, "label", asked);
    take_column(a, k, label);
    return 0;
}

/* Counts are whole, averages have three decimals. */
static void write_value(struct buf *out, const struct metric *m, double value)
{
    if (is_average(m))
        buf_add_format(out, "%.3f", value);
    else
        buf_add_format(out, "%.0f", value);
}

static void write_text(struct buf *out, const char *text)
{
    buf_add_char(out, '"');
    for (; *text; text++) {
        if ((unsigned char)*text < ' ') {
            buf_add_format(out, "\\u%04x", (unsigned)*text);
            continue;
        }
        if (*text == '"' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
    buf_add_char(out, '"');
}

static void write_moment(struct buf *out, int64_t ms)
{
    char text[MOMENT_TEXT];
    moment_to_text(ms, text);
    buf_add_text(out, text);
}

static void write_json_column(struct buf *out, const struct answer_of_query *a, size_t i)
{
    buf_add_text(out, i ? ",{\"label\":" : "{\"label\":");
    write_text(out, a->columns[i].label);
    buf_add_text(out, ",\"values\":[");
    for (size_t k = 0; k < a->steps.n; k++) {
        if (k)
            buf_add_char(out, ',');
        if (isnan(a->columns[i].values[k]))
            buf_add_text(out, "null");
        else
            write_value(out, a->steps.metric, a->columns[i].values[k]);
    }
    buf_add_text(out, "]}");
}

static void write_json(struct buf *out, const struct answer_of_query *a, const struct keeper *k)
{
    const struct metric *m = a->steps.metric;
    buf_add_format(out, "{\"name\":\"%s\",\"title\":\"%s\",\"kind\":\"%s\",\"unit\":\"%s\",\"of\":\"%s\",", m->name,
                   a->query->english ? m->en : m->zh, catalogue_kind_name(m), m->unit, catalogue_scope_name(a->scope));
    buf_add_format(out, "\"as_of_seq\":\"%" PRIu64 "\",\"step_s\":%d,\"starts\":[", fold_seq(keeper_fold(k)),
                   a->query->step_s);
    for (size_t i = 0; i < a->steps.n; i++) {
        buf_add_text(out, i ? ",\"" : "\"");
        write_moment(out, a->steps.starts[i]);
        buf_add_char(out, '"');
    }
    buf_add_text(out, "],\"series\":[");
    for (size_t i = 0; i < a->n; i++)
        write_json_column(out, a, i);
    buf_add_text(out, "]}");
}

static void write_csv(struct buf *out, const struct answer_of_query *a)
{
    buf_add_text(out, "start");
    for (size_t i = 0; i < a->n; i++) {
        buf_add_char(out, ',');
        buf_add_csv(out, a->columns[i].label[0] ? a->columns[i].label : a->steps.metric->name);
    }
    buf_add_text(out, "\r\n");
    for (size_t k = 0; k < a->steps.n; k++) {
        write_moment(out, a->steps.starts[k]);
        for (size_t i = 0; i < a->n; i++) {
            buf_add_char(out, ',');
            if (!isnan(a->columns[i].values[k]))
                write_value(out, a->steps.metric, a->columns[i].values[k]);
        }
        buf_add_text(out, "\r\n");
    }
}

/* What hallgraph reads: a line of what it is, then seconds and values, a column a label. */
static void write_graph(struct buf *out, const struct answer_of_query *a)
{
    const struct metric *m = a->steps.metric;
    buf_add_format(out, "%s\t%s\t%d\t%zu\n", a->query->english ? m->en : m->zh, m->unit, a->query->step_s, a->n);
    for (size_t i = 0; i < a->n; i++)
        buf_add_format(out, "%s\n", a->columns[i].label);
    for (size_t k = 0; k < a->steps.n; k++) {
        buf_add_format(out, "%" PRId64, a->steps.starts[k + 1] / 1000);
        for (size_t i = 0; i < a->n; i++)
            buf_add_format(out, isnan(a->columns[i].values[k]) ? " U" : " %.3f", a->columns[i].values[k]);
        buf_add_char(out, '\n');
    }
}

int query_answer(const struct keeper *k, const struct query *q, struct buf *out, struct refusal *r)
{
    struct answer_of_query a = {.query = q};
    steps_init(&a.steps, q);
    int code = take_columns(&a, k, r);
    if (code == 0 && q->form == QUERY_JSON)
        write_json(out, &a, k);
    else if (code == 0 && q->form == QUERY_CSV)
        write_csv(out, &a);
    else if (code == 0)
        write_graph(out, &a);
    for (size_t i = 0; i < a.n; i++) {
        free(a.columns[i].label);
        free(a.columns[i].values);
    }
    free(a.columns);
    steps_fini(&a.steps);
    return code;
}
