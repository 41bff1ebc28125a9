#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

bool file_read(const char *path, size_t most, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n;
    while ((n = read(fd, buf_reserve(out, 65536), 65536)) > 0) {
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        if (out->len > most) {
            n = -1;
            errno = EFBIG;
            break;
        }
    }
    int error = errno;
    close(fd);
    errno = error;
    return n == 0;
}

static bool write_synced(const char *path, const char *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok = fchmod(fd, 0600) == 0;
    while (ok && len) {
        ssize_t n = write(fd, data, len);
        ok = n > 0;
        data += ok ? n : 0;
        len -= ok ? (size_t)n : 0;
    }
    ok = ok && fsync(fd) == 0;
    close(fd);
    return ok;
}

bool file_write_private(const char *path, const void *data, size_t len)
{
    char *part = alloc_format("%s.new", path);
    bool ok = write_synced(part, data, len) && rename(part, path) == 0;
    if (!ok)
        unlink(part);
    free(part);
    return ok;
}
