/* A day from the journal in the neutral CSV of the assignment policy, from which anybody can check every call. */
#ifndef VIEW_TRACE_H
#define VIEW_TRACE_H

#include <stdint.h>

#include "base/buf.h"
#include "view/reader.h"

/* Adds the header and the rows of a business day (20261123) to out. 0, NOT_FOUND if the journal has no such day,
 * or the reader's code. */
int trace_write(const struct reader *r, int32_t day, struct buf *out);

#endif
