/* A matter in a list. */
#ifndef VIEW_MATTER_CARD_H
#define VIEW_MATTER_CARD_H

#include "view/matter_clock.h"
#include "view/matter_value.h"

/* Of a matter that the looker may read. */
Halld__MatterCard *matter_card_new(const struct looker *l, const struct matter *m);
/* May a step be taken, or is one a matter of the asker's at all: what waits for the asker. */
bool matter_is_mine(const struct looker *l, const struct matter *m);

#endif
