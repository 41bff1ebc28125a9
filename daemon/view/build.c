#include "view/build.h"

#include <protobuf-c/protobuf-c.h>

#include "base/alloc.h"

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
