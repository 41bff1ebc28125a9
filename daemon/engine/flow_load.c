#include "engine/flow_load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/message.h"
#include "core/hall.h"
#include "engine/flow_files.h"
#include "port/command.h"

enum { AGAIN_MS = 5000 };

struct flow_loader {
    const char *dir, *profile;
    struct submit_port port;
    struct loop_watch *again;
    size_t n_faults;
    char *first;
    int64_t since_at;
    size_t running; /* loads whose commands are on their way */
    bool closed;
};

/* One load: lives until its last command is answered. */
struct load {
    struct flow_loader *loader;
    Halld__Actor *actor; /* owned; NULL: the daemon itself */
    Halld__Role__E role;
    flow_loaded_fn *done;
    void *arg;
    Halld__FlowLoad *what;
    size_t open; /* commands not answered, and one while they are being handed in */
    int code;
};

static void loader_release(struct flow_loader *l)
{
    if (!l->closed || l->running)
        return;
    free(l->first);
    free(l);
}

/* ---- what is wrong with the files */

static void remember_faults(struct flow_loader *l, const Halld__FlowLoad *what)
{
    struct buf lines = BUF_INIT;
    free(l->first);
    l->first = NULL;
    if (!what->n_faults)
        l->since_at = 0;
    else if (!l->n_faults)
        l->since_at = l->port.now_ms(l->port.engine);
    l->n_faults = what->n_faults;
    for (size_t i = 0; i < what->n_faults; i++) {
        buf_clear(&lines);
        flow_files_lines(1, &what->faults[i], &lines);
        size_t len = strlen(buf_text(&lines));
        log_error("flow", "%.*s", (int)len - 1, buf_text(&lines)); /* without its line end */
        if (!l->first)
            l->first = alloc_format("%.*s", (int)len - 1, buf_text(&lines));
    }
    buf_fini(&lines);
}

static void take_faults(Halld__FlowLoad *what, const struct flow_files *files)
{
    Halld__FlowFaultList *l = flow_files_faults_new(files);
    what->faults = l->faults;
    what->n_faults = l->n_faults;
    what->warnings = l->warnings;
    what->n_warnings = l->n_warnings;
    l->faults = l->warnings = NULL;
    l->n_faults = l->n_warnings = 0;
    halld__flow_fault_list__free_unpacked(l, NULL);
}

/* A file that cannot be read is a fault of its whole. */
static void add_unreadable(Halld__FlowLoad *what, const char *name, const char *why)
{
    Halld__FlowFault *f = MESSAGE_NEW(Halld__FlowFault, &halld__flow_fault__descriptor);
    f->file = alloc_text(name);
    f->path = alloc_text("$");
    f->code = alloc_text("FILE");
    f->text = alloc_text(why);
    what->faults = alloc_copy(&f, sizeof f);
    what->n_faults = 1;
}

/* ---- the commands */

static void finish(struct load *a)
{
    struct flow_loader *l = a->loader;
    for (size_t i = 0; i < a->what->n_loaded; i++)
        log_info("flow", "%s version %u is in force", a->what->loaded[i]->flow, a->what->loaded[i]->version);
    if (a->what->profile)
        log_info("flow", "the profile %s is in force", l->profile);
    if (a->code)
        log_error("flow", "definitions were not taken: %s", err_name(a->code));
    if (a->code && !a->actor && !l->closed)
        loop_watch_arm(l->again, AGAIN_MS);
    if (a->done)
        a->done(a->arg, a->code, a->what);
    if (a->actor)
        halld__actor__free_unpacked(a->actor, NULL);
    halld__flow_load__free_unpacked(a->what, NULL);
    free(a);
    l->running--;
    loader_release(l);
}

static void add_loaded(Halld__FlowLoad *what, const Halld__Flow *flow)
{
    Halld__FlowLoaded *row = MESSAGE_NEW(Halld__FlowLoaded, &halld__flow_loaded__descriptor);
    row->flow = alloc_text(flow->name);
    row->version = flow->version;
    what->loaded = alloc_grow(what->loaded, what->n_loaded + 1, sizeof *what->loaded);
    what->loaded[what->n_loaded++] = row;
}

