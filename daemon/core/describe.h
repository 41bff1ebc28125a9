/*
 * An event as one readable line: "ticket_issued number=A032 no=32 queue=A item=...". Made from the
 * descriptor, so every kind has its line. For golden traces, halljournal dump and the audit page;
 * never parsed. The link's token and the reference of a password are left out.
 */
#ifndef CORE_DESCRIBE_H
#define CORE_DESCRIBE_H

#include "base/buf.h"
#include "proto/event.pb-c.h"

/* Writes a moment; NULL: the milliseconds as they are. */
typedef void describe_moment(int64_t ms, struct buf *out);

void describe_event(const Halld__Event *event, struct buf *out);
void describe_event_with(const Halld__Event *event, describe_moment *moment, struct buf *out);
/* The name of the event's kind, "ticket_issued"; static. "unknown" for none. */
const char *describe_kind(const Halld__Event *event);

#endif
