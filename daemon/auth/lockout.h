/*
 * Failed tries to log in or pair, counted by name and by address. After five the next try must wait, longer after
 * each further failure: 1 s, 2 s, 4 s ... at most 15 minutes; a success or a quiet hour forgets them. Memory is
 * bounded.
 *
 * A name alone would let anybody lock out anybody: so whoever has logged in from a place is counted there apart, and
 * strangers who fail in his name elsewhere do not keep him out of it.
 */
#ifndef AUTH_LOCKOUT_H
#define AUTH_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

enum { LOCKOUT_FREE_TRIES = 5 };

struct lockout;

struct lockout *lockout_new(void);
void lockout_free(struct lockout *l);
/* Milliseconds that who ("user:...", "address:...") must still wait; 0: may try. now: monotonic ms. */
int64_t lockout_wait(struct lockout *l, const char *who, int64_t now);
void lockout_fail(struct lockout *l, const char *who, int64_t now);
void lockout_forget(struct lockout *l, const char *who);
/* Has somebody of this name been let in at this place ("user:...@...")? Of very many the latest are remembered. */
bool lockout_is_at_home(struct lockout *l, const char *who);
void lockout_welcome(struct lockout *l, const char *who, int64_t now);

#endif
