/* The hall itself and what one can get done in it. Built from the committed hall; freed as any unpacked message. */
#ifndef VIEW_HALL_VIEW_H
#define VIEW_HALL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hall.h"
#include "proto/view.pb-c.h"

Halld__HallView *hall_view_new(const struct hall *h, int64_t now, bool read_only);

enum { CATALOGUE_FOUND_MOST = 50 };

/*
 * Queues, groups, classes and items. With a q (not NULL, not ""): only items whose name or English name contains it,
 * whose pinyin initials contain it, or whose code begins with it (letters in either case), at most
 * CATALOGUE_FOUND_MOST; best first: by code, by initials from their beginning, then the others.
 */
Halld__CatalogueView *catalogue_view_new(const struct hall *h, const char *q);

/* Does an item fit what somebody typed? */
bool hall_view_item_fits(const Halld__Item *it, const char *q);

/* Who leads on that date, as a view's field shows the user: by the text for colleagues, else by name. */
void hall_view_set_leader(char **field, const struct hall *h, int32_t date);

/* 16 hexadecimal digits and a NUL. */
void hall_view_epoch(uint64_t epoch, char text[17]);

#endif
