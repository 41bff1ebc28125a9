/*
 * The log: one line a message on standard error, "<level>area: text", where <level> is the syslog
 * number that systemd's journal understands. Never a person's data.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

void log_set_level(enum log_level level);
__attribute__((format(printf, 2, 3))) void log_error(const char *area, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_warn(const char *area, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_info(const char *area, const char *format, ...);
__attribute__((format(printf, 2, 3))) void log_debug(const char *area, const char *format, ...);

#endif
