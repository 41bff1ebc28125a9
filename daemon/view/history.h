/* What happened to a ticket, line by line, from the journal. */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "core/hall.h"
#include "core/queue/queue.h"
#include "proto/view.pb-c.h"
#include "view/reader.h"

/* The ticket and its events up to the committed hall; NULL if the journal cannot be read. */
Halld__TicketHistory *ticket_history_new(const struct hall *h, const struct ticket *t, const struct reader *r);

#endif
