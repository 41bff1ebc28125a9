/* The hall's inside, for core/ only. */
#ifndef CORE_HALL_STATE_H
#define CORE_HALL_STATE_H

#include "core/hall.h"

struct hall {
    struct setup *setup; /* one reference */
    struct queue *queue; /* owned */
    uint64_t seq, epoch;
    int64_t at;
    Halld__JournalStarted *journal; /* owned; NULL before the first event */
};

#endif
