#include "core/queue/slots.h"

#include <string.h>

#include "base/err.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"

size_t slots_of(const struct hall *h, int32_t date, struct slot ret[SLOTS_MAX])
{
    struct minutes open[HOURS_SPANS_MAX];
    size_t spans = hours_of(hall_setup(h), date, open), n = 0;
    int length = setup_booking(hall_setup(h))->slot_minutes;
    for (size_t i = 0; i < spans; i++)
        for (int m = open[i].from; m + length <= open[i].to && n < SLOTS_MAX; m += length)
            ret[n++] = (struct slot){.minute = m};
    return n;
}

int slots_check(const struct hall *h, int32_t today, int32_t date, int minute)
{
    const struct booking *b = setup_booking(hall_setup(h));
    if (!date_is_valid(date))
        return HALL_E_SLOT_CLOSED;
    int ahead = date_to_days(date) - date_to_days(today);
    if (ahead < 0 || ahead > b->days_ahead || !b->days_ahead)
        return HALL_E_SLOT_CLOSED;
    if (!setup_knows_calendar(hall_setup(h), date))
        return HALL_E_CALENDAR_PROVISIONAL;
    struct slot slots[SLOTS_MAX];
    size_t n = slots_of(h, date, slots);
    for (size_t i = 0; i < n; i++)
        if (slots[i].minute == minute)
            return 0;
    return HALL_E_SLOT_CLOSED;
}

int slots_service_s(const struct hall *h, const char *item)
{
    const Halld__Item *i = setup_item_find(hall_setup(h), item);
    if (!i)
        return 0;
    return i->mean_service_s ? i->mean_service_s : setup_booking(hall_setup(h))->default_service_s;
}

int slots_taken_s(const struct appointment *a, const char *queue)
{
    return a->state != HALLD__APPOINTMENT_STATE__E__cancelled && strcmp(a->queue, queue) == 0 ? a->service_s : 0;
}

int slots_free_beside(const struct hall *h, const char *item, int64_t taken_s)
{
    const struct booking *b = setup_booking(hall_setup(h));
    const Halld__Item *row = setup_item_find(hall_setup(h), item);
    const Halld__Queue *queue = row ? setup_queue_find(hall_setup(h), row->queue) : NULL;
    if (!queue)
        return 0;
    int64_t budget = (int64_t)queue->planned_windows * b->slot_minutes * 60 * b->share_percent / 100 - taken_s;
    int each = slots_service_s(h, item);
    return budget > 0 && each > 0 ? (int)(budget / each) : 0;
}

int slots_free(const struct hall *h, const char *item, int64_t slot_at)
{
    const struct queue *q = hall_queue(h);
    const Halld__Item *row = setup_item_find(hall_setup(h), item);
    int64_t taken_s = 0;
    for (size_t i = 0; row && i < queue_appointment_count(q); i++) {
        const struct appointment *a = queue_appointment_at(q, i);
        if (a->slot_at == slot_at)
            taken_s += slots_taken_s(a, row->queue);
    }
    return slots_free_beside(h, item, taken_s);
}
