/* One image from a query's answer, by librrd. For hallgraph alone: it uses globals, fonts and the current time zone. */
#ifndef METRICS_DRAW_H
#define METRICS_DRAW_H

#include <stdio.h>

struct draw_options {
    const char *format; /* png, svg */
    int width, height;
};

/* 0 or -1 with why. */
int draw_image(FILE *in, const struct draw_options *o, FILE *out, char why[200]);

#endif
