#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum log_level limit = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    limit = level;
}

/* One write(2) a line, so that lines of several threads never mix. */
__attribute__((format(printf, 3, 0))) static void put(enum log_level level, const char *area, const char *format,
                                                      va_list ap)
{
    char line[1024];
    int n = snprintf(line, sizeof line, "<%d>%s: ", level, area);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, format, ap);
    if (n > (int)sizeof line - 2)
        n = (int)sizeof line - 2;
    for (char *c = line; c < line + n; c++)
        if (*c == '\n')
            *c = ' ';
    line[n] = '\n';
    ssize_t done = write(STDERR_FILENO, line, (size_t)n + 1);
    (void)done; /* nowhere left to complain */
}

#define LOG_FUNCTION(name, level)                        \
    void name(const char *area, const char *format, ...) \
    {                                                    \
        if ((level) > limit)                             \
            return;                                      \
        va_list ap;                                      \
        va_start(ap, format);                            \
        put(level, area, format, ap);                    \
        va_end(ap);                                      \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
