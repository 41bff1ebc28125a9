/*
 * Machines: kiosks, screens, window panels. Each has a random 256-bit token, of which the settings keep a hash. The
 * index over the hashes is made anew when the settings change.
 */
#ifndef AUTH_DEVICES_H
#define AUTH_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/generate.h"
#include "core/setup.h"

enum { PAIR_CODE_SIZE = 9 };

struct devices;

struct devices *devices_new(void);
void devices_free(struct devices *d);
/* The device whose token this is, also when it has expired; NULL if there is none. Borrowed from the setup. */
const Halld__Device *devices_find(struct devices *d, const struct setup *setup, const char *token);

/* A code of 8 digits that stands for a token for ten minutes, once: it is typed into a page that then keeps the
 * token as a cookie. now: monotonic ms. A new code for the same device ends the old one. */
void devices_pair(struct devices *d, const char *device, const char *token, int64_t now, char ret_code[PAIR_CODE_SIZE]);
/* Uses the code up. */
bool devices_redeem(struct devices *d, const char *code, int64_t now, char ret_token[GENERATE_TOKEN_TEXT]);

#endif
