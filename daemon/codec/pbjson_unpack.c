/*
 * Protobuf bytes from outside. protobuf-c unpacks any depth, amplifies memory, keeps NULs inside strings and
 * numbers that are no word of an enum, and merges repeated occurrences with known faults. So the bytes are
 * walked first along the descriptors; what protobuf-c then sees is sound, small, and has each field once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson_json.h"
#include "proto/words.pb-c.h"

struct scan {
    const struct pbjson_limits *limits;
    size_t memory;
    struct refusal *refusal;
};

struct bytes {
    const uint8_t *at, *end;
};

static int fail(struct scan *s, int code, const struct pbjson_place *at)
{
    return pbjson_refuse(s->refusal, code, at, NULL);
}

static int charge(struct scan *s, size_t size, const struct pbjson_place *at)
{
    if (size > s->limits->memory - s->memory)
        return fail(s, HALL_E_TOO_LARGE, at);
    s->memory += size;
    return 0;
}

static bool take_varint(struct bytes *b, uint64_t *ret)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && b->at < b->end; shift += 7) {
        uint8_t c = *b->at++;
        value |= (uint64_t)(c & 127) << shift;
        if (c < 128) {
            *ret = value;
            return shift < 63 || c <= 1;
        }
    }
    return false;
}

static bool take(struct bytes *b, size_t n, struct bytes *ret)
{
    if (n > (size_t)(b->end - b->at))
        return false;
    *ret = (struct bytes){b->at, b->at + n};
    b->at += n;
    return true;
}

static int scan_message(struct scan *s, const ProtobufCMessageDescriptor *d, struct bytes b, int depth,
                        const struct pbjson_place *at);

static int check_varint(struct scan *s, const ProtobufCFieldDescriptor *f, uint64_t value,
                        const struct pbjson_place *at)
{
    /* A negative int32 travels as 64 bits; protobuf-c keeps the lower half. */
    if (f->type == PROTOBUF_C_TYPE_ENUM && !protobuf_c_enum_descriptor_get_value(f->descriptor, (int32_t)value))
        return fail(s, HALL_E_BAD_VALUE, at);
    bool none = value == 0 && !pbjson_in_oneof(f);
    if (pbjson_is_moment(f) && !none && !pbjson_moment_is_sound((int64_t)value))
        return fail(s, HALL_E_BAD_VALUE, at);
    return 0;
}

static int scan_delimited(struct scan *s, const ProtobufCFieldDescriptor *f, struct bytes value, int depth,
                          const struct pbjson_place *at)
{
    size_t len = (size_t)(value.end - value.at);
    enum pbjson_kind kind = pbjson_type_of(f)->kind;
    if (kind == PBJSON_MESSAGE)
        return scan_message(s, f->descriptor, value, depth + 1, at);
    if (f == halld__json__descriptor.fields) {
        if (!pbjson_json_is_sound((const char *)value.at, len, s->limits->depth - depth + 1))
            return fail(s, HALL_E_BAD_VALUE, at);
    } else if (len > s->limits->text)
        return fail(s, HALL_E_TOO_LONG, at);
    if (kind == PBJSON_STRING && !pbjson_text_is_clean((const char *)value.at, len))
        return fail(s, HALL_E_BAD_UTF8, at);
    return charge(s, len + (kind == PBJSON_STRING), at);
}

static int scan_value(struct scan *s, const ProtobufCFieldDescriptor *f, ProtobufCWireType wire, struct bytes *b,
                      int depth, const struct pbjson_place *at)
{
    struct bytes value;
    uint64_t number;
    if (wire == PROTOBUF_C_WIRE_TYPE_VARINT)
        return take_varint(b, &number) ? check_varint(s, f, number, at) : fail(s, HALL_E_BAD_REQUEST, at);
    if (wire == PROTOBUF_C_WIRE_TYPE_64BIT || wire == PROTOBUF_C_WIRE_TYPE_32BIT)
        return take(b, wire == PROTOBUF_C_WIRE_TYPE_64BIT ? 8 : 4, &value) ? 0 : fail(s, HALL_E_BAD_REQUEST, at);
    if (!take_varint(b, &number) || !take(b, number, &value))
        return fail(s, HALL_E_BAD_REQUEST, at);
    return scan_delimited(s, f, value, depth, at);
}

static int count_item(struct scan *s, const ProtobufCFieldDescriptor *f, size_t *seen, const struct pbjson_place *at)
{
    if (++*seen > s->limits->items)
        return fail(s, HALL_E_TOO_LONG, at);
    return charge(s, pbjson_type_of(f)->size, at);
}

static int scan_packed(struct scan *s, const ProtobufCFieldDescriptor *f, struct bytes *b, size_t *seen,
                       const struct pbjson_place *at)
{
    uint64_t len;
    struct bytes values;
    if (!take_varint(b, &len) || !take(b, len, &values))
        return fail(s, HALL_E_BAD_REQUEST, at);
    while (values.at < values.end) {
        struct pbjson_place here = {.up = at, .index = *seen};
        int code = count_item(s, f, seen, at);
        if (!code)
            code = scan_value(s, f, pbjson_type_of(f)->wire, &values, 0, &here);
        if (code)
            return code;
    }
    return 0;
}

