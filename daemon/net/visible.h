/* Is there something to be seen in a text? Blanks, zero-width characters and marks of direction are nothing. */
#ifndef NET_VISIBLE_H
#define NET_VISIBLE_H

#include <stddef.h>

/* The first character of UTF-8 that is seen, and its bytes; NULL and 0 if none is. */
const char *visible_first(const char *text, size_t *ret_len);

#endif
