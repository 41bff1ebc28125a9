/* A growing run of bytes, always followed by a NUL so that text in it can be read as a string. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
    char *data; /* NULL while empty; owned */
    size_t len, cap;
};

#define BUF_INIT {NULL, 0, 0}

void buf_fini(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
char *buf_reserve(struct buf *b, size_t more); /* room for `more` bytes after len; the place to write them */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
__attribute__((format(printf, 2, 3))) void buf_add_format(struct buf *b, const char *format, ...);
/* A cell of CSV; one that a spreadsheet would take for a formula is made a text. */
void buf_add_csv(struct buf *b, const char *cell);
const char *buf_text(const struct buf *b); /* "" while empty; borrowed */
char *buf_take(struct buf *b);             /* the text, to be freed by the caller; b is empty again */

#endif
