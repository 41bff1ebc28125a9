/* What fuzz targets share. A target has one function; a broken promise aborts. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                             \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* The demo's zone, which had summer time until 1991. */
static inline void fuzz_zone(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
}

#endif
