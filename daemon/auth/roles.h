/*
 * Roles as bits, and what each includes. The words are proto's Role; the API knows no other.
 *
 *   public   whoever comes                         included by all
 *   kiosk    a ticket machine                      public
 *   screen   a display                             public
 *   clerk    a person or panel at a window         public
 *   desk     the 办不成事 desk                       clerk, public
 *   manager  runs the hall                         desk, clerk, screen, public
 *   auditor  reads the journal and security log    public
 *   admin    everything
 */
#ifndef AUTH_ROLES_H
#define AUTH_ROLES_H

#include <stdbool.h>

#include "proto/words.pb-c.h"

#define ROLE_BIT(role) (1u << (role))

enum {
    ROLE_PUBLIC = ROLE_BIT(HALLD__ROLE__E__public),
    ROLE_KIOSK = ROLE_BIT(HALLD__ROLE__E__kiosk),
    ROLE_SCREEN = ROLE_BIT(HALLD__ROLE__E__screen),
    ROLE_CLERK = ROLE_BIT(HALLD__ROLE__E__clerk),
    ROLE_DESK = ROLE_BIT(HALLD__ROLE__E__desk),
    ROLE_MANAGER = ROLE_BIT(HALLD__ROLE__E__manager),
    ROLE_ADMIN = ROLE_BIT(HALLD__ROLE__E__admin),
    ROLE_AUDITOR = ROLE_BIT(HALLD__ROLE__E__auditor),
    ROLE_COUNT = 8
};

/* The role's own bit and those of all that it includes; public's for a number that is no role. */
unsigned role_includes(Halld__Role__E role);
const char *role_name(Halld__Role__E role); /* static */
bool role_from_name(const char *name, Halld__Role__E *ret);

#endif
