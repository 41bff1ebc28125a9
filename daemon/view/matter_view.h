/* One matter, whole: as far as whoever looks may read it. */
#ifndef VIEW_MATTER_VIEW_H
#define VIEW_MATTER_VIEW_H

#include "view/matter_card.h"

/* Of a matter that the looker may read; without its timeline and link. */
Halld__MatterView *matter_view_new(const struct looker *l, const struct matter *m);
/* The person's link: /m/{token}. */
void matter_view_set_link(Halld__MatterView *v, const char *token, const char *public_url);

/* Every kind, with what the looker may do and how many there are. */
Halld__FlowKinds *flow_kinds_new(const struct looker *l);
/* Only those that the looker may open, without figures: for somebody who holds a ticket. */
Halld__FlowKinds *flow_offers_new(const struct looker *l);
/* Of one definition; what the looker may open. */
Halld__FlowKind *flow_kind_new(const struct looker *l, const struct definition *d);

#endif
