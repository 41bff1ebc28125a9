/* CURVE key pairs; the bus's own comes from a file that only the daemon may read. Keys are Z85 text. */
#ifndef BUS_CURVE_H
#define BUS_CURVE_H

#include <stdbool.h>

enum { CURVE_TEXT = 41, CURVE_BYTES = 32 };

struct curve {
    char public_key[CURVE_TEXT], secret_key[CURVE_TEXT];
};

/* A new pair. false: this ZeroMQ has no CURVE. */
bool curve_make(struct curve *ret);
/* Reads the secret key; a file that is not there is made (mode 0600) with a new one. 0, or a code with why. */
int curve_read(const char *path, struct curve *ret, char why[200]);
void curve_wipe(struct curve *c);

#endif
