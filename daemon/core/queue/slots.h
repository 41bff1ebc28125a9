/*
 * Which times can be booked. A slot is a stretch of a date's opening hours; for each queue it holds so many
 * seconds of service: planned windows x the slot's length x the share for appointments. Each booking takes its
 * item's mean service time, so items of different length share one budget.
 */
#ifndef CORE_QUEUE_SLOTS_H
#define CORE_QUEUE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/day/hours.h"

struct appointment;
struct hall;

enum { SLOTS_MAX = 288 };

struct slot {
    int minute; /* after local midnight */
    int64_t at; /* filled by the caller of slots_of, who knows the zone */
    int free;   /* further bookings of the item that fit, were nothing else booked meanwhile */
};

/* The slots of a date by its opening hours; how many. The queue's bookings are not looked at. */
size_t slots_of(const struct hall *h, int32_t date, struct slot ret[SLOTS_MAX]);
/* Is (date, minute) a slot that may be booked at all on `today`? 0, SLOT_CLOSED or CALENDAR_PROVISIONAL. */
int slots_check(const struct hall *h, int32_t today, int32_t date, int minute);
/* Bookings of the item that still fit into the slot at that moment. */
int slots_free(const struct hall *h, const char *item, int64_t slot_at);
/* The same for many slots: what an appointment takes of a queue's time, and what fits beside the sum of a slot's. */
int slots_taken_s(const struct appointment *a, const char *queue);
int slots_free_beside(const struct hall *h, const char *item, int64_t taken_s);
/* The seconds one booking of the item takes; 0 if there is no such item. */
int slots_service_s(const struct hall *h, const char *item);

#endif
