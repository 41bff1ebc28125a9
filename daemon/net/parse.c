#include "net/parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codec/pbjson.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool parse_percent(const char *from, size_t len, bool is_query, char *ret, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = from[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(from[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(from[i + 2]);
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        if (is_control(c) || n + 1 >= size)
            return false;
        ret[n++] = c;
    }
    ret[n] = '\0';
    return pbjson_text_is_clean(ret, n);
}

/* One parameter at *at, up to the next & or the end. */
struct parameter {
    const char *name, *value;
    size_t name_len, value_len;
};

static bool next_parameter(const char **at, struct parameter *ret)
{
    while (**at == '&')
        (*at)++;
    if (**at == '\0')
        return false;
    size_t len = strcspn(*at, "&");
    const char *equals = memchr(*at, '=', len);
    ret->name = *at;
    ret->name_len = equals ? (size_t)(equals - *at) : len;
    ret->value = equals ? equals + 1 : *at + len;
    ret->value_len = (size_t)(*at + len - ret->value);
    *at += len;
    return true;
}

int parse_query(const char *query, const char *name, char *ret, size_t size)
{
    struct parameter p;
    size_t len = strlen(name);
    while (next_parameter(&query, &p))
        if (p.name_len == len && memcmp(p.name, name, len) == 0)
            return parse_percent(p.value, p.value_len, true, ret, size) ? 1 : -1;
    return 0;
}

int parse_query_each(const char *query, int (*each)(void *arg, const char *name, const char *value), void *arg)
{
    struct parameter p;
    char name[48], value[336]; /* a code has at most 80 characters */
    int stop = 0;
    while (stop == 0 && next_parameter(&query, &p)) {
        if (!parse_percent(p.name, p.name_len, true, name, sizeof name) ||
            !parse_percent(p.value, p.value_len, true, value, sizeof value))
            return -1;
        stop = each(arg, name, value);
    }
    return stop;
}

bool parse_cookie(const char *header, const char *name, char *ret, size_t size)
{
    size_t name_len = strlen(name);
    while (header && *header) {
        header += strspn(header, " \t;");
        size_t len = strcspn(header, ";");
        if (len > name_len && memcmp(header, name, name_len) == 0 && header[name_len] == '=') {
            const char *value = header + name_len + 1;
            size_t value_len = len - name_len - 1;
            while (value_len > 0 && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
                value_len--;
            if (value_len >= size)
                return false;
            memcpy(ret, value, value_len);
            ret[value_len] = '\0';
            return true;
        }
        header += len;
    }
    return false;
}

/* ";q=0.8" -> 800; 1000 where there is none. */
static int read_weight(const char *from, size_t len)
{
    for (size_t i = 0; i + 2 < len; i++) {
        if ((from[i] | 0x20) != 'q' || from[i + 1] != '=')
            continue;
        int weight = 0, scale = 1000;
        for (size_t k = i + 2; k < len && scale > 0; k++) {
            if (from[k] == '.')
                continue;
            if (from[k] < '0' || from[k] > '9')
                break;
            weight += (from[k] - '0') * scale;
            scale /= 10;
        }
        return weight > 1000 ? 1000 : weight;
    }
    return 1000;
}

bool parse_prefers_english(const char *header)
{
    int zh = -1, en = -1;
    while (header && *header) {
        header += strspn(header, " \t,");
        size_t len = strcspn(header, ","), tag = strcspn(header, " \t,;-");
        int weight = read_weight(header + tag, len - tag);
        if (tag == 2 && strncasecmp(header, "zh", 2) == 0 && weight > zh)
            zh = weight;
        if (tag == 2 && strncasecmp(header, "en", 2) == 0 && weight > en)
            en = weight;
        header += len;
    }
    return en > 0 && en > zh;
}

bool parse_event_id(const char *text, uint64_t *ret_epoch, uint64_t *ret_seq)
{
    uint64_t epoch = 0, seq = 0;
    for (int i = 0; i < 16; i++, text++) {
        int digit = hex_digit(*text);
        if (digit < 0)
            return false;
        epoch = epoch << 4 | (uint64_t)digit;
    }
    size_t len = strspn(text + (*text == '-'), "0123456789");
    if (*text != '-' || len == 0 || len > 19 || text[1 + len] != '\0')
        return false;
    for (text++; *text; text++)
        seq = seq * 10 + (uint64_t)(*text - '0');
    *ret_epoch = epoch;
    *ret_seq = seq;
    return true;
}

bool parse_etag_matches(const char *header, const char *etag)
{
    size_t len = strlen(etag);
    while (header && *header) {
        header += strspn(header, " \t,");
        if (*header == '*')
            return true;
        if (strncmp(header, "W/", 2) == 0)
            header += 2;
        size_t one = strcspn(header, ", \t");
        if (one == len && memcmp(header, etag, len) == 0)
            return true;
        header += one;
    }
    return false;
}

static bool take_param(const char *name, size_t name_len, const char *value, size_t value_len, struct path_params *ret)
{
    if (value_len == 0 || ret->n == PATH_PARAMS_MOST)
        return false;
    struct path_param *p = &ret->at[ret->n];
    if (name_len >= sizeof p->name || !parse_percent(value, value_len, false, p->value, sizeof p->value))
        return false;
    memcpy(p->name, name, name_len);
    p->name[name_len] = '\0';
    ret->n++;
    return true;
}

bool parse_path(const char *pattern, const char *path, struct path_params *ret)
{
    ret->n = 0;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t name_len = strcspn(pattern + 1, "}"), value_len = strcspn(path, "/");
        if (!take_param(pattern + 1, name_len, path, value_len, ret))
            return false;
        pattern += name_len + 2;
        path += value_len;
    }
    return *pattern == '\0' && *path == '\0';
}
