/*
 * Rows of a CSV file (RFC 4180): comma, double quotes, LF or CRLF, an optional byte order mark. The first row names
 * the columns. Reads from memory; fields are UTF-8 and checked.
 */
#ifndef TOOLS_CSV_H
#define TOOLS_CSV_H

#include <stddef.h>

struct csv {
    const char *at, *end;
    int line; /* of the row last read, from 1 */
    int next_line;
    char **names; /* of the columns; owned */
    size_t n_names;
    char **fields; /* of the row last read; owned */
    size_t n_fields;
};

enum csv_step {
    CSV_ROW,
    CSV_END,
    CSV_BAD_QUOTE, /* a quote that does not end, or text after one */
    CSV_BAD_TEXT,  /* not UTF-8, or control characters */
    CSV_BAD_COUNT  /* more or fewer fields than columns */
};

/* Reads the row of names: CSV_ROW, or what is wrong (CSV_END: the file is empty). text is borrowed. */
enum csv_step csv_open(struct csv *c, const char *text, size_t len);
void csv_close(struct csv *c);
/* The next row; empty lines are passed over. */
enum csv_step csv_next(struct csv *c);
/* The field of the row in the column of that name; "" if there is no such column. */
const char *csv_field(const struct csv *c, const char *name);

#endif
