/*
 * A CSV file of items. Columns by name, in any order: item, name, queue, group; and if given name_en, kind (instant or
 * promised), promised_days, statutory_days (working days), example (0 or 1), initials, mean_service_s, main_item.
 */
#ifndef TOOLS_HALLCTL_ITEMS_H
#define TOOLS_HALLCTL_ITEMS_H

#include "core/setup.h"
#include "tools/hallctl.h"

/*
 * Reads and checks the whole file against the daemon's settings. Every fault is said on standard error with its line.
 * 0 with the items, freed with halld__settings__free_unpacked; or EXIT_FILE.
 */
int hallctl_items_read(const struct hallctl *ctl, const struct setup *now, const char *file, Halld__Settings **ret);

#endif
