/* Draws one image of a series for halld: the answer of a query on standard input, the image on standard output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "metrics/draw.h"

enum { SECONDS = 5 };

static int usage(void)
{
    fprintf(stderr, "usage: hallgraph png|svg WIDTH HEIGHT <data >image\n");
    return 64;
}

int main(int argc, char **argv)
{
    struct rlimit cpu = {SECONDS, SECONDS};
    char why[200];
    if (argc != 4 || (strcmp(argv[1], "png") != 0 && strcmp(argv[1], "svg") != 0))
        return usage();
    struct draw_options o = {.format = argv[1], .width = atoi(argv[2]), .height = atoi(argv[3])};
    if (o.width <= 0 || o.height <= 0)
        return usage();
    setrlimit(RLIMIT_CPU, &cpu);
    if (draw_image(stdin, &o, stdout, why) == 0)
        return 0;
    fprintf(stderr, "hallgraph: %s\n", why);
    return 1;
}
