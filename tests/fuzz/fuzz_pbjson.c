#include "fuzz_pbjson.h"
#include "base/message.h"

#include <string.h>

#include "fuzz.h"
#include "tests/lib/messages.h"

static void pack(const ProtobufCMessage *m, struct buf *to)
{
    size_t len = protobuf_c_message_get_packed_size(m);
    size_t n = protobuf_c_message_pack(m, (uint8_t *)buf_reserve(to, len));
    MUST(n == len);
    to->len += n;
}

/* Packs the same as `packed`; frees m. */
static void must_equal(ProtobufCMessage *m, const struct buf *packed)
{
    struct buf again = BUF_INIT;
    pack(m, &again);
    MUST(again.len == packed->len);
    MUST(again.len == 0 || memcmp(again.data, packed->data, again.len) == 0);
    buf_fini(&again);
    protobuf_c_message_free_unpacked(m, NULL);
}

void fuzz_pbjson_accepted(ProtobufCMessage *m)
{
    fuzz_zone();
    struct buf packed = BUF_INIT, text = BUF_INIT;
    pack(m, &packed);
    pbjson_write(m, &text);
    struct refusal r = {0};
    ProtobufCMessage *copy = NULL;
    MUST(pbjson_read(m->descriptor, buf_text(&text), text.len, &PBJSON_FILE, &copy, &r) == 0);
    must_equal(copy, &packed);
    MUST(pbjson_unpack(m->descriptor, packed.data, packed.len, &PBJSON_FILE, &copy, &r) == 0);
    must_equal(copy, &packed);
    must_equal(message_clone(m), &packed);
    protobuf_c_message_free_unpacked(m, NULL);
    buf_fini(&packed);
    buf_fini(&text);
}

void fuzz_pbjson_refused(int code, const ProtobufCMessage *m, const struct refusal *r)
{
    MUST(code < 0 && !m && r->code == code);
    MUST(pbjson_text_is_clean(r->field, strlen(r->field)));
    MUST(pbjson_text_is_clean(r->value, strlen(r->value)));
}

const ProtobufCMessageDescriptor *fuzz_pbjson_named(const char *input, const char **rest)
{
    size_t n = strcspn(input, " ");
    for (size_t i = 0; i < message_count(); i++) {
        const char *name = message_at(i)->short_name;
        if (strncmp(name, input, n) == 0 && name[n] == '\0') {
            *rest = input + n + (input[n] == ' ');
            return message_at(i);
        }
    }
    return NULL;
}
