/*
 * Users and devices: rows of the settings whose secrets never go there. A password goes as a hash into the store's
 * secret table in the command's own transaction, a device's token is said once and kept as a hash.
 */
#include <stdlib.h>
#include <string.h>

#include "auth/generate.h"
#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/message.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/setup.h"
#include "net/api_admin.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"
#include "proto/view.pb-c.h"

static const Halld__Settings *settings(const struct call *c)
{
    return setup_settings(hall_setup(call_hall(c)));
}

static char **texts_copy(size_t n, char *const *from)
{
    char **to = n ? alloc_zero(n * sizeof *to) : NULL;
    for (size_t i = 0; i < n; i++)
        to[i] = alloc_text(from[i]);
    return to;
}

static Halld__PutSettings *put_new(void)
{
    Halld__PutSettings *put = MESSAGE_NEW(Halld__PutSettings, &halld__put_settings__descriptor);
    put->put = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    return put;
}

/* ---- users */

static Halld__UserView view_of_user(const Halld__User *u)
{
    Halld__UserView v = HALLD__USER_VIEW__INIT;
    v.name = u->name;
    v.role = u->role;
    v.display = u->display;
    v.n_groups = u->n_groups;
    v.groups = u->groups;
    v.disabled = u->disabled;
    if (*u->certified_until) {
        v.has_certificate_case = HALLD__USER_VIEW__HAS_CERTIFICATE_CERTIFIED_UNTIL;
        v.certified_until = u->certified_until;
    }
    return v;
}

void api_users(struct call *c)
{
    const Halld__Settings *s = settings(c);
    Halld__UserList list = HALLD__USER_LIST__INIT;
    Halld__UserView *views = alloc_zero((s->n_users + 1) * sizeof *views);
    list.users = alloc_zero((s->n_users + 1) * sizeof *list.users);
    for (size_t i = 0; i < s->n_users; i++) {
        views[i] = view_of_user(s->users[i]);
        list.users[list.n_users++] = &views[i];
    }
    call_reply(c, 200, message_clone(&list.base));
    free(list.users);
    free(views);
}

/* A user's change between the password's hashing and the command's answer. */
struct user_change {
    struct call *call;
    Halld__User *user; /* owned; moves into the command */
    char *password;    /* a generated one, to be said once; NULL */
    char *changes;     /* a PATCH's body; NULL: the whole user is put */
    bool is_new_secret;
};

static void change_free(struct user_change *ch)
{
    if (ch->user)
        halld__user__free_unpacked(ch->user, NULL);
    free(ch->password);
    if (ch->changes)
        explicit_bzero(ch->changes, strlen(ch->changes));
    free(ch->changes);
    free(ch);
}

static void on_user_put(void *arg, const struct answer *answer)
{
    struct user_change *ch = arg;
    struct call *c = ch->call;
    const Halld__User *user = answer->code == 0 ? setup_user_find(hall_setup(answer->hall), c->note) : NULL;
    if (call_refused(c, answer)) {
        change_free(ch);
        return;
    }
    if (ch->is_new_secret || (user && user->disabled))
        sessions_end_user(c->net->sessions, c->note);
    Halld__UserView v = HALLD__USER_VIEW__INIT;
    if (user)
        v = view_of_user(user);
    if (ch->password) {
        v.has_password_case = HALLD__USER_VIEW__HAS_PASSWORD_PASSWORD;
        v.password = ch->password;
    }
    call_reply(c, 200, message_clone(&v.base));
    change_free(ch);
}

static Halld__User *user_new(const Halld__UserRequest *request, const Halld__User *old)
{
    Halld__User *u = MESSAGE_NEW(Halld__User, &halld__user__descriptor);
    u->name = alloc_text(request->name);
    u->role = request->role;
    u->display = alloc_text(request->display);
    u->certified_until = alloc_text(request->certified_until);
    u->n_groups = request->n_groups;
    u->groups = texts_copy(request->n_groups, request->groups);
    u->disabled = request->has_disabled_case && request->disabled;
    if (old && old->secret.len)
        u->secret = (ProtobufCBinaryData){old->secret.len, alloc_copy(old->secret.data, old->secret.len)};
    return u;
}

static Halld__UserRequest request_of_user(const Halld__User *u)
{
    Halld__UserRequest r = HALLD__USER_REQUEST__INIT;
    r.name = u->name;
    r.role = u->role;
    r.display = u->display;
    r.certified_until = u->certified_until;
    r.n_groups = u->n_groups;
    r.groups = u->groups;
    r.has_disabled_case = HALLD__USER_REQUEST__HAS_DISABLED_DISABLED;
    r.disabled = u->disabled;
    return r;
}

