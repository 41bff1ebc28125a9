/*
 * What the daemon makes up itself: passwords that can be read out, device tokens, and what of them is kept.
 * There are no default passwords anywhere.
 */
#ifndef AUTH_GENERATE_H
#define AUTH_GENERATE_H

#include <stdint.h>

enum {
    GENERATE_PASSWORD_TEXT = 20, /* "k7mp-x3hd-9wqa-tn4e" and its NUL: 79 random bits */
    GENERATE_TOKEN_TEXT = 44,    /* 256 random bits in base64url and a NUL */
    GENERATE_HASH = 32
};

void generate_password(char text[GENERATE_PASSWORD_TEXT]);
/* The argon2id text of a generated password, to be freed. Quick: guessing 79 random bits is hopeless already, so it
 * needs no slow hash; a password that a person chose does (auth/users). */
char *generate_password_hash(const char *password);

void generate_token(char text[GENERATE_TOKEN_TEXT]);
/* The BLAKE2b-256 of a token's text: what the hall keeps of it. */
void generate_token_hash(const char *text, uint8_t ret[GENERATE_HASH]);

/* A random reference, by which the settings name a row of the secret table. */
void generate_reference(uint8_t ret[16]);

#endif
