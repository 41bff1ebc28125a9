/* Which files the hall takes: told by their first bytes, not by what they are called. */
#ifndef NET_FILETYPE_H
#define NET_FILETYPE_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_BYTES_MOST = 4 << 20 };

struct filetype {
    const char *type, *ending;
    const char *magic;
    size_t len;
    bool in_page; /* a browser may show it where it stands; else it is only for saving */
};

const struct filetype *filetype_of(const void *bytes, size_t len); /* NULL: not one that is taken */

#endif
