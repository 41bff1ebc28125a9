/* A window as its clerk sees it: who is there and why, who is on hold, who comes next. */
#ifndef VIEW_WINDOW_VIEW_H
#define VIEW_WINDOW_VIEW_H

#include "core/hall.h"
#include "core/quote.h"
#include "proto/view.pb-c.h"

/* The line of the board. NULL if no such window is configured. */
Halld__WindowView *window_view_new(const struct hall *h, int window);

/* NULL if no such window is configured. */
Halld__WindowDetail *window_detail_new(const struct hall *h, int window);

/* How long the service of the window's ticket usually takes, where that is known. */
void window_detail_set_usual(Halld__WindowDetail *d, const struct quote *quote);

/* All configured windows in their order. */
Halld__WindowList *window_list_new(const struct hall *h);

#endif
