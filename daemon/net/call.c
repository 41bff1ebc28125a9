#include "net/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "net/inside.h"
#include "net/qr.h"
#include "net/routes.h"
#include "port/command.h"
#include "proto/view.pb-c.h"
#include "store/store.h"
#include "view/reply.h"

enum { KEY_MOST = 128, OWN_KEY_SIZE = 64 + 1 + KEY_MOST + 1 };

static const char JSON[] = "application/json";

const struct hall *call_hall(const struct call *c)
{
    return c->net->o.port.committed(c->net->o.port.engine);
}

int64_t call_now(const struct call *c)
{
    return c->net->o.port.now_ms(c->net->o.port.engine);
}

const char *call_party(struct call *c)
{
    const struct address *address = request_address(c->request);
    if (!c->party[0])
        snprintf(c->party, sizeof c->party, "%016llx", address ? (unsigned long long)address_party(address) : 0);
    return c->party;
}

const char *call_param(const struct call *c, const char *name)
{
    for (size_t i = 0; i < c->params.n; i++)
        if (strcmp(c->params.at[i].name, name) == 0)
            return c->params.at[i].value;
    return "";
}

/* ---- answers */

static void finish(struct call *c, int status, const char *type, const void *body, size_t len)
{
    struct request *r = c->request;
    request_add_header(r, "Cache-Control", "no-store");
    request_add_header(r, "X-Content-Type-Options", "nosniff");
    net_forget_call(c);
    http_reply(r, status, type, body, len);
}

void call_reply_text(struct call *c, int status, const char *type, const void *text, size_t len)
{
    finish(c, status, type, text, len);
}

void call_reply_qr(struct call *c, const char *page, const char *token)
{
    struct buf link = BUF_INIT, svg = BUF_INIT;
    buf_add_format(&link, "%s%s%s", net_public_url(c->net), page, token);
    if (qr_svg(buf_text(&link), &svg))
        call_reply_text(c, 200, "image/svg+xml", buf_text(&svg), svg.len);
    else
        call_refuse(c, HALL_E_INTERNAL);
    buf_fini(&link);
    buf_fini(&svg);
}

void call_reply(struct call *c, int status, ProtobufCMessage *message)
{
    struct buf json = BUF_INIT;
    if (!message) {
        call_refuse(c, HALL_E_NOT_FOUND);
        return;
    }
    pbjson_write(message, &json);
    protobuf_c_message_free_unpacked(message, NULL);
    finish(c, status, JSON, buf_text(&json), json.len);
    buf_fini(&json);
}

static void add_detail(Halld__ErrorView *error, Halld__ErrorView__DetailsEntry *entry, const char *key,
                       const char *value)
{
    if (!value[0])
        return;
    *entry = (Halld__ErrorView__DetailsEntry)HALLD__ERROR_VIEW__DETAILS_ENTRY__INIT;
    entry->key = (char *)key;
    entry->value = (char *)value;
    error->details[error->n_details++] = entry;
}

void call_refuse_details(struct call *c, const struct refusal *r, const char *message, size_t n,
                         const struct call_detail *more)
{
    enum { MORE = 8 };
    Halld__ErrorBody body = HALLD__ERROR_BODY__INIT;
    Halld__ErrorView error = HALLD__ERROR_VIEW__INIT;
    Halld__ErrorView__DetailsEntry entries[2 + MORE], *details[2 + MORE];
    struct buf json = BUF_INIT;
    body.error = &error;
    error.code = (char *)err_name(r->code);
    const char *plain = c->english ? err_text_en(r->code) : err_text_zh(r->code);
    error.message = (char *)(message ? message : plain);
    error.details = details;
    add_detail(&error, &entries[0], "field", r->field);
    add_detail(&error, &entries[1], "value", r->value);
    for (size_t i = 0; i < n && i < MORE; i++)
        add_detail(&error, &entries[2 + i], more[i].key, more[i].value);
    pbjson_write(&body.base, &json);
    finish(c, err_http_status(r->code), JSON, buf_text(&json), json.len);
    buf_fini(&json);
}

void call_refuse_with(struct call *c, const struct refusal *r)
{
    call_refuse_details(c, r, NULL, 0, NULL);
}

void call_refuse(struct call *c, int code)
{
    call_refuse_field(c, code, "", "");
}

void call_refuse_field(struct call *c, int code, const char *field, const char *value)
{
    struct refusal r;
    refuse(&r, code, field, value);
    call_refuse_with(c, &r);
}

void call_refuse_wait(struct call *c, int code, int wait_s)
{
    char text[16];
    snprintf(text, sizeof text, "%d", wait_s);
    request_add_header(c->request, "Retry-After", text);
    call_refuse(c, code);
}

void call_refuse_today(struct call *c)
{
    int64_t now = call_now(c), midnight = moment_of_date(moment_to_date(now), 1440);
    call_refuse_wait(c, HALL_E_USED_UP, (int)((midnight - now) / 1000 + 1));
}

void call_redirect(struct call *c, const char *to)
{
    request_add_header(c->request, "Location", to);
    finish(c, 308, NULL, NULL, 0);
}

/* ---- what the request says */

bool call_query(struct call *c, const char *name, char *ret, size_t size)
{
    ret[0] = '\0';
    if (parse_query(request_query(c->request), name, ret, size) >= 0)
        return true;
    call_refuse_field(c, HALL_E_BAD_REQUEST, name, "");
    return false;
}

struct filling {
    ProtobufCMessage *message;
    struct refusal refusal;
};

static int fill(void *arg, const char *name, const char *value)
{
    struct filling *f = arg;
    return pbjson_set_text(f->message, name, value, &f->refusal);
}

