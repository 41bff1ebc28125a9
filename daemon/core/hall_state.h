/* The hall's inside, for core/ only. */
#ifndef CORE_HALL_STATE_H
#define CORE_HALL_STATE_H

#include "core/equipment.h"
#include "core/flow/flow.h"
#include "core/hall.h"

struct hall {
    struct setup *setup; /* one reference */
    struct queue *queue; /* owned */
    struct flow *flow;   /* owned */
    uint64_t seq, epoch;
    int64_t at;
    struct equipment *equipment; /* by name; owned */
    size_t n_equipment;
    Halld__JournalStarted *journal; /* owned; NULL before the first event */
};

struct equipment *equipment_add(struct hall *h, const char *device); /* made on first use */
void equipment_forget_removed(struct hall *h);                       /* those that the settings no longer have */
void equipment_forget_day(struct hall *h);                           /* nobody who called for help is here any more */

#endif
