#include "core/describe.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

struct writer {
    struct buf *out;
    describe_moment *moment;
};

static void write_fields(struct writer *w, const ProtobufCMessage *m);

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static bool is_moment(const ProtobufCFieldDescriptor *f)
{
    return f->type == PROTOBUF_C_TYPE_INT64 &&
           (ends_with(f->name, "_at") || strcmp(f->name, "e") == 0 || strcmp(f->name, "t0") == 0);
}

static void write_int64(struct writer *w, const ProtobufCFieldDescriptor *f, int64_t value)
{
    if (is_moment(f) && w->moment)
        w->moment(value, w->out);
    else
        buf_add_format(w->out, "%" PRId64, value);
}

static void write_value(struct writer *w, const ProtobufCFieldDescriptor *f, const void *at)
{
    switch ((int)f->type) {
    case PROTOBUF_C_TYPE_INT32:
        buf_add_format(w->out, "%" PRId32, *(const int32_t *)at);
        break;
    case PROTOBUF_C_TYPE_UINT32:
        buf_add_format(w->out, "%" PRIu32, *(const uint32_t *)at);
        break;
    case PROTOBUF_C_TYPE_INT64:
        write_int64(w, f, *(const int64_t *)at);
        break;
    case PROTOBUF_C_TYPE_UINT64:
        buf_add_format(w->out, "%" PRIu64, *(const uint64_t *)at);
        break;
    case PROTOBUF_C_TYPE_FIXED64:
        buf_add_format(w->out, "%016" PRIx64, *(const uint64_t *)at);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        buf_add_text(w->out, *(const protobuf_c_boolean *)at ? "yes" : "no");
        break;
    case PROTOBUF_C_TYPE_ENUM: {
        const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(f->descriptor, *(const int *)at);
        buf_add_text(w->out, v ? v->name : "?");
        break;
    }
    case PROTOBUF_C_TYPE_STRING:
        buf_add_text(w->out, *(char *const *)at);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        buf_add_text(w->out, "{");
        write_fields(w, *(ProtobufCMessage *const *)at);
        buf_add_text(w->out, "}");
        break;
    default:
        buf_add_text(w->out, "...");
    }
}

static size_t value_size(const ProtobufCFieldDescriptor *f)
{
    switch ((int)f->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return 8;
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        return 4;
    }
}

/* Has the field anything to say? proto3's defaults do not. */
static bool is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    static const char zeros[sizeof(ProtobufCBinaryData)] = {0};
    const char *at = (const char *)m + f->offset;
    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)(const void *)((const char *)m + f->quantifier_offset) > 0;
    if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)(const void *)((const char *)m + f->quantifier_offset) == f->id;
    if (f->type == PROTOBUF_C_TYPE_STRING)
        return **(char *const *)(const void *)at != '\0';
    return memcmp(at, zeros, value_size(f)) != 0;
}

static bool is_secret(const ProtobufCFieldDescriptor *f)
{
    return f->type == PROTOBUF_C_TYPE_BYTES;
}

static void write_repeated(struct writer *w, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    size_t n = *(const size_t *)(const void *)((const char *)m + f->quantifier_offset);
    const char *rows = *(const char *const *)(const void *)((const char *)m + f->offset);
    if (f->type == PROTOBUF_C_TYPE_MESSAGE && n > 3) {
        buf_add_format(w->out, "(%zu)", n);
        return;
    }
    buf_add_text(w->out, "[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_text(w->out, ",");
        write_value(w, f, rows + i * value_size(f));
    }
    buf_add_text(w->out, "]");
}

static void write_fields(struct writer *w, const ProtobufCMessage *m)
{
    bool first = true;
    for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
        if (is_secret(f) || !is_set(m, f))
            continue;
        buf_add_format(w->out, "%s%s=", first ? "" : " ", f->name);
        first = false;
        if (f->label == PROTOBUF_C_LABEL_REPEATED)
            write_repeated(w, m, f);
        else
            write_value(w, f, (const char *)m + f->offset);
    }
}

static const ProtobufCFieldDescriptor *body_of(const Halld__Event *event)
{
    return protobuf_c_message_descriptor_get_field(&halld__event__descriptor, event->body_case);
}

const char *describe_kind(const Halld__Event *event)
{
    const ProtobufCFieldDescriptor *f = event->body_case ? body_of(event) : NULL;
    return f ? f->name : "unknown";
}

void describe_event_with(const Halld__Event *event, describe_moment *moment, struct buf *out)
{
    struct writer w = {out, moment};
    buf_add_text(out, describe_kind(event));
    if (!event->body_case || !body_of(event))
        return;
    size_t before = out->len;
    buf_add_char(out, ' ');
    const char *body = (const char *)event + body_of(event)->offset;
    write_fields(&w, *(ProtobufCMessage *const *)(const void *)body);
    if (out->len == before + 1)
        out->data[out->len = before] = '\0';
}

void describe_event(const Halld__Event *event, struct buf *out)
{
    describe_event_with(event, NULL, out);
}
