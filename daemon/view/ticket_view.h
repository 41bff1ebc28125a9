/* A ticket as staff see it, as its person sees it, in lists, and with what happened to it. */
#ifndef VIEW_TICKET_VIEW_H
#define VIEW_TICKET_VIEW_H

#include <stdint.h>

#include "core/hall.h"
#include "core/queue/queue.h"
#include "proto/view.pb-c.h"
#include "view/reader.h"

/* For staff: never the link. */
Halld__TicketView *ticket_view_new(const struct hall *h, const struct ticket *t);

/* For whoever holds its link: with the link and the windows where it may be called. public_url as in view/reply.h. */
Halld__TicketView *ticket_view_new_person(const struct hall *h, const struct ticket *t, const char *public_url);

/* Today's tickets that fit, newest first, a page at a time. */
Halld__TicketList *ticket_list_new(const struct hall *h, const Halld__TicketQuery *query);

/* The ticket and its events up to the committed hall; NULL if the journal cannot be read. */
Halld__TicketHistory *ticket_history_new(const struct hall *h, const struct ticket *t, const struct reader *r);

#endif
