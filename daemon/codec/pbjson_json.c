#include "codec/pbjson_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "proto/words.pb-c.h"

bool pbjson_is_json(const ProtobufCMessageDescriptor *d)
{
    return d == &halld__json__descriptor;
}

static bool is_clean_text(const char *text, size_t len)
{
    return strlen(text) == len && pbjson_text_is_clean(text, len);
}

bool pbjson_json_is_clean(const json_t *value)
{
    json_t *at = (json_t *)(uintptr_t)value, *item;
    const char *key;
    size_t i;
    bool clean = !json_is_string(at) || is_clean_text(json_string_value(at), json_string_length(at));
    json_object_foreach(at, key, item) clean = clean && is_clean_text(key, strlen(key)) && pbjson_json_is_clean(item);
    json_array_foreach(at, i, item) clean = clean && pbjson_json_is_clean(item);
    return clean;
}

char *pbjson_json_text(const json_t *object)
{
    char *text = json_object_size(object) ? json_dumps(object, JSON_COMPACT) : alloc_text("");
    if (!text)
        abort(); /* out of memory, as in base/alloc.h: a tree that was read can be written */
    return text;
}

bool pbjson_json_is_sound(const char *text, size_t len, int depth)
{
    if (len == 0)
        return true;
    json_t *tree =
        pbjson_check_depth(text, len, depth, NULL) ? NULL : json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    bool sound = json_is_object(tree) && pbjson_json_is_clean(tree);
    if (sound) {
        char *again = pbjson_json_text(tree);
        sound = strlen(again) == len && memcmp(again, text, len) == 0;
        free(again);
    }
    json_decref(tree);
    return sound;
}

void pbjson_json_wipe(json_t *value)
{
    json_t *item;
    const char *key;
    size_t i;
    if (json_is_string(value))
        explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    json_object_foreach(value, key, item) pbjson_json_wipe(item);
    json_array_foreach(value, i, item) pbjson_json_wipe(item);
}
