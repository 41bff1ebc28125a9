#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "store/folder.h"

static int refuse_lock(int fd, const char *name, char why[200])
{
    int reason = errno;
    char pid[24] = "";
    ssize_t n = fd >= 0 ? pread(fd, pid, sizeof pid - 1, 0) : 0;
    pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
    if (fd >= 0)
        close(fd);
    if (reason == EWOULDBLOCK) {
        snprintf(why, 200, "%s is held by another halld (pid %s)", name, *pid ? pid : "unknown");
        return HALL_E_IN_USE;
    }
    snprintf(why, 200, "%s: %s", name, strerror(reason));
    return HALL_E_STORE_FAILED;
}

/* flock, not fcntl: it belongs to the open file, so no other close in the process gives it up. */
int lock_take(const char *dir, int *ret_fd, char why[200])
{
    char *name = alloc_format("%s/lock", dir);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600), code = 0;
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        code = refuse_lock(fd, name, why);
        goto out;
    }
    char pid[24];
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        code = refuse_lock(fd, name, why);
        goto out;
    }
    *ret_fd = fd;
out:
    free(name);
    return code;
}
