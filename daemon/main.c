#include <stdio.h>

#include "app.h"

int main(int argc, char **argv)
{
    struct options options;
    char why[200];
    if (options_parse(argc, argv, &options, why) == 0)
        return app_run(&options);
    fprintf(stderr, "halld: %s\nhalld --help\n", why);
    return EXIT_USAGE;
}
