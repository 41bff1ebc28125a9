/*
 * Preloaded: records what a program does to the files below RECORD_DIR into the file RECORD_LOG, in the order in
 * which it happened (one lock around the call and its record). A write to the file RECORD_ACKS is an acknowledgement.
 * Not recorded: the WAL's shared index (-shm), which is memory, and the lock file, whose content is only for people.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "tests/crash/record.h"
#include "tests/lib/preload.h"

int open(const char *name, int flags, ...);
int open64(const char *name, int flags, ...);
ssize_t write(int fd, const void *data, size_t len);
ssize_t pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at);
int ftruncate(int fd, off_t len);
int ftruncate64(int fd, off64_t len);
int fsync(int fd);
int fdatasync(int fd);
int unlink(const char *name);
int rename(const char *from, const char *to);
int link(const char *from, const char *to);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

/* A record that cannot be written makes the whole test worthless. */
static void add_record(enum record_kind kind, const char *name, uint64_t at, const void *data, size_t len)
{
    struct record_head head = {
        .kind = (uint8_t)kind, .name_len = (uint32_t)strlen(name), .data_len = (uint32_t)len, .at = at};
    struct iovec parts[] = {
        {&head, sizeof head}, {(void *)(uintptr_t)name, head.name_len}, {(void *)(uintptr_t)data, len}};
    if (log_fd < 0)
        log_fd =
            (int)syscall(SYS_openat, AT_FDCWD, getenv("RECORD_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (syscall(SYS_writev, log_fd, parts, 3) != (long)(sizeof head + head.name_len + len))
        abort();
}

static bool is_recorded(const char *below)
{
    size_t n = below ? strlen(below) : 0;
    return below && strcmp(below, "lock") != 0 && (n < 4 || strcmp(below + n - 4, "-shm") != 0);
}

/* The recorded name behind fd, "" for the folder itself, or NULL. */
static const char *name_of(int fd, char path[PATH_MAX])
{
    const char *below = preload_path(fd, path) ? preload_below(path, "RECORD_DIR") : NULL;
    return is_recorded(below) ? below : NULL;
}

static bool is_ack(const char *path)
{
    const char *acks = getenv("RECORD_ACKS");
    return acks && strcmp(path, acks) == 0;
}

/* ---- names ---- */

static int open_recorded(const char *name, int flags, mode_t mode)
{
    struct stat st;
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    bool is_new = (flags & O_CREAT) && fstatat(AT_FDCWD, name, &st, 0) != 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, name, flags, mode), why = errno;
    const char *below = fd >= 0 ? name_of(fd, path) : NULL;
    if (below && is_new)
        add_record(RECORD_CREATE, below, 0, "", 0);
    else if (below && (flags & O_TRUNC))
        add_record(RECORD_TRUNCATE, below, 0, "", 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return fd;
}

#define OPEN(function)                                                        \
    int function(const char *name, int flags, ...)                            \
    {                                                                         \
        va_list ap;                                                           \
        va_start(ap, flags);                                                  \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0; \
        va_end(ap);                                                           \
        return open_recorded(name, flags, mode);                              \
    }

OPEN(open)
OPEN(open64)

int unlink(const char *name)
{
    pthread_mutex_lock(&lock);
    int rc = PRELOAD_NEXT(unlink)(name), why = errno;
    const char *below = preload_below(name, "RECORD_DIR");
    if (rc == 0 && is_recorded(below))
        add_record(RECORD_UNLINK, below, 0, "", 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return rc;
}

static int two_names(enum record_kind kind, int (*call)(const char *, const char *), const char *from, const char *to)
{
    pthread_mutex_lock(&lock);
    int rc = call(from, to), why = errno;
    const char *old = preload_below(from, "RECORD_DIR"), *new = preload_below(to, "RECORD_DIR");
    if (rc == 0 && is_recorded(old) && is_recorded(new))
        add_record(kind, old, 0, new, strlen(new));
    pthread_mutex_unlock(&lock);
    errno = why;
    return rc;
}

int rename(const char *from, const char *to)
{
    return two_names(RECORD_RENAME, PRELOAD_NEXT(rename), from, to);
}

int link(const char *from, const char *to)
{
    return two_names(RECORD_LINK, PRELOAD_NEXT(link), from, to);
}

/* ---- content ---- */

ssize_t write(int fd, const void *data, size_t len)
{
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t n = PRELOAD_NEXT(write)(fd, data, len);
    int why = errno;
    const char *below = name_of(fd, path);
    if (n > 0 && below)
        add_record(RECORD_WRITE, below, (uint64_t)at, data, (size_t)n);
    else if (n > 0 && preload_path(fd, path) && is_ack(path))
        add_record(RECORD_ACK, "", 0, data, (size_t)n);
    pthread_mutex_unlock(&lock);
    errno = why;
    return n;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    ssize_t n = PRELOAD_NEXT(pwrite64)(fd, data, len, at);
    int why = errno;
    const char *below = n > 0 ? name_of(fd, path) : NULL;
    if (below)
        add_record(RECORD_WRITE, below, (uint64_t)at, data, (size_t)n);
    pthread_mutex_unlock(&lock);
    errno = why;
    return n;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return pwrite64(fd, data, len, at);
}

int ftruncate64(int fd, off64_t len)
{
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    int rc = PRELOAD_NEXT(ftruncate64)(fd, len), why = errno;
    const char *below = rc == 0 ? name_of(fd, path) : NULL;
    if (below)
        add_record(RECORD_TRUNCATE, below, (uint64_t)len, "", 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return rc;
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

static int sync_recorded(int fd, int (*call)(int))
{
    char path[PATH_MAX];
    struct stat st;
    pthread_mutex_lock(&lock);
    int rc = call(fd), why = errno;
    const char *below = rc == 0 ? name_of(fd, path) : NULL;
    if (below && fstat(fd, &st) == 0)
        add_record(S_ISDIR(st.st_mode) ? RECORD_SYNC_FOLDER : RECORD_SYNC, below, 0, "", 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return rc;
}

int fsync(int fd)
{
    return sync_recorded(fd, PRELOAD_NEXT(fsync));
}

int fdatasync(int fd)
{
    return sync_recorded(fd, PRELOAD_NEXT(fdatasync));
}
