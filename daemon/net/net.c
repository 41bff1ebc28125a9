#include "net/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "core/flow/flow.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "engine/engine.h"
#include "net/api_migration.h"
#include "net/filetype.h"
#include "net/inside.h"
#include "net/routes.h"

enum { HEADER_BYTES = 16384, QUIET_LOOK_MS = 10 };

/* By one link: who waits may say what is wrong, not flood the desk; who owes papers may bring a few, some of them
 * twice. */
enum { OPENINGS_A_DAY = 5, FILES_A_DAY = 20 };

/* ---- a request on its way to its handler */

void net_forget_call(struct call *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->net->calls = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c->note);
    free(c);
}

static struct call *call_new(struct net *n, struct request *r)
{
    struct call *c = alloc_zero(sizeof *c);
    c->net = n;
    c->request = r;
    c->next = n->calls;
    if (c->next)
        c->next->prev = c;
    n->calls = c;
    c->english = parse_prefers_english(request_header(r, "Accept-Language"));
    return c;
}

static bool is_change(const struct call *c)
{
    return strcmp(c->route->method, "GET") != 0;
}

/* "POST /api/v1/session", for the security log; of a link only the route, for who reads the log is not its holder. */
static void log_request(struct call *c, const char *kind)
{
    char what[160];
    const char *path = c->route->limit == ROUTE_BY_LINK ? c->route->path : request_path(c->request);
    snprintf(what, sizeof what, "%s %.120s", request_method(c->request), path);
    if (c->caller.is_known)
        call_log(c, kind, c->caller.id, what);
    else
        call_log_stranger(c, kind, c->caller.id, what);
}

/* Whoever holds a ticket's link acts as the ticket. */
static void name_link_holder(struct call *c)
{
    uint8_t token[16];
    const struct ticket *t = NULL;
    if (!c->caller.is_known && token_from_text(call_param(c, "token"), token))
        t = queue_ticket_by_token(hall_queue(call_hall(c)), token);
    if (t)
        snprintf(c->caller.id, sizeof c->caller.id, "%llu", (unsigned long long)t->id);
}

static bool take(struct call *c, enum limit_class limit, const char *party)
{
    int wait_s;
    if (limits_take(c->net->limits, limit, party, clock_monotonic_ms(), &wait_s))
        return true;
    call_refuse_wait(c, HALL_E_TOO_MANY, wait_s);
    return false;
}

static bool find_caller(struct call *c)
{
    struct net *n = c->net;
    char session[SESSION_TOKEN_SIZE], device[GENERATE_TOKEN_TEXT];
    const char *cookies = request_header(c->request, "Cookie"),
               *authorization = request_header(c->request, "Authorization");
    struct credentials from = {0};
    from.is_peer = request_peer_uid(c->request, &from.uid);
    if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0)
        from.bearer = authorization + 7 + strspn(authorization + 7, " ");
    if (parse_cookie(cookies, "halld_session", session, sizeof session))
        from.session = session;
    if (parse_cookie(cookies, "halld_device", device, sizeof device))
        from.device = device;
    int code = caller_find(&from, n->devices, n->sessions, hall_setup(call_hall(c)), call_now(c), &c->caller);
    if (code == 0) {
        name_link_holder(c);
        return true;
    }
    /* Each one refused is a row of the security log, which a flood must not fill. */
    if (request_address(c->request) && !take(c, LIMIT_ADDRESS, call_party(c)))
        return false;
    log_request(c, code == HALL_E_TOKEN_EXPIRED ? "token_expired" : "bad_token");
    call_refuse(c, code);
    return false;
}

/* Before anything is looked up: whoever brings no good token is counted by address. */
static bool is_within_limits(struct call *c)
{
    if (c->route->limit == ROUTE_UNLIMITED || !request_address(c->request))
        return true;
    if (c->caller.is_known)
        return take(c, c->caller.roles & (ROLE_CLERK | ROLE_AUDITOR) ? LIMIT_STAFF : LIMIT_KIOSK, c->caller.id);
    if (!take(c, LIMIT_ADDRESS, call_party(c)))
        return false;
    return c->route->limit != ROUTE_BY_LINK || take(c, LIMIT_PUBLIC, call_param(c, "token"));
}

/* A browser says from which page a change comes; only our own pages may make one with our cookies. */
static bool comes_from_our_page(const struct call *c)
{
    const char *origin = request_header(c->request, "Origin"), *host = request_header(c->request, "Host");
    if (!origin)
        return true;
    const char *at = strstr(origin, "://");
    return strcmp(origin, c->net->public_url) == 0 || (at && host && strcmp(at + 3, host) == 0);
}

