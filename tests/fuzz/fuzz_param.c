/* Parameters of paths and queries: "CancelTicket id=18121". */
#include <string.h>

#include "base/alloc.h"
#include "fuzz.h"
#include "fuzz_pbjson.h"

static void set(const ProtobufCMessageDescriptor *d, const char *field, const char *text)
{
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    MUST(pbjson_read(d, "", 0, &PBJSON_OUTSIDE, &m, &r) == 0);
    int code = pbjson_set_text(m, field, text, &r);
    if (code) {
        protobuf_c_message_free_unpacked(m, NULL);
        fuzz_pbjson_refused(code, NULL, &r);
    } else
        fuzz_pbjson_accepted(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = alloc_zero(size + 1);
    memcpy(input, data, size);
    const char *field;
    const ProtobufCMessageDescriptor *d = fuzz_pbjson_named(input, &field);
    char *equals = d ? strchr(field, '=') : NULL;
    if (equals) {
        *equals = '\0';
        set(d, field, equals + 1);
    }
    free(input);
    return 0;
}
