/* hallctl's line to the daemon: its Unix socket, or a URL with a token or a login. */
#ifndef TOOLS_HALLCTL_HTTP_H
#define TOOLS_HALLCTL_HTTP_H

#include <protobuf-c/protobuf-c.h>

#include "tools/hallctl.h"

/*
 * One request under /api/v1. body: a message, or NULL. ret: the answer's text, appended. 0; or an exit code after
 * saying on standard error what the daemon refused, in the person's language.
 */
int hallctl_request(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                    struct buf *ret);

/* The same, the answer read as a message of that type; freed by the caller. With --json it is printed as it came and
 * *ret is NULL. */
int hallctl_ask(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                const ProtobufCMessageDescriptor *d, ProtobufCMessage **ret);
/* The same, but never printed. */
int hallctl_fetch(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                  const ProtobufCMessageDescriptor *d, ProtobufCMessage **ret);

/* Adds "name=value" to a path's query, percent-encoded; nothing if value is NULL. */
void hallctl_add_query(struct buf *path, const char *name, const char *value);
/* Adds a text to a path, percent-encoded. */
void hallctl_add_encoded(struct buf *path, const char *text);

void hallctl_http_free(struct hallctl_http *http);

#endif
