#include "base/token.h"

#include <string.h>

static const char DIGITS[] = "abcdefghijklmnopqrstuvwxyz234567";

void token_to_text(const uint8_t token[TOKEN_BYTES], char text[TOKEN_TEXT])
{
    unsigned bits = 0, have = 0, at = 0;
    for (int i = 0; i < TOKEN_BYTES; i++) {
        bits = bits << 8 | token[i];
        for (have += 8; have >= 5; have -= 5)
            text[at++] = DIGITS[bits >> (have - 5) & 31];
    }
    text[at++] = DIGITS[bits << (5 - have) & 31];
    text[at] = '\0';
}

bool token_from_text(const char *text, uint8_t ret_token[TOKEN_BYTES])
{
    uint8_t token[TOKEN_BYTES];
    unsigned bits = 0, have = 0, at = 0;
    if (strlen(text) != TOKEN_TEXT - 1)
        return false;
    for (; *text; text++) {
        const char *digit = strchr(DIGITS, *text);
        if (!digit)
            return false;
        bits = bits << 5 | (unsigned)(digit - DIGITS);
        have += 5;
        if (have >= 8) {
            have -= 8;
            token[at++] = (uint8_t)(bits >> have);
        }
    }
    if (bits & ((1u << have) - 1)) /* one text a token: the bits left over are zero */
        return false;
    memcpy(ret_token, token, sizeof token);
    return true;
}
