/* How long things took: a spread of durations in opening time and in working days. Never a mean alone. */
#ifndef VIEW_SPREAD_H
#define VIEW_SPREAD_H

#include <stddef.h>
#include <stdint.h>

#include "proto/flow_report.pb-c.h"

struct spread {
    size_t n, cap;
    int64_t *open_ms, *days; /* owned */
};

#define SPREAD_INIT      \
    {                    \
        0, 0, NULL, NULL \
    }

void spread_add(struct spread *s, int64_t open_ms, int64_t days);
/* NULL of nothing; the spread is empty again. */
Halld__SpreadView *spread_take_view(struct spread *s);
void spread_fini(struct spread *s);

#endif
