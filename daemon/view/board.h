/* What a call screen shows: calls that are not over, windows in their order, people waiting. Numbers only. */
#ifndef VIEW_BOARD_H
#define VIEW_BOARD_H

#include <stdint.h>

#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/quote.h"
#include "proto/view.pb-c.h"

enum { BOARD_CALLS_MOST = 12 };

Halld__BoardView *board_view_new(const struct hall *h, int64_t now);

/* The wait of an ordinary person who comes now, of each queue for which it is known. quote may be NULL. */
void board_view_set_waits(Halld__BoardView *v, const struct quote *quote);
void board_queue_set_wait(Halld__QueueView *v, const struct quote *quote);

/* One call as screens show it; t is called or serving. */
Halld__CallView *board_call_new(const struct hall *h, const struct ticket *t);

/* The call that an event was, first or repeated; NULL if it was none. h is at the event or later, so that the ticket
 * may already be over. */
Halld__CallView *board_call_of_event(const struct hall *h, const Halld__Event *event);

/* The line of a queue. NULL if no such queue is configured. */
Halld__QueueView *board_queue_new(const struct hall *h, const char *queue);

#endif
