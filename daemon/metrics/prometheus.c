#include "metrics/prometheus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t value_of(const struct series *s, size_t metric)
{
    return metric < LEVEL_COUNT ? s->level[metric] : s->today[metric];
}

static void write_label_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text == '\n' ? ' ' : *text);
    }
}

/* {queue="A",le="60"}; nothing for the hall. */
static void write_labels(struct buf *out, const struct series *s, const char *le)
{
    bool has_label = s->label[0] != '\0';
    if (!has_label && !le)
        return;
    buf_add_char(out, '{');
    if (has_label) {
        buf_add_format(out, "%s=\"", catalogue_scope_name(s->scope));
        write_label_text(out, s->label);
        buf_add_char(out, '"');
    }
    if (le)
        buf_add_format(out, "%sle=\"%s\"", has_label ? "," : "", le);
    buf_add_char(out, '}');
}

/* halld_issued_total for the hall, halld_issued_by_queue_total for its queues: a sum over labels counts nothing twice.
 */
static void name(struct buf *out, const char *metric, enum metric_scope scope, const char *ending)
{
    bool of_all = scope == SCOPE_HALL || scope == SCOPE_DAEMON;
    buf_add_format(out, "halld_%s%s%s%s", metric, of_all ? "" : "_by_", of_all ? "" : catalogue_scope_name(scope),
                   ending);
}

static void head(struct buf *out, const struct metric *m, enum metric_scope scope, const char *ending, const char *type)
{
    buf_add_text(out, "# HELP ");
    name(out, m->name, scope, ending);
    buf_add_format(out, " %s\n# TYPE ", m->en);
    name(out, m->name, scope, ending);
    buf_add_format(out, " %s\n", type);
}

static bool is_gauge(const struct metric *m)
{
    return m->kind == METRIC_LEVEL || m->kind == METRIC_READING;
}

static const char *ending_of(const struct metric *m)
{
    return is_gauge(m) ? "" : "_total";
}

static const char *type_of(const struct metric *m)
{
    return is_gauge(m) ? "gauge" : "counter";
}

static void write_metric(struct buf *out, const struct fold *f, size_t metric, enum metric_scope scope)
{
    const struct metric *m = catalogue_at(metric);
    head(out, m, scope, ending_of(m), type_of(m));
    for (size_t i = 0; i < fold_series_count(f); i++) {
        const struct series *s = fold_series_at(f, i);
        if (s->scope != scope)
            continue;
        name(out, m->name, scope, ending_of(m));
        write_labels(out, s, NULL);
        buf_add_format(out, " %" PRId64 "\n", value_of(s, metric));
    }
}

/* A family of buckets begins with the one from 0, and ends with the one without end; its sum is its own metric. */
static void write_histogram(struct buf *out, const struct series *s, size_t first, const char *family)
{
    int64_t count = 0;
    char le[16];
    for (size_t i = first; catalogue_at(i)->kind == METRIC_BUCKET; i++) {
        const struct metric *m = catalogue_at(i);
        count += s->today[i];
        snprintf(le, sizeof le, m->to_s ? "%d" : "+Inf", m->to_s);
        name(out, family, s->scope, "_seconds_bucket");
        write_labels(out, s, le);
        buf_add_format(out, " %" PRId64 "\n", count);
        if (!m->to_s)
            break;
    }
    name(out, family, s->scope, "_seconds_count");
    write_labels(out, s, NULL);
    buf_add_format(out, " %" PRId64 "\n", count);
}

static void write_family(struct buf *out, const struct fold *f, size_t first, enum metric_scope scope)
{
    const char *metric = catalogue_at(first)->name;
    char family[20], sum[24];
    snprintf(family, sizeof family, "%.*s", (int)strcspn(metric, "_"), metric);
    snprintf(sum, sizeof sum, "%s_ms", family);
    int total = catalogue_find(sum);
    struct metric m = {.name = family, .en = "Of the day, in seconds"};
    head(out, &m, scope, "_seconds", "histogram");
    for (size_t i = 0; i < fold_series_count(f); i++) {
        const struct series *s = fold_series_at(f, i);
        if (s->scope != scope)
            continue;
        write_histogram(out, s, first, family);
        name(out, family, scope, "_seconds_sum");
        write_labels(out, s, NULL);
        buf_add_format(out, " %.3f\n", (double)s->today[total] / 1000);
    }
}

static void write_daemon(struct buf *out, const int64_t *health)
{
    for (size_t i = 0; i < catalogue_scope_count(SCOPE_DAEMON); i++) {
        const struct metric *m = catalogue_at(catalogue_scope_at(SCOPE_DAEMON, i));
        head(out, m, SCOPE_DAEMON, ending_of(m), type_of(m));
        name(out, m->name, SCOPE_DAEMON, ending_of(m));
        buf_add_format(out, " %" PRId64 "\n", health[i]);
    }
}

void prometheus_write(struct buf *out, const struct fold *f, const int64_t *health)
{
    for (size_t metric = 0; metric < catalogue_count(); metric++) {
        const struct metric *m = catalogue_at(metric);
        for (int scope = 0; scope < SCOPE_DAEMON; scope++) {
            if (!catalogue_has(metric, (enum metric_scope)scope))
                continue;
            if (m->kind != METRIC_BUCKET)
                write_metric(out, f, metric, (enum metric_scope)scope);
            else if (m->from_s == 0)
                write_family(out, f, metric, (enum metric_scope)scope);
        }
    }
    write_daemon(out, health);
}
