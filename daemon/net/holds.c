#include "net/holds.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/queue.h"

enum { PLACES = 1024 };

struct holds {
    struct hold {
        char party[24];
        uint64_t appointment; /* 0: its command is on its way */
        bool taken;
    } at[PLACES];
};

struct holds *holds_new(void)
{
    return alloc_zero(sizeof(struct holds));
}

void holds_free(struct holds *s)
{
    free(s);
}

/* Once booked, given back or run out, a hold counts no more. */
static bool is_open(struct hold *d, const struct hall *h)
{
    if (d->taken && d->appointment) {
        const struct appointment *a = queue_appointment_find(hall_queue(h), d->appointment);
        d->taken = a && a->state == HALLD__APPOINTMENT_STATE__E__held;
    }
    return d->taken;
}

int holds_begin(struct holds *s, const struct hall *h, const char *party)
{
    int place = HOLDS_NONE, n = 0;
    for (int i = 0; i < PLACES; i++) {
        if (!is_open(&s->at[i], h))
            place = i;
        else
            n += strcmp(s->at[i].party, party) == 0;
    }
    if (n >= HOLDS_EACH || place == HOLDS_NONE)
        return HOLDS_NONE;
    s->at[place] = (struct hold){.taken = true};
    snprintf(s->at[place].party, sizeof s->at[place].party, "%s", party);
    return place;
}

void holds_end(struct holds *s, int place, uint64_t appointment)
{
    bool known = appointment == 0;
    if (place == HOLDS_NONE)
        return;
    for (int i = 0; i < PLACES; i++) /* a repeated request is answered with the hold that it made first */
        known = known || (s->at[i].taken && s->at[i].appointment == appointment);
    s->at[place].appointment = appointment;
    s->at[place].taken = !known;
}
