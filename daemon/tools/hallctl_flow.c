/* hallctl flow: definitions of flows, as files and as the daemon has them. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pbjson.h"
#include "engine/flow_files.h"
#include "tools/hallctl_http.h"

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
    if (flow_files_read(argv[0], argv[1], NULL, &files, &name) != 0) {
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

/* ---- the daemon's */

static void say_loaded(const struct hallctl *ctl, const Halld__FlowLoad *l)
{
    char version[24];
    for (size_t i = 0; i < l->n_loaded; i++) {
        snprintf(version, sizeof version, "%u", l->loaded[i]->version);
        SAY(ctl, stdout, W_FLOW_LOADED, ARG("flow", l->loaded[i]->flow), ARG("version", version));
    }
    if (l->profile)
        puts(hallctl_word(ctl, W_PROFILE_LOADED));
    if (!l->n_loaded && !l->profile && !l->n_faults)
        puts(hallctl_word(ctl, W_FLOWS_AS_BEFORE));
}

static void say_load(const struct hallctl *ctl, const Halld__FlowLoad *l)
{
    struct buf faults = BUF_INIT, warnings = BUF_INIT;
    if (ctl->options.json) {
        pbjson_write(&l->base, &faults);
        buf_add_char(&faults, '\n');
        return print(&faults, stdout);
    }
    say_loaded(ctl, l);
    flow_files_lines(l->n_faults, l->faults, &faults);
    flow_files_lines(l->n_warnings, l->warnings, &warnings);
    print(&faults, stdout);
    print(&warnings, stderr);
}

int hallctl_flow_reload(struct hallctl *ctl, int argc, char **argv)
{
    ProtobufCMessage *m = NULL;
    (void)argc;
    (void)argv;
    int code = hallctl_fetch(ctl, "POST", "/admin/flows/reload", NULL, &halld__flow_load__descriptor, &m);
    if (!m)
        return code;
    const Halld__FlowLoad *l = (const Halld__FlowLoad *)m;
    say_load(ctl, l);
    if (l->n_faults)
        code = EXIT_REFUSED;
    protobuf_c_message_free_unpacked(m, NULL);
    return code;
}

/* ---- migrating */

#define NUMBER_TEXT 24

static const char *number(int64_t n, char text[NUMBER_TEXT])
{
    snprintf(text, NUMBER_TEXT, "%" PRId64, n);
    return text;
}

static void say_migration(const struct hallctl *ctl, const Halld__MigrationView *v)
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT], d[NUMBER_TEXT];
    SAY(ctl, stdout, W_MIGRATION, ARG("flow", v->flow), ARG("n", number(v->matters, a)),
        ARG("version", number(v->version, b)));
    for (size_t i = 0; i < v->n_moves; i++)
        SAY(ctl, stdout, W_MIGRATION_MOVE, ARG("version", number(v->moves[i]->version, a)),
            ARG("from", v->moves[i]->from), ARG("to", v->moves[i]->to), ARG("n", number(v->moves[i]->matters, b)));
    for (size_t i = 0; i < v->n_clocks; i++)
        SAY(ctl, stdout, W_MIGRATION_CLOCK, ARG("clock", v->clocks[i]->clock),
            ARG("kept", number(v->clocks[i]->kept, a)), ARG("stopped", number(v->clocks[i]->stopped, b)),
            ARG("dropped", number(v->clocks[i]->dropped, c)), ARG("started", number(v->clocks[i]->started, d)));
    for (size_t i = 0; i < v->n_erases; i++)
        SAY(ctl, stdout, W_MIGRATION_ERASE, ARG("field", v->erases[i]->field),
            ARG("n", number(v->erases[i]->matters, a)));
    for (size_t i = 0; i < v->n_stays; i++)
        SAY(ctl, stdout, W_MIGRATION_REST, ARG("version", number(v->stays[i]->version, a)),
            ARG("state", v->stays[i]->state), ARG("n", number(v->stays[i]->matters, b)));
    puts(hallctl_word(ctl, v->done ? W_MIGRATION_DONE : W_MIGRATION_ASK));
}

int hallctl_flow_migrate(struct hallctl *ctl, int argc, char **argv)
{
    struct buf path = BUF_INIT;
    ProtobufCMessage *m = NULL;
    bool yes = ctl->options.yes;
    (void)argc;
    buf_add_text(&path, "/flows/");
    hallctl_add_encoded(&path, argv[0]);
    buf_add_text(&path, yes ? "/migrate" : "/migration");
    int code = hallctl_ask(ctl, yes ? "POST" : "GET", buf_text(&path), NULL, &halld__migration_view__descriptor, &m);
    buf_fini(&path);
    if (!m)
        return code;
    say_migration(ctl, (const Halld__MigrationView *)m);
    protobuf_c_message_free_unpacked(m, NULL);
    return code;
}
