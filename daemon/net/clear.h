/*
 * What people wrote into matters, for those who may read it, and the links of matters. Who may read what,
 * core/matters.h says: ask it first. Texts are unsealed one by one as they are shown and nowhere kept.
 */
#ifndef NET_CLEAR_H
#define NET_CLEAR_H

#include "core/flow/matter.h"
#include "net/net.h"

/*
 * What a reader sees of one value of a sealed field: a text whole, a phone as 138****2047, of a person the masked name.
 * "" with *ret_erased if it is kept no longer; words that say so if it is there, but does not open with this machine's
 * key (the log says why). Freed with clear_free.
 */
char *clear_value(struct net *n, uint64_t matter, const struct field *f, const char *value, bool *ret_erased);
/* The same, but a phone whole: each look is audited by the caller. */
char *clear_unmasked(struct net *n, uint64_t matter, const struct field *f, const char *value, bool *ret_erased);
void clear_free(char *text); /* wiped */

/* The link /m/{token} of a matter: "<id>-<32 hexadecimal digits>", which nobody without the machine's person.key can
 * make.
 * "" without that key. */
enum { MATTER_LINK_SIZE = 56 };
void matter_link_token(const struct net *n, const struct matter *m, char ret[MATTER_LINK_SIZE]);
/* The committed matter whose link it is, or NULL. */
const struct matter *matter_link_find(const struct net *n, const char *token);

#endif
