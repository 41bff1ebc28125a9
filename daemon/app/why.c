#include "app/why.h"

#include <stdarg.h>
#include <stdio.h>

void why_say(char why[WHY_SIZE], const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(why, WHY_SIZE, format, ap);
    va_end(ap);
}

void why_say_refused(char why[WHY_SIZE], const char *file, int code, const struct refusal *r)
{
    why_say(why, "%s: %s %s: %s / %s", file, r->field, r->value, err_text_zh(code), err_text_en(code));
}
