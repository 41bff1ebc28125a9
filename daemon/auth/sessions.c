#include "auth/sessions.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "store/store.h"

struct sessions {
    struct store *store;
    int64_t idle_ms;
    struct map by_hash;
};

static uint64_t map_key(const uint8_t hash[32])
{
    uint64_t key;
    memcpy(&key, hash, sizeof key);
    return key ? key : 1;
}

static void hash_token(const char *token, uint8_t ret[32])
{
    crypto_generichash(ret, 32, (const unsigned char *)token, strlen(token), NULL, 0);
}

static void session_free(struct session *one)
{
    free(one->user);
    free(one);
}

static void keep(struct sessions *s, struct session *one)
{
    one->stored_until = one->expires_at;
    if (!s->store)
        return;
    struct session_row row = {
        .user = one->user, .csrf = one->csrf, .created_at = one->created_at, .expires_at = one->expires_at};
    memcpy(row.hash, one->hash, sizeof row.hash);
    store_put_session(s->store, &row);
}

static void drop(struct sessions *s, struct session *one)
{
    map_remove(&s->by_hash, map_key(one->hash));
    if (s->store)
        store_drop_session(s->store, one->hash);
    session_free(one);
}

static void put(struct sessions *s, struct session *one)
{
    struct session *other = map_find(&s->by_hash, map_key(one->hash));
    if (other)
        drop(s, other);
    map_put(&s->by_hash, map_key(one->hash), one);
}

struct reading {
    struct sessions *s;
    int64_t now;
};

static void on_row(void *arg, const struct session_row *row)
{
    struct reading *r = arg;
    if (row->expires_at <= r->now || r->s->by_hash.count >= SESSIONS_MOST)
        return;
    struct session *one = alloc_zero(sizeof *one);
    memcpy(one->hash, row->hash, sizeof one->hash);
    one->user = alloc_text(row->user);
    snprintf(one->csrf, sizeof one->csrf, "%s", row->csrf);
    one->created_at = row->created_at;
    one->expires_at = one->stored_until = row->expires_at;
    put(r->s, one);
}

struct sessions *sessions_new(struct store *store, int64_t idle_ms, int64_t now)
{
    struct sessions *s = alloc_zero(sizeof *s);
    s->store = store;
    s->idle_ms = idle_ms;
    if (store)
        store_read_sessions(store, on_row, &(struct reading){s, now});
    return s;
}

void sessions_free(struct sessions *s)
{
    size_t at = 0;
    struct session *one;
    if (!s)
        return;
    while ((one = map_next(&s->by_hash, &at)))
        session_free(one);
    map_fini(&s->by_hash);
    free(s);
}

/* The table is full: those that are over go, or else the one that ends first. */
static void make_room(struct sessions *s, int64_t now)
{
    struct session *soonest = NULL, *one;
    bool again = true;
    while (again) { /* removing moves the map's places, so the walk begins again */
        size_t at = 0;
        again = false;
        soonest = NULL;
        while (!again && (one = map_next(&s->by_hash, &at))) {
            if (!soonest || one->expires_at < soonest->expires_at)
                soonest = one;
            again = one->expires_at <= now;
        }
        if (again)
            drop(s, one);
    }
    if (s->by_hash.count >= SESSIONS_MOST && soonest)
        drop(s, soonest);
}

const struct session *sessions_open(struct sessions *s, const char *user, int64_t now,
                                    char ret_token[SESSION_TOKEN_SIZE])
{
    uint8_t random[32];
    struct session *one = alloc_zero(sizeof *one);
    if (s->by_hash.count >= SESSIONS_MOST)
        make_room(s, now);
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(ret_token, SESSION_TOKEN_SIZE, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    hash_token(ret_token, one->hash);
    randombytes_buf(random, 16);
    sodium_bin2base64(one->csrf, sizeof one->csrf, random, 16, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    one->user = alloc_text(user);
    one->created_at = now;
    one->expires_at = now + s->idle_ms;
    put(s, one);
    keep(s, one);
    return one;
}

const struct session *sessions_find(struct sessions *s, const char *token, int64_t now)
{
    uint8_t hash[32];
    hash_token(token, hash);
    struct session *one = map_find(&s->by_hash, map_key(hash));
    if (!one || sodium_memcmp(one->hash, hash, sizeof hash) != 0)
        return NULL;
    if (one->expires_at <= now) {
        drop(s, one);
        return NULL;
    }
    one->expires_at = now + s->idle_ms;
    if (one->expires_at - one->stored_until > s->idle_ms / 10) /* the disk need not know every request */
        keep(s, one);
    return one;
}

bool sessions_is_alive(const struct sessions *s, const uint8_t hash[32], int64_t now)
{
    const struct session *one = map_find(&s->by_hash, map_key(hash));
    return one && memcmp(one->hash, hash, sizeof one->hash) == 0 && one->expires_at > now;
}

bool session_csrf_fits(const struct session *session, const char *csrf)
{
    size_t len = strlen(session->csrf);
    return csrf && strlen(csrf) == len && sodium_memcmp(csrf, session->csrf, len) == 0;
}

static struct session *find_again(struct sessions *s, const struct session *session)
{
    return map_find(&s->by_hash, map_key(session->hash));
}

void sessions_end(struct sessions *s, const struct session *session)
{
    struct session *one = find_again(s, session);
    if (one)
        drop(s, one);
}

void sessions_end_user(struct sessions *s, const char *user)
{
    bool again = true;
    while (again) {
        size_t at = 0;
        struct session *one;
        again = false;
        while (!again && (one = map_next(&s->by_hash, &at)))
            again = strcmp(one->user, user) == 0;
        if (again)
            drop(s, one);
    }
}
