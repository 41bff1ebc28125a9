/*
 * A random day of a random hall, for the policy checker:
 *
 *   random_day SEED HALL.json TRACE.csv
 *
 * writes the hall's settings and the day's trace, whole: from the first window's opening to the sweep.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/random_hall.h"
#include "view/trace.h"

static const int64_t DAY_MS = 10 * INT64_C(3600000);

static int write_file(const char *name, const struct buf *text)
{
    FILE *f = fopen(name, "we");
    size_t n = f ? fwrite(buf_text(text), 1, text->len, f) : 0;
    if (f && fclose(f) == 0 && n == text->len)
        return 0;
    fprintf(stderr, "%s: cannot be written\n", name);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: random_day SEED HALL.json TRACE.csv\n", stderr);
        return EXIT_FAILURE;
    }
    struct random_hall r;
    random_hall_init(&r, strtoull(argv[1], NULL, 10));
    while (r.play.now < r.opened + DAY_MS)
        random_hall_step(&r);
    random_hall_end_day(&r);
    struct buf trace = BUF_INIT;
    struct reader reader = play_reader(&r.play);
    int code = trace_write(&reader, r.date, &trace);
    if (!code)
        code = write_file(argv[2], &r.settings);
    if (!code)
        code = write_file(argv[3], &trace);
    buf_fini(&trace);
    random_hall_fini(&r);
    return code ? EXIT_FAILURE : EXIT_SUCCESS;
}
