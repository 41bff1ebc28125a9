/*
 * Preloaded: moves the wall clock by as many milliseconds as the file SHIFTCLOCK_FILE says at that moment. The other
 * clocks go on, as when an administrator or a broken time server sets the machine's clock.
 *
 *   LD_PRELOAD=tests/lib/shiftclock.so SHIFTCLOCK_FILE=FILE halld --config ...
 */
#include <fcntl.h>
#include <time.h>

#include "tests/lib/preload.h"

int clock_gettime(clockid_t id, struct timespec *ts);

static long long shift_ms(void)
{
    const char *name = getenv("SHIFTCLOCK_FILE");
    char text[32] = "";
    long fd = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    long n = syscall(SYS_read, (int)fd, text, sizeof text - 1);
    syscall(SYS_close, (int)fd);
    return n > 0 ? strtoll(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
    int code = PRELOAD_NEXT(clock_gettime)(id, ts);
    long long shift = code == 0 && id == CLOCK_REALTIME ? shift_ms() : 0;
    if (shift) {
        long long ns = ts->tv_nsec + shift % 1000 * 1000000;
        ts->tv_sec += (time_t)(shift / 1000 + ns / 1000000000);
        ts->tv_nsec = (long)(ns % 1000000000);
        if (ts->tv_nsec < 0) {
            ts->tv_nsec += 1000000000;
            ts->tv_sec--;
        }
    }
    return code;
}
