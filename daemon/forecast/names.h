/* Things by their names, in the order in which they came. Owns neither. */
#ifndef FORECAST_NAMES_H
#define FORECAST_NAMES_H

#include <stddef.h>

#include "base/map.h"

struct names {
    struct map by_hash;
    const char **name;
    void **at;
    size_t n, cap;
};

void names_fini(struct names *n);
void *names_find(const struct names *n, const char *name);      /* NULL if absent */
void names_put(struct names *n, const char *name, void *thing); /* a new name; borrowed as long as the table lives */

#endif
