/* The player's inside: the hall of a scenario as facts, the steps, the answers. */
#ifndef TOOLS_SIM_FLOW_INSIDE_H
#define TOOLS_SIM_FLOW_INSIDE_H

#include "base/buf.h"
#include "codec/tree.h"
#include "core/flow/flow.h"

/* ---- the hall (sim_flow_hall.c): what a scenario says of people, items and hours */

struct sim_hall {
    const struct tree *said; /* of the scenario; borrowed */
    const char *calendars;   /* folder */
    Halld__Settings *settings;
    struct worktime *worktime;
    struct flow_facts facts;
};

/* False with a message on stderr. */
bool sim_hall_init(struct sim_hall *h, const struct tree *said, const char *calendars);
void sim_hall_fini(struct sim_hall *h);
/* Adds a year's table: days as in the folder's files, NULL = the folder's. 0 or CALENDAR_EMPTY, BAD_VALUE. */
int sim_hall_import(struct sim_hall *h, int year, const struct tree *days);

/* "2025-03-03T11:44" (seconds and milliseconds may follow) as milliseconds; false if it is none. */
bool sim_time_from_text(const char *text, int64_t *ret);
void sim_time_write(int64_t at, struct buf *out); /* as a JSON string, seconds only where there are some; null for 0 */

/* ---- the player */

struct sim_name {
    char *name; /* owned */
    uint64_t matter;
};

struct sim_flow {
    struct flow *flow;
    struct sim_hall hall;
    const char *defs; /* folder */
    Halld__Profile *profile;
    int64_t now;
    struct sim_name *names;
    size_t n_names;
    Halld__Event **events; /* of the present step; owned */
    size_t n_events;
    bool quiet;            /* prints no answers */
    const char *invariant; /* the one that was found broken; NULL: none */
};

/* Every step of a scenario; the hall and the definitions are there. False with a message on stderr. */
bool sim_flow_play(struct sim_flow *s, const struct tree *scenario);
void sim_flow_fini(struct sim_flow *s); /* but for the hall and the profile */

/* One step, ended by its answer on stdout. False with a message on stderr: the scenario is broken, or the engine. */
bool sim_flow_step(struct sim_flow *s, const struct tree *step);
char *sim_read_file(const char *name, size_t *ret_len); /* NULL if it cannot be read */

/* Definitions (sim_flow_defs.c). All of the folder that have no fault are loaded, then the profile; what is wrong with
 * the others is on stderr. False if the folder or the profile is of no use. */
bool sim_flow_load(struct sim_flow *s, const char *profile);
/* The file of a flow's definition: DEFS/NAME/flow.json, or DEFS/NAME.json. */
char *sim_flow_file(const struct sim_flow *s, const char *flow);
/* Loads one more definition or version: NULL, or the code of the first fault, then of the set's. */
const char *sim_flow_define(struct sim_flow *s, const char *folder, const char *text, size_t len);

uint64_t sim_matter_find(const struct sim_flow *s, const char *name); /* 0 = none */
void sim_matter_name(struct sim_flow *s, const char *name, uint64_t matter);

/* The circumstances of a command at the player's time (sim_flow.c). */
struct flow_turn sim_turn(struct sim_flow *s, const struct tree *as);

/* The answer (sim_flow_say.c). */
void sim_flow_say(const struct sim_flow *s, const char *refused, struct buf *out);

#endif
