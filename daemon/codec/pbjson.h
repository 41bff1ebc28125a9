/*
 * One walk over protobuf-c descriptors, both ways, between any message of proto/ and its proto3 JSON.
 *
 * - Field names as in the proto (snake_case only). Unknown fields are errors.
 * - 64-bit integers are JSON strings (numbers are read as well), 32-bit ones numbers only; enums are their
 *   names, never numbers; bytes are padded standard base64. Quoted numbers are canonical decimals.
 * - A field without presence is always written, also at its default; a field in a oneof and a message
 *   field only when set.
 * - An int64 named "at" or ending in "_at" is milliseconds inside and RFC 3339 in JSON; 0 is null. What is
 *   read must lie in 1970 to 9998, a day away from both ends. One in a oneof that is set is never 0.
 * - null reads as unset, but not as an element of a list or map. A map is an object.
 * - Durations are plain integers, fields "*_s".
 * - The message halld.Json is any JSON object, written as its text stands and read into compact text: an empty object
 * is the empty text. Only the limit of the whole holds for the texts in it.
 *
 * Everything read may come from outside: size, nesting, memory, UTF-8 and NUL are limited and checked.
 * Own no state, never log.
 */
#ifndef CODEC_PBJSON_H
#define CODEC_PBJSON_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct pbjson_limits {
    size_t bytes;  /* of the JSON text or the packed message */
    int depth;     /* of nesting */
    size_t memory; /* the unpacked message may take in all */
    size_t text;   /* bytes of one string or bytes field */
    size_t items;  /* of one repeated field */
};

/* For whatever comes from outside: 64 KiB, depth 8, 1 MiB, 4 KiB a text, 1,000 items. */
extern const struct pbjson_limits PBJSON_OUTSIDE;
/* For files that an administrator gave us: 64 MiB. */
extern const struct pbjson_limits PBJSON_FILE;

/* The message as JSON text, added to out; no newline. m must be sound (from us or from a checked read). */
void pbjson_write(const ProtobufCMessage *m, struct buf *out);

/*
 * Reads JSON text into a new message; freed with protobuf_c_message_free_unpacked(m, NULL).
 * Empty text (len 0) reads as an empty message. *ret is untouched on failure.
 * Errors: BAD_JSON, BAD_UTF8, TOO_DEEP, TOO_LARGE, TOO_LONG, UNKNOWN_FIELD, WRONG_TYPE, BAD_VALUE, with the
 * path of the field at fault ("put.items[3].name", or "line 2 column 7") in r.
 */
int pbjson_read(const ProtobufCMessageDescriptor *d, const char *text, size_t len, const struct pbjson_limits *limits,
                ProtobufCMessage **ret, struct refusal *r);

/* As pbjson_read, but over what is there: fields that the text names replace the base's, lists and messages whole; null
 * takes a field back to its default; the others stay as they are. */
int pbjson_read_over(const ProtobufCMessage *base, const char *text, size_t len, const struct pbjson_limits *limits,
                     ProtobufCMessage **ret, struct refusal *r);

/* Unpacks protobuf bytes from outside under the same limits and checks. Errors: BAD_REQUEST and as above. */
int pbjson_unpack(const ProtobufCMessageDescriptor *d, const void *data, size_t len, const struct pbjson_limits *limits,
                  ProtobufCMessage **ret, struct refusal *r);

/*
 * Sets a scalar field of a message (made by us) from text, for path and query parameters: by the field's
 * type, same checks. A field that the message already carries (path parameter repeated in the body) is
 * UNKNOWN_FIELD, one whose oneof has another member set BAD_VALUE, a list or message WRONG_TYPE. Returns 0 or
 * a code with r filled.
 */
int pbjson_set_text(ProtobufCMessage *m, const char *field, const char *text, struct refusal *r);

/* Valid UTF-8 (no surrogates, no overlong forms) without NUL or other C0 controls but \t \n. */
bool pbjson_text_is_clean(const char *text, size_t len);

#endif
