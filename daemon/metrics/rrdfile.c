#include "metrics/rrdfile.h"

#include <inttypes.h>
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { STEP_S = 60, HEADER_BYTES = 4096, READING_BEAT_S = 150 };

const struct rrdfile_archive rrdfile_archives[RRDFILE_ARCHIVES] = {
    {60, 1440}, {300, 2016}, {3600, 8784}, {86400, 3653}};

/* ---- names */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

char *rrdfile_name(enum metric_scope scope, const char *label)
{
    struct buf name = BUF_INIT;
    buf_add_text(&name, catalogue_scope_name(scope));
    if (label[0])
        buf_add_char(&name, '_');
    for (; *label; label++) {
        if (is_plain(*label))
            buf_add_char(&name, *label);
        else
            buf_add_format(&name, "%%%02X", (unsigned char)*label);
    }
    buf_add_text(&name, ".rrd");
    return buf_take(&name);
}

static bool decode(const char *from, size_t len, char ret[200])
{
    size_t n = 0;
    for (size_t i = 0; i < len && n < 199; i++) {
        unsigned byte = (unsigned char)from[i];
        if (from[i] == '%') {
            if (i + 2 >= len || sscanf(from + i + 1, "%2X", &byte) != 1)
                return false;
            i += 2;
        } else if (!is_plain(from[i])) {
            return false;
        }
        ret[n++] = (char)byte;
    }
    ret[n] = '\0';
    return true;
}

bool rrdfile_name_parse(const char *name, enum metric_scope *ret_scope, char ret_label[200])
{
    size_t len = strlen(name), word = strcspn(name, "_.");
    int scope = catalogue_scope_from(name, word);
    if (scope < 0 || len < word + 4 || strcmp(name + len - 4, ".rrd") != 0)
        return false;
    *ret_scope = (enum metric_scope)scope;
    ret_label[0] = '\0';
    return name[word] == '.' ? len == word + 4 : decode(name + word + 1, len - 4 - word - 1, ret_label);
}

/* ---- files */

size_t rrdfile_bytes(enum metric_scope scope)
{
    size_t rows = 0;
    for (int i = 0; i < RRDFILE_ARCHIVES; i++)
        rows += (size_t)rrdfile_archives[i].rows;
    return HEADER_BYTES + catalogue_scope_count(scope) * (rows * sizeof(double) + 512);
}

const char *rrdfile_why(void)
{
    return rrd_test_error() ? rrd_get_error() : "";
}

/* Our values hold until the next update, however late it comes; the daemon's own are unknown when nobody read them. */
static char *source_of(enum metric_scope scope, size_t i)
{
    return alloc_format("DS:%s:GAUGE:%d:U:U", catalogue_at(catalogue_scope_at(scope, i))->name,
                        scope == SCOPE_DAEMON ? READING_BEAT_S : 2000000000);
}

int rrdfile_create(const char *path, enum metric_scope scope, int64_t begin_s)
{
    size_t n = catalogue_scope_count(scope), all = n + RRDFILE_ARCHIVES;
    char **argv = alloc_zero(all * sizeof *argv);
    for (size_t i = 0; i < n; i++)
        argv[i] = source_of(scope, i);
    for (size_t i = 0; i < RRDFILE_ARCHIVES; i++)
        argv[n + i] =
            alloc_format("RRA:AVERAGE:0.999:%d:%d", rrdfile_archives[i].step_s / STEP_S, rrdfile_archives[i].rows);
    rrd_clear_error();
    int rc = rrd_create_r2(path, STEP_S, (time_t)begin_s, 1, NULL, NULL, (int)all, (const char **)argv);
    for (size_t i = 0; i < all; i++)
        free(argv[i]);
    free(argv);
    return rc == 0 ? 0 : -1;
}

static bool names_fit(enum metric_scope scope, unsigned long n, char **names)
{
    if (n != catalogue_scope_count(scope))
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], catalogue_at(catalogue_scope_at(scope, i))->name) != 0)
            return false;
    return true;
}

static void free_texts(char **texts, unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        rrd_freemem(texts[i]);
    rrd_freemem(texts);
}

int64_t rrdfile_last(const char *path, enum metric_scope scope)
{
    time_t last;
    unsigned long n;
    char **names, **values;
    rrd_clear_error();
    if (rrd_lastupdate_r(path, &last, &n, &names, &values) != 0)
        return -1;
    bool fits = names_fit(scope, n, names);
    free_texts(names, n);
    free_texts(values, n);
    return fits ? (int64_t)last : -1;
}

/* ---- updates */

void rrdfile_update_add(struct rrdfile_update *u, int64_t at_s, const int64_t *values, size_t n)
{
    u->starts = alloc_grow(u->starts, u->n + 1, sizeof *u->starts);
    u->starts[u->n++] = u->text.len;
    buf_add_format(&u->text, "%" PRId64, at_s);
    for (size_t i = 0; i < n; i++)
        buf_add_format(&u->text, ":%" PRId64, values[i]);
    buf_add_char(&u->text, '\0');
}

int rrdfile_update_write(struct rrdfile_update *u, const char *path)
{
    const char **argv = alloc_zero((u->n + 1) * sizeof *argv);
    for (size_t i = 0; i < u->n; i++)
        argv[i] = u->text.data + u->starts[i];
    rrd_clear_error();
    int rc = u->n ? rrd_update_r(path, NULL, (int)u->n, argv) : 0;
    free(argv);
    u->n = 0;
    buf_clear(&u->text);
    return rc == 0 ? 0 : -1;
}

void rrdfile_update_fini(struct rrdfile_update *u)
{
    free(u->starts);
    buf_fini(&u->text);
}

/* ---- reading */

struct fetched {
    time_t start, end;
    unsigned long step, n;
    char **names;
    rrd_value_t *data;
};

static int fetch(const char *path, struct fetched *f)
{
    rrd_clear_error();
    return rrd_fetch_r(path, "AVERAGE", &f->start, &f->end, &f->step, &f->n, &f->names, &f->data);
}

int rrdfile_read(const char *path, enum metric_scope scope, size_t metric, int step_s, int64_t from_s, int64_t to_s,
                 void (*each)(void *arg, int64_t end_s, int step_s, double average), void *arg)
{
    struct fetched f = {.start = (time_t)from_s, .end = (time_t)to_s, .step = (unsigned long)step_s};
    int place = catalogue_scope_find(scope, metric);
    if (place < 0 || from_s >= to_s || fetch(path, &f) != 0)
        return -1;
    bool fits = names_fit(scope, f.n, f.names) && f.step == (unsigned long)step_s;
    size_t rows = fits ? (size_t)(f.end - f.start) / f.step : 0;
    for (size_t i = 0; i < rows; i++) {
        int64_t end = (int64_t)f.start + (int64_t)(i + 1) * step_s;
        double value = f.data[i * f.n + (size_t)place];
        if (end > from_s && end <= to_s && !isnan(value))
            each(arg, end, step_s, value);
    }
    free_texts(f.names, f.n);
    rrd_freemem(f.data);
    return fits ? 0 : -1;
}
