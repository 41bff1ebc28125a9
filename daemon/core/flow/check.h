/*
 * What is forbidden in definitions of flows and in profiles, and how it is said (docs/flows.md, "What is forbidden").
 * Pure: reads messages whose shape is sound, adds faults. The order is fixed: for each definition head, names and
 * texts, fields, transitions, marks, clocks, prints, migrations; only if none, its graph; only if none, what is used;
 * and last what definitions say about each other, among those that have no fault of their own.
 */
#ifndef CORE_FLOW_CHECK_H
#define CORE_FLOW_CHECK_H

#include <stdbool.h>

#include "base/faults.h"
#include "proto/flow.pb-c.h"

/* One definition of a set. */
struct flow_entry {
    const char *folder;              /* what it must be called */
    const Halld__Flow *flow;         /* borrowed; NULL if its shape is wrong */
    const Halld__Flow *const *known; /* the versions that a journal knows, borrowed */
    size_t n_known;
    struct faults faults;   /* of this definition; what is there already keeps it out of the set */
    struct faults warnings; /* what does not keep it from being used */
    bool sound;             /* while the check runs: it has no fault yet that would make others seem at fault */
    size_t n_own;           /* set by the check: the first so many faults are its own, the rest of the set */
};

void flow_check_profile(const Halld__Profile *profile, struct faults *faults);
/* The set's definitions sorted by name; the profile has no fault. */
void flow_check_set(struct flow_entry *entries, size_t n, const Halld__Profile *profile);

#endif
