/*
 * Everything that happened to a matter, in order, from the journal. Runs on a thread of its own and so knows neither
 * the hall nor who asks: fields come as the events carry them, for the loop to put into words or leave out
 * (matter_field_new_of), and so do names of people.
 */
#ifndef VIEW_TIMELINE_H
#define VIEW_TIMELINE_H

#include "proto/event.pb-c.h"
#include "proto/matter_view.pb-c.h"
#include "view/reader.h"

struct timeline_line {
    Halld__TimelineLine *line; /* without `fields` and `actor_name` */
    size_t n_values;
    Halld__FieldValue **values; /* what was given */
};

struct timeline {
    size_t n;
    struct timeline_line *lines;
    uint64_t as_of_seq;
};

/* Up to the reader's last event; the reader must have the read model. 0, NO_MATTER, or a code. */
int timeline_read(const struct reader *r, uint64_t matter, struct timeline *ret);
void timeline_fini(struct timeline *t);

#endif
