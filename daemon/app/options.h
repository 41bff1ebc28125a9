/* What may stand on the command line: one table, from which parsing, --help and the manual's check are made. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

enum options_action { OPTIONS_RUN, OPTIONS_CHECK_CONFIG, OPTIONS_PRINT_OPENAPI, OPTIONS_VERSION, OPTIONS_HELP };

struct options {
    enum options_action action;
    const char *config, *restore; /* borrowed from argv */
    int restore_last;
    int ready_fd; /* -1 = none */
    bool simulated;
    int64_t clock_start; /* ms; with simulated */
    double clock_rate;   /* with simulated */
};

/* 0, or BAD_VALUE with why. */
int options_parse(int argc, char *const *argv, struct options *ret, char why[200]);
void options_help(struct buf *out);

#endif
