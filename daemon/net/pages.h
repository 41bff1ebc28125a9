/*
 * The pages' files, read into memory at the start: what was not read then cannot be asked for. /t/{token} is the
 * ticket page whatever the token; a folder is its index.html.
 */
#ifndef NET_PAGES_H
#define NET_PAGES_H

#include <stddef.h>

struct call;
struct pages;

/* A folder that cannot be read is logged; its pages are then not found. */
struct pages *pages_new(const char *dir);
void pages_free(struct pages *p);
/* Answers the call. path: as sent. */
void pages_serve(const struct pages *p, struct call *c, const char *path);

struct page {
    char *path; /* "/kiosk/index.html" */
    char *data;
    size_t len;
    const char *type;
    char etag[24]; /* with its quotes */
};

/* The file that answers a decoded path; NULL if there is none. */
const struct page *pages_find(const struct pages *p, const char *path);
size_t pages_count(const struct pages *p);

#endif
