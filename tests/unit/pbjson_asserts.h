/* Asserts on pbjson_read and pbjson_write, under the limits of what comes from outside. */
#ifndef TESTS_UNIT_PBJSON_ASSERTS_H
#define TESTS_UNIT_PBJSON_ASSERTS_H

#include "codec/pbjson.h"

extern struct refusal refusal; /* of the last reading */

int read_code(const ProtobufCMessageDescriptor *d, const char *text, size_t len);
/* The text is refused with this code at this field. */
void refused(const ProtobufCMessageDescriptor *d, const char *text, int code, const char *field);
/* The message that the text reads as; freed with drop. */
void *accepted(const ProtobufCMessageDescriptor *d, const char *text);
void drop(void *m);
void written(const void *m, const char *text);
/* Reads, and writes the same again. */
void same(const ProtobufCMessageDescriptor *d, const char *text);

#endif
