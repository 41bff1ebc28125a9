#include "tools/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/pbjson.h"

static void forget_row(char ***fields, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        free((*fields)[i]);
    free(*fields);
    *fields = NULL;
    *n = 0;
}

/* The inside of quotes, after the first; a doubled quote is one. false: it does not end. */
static bool read_quoted(struct csv *c, struct buf *field)
{
    for (; c->at < c->end; c->at++) {
        if (*c->at == '\n')
            c->next_line++;
        if (*c->at != '"') {
            buf_add_char(field, *c->at);
            continue;
        }
        c->at++;
        if (c->at == c->end || *c->at != '"')
            return true;
        buf_add_char(field, '"');
    }
    return false;
}

static bool at_line_end(const struct csv *c)
{
    return c->at == c->end || *c->at == '\n' || (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n');
}

static bool read_field(struct csv *c, struct buf *field)
{
    if (c->at < c->end && *c->at == '"') {
        c->at++;
        return read_quoted(c, field) && (at_line_end(c) || *c->at == ',');
    }
    while (!at_line_end(c) && *c->at != ',') {
        if (*c->at == '"')
            return false;
        buf_add_char(field, *c->at++);
    }
    return true;
}

static enum csv_step read_row(struct csv *c, char ***fields, size_t *n)
{
    for (;;) {
        struct buf field = BUF_INIT;
        bool sound = read_field(c, &field);
        bool clean = pbjson_text_is_clean(buf_text(&field), field.len);
        if (!sound || !clean) {
            buf_fini(&field);
            return sound ? CSV_BAD_TEXT : CSV_BAD_QUOTE;
        }
        *fields = alloc_grow(*fields, *n + 1, sizeof **fields);
        (*fields)[(*n)++] = field.data ? buf_take(&field) : alloc_text("");
        if (at_line_end(c))
            return CSV_ROW;
        c->at++; /* the comma */
    }
}

static void pass_line_end(struct csv *c)
{
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n') {
        c->at++;
        c->next_line++;
    }
}

static enum csv_step step(struct csv *c, char ***fields, size_t *n)
{
    while (c->at < c->end && at_line_end(c))
        pass_line_end(c);
    c->line = c->next_line;
    if (c->at == c->end)
        return CSV_END;
    enum csv_step found = read_row(c, fields, n);
    pass_line_end(c);
    return found;
}

enum csv_step csv_open(struct csv *c, const char *text, size_t len)
{
    *c = (struct csv){.at = text, .end = text + len, .next_line = 1};
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        c->at += 3;
    return step(c, &c->names, &c->n_names);
}

void csv_close(struct csv *c)
{
    forget_row(&c->names, &c->n_names);
    forget_row(&c->fields, &c->n_fields);
}

enum csv_step csv_next(struct csv *c)
{
    forget_row(&c->fields, &c->n_fields);
    enum csv_step found = step(c, &c->fields, &c->n_fields);
    return found == CSV_ROW && c->n_fields != c->n_names ? CSV_BAD_COUNT : found;
}

const char *csv_field(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->n_names && i < c->n_fields; i++)
        if (strcmp(c->names[i], name) == 0)
            return c->fields[i];
    return "";
}
