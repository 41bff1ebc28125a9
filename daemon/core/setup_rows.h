/*
 * The tables of Settings, treated alike: a row's key is its first field, a text or a number, and each
 * table is kept sorted by it. Which tables there are stands in settings.proto alone.
 */
#ifndef CORE_SETUP_ROWS_H
#define CORE_SETUP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/settings.pb-c.h"

struct setup_key {
    const char *text; /* NULL: the key is the number */
    int32_t number;
};

/* A new Settings: old with put's rows replacing or added, put's policy laid over the old one field by field, put's
 * hall in place of the old, and the rows in remove gone. */
Halld__Settings *setup_rows_merge(const Halld__Settings *old, const Halld__Settings *put, size_t n_remove,
                                  Halld__SettingRef *const *remove);

/* Is there such a row? An unknown table is no. */
bool setup_rows_has(const Halld__Settings *s, const Halld__SettingRef *ref);

/* Binary search in one table; rows are messages whose first field is the key. */
bool setup_rows_index(void *const *rows, size_t n, const struct setup_key *key, size_t *ret);
void *setup_rows_find(void *const *rows, size_t n, const struct setup_key *key);

#endif
