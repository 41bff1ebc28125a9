/*
 * JSON text to messages. jansson parses (it alone of Debian's libraries refuses duplicate keys, bad UTF-8,
 * NULs and overflows); then its tree is walked along the descriptors. Only the finished message counts
 * against the limit of memory: the tree is gone afterwards, and is bounded by the size of the text.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson_json.h"
#include "proto/words.pb-c.h"

struct reader {
    const struct pbjson_limits *limits;
    size_t memory; /* taken so far */
    struct refusal *refusal;
};

static int read_message(struct reader *rd, const ProtobufCMessageDescriptor *d, const json_t *from,
                        const struct pbjson_place *at, ProtobufCMessage **ret);

static int fail(struct reader *rd, int code, const struct pbjson_place *at, const char *value)
{
    return pbjson_refuse(rd->refusal, code, at, value);
}

static int charge(struct reader *rd, size_t size, const struct pbjson_place *at)
{
    if (size > rd->limits->memory - rd->memory)
        return fail(rd, HALL_E_TOO_LARGE, at, NULL);
    rd->memory += size;
    return 0;
}

/* The text of a JSON string, sound and not too long. */
static int read_text(struct reader *rd, const json_t *from, const struct pbjson_place *at, const char **ret)
{
    if (!json_is_string(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    if (json_string_length(from) > rd->limits->text)
        return fail(rd, HALL_E_TOO_LONG, at, NULL);
    if (!pbjson_text_is_clean(json_string_value(from), json_string_length(from)))
        return fail(rd, HALL_E_BAD_UTF8, at, NULL);
    *ret = json_string_value(from);
    return 0;
}

static int read_number(struct reader *rd, const ProtobufCFieldDescriptor *f, const json_t *from,
                       const struct pbjson_place *at, void *member)
{
    const struct pbjson_type *type = pbjson_type_of(f);
    json_int_t value = json_integer_value(from);
    bool is_signed = type->kind == PBJSON_SIGNED;
    if (is_signed ? !pbjson_signed_fits(type, value) : value < 0 || !pbjson_unsigned_fits(type, (uint64_t)value)) {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)value);
        return fail(rd, HALL_E_BAD_VALUE, at, text);
    }
    if (is_signed)
        pbjson_signed_store(type, member, value);
    else
        pbjson_unsigned_store(type, member, (uint64_t)value);
    return 0;
}

/* Words and quoted numbers. */
static int read_quoted(struct reader *rd, const ProtobufCFieldDescriptor *f, const json_t *from,
                       const struct pbjson_place *at, void *member)
{
    const char *text;
    int code = read_text(rd, from, at, &text);
    if (code)
        return code;
    code = pbjson_scalar_from_text(f, text, member);
    return code ? fail(rd, code, at, text) : 0;
}

static int read_integer(struct reader *rd, const ProtobufCFieldDescriptor *f, const json_t *from,
                        const struct pbjson_place *at, void *member)
{
    if (json_is_integer(from) && !pbjson_is_moment(f))
        return read_number(rd, f, from, at, member);
    if (json_is_string(from) && pbjson_type_of(f)->size == 8)
        return read_quoted(rd, f, from, at, member);
    return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
}

