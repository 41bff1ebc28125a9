#include "store/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"

static bool read_key(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, ret, KEYFILE_BYTES);
    close(fd);
    if (n == KEYFILE_BYTES)
        return true;
    errno = n < 0 ? errno : EINVAL;
    return false;
}

/* Under its name only when it is whole and on disk: half a key would be worse than none. */
static bool write_key(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    char *part = alloc_format("%s.new", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    randombytes_buf(ret, KEYFILE_BYTES);
    bool done = fd >= 0 && write(fd, ret, KEYFILE_BYTES) == KEYFILE_BYTES && fsync(fd) == 0;
    if (fd >= 0)
        done = close(fd) == 0 && done;
    done = done && rename(part, path) == 0;
    if (!done && fd >= 0)
        unlink(part);
    free(part);
    return done;
}

bool keyfile_open(const char *path, uint8_t ret[KEYFILE_BYTES])
{
    return read_key(path, ret) || (errno == ENOENT && write_key(path, ret));
}
