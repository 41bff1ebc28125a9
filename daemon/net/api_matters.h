/* What the handlers of matters share. */
#ifndef NET_API_MATTERS_H
#define NET_API_MATTERS_H

#include "core/matters.h"
#include "net/call.h"
#include "net/looker.h"
#include "proto/matter_view.pb-c.h"

/* The answer of a refused command about the matter (NULL: one to be opened by the definition), in the definition's
 * words; true if it was one. Of a matter that the caller may not read nothing is said but that there is none. */
bool matter_refused(struct call *c, const struct answer *answer, const struct definition *d, const struct matter *m,
                    const char *transition);
/* From now on the call acts as the holder of a link. */
void matter_become_holder(struct call *c, const char *person);
/* The person's link, if the definition lets the person read the matter. */
void matter_give_link(struct call *c, Halld__MatterView *v, const struct matter *m);
/* The matter of the path's id, which the caller may read, or of its link; NULL: answered. */
const struct matter *matter_find_to_read(struct call *c, struct net_looker *l);

#endif
