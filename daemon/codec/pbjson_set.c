/* Fields set from the text of a path or a query. */
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson_field.h"

/* Set already; a plain field at its default cannot be told from one never mentioned. */
static bool is_carried(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    static const char zero[sizeof(ProtobufCBinaryData)];
    const void *member = pbjson_member(m, f);
    if (pbjson_in_oneof(f))
        return *pbjson_case(m, f) == f->id;
    if (f->type == PROTOBUF_C_TYPE_STRING)
        return *(char *const *)member && **(char *const *)member;
    return memcmp(member, zero, pbjson_type_of(f)->size) != 0;
}

static int set_string(const char *text, char **member)
{
    size_t len = strlen(text);
    if (len > PBJSON_OUTSIDE.text)
        return HALL_E_TOO_LONG;
    if (!pbjson_text_is_clean(text, len))
        return HALL_E_BAD_UTF8;
    *member = alloc_text(text);
    return 0;
}

static int set_bytes(const char *text, ProtobufCBinaryData *member)
{
    size_t n, len = strlen(text);
    if (!pbjson_base64_measure(text, len, &n))
        return HALL_E_BAD_VALUE;
    if (n > PBJSON_OUTSIDE.text)
        return HALL_E_TOO_LONG;
    *member = (ProtobufCBinaryData){n, n ? alloc_zero(n) : NULL};
    pbjson_base64_read(text, len, member->data);
    return 0;
}

static int set_member(const ProtobufCFieldDescriptor *f, const char *text, void *member)
{
    if (f->type == PROTOBUF_C_TYPE_STRING)
        return set_string(text, member);
    if (f->type == PROTOBUF_C_TYPE_BYTES)
        return set_bytes(text, member);
    return pbjson_scalar_from_text(f, text, member);
}

int pbjson_set_text(ProtobufCMessage *m, const char *field, const char *text, struct refusal *r)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, field);
    if (!f)
        return refuse(r, HALL_E_UNKNOWN_FIELD, pbjson_text_is_clean(field, strlen(field)) ? field : NULL, NULL);
    if (f->label == PROTOBUF_C_LABEL_REPEATED || f->type == PROTOBUF_C_TYPE_MESSAGE)
        return refuse(r, HALL_E_WRONG_TYPE, field, NULL);
    if (is_carried(m, f))
        return refuse(r, HALL_E_UNKNOWN_FIELD, field, NULL);
    if (pbjson_in_oneof(f) && *pbjson_case(m, f))
        return refuse(r, HALL_E_BAD_VALUE, field, NULL);
    int code = set_member(f, text, pbjson_member(m, f));
    if (code)
        return refuse(r, code, field, pbjson_text_is_clean(text, strlen(text)) ? text : NULL);
    if (pbjson_in_oneof(f))
        *pbjson_case(m, f) = f->id;
    return 0;
}
