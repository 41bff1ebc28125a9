/* Prints RRD files as text, one after the other: what rrdtool dump does, for tests that compare. */
#include <rrd.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (rrd_dump_r(argv[i], NULL) != 0) {
            fprintf(stderr, "%s: %s\n", argv[i], rrd_get_error());
            return 1;
        }
    }
    return 0;
}
