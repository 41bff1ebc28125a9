/* A matter's timeline for whoever looks: read on another thread (view/timeline.h), put into words on the loop. */
#ifndef VIEW_TIMELINE_JOIN_H
#define VIEW_TIMELINE_JOIN_H

#include "view/matter_view.h"
#include "view/timeline.h"

/* Moves the lines that the looker may see into the view; t is to be freed as before. Whoever holds the link sees what
 * was done and by when, not who did it or whom it was told. */
void matter_view_set_timeline(Halld__MatterView *v, const struct looker *l, const struct matter *m, struct timeline *t);

#endif
