/*
 * A person as the hall may know one: 16 bytes of a keyed hash of the phone number or other identification. The key is
 * the machine's own (person.key in the data folder, made at the first start), so a journal that gets out gives no
 * number away. Without the same key nobody is recognised: it belongs to a backup, kept apart from it.
 */
#ifndef AUTH_PERSON_H
#define AUTH_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "store/hash.h"

enum { PERSON_HASH_BYTES = 16, PERSON_TEXT_LEAST = 5, PERSON_TEXT_MOST = 40 };

struct person_key;

/* Reads the key, or makes it. NULL, with errno, if neither works. */
struct person_key *person_key_open(const char *path);
void person_key_free(struct person_key *k); /* wiped; NULL is nothing */
/* Blanks and dashes do not count, nor does the case of letters. false: not 5 to 40 characters. */
bool person_hash(const struct person_key *k, const char *text, uint8_t ret[PERSON_HASH_BYTES]);
void person_wipe(char *text); /* once it has been hashed */

/* A keyed hash of a few parts as 32 hexadecimal digits, each purpose for itself: who lacks the key can neither make one
 * nor try what it might be of. */
enum { PERSON_MAC_SIZE = 33, PERSON_PURPOSE_MOST = 16 };
void person_mac(const struct person_key *k, const char *purpose, size_t n, const struct hash_part *parts,
                char ret[PERSON_MAC_SIZE]);
/* Is the text that hash? Takes as long for every text of the right length. */
bool person_mac_fits(const struct person_key *k, const char *purpose, size_t n, const struct hash_part *parts,
                     const char *text);
/* Bytes as hexadecimal digits: how a person stands in a matter. */
void person_to_text(const uint8_t hash[PERSON_HASH_BYTES], char ret[PERSON_MAC_SIZE]);

#endif
