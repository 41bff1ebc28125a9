#include "base/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

void faults_fini(struct faults *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->rows[i].path);
        free(f->rows[i].text);
    }
    free(f->rows);
    *f = (struct faults)FAULTS_INIT;
}

static void add_place(struct buf *out, const struct fault_place *at)
{
    if (!at)
        return;
    add_place(out, at->up);
    if (at->name)
        buf_add_format(out, "%s%s", out->len ? "." : "", at->name);
    else
        buf_add_format(out, "[%zu]", at->index);
}

static char *one_line(char *text)
{
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return text;
}

void faults_add(struct faults *f, const struct fault_place *at, const char *code, const char *format, ...)
{
    struct buf path = BUF_INIT, text = BUF_INIT;
    va_list args;
    if (f->n == FAULTS_MAX)
        return;
    add_place(&path, at);
    if (!at)
        buf_add_char(&path, '$');
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    va_start(args, format);
    vsnprintf(buf_reserve(&text, (size_t)len + 1), (size_t)len + 1, format, args);
    va_end(args);
    text.len = (size_t)len;
    if (f->n == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 8;
        f->rows = alloc_grow(f->rows, f->cap, sizeof *f->rows);
    }
    f->rows[f->n++] = (struct fault){buf_take(&path), code, one_line(buf_take(&text))};
}
