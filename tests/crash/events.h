/*
 * The journal that the crash tests write: event n says n in several places, so a reader can tell it from any other.
 */
#ifndef TESTS_CRASH_EVENTS_H
#define TESTS_CRASH_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

void events_add(struct store_batch *b, uint64_t seq);
bool events_is_right(const Halld__Event *event);
/* The secret that goes with the batch ending in seq. */
void events_secret(uint64_t seq, uint8_t ref[16], char value[40]);
/* One event more than the journal has. */
int events_write_next(struct store *s);

#endif
