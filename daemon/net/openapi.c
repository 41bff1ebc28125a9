/*
 * The API's description, made from the two things that are true of it: the route table and the messages' descriptors.
 * OpenAPI 3.1 as JSON; docs/openapi.yaml is the same, and a test compares them.
 */
#include <stdio.h>
#include <string.h>

#include "auth/roles.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/routes.h"
#include "proto/view.pb-c.h"
#include "view/reply.h"

enum { SCHEMAS_MOST = 200 };

struct doc {
    struct buf *out;
    const ProtobufCMessageDescriptor *schemas[SCHEMAS_MOST];
    size_t n;
};

/* ---- JSON; every text here is our own, so only quotes need care */

static void text(struct doc *d, const char *s)
{
    buf_add_char(d->out, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buf_add_char(d->out, '\\');
        buf_add_char(d->out, *s);
    }
    buf_add_char(d->out, '"');
}

static void name(struct doc *d, const char *s)
{
    text(d, s);
    buf_add_char(d->out, ':');
}

static void member(struct doc *d, const char *key, const char *value)
{
    name(d, key);
    text(d, value);
}

/* ---- schemas */

/* "halld.TicketView" -> "TicketView" */
static const char *short_name(const ProtobufCMessageDescriptor *m)
{
    const char *dot = strchr(m->name, '.');
    return dot ? dot + 1 : m->name;
}

static void need(struct doc *d, const ProtobufCMessageDescriptor *m)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->schemas[i] == m)
            return;
    if (d->n < SCHEMAS_MOST)
        d->schemas[d->n++] = m;
}

static void reference(struct doc *d, const ProtobufCMessageDescriptor *m)
{
    need(d, m);
    buf_add_format(d->out, "{\"$ref\":\"#/components/schemas/%s\"}", short_name(m));
}

static bool is_moment(const ProtobufCFieldDescriptor *f)
{
    size_t len = strlen(f->name);
    return f->type == PROTOBUF_C_TYPE_INT64 &&
           (strcmp(f->name, "at") == 0 || (len > 3 && strcmp(f->name + len - 3, "_at") == 0));
}

static void enumeration(struct doc *d, const ProtobufCEnumDescriptor *e)
{
    buf_add_text(d->out, "{\"type\":\"string\",\"enum\":[");
    for (unsigned i = 0; i < e->n_values; i++) {
        if (i)
            buf_add_char(d->out, ',');
        text(d, e->values[i].name);
    }
    buf_add_text(d->out, "]}");
}

static void scalar(struct doc *d, const ProtobufCFieldDescriptor *f)
{
    static const struct {
        ProtobufCType type;
        const char *schema;
    } SCHEMAS[] = {
        {PROTOBUF_C_TYPE_INT32, "{\"type\":\"integer\",\"format\":\"int32\"}"},
        {PROTOBUF_C_TYPE_UINT32, "{\"type\":\"integer\",\"format\":\"uint32\"}"},
        {PROTOBUF_C_TYPE_INT64, "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+$\"}"},
        {PROTOBUF_C_TYPE_UINT64, "{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}"},
        {PROTOBUF_C_TYPE_FIXED64, "{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}"},
        {PROTOBUF_C_TYPE_BOOL, "{\"type\":\"boolean\"}"},
        {PROTOBUF_C_TYPE_STRING, "{\"type\":\"string\"}"},
        {PROTOBUF_C_TYPE_BYTES, "{\"type\":\"string\",\"contentEncoding\":\"base64\"}"},
    };
    if (is_moment(f)) {
        buf_add_text(d->out, "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}");
        return;
    }
    if (f->type == PROTOBUF_C_TYPE_ENUM) {
        enumeration(d, f->descriptor);
        return;
    }
    for (size_t i = 0; i < sizeof SCHEMAS / sizeof SCHEMAS[0]; i++)
        if (SCHEMAS[i].type == f->type)
            buf_add_text(d->out, SCHEMAS[i].schema);
}

