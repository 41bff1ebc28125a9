/*
 * The read model of a journal made from nothing, as fast as it goes, and its figures over all of it.
 *
 *   reports DATA_DIR FLOW BY
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "store/journal.h"
#include "store/reports.h"

enum { ALWAYS_FROM = 20000101, ALWAYS_TO = 20991231 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "reports: %s\n", what);
    exit(1);
}

static void take(void *arg, const struct reports_row *row)
{
    (void)row;
    ++*(size_t *)arg;
}

static double figures_s(struct reports *r, const char *flow, const char *by)
{
    struct reports_filter f = {.flow = flow, .from = ALWAYS_FROM, .to = ALWAYS_TO, .by = by};
    double began = now_s();
    size_t rows = 0;
    for (int i = 0; i < REPORTS_FIGURES; i++)
        if (reports_figure_read(r, (enum reports_figure)i, &f, take, &rows) != 0)
            die("a figure cannot be read");
    return now_s() - began;
}

int main(int argc, char **argv)
{
    struct journal *j;
    struct journal_tail last;
    struct journal_fault fault;
    struct stat st;
    char why[200];
    if (argc != 4)
        die("DATA_DIR FLOW BY");
    char *file = alloc_format("%s/journal.db", argv[1]), *db = alloc_format("%s/reports.db", argv[1]);
    if (journal_open(file, &j, why) != 0 || journal_last(j, &last, &fault) != 0)
        die("no journal");
    struct reports *r = reports_new(argv[1]);
    double began = now_s();
    if (reports_follow(r, j, last.seq, 0) != 0)
        die("cannot be made");
    double took = now_s() - began;
    printf("{\"events\": %llu, \"made_s\": %.3f, \"figures_s\": %.3f, \"mib\": %.1f}\n", (unsigned long long)last.seq,
           took, figures_s(r, argv[2], argv[3]), stat(db, &st) == 0 ? (double)st.st_size / 1048576 : 0);
    reports_free(r);
    journal_close(j);
    free(file);
    free(db);
    return 0;
}
