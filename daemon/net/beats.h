/*
 * When each kiosk and screen was last heard of, and which page it shows. In memory only: that a device is still there
 * is no event. One that has reported itself to the hall once and then falls silent is an alarm.
 */
#ifndef NET_BEATS_H
#define NET_BEATS_H

#include <stddef.h>
#include <stdint.h>

#include "core/hall.h"
#include "proto/view.pb-c.h"
#include "view/alarms.h"

enum { BEATS_PAGE = 40 }; /* room for a page's version and its NUL */

struct beats;

/* silent_ms: after so long without a word a device is silent. mono_ms: now, monotonic; hall_ms: now, by the hall. */
struct beats *beats_new(int64_t silent_ms, int64_t mono_ms, int64_t hall_ms);
void beats_free(struct beats *b);
void beats_hear(struct beats *b, const char *device, const char *page, int64_t mono_ms, int64_t hall_ms);
/* What is known of the device, into its view; texts are borrowed from b and h. */
void beats_tell(const struct beats *b, const struct hall *h, Halld__DeviceView *v);
/* Those that are silent, for the alarms; an array to be freed, its texts borrowed from h. */
struct silent_device *beats_silent(const struct beats *b, const struct hall *h, int64_t mono_ms, size_t *ret_n);

#endif
