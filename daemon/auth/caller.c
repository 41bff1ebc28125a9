#include "auth/caller.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "auth/roles.h"
#include "base/err.h"

static void become(struct caller *c, Halld__ActorKind__E kind, Halld__Role__E role, const char *id)
{
    c->is_known = true;
    c->kind = kind;
    c->role = role;
    c->roles = role_includes(role);
    snprintf(c->id, sizeof c->id, "%s", id);
}

static void become_peer(struct caller *c, uid_t uid)
{
    char memory[1024], number[24];
    struct passwd who, *found = NULL;
    snprintf(number, sizeof number, "uid%u", (unsigned)uid);
    if (getpwuid_r(uid, &who, memory, sizeof memory, &found) != 0)
        found = NULL;
    become(c, HALLD__ACTOR_KIND__E__peer, HALLD__ROLE__E__admin, found ? found->pw_name : number);
}

static bool is_expired(const Halld__Device *device, int64_t now)
{
    return device->expires_at != 0 && device->expires_at <= now;
}

static int become_device(struct caller *c, const Halld__Device *device, int64_t now)
{
    if (!device)
        return HALL_E_NO_SESSION;
    become(c, HALLD__ACTOR_KIND__E__device, device->role, device->name);
    return is_expired(device, now) ? HALL_E_TOKEN_EXPIRED : 0;
}

static bool become_user(struct caller *c, const struct session *session, const struct setup *setup)
{
    const Halld__User *user = session ? setup_user_find(setup, session->user) : NULL;
    if (!user || user->disabled)
        return false;
    become(c, HALLD__ACTOR_KIND__E__user, user->role, user->name);
    c->session = session;
    c->by_cookie = true;
    return true;
}

int caller_find(const struct credentials *from, struct devices *devices, struct sessions *sessions,
                const struct setup *setup, int64_t now, struct caller *ret)
{
    *ret = (struct caller){.role = HALLD__ROLE__E__public, .roles = ROLE_PUBLIC, .kind = HALLD__ACTOR_KIND__E__link};
    if (from->bearer)
        return become_device(ret, devices_find(devices, setup, from->bearer), now);
    if (from->is_peer) {
        become_peer(ret, from->uid);
        return 0;
    }
    const Halld__Device *paired = from->device ? devices_find(devices, setup, from->device) : NULL;
    if (paired && is_expired(paired, now))
        paired = NULL;
    if (from->session && become_user(ret, sessions_find(sessions, from->session, now), setup)) {
        if (paired)
            snprintf(ret->device, sizeof ret->device, "%s", paired->name);
        return 0;
    }
    if (paired) {
        become_device(ret, paired, now);
        ret->by_cookie = true;
    }
    return 0;
}
