/*
 * Was the order of a day just? Who went past whom, by class; every call of a named ticket and every corrected class
 * with who did it and why; the head starts that kiosks and counters gave; the longest waits. From the journal alone.
 */
#ifndef VIEW_FAIRNESS_H
#define VIEW_FAIRNESS_H

#include "proto/view.pb-c.h"
#include "view/reader.h"

enum { FAIRNESS_LONGEST = 10, FAIRNESS_LONG_S = 1800 };

/* The report of a business day (20261123), up to the reader's last event; reads the whole day, so not on the loop.
 * 0, NOT_FOUND if the journal has no such day, or the reader's code. */
int fairness_report_read(const struct reader *r, int32_t day, Halld__FairnessReport **ret);

#endif
