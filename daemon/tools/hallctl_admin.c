/* hallctl's commands that change who and what the hall has: users, devices, the clock, a backup. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "proto/view.pb-c.h"
#include "tools/hallctl_http.h"

static bool read_role(const struct hallctl *ctl, Halld__Role__E *ret)
{
    const char *name = ctl->options.role ? ctl->options.role : "";
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(&halld__role__e__descriptor, name);
    if (v)
        *ret = (Halld__Role__E)v->value;
    else
        SAY(ctl, stderr, W_BAD_OPTION, ARG("what", "--role"), ARG("value", *name ? name : "\"\""));
    return v != NULL;
}

static const char *role_word(Halld__Role__E role)
{
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(&halld__role__e__descriptor, (int)role);
    return v ? v->name : "?";
}

/* "a,b" into a message's list, whose texts it owns. */
static void split(const char *list, char ***ret, size_t *ret_n)
{
    while (list && *list) {
        size_t len = strcspn(list, ",");
        if (len > 0) {
            *ret = alloc_grow(*ret, *ret_n + 1, sizeof **ret);
            (*ret)[(*ret_n)++] = alloc_format("%.*s", (int)len, list);
        }
        list += len + (list[len] == ',');
    }
}

/* One line of standard input: a password is never an argument, where others could read it. */
static char *read_password(const struct hallctl *ctl)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n = getline(&line, &size, stdin);
    if (n < 0) {
        SAY(ctl, stderr, W_CANNOT_READ, ARG("what", "stdin"), ARG("why", errno ? strerror(errno) : "EOF"));
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static void say_user(const struct hallctl *ctl, const Halld__UserView *u)
{
    bool made = u->has_password_case == HALLD__USER_VIEW__HAS_PASSWORD_PASSWORD;
    SAY(ctl, stdout, made ? W_PASSWORD : W_USER_ADDED, ARG("name", u->name), ARG("role", role_word(u->role)),
        ARG("secret", made ? u->password : ""));
}

int hallctl_user_add(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    Halld__UserRequest ask = HALLD__USER_REQUEST__INIT;
    ProtobufCMessage *m = NULL;
    char *password = NULL;
    if (!read_role(ctl, &ask.role))
        return EXIT_USAGE;
    if (ctl->options.password_stdin && !(password = read_password(ctl)))
        return EXIT_FILE;
    ask.name = argv[0];
    if (ctl->options.display)
        ask.display = (char *)ctl->options.display;
    if (password)
        ask.password = password;
    split(ctl->options.groups, &ask.groups, &ask.n_groups);
    int code = hallctl_ask(ctl, "POST", "/admin/users", &ask.base, &halld__user_view__descriptor, &m);
    if (m) {
        say_user(ctl, (const Halld__UserView *)m);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    for (size_t i = 0; i < ask.n_groups; i++)
        free(ask.groups[i]);
    free(ask.groups);
    free(password);
    return code;
}

static void say_device(const struct hallctl *ctl, const Halld__DeviceView *d)
{
    if (d->has_token_case == HALLD__DEVICE_VIEW__HAS_TOKEN_TOKEN)
        SAY(ctl, stdout, W_TOKEN, ARG("name", d->name), ARG("role", role_word(d->role)), ARG("secret", d->token));
    if (d->has_code_case == HALLD__DEVICE_VIEW__HAS_CODE_CODE)
        SAY(ctl, stdout, W_PAIR_CODE, ARG("secret", d->code));
}

static bool read_days(const struct hallctl *ctl, Halld__DeviceRequest *ask)
{
    const char *text = ctl->options.days;
    char *end;
    if (!text)
        return true;
    long days = strtol(text, &end, 10);
    if (*end || end == text || days < 1 || days > 36500) {
        SAY(ctl, stderr, W_BAD_OPTION, ARG("what", "--days"), ARG("value", text));
        return false;
    }
    ask->has_days_case = HALLD__DEVICE_REQUEST__HAS_DAYS_DAYS;
    ask->days = (int32_t)days;
    return true;
}

int hallctl_device_add(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    Halld__DeviceRequest ask = HALLD__DEVICE_REQUEST__INIT;
    ProtobufCMessage *m = NULL;
    if (!read_role(ctl, &ask.role) || !read_days(ctl, &ask))
        return EXIT_USAGE;
    ask.name = argv[0];
    if (ctl->options.place)
        ask.place = (char *)ctl->options.place;
    int code = hallctl_ask(ctl, "POST", "/admin/devices", &ask.base, &halld__device_view__descriptor, &m);
    if (m) {
        say_device(ctl, (const Halld__DeviceView *)m);
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}

int hallctl_clock_accept(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    Halld__AcceptClockRequest ask = HALLD__ACCEPT_CLOCK_REQUEST__INIT;
    ProtobufCMessage *m = NULL;
    if (ctl->options.reason)
        ask.reason = (char *)ctl->options.reason;
    int code = hallctl_ask(ctl, "POST", "/admin/clock/accept", &ask.base, &halld__empty__descriptor, &m);
    if (m) {
        SAY(ctl, stdout, W_CLOCK_ACCEPTED, ARG("what", ""));
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}

/* Answered when it is done. */
int hallctl_rebuild_rrd(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    Halld__Empty ask = HALLD__EMPTY__INIT;
    ProtobufCMessage *m = NULL;
    int code = hallctl_ask(ctl, "POST", "/admin/rebuild-rrd", &ask.base, &halld__empty__descriptor, &m);
    if (m) {
        SAY(ctl, stdout, W_REBUILD_DONE, ARG("what", ""));
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}

int hallctl_backup(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    Halld__BackupRequest ask = HALLD__BACKUP_REQUEST__INIT;
    ProtobufCMessage *m = NULL;
    ask.file = argv[0];
    int code = hallctl_ask(ctl, "POST", "/admin/backup", &ask.base, &halld__empty__descriptor, &m);
    if (m) {
        SAY(ctl, stdout, W_BACKUP_DONE, ARG("what", argv[0]));
        protobuf_c_message_free_unpacked(m, NULL);
    }
    return code;
}
