#include "codec/pbjson_shape.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pbjson_json.h"

static void look_at_message(struct faults *faults, const ProtobufCMessageDescriptor *d, json_t *from,
                            const struct fault_place *at);

static void wrong_kind(struct faults *faults, const struct fault_place *at, const char *wanted)
{
    faults_add(faults, at, "WRONG_KIND", "must be %s", wanted);
}

static bool is_text(const json_t *from)
{
    return json_is_string(from) && pbjson_text_is_clean(json_string_value(from), json_string_length(from));
}

static bool is_integer(const ProtobufCFieldDescriptor *f, const json_t *from)
{
    const struct pbjson_type *type = pbjson_type_of(f);
    if (!json_is_integer(from))
        return false;
    json_int_t value = json_integer_value(from);
    if (type->kind == PBJSON_SIGNED)
        return pbjson_signed_fits(type, value);
    return value >= 0 && pbjson_unsigned_fits(type, (uint64_t)value);
}

static void look_at_value(struct faults *faults, const ProtobufCFieldDescriptor *f, json_t *from,
                          const struct fault_place *at)
{
    switch (pbjson_type_of(f)->kind) {
    case PBJSON_SIGNED:
        if (!is_integer(f, from))
            wrong_kind(faults, at, "an integer");
        break;
    case PBJSON_UNSIGNED:
        if (!is_integer(f, from))
            wrong_kind(faults, at, "an integer from 0");
        break;
    case PBJSON_BOOL:
        if (!json_is_boolean(from))
            wrong_kind(faults, at, "true or false");
        break;
    case PBJSON_MESSAGE:
        look_at_message(faults, f->descriptor, from, at);
        break;
    case PBJSON_STRING:
    case PBJSON_ENUM:
    case PBJSON_BYTES:
    case PBJSON_FLOAT:
        if (!is_text(from))
            wrong_kind(faults, at, "a text");
        break;
    }
}

static void look_at_list(struct faults *faults, const ProtobufCFieldDescriptor *f, json_t *from,
                         const struct fault_place *at)
{
    size_t i;
    json_t *value;
    if (!json_is_array(from))
        wrong_kind(faults, at, "a list");
    json_array_foreach(from, i, value)
    {
        struct fault_place here = {at, NULL, i};
        look_at_value(faults, f, value, &here);
    }
}

static void look_at_key(struct faults *faults, const ProtobufCMessageDescriptor *d, const char *key, json_t *value,
                        const struct fault_place *at)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(d, key);
    struct fault_place here = {at, key, 0};
    if (!f)
        faults_add(faults, at, "UNKNOWN_KEY", "no key \"%s\" here", key);
    else if (f->label == PROTOBUF_C_LABEL_REPEATED)
        look_at_list(faults, f, value, &here);
    else
        look_at_value(faults, f, value, &here);
}

static bool same_oneof(const ProtobufCFieldDescriptor *f, const ProtobufCFieldDescriptor *g)
{
    return pbjson_in_oneof(f) && pbjson_in_oneof(g) && f->quantifier_offset == g->quantifier_offset;
}

/* Whether another member of the field's oneof stands in the object too. */
static bool has_rival(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f, const json_t *from)
{
    for (unsigned i = 0; i < d->n_fields; i++)
        if (&d->fields[i] != f && same_oneof(f, &d->fields[i]) && json_object_get(from, d->fields[i].name))
            return true;
    return false;
}

static void drop_rivals(const ProtobufCMessageDescriptor *d, json_t *from)
{
    for (unsigned i = 0; i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &d->fields[i];
        if (!json_object_get(from, f->name) || !has_rival(d, f, from))
            continue;
        for (unsigned k = 0; k < d->n_fields; k++)
            if (same_oneof(f, &d->fields[k]))
                json_object_del(from, d->fields[k].name);
    }
}

static void look_at_message(struct faults *faults, const ProtobufCMessageDescriptor *d, json_t *from,
                            const struct fault_place *at)
{
    const char *key;
    json_t *value;
    if (!json_is_object(from)) {
        wrong_kind(faults, at, "an object");
        return;
    }
    if (pbjson_is_json(d))
        return;
    json_object_foreach(from, key, value) look_at_key(faults, d, key, value, at);
    drop_rivals(d, from);
}

/* The tree is sound: only a limit of size or nesting is left that may refuse it. */
static ProtobufCMessage *read_tree(const ProtobufCMessageDescriptor *d, const json_t *tree, struct faults *faults)
{
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    char *text = json_dumps(tree, JSON_COMPACT);
    int code = text ? pbjson_read(d, text, strlen(text), &PBJSON_FILE, &m, &r) : HALL_E_BAD_JSON;
    if (code)
        faults_add(faults, NULL, "JSON", "%s", err_text_en(code));
    free(text);
    return m;
}

ProtobufCMessage *pbjson_shape_read(const ProtobufCMessageDescriptor *d, const char *text, size_t len,
                                    struct faults *faults)
{
    ProtobufCMessage *m = NULL;
    json_error_t error;
    size_t before = faults->n;
    json_t *tree = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree) {
        faults_add(faults, NULL, "JSON", "line %d column %d", error.line, error.column);
        return NULL;
    }
    look_at_message(faults, d, tree, NULL);
    if (faults->n == before)
        m = read_tree(d, tree, faults);
    json_decref(tree);
    return m;
}
