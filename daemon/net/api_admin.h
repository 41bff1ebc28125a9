/* Settings commands that api_admin.c makes for its neighbours as well. */
#ifndef NET_API_ADMIN_H
#define NET_API_ADMIN_H

#include "proto/command.pb-c.h"

struct call;

/* PutSettings with one row of a list; moved in. */
Halld__Command *admin_put(const char *table, ProtobufCMessage *row);
/* The request's body, for what still reads it when the peer may have left; freed by the caller. */
char *admin_body_copy(const struct call *c);
/* PutSettings that takes one row away. */
Halld__Command *admin_remove(const char *table, const char *key);

#endif
