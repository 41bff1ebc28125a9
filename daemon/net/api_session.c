/* Who comes in: people by name and password, pages by a pairing code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/message.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "proto/view.pb-c.h"
#include "store/store.h"

enum { WHO_SIZE = 160 };

static const char SESSION[] = "halld_session", DEVICE[] = "halld_device";

/* age_s 0 takes the cookie away. */
static void set_cookie(struct call *c, const char *name, const char *value, int64_t age_s)
{
    char text[200];
    snprintf(text, sizeof text, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", name, value,
             (long long)age_s, request_is_encrypted(c->request) ? "; Secure" : "");
    request_add_header(c->request, "Set-Cookie", text);
}

/* ---- /me */

static bool is_clerk_at(const struct window *w, const struct caller *caller)
{
    return w->clerk && w->clerk->kind == caller->kind && strcmp(w->clerk->id, caller->id) == 0;
}

static void fill_window(struct call *c, Halld__MeView *v)
{
    const struct queue *q = hall_queue(call_hall(c));
    for (size_t i = 0; i < queue_window_count(q); i++) {
        const struct window *w = queue_window_at(q, i);
        if (!is_clerk_at(w, &c->caller))
            continue;
        v->has_window_case = HALLD__ME_VIEW__HAS_WINDOW_WINDOW;
        v->window = w->window;
        return;
    }
}

static void fill_expiry(Halld__MeView *v, int64_t expires_at)
{
    if (!expires_at)
        return;
    v->has_expires_case = HALLD__ME_VIEW__HAS_EXPIRES_EXPIRES_AT;
    v->expires_at = expires_at;
}

static void reply_me(struct call *c)
{
    Halld__MeView v = HALLD__ME_VIEW__INIT;
    const struct setup *setup = hall_setup(call_hall(c));
    const Halld__User *user = c->caller.session ? setup_user_find(setup, c->caller.id) : NULL;
    const Halld__Device *device =
        c->caller.kind == HALLD__ACTOR_KIND__E__device ? setup_device_find(setup, c->caller.id) : NULL;
    v.name = c->caller.id;
    v.role = c->caller.role;
    v.kind = c->caller.kind;
    if (user) {
        v.groups = user->groups;
        v.n_groups = user->n_groups;
        v.display = user->display;
        v.has_csrf_case = HALLD__ME_VIEW__HAS_CSRF_CSRF;
        v.csrf = (char *)c->caller.session->csrf;
        fill_expiry(&v, c->caller.session->expires_at);
    }
    if (device) {
        v.display = device->place;
        fill_expiry(&v, device->expires_at);
    }
    if (c->caller.is_known)
        fill_window(c, &v);
    call_reply(c, 200, message_clone(&v.base));
}

void api_me(struct call *c)
{
    reply_me(c);
}

/* ---- failures are remembered by name and by address */

static bool is_locked_out(struct call *c, const char *who)
{
    int64_t wait = lockout_wait(c->net->lockout, who, clock_monotonic_ms());
    if (wait <= 0)
        return false;
    call_log_stranger(c, "locked_out", who, "");
    call_refuse_wait(c, HALL_E_LOCKED_OUT, (int)((wait + 999) / 1000));
    return true;
}

static void name_of(char who[WHO_SIZE], const char *kind, const char *what)
{
    snprintf(who, WHO_SIZE, "%s:%.100s", kind, what);
}

/* Who is counted: the name alone, or the name here, where somebody of that name has been let in before. */
static void name_of_user(struct call *c, char who[WHO_SIZE], const char *name)
{
    snprintf(who, WHO_SIZE, "user:%.100s@%s", name, call_party(c));
    if (!lockout_is_at_home(c->net->lockout, who))
        name_of(who, "user", name);
}

/* A password or a code must not cross a network in clear. */
static bool is_private(struct call *c)
{
    if (request_is_encrypted(c->request) || request_is_local(c->request))
        return true;
    call_log_stranger(c, "needs_tls", "", request_path(c->request));
    call_refuse(c, HALL_E_NEEDS_TLS);
    return false;
}

/* ---- people */

