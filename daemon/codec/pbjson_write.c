/*
 * Messages to JSON text, straight from the descriptors into the buffer: every HTTP answer and every event
 * to a browser passes here.
 */
#include <string.h>

#include "base/moment.h"
#include "codec/pbjson_json.h"
#include "proto/words.pb-c.h"

#define NUMBER_TEXT 24 /* room for any 64-bit integer and two quotes */

static void put_message(const ProtobufCMessage *m, struct buf *out);

static void put(struct buf *out, const char *text, size_t len)
{
    memcpy(buf_reserve(out, len), text, len);
    out->len += len;
}

static void put_char(struct buf *out, char c)
{
    *buf_reserve(out, 1) = c;
    out->len++;
}

/* What follows the backslash: 'u' is \u00XX, 0 stands for itself. */
static const char escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

static void put_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', escapes[c], '0', '0', hex[c >> 4], hex[c & 15]};
    put(out, text, text[1] == 'u' ? 6 : 2);
}

static void put_string(struct buf *out, const char *text)
{
    put_char(out, '"');
    const char *from = text ? text : "", *at = from;
    for (; *at; at++) {
        if (!escapes[(unsigned char)*at])
            continue;
        put(out, from, (size_t)(at - from));
        put_escape(out, (unsigned char)*at);
        from = at + 1;
    }
    put(out, from, (size_t)(at - from));
    put_char(out, '"');
}

/* 64-bit integers are strings: the numbers of JavaScript hold only 53 bits. */
static void put_number(struct buf *out, uint64_t value, bool minus, bool quoted)
{
    char text[NUMBER_TEXT], *end = text + sizeof text, *at = end;
    if (quoted)
        *--at = '"';
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    if (minus)
        *--at = '-';
    if (quoted)
        *--at = '"';
    put(out, at, (size_t)(end - at));
}

static void put_signed(struct buf *out, int64_t value, bool quoted)
{
    put_number(out, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0, quoted);
}

static void put_moment(struct buf *out, int64_t ms)
{
    if (!pbjson_moment_is_sound(ms)) {
        put(out, "null", 4);
        return;
    }
    char text[MOMENT_TEXT];
    moment_to_text(ms, text);
    put_char(out, '"');
    put(out, text, strlen(text));
    put_char(out, '"');
}

static void put_enum(struct buf *out, const ProtobufCEnumDescriptor *d, int32_t value)
{
    const ProtobufCEnumValue *row = protobuf_c_enum_descriptor_get_value(d, value);
    if (!row) {
        put_signed(out, value, false);
        return;
    }
    put_char(out, '"');
    put(out, row->name, strlen(row->name));
    put_char(out, '"');
}

static void put_bytes(struct buf *out, const ProtobufCBinaryData *bytes)
{
    size_t n = pbjson_base64_size(bytes->len);
    put_char(out, '"');
    pbjson_base64_write(bytes->data, bytes->len, buf_reserve(out, n));
    out->len += n;
    put_char(out, '"');
}

static void put_value(struct buf *out, const ProtobufCFieldDescriptor *f, const void *member)
{
    const struct pbjson_type *type = pbjson_type_of(f);
    bool wide = type->size == 8;
    switch (type->kind) {
    case PBJSON_SIGNED:
        put_signed(out, wide ? *(const int64_t *)member : *(const int32_t *)member, wide);
        break;
    case PBJSON_UNSIGNED:
        put_number(out, wide ? *(const uint64_t *)member : *(const uint32_t *)member, false, wide);
        break;
    case PBJSON_BOOL:
        if (*(const protobuf_c_boolean *)member)
            put(out, "true", 4);
        else
            put(out, "false", 5);
        break;
    case PBJSON_ENUM:
        put_enum(out, f->descriptor, *(const int32_t *)member);
        break;
    case PBJSON_STRING:
        put_string(out, *(char *const *)member);
        break;
    case PBJSON_BYTES:
        put_bytes(out, member);
        break;
    case PBJSON_MESSAGE:
        if (*(ProtobufCMessage *const *)member)
            put_message(*(ProtobufCMessage *const *)member, out);
        else
            put(out, "{}", 2); /* the value of a map's entry that has none */
        break;
    case PBJSON_FLOAT:
        put(out, "null", 4);
        break;
    }
}

static void put_list(struct buf *out, const ProtobufCFieldDescriptor *f, size_t n, const char *values)
{
    size_t size = pbjson_type_of(f)->size;
    put_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            put_char(out, ',');
        put_value(out, f, values + i * size);
    }
    put_char(out, ']');
}

static void put_map(struct buf *out, size_t n, ProtobufCMessage *const *entries)
{
    put_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        const ProtobufCFieldDescriptor *key = &entries[i]->descriptor->fields[0], *value = key + 1;
        if (i)
            put_char(out, ',');
        put_value(out, key, pbjson_member(entries[i], key));
        put_char(out, ':');
        put_value(out, value, pbjson_member(entries[i], value));
    }
    put_char(out, '}');
}

static bool is_written(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    if (pbjson_in_oneof(f))
        return *pbjson_case(m, f) == f->id;
    if (f->type == PROTOBUF_C_TYPE_MESSAGE && f->label != PROTOBUF_C_LABEL_REPEATED)
        return *(ProtobufCMessage **)pbjson_member(m, f) != NULL;
    return true;
}

static void put_field(struct buf *out, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    const void *member = pbjson_member(m, f);
    if (f->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t n = *pbjson_count(m, f);
        if (pbjson_is_map(m->descriptor, f))
            put_map(out, n, *(ProtobufCMessage * *const *)member);
        else
            put_list(out, f, n, *(const char *const *)member);
    } else if (pbjson_is_moment(f))
        put_moment(out, *(const int64_t *)member);
    else
        put_value(out, f, member);
}

/* An object's text as it stands. */
static void put_json(const ProtobufCMessage *m, struct buf *out)
{
    const char *text = ((const Halld__Json *)m)->text;
    text = *text ? text : "{}";
    put(out, text, strlen(text));
}

static void put_message(const ProtobufCMessage *m, struct buf *out)
{
    if (pbjson_is_json(m->descriptor)) {
        put_json(m, out);
        return;
    }
    char before = '{';
    for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
        if (!is_written(m, f))
            continue;
        size_t n = strlen(f->name);
        char *to = buf_reserve(out, n + 4);
        *to++ = before;
        *to++ = '"';
        memcpy(to, f->name, n);
        memcpy(to + n, "\":", 2);
        out->len += n + 4;
        put_field(out, m, f);
        before = ',';
    }
    if (before == '{')
        put_char(out, '{');
    put_char(out, '}');
}

void pbjson_write(const ProtobufCMessage *m, struct buf *out)
{
    put_message(m, out);
    buf_reserve(out, 0)[0] = '\0';
}