static bool may_change(struct call *c)
{
    /* Nor may another page log its visitor in as somebody else. */
    if (!is_change(c) || !(c->caller.by_cookie || c->route->limit == ROUTE_LOGIN))
        return true;
    bool fits =
        comes_from_our_page(c) && (!c->caller.session || c->route->limit == ROUTE_LOGIN ||
                                   session_csrf_fits(c->caller.session, request_header(c->request, "X-CSRF-Token")));
    if (!fits) {
        log_request(c, "csrf");
        call_refuse(c, HALL_E_BAD_CSRF);
    }
    return fits;
}

static bool has_role(struct call *c)
{
    if (c->caller.roles & c->route->roles)
        return true;
    if (c->caller.is_known || is_change(c))
        log_request(c, "forbidden");
    call_refuse(c, c->caller.is_known ? HALL_E_WRONG_ROLE : HALL_E_NO_SESSION);
    return false;
}

static void serve(struct call *c)
{
    if (!find_caller(c) || !is_within_limits(c) || !has_role(c) || !may_change(c))
        return;
    if (!call_key_is_sound(c))
        call_refuse_field(c, HALL_E_BAD_REQUEST, "Idempotency-Key", "");
    else if (c->route->command)
        call_command_from_request(c);
    else
        c->route->handle(c);
}

static void on_request(void *arg, struct request *r)
{
    struct call *c = call_new(arg, r);
    const char *method = request_method(r), *path = request_path(r);
    char allow[64];
    c->route = route_find(method, path, &c->params, allow);
    if (c->route) {
        serve(c);
    } else if (allow[0]) {
        request_add_header(r, "Allow", allow);
        call_refuse_field(c, HALL_E_BAD_METHOD, "", method);
    } else if (strncmp(path, "/api/", 5) == 0) {
        call_refuse(c, HALL_E_NOT_FOUND);
    } else {
        pages_serve(c->net->pages, c, path);
    }
}

/* ---- opening and closing */

struct net *net_new(struct loop *loop)
{
    struct net *n = alloc_zero(sizeof *n);
    n->loop = loop;
    return n;
}

static void on_committed(void *arg, const struct hall *committed, Halld__Event *const *events, size_t count)
{
    struct net *n = arg;
    if (n->sse)
        sse_committed(n->sse, committed, events, count);
}

struct sink net_sink(struct net *n)
{
    return (struct sink){.name = "net", .arg = n, .committed = on_committed};
}

static const char *text_or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

static int number_or(int has, int number, int otherwise)
{
    return has && number > 0 ? number : otherwise;
}

static int open_http(struct net *n, const Halld__Config *config, char why[200])
{
    static const Halld__ConfigLimits NONE = HALLD__CONFIG_LIMITS__INIT;
    const Halld__ConfigLimits *l = config->limits ? config->limits : &NONE;
    const Halld__Tls *tls = config->tls && text_or_null(config->tls->certificate) ? config->tls : NULL;
    struct http_options o = {
        .loop = n->loop,
        .listen = text_or_null(config->listen) ? config->listen : "127.0.0.1:8080",
        .socket_path = n->socket_path,
        .certificate = tls ? tls->certificate : NULL,
        .key = tls ? tls->key : NULL,
        .trusted_proxy = config->trusted_proxy,
        .n_trusted_proxy = config->n_trusted_proxy,
        .connections = number_or((int)l->has_connections_case, l->connections, 4096),
        .connections_by_address = number_or((int)l->has_per_address_case, l->connections_per_address, 64),
        .timeout_ms = 1000 * number_or((int)l->has_header_case, l->header_timeout_s, 10),
        .body_bytes = (size_t)number_or((int)l->has_body_case, l->body_bytes, 65536),
        .header_bytes = HEADER_BYTES,
        .large = "POST " API "/files" /* and what follows it */,
        .large_bytes = FILE_BYTES_MOST,
        .streams = number_or((int)l->has_streams_case, l->streams, 2048),
        .handle = on_request,
        .arg = n,
    };
    int code = http_open(&o, &n->http, why);
    if (code != 0)
        return code;
    if (text_or_null(config->public_url)) {
        n->public_url = alloc_text(config->public_url);
        for (size_t len = strlen(n->public_url); len > 0 && n->public_url[len - 1] == '/'; len--)
            n->public_url[len - 1] = '\0';
    } else {
        const char *colon = strrchr(o.listen, ':');
        if (strncmp(o.listen, "0.0.0.0:", 8) == 0 || strncmp(o.listen, "[::]:", 5) == 0)
            log_warn("net", "public_url is not set: no phone finds %s, which would stand in QR codes", o.listen);
        n->public_url = alloc_format("%s://%.*s:%d", tls ? "https" : "http", (int)(colon ? colon - o.listen : 0),
                                     o.listen, http_port(n->http));
    }
    return 0;
}

