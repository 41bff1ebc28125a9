#include "app/first.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "app/why.h"
#include "auth/generate.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/message.h"
#include "codec/pbjson.h"
#include "core/setup.h"
#include "port/command.h"

enum { FILE_BYTES = 64 << 20, CHUNK_BYTES = 60 * 1024 };

struct first {
    Halld__Settings *settings;
    Halld__Credentials *credentials;
    char **hashes; /* of the users' passwords, in their order; NULL: the file brought its own secret */
    int code;      /* of the first command that failed */
    struct refusal refusal;
};

/* ---- what the file lacks */

static void add_user(Halld__Settings *s, const char *name, Halld__Role__E role)
{
    Halld__User *u = MESSAGE_NEW(Halld__User, &halld__user__descriptor);
    u->name = alloc_text(name);
    u->role = role;
    s->users = alloc_grow(s->users, s->n_users + 1, sizeof(Halld__User *));
    s->users[s->n_users++] = u;
}

static void add_login(Halld__Credentials *c, const Halld__User *u, const char *password)
{
    const ProtobufCEnumValue *role = protobuf_c_enum_descriptor_get_value(&halld__role__e__descriptor, (int)u->role);
    Halld__Login *l = MESSAGE_NEW(Halld__Login, &halld__login__descriptor);
    l->name = alloc_text(u->name);
    l->role = alloc_text(role ? role->name : "");
    l->password = alloc_text(password);
    c->users = alloc_grow(c->users, c->n_users + 1, sizeof(Halld__Login *));
    c->users[c->n_users++] = l;
}

static void add_token(Halld__Credentials *c, const char *device, const char *token)
{
    Halld__Credentials__TokensEntry *t =
        MESSAGE_NEW(Halld__Credentials__TokensEntry, &halld__credentials__tokens_entry__descriptor);
    t->key = alloc_text(device);
    t->value = alloc_text(token);
    c->tokens = alloc_grow(c->tokens, c->n_tokens + 1, sizeof(Halld__Credentials__TokensEntry *));
    c->tokens[c->n_tokens++] = t;
}

static ProtobufCBinaryData random_bytes(size_t len)
{
    ProtobufCBinaryData b = {len, alloc_zero(len)};
    if (getrandom(b.data, len, 0) != (ssize_t)len)
        abort();
    return b;
}

static void make_password(struct first *f, size_t i)
{
    Halld__User *u = f->settings->users[i];
    if (u->secret.len)
        return;
    char password[GENERATE_PASSWORD_TEXT];
    generate_password(password);
    u->secret = random_bytes(sizeof((struct secret_row *)0)->ref);
    f->hashes[i] = generate_password_hash(password);
    add_login(f->credentials, u, password);
    explicit_bzero(password, sizeof password);
}

static void make_token(struct first *f, Halld__Device *d)
{
    if (d->token_hash.len)
        return;
    char token[GENERATE_TOKEN_TEXT];
    generate_token(token);
    d->token_hash = (ProtobufCBinaryData){GENERATE_HASH, alloc_zero(GENERATE_HASH)};
    generate_token_hash(token, d->token_hash.data);
    add_token(f->credentials, d->name, token);
    explicit_bzero(token, sizeof token);
}

static void make_logins(struct first *f)
{
    Halld__Settings *s = f->settings;
    if (!s->n_users)
        add_user(s, "admin", HALLD__ROLE__E__admin);
    f->hashes = alloc_zero(s->n_users * sizeof *f->hashes);
    for (size_t i = 0; i < s->n_users; i++)
        make_password(f, i);
    for (size_t i = 0; i < s->n_devices; i++)
        make_token(f, s->devices[i]);
}

/* ---- reading */

static int parse(const char *path, const struct buf *text, Halld__Settings **ret, char why[200])
{
    ProtobufCMessage *m;
    struct refusal r = {0};
    int code = pbjson_read(&halld__settings__descriptor, buf_text(text), text->len, &PBJSON_FILE, &m, &r);
    if (code)
        why_say_refused(why, path, code, &r);
    else
        *ret = (Halld__Settings *)m;
    return code;
}

static int read_settings(const char *path, Halld__Settings **ret, char why[200])
{
    struct buf text = BUF_INIT;
    int code = 0;
    if (*path && !file_read(path, FILE_BYTES, &text)) {
        why_say(why, "%s: %s", path, strerror(errno));
        code = HALL_E_BAD_VALUE;
    }
    if (!code)
        code = parse(path, &text, ret, why);
    buf_fini(&text);
    return code;
}

/* The whole first: a row may name one that comes later in the file, and nothing is half imported. */
static int check(const char *path, const Halld__Settings *settings, char why[200])
{
    struct setup *empty = setup_new();
    struct refusal r = {0};
    int code = setup_check(empty, settings, 0, NULL, &r);
    setup_free(empty);
    if (code)
        why_say_refused(why, path, code, &r);
    return code;
}

