/*
 * Preloaded: every fsync and fdatasync takes SLOWSYNC_MS (default 5) longer, as on a disk without a fast cache.
 *
 *   LD_PRELOAD=tests/lib/slowsync.so SLOWSYNC_MS=5 halld --config ...
 */
#include <errno.h>
#include <time.h>

#include "tests/lib/preload.h"

int fsync(int fd);
int fdatasync(int fd);

static void delay(void)
{
    const char *text = getenv("SLOWSYNC_MS");
    long ms = text ? atol(text) : 5;
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

int fsync(int fd)
{
    delay();
    return PRELOAD_NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    delay();
    return PRELOAD_NEXT(fdatasync)(fd);
}