/* Others change users meanwhile, and hashing takes its time: the fields that this change does not name are those of
 * now, or whoever was locked out would be let in again. */
static int renew_user(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r)
{
    const struct user_change *ch = arg;
    Halld__User **user = command->put_settings->put->users;
    const Halld__User *now = setup_user_find(hall_setup(decided), (*user)->name);
    ProtobufCMessage *request;
    if (!now)
        return refuse(r, HALL_E_NOT_FOUND, "name", (*user)->name);
    Halld__UserRequest before = request_of_user(now);
    int code = pbjson_read_over(&before.base, ch->changes, strlen(ch->changes), &PBJSON_OUTSIDE, &request, r);
    if (code)
        return code;
    Halld__User *next = user_new((const Halld__UserRequest *)request, ch->is_new_secret ? *user : now);
    protobuf_c_message_free_unpacked(request, NULL);
    halld__user__free_unpacked(*user, NULL);
    *user = next;
    return 0;
}

/* hash NULL: the password stays. */
static void submit_user(struct user_change *ch, const char *hash)
{
    struct call *c = ch->call;
    Halld__PutSettings *put = put_new();
    struct secret_row secret = {.value = (char *)hash};
    if (hash) {
        generate_reference(secret.ref);
        free(ch->user->secret.data);
        ch->user->secret = (ProtobufCBinaryData){sizeof secret.ref, alloc_copy(secret.ref, sizeof secret.ref)};
        ch->is_new_secret = true;
    }
    put->put->n_users = 1;
    put->put->users = alloc_copy(&ch->user, sizeof ch->user);
    ch->user = NULL;
    c->without_key = true;
    const struct submission with = {
        .secret = hash ? &secret : NULL, .renew = ch->changes ? renew_user : NULL, .done = on_user_put, .arg = ch};
    call_submit_with(c, command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, &put->base), &with);
}

static void on_hashed(void *arg, const char *hash)
{
    struct user_change *ch = arg;
    if (hash[0]) {
        submit_user(ch, hash);
        return;
    }
    call_refuse(ch->call, HALL_E_INTERNAL);
    change_free(ch);
}

static bool password_is_sound(struct call *c, const char *password)
{
    size_t len = strlen(password);
    if (len >= PASSWORD_LEAST && len <= PASSWORD_MOST)
        return true;
    call_refuse_field(c, len < PASSWORD_LEAST ? HALL_E_BAD_VALUE : HALL_E_TOO_LONG, "password", "");
    return false;
}

/* request: what the user is to be; old: whose password stays if the request has none. */
static void put_user(struct call *c, const Halld__UserRequest *request, const Halld__User *old)
{
    char made[GENERATE_PASSWORD_TEXT];
    if (request->password[0] && !password_is_sound(c, request->password))
        return;
    struct user_change *ch = alloc_zero(sizeof *ch);
    ch->call = c;
    ch->user = user_new(request, old);
    ch->changes = old ? admin_body_copy(c) : NULL;
    c->note = alloc_text(request->name);
    if (request->password[0]) {
        if (passwords_hash(c->net->passwords, request->password, on_hashed, ch))
            return;
        call_refuse_wait(c, HALL_E_TOO_MANY, 1);
        change_free(ch);
    } else if (old && old->secret.len) {
        submit_user(ch, NULL);
    } else {
        generate_password(made);
        char *hash = generate_password_hash(made);
        ch->password = alloc_text(made);
        submit_user(ch, hash);
        free(hash);
    }
}

void api_user_put(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    put_user(c, (Halld__UserRequest *)body, NULL);
    protobuf_c_message_free_unpacked(body, NULL);
}

/* Which row a PATCH is about: the path's name, or else the body's; freed by the caller. NULL: answered, c is gone. */
static char *name_of(struct call *c)
{
    if (c->params.n > 0)
        return alloc_text(call_param(c, "name"));
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return NULL;
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(body->descriptor, "name");
    char *name = alloc_text(*(char *const *)(const void *)((const char *)body + f->offset));
    protobuf_c_message_free_unpacked(body, NULL);
    if (name[0])
        return name;
    free(name);
    call_refuse_field(c, HALL_E_FIELD_MISSING, "name", "");
    return NULL;
}

