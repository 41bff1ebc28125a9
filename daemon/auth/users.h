/*
 * People: their passwords as argon2id hashes. A hash costs 64 MiB and some 60 ms, so one thread makes them, one at a
 * time; the loop waits for none. A name that nobody has costs the same time as a wrong password.
 */
#ifndef AUTH_USERS_H
#define AUTH_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_LEAST = 8, PASSWORD_MOST = 256 };

struct loop;
struct passwords;

struct passwords *passwords_new(struct loop *loop);
void passwords_free(struct passwords *p); /* waits for the one in work; those waiting are never answered */

/* hash NULL: there is no such user. false: too many wait already. done runs on the loop. */
bool passwords_verify(struct passwords *p, const char *hash, const char *password, void (*done)(void *arg, bool right),
                      void *arg);
/* A new hash; "" if memory was short. */
bool passwords_hash(struct passwords *p, const char *password, void (*done)(void *arg, const char *hash), void *arg);

#endif
