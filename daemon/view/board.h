/* What a call screen shows: calls that are not over, windows in their order, people waiting. Numbers only. */
#ifndef VIEW_BOARD_H
#define VIEW_BOARD_H

#include <stdint.h>

#include "core/hall.h"
#include "core/queue/queue.h"
#include "proto/view.pb-c.h"

enum { BOARD_CALLS_MOST = 12 };

Halld__BoardView *board_view_new(const struct hall *h, int64_t now);

/* One call as screens show it; t is called or serving. */
Halld__CallView *board_call_new(const struct hall *h, const struct ticket *t);

#endif