/* The request that the row is, with the body's fields over it; NULL: answered. */
static ProtobufCMessage *patched(struct call *c, const ProtobufCMessage *before)
{
    size_t len;
    const char *text = request_body(c->request, &len);
    ProtobufCMessage *after;
    struct refusal r;
    if (pbjson_read_over(before, text, len, &PBJSON_OUTSIDE, &after, &r) == 0)
        return after;
    call_refuse_with(c, &r);
    return NULL;
}

static void patch_user(struct call *c, const Halld__User *old)
{
    Halld__UserRequest before = request_of_user(old);
    Halld__UserRequest *request = (Halld__UserRequest *)patched(c, &before.base);
    if (!request)
        return;
    if (strcmp(request->name, old->name) != 0)
        call_refuse_field(c, HALL_E_BAD_VALUE, "name", request->name);
    else
        put_user(c, request, old);
    halld__user_request__free_unpacked(request, NULL);
}

void api_user_patch(struct call *c)
{
    char *name = name_of(c);
    if (!name)
        return;
    const Halld__User *old = setup_user_find(hall_setup(call_hall(c)), name);
    if (old)
        patch_user(c, old);
    else
        call_refuse_field(c, HALL_E_NOT_FOUND, "name", name);
    free(name);
}

static void on_user_removed(void *arg, const struct answer *answer)
{
    struct call *c = arg;
    if (call_refused(c, answer))
        return;
    sessions_end_user(c->net->sessions, c->note); /* or they would be good again for another of that name */
    call_reply_text(c, 204, NULL, NULL, 0);
}

void api_user_remove(struct call *c)
{
    c->note = alloc_text(call_param(c, "name"));
    call_submit_for(c, admin_remove("users", c->note), NULL, on_user_removed, c);
}

/* ---- devices */

static Halld__DeviceView view_of_device(const struct call *c, const Halld__Device *d)
{
    Halld__DeviceView v = HALLD__DEVICE_VIEW__INIT;
    v.name = d->name;
    v.role = d->role;
    v.place = d->place;
    v.expires_at = d->expires_at;
    beats_tell(c->net->beats, call_hall(c), &v);
    return v;
}

void api_devices(struct call *c)
{
    const Halld__Settings *s = settings(c);
    Halld__DeviceList list = HALLD__DEVICE_LIST__INIT;
    Halld__DeviceView *views = alloc_zero((s->n_devices + 1) * sizeof *views);
    list.devices = alloc_zero((s->n_devices + 1) * sizeof *list.devices);
    for (size_t i = 0; i < s->n_devices; i++) {
        views[i] = view_of_device(c, s->devices[i]);
        list.devices[list.n_devices++] = &views[i];
    }
    call_reply(c, 200, message_clone(&list.base));
    free(list.devices);
    free(views);
}

struct device_change {
    struct call *call;
    char token[GENERATE_TOKEN_TEXT]; /* "": the old one stays */
    char *changes;                   /* a PATCH's body; NULL */
};

static void reply_device(struct device_change *ch, Halld__DeviceView *v)
{
    struct call *c = ch->call;
    char code[PAIR_CODE_SIZE];
    if (ch->token[0]) {
        devices_pair(c->net->devices, c->note, ch->token, clock_monotonic_ms(), code);
        v->has_token_case = HALLD__DEVICE_VIEW__HAS_TOKEN_TOKEN;
        v->token = ch->token;
        v->has_code_case = HALLD__DEVICE_VIEW__HAS_CODE_CODE;
        v->code = code;
    }
    call_reply(c, 200, message_clone(&v->base));
}

static void on_device_put(void *arg, const struct answer *answer)
{
    struct device_change *ch = arg;
    struct call *c = ch->call;
    if (!call_refused(c, answer)) {
        const Halld__Device *d = setup_device_find(hall_setup(answer->hall), c->note);
        Halld__DeviceView v = HALLD__DEVICE_VIEW__INIT;
        if (d)
            v = view_of_device(c, d);
        reply_device(ch, &v);
    }
    free(ch->changes);
    memset(ch, 0, sizeof *ch);
    free(ch);
}

static Halld__DeviceRequest request_of_device(const Halld__Device *d)
{
    Halld__DeviceRequest r = HALLD__DEVICE_REQUEST__INIT;
    r.name = d->name;
    r.role = d->role;
    r.place = d->place;
    return r;
}

