/*
 * What the parts of pbjson share: the kinds of fields, where their members lie in a message, the place of
 * a field at fault, and the text forms of scalars. Private to this folder.
 */
#ifndef CODEC_PBJSON_FIELD_H
#define CODEC_PBJSON_FIELD_H

#include <stdint.h>

#include "codec/pbjson.h"

/* The protobuf types by how they are held and written; no floats: no message of ours has one. */
enum pbjson_kind {
    PBJSON_SIGNED,
    PBJSON_UNSIGNED,
    PBJSON_BOOL,
    PBJSON_ENUM,
    PBJSON_STRING,
    PBJSON_BYTES,
    PBJSON_MESSAGE,
    PBJSON_FLOAT,
};

struct pbjson_type {
    enum pbjson_kind kind;
    size_t size;            /* of one value in the message */
    ProtobufCWireType wire; /* of one value, unless packed */
};

const struct pbjson_type *pbjson_type_of(const ProtobufCFieldDescriptor *f);

static inline void *pbjson_member(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    return (char *)(uintptr_t)m + f->offset;
}

/* n_MEMBER of a repeated field. */
static inline size_t *pbjson_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    return (size_t *)((uintptr_t)m + f->quantifier_offset);
}

/* Which member of the field's oneof is set: its number, 0 = none. */
static inline uint32_t *pbjson_case(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    return (uint32_t *)((uintptr_t)m + f->quantifier_offset);
}

static inline bool pbjson_in_oneof(const ProtobufCFieldDescriptor *f)
{
    return (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* A map<string, ...> of message d: in protobuf-c a repeated field of generated entry messages. */
bool pbjson_is_map(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f);
/* An int64 named "at" or "..._at". */
bool pbjson_is_moment(const ProtobufCFieldDescriptor *f);
/* What a moment may be beside 0, which means none: one of the years 1970 to 9998 in every zone. */
bool pbjson_moment_is_sound(int64_t ms);

/* Whether an integer fits a field's type. */
bool pbjson_signed_fits(const struct pbjson_type *type, int64_t value);
bool pbjson_unsigned_fits(const struct pbjson_type *type, uint64_t value);
void pbjson_signed_store(const struct pbjson_type *type, void *member, int64_t value);
void pbjson_unsigned_store(const struct pbjson_type *type, void *member, uint64_t value);

/* Where reading stands: a chain on the stack, turned into text only for a refusal. */
struct pbjson_place {
    const struct pbjson_place *up; /* NULL for the message itself */
    const char *name;              /* NULL for an element of `up` */
    size_t index;
};

/* 0, or TOO_DEEP with line and column: text that looks like JSON nests more than `limit` objects and lists. */
int pbjson_check_depth(const char *text, size_t len, int limit, struct refusal *r);

int pbjson_refuse(struct refusal *r, int code, const struct pbjson_place *at, const char *value);

/* Text to the value of an integer, bool or enum field, a moment included. 0 or a code; *member is set only on 0. */
int pbjson_scalar_from_text(const ProtobufCFieldDescriptor *f, const char *text, void *member);

/* Canonical decimal (no sign but '-', no leading zeros) only. */
bool pbjson_text_to_signed(const char *text, int64_t *ret);
bool pbjson_text_to_unsigned(const char *text, uint64_t *ret);

/* Base64 with the standard alphabet and padding. */
size_t pbjson_base64_size(size_t len);                                     /* of the text, without a NUL */
void pbjson_base64_write(const uint8_t *data, size_t len, char *to);       /* exactly that many characters */
bool pbjson_base64_measure(const char *text, size_t len, size_t *ret_len); /* bytes it stands for; false if malformed */
void pbjson_base64_read(const char *text, size_t len, uint8_t *to);        /* measured before */

#endif
