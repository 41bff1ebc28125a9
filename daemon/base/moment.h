/*
 * Moments and dates as text. A moment is int64 milliseconds since the epoch, a date an int32 such as
 * 20261123. The zone is the process's (TZ, set once at start): a hall has one.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_TEXT 32 /* room for "2026-11-23T09:12:03.481+08:00" and its NUL */

/* RFC 3339 with milliseconds and the zone's offset at that moment. */
void moment_to_text(int64_t ms, char text[MOMENT_TEXT]);
/* Any RFC 3339 moment with seconds; false if malformed or out of 1970..9999. */
bool moment_from_text(const char *text, int64_t *ret_ms);
int32_t moment_to_date(int64_t ms);
/* Local time of a date: minutes 0..1440 after its midnight by the wall (1440 = next midnight). */
int64_t moment_of_date(int32_t date, int minutes);

/* Civil dates, without any zone. Days count from 1970-01-01. */
bool date_is_valid(int32_t date);
int32_t date_to_days(int32_t date);
int32_t date_from_days(int32_t days);
int date_weekday(int32_t date); /* 1 = Monday .. 7 */
bool date_from_text(const char *text, int32_t *ret_date); /* exactly YYYY-MM-DD */
void date_to_text(int32_t date, char text[11]);

#endif
