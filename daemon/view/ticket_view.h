/* A ticket as staff see it, as its person sees it, and in lists. */
#ifndef VIEW_TICKET_VIEW_H
#define VIEW_TICKET_VIEW_H

#include <stdint.h>

#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/quote.h"
#include "proto/view.pb-c.h"

/* For staff: never the link. */
Halld__TicketView *ticket_view_new(const struct hall *h, const struct ticket *t);

/* For whoever holds its link: with the link and the windows where it may be called. public_url as in view/reply.h. */
Halld__TicketView *ticket_view_new_person(const struct hall *h, const struct ticket *t, const char *public_url);

/* While it waits: when it will be its turn as forecast now (or else as was said at issue), and why that has become
 * later. quote may be NULL. */
void ticket_view_set_forecast(Halld__TicketView *v, const struct setup *setup, const struct quote *quote);

/* The parts, for replies: what never changes about a ticket and what it is about now; its item; its link. */
Halld__TicketView *ticket_view_new_fixed(const struct hall *h, const struct ticket *t);
void ticket_view_set_item(Halld__TicketView *v, const struct setup *setup, const char *item);
void ticket_view_set_link(Halld__TicketView *v, const uint8_t token[16], const char *public_url);

/* Today's tickets that fit, newest first, a page at a time. */
Halld__TicketList *ticket_list_new(const struct hall *h, const Halld__TicketQuery *query);

#endif
