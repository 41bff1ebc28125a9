/*
 * On which days, and when, the hall is open. Dates are int32 such as 20261123; times are minutes of the
 * day by the hall's wall clock. Pure; the engine turns minutes into moments.
 *
 * A date's hours: its own (special), else row 0 (or none) on an off day of the State Council's table, else
 * its weekday's, and on a weekend day that is worked and has no row Monday's.
 */
#ifndef CORE_DAY_HOURS_H
#define CORE_DAY_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct setup;

enum { HOURS_SPANS_MAX = 8 };

/* Half open: from <= t < to; 0 .. 1440. */
struct minutes {
    int from, to;
};

/* Reads n texts "09:00-12:00", in order and apart. Returns how many were sound: n, or the index of the first bad
 * one (also when there are more than HOURS_SPANS_MAX). */
size_t hours_parse(size_t n, char *const *open, struct minutes out[HOURS_SPANS_MAX]);
void hours_to_text(struct minutes span, char text[12]);

/* The date's opening spans; how many. */
size_t hours_of(const struct setup *s, int32_t date, struct minutes out[HOURS_SPANS_MAX]);

enum day_kind { DAY_PLAIN, DAY_OFF, DAY_WORKED };
/* What the State Council's tables say of a date; DAY_PLAIN where they say nothing. */
enum day_kind hours_day_kind(const struct setup *s, int32_t date);

#endif
