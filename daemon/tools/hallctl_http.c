#include "tools/hallctl_http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "proto/config.pb-c.h"
#include "proto/view.pb-c.h"

#define API "/api/v1"
enum { CONNECT_MS = 5000, WHOLE_MS = 120000, ANSWER_MAX = 256 * 1024 * 1024 };

struct hallctl_http {
    CURL *curl;
    char *base;  /* "http://localhost" on the socket */
    char *where; /* for people */
    char *token, *csrf;
};

struct answer_text {
    struct buf *out;
    size_t taken;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
    struct answer_text *a = arg;
    a->taken += size * n;
    if (a->taken > ANSWER_MAX)
        return 0;
    buf_add(a->out, data, size * n);
    return size * n;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    char *line = alloc_format("%s: %s", name, value);
    list = curl_slist_append(list, line);
    free(line);
    return list;
}

static struct curl_slist *headers_of(const struct hallctl *ctl, const struct hallctl_http *http)
{
    struct curl_slist *list = add_header(NULL, "Accept-Language", ctl->zh ? "zh-CN" : "en");
    list = add_header(list, "Content-Type", "application/json");
    list = curl_slist_append(list, "Expect:");
    if (http->csrf)
        list = add_header(list, "X-CSRF-Token", http->csrf);
    if (http->token) {
        char *bearer = alloc_format("Bearer %s", http->token);
        list = add_header(list, "Authorization", bearer);
        free(bearer);
    }
    return list;
}

static int say_unreachable(const struct hallctl *ctl, const char *why)
{
    SAY(ctl, stderr, W_UNREACHABLE, ARG("where", ctl->http->where), ARG("why", why));
    return EXIT_UNREACHABLE;
}

static void add_details(const Halld__ErrorView *e, struct buf *out)
{
    for (size_t i = 0; i < e->n_details; i++)
        if (*e->details[i]->value)
            buf_add_format(out, ", %s: %s", e->details[i]->key, e->details[i]->value);
}

/* Says the daemon's own error; its text is already in the person's language. */
static int say_refused(const struct hallctl *ctl, long status, const struct buf *text)
{
    ProtobufCMessage *m = NULL;
    char code[32];
    if (pbjson_read(&halld__error_body__descriptor, buf_text(text), text->len, &PBJSON_FILE, &m, NULL) == 0 &&
        ((Halld__ErrorBody *)m)->error) {
        struct buf details = BUF_INIT;
        const Halld__ErrorView *e = ((Halld__ErrorBody *)m)->error;
        add_details(e, &details);
        SAY(ctl, stderr, W_REFUSED, ARG("message", e->message), ARG("code", e->code),
            ARG("details", buf_text(&details)));
        buf_fini(&details);
    } else {
        snprintf(code, sizeof code, "HTTP %ld", status);
        SAY(ctl, stderr, W_STRANGE_ANSWER, ARG("why", code));
    }
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    return status >= 500 ? EXIT_DAEMON : EXIT_REFUSED;
}

static int perform(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                   struct buf *ret)
{
    struct hallctl_http *http = ctl->http;
    struct buf sent = BUF_INIT;
    struct answer_text answer = {.out = ret};
    char why[CURL_ERROR_SIZE] = "";
    long status = 0;
    char *url = alloc_format("%s%s%s", http->base, API, path);
    struct curl_slist *headers = headers_of(ctl, http);
    if (body)
        pbjson_write(body, &sent);
    curl_easy_setopt(http->curl, CURLOPT_URL, url);
    curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE, (long)sent.len);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body ? buf_text(&sent) : NULL);
    if (!body)
        curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, why);
    CURLcode code = curl_easy_perform(http->curl);
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(headers);
    buf_fini(&sent);
    free(url);
    if (code != CURLE_OK)
        return say_unreachable(ctl, *why ? why : curl_easy_strerror(code));
    return status >= 200 && status < 300 ? 0 : say_refused(ctl, status, ret);
}

/* ---- logging in with a file of credentials */

static Halld__Credentials *read_credentials(const struct hallctl *ctl, const char *file)
{
    struct buf text = BUF_INIT;
    struct refusal r = {0};
    ProtobufCMessage *m = NULL;
    if (hallctl_read_file(ctl, file, &text) != 0)
        return NULL;
    if (pbjson_read(&halld__credentials__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &m, &r) != 0)
        SAY(ctl, stderr, W_FILE_WRONG, ARG("file", file), ARG("where", r.field),
            {"why", err_text_zh(r.code), err_text_en(r.code)});
    buf_fini(&text);
    return (Halld__Credentials *)m;
}

/* The user asked for; else an admin, else a manager. */
static const Halld__Login *choose_login(const Halld__Credentials *c, const char *user)
{
    static const char *const wanted[] = {"admin", "manager"};
    for (size_t i = 0; user && i < c->n_users; i++)
        if (strcmp(c->users[i]->name, user) == 0)
            return c->users[i];
    for (size_t k = 0; !user && k < sizeof wanted / sizeof *wanted; k++)
        for (size_t i = 0; i < c->n_users; i++)
            if (strcmp(c->users[i]->role, wanted[k]) == 0)
                return c->users[i];
    return NULL;
}

