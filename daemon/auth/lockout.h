/*
 * Failed tries to log in or pair, counted by name and by address. After five the next try must wait, longer after
 * each further failure: 1 s, 2 s, 4 s ... at most 15 minutes; a success or a quiet hour forgets them. Memory is
 * bounded.
 */
#ifndef AUTH_LOCKOUT_H
#define AUTH_LOCKOUT_H

#include <stdint.h>

enum { LOCKOUT_FREE_TRIES = 5 };

struct lockout;

struct lockout *lockout_new(void);
void lockout_free(struct lockout *l);
/* Milliseconds that who ("user:...", "address:...") must still wait; 0: may try. now: monotonic ms. */
int64_t lockout_wait(struct lockout *l, const char *who, int64_t now);
void lockout_fail(struct lockout *l, const char *who, int64_t now);
void lockout_forget(struct lockout *l, const char *who);

#endif
