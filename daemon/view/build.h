/* Small helpers for building messages that are freed as unpacked ones. */
#ifndef VIEW_BUILD_H
#define VIEW_BUILD_H

#include <stddef.h>

/* A field's text: a copy, or the generated empty text where there is none (NULL reads as ""). */
char *build_text(const char *text);

/* Sets a field that still has its generated value. */
void build_set(char **field, const char *text);

/* An array of n pointers to be filled; NULL for none. */
void *build_array(size_t n, size_t size);

#endif
