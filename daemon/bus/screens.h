/* Which screens may listen: the public keys of the settings' rows, as bytes. */
#ifndef BUS_SCREENS_H
#define BUS_SCREENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/curve.h"
#include "core/setup.h"

struct screens;

struct screens *screens_new(void); /* nobody may */
void screens_free(struct screens *s);
/* Follows the settings. true: somebody who might listen before no longer may. */
bool screens_set(struct screens *s, const struct setup *setup);
/* The name of the screen with that key; NULL: it must not listen. Borrowed until screens_set. */
const char *screens_find(const struct screens *s, const uint8_t key[CURVE_BYTES]);

#endif
