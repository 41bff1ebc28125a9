/*
 * A year's file of the State Council's holiday arrangement, in the form of the holiday-cn project:
 * {"year": 2026, "papers": ["https://..."], "days": [{"name": "...", "date": "2026-01-01", "isOffDay": true}]}.
 */
#ifndef CODEC_HOLIDAY_H
#define CODEC_HOLIDAY_H

#include <stddef.h>

#include "base/err.h"
#include "proto/settings.pb-c.h"

/*
 * 0 with a new Calendar, freed with halld__calendar__free_unpacked(c, NULL): its dates as in the file, the papers as
 * its source. A year whose notice is not out yet has no days: *ret has no dates then. BAD_JSON, FIELD_MISSING or
 * BAD_VALUE with the place in r.
 */
int holiday_read(const char *text, size_t len, Halld__Calendar **ret, struct refusal *r);

#endif
