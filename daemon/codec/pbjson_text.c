/* Scalars as text: clean UTF-8, canonical decimals, words of enums, base64. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "codec/pbjson_field.h"

/* Bytes of the sound UTF-8 sequence at s, 0 if there is none (Unicode, table 3-7). */
static size_t sequence(const unsigned char *s, size_t len)
{
    static const struct {
        unsigned char first, last, low, high, len;
    } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (s[0] < rows[i].first || s[0] > rows[i].last)
            continue;
        if (len < rows[i].len || s[1] < rows[i].low || s[1] > rows[i].high)
            return 0;
        for (size_t k = 2; k < rows[i].len; k++)
            if ((s[k] & 0xC0) != 0x80)
                return 0;
        return rows[i].len;
    }
    return 0;
}

bool pbjson_text_is_clean(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    while (len > 0) {
        size_t n = 1;
        if (*s >= 0x80)
            n = sequence(s, len);
        else if (*s < 0x20 && *s != '\t' && *s != '\n')
            return false;
        if (n == 0)
            return false;
        s += n;
        len -= n;
    }
    return true;
}

static bool is_decimal(const char *digits)
{
    size_t n = strspn(digits, "0123456789");
    return n > 0 && digits[n] == '\0' && (digits[0] != '0' || n == 1);
}

bool pbjson_text_to_unsigned(const char *text, uint64_t *ret)
{
    if (!is_decimal(text))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno)
        return false;
    *ret = value;
    return true;
}

bool pbjson_text_to_signed(const char *text, int64_t *ret)
{
    bool minus = text[0] == '-';
    if (!is_decimal(text + minus) || (minus && text[1] == '0'))
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno)
        return false;
    *ret = value;
    return true;
}

static int moment_to_member(const char *text, int64_t *member)
{
    int64_t ms;
    if (!moment_from_text(text, &ms) || !pbjson_moment_is_sound(ms))
        return HALL_E_BAD_VALUE;
    *member = ms;
    return 0;
}

static int signed_to_member(const ProtobufCFieldDescriptor *f, const char *text, void *member)
{
    int64_t value;
    if (pbjson_is_moment(f))
        return moment_to_member(text, member);
    if (!pbjson_text_to_signed(text, &value) || !pbjson_signed_fits(pbjson_type_of(f), value))
        return HALL_E_BAD_VALUE;
    pbjson_signed_store(pbjson_type_of(f), member, value);
    return 0;
}

static int unsigned_to_member(const ProtobufCFieldDescriptor *f, const char *text, void *member)
{
    uint64_t value;
    if (!pbjson_text_to_unsigned(text, &value) || !pbjson_unsigned_fits(pbjson_type_of(f), value))
        return HALL_E_BAD_VALUE;
    pbjson_unsigned_store(pbjson_type_of(f), member, value);
    return 0;
}

static int bool_to_member(const char *text, protobuf_c_boolean *member)
{
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        return HALL_E_BAD_VALUE;
    *member = yes;
    return 0;
}

static int enum_to_member(const ProtobufCFieldDescriptor *f, const char *text, int32_t *member)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(f->descriptor, text);
    if (!value)
        return HALL_E_BAD_VALUE;
    *member = value->value;
    return 0;
}

int pbjson_scalar_from_text(const ProtobufCFieldDescriptor *f, const char *text, void *member)
{
    switch (pbjson_type_of(f)->kind) {
    case PBJSON_SIGNED:
        return signed_to_member(f, text, member);
    case PBJSON_UNSIGNED:
        return unsigned_to_member(f, text, member);
    case PBJSON_BOOL:
        return bool_to_member(text, member);
    case PBJSON_ENUM:
        return enum_to_member(f, text, member);
    case PBJSON_STRING:
    case PBJSON_BYTES:
    case PBJSON_MESSAGE:
    case PBJSON_FLOAT:
        break;
    }
    return HALL_E_WRONG_TYPE;
}

size_t pbjson_base64_size(size_t len)
{
    return (len + 2) / 3 * 4;
}

void pbjson_base64_write(const uint8_t *data, size_t len, char *to)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (; len > 0; data += 3, to += 4) {
        size_t n = len < 3 ? len : 3;
        uint32_t bits = (uint32_t)data[0] << 16 | (n > 1 ? (uint32_t)data[1] << 8 : 0) | (n > 2 ? data[2] : 0);
        to[0] = letters[bits >> 18];
        to[1] = letters[bits >> 12 & 63];
        to[2] = n > 1 ? letters[bits >> 6 & 63] : '=';
        to[3] = n > 2 ? letters[bits & 63] : '=';
        len -= n;
    }
}

/* 0..63, or -1. */
static int letter_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool pbjson_base64_measure(const char *text, size_t len, size_t *ret_len)
{
    if (len % 4 != 0)
        return false;
    size_t pad = len == 0 ? 0 : text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
    for (size_t i = 0; i < len - pad; i++)
        if (letter_value(text[i]) < 0)
            return false;
    /* The bits that padding cuts off must be zero, so that every value has one text. */
    static const int cut[] = {0, 3, 15};
    if (pad && letter_value(text[len - pad - 1]) & cut[pad])
        return false;
    *ret_len = len / 4 * 3 - pad;
    return true;
}

void pbjson_base64_read(const char *text, size_t len, uint8_t *to)
{
    for (; len > 0; len -= 4, text += 4) {
        uint32_t bits = 0;
        size_t n = text[2] == '=' ? 1 : text[3] == '=' ? 2 : 3;
        for (size_t i = 0; i < 4; i++)
            bits = bits << 6 | (uint32_t)(text[i] == '=' ? 0 : letter_value(text[i]));
        for (size_t i = 0; i < n; i++)
            *to++ = (uint8_t)(bits >> (16 - 8 * i));
    }
}
