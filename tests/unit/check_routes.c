#include <check.h>
#include <jansson.h>
#include <string.h>

#include "auth/roles.h"
#include "base/buf.h"
#include "net/net.h"
#include "net/routes.h"
#include "tests/lib/suite.h"
#include "view/reply.h"

static const struct route *find(const char *method, const char *path)
{
    struct path_params params;
    char allow[64];
    return route_find(method, path, &params, allow);
}

START_TEST(every_row_is_whole)
{
    for (size_t i = 0; i < route_count(); i++) {
        const struct route *r = route_at(i);
        const char *where = r->path;
        ck_assert_msg(r->roles != 0 && r->roles < 1u << ROLE_COUNT, "%s", where);
        ck_assert_msg((r->command != 0) != (r->handle != NULL), "%s: a command or a handler", where);
        ck_assert_msg(r->zh && r->zh[0] && r->en && r->en[0], "%s: both languages", where);
        ck_assert_msg(strncmp(where, API "/", sizeof API) == 0 || strchr(where + 1, '/') == NULL, "%s", where);
        if (r->command)
            ck_assert_msg(reply_find(r->command) != NULL, "%s: has a reply", where);
        else
            ck_assert_msg(r->status >= 200 && r->status < 300, "%s: a status", where);
        ck_assert_msg(r->limit != ROUTE_BY_LINK || strstr(where, "{token}"), "%s", where);
        if (strcmp(r->method, "GET") != 0)
            ck_assert_msg(r->roles != ROLE_PUBLIC || r->limit == ROUTE_BY_LINK || strstr(where, "/session") ||
                              strstr(where, "/pair") || strcmp(where, API "/appointments") == 0,
                          "%s: the public changes nothing but its own ticket and appointment", where);
    }
}
END_TEST

START_TEST(every_row_is_found_by_its_own_path_and_no_two_are_alike)
{
    for (size_t i = 0; i < route_count(); i++) {
        ck_assert_ptr_eq(find(route_at(i)->method, route_at(i)->path), route_at(i));
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(route_at(i)->path, route_at(k)->path) != 0 ||
                              strcmp(route_at(i)->method, route_at(k)->method) != 0,
                          "%s %s", route_at(i)->method, route_at(i)->path);
    }
}
END_TEST

/* Not the body of a request: made by handlers. */
static const Halld__Command__BodyCase OTHERS[] = {
    HALLD__COMMAND__BODY_PUT_SETTINGS,     HALLD__COMMAND__BODY_ACCEPT_CLOCK,  HALLD__COMMAND__BODY_HOLD_SLOT,
    HALLD__COMMAND__BODY_BOOK_SLOT,        HALLD__COMMAND__BODY_REPORT_DEVICE, HALLD__COMMAND__BODY_CALL_HELP,
    HALLD__COMMAND__BODY_MOVE_APPOINTMENT,
};

START_TEST(every_command_from_outside_has_a_route)
{
    for (size_t i = 0; i < reply_count(); i++) {
        Halld__Command__BodyCase command = reply_at(i)->command;
        bool found = false;
        for (size_t k = 0; k < sizeof OTHERS / sizeof OTHERS[0]; k++)
            found = found || OTHERS[k] == command;
        for (size_t k = 0; k < route_count(); k++)
            found = found || route_at(k)->command == command;
        ck_assert_msg(found, "command %d", (int)command);
    }
}
END_TEST

START_TEST(a_commands_path_parameters_are_its_fields)
{
    for (size_t i = 0; i < route_count(); i++) {
        const struct route *r = route_at(i);
        char name[24];
        if (!r->command)
            continue;
        const ProtobufCFieldDescriptor *body =
            protobuf_c_message_descriptor_get_field(&halld__command__descriptor, (unsigned)r->command);
        for (const char *at = r->path; (at = strchr(at, '{')); at++) {
            size_t len = strcspn(at + 1, "}");
            ck_assert_uint_lt(len, sizeof name);
            memcpy(name, at + 1, len);
            name[len] = '\0';
            ck_assert_msg(protobuf_c_message_descriptor_get_field_by_name(body->descriptor, name) != NULL, "%s",
                          r->path);
        }
    }
}
END_TEST

START_TEST(a_wrong_method_is_told_from_a_wrong_path)
{
    struct path_params params;
    char allow[64];
    ck_assert_ptr_null(route_find("DELETE", API "/board", &params, allow));
    ck_assert_str_eq(allow, "GET, HEAD");
    ck_assert_ptr_null(route_find("PUT", API "/tickets", &params, allow));
    ck_assert_str_eq(allow, "POST, GET, HEAD");
    ck_assert_ptr_null(route_find("GET", API "/nothing", &params, allow));
    ck_assert_str_eq(allow, "");
    ck_assert_ptr_null(route_find("", API "/board", &params, allow));
    ck_assert_ptr_nonnull(find("HEAD", API "/board"));
    ck_assert_str_eq(find("GET", API "/tickets/by-token/abc")->path, API "/tickets/by-token/{token}");
    ck_assert_str_eq(find("POST", API "/windows/12/no-show")->path, API "/windows/{n}/no-show");
}
END_TEST

START_TEST(the_document_is_json_and_names_every_path)
{
    struct buf text = BUF_INIT;
    json_error_t error;
    net_openapi(&text);
    json_t *doc = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(doc != NULL, "%s at %d", error.text, error.position);
    json_t *paths = json_object_get(doc, "paths"),
           *schemas = json_object_get(json_object_get(doc, "components"), "schemas");
    for (size_t i = 0; i < route_count(); i++)
        ck_assert_msg(json_object_get(paths, route_at(i)->path) != NULL, "%s", route_at(i)->path);
    /* what is referred to is there */
    for (const char *at = text.data; (at = strstr(at, "#/components/schemas/")); at++) {
        char name[64];
        const char *from = at + strlen("#/components/schemas/");
        size_t len = strcspn(from, "\"");
        ck_assert_uint_lt(len, sizeof name);
        memcpy(name, from, len);
        name[len] = '\0';
        ck_assert_msg(json_object_get(schemas, name) != NULL, "%s", name);
    }
    json_decref(doc);
    buf_fini(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("routes");
    TCase *tc = tcase_create("routes");
    tcase_add_test(tc, every_row_is_whole);
    tcase_add_test(tc, every_row_is_found_by_its_own_path_and_no_two_are_alike);
    tcase_add_test(tc, every_command_from_outside_has_a_route);
    tcase_add_test(tc, a_commands_path_parameters_are_its_fields);
    tcase_add_test(tc, a_wrong_method_is_told_from_a_wrong_path);
    tcase_add_test(tc, the_document_is_json_and_names_every_path);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
