/*
 * The definitions of flows that the hall's config names, brought into its journal: read at the start and whenever
 * somebody asks, checked against what the journal knows, handed in as commands. A file with a fault is kept out and
 * said in the log, and what it would replace stays in force. Never stops a hall. Runs on the loop thread.
 */
#ifndef ENGINE_FLOW_LOAD_H
#define ENGINE_FLOW_LOAD_H

#include "port/submit.h"
#include "proto/flow.pb-c.h"

struct flow_loader;
struct loop;

/* What came of a load. Borrowed during the call. code: 0 also where files have faults, which are in `what`; else why
 * the hall took nothing now. */
typedef void flow_loaded_fn(void *arg, int code, const Halld__FlowLoad *what);

/* dir "": the hall has no flows. Paths are borrowed. */
struct flow_loader *flow_loader_new(struct loop *loop, const char *dir, const char *profile,
                                    const struct submit_port *port);
void flow_loader_free(struct flow_loader *l);
bool flow_loader_has_files(const struct flow_loader *l);

/* actor NULL: the daemon itself, which tries again by itself while the hall takes no commands. done (which may be NULL)
 * is called once, perhaps at once. */
void flow_loader_load(struct flow_loader *l, const Halld__Actor *actor, Halld__Role__E role, flow_loaded_fn *done,
                      void *arg);

/* What the latest load found: how many faults, the first as its line, and since when there are any. */
struct flow_trouble {
    size_t n;
    const char *first; /* borrowed until the next load */
    int64_t since_at;
};
struct flow_trouble flow_loader_trouble(const struct flow_loader *l);

#endif
