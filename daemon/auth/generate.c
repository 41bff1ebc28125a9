#include "auth/generate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void generate_password(char text[GENERATE_PASSWORD_TEXT])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* none that look alike */
    for (int i = 0; i < GENERATE_PASSWORD_TEXT - 1; i++)
        text[i] = i % 5 == 4 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
    text[GENERATE_PASSWORD_TEXT - 1] = '\0';
}

char *generate_password_hash(const char *password)
{
    enum { MEMORY = 64 << 10 };
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(text, password, strlen(password), crypto_pwhash_OPSLIMIT_MIN, MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        abort(); /* no memory */
    return alloc_text(text);
}

void generate_token(char text[GENERATE_TOKEN_TEXT])
{
    uint8_t random[32];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(text, GENERATE_TOKEN_TEXT, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

void generate_token_hash(const char *text, uint8_t ret[GENERATE_HASH])
{
    crypto_generichash_blake2b(ret, GENERATE_HASH, (const uint8_t *)text, strlen(text), NULL, 0);
}

void generate_reference(uint8_t ret[16])
{
    randombytes_buf(ret, 16);
}