bool call_query_message(struct call *c, ProtobufCMessage *into)
{
    struct filling f = {.message = into};
    refuse(&f.refusal, HALL_E_BAD_REQUEST, "", "");
    int code = parse_query_each(request_query(c->request), fill, &f);
    if (code != 0)
        call_refuse_with(c, &f.refusal);
    return code == 0;
}

static ProtobufCMessage *read_body(struct call *c, const ProtobufCMessageDescriptor *d)
{
    size_t len;
    const char *text = request_body(c->request, &len);
    ProtobufCMessage *message;
    struct refusal r;
    if (pbjson_read(d, text, len, &PBJSON_OUTSIDE, &message, &r) != 0) {
        call_refuse_with(c, &r);
        return NULL;
    }
    return message;
}

bool call_wants_csv(struct call *c, bool *ret)
{
    char format[8];
    const char *accept = request_header(c->request, "Accept");
    if (!call_query(c, "format", format, sizeof format))
        return false;
    if (format[0] && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0) {
        call_refuse_field(c, HALL_E_BAD_VALUE, "format", format);
        return false;
    }
    *ret = format[0] ? strcmp(format, "csv") == 0 : accept && strncmp(accept, "text/csv", 8) == 0;
    return true;
}

ProtobufCMessage *call_body(struct call *c)
{
    return read_body(c, c->route->request);
}

/* ---- commands */

void call_command_from_request(struct call *c)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(&halld__command__descriptor, (unsigned)c->route->command);
    ProtobufCMessage *body = read_body(c, f->descriptor);
    struct refusal r;
    if (!body)
        return;
    for (size_t i = 0; i < c->params.n; i++) {
        if (pbjson_set_text(body, c->params.at[i].name, c->params.at[i].value, &r) != 0) {
            protobuf_c_message_free_unpacked(body, NULL);
            call_refuse_with(c, &r);
            return;
        }
    }
    call_submit(c, command_new(c->route->command, body));
}

bool call_refused(struct call *c, const struct answer *answer)
{
    if (answer->code == 0)
        return false;
    if (answer->refusal && answer->refusal->code == answer->code)
        call_refuse_with(c, answer->refusal);
    else
        call_refuse(c, answer->code);
    return true;
}

static void on_answer(void *arg, const struct answer *answer)
{
    struct call *c = arg;
    const struct reply_row *row = reply_find(c->command);
    if (!call_refused(c, answer))
        call_reply(c, row->status, row->render(answer, net_public_url(c->net)));
}

bool call_key_is_sound(const struct call *c)
{
    const char *key = request_header(c->request, "Idempotency-Key");
    size_t len = key ? strlen(key) : 1;
    for (size_t i = 0; key && i < len; i++)
        if (key[i] <= ' ' || key[i] > '~')
            return false;
    return len >= 1 && len <= KEY_MOST;
}

const char *call_key(const struct call *c)
{
    return c->without_key ? NULL : request_header(c->request, "Idempotency-Key");
}

/* A key is its actor's own, but people without a name are one actor: theirs belongs to their link, or else to their
 * address, or who chooses the same one is given what another has taken. NULL: there is none. */
static const char *own_key(struct call *c, char own[OWN_KEY_SIZE])
{
    const char *key = call_key(c), *link = call_param(c, "token");
    if (!key || c->caller.is_known || c->caller.id[0])
        return key;
    snprintf(own, OWN_KEY_SIZE, "%.64s/%.128s", link[0] ? link : call_party(c), key);
    return own;
}

void call_submit_with(struct call *c, Halld__Command *command, const struct submission *with)
{
    Halld__Actor actor = HALLD__ACTOR__INIT;
    struct submission s = *with;
    char own[OWN_KEY_SIZE];
    actor.kind = c->caller.kind;
    actor.id = c->caller.id;
    actor.device = c->caller.device;
    c->command = command->body_case;
    s.command = command;
    s.actor = &actor;
    s.role = c->caller.role;
    s.key = own_key(c, own);
    if (!s.done) {
        s.done = on_answer;
        s.arg = c;
    }
    c->net->o.port.submit(c->net->o.port.engine, &s);
}

void call_submit_for(struct call *c, Halld__Command *command, struct secret_row *secret,
                     void (*done)(void *arg, const struct answer *answer), void *arg)
{
    struct submission with = {.secret = secret, .done = done, .arg = arg};
    call_submit_with(c, command, &with);
}

void call_submit(struct call *c, Halld__Command *command)
{
    call_submit_for(c, command, NULL, on_answer, c);
}

void call_log(struct call *c, const char *kind, const char *who, const char *what)
{
    char address[ADDRESS_TEXT] = "unix";
    if (request_address(c->request))
        address_to_text(request_address(c->request), address);
    if (c->net->o.store)
        store_log_security(c->net->o.store, call_now(c), kind, who, address, what);
}

/* The log stands on the journal's disk for half a year: nobody may fill it from outside, from however many addresses.
 */
void call_log_stranger(struct call *c, const char *kind, const char *who, const char *what)
{
    struct net *n = c->net;
    char text[48];
    int wait_s;
    if (!limits_take(n->limits, LIMIT_LOG, "", clock_monotonic_ms(), &wait_s)) {
        n->rows_not_kept++;
        return;
    }
    if (n->rows_not_kept) {
        snprintf(text, sizeof text, "%llu rows were not kept", (unsigned long long)n->rows_not_kept);
        call_log(c, "flood", "", text);
        n->rows_not_kept = 0;
    }
    call_log(c, kind, who, what);
}
