/*
 * What stands in the hall besides windows, as it reports: printers, and calls for help that nobody has answered. Rows
 * begin with a device's first report and end with its row of the settings. That a device is still there is no event;
 * whoever serves the pages remembers it.
 */
#ifndef CORE_EQUIPMENT_H
#define CORE_EQUIPMENT_H

#include <stddef.h>
#include <stdint.h>

#include "proto/words.pb-c.h"

struct hall;

struct equipment {
    const char *device; /* lives as long as the hall */
    Halld__Printer__E printer;
    int64_t printer_at; /* since when */
    int64_t help_at;    /* called and not answered; 0 = no */
};

size_t equipment_count(const struct hall *h);
const struct equipment *equipment_at(const struct hall *h, size_t i); /* by name; borrowed until the next apply */
const struct equipment *equipment_find(const struct hall *h, const char *device); /* NULL: never heard of */

#endif