/* A hall without its key works on, but knows nobody who booked before: somebody should hear of it. */
static void open_person_key(struct net *n, const char *data_dir)
{
    char *key = alloc_format("%s/person.key", data_dir);
    bool was_there = access(key, F_OK) == 0;
    const struct hall *h = n->o.port.committed(n->o.port.engine);
    n->person_key = person_key_open(key);
    if (!n->person_key)
        log_warn("net", "nobody can book, and nothing can be written into matters: %s: %s", key, strerror(errno));
    else if (!was_there && (queue_appointment_count(hall_queue(h)) > 0 || flow_matter_count(hall_flow(h)) > 0))
        log_warn("net",
                 "%s was missing and is made anew: nobody who booked before is recognised, and no link of a matter "
                 "opens. Put the old one back and start again",
                 key);
    free(key);
}

int net_open(struct net *n, const struct net_options *o, char why[200])
{
    const Halld__Config *config = o->config;
    const Halld__ConfigLimits *l = config->limits;
    n->o = *o;
    bool enforce = !l || l->has_enforce_case == HALLD__CONFIG_LIMITS__HAS_ENFORCE__NOT_SET || l->enforce;
    int64_t idle_s = number_or(l && l->has_idle_case, l ? l->session_idle_s : 0, 43200);
    n->passwords = passwords_new(n->loop);
    n->devices = devices_new();
    n->sessions = sessions_new(o->store, idle_s * 1000, o->port.now_ms(o->port.engine));
    n->limits = limits_new(enforce);
    n->lockout = lockout_new();
    if (text_or_null(config->run_dir))
        n->socket_path = alloc_format("%s/http.sock", config->run_dir);
    n->pages = pages_new(text_or_null(config->web_dir) ? config->web_dir : WEB_DIR);
    n->holds = holds_new();
    n->openings = quota_new(OPENINGS_A_DAY);
    n->files = quota_new(FILES_A_DAY);
    int64_t silent_s = number_or(l && l->has_silent_case, l ? l->device_silent_s : 0, 180);
    n->acks = acks_new();
    n->beats = beats_new(silent_s * 1000, clock_monotonic_ms(), o->port.now_ms(o->port.engine));
    open_person_key(n, config->data_dir);
    n->study = study_new(n->loop, config->data_dir);
    int code = open_http(n, config, why);
    if (code != 0)
        return code;
    n->sse = sse_new(n);
    log_info("net", "listening at %s", n->public_url);
    return 0;
}

const struct quote *net_quote(const struct net *n)
{
    return n->o.port.quote ? n->o.port.quote(n->o.port.engine) : NULL;
}

void net_forecast_moved(struct net *n)
{
    if (n->sse)
        sse_forecast_moved(n->sse);
}

bool net_is_read_only(const struct net *n)
{
    return n->o.engine && engine_is_read_only(n->o.engine);
}

int net_port(const struct net *n)
{
    return n->http ? http_port(n->http) : 0;
}

int net_connections(const struct net *n)
{
    return n->http ? http_connections(n->http) : 0;
}

int net_streams(const struct net *n)
{
    return n->http ? http_streams(n->http) : 0;
}

const char *net_public_url(const struct net *n)
{
    return n->public_url;
}

static void on_quiet_look(void *arg)
{
    struct net *n = arg;
    if (!http_is_quiet(n->http))
        loop_watch_arm(n->quiet_watch, QUIET_LOOK_MS);
    else if (n->quiet)
        n->quiet(n->quiet_arg);
}

void net_stop(struct net *n, void (*quiet)(void *arg), void *arg)
{
    if (!n->http || n->quiet_watch)
        return;
    n->quiet = quiet;
    n->quiet_arg = arg;
    http_stop(n->http);
    n->quiet_watch = loop_watch_timer(n->loop, on_quiet_look, n);
    loop_watch_arm(n->quiet_watch, 0);
}

void net_close(struct net *n)
{
    if (!n)
        return;
    passwords_free(n->passwords);
    study_free(n->study);
    migrations_close(n);
    while (n->calls)
        call_refuse(n->calls, HALL_E_NOT_READY);
    http_close(n->http);
    sse_free(n->sse);
    pages_free(n->pages);
    lockout_free(n->lockout);
    holds_free(n->holds);
    quota_free(n->openings);
    quota_free(n->files);
    acks_free(n->acks);
    beats_free(n->beats);
    person_key_free(n->person_key);
    limits_free(n->limits);
    sessions_free(n->sessions);
    devices_free(n->devices);
    loop_watch_free(n->quiet_watch);
    free(n->public_url);
    free(n->socket_path);
    free(n);
}