/* Borrows from both. old: whose token stays; NULL for a new device. */
static Halld__Device device_of(const struct call *c, const Halld__DeviceRequest *request, const Halld__Device *old)
{
    Halld__Device d = HALLD__DEVICE__INIT;
    d.name = request->name;
    d.role = request->role;
    d.place = request->place;
    if (old) {
        d.token_hash = old->token_hash;
        d.expires_at = old->expires_at;
    }
    if (request->has_days_case)
        d.expires_at = call_now(c) + request->days * INT64_C(86400000);
    return d;
}

/* A new token changes nothing else of the device, and a PATCH nothing but what it names. */
static int renew_device(void *arg, const struct hall *decided, Halld__Command *command, struct refusal *r)
{
    const struct device_change *ch = arg;
    Halld__Device **row = command->put_settings->put->devices, *next;
    const Halld__Device *now = setup_device_find(hall_setup(decided), (*row)->name);
    if (!now)
        return refuse(r, HALL_E_NOT_FOUND, "name", (*row)->name);
    if (!ch->changes) {
        Halld__Device with = *now;
        with.token_hash = (*row)->token_hash;
        next = (Halld__Device *)message_clone(&with.base);
    } else {
        Halld__DeviceRequest before = request_of_device(now);
        ProtobufCMessage *request;
        int code = pbjson_read_over(&before.base, ch->changes, strlen(ch->changes), &PBJSON_OUTSIDE, &request, r);
        if (code)
            return code;
        Halld__Device with = device_of(ch->call, (Halld__DeviceRequest *)request, now);
        next = (Halld__Device *)message_clone(&with.base);
        protobuf_c_message_free_unpacked(request, NULL);
    }
    halld__device__free_unpacked(*row, NULL);
    *row = next;
    return 0;
}

static void put_device(struct call *c, const Halld__Device *row, bool with_new_token, bool is_there)
{
    Halld__PutSettings *put = put_new();
    struct device_change *ch = alloc_zero(sizeof *ch);
    Halld__Device *d = (Halld__Device *)message_clone(&row->base);
    ch->call = c;
    ch->changes = is_there && !with_new_token ? admin_body_copy(c) : NULL;
    c->note = alloc_text(d->name);
    if (with_new_token) {
        uint8_t hash[GENERATE_HASH];
        generate_token(ch->token);
        generate_token_hash(ch->token, hash);
        free(d->token_hash.data);
        d->token_hash = (ProtobufCBinaryData){sizeof hash, alloc_copy(hash, sizeof hash)};
    }
    put->put->n_devices = 1;
    put->put->devices = alloc_copy(&d, sizeof d);
    c->without_key = true;
    const struct submission with = {.renew = is_there ? renew_device : NULL, .done = on_device_put, .arg = ch};
    call_submit_with(c, command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, &put->base), &with);
}

static void put_requested(struct call *c, const Halld__DeviceRequest *request, const Halld__Device *old)
{
    enum { DAYS_MOST = 36500 };
    if (request->has_days_case && (request->days < 1 || request->days > DAYS_MOST)) {
        call_refuse_field(c, HALL_E_BAD_VALUE, "days", "");
        return;
    }
    Halld__Device d = device_of(c, request, old);
    put_device(c, &d, !old, old != NULL);
}

void api_device_put(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    put_requested(c, (Halld__DeviceRequest *)body, NULL);
    protobuf_c_message_free_unpacked(body, NULL);
}

static void patch_device(struct call *c, const Halld__Device *old)
{
    Halld__DeviceRequest before = request_of_device(old);
    Halld__DeviceRequest *request = (Halld__DeviceRequest *)patched(c, &before.base);
    if (!request)
        return;
    if (strcmp(request->name, old->name) != 0)
        call_refuse_field(c, HALL_E_BAD_VALUE, "name", request->name);
    else
        put_requested(c, request, old);
    halld__device_request__free_unpacked(request, NULL);
}

void api_device_patch(struct call *c)
{
    char *name = name_of(c);
    if (!name)
        return;
    const Halld__Device *old = setup_device_find(hall_setup(call_hall(c)), name);
    if (old)
        patch_device(c, old);
    else
        call_refuse_field(c, HALL_E_NOT_FOUND, "name", name);
    free(name);
}

void api_device_token(struct call *c)
{
    const Halld__Device *d = setup_device_find(hall_setup(call_hall(c)), call_param(c, "name"));
    if (d)
        put_device(c, d, true, true);
    else
        call_refuse_field(c, HALL_E_NOT_FOUND, "name", call_param(c, "name"));
}

void api_device_remove(struct call *c)
{
    call_submit(c, admin_remove("devices", call_param(c, "name")));
}
