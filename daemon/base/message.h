/*
 * Generated messages in memory: new ones and copies, freed as unpacked ones (protobuf_c_message_free_unpacked). Memory
 * that cannot be had ends the process, as in base/alloc.h.
 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* A new message; the type is generated, the descriptor its own. */
#define MESSAGE_NEW(type, descriptor) ((type *)message_new(descriptor))

ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *d);

/* Sets a text of a new message: a copy, but of "" none; that stays the library's own, which is never freed. */
void message_set_text(char **field, const char *text);

/* A deep copy, through its packed form. */
ProtobufCMessage *message_clone(const ProtobufCMessage *m);

/* Do they say the same, packed? */
bool message_equal(const ProtobufCMessage *a, const ProtobufCMessage *b);

/* A new message of d that carries `body` (moved in) in the oneof's field of that number; NULL: a new one. */
ProtobufCMessage *message_carry(const ProtobufCMessageDescriptor *d, unsigned field, ProtobufCMessage *body);

#endif