static bool is_map(const ProtobufCMessageDescriptor *m, const ProtobufCFieldDescriptor *f)
{
    size_t len = strlen(m->name);
    const ProtobufCMessageDescriptor *of = f->descriptor;
    return f->label == PROTOBUF_C_LABEL_REPEATED && f->type == PROTOBUF_C_TYPE_MESSAGE &&
           strncmp(of->name, m->name, len) == 0 && of->name[len] == '.' &&
           strcmp(of->name + strlen(of->name) - 5, "Entry") == 0;
}

static void field(struct doc *d, const ProtobufCMessageDescriptor *m, const ProtobufCFieldDescriptor *f)
{
    bool list = f->label == PROTOBUF_C_LABEL_REPEATED;
    if (is_map(m, f)) {
        buf_add_text(d->out, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}");
        return;
    }
    if (list)
        buf_add_text(d->out, "{\"type\":\"array\",\"items\":");
    if (f->type == PROTOBUF_C_TYPE_MESSAGE)
        reference(d, f->descriptor);
    else
        scalar(d, f);
    if (list)
        buf_add_char(d->out, '}');
}

static bool is_in_path(const struct route *r, const char *field_name)
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "{%.60s}", field_name);
    return r && strstr(r->path, pattern);
}

/* r: the route whose path has some of the fields already; NULL. */
static void object(struct doc *d, const ProtobufCMessageDescriptor *m, const struct route *r)
{
    bool first = true;
    if (m == &halld__json__descriptor) {
        buf_add_text(d->out, "{\"type\":\"object\"}");
        return;
    }
    buf_add_text(d->out, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (unsigned i = 0; i < m->n_fields; i++) {
        if (is_in_path(r, m->fields[i].name))
            continue;
        if (!first)
            buf_add_char(d->out, ',');
        first = false;
        name(d, m->fields[i].name);
        field(d, m, &m->fields[i]);
    }
    buf_add_text(d->out, "}}");
}

/* Schemas name others as they are written, so the list grows under way. */
static void schemas(struct doc *d)
{
    name(d, "schemas");
    buf_add_char(d->out, '{');
    for (size_t i = 0; i < d->n; i++) {
        if (i)
            buf_add_char(d->out, ',');
        name(d, short_name(d->schemas[i]));
        object(d, d->schemas[i], NULL);
    }
    buf_add_char(d->out, '}');
}

/* ---- routes */

static void parameter(struct doc *d, bool *first, const char *in, const char *which, size_t len)
{
    if (!*first)
        buf_add_char(d->out, ',');
    *first = false;
    buf_add_format(d->out, "{\"in\":\"%s\",\"name\":\"%.*s\",\"required\":%s,\"schema\":{\"type\":\"string\"}}", in,
                   (int)len, which, strcmp(in, "path") == 0 ? "true" : "false");
}

static void parameters(struct doc *d, const struct route *r)
{
    bool first = true;
    name(d, "parameters");
    buf_add_char(d->out, '[');
    for (const char *at = r->path; (at = strchr(at, '{')); at++)
        parameter(d, &first, "path", at + 1, strcspn(at + 1, "}"));
    for (const char *at = r->query; at && *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        parameter(d, &first, "query", at, len);
        at += len;
    }
    if (r->command)
        parameter(d, &first, "header", "Idempotency-Key", strlen("Idempotency-Key"));
    buf_add_text(d->out, "],");
}

static const ProtobufCMessageDescriptor *body_of(const struct route *r)
{
    if (!r->command)
        return r->request;
    return protobuf_c_message_descriptor_get_field(&halld__command__descriptor, (unsigned)r->command)->descriptor;
}

/* A body of bytes, by their types. */
static void raw_body_of(struct doc *d, const char *types)
{
    buf_add_text(d->out, "\"requestBody\":{\"content\":{");
    for (const char *at = types; *at;) {
        size_t len = strcspn(at, " ");
        buf_add_format(d->out, "%s\"%.*s\":{}", at == types ? "" : ",", (int)len, at);
        at += len + strspn(at + len, " ");
    }
    buf_add_text(d->out, "}},");
}

static void request_body_of(struct doc *d, const struct route *r)
{
    if (r->takes) {
        raw_body_of(d, r->takes);
        return;
    }
    if (!body_of(r))
        return;
    buf_add_text(d->out, "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":");
    if (r->command)
        object(d, body_of(r), r);
    else
        reference(d, body_of(r));
    buf_add_text(d->out, "}}},");
}

static void responses(struct doc *d, const struct route *r)
{
    const struct reply_row *reply = r->command ? reply_find(r->command) : NULL;
    const ProtobufCMessageDescriptor *view = reply ? reply->view : r->response;
    buf_add_format(d->out, "\"responses\":{\"%d\":{\"description\":\"OK\"", reply ? reply->status : r->status);
    if (view || r->type) {
        buf_add_format(d->out, ",\"content\":{\"%s\":{\"schema\":", r->type ? r->type : "application/json");
        if (view)
            reference(d, view);
        else
            buf_add_text(d->out, "{}");
        buf_add_text(d->out, "}}");
    }
    buf_add_text(d->out, "},\"default\":{\"$ref\":\"#/components/responses/error\"}}");
}

static void roles(struct doc *d, const struct route *r)
{
    bool first = true;
    name(d, "x-roles");
    buf_add_char(d->out, '[');
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (!(r->roles & ROLE_BIT(i)))
            continue;
        if (!first)
            buf_add_char(d->out, ',');
        first = false;
        text(d, role_name((Halld__Role__E)i));
    }
    buf_add_text(d->out, "],");
    if (r->roles & ROLE_PUBLIC)
        buf_add_text(d->out, "\"security\":[],");
}

static void operation(struct doc *d, const struct route *r)
{
    char method[8] = "";
    for (size_t i = 0; r->method[i] && i < sizeof method - 1; i++)
        method[i] = (char)(r->method[i] | 0x20);
    name(d, method);
    buf_add_char(d->out, '{');
    member(d, "summary", r->zh);
    buf_add_char(d->out, ',');
    member(d, "description", r->en);
    buf_add_char(d->out, ',');
    roles(d, r);
    parameters(d, r);
    request_body_of(d, r);
    responses(d, r);
    buf_add_char(d->out, '}');
}

static bool is_first_of_path(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(route_at(k)->path, route_at(i)->path) == 0)
            return false;
    return true;
}

