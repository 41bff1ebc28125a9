/* hallctl flow: definitions of flows as files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pbjson.h"
#include "engine/flow_files.h"
#include "tools/hallctl.h"

static void print(struct buf *text, FILE *to)
{
    fputs(buf_text(text), to);
    buf_fini(text);
}

/* The faults are the answer and go to standard output; warnings are beside it. */
static void print_faults(const struct hallctl *ctl, const Halld__FlowFaultList *l)
{
    struct buf faults = BUF_INIT, warnings = BUF_INIT;
    if (ctl->options.json) {
        pbjson_write(&l->base, &faults);
        buf_add_char(&faults, '\n');
    } else {
        flow_files_lines(l->n_faults, l->faults, &faults);
        flow_files_lines(l->n_warnings, l->warnings, &warnings);
    }
    print(&faults, stdout);
    print(&warnings, stderr);
}

int hallctl_flow_check(struct hallctl *ctl, int argc, char **argv)
{
    struct flow_files files;
    char *name;
    (void)argc;
    if (flow_files_read(argv[0], argv[1], &files, &name) != 0) {
        SAY(ctl, stderr, W_CANNOT_READ, ARG("what", name), ARG("why", strerror(errno)));
        free(name);
        return EXIT_FILE;
    }
    Halld__FlowFaultList *l = flow_files_faults_new(&files);
    int code = files.sound ? 0 : EXIT_REFUSED;
    print_faults(ctl, l);
    halld__flow_fault_list__free_unpacked(l, NULL);
    flow_files_fini(&files);
    return code;
}
