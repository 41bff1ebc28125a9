/* Folders and file names on disk: made private, and synced so that a name survives a power cut. Internal to store/. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <stddef.h>

int folder_make(const char *dir);     /* 0700 if it was not there, its own name synced; 0 or -1 with errno */
int folder_sync(const char *dir);     /* 0 or -1 with errno */
int folder_sync_of(const char *file); /* the folder that file stands in */
/* Writes all of it or fails: 0 or -1 with errno. */
int folder_write_all(int fd, const void *data, size_t len);

#endif
