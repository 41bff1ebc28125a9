/* The small texts of HTTP. A letter says which: query, cookie, language, event id, path, etag, forwarded addresses, route. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "fuzz.h"
#include "net/address.h"
#include "net/parse.h"
#include "net/routes.h"

static int on_parameter(void *arg, const char *name, const char *value)
{
    size_t *n = arg;
    MUST(pbjson_text_is_clean(name, strlen(name)) && pbjson_text_is_clean(value, strlen(value)));
    return ++*n > 1000;
}

static void try_query(const char *text)
{
    char value[64];
    size_t n = 0;
    parse_query_each(text, on_parameter, &n);
    if (parse_query(text, "topics", value, sizeof value) == 1)
        MUST(strlen(value) < sizeof value && pbjson_text_is_clean(value, strlen(value)));
}

static void try_cookie(const char *text)
{
    char value[44];
    if (parse_cookie(text, "halld_session", value, sizeof value))
        MUST(strlen(value) < sizeof value && strchr(value, ';') == NULL);
}

static void try_language(const char *text)
{
    parse_prefers_english(text);
}

static void try_event_id(const char *text)
{
    uint64_t epoch, seq;
    if (parse_event_id(text, &epoch, &seq))
        MUST(strlen(text) >= 18 && text[16] == '-');
}

static void try_path(const char *text)
{
    static const char *const PATTERNS[] = {"/api/v1/windows/{n}/next", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}", "/"};
    struct path_params p;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++) {
        if (!parse_path(PATTERNS[i], text, &p))
            continue;
        for (size_t k = 0; k < p.n; k++)
            MUST(p.at[k].name[0] && pbjson_text_is_clean(p.at[k].value, strlen(p.at[k].value)));
    }
}

static void try_etag(const char *text)
{
    parse_etag_matches(text, "\"0123456789abcdef\"");
}

static void try_forwarded(const char *text)
{
    struct address_prefix trusted[2];
    struct address a;
    char back[ADDRESS_TEXT];
    MUST(address_prefix_from_text("127.0.0.1", &trusted[0]) && address_prefix_from_text("10.0.0.0/8", &trusted[1]));
    MUST(address_from_text("127.0.0.1", &a));
    address_forwarded(text, trusted, 2, &a);
    address_to_text(&a, back);
    MUST(address_from_text(back, &a));
    address_prefix_from_text(text, &trusted[0]);
}

static void try_route(const char *text)
{
    struct path_params p;
    char allow[64];
    const struct route *r = route_find("POST", text, &p, allow);
    MUST(!r || strcmp(r->method, "POST") == 0);
    MUST(strlen(allow) < sizeof allow);
}

static const struct {
    char letter;
    void (*run)(const char *text);
} TRIES[] = {
    {'q', try_query}, {'c', try_cookie}, {'l', try_language},  {'e', try_event_id},
    {'p', try_path},  {'t', try_etag},   {'f', try_forwarded}, {'r', try_route},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = alloc_zero(size);
    memcpy(text, data + 1, size - 1);
    for (size_t i = 0; i < sizeof TRIES / sizeof TRIES[0]; i++)
        if (TRIES[i].letter == (char)data[0])
            TRIES[i].run(text);
    free(text);
    return 0;
}