static int read_bool(struct reader *rd, const json_t *from, const struct pbjson_place *at, protobuf_c_boolean *member)
{
    if (!json_is_boolean(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    *member = json_is_true(from);
    return 0;
}

/* An empty text that needs no presence stays the shared default: free_unpacked knows it. */
static int read_string(struct reader *rd, const ProtobufCFieldDescriptor *f, const json_t *from,
                       const struct pbjson_place *at, char **member)
{
    const char *text;
    int code = read_text(rd, from, at, &text);
    if (code)
        return code;
    if (!*text && f->label != PROTOBUF_C_LABEL_REPEATED && !pbjson_in_oneof(f))
        return 0;
    code = charge(rd, strlen(text) + 1, at);
    if (!code)
        *member = alloc_text(text);
    return code;
}

static int read_bytes(struct reader *rd, const json_t *from, const struct pbjson_place *at, ProtobufCBinaryData *member)
{
    if (!json_is_string(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    const char *text = json_string_value(from);
    size_t len = json_string_length(from), n;
    if (!pbjson_base64_measure(text, len, &n))
        return fail(rd, HALL_E_BAD_VALUE, at, NULL);
    if (n > rd->limits->text)
        return fail(rd, HALL_E_TOO_LONG, at, NULL);
    int code = charge(rd, n, at);
    if (code || n == 0)
        return code;
    member->len = n;
    member->data = alloc_zero(n);
    pbjson_base64_read(text, len, member->data);
    return 0;
}

static int read_value(struct reader *rd, const ProtobufCFieldDescriptor *f, const json_t *from,
                      const struct pbjson_place *at, void *member)
{
    switch (pbjson_type_of(f)->kind) {
    case PBJSON_SIGNED:
    case PBJSON_UNSIGNED:
        return read_integer(rd, f, from, at, member);
    case PBJSON_BOOL:
        return read_bool(rd, from, at, member);
    case PBJSON_ENUM:
        return read_quoted(rd, f, from, at, member);
    case PBJSON_STRING:
        return read_string(rd, f, from, at, member);
    case PBJSON_BYTES:
        return read_bytes(rd, from, at, member);
    case PBJSON_MESSAGE:
        return read_message(rd, f->descriptor, from, at, member);
    case PBJSON_FLOAT:
        break;
    }
    return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
}

/* Room for n values; the count grows as they are read, so that a half-read list can be freed. */
static int open_list(struct reader *rd, const ProtobufCFieldDescriptor *f, size_t n, const struct pbjson_place *at,
                     char **ret)
{
    size_t size = pbjson_type_of(f)->size;
    if (n > rd->limits->items)
        return fail(rd, HALL_E_TOO_LONG, at, NULL);
    int code = charge(rd, n * size, at);
    if (!code && n > 0)
        *ret = alloc_zero(n * size);
    return code;
}

static int read_list(struct reader *rd, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const json_t *from,
                     const struct pbjson_place *at)
{
    char **values = pbjson_member(m, f);
    size_t *count = pbjson_count(m, f), size = pbjson_type_of(f)->size;
    if (!json_is_array(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    int code = open_list(rd, f, json_array_size(from), at, values);
    for (size_t i = 0; !code && i < json_array_size(from); i++) {
        struct pbjson_place here = {.up = at, .index = i};
        code = read_value(rd, f, json_array_get(from, i), &here, *values + i * size);
        *count += !code;
    }
    return code;
}

static int read_entry(struct reader *rd, const ProtobufCMessageDescriptor *d, const char *key, const json_t *from,
                      const struct pbjson_place *at, ProtobufCMessage **ret)
{
    if (!pbjson_text_is_clean(key, strlen(key)))
        return fail(rd, HALL_E_BAD_UTF8, at->up, NULL);
    if (strlen(key) > rd->limits->text)
        return fail(rd, HALL_E_TOO_LONG, at, NULL);
    int code = charge(rd, d->sizeof_message + strlen(key) + 1, at);
    if (code)
        return code;
    ProtobufCMessage *entry = alloc_zero(d->sizeof_message);
    d->message_init(entry);
    if (*key)
        *(char **)pbjson_member(entry, &d->fields[0]) = alloc_text(key);
    code = read_value(rd, &d->fields[1], from, at, pbjson_member(entry, &d->fields[1]));
    if (code)
        protobuf_c_message_free_unpacked(entry, NULL);
    else
        *ret = entry;
    return code;
}

static int read_map(struct reader *rd, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const json_t *from,
                    const struct pbjson_place *at)
{
    char **values = pbjson_member(m, f);
    size_t *count = pbjson_count(m, f);
    if (!json_is_object(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    int code = open_list(rd, f, json_object_size(from), at, values);
    json_t *tree = (json_t *)(uintptr_t)from, *value;
    const char *key;
    json_object_foreach(tree, key, value)
    {
        struct pbjson_place here = {.up = at, .name = key};
        if (!code)
            code = read_entry(rd, f->descriptor, key, value, &here, (ProtobufCMessage **)(void *)*values + *count);
        if (code)
            break;
        ++*count;
    }
    return code;
}

/* A name that cannot be shown is not shown: the path is then its message's. */
static int refuse_name(struct reader *rd, const char *name, const struct pbjson_place *at)
{
    bool clean = pbjson_text_is_clean(name, strlen(name));
    return fail(rd, clean ? HALL_E_UNKNOWN_FIELD : HALL_E_BAD_UTF8, clean ? at : at->up, NULL);
}

static int read_field(struct reader *rd, ProtobufCMessage *m, const char *name, const json_t *from,
                      const struct pbjson_place *at)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, name);
    if (!f)
        return refuse_name(rd, name, at);
    if (json_is_null(from))
        return 0;
    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        return pbjson_is_map(m->descriptor, f) ? read_map(rd, m, f, from, at) : read_list(rd, m, f, from, at);
    if (pbjson_in_oneof(f) && *pbjson_case(m, f))
        return fail(rd, HALL_E_BAD_VALUE, at, NULL);
    int code = read_value(rd, f, from, at, pbjson_member(m, f));
    if (!code && pbjson_in_oneof(f))
        *pbjson_case(m, f) = f->id;
    return code;
}

/* What may stand in it, the handler knows; here it is kept as it came. */
static int read_json(struct reader *rd, const ProtobufCMessageDescriptor *d, const json_t *from,
                     const struct pbjson_place *at, ProtobufCMessage **ret)
{
    if (!pbjson_json_is_clean(from))
        return fail(rd, HALL_E_BAD_UTF8, at, NULL);
    Halld__Json *m = alloc_zero(d->sizeof_message);
    halld__json__init(m);
    if (json_object_size(from))
        m->text = pbjson_json_text(from);
    pbjson_json_wipe((json_t *)(uintptr_t)from);
    int code = charge(rd, strlen(m->text) + 1, at);
    if (code)
        halld__json__free_unpacked(m, NULL);
    else
        *ret = &m->base;
    return code;
}

static int read_message(struct reader *rd, const ProtobufCMessageDescriptor *d, const json_t *from,
                        const struct pbjson_place *at, ProtobufCMessage **ret)
{
    if (!json_is_object(from))
        return fail(rd, HALL_E_WRONG_TYPE, at, NULL);
    int code = charge(rd, d->sizeof_message, at);
    if (code)
        return code;
    if (pbjson_is_json(d))
        return read_json(rd, d, from, at, ret);
    ProtobufCMessage *m = alloc_zero(d->sizeof_message);
    d->message_init(m);
    json_t *tree = (json_t *)(uintptr_t)from, *value;
    const char *name;
    json_object_foreach(tree, name, value)
    {
        struct pbjson_place here = {.up = at, .name = name};
        code = read_field(rd, m, name, value, &here);
        if (code)
            break;
    }
    if (code)
        protobuf_c_message_free_unpacked(m, NULL);
    else
        *ret = m;
    return code;
}

static int refuse_position(struct refusal *r, int code, int line, int column)
{
    char *text = alloc_format("line %d column %d", line, column);
    refuse(r, code, text, NULL);
    free(text);
    return code;
}

/* Before parsing: the parser would build thousands of nested arrays before we could count them. */
int pbjson_check_depth(const char *text, size_t len, int limit, struct refusal *r)
{
    int depth = 0, line = 1, column = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        column += ((unsigned char)c & 0xC0) != 0x80;
        if (c == '\n')
            line++, column = 0;
        else if (quoted && c == '\\' && i + 1 < len && text[i + 1] != '\n')
            i++, column++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > limit)
            return refuse_position(r, HALL_E_TOO_DEEP, line, column);
    }
    return 0;
}

static int code_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return HALL_E_BAD_UTF8;
    case json_error_numeric_overflow:
        return HALL_E_BAD_VALUE;
    case json_error_stack_overflow:
        return HALL_E_TOO_DEEP;
    default:
        return HALL_E_BAD_JSON;
    }
}

/* The text's tree, which may be NULL only with the code set. */
static int parse(const char *text, size_t len, const struct pbjson_limits *limits, json_t **ret, struct refusal *r)
{
    if (len > limits->bytes)
        return refuse(r, HALL_E_TOO_LARGE, NULL, NULL);
    int code = pbjson_check_depth(text, len, limits->depth, r);
    if (code)
        return code;
    json_error_t error;
    *ret = len == 0 ? json_object() : json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    return *ret ? 0 : refuse_position(r, code_of(&error), error.line, error.column);
}

int pbjson_read(const ProtobufCMessageDescriptor *d, const char *text, size_t len, const struct pbjson_limits *limits,
                ProtobufCMessage **ret, struct refusal *r)
{
    json_t *tree;
    int code = parse(text, len, limits, &tree, r);
    if (code)
        return code;
    struct reader rd = {.limits = limits, .refusal = r};
    code = read_message(&rd, d, tree, NULL, ret);
    json_decref(tree);
    return code;
}

int pbjson_read_over(const ProtobufCMessage *base, const char *text, size_t len, const struct pbjson_limits *limits,
                     ProtobufCMessage **ret, struct refusal *r)
{
    struct buf old = BUF_INIT;
    json_t *changes, *tree;
    int code = parse(text, len, limits, &changes, r);
    if (code)
        return code;
    pbjson_write(base, &old);
    tree = json_loadb(buf_text(&old), old.len, 0, NULL);
    buf_fini(&old);
    struct reader rd = {.limits = limits, .refusal = r};
    if (!json_is_object(changes) || json_object_update(tree, changes) != 0)
        code = fail(&rd, HALL_E_WRONG_TYPE, NULL, NULL);
    else
        code = read_message(&rd, base->descriptor, tree, NULL, ret);
    json_decref(changes);
    json_decref(tree);
    return code;
}
