#include "pbjson_asserts.h"

#include <check.h>
#include <string.h>

struct refusal refusal;

int read_code(const ProtobufCMessageDescriptor *d, const char *text, size_t len)
{
    ProtobufCMessage *m = NULL;
    refusal = (struct refusal){0};
    int code = pbjson_read(d, text, len, &PBJSON_OUTSIDE, &m, &refusal);
    ck_assert_msg(code ? !m : !!m, "%.*s", (int)len, text);
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    if (code)
        ck_assert_int_eq(refusal.code, code);
    return code;
}

void refused(const ProtobufCMessageDescriptor *d, const char *text, int code, const char *field)
{
    int got = read_code(d, text, strlen(text));
    ck_assert_msg(got == code, "%s: %s", text, got ? err_name(got) : "accepted");
    ck_assert_str_eq(refusal.field, field);
}

void *accepted(const ProtobufCMessageDescriptor *d, const char *text)
{
    ProtobufCMessage *m = NULL;
    refusal = (struct refusal){0};
    int code = pbjson_read(d, text, strlen(text), &PBJSON_OUTSIDE, &m, &refusal);
    ck_assert_msg(!code, "%s: %s at %s", text, err_name(code), refusal.field);
    return m;
}

void drop(void *m)
{
    protobuf_c_message_free_unpacked(m, NULL);
}

void written(const void *m, const char *text)
{
    struct buf out = BUF_INIT;
    pbjson_write(m, &out);
    ck_assert_str_eq(buf_text(&out), text);
    buf_fini(&out);
}

void same(const ProtobufCMessageDescriptor *d, const char *text)
{
    void *m = accepted(d, text);
    written(m, text);
    drop(m);
}