static int log_in(struct hallctl *ctl, const Halld__Login *login)
{
    struct buf text = BUF_INIT;
    ProtobufCMessage *me = NULL;
    Halld__LoginRequest ask = HALLD__LOGIN_REQUEST__INIT;
    ask.name = login->name;
    ask.password = login->password;
    int code = perform(ctl, "POST", "/session", &ask.base, &text);
    if (code == 0 &&
        pbjson_read(&halld__me_view__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &me, NULL) == 0) {
        const Halld__MeView *v = (const Halld__MeView *)me;
        if (v->has_csrf_case == HALLD__ME_VIEW__HAS_CSRF_CSRF)
            ctl->http->csrf = alloc_text(v->csrf);
        protobuf_c_message_free_unpacked(me, NULL);
    }
    buf_fini(&text);
    return code;
}

static int use_credentials(struct hallctl *ctl, const char *file)
{
    Halld__Credentials *c = read_credentials(ctl, file);
    if (!c)
        return EXIT_FILE;
    const Halld__Login *login = choose_login(c, ctl->options.user);
    int code = 0;
    if (!ctl->options.url && *c->base_url) {
        free(ctl->http->base);
        free(ctl->http->where);
        ctl->http->base = alloc_text(c->base_url);
        ctl->http->where = alloc_text(c->base_url);
        curl_easy_setopt(ctl->http->curl, CURLOPT_UNIX_SOCKET_PATH, NULL);
    }
    if (login) {
        code = log_in(ctl, login);
    } else {
        SAY(ctl, stderr, W_NO_LOGIN, ARG("what", file));
        code = EXIT_FILE;
    }
    halld__credentials__free_unpacked(c, NULL);
    return code;
}

/* ---- the line */

static void open_line(struct hallctl *ctl)
{
    const struct hallctl_options *o = &ctl->options;
    struct hallctl_http *http = alloc_zero(sizeof *http);
    const char *token = o->token ? o->token : getenv("HALLCTL_TOKEN");
    const char *end = o->url ? o->url + strlen(o->url) : NULL;
    while (end && end > o->url && end[-1] == '/')
        end--;
    http->curl = curl_easy_init();
    if (!http->curl)
        abort();
    http->base = o->url ? alloc_format("%.*s", (int)(end - o->url), o->url) : alloc_text("http://localhost");
    http->where = alloc_text(o->url ? o->url : o->socket);
    http->token = token && *token && o->url ? alloc_text(token) : NULL;
    if (!o->url)
        curl_easy_setopt(http->curl, CURLOPT_UNIX_SOCKET_PATH, o->socket);
    curl_easy_setopt(http->curl, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(http->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, (long)WHOLE_MS);
    curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(http->curl, CURLOPT_PROXY, "");
    ctl->http = http;
}

void hallctl_http_free(struct hallctl_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    free(http->base);
    free(http->where);
    free(http->token);
    free(http->csrf);
    free(http);
}

int hallctl_request(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                    struct buf *ret)
{
    if (!ctl->http) {
        open_line(ctl);
        int code = ctl->options.credentials ? use_credentials(ctl, ctl->options.credentials) : 0;
        if (code != 0)
            return code;
    }
    return perform(ctl, method, path, body, ret);
}

static int read_answer(const struct hallctl *ctl, const struct buf *text, const ProtobufCMessageDescriptor *d,
                       ProtobufCMessage **ret)
{
    struct refusal r = {0};
    if (pbjson_read(d, buf_text(text), text->len, &PBJSON_FILE, ret, &r) == 0)
        return 0;
    SAY(ctl, stderr, W_STRANGE_ANSWER, ARG("why", r.field));
    return EXIT_DAEMON;
}

int hallctl_fetch(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                  const ProtobufCMessageDescriptor *d, ProtobufCMessage **ret)
{
    struct buf text = BUF_INIT;
    int code = hallctl_request(ctl, method, path, body, &text);
    if (code == 0)
        code = read_answer(ctl, &text, d, ret);
    buf_fini(&text);
    return code;
}

int hallctl_ask(struct hallctl *ctl, const char *method, const char *path, const ProtobufCMessage *body,
                const ProtobufCMessageDescriptor *d, ProtobufCMessage **ret)
{
    if (!ctl->options.json)
        return hallctl_fetch(ctl, method, path, body, d, ret);
    struct buf text = BUF_INIT;
    int code = hallctl_request(ctl, method, path, body, &text);
    if (code == 0)
        printf("%s\n", buf_text(&text));
    buf_fini(&text);
    *ret = NULL;
    return code;
}

void hallctl_add_encoded(struct buf *path, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (; *text; text++) {
        if (strchr(plain, *text))
            buf_add_char(path, *text);
        else
            buf_add_format(path, "%%%02X", (unsigned char)*text);
    }
}

void hallctl_add_query(struct buf *path, const char *name, const char *value)
{
    if (!value)
        return;
    buf_add_format(path, "%c%s=", strchr(buf_text(path), '?') ? '&' : '?', name);
    hallctl_add_encoded(path, value);
}
