/*
 * The hall's matters as people may see them: joins what the flow engine says (core/flow/flow.h) to the hall's people,
 * rota and hours. Reads a hall, changes nothing.
 */
#ifndef CORE_MATTERS_H
#define CORE_MATTERS_H

#include <stdbool.h>

#include "core/flow/flow.h"
#include "core/hall.h"

/* What was found out about the asker's roles while one answer was made: ten thousand matters ask the same few. */
enum { ASKER_ROLES = 32 };
struct asker_memo {
    size_t n;
    struct {
        const char *role;
        bool has;
    } at[ASKER_ROLES];
    int32_t duty_date; /* 0: not asked yet */
    const char *duty;
};

/* Who asks, and when. */
struct asker {
    const struct hall *hall;
    const char *user;    /* a user or a device; NULL: the holder of a link */
    Halld__Role__E role; /* of the user */
    const char *person;  /* the holder of a link, as a person (matters_person); else NULL */
    int64_t now;
    struct asker_memo *memo; /* of this asker and hall, zeroed at first; NULL: nothing is remembered */
};

/* By whom a matter's link is held, as the engine knows persons; borrowed. */
const char *matters_person(const struct matter *m);

bool matters_may_read(const struct asker *a, const struct matter *m);
/* Might the asker have read it while it was with another department, colleague or level? */
bool matters_may_have_read(const struct asker *a, const struct matter *m);
bool matters_may_read_field(const struct asker *a, const struct matter *m, int field);
/* The kind as such, and figures about it: by the asker's role, whatever the matter. */
bool matters_may_read_kind(const struct asker *a, const struct definition *d);
/* Which transition the asker may take now by role, state and times; m NULL: to open a matter of d. */
bool matters_may_take(const struct asker *a, const struct definition *d, const struct matter *m, size_t transition);
/* The guard that keeps the asker from taking it now whatever is given, as flow_blocked_by says. */
const char *matters_blocked_by(const struct asker *a, const struct matter *m, size_t transition);
/* Does a notice to "role" or "role@value" (a member of staff or a department) go to the asker? */
bool matters_is_told(const struct asker *a, const char *to);
/* May the asker take any? */
bool matters_waits_for(const struct asker *a, const struct matter *m);

/* What following its flow's newest version would do to an open matter: its events, borrowed during the call. False: it
 * stays as it is. */
bool matters_plan_migration(const struct asker *a, const struct matter *m,
                            void (*each)(void *arg, const Halld__Event *event), void *arg);

#endif
