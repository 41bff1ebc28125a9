/*
 * Working time: when n minutes of opening have run, on which closing n days end, how far a deadline is.
 *
 * Owns tables of every date from 2000 to 2099, made once from a hall's hours, special days and the State Council's
 * calendars, so that a question costs a few look-ups. Times are hall time: milliseconds since 1970 as the hall's
 * wall clock shows them (the core knows no zone). A moment outside the tables counts as their first or last day.
 *
 * A working day is one by the State Council's table (else Monday to Friday) on which the hall has hours. A date's
 * hours: its own (special), else row 0 on an off day, else its weekday's; a weekend day that is worked has its
 * weekday's row if there is one, else Monday's.
 */
#ifndef CORE_DAY_WORKTIME_H
#define CORE_DAY_WORKTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/settings.pb-c.h"

struct worktime;

/* While a clock runs: it runs at t iff from < t <= to, of one or more spans in order and apart. */
struct running {
    int64_t from, to;
};

enum { WORKTIME_DAY_MS = 86400000 };

/* From the rows hours, special and calendars, which must be sound. Freed with worktime_free. */
struct worktime *worktime_new(const Halld__Settings *s);
void worktime_free(struct worktime *w);

int32_t worktime_date(int64_t at); /* the date of a moment, as 20261123 */
bool worktime_is_working(const struct worktime *w, int32_t date);
bool worktime_knows_year(const struct worktime *w, int year); /* its table is imported */
/* Does a date from `from` to `to` need a table that is not imported? */
bool worktime_is_provisional(const struct worktime *w, int64_t from, int64_t to);

/* Milliseconds of opening time in (from, to]. */
int64_t worktime_open_between(const struct worktime *w, int64_t from, int64_t to);
/* The same, of a clock that ran in `run` only. */
int64_t worktime_ran(const struct worktime *w, const struct running *run, size_t n, int64_t until);
/* The earliest moment at which the clock has run `open` ms of opening time. */
int64_t worktime_when_ran(const struct worktime *w, const struct running *run, size_t n, int64_t open);

/*
 * The deadline of a limit for a clock that runs in `run` (the last span without an end): minutes of opening time, or
 * the closing of the day that the limit's last day is or leads to. 0 working days: the first closing after the start.
 */
int64_t worktime_deadline(const struct worktime *w, Halld__LimitUnit__E unit, int64_t count, const struct running *run,
                          size_t n);
/* Closing of the date, or of the next working day. */
int64_t worktime_closing(const struct worktime *w, int32_t date);
/* Opening of the k-th working day after (before, if negative) the day of the moment; 0: of that day. */
int64_t worktime_opening(const struct worktime *w, int64_t at, int k);

#endif
