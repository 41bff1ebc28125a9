/*
 * What a command's events say about its ticket and its window, as views. For reply.c: the events decide, the
 * hall lends names and what does not change.
 */
#ifndef VIEW_REPLY_FOLD_H
#define VIEW_REPLY_FOLD_H

#include "port/submit.h"
#include "proto/view.pb-c.h"

/* Which ticket the reply is about: the first that the command touched, or the one that it called. */
enum reply_about { REPLY_FIRST_TICKET, REPLY_CALLED_TICKET };

struct reply_fold {
    const struct hall *hall;
    const char *public_url;
    Halld__TicketView *ticket;       /* owned; NULL if the events touch none */
    Halld__WindowView *window;       /* owned; NULL if the events touch none */
    const Halld__TicketCalled *call; /* of that ticket, borrowed from the answer; NULL if it was not called */
};

void reply_fold(struct reply_fold *f, const struct answer *a, enum reply_about about);

#endif
