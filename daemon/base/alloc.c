#include "base/alloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

void *alloc_zero(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *alloc_grow(void *old, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        abort();
    size_t bytes = n * size;
    return must(realloc(old, bytes ? bytes : 1));
}

void *alloc_copy(const void *from, size_t size)
{
    void *p = must(malloc(size ? size : 1));
    if (size)
        memcpy(p, from, size);
    return p;
}

char *alloc_text(const char *text)
{
    return must(strdup(text ? text : ""));
}

char *alloc_format(const char *format, ...)
{
    va_list ap, again;
    char small[256]; /* most fit, and are printed once */
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, format, ap);
    va_end(ap);
    size_t size = (size_t)(n < 0 ? 0 : n) + 1;
    char *text = must(malloc(size));
    if (n >= 0 && size <= sizeof small)
        memcpy(text, small, size);
    else
        vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

/* There where the program is linked with mimalloc, which has no malloc_trim. */
__attribute__((weak)) void mi_collect(bool force);

void alloc_trim(void)
{
    if (mi_collect)
        mi_collect(true);
    else
        malloc_trim(0);
}

int64_t alloc_resident(void)
{
    long long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    int n = fscanf(f, "%lld %lld", &size, &resident);
    fclose(f);
    return n == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}
