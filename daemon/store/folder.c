#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

int folder_sync(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd), why = errno;
    close(fd);
    errno = why;
    return rc;
}

int folder_sync_of(const char *file)
{
    char *copy = alloc_text(file);
    int rc = folder_sync(dirname(copy)), why = errno;
    free(copy);
    errno = why;
    return rc;
}

int folder_make(const char *dir)
{
    if (mkdir(dir, 0700) == 0)
        return folder_sync_of(dir);
    return errno == EEXIST ? 0 : -1;
}

int folder_write_all(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}
