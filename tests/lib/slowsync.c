/*
 * Preloaded: every fsync and fdatasync takes SLOWSYNC_MS (default 5) longer, as on a disk without a fast cache;
 * or as long as the file SLOWSYNC_FILE says at that moment.
 *
 *   LD_PRELOAD=tests/lib/slowsync.so SLOWSYNC_MS=5 halld --config ...
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "tests/lib/preload.h"

int fsync(int fd);
int fdatasync(int fd);

static long delay_ms(void)
{
    const char *name = getenv("SLOWSYNC_FILE"), *text = getenv("SLOWSYNC_MS");
    char said[16] = "";
    if (!name)
        return text ? atol(text) : 5;
    long fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || syscall(SYS_read, (int)fd, said, sizeof said - 1) < 0)
        return 0;
    syscall(SYS_close, (int)fd);
    return atol(said);
}

static void delay(void)
{
    long ms = delay_ms();
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
