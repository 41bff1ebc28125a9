/*
 * Server-sent events: what happens in the hall, as it happens, to everybody who asked for a topic.
 *
 *   call/            every call and repeat, never coalesced; the last 4,096 can be had again by Last-Event-ID
 *   board/  hall/    what screens show, at most ten a second
 *   windows/  window/7/   for staff, with the ticket that is there
 *   ticket/<token>/  one's own ticket, by its link
 *   matter/<token>/  one's own matter, by its link
 *   inbox/           for staff: which of the matters that they may read have changed, ten times a second at most
 *
 * A stream begins with `event: snapshot` (all its topics at one committed seq), unless its Last-Event-ID can be
 * resumed: then with the calls that it missed and the present state of its other topics. A piece is formatted once and
 * shared by all clients of its topic; a client that does not read is dropped, and may resume.
 */
#ifndef NET_SSE_H
#define NET_SSE_H

#include <stddef.h>

#include "proto/event.pb-c.h"

struct hall;
struct net;
struct sse;

struct sse *sse_new(struct net *net);
void sse_free(struct sse *s); /* after its streams */
void sse_committed(struct sse *s, const struct hall *committed, Halld__Event *const *events, size_t n);
/* Waits are forecast anew. */
void sse_forecast_moved(struct sse *s);

#endif
