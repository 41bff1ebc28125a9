#include "base/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *d)
{
    ProtobufCMessage *m = alloc_zero(d->sizeof_message);
    protobuf_c_message_init(d, m);
    return m;
}

void message_set_text(char **field, const char *text)
{
    if (*text)
        *field = alloc_text(text);
}

ProtobufCMessage *message_clone(const ProtobufCMessage *m)
{
    size_t len = protobuf_c_message_get_packed_size(m);
    uint8_t *packed = alloc_zero(len);
    protobuf_c_message_pack(m, packed);
    ProtobufCMessage *copy = protobuf_c_message_unpack(m->descriptor, NULL, len, packed);
    free(packed);
    if (!copy)
        abort(); /* what we packed is sound */
    return copy;
}

bool message_equal(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    size_t len = protobuf_c_message_get_packed_size(a);
    if (len != protobuf_c_message_get_packed_size(b))
        return false;
    uint8_t *packed = alloc_zero(2 * len);
    protobuf_c_message_pack(a, packed);
    protobuf_c_message_pack(b, packed + len);
    bool equal = memcmp(packed, packed + len, len) == 0;
    free(packed);
    return equal;
}

ProtobufCMessage *message_carry(const ProtobufCMessageDescriptor *d, unsigned field, ProtobufCMessage *body)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(d, field);
    ProtobufCMessage *m = message_new(d);
    const uint32_t which = field;
    if (!body)
        body = message_new(f->descriptor);
    memcpy((char *)m + f->quantifier_offset, &which, sizeof which); /* an enum, as wide */
    memcpy((char *)m + f->offset, &body, sizeof body);
    return m;
}
