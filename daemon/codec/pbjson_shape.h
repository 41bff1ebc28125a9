/*
 * The shape of a file that a person wrote as the JSON of a message: every fault with its place, not only the first.
 * Stricter than pbjson_read: integers are never quoted, null is nothing that may be written.
 *
 *   JSON         "line 3 column 7": no JSON, a key twice, text that is no UTF-8
 *   UNKNOWN_KEY  at the object that has it
 *   WRONG_KIND   a value that is not of the field's kind
 *
 * Several members of one oneof are a matter of meaning, not of shape: none of them is set then.
 */
#ifndef CODEC_PBJSON_SHAPE_H
#define CODEC_PBJSON_SHAPE_H

#include <protobuf-c/protobuf-c.h>

#include "base/faults.h"

/* A new message, freed with protobuf_c_message_free_unpacked(m, NULL); or NULL with at least one more fault. */
ProtobufCMessage *pbjson_shape_read(const ProtobufCMessageDescriptor *d, const char *text, size_t len,
                                    struct faults *faults);

#endif
