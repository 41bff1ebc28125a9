/* The promises of the codec, for the targets that feed it. */
#ifndef TESTS_FUZZ_FUZZ_PBJSON_H
#define TESTS_FUZZ_FUZZ_PBJSON_H

#include "codec/pbjson.h"

/* A message that was accepted comes out of JSON, of protobuf and of a clone as it was. Frees m. */
void fuzz_pbjson_accepted(ProtobufCMessage *m);
/* A refusal left no message, and its texts may be shown. */
void fuzz_pbjson_refused(int code, const ProtobufCMessage *m, const struct refusal *r);
/* The message named by the input's first word, "Settings" for halld.Settings; *rest is what follows the blank. */
const ProtobufCMessageDescriptor *fuzz_pbjson_named(const char *input, const char **rest);

#endif
