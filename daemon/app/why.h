/* Why the daemon does not start, as one line for a person. */
#ifndef APP_WHY_H
#define APP_WHY_H

#include "base/err.h"

enum { WHY_SIZE = 200 };

__attribute__((format(printf, 2, 3))) void why_say(char why[WHY_SIZE], const char *format, ...);
/* "FILE: field value: text zh / text en" */
void why_say_refused(char why[WHY_SIZE], const char *file, int code, const struct refusal *r);

#endif