int first_new(const char *import_hall, struct first **ret, char why[200])
{
    struct first *f = alloc_zero(sizeof *f);
    f->credentials = MESSAGE_NEW(Halld__Credentials, &halld__credentials__descriptor);
    int code = read_settings(import_hall, &f->settings, why);
    if (!code) {
        make_logins(f);
        code = check(import_hall, f->settings, why);
    }
    if (code) {
        first_free(f);
        return code;
    }
    *ret = f;
    return 0;
}

void first_free(struct first *f)
{
    if (!f)
        return;
    for (size_t i = 0; f->hashes && i < f->settings->n_users; i++)
        free(f->hashes[i]);
    free(f->hashes);
    halld__settings__free_unpacked(f->settings, NULL);
    halld__credentials__free_unpacked(f->credentials, NULL);
    free(f);
}

/* ---- submitting, in commands of at most 60 KiB */

static void on_answer(void *arg, const struct answer *a)
{
    struct first *f = arg;
    if (!a->code || f->code)
        return;
    f->code = a->code;
    f->refusal = *a->refusal;
}

struct chunk {
    struct first *first;
    const struct submit_port *port;
    Halld__Settings put; /* its rows are borrowed */
    size_t bytes;
    struct secret_row *secrets; /* of its users; values borrowed */
    size_t n_secrets;
};

static void send(struct chunk *c)
{
    Halld__Command *command = command_new(HALLD__COMMAND__BODY_PUT_SETTINGS, NULL);
    command->put_settings->put = (Halld__Settings *)message_clone(&c->put.base);
    Halld__Actor self = HALLD__ACTOR__INIT;
    self.kind = HALLD__ACTOR_KIND__E__engine;
    struct submission s = {.command = command,
                           .actor = &self,
                           .role = HALLD__ROLE__E__admin,
                           .secret = c->secrets,
                           .n_secrets = c->n_secrets,
                           .done = on_answer,
                           .arg = c->first};
    c->port->submit(c->port->engine, &s);
}

/* Sends what has gathered; the arrays of borrowed rows are emptied. */
static void flush(struct chunk *c)
{
    if (c->bytes)
        send(c);
    const ProtobufCMessageDescriptor *d = &halld__settings__descriptor;
    for (unsigned i = 0; i < d->n_fields; i++)
        if (d->fields[i].label == PROTOBUF_C_LABEL_REPEATED)
            free(*(void **)((char *)&c->put + d->fields[i].offset));
    halld__settings__init(&c->put);
    c->bytes = c->n_secrets = 0;
}

static void add_row(struct chunk *c, const ProtobufCFieldDescriptor *f, ProtobufCMessage *row)
{
    size_t bytes = protobuf_c_message_get_packed_size(row) + 8;
    if (c->bytes + bytes > CHUNK_BYTES)
        flush(c);
    size_t *n = (size_t *)((char *)&c->put + f->quantifier_offset);
    ProtobufCMessage ***rows = (ProtobufCMessage ***)((char *)&c->put + f->offset);
    *rows = alloc_grow(*rows, *n + 1, sizeof **rows);
    (*rows)[(*n)++] = row;
    c->bytes += bytes;
}

/* In the order of the fields in settings.proto, so that a row finds those that it names. */
static void add_rows(struct chunk *c, const Halld__Settings *s)
{
    const ProtobufCMessageDescriptor *d = s->base.descriptor;
    for (unsigned i = 0; i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &d->fields[i];
        if (f->label != PROTOBUF_C_LABEL_REPEATED || strcmp(f->name, "users") == 0)
            continue;
        size_t n = *(const size_t *)((const char *)s + f->quantifier_offset);
        ProtobufCMessage **rows = *(ProtobufCMessage * *const *)((const char *)s + f->offset);
        for (size_t row = 0; row < n; row++)
            add_row(c, f, rows[row]);
    }
}

static void add_secret(struct chunk *c, const Halld__User *u, char *hash)
{
    if (!hash)
        return;
    c->secrets = alloc_grow(c->secrets, c->n_secrets + 1, sizeof *c->secrets);
    struct secret_row *row = &c->secrets[c->n_secrets++];
    memcpy(row->ref, u->secret.data, sizeof row->ref);
    row->value = hash;
}

/* A password's hash travels with the command that brings its user. */
static void add_users(struct chunk *c)
{
    const Halld__Settings *s = c->first->settings;
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(s->base.descriptor, "users");
    for (size_t i = 0; i < s->n_users; i++) {
        add_row(c, f, &s->users[i]->base);
        add_secret(c, s->users[i], c->first->hashes[i]);
    }
}

void first_submit(struct first *f, const struct submit_port *port)
{
    struct chunk c = {.first = f, .port = port, .put = HALLD__SETTINGS__INIT};
    c.put.hall = f->settings->hall;
    c.put.policy = f->settings->policy;
    c.put.booking = f->settings->booking;
    c.bytes = 1;
    add_rows(&c, f->settings);
    add_users(&c);
    flush(&c);
    free(c.secrets);
}

int first_outcome(const struct first *f, char why[200])
{
    if (f->code)
        why_say_refused(why, "import_hall", f->code, &f->refusal);
    return f->code;
}

Halld__Credentials *first_credentials(struct first *f)
{
    return f->credentials;
}
