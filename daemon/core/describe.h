/*
 * An event as one readable line: "ticket_issued A032 queue=A item=... class=senior e=...". For golden
 * traces, halljournal dump and the audit page; never parsed.
 */
#ifndef CORE_DESCRIBE_H
#define CORE_DESCRIBE_H

#include "base/buf.h"
#include "proto/event.pb-c.h"

void describe_event(const Halld__Event *event, struct buf *out);
/* The name of the event's kind, "ticket_issued"; static. */
const char *describe_kind(const Halld__Event *event);

#endif
