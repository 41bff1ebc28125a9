/* Moments and dates as text, in a zone that had summer time. */
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "fuzz.h"

#define DAY_MS 86400000LL

static void check_moment(int64_t ms)
{
    char text[MOMENT_TEXT];
    int64_t again;
    moment_to_text(ms, text);
    MUST(strlen(text) == sizeof "2026-11-23T09:12:03.481+08:00" - 1);
    MUST(moment_from_text(text, &again) && again == ms);
    int32_t date = moment_to_date(ms);
    MUST(date_is_valid(date));
    MUST(moment_of_date(date, 0) <= ms && ms < moment_of_date(date, 1440));
}

static void check_date(int32_t date)
{
    char text[11];
    int32_t again;
    date_to_text(date, text);
    MUST(date_is_valid(date));
    MUST(date_from_text(text, &again) && again == date);
    MUST(date_from_days(date_to_days(date)) == date);
    MUST(date_weekday(date) >= 1 && date_weekday(date) <= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_zone();
    char *text = alloc_zero(size + 1);
    memcpy(text, data, size);
    int64_t ms;
    int32_t date;
    if (moment_from_text(text, &ms) && ms >= DAY_MS && ms < 253370764800000)
        check_moment(ms);
    if (date_from_text(text, &date))
        check_date(date);
    free(text);
    return 0;
}
