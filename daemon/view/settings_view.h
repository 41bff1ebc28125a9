/* Settings as they may be shown: whole or one table of them, without anything secret. */
#ifndef VIEW_SETTINGS_VIEW_H
#define VIEW_SETTINGS_VIEW_H

#include "core/hall.h"
#include "proto/view.pb-c.h"

/* table: a field name of Settings ("windows"), or NULL for all. NULL if there is no such table. */
Halld__SettingsView *settings_view_new(const struct hall *h, const char *table);

/* Takes away password references and token hashes, in place. */
void settings_view_clean(Halld__Settings *s);

#endif
