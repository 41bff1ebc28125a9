/* A table of text for a terminal: its columns line up also where characters are two cells wide, as Chinese ones are. */
#ifndef TOOLS_COLUMNS_H
#define TOOLS_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

struct columns;

/* align: one character a column, 'l' or 'r'. */
struct columns *columns_new(const char *align);
void columns_free(struct columns *c);
/* The next cell, left to right, row by row; NULL reads as "". */
void columns_add(struct columns *c, const char *text);
void columns_add_number(struct columns *c, long long n);
/* Adds the rows to out; two blanks between columns, none at line ends. */
void columns_write(const struct columns *c, struct buf *out);

/* How many cells of a terminal a UTF-8 text takes. */
int columns_width(const char *text);

#endif
