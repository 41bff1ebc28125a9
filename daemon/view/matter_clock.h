/* A matter's clocks as people see them: the deadline, how much of the time has run, the warnings on the way. */
#ifndef VIEW_MATTER_CLOCK_H
#define VIEW_MATTER_CLOCK_H

#include "core/hall.h"
#include "core/matters.h"
#include "proto/matter_view.pb-c.h"

enum matter_color { MATTER_RED, MATTER_YELLOW, MATTER_NONE };

/* Of the worst running clock, as the engine has given the cards. */
enum matter_color matter_color(const struct matter *m);
const char *matter_color_name(enum matter_color color); /* "red"; static */
/* The running clock that is due next; NULL if none is. */
const struct run *matter_next_run(const struct matter *m);
Halld__ClockView *matter_clock_new(const struct hall *h, const struct matter *m, const struct run *r, int64_t now);

#endif
