#include "codec/tree.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pbjson_json.h"

/* A tree is the library's value under our own name. */
static json_t *json(const struct tree *t)
{
    return (json_t *)(uintptr_t)t;
}

static struct tree *tree(json_t *j)
{
    return (struct tree *)j;
}

int tree_read(const char *text, size_t len, struct tree **ret, struct refusal *r)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        char where[48];
        snprintf(where, sizeof where, "line %d column %d", error.line, error.column);
        return refuse(r, HALL_E_BAD_JSON, where, error.text);
    }
    *ret = tree(root);
    return 0;
}

void tree_free(struct tree *t)
{
    json_decref(json(t));
}

void tree_wipe(struct tree *t)
{
    pbjson_json_wipe(json(t));
}

enum tree_kind tree_kind(const struct tree *t)
{
    static const enum tree_kind kinds[] = {
        [JSON_OBJECT] = TREE_OBJECT, [JSON_ARRAY] = TREE_LIST, [JSON_STRING] = TREE_TEXT, [JSON_INTEGER] = TREE_INTEGER,
        [JSON_REAL] = TREE_REAL,     [JSON_TRUE] = TREE_BOOL,  [JSON_FALSE] = TREE_BOOL,  [JSON_NULL] = TREE_NULL,
    };
    return t ? kinds[json_typeof(json(t))] : TREE_NONE;
}

const char *tree_text(const struct tree *t)
{
    const char *text = json_string_value(json(t));
    return text ? text : "";
}

int64_t tree_integer(const struct tree *t)
{
    return json_integer_value(json(t));
}

bool tree_bool(const struct tree *t)
{
    return json_is_true(json(t));
}

const struct tree *tree_at(const struct tree *object, const char *key)
{
    return tree(json_object_get(json(object), key));
}

size_t tree_count(const struct tree *list)
{
    return json_array_size(json(list));
}

const struct tree *tree_item(const struct tree *list, size_t i)
{
    return tree(json_array_get(json(list), i));
}

const struct tree *tree_next(const struct tree *object, void **iter, const char **ret_key)
{
    *iter = *iter ? json_object_iter_next(json(object), *iter) : json_object_iter(json(object));
    if (!*iter)
        return NULL;
    *ret_key = json_object_iter_key(*iter);
    return tree(json_object_iter_value(*iter));
}

/* ---- patching */

/* One step of a path: a key, or an index. */
struct step {
    char key[64];
    size_t index;
    bool is_index;
};

/* Reads the next step; *path moves behind it. False at the end or where the path is malformed. */
static bool next_step(const char **path, struct step *s)
{
    const char *at = *path + (**path == '.');
    if (*at == '[') {
        char *end;
        s->is_index = true;
        s->index = strtoul(at + 1, &end, 10);
        *path = end + 1;
        return end > at + 1 && *end == ']';
    }
    size_t n = strcspn(at, ".[");
    if (n == 0 || n >= sizeof s->key)
        return false;
    memcpy(s->key, at, n);
    s->key[n] = '\0';
    s->is_index = false;
    *path = at + n;
    return true;
}

static json_t *go(json_t *at, const struct step *s)
{
    return s->is_index ? json_array_get(at, s->index) : json_object_get(at, s->key);
}

static bool set(json_t *at, const struct step *s, json_t *value)
{
    if (!s->is_index)
        return value ? json_object_set_new(at, s->key, value) == 0 : json_object_del(at, s->key) == 0;
    if (!value)
        return json_array_remove(at, s->index) == 0;
    return s->index == json_array_size(at) ? json_array_append_new(at, value) == 0
                                           : json_array_set_new(at, s->index, value) == 0;
}

bool tree_patch(struct tree *t, const char *path, const struct tree *value)
{
    json_t *at = json(t);
    struct step s;
    if (!next_step(&path, &s))
        return false;
    while (at && *path) {
        at = go(at, &s);
        if (!next_step(&path, &s))
            return false;
    }
    return at && set(at, &s, value ? json_deep_copy(json(value)) : NULL);
}

/* ---- writing */

static void write_json(const json_t *j, struct buf *out)
{
    char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_add_text(out, text ? text : "null");
    free(text);
}

void tree_write(const struct tree *t, struct buf *out)
{
    write_json(json(t), out);
}

void tree_write_text(const char *text, struct buf *out)
{
    json_t *j = json_string(text);
    write_json(j, out);
    json_decref(j);
}
