/*
 * Memory that cannot fail: a daemon out of memory stops and starts again from its journal, which is
 * safer than going on with half a change. All are freed with free().
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

void *alloc_zero(size_t size);                      /* zeroed */
void *alloc_grow(void *old, size_t n, size_t size); /* realloc of n * size, checked for overflow */
void *alloc_copy(const void *from, size_t size);
char *alloc_text(const char *text); /* strdup; NULL reads as "" */
__attribute__((format(printf, 1, 2))) char *alloc_format(const char *format, ...);

int64_t alloc_resident(void); /* bytes of memory that the process has; 0 if the system does not say */
void alloc_trim(void); /* gives what is free back to the machine; after letting go of much */

#endif
