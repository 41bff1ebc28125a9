/*
 * What the read model must know to understand an event: the definitions by version, and the hours that the hall had at
 * that time. Kept in memory; a few events of the journal bring it back. Internal to store/.
 */
#ifndef STORE_REPORTS_KNOWN_H
#define STORE_REPORTS_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/day/worktime.h"
#include "core/flow/words.h"
#include "proto/event.pb-c.h"

struct known {
    Halld__Flow **flows; /* every version */
    size_t n_flows;
    Halld__Settings *hours;    /* the rows that working time depends on */
    struct worktime *worktime; /* of them; NULL until it is asked for */
    int64_t offset;            /* hall time less the time of events */
};

void known_init(struct known *k);
void known_fini(struct known *k);
/* Does the event change what is known? It does so then. */
bool known_apply(struct known *k, const Halld__Event *event);

const Halld__Flow *known_flow(const struct known *k, const char *name, uint32_t version); /* NULL */
bool known_is_end(const Halld__Flow *flow, const char *state);
int known_type(const Halld__Flow *flow, const char *field); /* enum flow_type; -1: no such field */
/* Is the field the first of its type that holds one value? */
bool known_is_first(const Halld__Flow *flow, const char *field);
/* Has the field readers of its own? */
bool known_is_narrow(const Halld__Flow *flow, const char *field);

/* A clock that ran from start to stop but for the pauses (both ends as events tell them), in order and apart. */
struct known_span {
    int64_t start, stop;
    const struct running *pauses;
    size_t n_pauses;
};
int64_t known_open_ms(struct known *k, const struct known_span *s);
/* On which working day after that of its start it stopped: 0 is the same day. Days at whose closing it was held do not
 * count. */
int64_t known_days(struct known *k, const struct known_span *s);

#endif
