/* Every message of proto/, listed from the generated headers at build time. */
#ifndef TESTS_LIB_MESSAGES_H
#define TESTS_LIB_MESSAGES_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

size_t message_count(void);
const ProtobufCMessageDescriptor *message_at(size_t i);
/* By its full name such as "halld.Event"; NULL if there is none. */
const ProtobufCMessageDescriptor *message_find(const char *name);

#endif
