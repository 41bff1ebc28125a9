#include "core/setup_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"

/* Every row message begins with the base struct, and its first member is the key. */
static struct setup_key key_of(const void *row)
{
    const ProtobufCMessage *m = row;
    const ProtobufCFieldDescriptor *f = &m->descriptor->fields[0];
    const void *at = (const char *)row + f->offset;
    if (f->type == PROTOBUF_C_TYPE_STRING)
        return (struct setup_key){.text = *(char *const *)at};
    return (struct setup_key){.number = *(const int32_t *)at};
}

static int key_order(const struct setup_key *a, const struct setup_key *b)
{
    if (a->text && b->text)
        return strcmp(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

bool setup_rows_index(void *const *rows, size_t n, const struct setup_key *key, size_t *ret)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        struct setup_key k = key_of(rows[mid]);
        if (key_order(&k, key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *ret = low;
    if (low == n)
        return false;
    struct setup_key k = key_of(rows[low]);
    return key_order(&k, key) == 0;
}

void *setup_rows_find(void *const *rows, size_t n, const struct setup_key *key)
{
    size_t i;
    return setup_rows_index(rows, n, key, &i) ? rows[i] : NULL;
}

/* One table of a Settings, through its descriptor. */
struct table {
    size_t *n;
    void ***rows;
};

static struct table table_at(const Halld__Settings *s, const ProtobufCFieldDescriptor *f)
{
    char *at = (char *)(uintptr_t)s;
    return (struct table){(size_t *)(void *)(at + f->quantifier_offset), (void ***)(void *)(at + f->offset)};
}

static const ProtobufCFieldDescriptor *table_field(const char *name)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, name);
    return f && f->label == PROTOBUF_C_LABEL_REPEATED ? f : NULL;
}

static void row_free(void *row)
{
    protobuf_c_message_free_unpacked(row, NULL);
}

static void table_put(struct table t, const void *row)
{
    struct setup_key key = key_of(row);
    size_t i;
    void *copy = message_clone(row);
    if (setup_rows_index(*t.rows, *t.n, &key, &i)) {
        row_free((*t.rows)[i]);
        (*t.rows)[i] = copy;
        return;
    }
    *t.rows = alloc_grow(*t.rows, *t.n + 1, sizeof **t.rows);
    memmove(*t.rows + i + 1, *t.rows + i, (*t.n - i) * sizeof **t.rows);
    (*t.rows)[i] = copy;
    ++*t.n;
}

static bool find_ref(const Halld__Settings *s, const Halld__SettingRef *ref, struct table *ret_table, size_t *ret_i)
{
    const ProtobufCFieldDescriptor *f = table_field(ref->table);
    if (!f)
        return false;
    *ret_table = table_at(s, f);
    const ProtobufCMessageDescriptor *row = f->descriptor;
    struct setup_key key = {.text = ref->key};
    if (row->fields[0].type != PROTOBUF_C_TYPE_STRING)
        key = (struct setup_key){.number = (int32_t)strtol(ref->key, NULL, 10)};
    return setup_rows_index(*ret_table->rows, *ret_table->n, &key, ret_i);
}

/* "7 ", "07" and 2^32 + 7 would all be read as 7, and take away a row that nobody named. */
static bool is_number(const char *key)
{
    char text[12];
    snprintf(text, sizeof text, "%d", (int)(int32_t)strtol(key, NULL, 10));
    return strcmp(text, key) == 0;
}

bool setup_rows_has(const Halld__Settings *s, const Halld__SettingRef *ref)
{
    struct table t;
    size_t i;
    const ProtobufCFieldDescriptor *f = table_field(ref->table);
    const ProtobufCMessageDescriptor *row = f ? f->descriptor : NULL;
    if (row && row->fields[0].type != PROTOBUF_C_TYPE_STRING && !is_number(ref->key))
        return false;
    return find_ref(s, ref, &t, &i);
}

static void remove_row(Halld__Settings *s, const Halld__SettingRef *ref)
{
    struct table t;
    size_t i;
    if (!find_ref(s, ref, &t, &i))
        return;
    row_free((*t.rows)[i]);
    --*t.n;
    memmove(*t.rows + i, *t.rows + i + 1, (*t.n - i) * sizeof **t.rows);
}

/* Parsing one message's bytes after another's lays its set fields over: protobuf's own merge. */
static ProtobufCMessage *lay_over(const ProtobufCMessage *old, const ProtobufCMessage *put)
{
    size_t a = old ? protobuf_c_message_get_packed_size(old) : 0, b = protobuf_c_message_get_packed_size(put);
    uint8_t *data = alloc_zero(a + b);
    if (old)
        protobuf_c_message_pack(old, data);
    protobuf_c_message_pack(put, data + a);
    ProtobufCMessage *merged = protobuf_c_message_unpack(put->descriptor, NULL, a + b, data);
    free(data);
    if (!merged)
        abort();
    return merged;
}

/* The messages that are no tables: the hall is replaced, constants are laid over the old ones. */
static void put_single(ProtobufCMessage **to, const ProtobufCMessage *put, bool merge)
{
    ProtobufCMessage *next = lay_over(merge ? *to : NULL, put);
    if (*to)
        protobuf_c_message_free_unpacked(*to, NULL);
    *to = next;
}

static void put_singles(Halld__Settings *s, const Halld__Settings *put)
{
    if (put->hall)
        put_single((ProtobufCMessage **)(void *)&s->hall, &put->hall->base, false);
    if (put->policy)
        put_single((ProtobufCMessage **)(void *)&s->policy, &put->policy->base, true);
    if (put->booking)
        put_single((ProtobufCMessage **)(void *)&s->booking, &put->booking->base, true);
}

Halld__Settings *setup_rows_merge(const Halld__Settings *old, const Halld__Settings *put, size_t n_remove,
                                  Halld__SettingRef *const *remove)
{
    Halld__Settings *s = (Halld__Settings *)message_clone(&old->base);
    for (size_t i = 0; i < n_remove; i++)
        remove_row(s, remove[i]);
    if (!put)
        return s;
    put_singles(s, put);
    const ProtobufCMessageDescriptor *d = &halld__settings__descriptor;
    for (unsigned k = 0; k < d->n_fields; k++) {
        if (d->fields[k].label != PROTOBUF_C_LABEL_REPEATED)
            continue;
        struct table from = table_at(put, &d->fields[k]), to = table_at(s, &d->fields[k]);
        for (size_t i = 0; i < *from.n; i++)
            table_put(to, (*from.rows)[i]);
    }
    return s;
}
