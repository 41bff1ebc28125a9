/*
 * Definitions of flows and a profile as files: DIR/NAME/flow.json, DIR/NAME/known/VERSION.json for the versions that a
 * journal would know, and the profile's own file. Reads all of them, checks them, and says what is wrong with them.
 * With a journal it is its versions that count, and the folders known/ are not read. Never changes a file.
 */
#ifndef ENGINE_FLOW_FILES_H
#define ENGINE_FLOW_FILES_H

#include <stdbool.h>

#include "base/buf.h"
#include "core/flow/check.h"

/* One file that was read. */
struct flow_text {
    char *file;           /* as it is named to people */
    struct buf text;      /* its bytes */
    struct faults faults; /* of its shape */
};

struct flow_definition {
    struct flow_text source;
    Halld__Flow *flow;
    struct flow_text *known_sources;
    Halld__Flow **known;
    size_t n_known;
    char *folder;
};

struct flow_files {
    struct flow_definition *definitions; /* sorted by folder */
    struct flow_entry *entries;          /* what the check found, in the same order */
    size_t n;
    struct flow_text profile_source;
    Halld__Profile *profile;
    const Halld__Flow **journal; /* every version that the journal knows, flow by flow; owned, but not what is in it */
    bool sound;                  /* no fault anywhere */
    bool keeps_all; /* with a journal: nothing may be taken over, since what stays in force needs the old */
};

struct flow;
/* Reads and checks; journal: what the hall knows already, or NULL. 0; or -1 with errno and the name of what cannot be
 * read, to be freed by the caller. */
int flow_files_read(const char *dir, const char *profile, const struct flow *journal, struct flow_files *ret,
                    char **ret_name);
/* May the definition be taken over? */
bool flow_files_may_load(const struct flow_files *f, size_t definition);
void flow_files_fini(struct flow_files *f);
/* The faults in the order in which they are said, at most 100, and what does not keep the definitions from being used;
 * freed with halld__flow_fault_list__free_unpacked(l, NULL). */
Halld__FlowFaultList *flow_files_faults_new(const struct flow_files *f);
/* Each as "FILE: PATH: CODE: text", one a line. */
void flow_files_lines(size_t n, Halld__FlowFault *const *faults, struct buf *out);

#endif
