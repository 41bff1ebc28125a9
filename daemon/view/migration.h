/* What a migration does to a flow's open matters, counted matter by matter: a look at all of them may be cut in parts.
 */
#ifndef VIEW_MIGRATION_H
#define VIEW_MIGRATION_H

#include "core/matters.h"
#include "proto/flow.pb-c.h"

/* Without any matter; NULL if there is no such flow. */
Halld__MigrationView *migration_view_new(const struct hall *h, const char *flow);
/* Counts an open matter; one of another flow, or of the newest version already, is nothing. */
void migration_view_add(Halld__MigrationView *v, const struct asker *a, const struct matter *m);

#endif
