/*
 * The inbox stream: which matters have changed since the last time, and what of it each reader is told. Collects while
 * events are committed, tells when the streams are flushed; keeps nothing of what a matter says.
 */
#ifndef NET_INBOX_H
#define NET_INBOX_H

#include "proto/event.pb-c.h"
#include "proto/matter_view.pb-c.h"
#include "view/matter_value.h"

struct inbox;

struct inbox *inbox_new(void);
void inbox_free(struct inbox *i);
void inbox_note(struct inbox *i, const struct hall *committed, const Halld__Event *event);
/* One piece of news for each changed matter that the looker may read, or might have read before it went to others; if
 * very many have changed, a single one of matter 0: read the list again. */
void inbox_tell(const struct inbox *i, const struct looker *l, void (*each)(void *arg, const Halld__InboxNews *news),
                void *arg);
void inbox_clear(struct inbox *i);
/* The matter of an event that is about one; 0 for any other. */
uint64_t inbox_matter_of(const Halld__Event *event);

#endif
