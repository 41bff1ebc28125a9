/* A secret key of the machine's own: 32 random bytes in a file, 0600, made once. */
#ifndef STORE_KEYFILE_H
#define STORE_KEYFILE_H

#include <stdbool.h>
#include <stdint.h>

enum { KEYFILE_BYTES = 32 };

/* Reads it, or makes it if there is none. false: errno says why, EINVAL for a file that is too short. */
bool keyfile_open(const char *path, uint8_t ret[KEYFILE_BYTES]);

#endif
