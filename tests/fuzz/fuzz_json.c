/* Bodies of requests, settings and the config file: "IssueTicket {...}". */
#include "base/alloc.h"
#include "fuzz.h"
#include "fuzz_pbjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = alloc_zero(size + 1);
    for (size_t i = 0; i < size; i++)
        input[i] = (char)data[i];
    const char *text;
    const ProtobufCMessageDescriptor *d = fuzz_pbjson_named(input, &text);
    if (d) {
        ProtobufCMessage *m = NULL;
        struct refusal r = {0};
        int code = pbjson_read(d, text, size - (size_t)(text - input), &PBJSON_OUTSIDE, &m, &r);
        if (code)
            fuzz_pbjson_refused(code, m, &r);
        else
            fuzz_pbjson_accepted(m);
    }
    free(input);
    return 0;
}