/* What is known already made no event. */
static void on_answer(void *arg, const struct answer *answer)
{
    struct load *a = arg;
    if (answer->code)
        a->code = answer->code;
    for (size_t i = 0; i < answer->n_events; i++) {
        const Halld__Event *event = answer->events[i];
        if (event->body_case == HALLD__EVENT__BODY_FLOW_DEFINED)
            add_loaded(a->what, event->flow_defined->flow);
        a->what->profile |= event->body_case == HALLD__EVENT__BODY_PROFILE_SET;
    }
    if (--a->open == 0)
        finish(a);
}

static void submit(struct load *a, Halld__Command *command)
{
    Halld__Actor self = HALLD__ACTOR__INIT;
    self.kind = HALLD__ACTOR_KIND__E__engine;
    const struct submit_port *port = &a->loader->port;
    struct submission s = {
        .command = command, .actor = a->actor ? a->actor : &self, .role = a->role, .done = on_answer, .arg = a};
    a->open++;
    port->submit(port->engine, &s);
}

static Halld__Command *define_new(Halld__Flow *flow_taken)
{
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_DEFINE_FLOW, NULL);
    c->define_flow->flow = flow_taken;
    return c;
}

static Halld__Command *profile_new(Halld__Profile *profile_taken)
{
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_SET_PROFILE, NULL);
    c->set_profile->profile = profile_taken;
    return c;
}

/* The profile first: a definition is never in force without its limits. */
static void submit_files(struct load *a, struct flow_files *files)
{
    if (!files->keeps_all)
        submit(a, profile_new((Halld__Profile *)message_clone(&files->profile->base)));
    for (size_t i = 0; i < files->n; i++)
        if (flow_files_may_load(files, i))
            submit(a, define_new((Halld__Flow *)message_clone(&files->definitions[i].flow->base)));
}

static void read_files(struct load *a)
{
    struct flow_loader *l = a->loader;
    struct flow_files files;
    char *name;
    const struct flow *journal = hall_flow(l->port.committed(l->port.engine));
    if (flow_files_read(l->dir, l->profile, journal, &files, &name) != 0) {
        add_unreadable(a->what, name, strerror(errno));
        free(name);
        remember_faults(l, a->what);
        return;
    }
    take_faults(a->what, &files);
    remember_faults(l, a->what);
    submit_files(a, &files);
    flow_files_fini(&files);
}

void flow_loader_load(struct flow_loader *l, const Halld__Actor *actor, Halld__Role__E role, flow_loaded_fn *done,
                      void *arg)
{
    struct load *a = alloc_zero(sizeof *a);
    *a = (struct load){.loader = l, .role = role, .done = done, .arg = arg, .open = 1};
    a->actor = actor ? (Halld__Actor *)message_clone(&actor->base) : NULL;
    a->what = MESSAGE_NEW(Halld__FlowLoad, &halld__flow_load__descriptor);
    l->running++;
    if (flow_loader_has_files(l))
        read_files(a);
    if (--a->open == 0)
        finish(a);
}

/* ---- life */

static void on_again(void *arg)
{
    flow_loader_load(arg, NULL, HALLD__ROLE__E__admin, NULL, NULL);
}

struct flow_loader *flow_loader_new(struct loop *loop, const char *dir, const char *profile,
                                    const struct submit_port *port)
{
    struct flow_loader *l = alloc_zero(sizeof *l);
    *l = (struct flow_loader){.dir = dir, .profile = profile, .port = *port};
    l->again = loop_watch_timer(loop, on_again, l);
    return l;
}

void flow_loader_free(struct flow_loader *l)
{
    if (!l)
        return;
    loop_watch_free(l->again);
    l->again = NULL;
    l->closed = true;
    loader_release(l);
}

bool flow_loader_has_files(const struct flow_loader *l)
{
    return *l->dir != '\0';
}

struct flow_trouble flow_loader_trouble(const struct flow_loader *l)
{
    return (struct flow_trouble){l->n_faults, l->first, l->since_at};
}
