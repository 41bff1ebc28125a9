/* Why a ticket was called when it was: one sentence from the call's own record, and the whole order from the journal.
 */
#ifndef VIEW_WHY_H
#define VIEW_WHY_H

#include "core/setup.h"
#include "proto/view.pb-c.h"
#include "view/reader.h"

/* setup: for the class's name. */
Halld__WhyLine *why_line_new(const struct setup *setup, const Halld__TicketCalled *call);

/* The sentence alone, in both languages, to be freed by the caller. */
void why_sentence(const struct setup *setup, const Halld__TicketCalled *call, char **ret_zh, char **ret_en);

enum { WHY_ORDER_MOST = 200 };

/*
 * Every call of today's ticket with all whom the window could have called at that moment (the called first, then in
 * the order of their keys, at most WHY_ORDER_MOST), and how many issued later had been called before it by windows
 * that could have served it. Folds the day's events again: ten milliseconds per ten thousand, so not on the loop. NULL
 * if the journal cannot be read.
 */
Halld__WhyView *why_view_new(const struct setup *setup, int32_t day, uint64_t ticket, const struct reader *r);

#endif
