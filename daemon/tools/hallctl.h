/*
 * hallctl: the hall from a command line. One invocation is one struct hallctl; each subcommand is a row of the table
 * in hallctl.c and a function in the file of its group. All talk HTTP to the daemon, none reads its files.
 */
#ifndef TOOLS_HALLCTL_H
#define TOOLS_HALLCTL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "tools/hallctl_words.h"
#include "view/text.h"

/* Exit codes, as documented in hallctl(1). */
enum {
    EXIT_REFUSED = 1,     /* the hall says no */
    EXIT_USAGE = 2,       /* a wrong command line */
    EXIT_UNREACHABLE = 3, /* no daemon, or it did not answer */
    EXIT_FILE = 4,        /* a file given is wrong or cannot be read; nothing was changed */
    EXIT_DAEMON = 5,      /* the daemon failed, or answered what cannot be read */
};

/* Every option; NULL or 0 where not given. */
struct hallctl_options {
    const char *socket, *url, *token, *credentials, *user, *lang;
    const char *state, *queue, *q, *number, *after, *most;
    const char *role, *display, *groups, *place, *days, *reason, *public_key;
    bool json, help, version, password_stdin, yes;
};

struct hallctl {
    struct hallctl_options options;
    bool zh;
    struct hallctl_http *http; /* made by the first request */
};

typedef int hallctl_run(struct hallctl *ctl, int argc, char **argv);

struct hallctl_command {
    const char *words; /* "user add" */
    const char *usage; /* what follows them */
    int least, most;   /* arguments */
    hallctl_run *run;  /* returns the exit code */
    const char *zh, *en;
};

/* hallctl_show.c */
hallctl_run hallctl_status, hallctl_tickets, hallctl_windows, hallctl_trace;
/* hallctl_admin.c */
hallctl_run hallctl_user_add, hallctl_device_add, hallctl_clock_accept, hallctl_rebuild_rrd, hallctl_backup;
/* hallctl_screen.c */
hallctl_run hallctl_screen_add, hallctl_screen_list, hallctl_screen_revoke;
/* hallctl_import.c */
hallctl_run hallctl_import_items, hallctl_import_hall, hallctl_import_calendar;

/* hallctl_flow.c */
hallctl_run hallctl_flow_check, hallctl_flow_reload, hallctl_flow_migrate;

/* Says a sentence on a stream, with a line end; the arguments are struct text_arg. */
void hallctl_say(const struct hallctl *ctl, FILE *to, enum hallctl_word word, const struct text_arg *args, size_t n);
#define SAY(ctl, to, word, ...)                                        \
    hallctl_say(ctl, to, word, (const struct text_arg[]){__VA_ARGS__}, \
                sizeof((const struct text_arg[]){__VA_ARGS__}) / sizeof(struct text_arg))
#define ARG(name, value)  \
    {                     \
        name, value, NULL \
    }
/* A word without arguments; static. */
const char *hallctl_word(const struct hallctl *ctl, enum hallctl_word word);
/* The whole file, or EXIT_FILE after saying why not. */
int hallctl_read_file(const struct hallctl *ctl, const char *file, struct buf *ret);

#endif
