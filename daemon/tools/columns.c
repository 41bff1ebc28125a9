#include "tools/columns.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct columns {
    char *align;
    size_t n_columns;
    char **cells;
    size_t n_cells;
};

struct range {
    uint32_t from, to;
};

/* Unicode's East Asian Wide and Fullwidth blocks, and pictographs; the locale's wcwidth knows none of them in "C". */
static const struct range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
                                    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                                    {0xFE30, 0xFE4F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                                    {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}};
static const struct range empty[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

static bool is_within(const struct range *ranges, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

/* The character at text, which is sound UTF-8, and how many bytes it has. */
static uint32_t decode(const unsigned char *text, int *ret_bytes)
{
    int more = *text >= 0xF0 ? 3 : *text >= 0xE0 ? 2 : *text >= 0xC0 ? 1 : 0;
    uint32_t c = more ? *text & (0x3Fu >> more) : *text;
    int i = 1;
    for (; i <= more && text[i]; i++)
        c = c << 6 | (text[i] & 0x3F);
    *ret_bytes = i;
    return c;
}

int columns_width(const char *text)
{
    int width = 0, bytes;
    for (const unsigned char *at = (const unsigned char *)text; *at; at += bytes) {
        uint32_t c = decode(at, &bytes);
        if (is_within(wide, sizeof wide / sizeof *wide, c))
            width += 2;
        else if (!is_within(empty, sizeof empty / sizeof *empty, c))
            width++;
    }
    return width;
}

struct columns *columns_new(const char *align)
{
    struct columns *c = alloc_zero(sizeof *c);
    c->align = alloc_text(align);
    c->n_columns = strlen(align);
    return c;
}

void columns_free(struct columns *c)
{
    for (size_t i = 0; i < c->n_cells; i++)
        free(c->cells[i]);
    free(c->cells);
    free(c->align);
    free(c);
}

void columns_add(struct columns *c, const char *text)
{
    c->cells = alloc_grow(c->cells, c->n_cells + 1, sizeof *c->cells);
    c->cells[c->n_cells++] = alloc_text(text);
}

void columns_add_number(struct columns *c, long long n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", n);
    columns_add(c, text);
}

static int width_of(const struct columns *c, size_t column)
{
    int most = 0;
    for (size_t i = column; i < c->n_cells; i += c->n_columns) {
        int width = columns_width(c->cells[i]);
        most = width > most ? width : most;
    }
    return most;
}

static void add_blanks(struct buf *out, int n)
{
    for (; n > 0; n--)
        buf_add_char(out, ' ');
}

static void write_cell(const struct columns *c, size_t i, int width, struct buf *out)
{
    size_t column = i % c->n_columns;
    int room = width - columns_width(c->cells[i]);
    bool is_last = column + 1 == c->n_columns;
    if (c->align[column] == 'r')
        add_blanks(out, room);
    buf_add_text(out, c->cells[i]);
    if (c->align[column] != 'r' && !is_last)
        add_blanks(out, room);
    if (is_last)
        buf_add_char(out, '\n');
    else
        add_blanks(out, 2);
}

void columns_write(const struct columns *c, struct buf *out)
{
    int *widths = alloc_zero((c->n_columns + 1) * sizeof *widths);
    for (size_t column = 0; column < c->n_columns; column++)
        widths[column] = width_of(c, column);
    for (size_t i = 0; i < c->n_cells; i++)
        write_cell(c, i, widths[i % c->n_columns], out);
    free(widths);
}
