/*
 * The codec as a filter, for tests in other languages. A request on stdin: name of a message, 'w' (protobuf
 * bytes to JSON) or 'r' (JSON to protobuf bytes), the bytes; name and bytes each after their length in four
 * bytes, little-endian. An answer on stdout: '+' or '-', then the result, or "CODE field", after its length.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/pbjson.h"
#include "tests/lib/messages.h"

static bool get_run(struct buf *to)
{
    unsigned char n[4];
    buf_clear(to);
    if (fread(n, 1, sizeof n, stdin) != sizeof n)
        return false;
    size_t len = n[0] | (size_t)n[1] << 8 | (size_t)n[2] << 16 | (size_t)n[3] << 24;
    if (fread(buf_reserve(to, len), 1, len, stdin) != len)
        return false;
    to->len += len;
    to->data[to->len] = '\0';
    return true;
}

static void put_answer(char sign, const struct buf *result)
{
    putchar(sign);
    for (int shift = 0; shift < 32; shift += 8)
        putchar((int)(result->len >> shift & 255));
    fwrite(buf_text(result), 1, result->len, stdout);
    fflush(stdout);
}

static void pack(const ProtobufCMessage *m, struct buf *out)
{
    size_t len = protobuf_c_message_get_packed_size(m);
    out->len += protobuf_c_message_pack(m, (uint8_t *)buf_reserve(out, len));
}

static int convert(const ProtobufCMessageDescriptor *d, int direction, const struct buf *from, struct buf *out,
                   struct refusal *r)
{
    ProtobufCMessage *m = NULL;
    int code = direction == 'w' ? pbjson_unpack(d, from->data, from->len, &PBJSON_FILE, &m, r)
                                : pbjson_read(d, buf_text(from), from->len, &PBJSON_FILE, &m, r);
    if (code)
        return code;
    (direction == 'w' ? pbjson_write : pack)(m, out);
    protobuf_c_message_free_unpacked(m, NULL);
    return 0;
}

int main(void)
{
    struct buf name = BUF_INIT, from = BUF_INIT, out = BUF_INIT;
    int direction;
    while (get_run(&name) && (direction = getchar()) != EOF && get_run(&from)) {
        const ProtobufCMessageDescriptor *d = message_find(buf_text(&name));
        struct refusal r = {0};
        buf_clear(&out);
        int code = d ? convert(d, direction, &from, &out, &r) : refuse(&r, HALL_E_NOT_FOUND, buf_text(&name), NULL);
        if (code)
            buf_add_format(&out, "%s %s", err_name(code), r.field);
        put_answer(code ? '-' : '+', &out);
    }
    buf_fini(&name);
    buf_fini(&from);
    buf_fini(&out);
    return EXIT_SUCCESS;
}
