/*
 * What a command answers. A reply is rendered from the command's own events, so that a repeat under the
 * same idempotency key is answered alike; the committed hall adds only what does not change about a
 * ticket, and names. REPLY_TABLE has a row for every command that somebody outside may send:
 *
 *   const struct reply_row *row = reply_find(command->body_case);      NULL: from the engine only
 *   ProtobufCMessage *view = row->render(answer, public_url);          answer->code is 0
 *   status row->status, body pbjson_write(view);
 *   protobuf_c_message_free_unpacked(view, NULL);
 *
 * Refusals are not rendered here: they have one shape for all (ErrorBody).
 */
#ifndef VIEW_REPLY_H
#define VIEW_REPLY_H

#include <protobuf-c/protobuf-c.h>

#include "port/submit.h"
#include "proto/command.pb-c.h"

struct reply_row {
    Halld__Command__BodyCase command;
    int status;                             /* HTTP, of a success */
    const ProtobufCMessageDescriptor *view; /* of what render returns */
    /* public_url: where links to tickets begin, without a slash at the end; borrowed. The caller owns the view. */
    ProtobufCMessage *(*render)(const struct answer *answer, const char *public_url);
};

const struct reply_row *reply_find(Halld__Command__BodyCase command);
/* All rows in the order of their commands, for the tests and the API's description. */
size_t reply_count(void);
const struct reply_row *reply_at(size_t i);

#endif