static void path_item(struct doc *d, size_t i)
{
    bool first = true;
    name(d, route_at(i)->path);
    buf_add_char(d->out, '{');
    for (size_t k = i; k < route_count(); k++) {
        if (strcmp(route_at(k)->path, route_at(i)->path) != 0)
            continue;
        if (!first)
            buf_add_char(d->out, ',');
        first = false;
        operation(d, route_at(k));
    }
    buf_add_char(d->out, '}');
}

static void head(struct doc *d)
{
    buf_add_text(d->out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"halld\",\"version\":\"" PACKAGE_VERSION "\","
                         "\"description\":\"Unknown fields are errors. 64-bit numbers are strings, moments RFC 3339, "
                         "durations whole seconds. A session's changes carry X-CSRF-Token.\","
                         "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}},"
                         "\"security\":[{\"token\":[]},{\"session\":[]},{\"device\":[]}],\"paths\":{");
}

static void components(struct doc *d)
{
    buf_add_text(d->out, "\"components\":{\"securitySchemes\":{"
                         "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
                         "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"halld_session\"},"
                         "\"device\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"halld_device\"}},"
                         "\"responses\":{\"error\":{\"description\":\"What is wrong, in the caller's language\","
                         "\"content\":{\"application/json\":{\"schema\":");
    reference(d, &halld__error_body__descriptor);
    buf_add_text(d->out, "}}}},");
    schemas(d);
    buf_add_char(d->out, '}');
}

void net_openapi(struct buf *out)
{
    struct doc d = {.out = out};
    bool first = true;
    head(&d);
    for (size_t i = 0; i < route_count(); i++) {
        if (!is_first_of_path(i))
            continue;
        if (!first)
            buf_add_char(out, ',');
        first = false;
        path_item(&d, i);
    }
    buf_add_text(out, "},");
    components(&d);
    buf_add_text(out, "}\n");
}

void api_openapi(struct call *c)
{
    struct buf json = BUF_INIT;
    net_openapi(&json);
    call_reply_text(c, 200, "application/json", buf_text(&json), json.len);
    buf_fini(&json);
}
