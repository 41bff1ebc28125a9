/* Files of a year's holidays: what reads has a year and only dates. */
#include <string.h>

#include "base/moment.h"
#include "codec/holiday.h"
#include "fuzz.h"

static void check_dates(size_t n, char *const *dates)
{
    int32_t date;
    for (size_t i = 0; i < n; i++)
        MUST(date_from_text(dates[i], &date));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Halld__Calendar *c = NULL;
    struct refusal r = {0};
    int code = holiday_read((const char *)data, size, &c, &r);
    MUST((code == 0) == (c != NULL));
    if (!c)
        return 0;
    MUST(c->year >= 1970 && c->year <= 9999);
    check_dates(c->n_off, c->off);
    check_dates(c->n_work, c->work);
    halld__calendar__free_unpacked(c, NULL);
    return 0;
}
