/* Phone numbers as people write them, and as they are shown to those who need not know the whole. */
#ifndef NET_PHONE_H
#define NET_PHONE_H

#include <stdbool.h>

enum { PHONE_SIZE = 32 };

/*
 * Does the text look like a phone number? ret: what of it is kept: a mobile number as its eleven digits, any other as
 * it was written, without blanks. Blanks, dashes, brackets, a leading + and an extension after # count for nothing
 * else.
 */
bool phone_read(const char *text, char ret[PHONE_SIZE]);
/* "138****2047", "0371****8899": enough to tell one from another, not to call it. */
void phone_mask(const char *number, char ret[PHONE_SIZE]);

#endif
