/* Who looks at matters through a call or a stream, with the words that lie sealed apart and who may see them. */
#ifndef NET_LOOKER_H
#define NET_LOOKER_H

#include "net/call.h"
#include "view/matter_value.h"

/* Must stay where it is: the looker points into it. */
struct net_looker {
    struct looker looker;
    struct asker_memo memo;
};

/* A user or a device, as the call knows them. */
void looker_of_call(struct net_looker *l, const struct call *c);
/* The same by name, for streams. */
void looker_of_user(struct net_looker *l, struct net *n, const char *user, Halld__Role__E role);
/* The holder of the matter's link. */
void looker_of_holder(struct net_looker *l, struct net *n, const struct matter *m);

#endif
