#include "net/phone.h"

#include <stddef.h>
#include <string.h>

enum { DIGITS_LEAST = 5, DIGITS_MOST = 20, MOBILE = 11 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The text without blanks and brackets, and its digits alone. False: it has something that no number has. */
static bool split(const char *text, char plain[PHONE_SIZE], char digits[PHONE_SIZE])
{
    size_t n = 0, n_digits = 0;
    for (const char *at = text; *at; at++) {
        if (*at == ' ' || *at == '\t' || *at == '(' || *at == ')')
            continue;
        bool is_sign = (*at == '+' && n == 0) || (n_digits && (*at == '-' || *at == '#'));
        if ((!is_digit(*at) && !is_sign) || n == PHONE_SIZE - 1)
            return false;
        plain[n++] = *at;
        if (is_digit(*at))
            digits[n_digits++] = *at;
    }
    plain[n] = digits[n_digits] = '\0';
    return n_digits >= DIGITS_LEAST && n_digits <= DIGITS_MOST;
}

/* The eleven digits of a mobile number of the mainland; NULL: it does not begin like one. */
static const char *mobile_of(const char *plain, const char *digits)
{
    static const char *const prefixes[] = {"+86", "0086", ""};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t n = strlen(prefixes[i]), skip = n - (prefixes[i][0] == '+');
        if (strncmp(plain, prefixes[i], n) == 0 && digits[skip] == '1' && digits[skip + 1] >= '3' &&
            strlen(digits + skip) > DIGITS_LEAST)
            return digits + skip;
    }
    return NULL;
}

bool phone_read(const char *text, char ret[PHONE_SIZE])
{
    char plain[PHONE_SIZE], digits[PHONE_SIZE];
    if (!split(text, plain, digits))
        return false;
    const char *mobile = mobile_of(plain, digits);
    if (mobile && strlen(mobile) != MOBILE)
        return false; /* a digit too many or too few */
    strcpy(ret, mobile ? mobile : plain);
    return true;
}

void phone_mask(const char *number, char ret[PHONE_SIZE])
{
    size_t n = 0, at = 0;
    for (const char *c = number; *c; c++)
        n += is_digit(*c);
    size_t tail = n / 2 < 4 ? n / 2 : 4, head = n >= 10 ? 3 : 0;
    for (const char *c = number; *c && (size_t)(c - number) < PHONE_SIZE - 1; c++) {
        bool hidden = is_digit(*c) && at >= head && at + tail < n;
        ret[c - number] = hidden ? '*' : *c;
        ret[c - number + 1] = '\0';
        at += is_digit(*c);
    }
    if (!*number)
        *ret = '\0';
}
