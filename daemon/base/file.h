/* Small whole files: read into memory, or replaced in one step with mode 0600. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Both: false with errno. A file of more than `most` bytes is EFBIG; an empty one is the text "". */
bool file_read(const char *path, size_t most, struct buf *out);
bool file_write_private(const char *path, const void *data, size_t len);

#endif
