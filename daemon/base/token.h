/*
 * The 16 random bytes of a ticket's link as text that can be read aloud and typed: 26 letters and digits,
 * base32 of RFC 4648 in lower case without padding.
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_BYTES = 16, TOKEN_TEXT = 27 };

void token_to_text(const uint8_t token[TOKEN_BYTES], char text[TOKEN_TEXT]);
/* Exactly what token_to_text writes; false and untouched otherwise. */
bool token_from_text(const char *text, uint8_t ret_token[TOKEN_BYTES]);

#endif
