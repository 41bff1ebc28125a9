/*
 * The hall's settings, table by table. Every change is a PutSettings command with the rows it makes; what a table is,
 * its rows and its key, comes from the descriptor of Settings: a row's key is its first field.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/setup.h"
#include "core/setup_rows.h"
#include "net/api_admin.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/routes.h"
#include "port/command.h"
#include "view/settings_view.h"

static const char PREFIX[] = API "/admin/";

/* "/api/v1/admin/windows/{key}" -> the field "windows" of Settings */
static const ProtobufCFieldDescriptor *table_of(const struct call *c)
{
    char name[32];
    const char *at = c->route->path + strlen(PREFIX);
    size_t len = strcspn(at, "/");
    memcpy(name, at, len);
    name[len] = '\0';
    return protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, name);
}

static bool is_list(const ProtobufCFieldDescriptor *table)
{
    return table->label == PROTOBUF_C_LABEL_REPEATED;
}

static const char *key_name(const ProtobufCFieldDescriptor *table)
{
    const ProtobufCMessageDescriptor *d = table->descriptor;
    return d->fields[0].name;
}

static struct setup_key key_of(const ProtobufCMessage *row)
{
    const ProtobufCFieldDescriptor *f = &row->descriptor->fields[0];
    const char *at = (const char *)row + f->offset;
    if (f->type == PROTOBUF_C_TYPE_STRING)
        return (struct setup_key){.text = *(const char *const *)(const void *)at};
    return (struct setup_key){.number = *(const int32_t *)(const void *)at};
}

static bool same_key(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    struct setup_key x = key_of(a), y = key_of(b);
    return x.text && y.text ? strcmp(x.text, y.text) == 0 : !x.text && !y.text && x.number == y.number;
}

/* The row with the probe's key, or the single message; NULL if there is none. Borrowed. */
static ProtobufCMessage *find_row(const Halld__Settings *s, const ProtobufCFieldDescriptor *table,
                                  const ProtobufCMessage *probe)
{
    const char *at = (const char *)s + table->offset;
    if (!is_list(table))
        return *(ProtobufCMessage *const *)(const void *)at;
    struct setup_key key = key_of(probe);
    size_t n = *(const size_t *)(const void *)((const char *)s + table->quantifier_offset);
    return setup_rows_find(*(void *const *const *)(const void *)at, n, &key);
}

void api_settings(struct call *c)
{
    Halld__SettingsView *v = settings_view_new(call_hall(c), NULL);
    call_reply(c, 200, &v->base);
}

void api_table(struct call *c)
{
    Halld__SettingsView *v = settings_view_new(call_hall(c), table_of(c)->name);
    call_reply(c, 200, &v->base);
}

/* PutSettings with one row; moved in. */
static Halld__Command *put_command(const ProtobufCFieldDescriptor *table, ProtobufCMessage *row)
{
    Halld__PutSettings *put = MESSAGE_NEW(Halld__PutSettings, &halld__put_settings__descriptor);
    put->put = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    char *at = (char *)put->put + table->offset;
    if (is_list(table)) {
        ProtobufCMessage **rows = alloc_copy(&row, sizeof row);
        memcpy(at, &rows, sizeof rows);
        *(size_t *)(void *)((char *)put->put + table->quantifier_offset) = 1;
    } else {
        memcpy(at, &row, sizeof row);
    }
    return command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, &put->base);
}

static void put_row(struct call *c, const ProtobufCFieldDescriptor *table, ProtobufCMessage *row)
{
    call_submit(c, put_command(table, row));
}

Halld__Command *admin_put(const char *table, ProtobufCMessage *row)
{
    return put_command(protobuf_c_message_descriptor_get_field_by_name(&halld__settings__descriptor, table), row);
}

void api_table_put(struct call *c)
{
    ProtobufCMessage *row = call_body(c);
    if (row)
        put_row(c, table_of(c), row);
}

