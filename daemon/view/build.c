#include "view/build.h"

#include "base/alloc.h"

ProtobufCMessage *build_message(const ProtobufCMessageDescriptor *d)
{
    ProtobufCMessage *m = alloc_zero(d->sizeof_message);
    protobuf_c_message_init(d, m);
    return m;
}

char *build_text(const char *text)
{
    return text && *text ? alloc_text(text) : (char *)protobuf_c_empty_string;
}

void build_set(char **field, const char *text)
{
    *field = build_text(text);
}

void *build_array(size_t n, size_t size)
{
    return n ? alloc_zero(n * size) : NULL;
}
