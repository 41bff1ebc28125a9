#include "base/moment.h"

#include <stdlib.h>
#include <time.h>

#define MOMENT_MAX 253402300799999LL /* the end of 9999 */

/* The last n decimal digits of value at `to`; the place after them. */
static char *put(char *to, int n, int value)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + n;
}

static char *put_date(char *to, int year, int month, int day)
{
    to = put(to, 4, year);
    *to++ = '-';
    to = put(to, 2, month);
    *to++ = '-';
    return put(to, 2, day);
}

void moment_to_text(int64_t ms, char text[MOMENT_TEXT])
{
    time_t s = (time_t)(ms >= 0 ? ms / 1000 : -((999 - ms) / 1000));
    struct tm tm;
    localtime_r(&s, &tm);
    int off = (int)(tm.tm_gmtoff / 60);
    char *to = put_date(text, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    *to++ = 'T';
    to = put(to, 2, tm.tm_hour);
    *to++ = ':';
    to = put(to, 2, tm.tm_min);
    *to++ = ':';
    to = put(to, 2, tm.tm_sec);
    *to++ = '.';
    to = put(to, 3, (int)(ms - (int64_t)s * 1000));
    *to++ = off < 0 ? '-' : '+';
    to = put(to, 2, abs(off) / 60);
    *to++ = ':';
    to = put(to, 2, abs(off) % 60);
    *to = '\0';
}

/* n digits at *at as a number, which is moved past them; false if others stand there. */
static bool digits(const char **at, int n, int *ret)
{
    int value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *ret = value;
    return true;
}

static bool sign(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool fraction(const char **at, int *ret_ms)
{
    *ret_ms = 0;
    if (!sign(at, '.'))
        return true;
    int scale = 100, n = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++, n++, scale /= 10)
        *ret_ms += (**at - '0') * scale;
    return n > 0 && n <= 9;
}

static bool offset(const char **at, int *ret_minutes)
{
    *ret_minutes = 0;
    if (sign(at, 'Z'))
        return true;
    int s = **at == '-' ? -1 : 1, h, m;
    if (!sign(at, '+') && !sign(at, '-'))
        return false;
    if (!digits(at, 2, &h) || !sign(at, ':') || !digits(at, 2, &m) || h > 23 || m > 59)
        return false;
    *ret_minutes = s * (h * 60 + m);
    return true;
}

static bool civil(const char **at, int32_t *ret_date)
{
    int y, m, d;
    if (!digits(at, 4, &y) || !sign(at, '-') || !digits(at, 2, &m) || !sign(at, '-') || !digits(at, 2, &d))
        return false;
    *ret_date = y * 10000 + m * 100 + d;
    return date_is_valid(*ret_date);
}

bool moment_from_text(const char *text, int64_t *ret_ms)
{
    int32_t date;
    int h, mi, s, ms, off;
    if (!civil(&text, &date) || !sign(&text, 'T') || !digits(&text, 2, &h) || !sign(&text, ':') ||
        !digits(&text, 2, &mi) || !sign(&text, ':') || !digits(&text, 2, &s) || !fraction(&text, &ms) ||
        !offset(&text, &off) || *text || h > 23 || mi > 59 || s > 59)
        return false;
    int64_t value = ((int64_t)date_to_days(date) * 1440 + h * 60 + mi - off) * 60000 + s * 1000 + ms;
    if (value < 0 || value > MOMENT_MAX)
        return false;
    *ret_ms = value;
    return true;
}

int32_t moment_to_date(int64_t ms)
{
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    localtime_r(&s, &tm);
    return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

int64_t moment_of_date(int32_t date, int minutes)
{
    struct tm tm = {.tm_year = date / 10000 - 1900, .tm_mon = date / 100 % 100 - 1, .tm_mday = date % 100,
                    .tm_hour = minutes / 60, .tm_min = minutes % 60, .tm_isdst = -1};
    return (int64_t)mktime(&tm) * 1000;
}

bool date_is_valid(int32_t date)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = date / 10000, m = date / 100 % 100, d = date % 100;
    if (y < 1970 || y > 9999 || m < 1 || m > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= days[m - 1] + (m == 2 && leap);
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
int32_t date_to_days(int32_t date)
{
    int y = date / 10000, m = date / 100 % 100, d = date % 100;
    y -= m <= 2;
    int era = y / 400, yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int32_t date_from_days(int32_t days)
{
    days += 719468;
    int era = days / 146097, doe = days - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    return (yoe + era * 400 + (m <= 2)) * 10000 + m * 100 + d;
}

int date_weekday(int32_t date)
{
    return (date_to_days(date) + 3) % 7 + 1;
}

bool date_from_text(const char *text, int32_t *ret_date)
{
    int32_t date;
    if (!civil(&text, &date) || *text)
        return false;
    *ret_date = date;
    return true;
}

void date_to_text(int32_t date, char text[11])
{
    *put_date(text, date / 10000, date / 100 % 100, date % 100) = '\0';
}