static void on_verified(void *arg, bool right)
{
    struct call *c = arg;
    struct net *n = c->net;
    char by_name[WHO_SIZE], by_address[WHO_SIZE], token[SESSION_TOKEN_SIZE];
    const Halld__User *user = setup_user_find(hall_setup(call_hall(c)), c->note);
    name_of_user(c, by_name, c->note);
    name_of(by_address, "address", call_party(c));
    /* A password that was changed meanwhile opens nothing more. */
    right = right && user && user->secret.len == sizeof c->secret &&
            memcmp(user->secret.data, c->secret, sizeof c->secret) == 0;
    if (!right || user->disabled) {
        lockout_fail(n->lockout, by_address, clock_monotonic_ms());
        call_log(c, "bad_login", c->note, "");
        call_refuse(c, HALL_E_BAD_LOGIN);
        return;
    }
    lockout_forget(n->lockout, by_name);
    lockout_forget(n->lockout, by_address);
    snprintf(by_name, sizeof by_name, "user:%.100s@%s", user->name, call_party(c));
    lockout_welcome(n->lockout, by_name, clock_monotonic_ms());
    if (c->caller.session) /* the request may have waited: the session it came with may be gone */
        c->caller.session = NULL;
    const struct session *session = sessions_open(n->sessions, user->name, call_now(c), token);
    c->caller = (struct caller){.is_known = true, .kind = HALLD__ACTOR_KIND__E__user, .role = user->role};
    c->caller.session = session;
    snprintf(c->caller.id, sizeof c->caller.id, "%s", user->name);
    call_log(c, "login", user->name, "");
    set_cookie(c, SESSION, token, (session->expires_at - session->created_at) / 1000);
    reply_me(c);
}

/* NULL: nobody who may log in. Freed by the caller. */
static char *hash_of(struct call *c, const char *name)
{
    const Halld__User *user = setup_user_find(hall_setup(call_hall(c)), name);
    if (!user || user->disabled || user->secret.len != sizeof c->secret || !c->net->o.store)
        return NULL;
    memcpy(c->secret, user->secret.data, sizeof c->secret);
    return store_secret_find(c->net->o.store, c->secret);
}

static void log_in(struct call *c, const Halld__LoginRequest *request)
{
    char by_name[WHO_SIZE], by_address[WHO_SIZE];
    name_of_user(c, by_name, request->name);
    name_of(by_address, "address", call_party(c));
    if (!request->name[0] || !request->password[0]) {
        call_refuse_field(c, HALL_E_FIELD_MISSING, request->name[0] ? "password" : "name", "");
        return;
    }
    if (strlen(request->password) > PASSWORD_MOST) {
        call_refuse_field(c, HALL_E_TOO_LONG, "password", "");
        return;
    }
    if (is_locked_out(c, by_name) || is_locked_out(c, by_address))
        return;
    c->note = alloc_text(request->name);
    char *hash = hash_of(c, request->name);
    /* It counts by name until it proves right: many guesses sent at once would all be let in before the first fails. */
    if (passwords_verify(c->net->passwords, hash, request->password, on_verified, c))
        lockout_fail(c->net->lockout, by_name, clock_monotonic_ms());
    else
        call_refuse_wait(c, HALL_E_TOO_MANY, 1);
    free(hash);
}

void api_log_in(struct call *c)
{
    if (!is_private(c))
        return;
    ProtobufCMessage *request = call_body(c);
    if (!request)
        return;
    log_in(c, (Halld__LoginRequest *)request);
    protobuf_c_message_free_unpacked(request, NULL);
}

void api_log_out(struct call *c)
{
    if (c->caller.session) {
        call_log(c, "logout", c->caller.id, "");
        sessions_end(c->net->sessions, c->caller.session);
    }
    set_cookie(c, SESSION, "", 0);
    call_reply_text(c, 204, NULL, NULL, 0);
}

/* ---- pages that become devices */

static void pair(struct call *c, const Halld__PairRequest *request)
{
    static const int64_t AGE_S = INT64_C(400) * 24 * 3600; /* browsers keep none longer */
    struct net *n = c->net;
    char by_address[WHO_SIZE], token[GENERATE_TOKEN_TEXT];
    name_of(by_address, "pair", call_party(c));
    if (is_locked_out(c, by_address))
        return;
    const Halld__Device *device = NULL;
    if (devices_redeem(n->devices, request->code, clock_monotonic_ms(), token))
        device = devices_find(n->devices, hall_setup(call_hall(c)), token);
    if (!device) {
        lockout_fail(n->lockout, by_address, clock_monotonic_ms());
        call_log(c, "bad_pairing", "", "");
        call_refuse_field(c, HALL_E_BAD_LOGIN, "code", "");
        return;
    }
    lockout_forget(n->lockout, by_address);
    c->caller = (struct caller){.is_known = true, .kind = HALLD__ACTOR_KIND__E__device, .role = device->role};
    snprintf(c->caller.id, sizeof c->caller.id, "%s", device->name);
    call_log(c, "paired", device->name, "");
    set_cookie(c, DEVICE, token, AGE_S);
    reply_me(c);
}

void api_pair(struct call *c)
{
    if (!is_private(c))
        return;
    ProtobufCMessage *request = call_body(c);
    if (!request)
        return;
    pair(c, (Halld__PairRequest *)request);
    protobuf_c_message_free_unpacked(request, NULL);
}