/* A field without "repeated" once, and one member of a oneof at most: `seen` counts by the descriptor's order. */
static bool is_second(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f, const size_t *seen)
{
    if (!pbjson_in_oneof(f))
        return seen[f - d->fields] > 0;
    for (unsigned i = 0; i < d->n_fields; i++)
        if (seen[i] && pbjson_in_oneof(&d->fields[i]) && d->fields[i].quantifier_offset == f->quantifier_offset)
            return true;
    return false;
}

static int scan_field(struct scan *s, const ProtobufCMessageDescriptor *d, struct bytes *b, size_t *seen, int depth,
                      const struct pbjson_place *at)
{
    uint64_t tag;
    if (!take_varint(b, &tag) || tag > UINT32_MAX)
        return fail(s, HALL_E_BAD_REQUEST, at);
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(d, (unsigned)(tag >> 3));
    if (!f)
        return fail(s, HALL_E_UNKNOWN_FIELD, at);
    struct pbjson_place field = {.up = at, .name = f->name};
    ProtobufCWireType wire = (ProtobufCWireType)(tag & 7), own = pbjson_type_of(f)->wire;
    size_t *count = &seen[f - d->fields];
    if (f->label == PROTOBUF_C_LABEL_REPEATED) {
        struct pbjson_place item = {.up = &field, .index = *count};
        if (wire != own && wire == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            return scan_packed(s, f, b, count, &field);
        int code = count_item(s, f, count, &field);
        return code ? code : wire == own ? scan_value(s, f, wire, b, depth, &item) : fail(s, HALL_E_BAD_REQUEST, &item);
    }
    if (wire != own || is_second(d, f, seen))
        return fail(s, HALL_E_BAD_REQUEST, &field);
    ++*count;
    return scan_value(s, f, wire, b, depth, &field);
}

static int scan_message(struct scan *s, const ProtobufCMessageDescriptor *d, struct bytes b, int depth,
                        const struct pbjson_place *at)
{
    if (depth > s->limits->depth)
        return fail(s, HALL_E_TOO_DEEP, at);
    int code = charge(s, d->sizeof_message, at);
    size_t *seen = alloc_zero((d->n_fields + 1) * sizeof *seen);
    while (!code && b.at < b.end)
        code = scan_field(s, d, &b, seen, depth, at);
    free(seen);
    return code;
}

/* Two entries of a map with one key would be JSON with a duplicate key. */
static int check_keys(ProtobufCMessage *const *entries, size_t n, const struct pbjson_place *at, struct refusal *r)
{
    const ProtobufCFieldDescriptor *key = entries[0]->descriptor->fields;
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(*(char **)pbjson_member(entries[i], key), *(char **)pbjson_member(entries[k], key)) == 0)
                return pbjson_refuse(r, HALL_E_BAD_VALUE, at, *(char **)pbjson_member(entries[i], key));
    return 0;
}

static int check_maps(const ProtobufCMessage *m, const struct pbjson_place *at, struct refusal *r);

static int check_maps_of(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const struct pbjson_place *at,
                         struct refusal *r)
{
    if (pbjson_in_oneof(f) && *pbjson_case(m, f) != f->id)
        return 0;
    if (f->label != PROTOBUF_C_LABEL_REPEATED) {
        const ProtobufCMessage *sub = *(ProtobufCMessage **)pbjson_member(m, f);
        return sub ? check_maps(sub, at, r) : 0;
    }
    ProtobufCMessage *const *values = *(ProtobufCMessage ***)pbjson_member(m, f);
    size_t n = *pbjson_count(m, f);
    int code = n > 0 && pbjson_is_map(m->descriptor, f) ? check_keys(values, n, at, r) : 0;
    for (size_t i = 0; !code && i < n; i++) {
        struct pbjson_place item = {.up = at, .index = i};
        code = check_maps(values[i], &item, r);
    }
    return code;
}

static int check_maps(const ProtobufCMessage *m, const struct pbjson_place *at, struct refusal *r)
{
    int code = 0;
    for (unsigned i = 0; !code && i < m->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
        struct pbjson_place here = {.up = at, .name = f->name};
        if (f->type == PROTOBUF_C_TYPE_MESSAGE)
            code = check_maps_of(m, f, &here, r);
    }
    return code;
}

int pbjson_unpack(const ProtobufCMessageDescriptor *d, const void *data, size_t len, const struct pbjson_limits *limits,
                  ProtobufCMessage **ret, struct refusal *r)
{
    if (len > limits->bytes)
        return refuse(r, HALL_E_TOO_LARGE, NULL, NULL);
    static const uint8_t nothing[1];
    const uint8_t *from = len ? data : nothing;
    struct scan s = {.limits = limits, .refusal = r};
    int code = scan_message(&s, d, (struct bytes){from, from + len}, 1, NULL);
    if (code)
        return code;
    ProtobufCMessage *m = protobuf_c_message_unpack(d, NULL, len, from);
    if (!m)
        return refuse(r, HALL_E_BAD_REQUEST, NULL, NULL);
    code = check_maps(m, NULL, r);
    if (code)
        protobuf_c_message_free_unpacked(m, NULL);
    else
        *ret = m;
    return code;
}
