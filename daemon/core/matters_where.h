/*
 * What the place of an opening says by itself: at a window, or by the link of a ticket, the ticket that is there, its
 * item and the window need not be given. So one key opens a matter, and a repeat of the request is the same request
 * even if the ticket has walked on.
 */
#ifndef CORE_MATTERS_WHERE_H
#define CORE_MATTERS_WHERE_H

#include "core/decision.h"
#include "core/flow/flow.h"

enum { WHERE_FIELDS = 3 };

struct where {
    size_t n;
    Halld__FieldValue **fields; /* those given, borrowed, and the own ones behind */
    Halld__FieldValue own[WHERE_FIELDS];
    char *texts[WHERE_FIELDS];
};

/* Does the actor work at the window? 0 is nowhere. A person at the window that they opened, the desk, managers and
 * devices at any. 0, NO_WINDOW, WINDOW_CLOSED or NOT_YOUR_WINDOW. */
int where_check(struct decision *d, int window);
/* The holder of a ticket's link names no ticket but that one, no window but where it is, and no colleague; the holder
 * of a matter's link none of them: each of these moves what is somebody else's. 0 or FIELD_NOT_ALLOWED. */
int where_check_given(struct decision *d, const struct definition *def, const char *transition, size_t n,
                      Halld__FieldValue *const *fields);
/* Adds to the given fields what the transition takes and the place knows. */
void where_init(struct where *w, struct decision *d, const Halld__OpenMatter *c);
void where_fini(struct where *w);

#endif
