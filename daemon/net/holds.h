/* Which held slots came from which address: nobody keeps many from others by holding and not booking. */
#ifndef NET_HOLDS_H
#define NET_HOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "core/hall.h"

enum { HOLDS_EACH = 3, HOLDS_NONE = -1 };

struct holds;

struct holds *holds_new(void);
void holds_free(struct holds *s);
/* A place for one more hold of the party; HOLDS_NONE if it has its three, or all places are taken. */
int holds_begin(struct holds *s, const struct hall *h, const char *party);
void holds_end(struct holds *s, int place, uint64_t appointment); /* 0: nothing came of it */

#endif
