#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int status;
    const char *zh, *en;
} table[] = {
#define X(code, status, zh, en) {#code, status, zh, en},
    ERR_TABLE(X)
#undef X
};

static int row(int code)
{
    int i = -1 - code;
    return i >= 0 && i < ERR_COUNT ? i : ERR_INDEX_INTERNAL;
}

const char *err_name(int code)
{
    return table[row(code)].name;
}

int err_http_status(int code)
{
    return table[row(code)].status;
}

const char *err_text_zh(int code)
{
    return table[row(code)].zh;
}

const char *err_text_en(int code)
{
    return table[row(code)].en;
}

/* Copies whole UTF-8 characters only: a cut one would spoil the JSON of the answer. */
static void copy_text(char *to, size_t size, const char *from)
{
    size_t n = strnlen(from, size - 1);
    if (n == size - 1)
        while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80)
            n--;
    memcpy(to, from, n);
    to[n] = '\0';
}

int refuse(struct refusal *r, int code, const char *field, const char *value)
{
    if (r) {
        r->code = code;
        copy_text(r->field, sizeof r->field, field ? field : "");
        copy_text(r->value, sizeof r->value, value ? value : "");
    }
    return code;
}

int refuse_number(struct refusal *r, int code, const char *field, long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", value);
    return refuse(r, code, field, text);
}
