/* An appointment as staff and its person see it, and the times that can be booked. */
#ifndef VIEW_APPOINTMENT_VIEW_H
#define VIEW_APPOINTMENT_VIEW_H

#include <stdint.h>

#include "base/err.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "proto/view.pb-c.h"

/* For staff: never the link. */
Halld__AppointmentView *appointment_view_new(const struct hall *h, const struct appointment *a);
/* For whoever holds its link; public_url as in view/reply.h. */
Halld__AppointmentView *appointment_view_new_person(const struct hall *h, const struct appointment *a,
                                                    const char *public_url);
/* A date's appointments by their slots, for staff. */
Halld__AppointmentList *appointment_list_new(const struct hall *h, int32_t date);

/* The slots of the item from..to (dates, both included, at most 92 of them) that lie after `now`, with what is free in
 * each, and each date with why nothing can be booked on it. 0, or UNKNOWN_ITEM, BAD_VALUE (to before from, too long) with r filled. */
int slot_list_new(const struct hall *h, const char *item, int32_t from, int32_t to, int64_t now, Halld__SlotList **ret,
                  struct refusal *r);

#endif
