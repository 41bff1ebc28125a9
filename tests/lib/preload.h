/*
 * What the preloaded libraries of the tests share. They stand between the program and libc, so they call the kernel
 * directly and own nothing that malloc gave.
 */
#ifndef TESTS_LIB_PRELOAD_H
#define TESTS_LIB_PRELOAD_H

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The next library's function of this name. */
#define PRELOAD_NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

/* The file's name behind a descriptor; false for sockets, pipes and removed files. */
static inline bool preload_path(int fd, char path[PATH_MAX])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, -100 /* AT_FDCWD */, link, path, PATH_MAX - 1);
    if (n <= 0 || path[0] != '/')
        return false;
    path[n] = '\0';
    static const char removed[] = " (deleted)";
    return (size_t)n < sizeof removed || strcmp(path + n - (sizeof removed - 1), removed) != 0;
}

/* NULL, or the part of path below the folder that the environment variable names. */
static inline const char *preload_below(const char *path, const char *variable)
{
    const char *dir = getenv(variable);
    size_t n = dir ? strlen(dir) : 0;
    if (!n || strncmp(path, dir, n) != 0 || (path[n] != '/' && path[n] != '\0'))
        return NULL;
    return path[n] ? path + n + 1 : path + n;
}

#endif
