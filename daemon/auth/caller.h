/*
 * Who asks. From what a request carries (a bearer token, cookies, the Unix peer) to a caller with a role: somebody
 * of the public, a device, a person's session, or a user of this machine.
 */
#ifndef AUTH_CALLER_H
#define AUTH_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "auth/devices.h"
#include "auth/sessions.h"
#include "core/setup.h"
#include "proto/event.pb-c.h"

enum { CALLER_NAME_SIZE = 80 };

struct credentials {
    bool is_peer; /* by the Unix socket, as uid */
    uid_t uid;
    const char *bearer;  /* NULL: none */
    const char *session; /* the cookies; NULL: none */
    const char *device;
};

struct caller {
    bool is_known;  /* false: the public */
    bool by_cookie; /* the browser sends it by itself: changes need the CSRF secret */
    Halld__ActorKind__E kind;
    Halld__Role__E role;
    unsigned roles;                /* bits, with all that the role includes */
    char id[CALLER_NAME_SIZE];     /* a name of the settings, or of the machine */
    char device[CALLER_NAME_SIZE]; /* the paired page it came from, or "" */
    const struct session *session; /* of a person; borrowed until the next sessions_ call that ends one */
};

/* 0; TOKEN_EXPIRED, with the device in ret; NO_SESSION for a bearer token that is nobody's. A cookie that is no longer
 * good is as none. now: hall time. */
int caller_find(const struct credentials *from, struct devices *devices, struct sessions *sessions,
                const struct setup *setup, int64_t now, struct caller *ret);

#endif
