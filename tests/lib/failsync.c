/*
 * Preloaded: makes the disk fail, for files below the folder FAILSYNC_DIR, as the control file FAILSYNC_CONTROL says
 * at that moment (no file, or an empty one: nothing fails). Its text is one line "OPERATION ERROR [NAME]":
 *
 *   sync EIO               fsync and fdatasync fail
 *   sync EIO journal.db    only for the file of that name
 *   write ENOSPC           writes and growing ftruncates fail (EIO, ENOSPC, EDQUOT)
 *
 *   LD_PRELOAD=tests/lib/failsync.so FAILSYNC_DIR=DIR FAILSYNC_CONTROL=FILE halld --config ...
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "tests/lib/preload.h"

ssize_t write(int fd, const void *data, size_t len);
ssize_t pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at);
int ftruncate(int fd, off_t len);
int ftruncate64(int fd, off64_t len);
int fsync(int fd);
int fdatasync(int fd);

static size_t read_control(char text[128])
{
    const char *name = getenv("FAILSYNC_CONTROL");
    long fd = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1, n = 0;
    if (fd >= 0) {
        n = syscall(SYS_read, (int)fd, text, 127);
        syscall(SYS_close, (int)fd);
    }
    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static int error_of(const char *name)
{
    static const struct {
        const char *name;
        int value;
    } errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].value;
    return EIO;
}

/* The error that this operation on fd must fail with, or 0. */
static int planned(const char *operation, int fd)
{
    char text[128], op[16] = "", error[16] = "", only[64] = "", path[PATH_MAX];
    if (!getenv("FAILSYNC_DIR") || !read_control(text))
        return 0;
    if (sscanf(text, "%15s %15s %63s", op, error, only) < 2 || strcmp(op, operation) != 0)
        return 0;
    if (!preload_path(fd, path) || !preload_below(path, "FAILSYNC_DIR"))
        return 0;
    if (*only && strcmp(strrchr(path, '/') + 1, only) != 0)
        return 0;
    return error_of(error);
}

#define FAIL_IF_PLANNED(operation, fd)      \
    do {                                    \
        int error = planned(operation, fd); \
        if (error) {                        \
            errno = error;                  \
            return -1;                      \
        }                                   \
    } while (0)

static bool grows(int fd, off_t len)
{
    struct stat st;
    return fstat(fd, &st) != 0 || len > st.st_size;
}

ssize_t write(int fd, const void *data, size_t len)
{
    FAIL_IF_PLANNED("write", fd);
    return PRELOAD_NEXT(write)(fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    FAIL_IF_PLANNED("write", fd);
    return PRELOAD_NEXT(pwrite)(fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    FAIL_IF_PLANNED("write", fd);
    return PRELOAD_NEXT(pwrite64)(fd, data, len, at);
}

int ftruncate(int fd, off_t len)
{
    if (grows(fd, len))
        FAIL_IF_PLANNED("write", fd);
    return PRELOAD_NEXT(ftruncate)(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    if (grows(fd, len))
        FAIL_IF_PLANNED("write", fd);
    return PRELOAD_NEXT(ftruncate64)(fd, len);
}

int fsync(int fd)
{
    FAIL_IF_PLANNED("sync", fd);
    return PRELOAD_NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    FAIL_IF_PLANNED("sync", fd);
    return PRELOAD_NEXT(fdatasync)(fd);
}
