/*
 * Logged-in people. A session is a random 256-bit cookie, of which only the hash is kept; it ends after a time
 * without a request, and outlives a restart of the daemon. Whoever changes something says the session's second
 * secret (CSRF) in a header, which another site's page cannot know.
 */
#ifndef AUTH_SESSIONS_H
#define AUTH_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { SESSION_TOKEN_SIZE = 44, SESSION_CSRF_SIZE = 23, SESSIONS_MOST = 10000 };

struct sessions;
struct store;

struct session {
    uint8_t hash[32];
    char *user;
    char csrf[SESSION_CSRF_SIZE];
    int64_t created_at, expires_at; /* hall time */
    int64_t stored_until;           /* the expiry that is on disk */
};

/* Reads those that are still good from the store; store NULL: kept in memory alone. */
struct sessions *sessions_new(struct store *store, int64_t idle_ms, int64_t now);
void sessions_free(struct sessions *s);
/* ret_token is the cookie, said once. */
const struct session *sessions_open(struct sessions *s, const char *user, int64_t now,
                                    char ret_token[SESSION_TOKEN_SIZE]);
/* NULL: none, or it is over. Finding it makes it last. */
const struct session *sessions_find(struct sessions *s, const char *token, int64_t now);
bool sessions_is_alive(const struct sessions *s, const uint8_t hash[32], int64_t now); /* does not make it last */
bool session_csrf_fits(const struct session *session, const char *csrf);               /* csrf may be NULL */
void sessions_end(struct sessions *s, const struct session *session);
void sessions_end_user(struct sessions *s, const char *user); /* all of a person's, as the password changes */

#endif
