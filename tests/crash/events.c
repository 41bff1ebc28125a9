#include "tests/crash/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_of(uint64_t seq, char text[40])
{
    snprintf(text, 40, "the reason of event %llu", (unsigned long long)seq);
}

void events_add(struct store_batch *b, uint64_t seq)
{
    Halld__Event event = HALLD__EVENT__INIT;
    Halld__TicketCancelled body = HALLD__TICKET_CANCELLED__INIT;
    char text[40];
    text_of(seq, text);
    body.ticket = seq;
    body.reason = text;
    event.seq = seq;
    event.at = 1795396323000 + (int64_t)seq;
    event.body_case = HALLD__EVENT__BODY_TICKET_CANCELLED;
    event.ticket_cancelled = &body;
    store_batch_add_event(b, &event);
}

bool events_is_right(const Halld__Event *event)
{
    char text[40];
    text_of(event->seq, text);
    return event->body_case == HALLD__EVENT__BODY_TICKET_CANCELLED && event->ticket_cancelled->ticket == event->seq &&
           strcmp(event->ticket_cancelled->reason, text) == 0;
}

void events_secret(uint64_t seq, uint8_t ref[16], char value[40])
{
    memset(ref, 0, 16);
    memcpy(ref, &seq, sizeof seq);
    snprintf(value, 40, "secret %llu", (unsigned long long)seq);
}

int events_write_next(struct store *s)
{
    struct store_batch *b = store_batch_new();
    events_add(b, store_last_seq(s) + 1);
    store_write_take(s, b);
    return store_wait(s);
}
