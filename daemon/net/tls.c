#include "net/tls.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"

struct tls {
    SSL_CTX *context;
};

static int fail(struct tls *t, char why[200], const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_get_error());
    snprintf(why, 200, "tls: %.120s: %.60s", file, reason ? reason : "cannot be used");
    ERR_clear_error();
    tls_close(t);
    return HALL_E_BAD_VALUE;
}

int tls_open(const char *certificate, const char *key, struct tls **ret, char why[200])
{
    struct tls *t = alloc_zero(sizeof *t);
    t->context = SSL_CTX_new(TLS_server_method());
    if (!t->context || SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION) != 1)
        return fail(t, why, "OpenSSL");
    SSL_CTX_set_options(t->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    if (SSL_CTX_use_certificate_chain_file(t->context, certificate) != 1)
        return fail(t, why, certificate);
    if (SSL_CTX_use_PrivateKey_file(t->context, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(t->context) != 1)
        return fail(t, why, key);
    *ret = t;
    return 0;
}

void tls_close(struct tls *t)
{
    if (!t)
        return;
    SSL_CTX_free(t->context);
    free(t);
}

struct bufferevent *tls_bufferevent(struct tls *t, struct event_base *base)
{
    SSL *ssl = SSL_new(t->context);
    if (!ssl)
        return NULL;
    /* Only with CLOSE_ON_FREE does libevent free the SSL as well. */
    struct bufferevent *bev =
        bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (!bev) {
        SSL_free(ssl);
        return NULL;
    }
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}
