/* A window as its clerk sees it: who is there and why, who is on hold, who comes next. */
#ifndef VIEW_WINDOW_VIEW_H
#define VIEW_WINDOW_VIEW_H

#include "core/hall.h"
#include "proto/view.pb-c.h"

/* The line of the board. NULL if no such window is configured. */
Halld__WindowView *window_view_new(const struct hall *h, int window);

/* NULL if no such window is configured. */
Halld__WindowDetail *window_detail_new(const struct hall *h, int window);

/* All configured windows in their order. */
Halld__WindowList *window_list_new(const struct hall *h);

#endif
