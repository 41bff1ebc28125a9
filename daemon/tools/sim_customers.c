#include "tools/sim_customers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { COLUMNS = 5, LINE_MAX_BYTES = 4096, REASON = 160 };

static const double MINUTES_MAX = 5e7; /* near a century; keeps milliseconds far from the end of their range */

static const char *const column_names[COLUMNS] = {"t0", "class", "item", "service", "patience"};
enum { COLUMN_T0, COLUMN_CLASS, COLUMN_ITEM, COLUMN_SERVICE, COLUMN_PATIENCE };

struct reading {
    const struct setup *setup;
    struct sim_customers *out;
    int column[COLUMNS]; /* where each stands in the file */
    int width;
    char reason[REASON];
};

/* Splits at commas, in place; how many fields there were. */
static int split(char *line, char **field, int most)
{
    int n = 0;
    for (char *at = line; at && n <= most; n++) {
        char *comma = strchr(at, ',');
        if (comma)
            *comma++ = '\0';
        if (n < most)
            field[n] = at;
        at = comma;
    }
    return n;
}

static bool read_header(struct reading *r, char *line)
{
    char *field[16];
    r->width = split(line, field, 16);
    for (int c = 0; c < COLUMNS; c++) {
        r->column[c] = -1;
        for (int i = 0; i < r->width && i < 16; i++)
            if (strcmp(field[i], column_names[c]) == 0)
                r->column[c] = i;
        if (r->column[c] < 0) {
            snprintf(r->reason, REASON, "there is no column %s", column_names[c]);
            return false;
        }
    }
    return true;
}

static bool read_minutes(struct reading *r, char *const *field, int column, int64_t *ret)
{
    const char *text = field[r->column[column]];
    char *end;
    double minutes = strtod(text, &end);
    if (end == text || *end || !isfinite(minutes))
        snprintf(r->reason, REASON, "%s is no number: \"%.60s\"", column_names[column], text);
    else if (minutes < 0)
        snprintf(r->reason, REASON, "%s is negative: %.60s", column_names[column], text);
    else if (minutes > MINUTES_MAX)
        snprintf(r->reason, REASON, "%s is too large: %.60s", column_names[column], text);
    else {
        *ret = llround(minutes * 60000);
        return true;
    }
    return false;
}

static const char *default_item(const struct setup *s)
{
    const Halld__Settings *t = setup_settings(s);
    return t->n_queues ? t->queues[0]->default_item : "";
}

static bool read_row(struct reading *r, char *line)
{
    char *field[16];
    int n = split(line, field, 16);
    if (n != r->width) {
        snprintf(r->reason, REASON, "%d fields where the header has %d", n, r->width);
        return false;
    }
    struct sim_customer c = {.start = -1};
    if (!read_minutes(r, field, COLUMN_T0, &c.t0) || !read_minutes(r, field, COLUMN_SERVICE, &c.service) ||
        !read_minutes(r, field, COLUMN_PATIENCE, &c.patience))
        return false;
    const char *class_name = field[r->column[COLUMN_CLASS]], *item = field[r->column[COLUMN_ITEM]];
    const Halld__PersonClass *class_row = setup_class_find(r->setup, class_name);
    const Halld__Item *item_row = setup_item_find(r->setup, *item ? item : default_item(r->setup));
    if (!class_row)
        snprintf(r->reason, REASON, "unknown class \"%.60s\"", class_name);
    else if (!item_row)
        snprintf(r->reason, REASON, "unknown item \"%.80s\"", item);
    else if (r->out->n && c.t0 < r->out->at[r->out->n - 1].t0)
        snprintf(r->reason, REASON, "t0 is before the line above");
    else {
        c.class_name = class_row->class_;
        c.item = item_row->item;
        if (r->out->n == r->out->cap) {
            r->out->cap = r->out->cap ? r->out->cap * 2 : 1024;
            r->out->at = alloc_grow(r->out->at, r->out->cap, sizeof *r->out->at);
        }
        r->out->at[r->out->n++] = c;
        return true;
    }
    return false;
}

static bool read_line(struct reading *r, char *line, size_t number)
{
    size_t n = strlen(line);
    while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
        line[--n] = '\0';
    if (n >= LINE_MAX_BYTES) {
        snprintf(r->reason, REASON, "the line is too long");
        return false;
    }
    if (number == 1)
        return read_header(r, line);
    return !n || read_row(r, line);
}

int sim_customers_read(const char *name, const struct setup *setup, struct sim_customers *ret)
{
    struct reading r = {.setup = setup, .out = ret};
    FILE *f = fopen(name, "re");
    if (!f) {
        fprintf(stderr, "%s: cannot be read\n", name);
        return -1;
    }
    char *line = NULL;
    size_t cap = 0, number = 0;
    bool ok = true;
    while (ok && getline(&line, &cap, f) >= 0)
        ok = read_line(&r, line, ++number);
    if (ok && number == 0) {
        ok = false;
        number = 1;
        snprintf(r.reason, REASON, "the file is empty");
    }
    free(line);
    fclose(f);
    if (ok)
        return 0;
    fprintf(stderr, "%s:%zu: %s\n", name, number, r.reason);
    sim_customers_fini(ret);
    return -1;
}

void sim_customers_fini(struct sim_customers *c)
{
    free(c->at);
    *c = (struct sim_customers){NULL, 0, 0};
}

void sim_customers_write(const struct sim_customers *c, FILE *out)
{
    fputs("t0,class,item,start,wait,window,left\n", out);
    for (size_t i = 0; i < c->n; i++) {
        const struct sim_customer *p = &c->at[i];
        fprintf(out, "%.6f,%s,%s,", (double)p->t0 / 60000, p->class_name, p->item);
        if (p->left)
            fprintf(out, ",%.6f,,1\n", (double)p->wait / 60000);
        else
            fprintf(out, "%.6f,%.6f,%d,0\n", (double)p->start / 60000, (double)p->wait / 60000, p->window);
    }
}
