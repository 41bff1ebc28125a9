/* The kinds of protobuf fields, maps and moments among them, and the path of a field at fault. */
#include "codec/pbjson_field.h"

#include <stdio.h>
#include <string.h>

const struct pbjson_limits PBJSON_OUTSIDE = {
    .bytes = 64 << 10, .depth = 8, .memory = 1 << 20, .text = 4 << 10, .items = 1000};
const struct pbjson_limits PBJSON_FILE = {
    .bytes = 64 << 20, .depth = 16, .memory = 512 << 20, .text = 1 << 20, .items = 1000000};

static const struct pbjson_type types[] = {
    [PROTOBUF_C_TYPE_INT32] = {PBJSON_SIGNED, 4, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_SINT32] = {PBJSON_SIGNED, 4, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_SFIXED32] = {PBJSON_SIGNED, 4, PROTOBUF_C_WIRE_TYPE_32BIT},
    [PROTOBUF_C_TYPE_INT64] = {PBJSON_SIGNED, 8, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_SINT64] = {PBJSON_SIGNED, 8, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_SFIXED64] = {PBJSON_SIGNED, 8, PROTOBUF_C_WIRE_TYPE_64BIT},
    [PROTOBUF_C_TYPE_UINT32] = {PBJSON_UNSIGNED, 4, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_FIXED32] = {PBJSON_UNSIGNED, 4, PROTOBUF_C_WIRE_TYPE_32BIT},
    [PROTOBUF_C_TYPE_UINT64] = {PBJSON_UNSIGNED, 8, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_FIXED64] = {PBJSON_UNSIGNED, 8, PROTOBUF_C_WIRE_TYPE_64BIT},
    [PROTOBUF_C_TYPE_FLOAT] = {PBJSON_FLOAT, 4, PROTOBUF_C_WIRE_TYPE_32BIT},
    [PROTOBUF_C_TYPE_DOUBLE] = {PBJSON_FLOAT, 8, PROTOBUF_C_WIRE_TYPE_64BIT},
    [PROTOBUF_C_TYPE_BOOL] = {PBJSON_BOOL, sizeof(protobuf_c_boolean), PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_ENUM] = {PBJSON_ENUM, 4, PROTOBUF_C_WIRE_TYPE_VARINT},
    [PROTOBUF_C_TYPE_STRING] = {PBJSON_STRING, sizeof(char *), PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED},
    [PROTOBUF_C_TYPE_BYTES] = {PBJSON_BYTES, sizeof(ProtobufCBinaryData), PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED},
    [PROTOBUF_C_TYPE_MESSAGE] = {PBJSON_MESSAGE, sizeof(ProtobufCMessage *), PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED},
};

const struct pbjson_type *pbjson_type_of(const ProtobufCFieldDescriptor *f)
{
    return &types[f->type];
}

/* "TokensEntry" is the entry of "tokens", "ItemNamesEntry" of "item_names". */
static bool names_entry_of(const char *entry, const char *field)
{
    bool upper = true;
    for (; *field; field++) {
        if (*field == '_') {
            upper = true;
            continue;
        }
        char c = upper && *field >= 'a' && *field <= 'z' ? (char)(*field - 'a' + 'A') : *field;
        if (*entry++ != c)
            return false;
        upper = false;
    }
    return strcmp(entry, "Entry") == 0;
}

/* protobuf-c drops the map_entry option, but protoc's name for an entry, nested in its message, is fixed. */
bool pbjson_is_map(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f)
{
    if (f->type != PROTOBUF_C_TYPE_MESSAGE || f->label != PROTOBUF_C_LABEL_REPEATED)
        return false;
    const ProtobufCMessageDescriptor *entry = f->descriptor;
    if (entry->n_fields != 2 || strcmp(entry->fields[0].name, "key") != 0 ||
        strcmp(entry->fields[1].name, "value") != 0 || entry->fields[0].type != PROTOBUF_C_TYPE_STRING)
        return false;
    size_t n = strlen(d->name);
    return strncmp(entry->name, d->name, n) == 0 && entry->name[n] == '.' &&
           names_entry_of(entry->name + n + 1, f->name);
}

bool pbjson_is_moment(const ProtobufCFieldDescriptor *f)
{
    if (f->type != PROTOBUF_C_TYPE_INT64 || f->label == PROTOBUF_C_LABEL_REPEATED)
        return false;
    size_t n = strlen(f->name);
    return n >= 2 && memcmp(f->name + n - 2, "at", 2) == 0 && (n == 2 || f->name[n - 3] == '_');
}

bool pbjson_moment_is_sound(int64_t ms)
{
    /* A day less at either end of 1970 to 9998, so that the year prints within them at any offset. */
    return ms >= 86400000 && ms < 253370764800000 - 86400000;
}

bool pbjson_signed_fits(const struct pbjson_type *type, int64_t value)
{
    return type->size == 8 || (value >= INT32_MIN && value <= INT32_MAX);
}

bool pbjson_unsigned_fits(const struct pbjson_type *type, uint64_t value)
{
    return type->size == 8 || value <= UINT32_MAX;
}

void pbjson_signed_store(const struct pbjson_type *type, void *member, int64_t value)
{
    if (type->size == 8)
        *(int64_t *)member = value;
    else
        *(int32_t *)member = (int32_t)value;
}

void pbjson_unsigned_store(const struct pbjson_type *type, void *member, uint64_t value)
{
    if (type->size == 8)
        *(uint64_t *)member = value;
    else
        *(uint32_t *)member = (uint32_t)value;
}

static void put_place(struct buf *to, const struct pbjson_place *at)
{
    if (at->up)
        put_place(to, at->up);
    if (!at->name)
        buf_add_format(to, "[%zu]", at->index);
    else {
        if (to->len)
            buf_add_char(to, '.');
        buf_add_text(to, at->name);
    }
}

int pbjson_refuse(struct refusal *r, int code, const struct pbjson_place *at, const char *value)
{
    struct buf path = BUF_INIT;
    if (at)
        put_place(&path, at);
    refuse(r, code, buf_text(&path), value);
    buf_fini(&path);
    return code;
}
