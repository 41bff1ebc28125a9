/* The making of a ticket, shared by walk-ins, returns and check-ins. */
#ifndef CORE_QUEUE_ISSUE_H
#define CORE_QUEUE_ISSUE_H

#include "core/decision.h"

/* What the ticket will be, before its event. */
struct issue_wanted {
    const Halld__Item *item;
    const Halld__PersonClass *class_row;
    Halld__Origin__E origin;
    int64_t e, t0, gate;         /* gate 0 = open */
    uint64_t appointment, first; /* 0 = none */
    int64_t slot_at, first_e;
};

/* The class of that name (empty: normal), if the actor may give it: UNKNOWN_CLASS, CLASS_NOT_GRANTED. */
int issue_class(struct decision *d, const char *name, const Halld__PersonClass **ret);
/* May tickets be given now, and can the item be served at all? HALL_CLOSED, UNKNOWN_ITEM. */
int issue_check_open(struct decision *d, const Halld__Item *item);
/* The event, and the call if a window is ready for it. */
void issue_make(struct decision *d, const struct issue_wanted *w);

#endif
