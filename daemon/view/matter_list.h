/*
 * The inbox: the open matters that somebody may read, by colour, then deadline, then number; or those that are over,
 * the last to end first. Looks at every open matter, but makes cards of one page only; the ended ones and texts are
 * looked through a part at a time.
 */
#ifndef VIEW_MATTER_LIST_H
#define VIEW_MATTER_LIST_H

#include "view/matter_card.h"

/* A page of what the query asks for. 0, or BAD_VALUE with the parameter in r. */
int matter_list_new(const struct looker *l, const Halld__MatterQuery *q, Halld__MatterList **ret, struct refusal *r);
Halld__InboxCounts *inbox_counts_new(const struct looker *l);

#endif
