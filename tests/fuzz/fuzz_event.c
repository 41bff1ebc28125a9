/* Packed messages of the journal, its snapshots and plugins: a letter for the kind, then the bytes. */
#include "fuzz.h"
#include "fuzz_pbjson.h"
#include "proto/command.pb-c.h"
#include "proto/event.pb-c.h"
#include "proto/snapshot.pb-c.h"
#include "proto/view.pb-c.h"

static const struct {
    char letter;
    const ProtobufCMessageDescriptor *d;
} kinds[] = {
    {'c', &halld__command__descriptor},
    {'e', &halld__event__descriptor},
    {'s', &halld__snapshot__descriptor},
    {'v', &halld__error_view__descriptor}, /* has a map */
};

static void feed(const ProtobufCMessageDescriptor *d, const uint8_t *data, size_t size)
{
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    int code = pbjson_unpack(d, data, size, &PBJSON_OUTSIDE, &m, &r);
    if (code)
        fuzz_pbjson_refused(code, m, &r);
    else
        fuzz_pbjson_accepted(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; size > 0 && i < sizeof kinds / sizeof *kinds; i++)
        if (data[0] == (uint8_t)kinds[i].letter)
            feed(kinds[i].d, data + 1, size - 1);
    return 0;
}
