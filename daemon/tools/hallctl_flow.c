/* hallctl flow: definitions of flows as files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/flow_files.h"
#include "tools/hallctl.h"

/* The faults are the answer and go to standard output; warnings are beside it. */
int hallctl_flow_check(struct hallctl *ctl, int argc, char **argv)
{
    struct flow_files files;
    struct buf faults = BUF_INIT, warnings = BUF_INIT;
    char *name;
    (void)argc;
    if (flow_files_read(argv[0], argv[1], &files, &name) != 0) {
        SAY(ctl, stderr, W_CANNOT_READ, ARG("what", name), ARG("why", strerror(errno)));
        free(name);
        return EXIT_FILE;
    }
    int code = files.sound ? 0 : EXIT_REFUSED;
    flow_files_report(&files, &faults);
    flow_files_warnings(&files, &warnings);
    fputs(buf_text(&faults), stdout);
    fputs(buf_text(&warnings), stderr);
    buf_fini(&faults);
    buf_fini(&warnings);
    flow_files_fini(&files);
    return code;
}
