/* What happened to a ticket, line by line, from the journal. */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include "core/hall.h"
#include "core/queue/queue.h"
#include "proto/view.pb-c.h"
#include "view/reader.h"

/* Adds the ticket's lines up to the reader's last event; reads from its issue on, so not on the loop. 0, or a code if
 * the journal cannot be read. */
int ticket_history_read(const struct setup *setup, uint64_t ticket, const struct reader *r, Halld__TicketHistory *into);

/* Who did it, as "user:li" or "device:kiosk1"; to be freed by the caller. a may be NULL. */
char *history_actor(const Halld__Actor *a);

#endif