/* A row that has at least the key which the path, or else the body, names; NULL: answered. */
static ProtobufCMessage *probe_of(struct call *c, const ProtobufCFieldDescriptor *table)
{
    struct refusal r;
    if (!is_list(table))
        return message_new(table->descriptor);
    if (c->params.n == 0)
        return call_body(c);
    ProtobufCMessage *probe = message_new(table->descriptor);
    if (pbjson_set_text(probe, key_name(table), call_param(c, "key"), &r) == 0)
        return probe;
    protobuf_c_message_free_unpacked(probe, NULL);
    call_refuse_field(c, HALL_E_NOT_FOUND, "key", call_param(c, "key"));
    return NULL;
}

char *admin_body_copy(const struct call *c)
{
    size_t len;
    const char *text = request_body(c->request, &len);
    return alloc_format("%.*s", (int)len, text);
}

/* The hall's row with the probe's key, with the body's fields over it; once submitted, c->note's: a peer that has left
 * takes its request along. 0 or a refusal. */
static int row_patched(struct call *c, const struct hall *hall, const ProtobufCMessage *probe, ProtobufCMessage **ret,
                       struct refusal *r)
{
    const ProtobufCFieldDescriptor *table = table_of(c);
    const ProtobufCMessage *old = find_row(setup_settings(hall_setup(hall)), table, probe);
    size_t len;
    const char *text = request_body(c->request, &len);
    ProtobufCMessage *row;
    if (c->note)
        len = strlen(text = c->note);
    if (!old && is_list(table))
        return refuse(r, HALL_E_NOT_FOUND, key_name(table), call_param(c, "key"));
    int code = pbjson_read_over(old ? old : probe, text, len, &PBJSON_OUTSIDE, &row, r);
    if (code)
        return code;
    if (is_list(table) && !same_key(row, probe)) { /* another key would be another row */
        protobuf_c_message_free_unpacked(row, NULL);
        return refuse(r, HALL_E_BAD_VALUE, key_name(table), "");
    }
    *ret = row;
    return 0;
}

/* Where put_command has put its row. */
static ProtobufCMessage **row_of(const struct call *c, Halld__Command *command)
{
    const ProtobufCFieldDescriptor *table = table_of(c);
    char *at = (char *)command->put_settings->put + table->offset;
    return is_list(table) ? *(ProtobufCMessage ***)(void *)at : (ProtobufCMessage **)(void *)at;
}

/* Of two who change one row at once each changes what it names, and nothing else. */
static int renew_row(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r)
{
    ProtobufCMessage **row = row_of(arg, command), *next;
    int code = row_patched(arg, decided, *row, &next, r);
    if (code)
        return code;
    protobuf_c_message_free_unpacked(*row, NULL);
    *row = next;
    return 0;
}

void api_table_patch(struct call *c)
{
    const ProtobufCFieldDescriptor *table = table_of(c);
    ProtobufCMessage *probe = probe_of(c, table);
    if (!probe)
        return;
    const struct submission with = {.renew = renew_row};
    ProtobufCMessage *row;
    struct refusal r;
    if (row_patched(c, call_hall(c), probe, &row, &r) == 0) {
        c->note = admin_body_copy(c);
        call_submit_with(c, put_command(table, row), &with);
    } else {
        call_refuse_with(c, &r);
    }
    protobuf_c_message_free_unpacked(probe, NULL);
}

/* People and machines carry secrets: they change on routes of their own. */
void api_put_settings(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    const Halld__Settings *rows = ((Halld__PutSettings *)body)->put;
    const char *with_secrets = !rows ? NULL : rows->n_users ? "put.users" : rows->n_devices ? "put.devices" : NULL;
    if (with_secrets) {
        protobuf_c_message_free_unpacked(body, NULL);
        call_refuse_field(c, HALL_E_BAD_VALUE, with_secrets, "");
        return;
    }
    call_submit(c, command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, body));
}

Halld__Command *admin_remove(const char *table, const char *key)
{
    Halld__Command *command = command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, NULL);
    Halld__SettingRef *ref = MESSAGE_NEW(Halld__SettingRef, &halld__setting_ref__descriptor);
    ref->table = alloc_text(table);
    ref->key = alloc_text(key);
    command->put_settings->n_remove = 1;
    command->put_settings->remove = alloc_copy(&ref, sizeof ref);
    return command;
}

void api_table_remove(struct call *c)
{
    call_submit(c, admin_remove(table_of(c)->name, call_param(c, "key")));
}
