#include "net/door.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"

enum { BACKLOG = 1024 };

struct door {
    int fd;     /* the listener's */
    char *path; /* NULL for TCP */
};

static void on_resume(evutil_socket_t fd, short what, void *listener)
{
    (void)fd;
    (void)what;
    evconnlistener_enable(listener);
}

/* Its argument is evhttp's, so all that it needs hangs on the listener, which lives as long as the http. */
static void on_error(struct evconnlistener *listener, void *arg)
{
    static const struct timeval PAUSE = {1, 0};
    int error = EVUTIL_SOCKET_ERROR();
    (void)arg;
    evconnlistener_disable(listener);
    event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, on_resume, listener, &PAUSE);
    if (error != EINVAL) /* a shut door */
        log_error("http", "cannot accept: %s; waiting a second", evutil_socket_error_to_string(error));
}

static int fail(char why[200], const char *where, int fd)
{
    snprintf(why, 200, "listen %.100s: %.80s", where, strerror(errno));
    if (fd >= 0)
        close(fd);
    return HALL_E_BAD_VALUE;
}

static int listen_on(struct loop *loop, struct evhttp *http, int fd, const char *where, struct door **ret,
                     char why[200])
{
    struct evconnlistener *listener =
        evconnlistener_new(loop_base(loop), NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
    if (!listener)
        return fail(why, where, fd);
    evconnlistener_set_error_cb(listener, on_error);
    if (!evhttp_bind_listener(http, listener)) {
        evconnlistener_free(listener);
        return fail(why, where, -1);
    }
    struct door *d = alloc_zero(sizeof *d);
    d->fd = fd;
    *ret = d;
    return 0;
}

/* As evutil reads it, but with port 0 as well. */
static bool read_listen(const char *listen, struct sockaddr_storage *ret, int *ret_len)
{
    char text[128];
    size_t len = strlen(listen);
    bool any = len > 2 && strcmp(listen + len - 2, ":0") == 0;
    snprintf(text, sizeof text, "%.*s%s", (int)(any ? len - 1 : len), listen, any ? "1" : "");
    if (!strchr(text, ':') || evutil_parse_sockaddr_port(text, (struct sockaddr *)ret, ret_len) != 0)
        return false;
    if (any && ret->ss_family == AF_INET)
        ((struct sockaddr_in *)(void *)ret)->sin_port = 0;
    if (any && ret->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)ret)->sin6_port = 0;
    return true;
}

int door_open_tcp(struct loop *loop, struct evhttp *http, const char *listen, struct door **ret, char why[200])
{
    struct sockaddr_storage at;
    int len = sizeof at, yes = 1;
    if (!read_listen(listen, &at, &len)) {
        snprintf(why, 200, "listen %.100s: not an address with a port, such as 127.0.0.1:8080", listen);
        return HALL_E_BAD_VALUE;
    }
    int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(why, listen, fd);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    /* Accepted connections inherit it. Without it TLS answers wait for the client's delayed ACKs. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, (socklen_t)len) != 0)
        return fail(why, listen, fd);
    return listen_on(loop, http, fd, listen, ret, why);
}

int door_open_unix(struct loop *loop, struct evhttp *http, const char *path, struct door **ret, char why[200])
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at.sun_path) {
        snprintf(why, 200, "listen %.100s: the path is too long for a socket", path);
        return HALL_E_TOO_LONG;
    }
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (unlink(path) != 0 && errno != ENOENT))
        return fail(why, path, fd);
    mode_t before = umask(0117);
    int bound = bind(fd, (struct sockaddr *)&at, sizeof at);
    umask(before);
    if (bound != 0)
        return fail(why, path, fd);
    int code = listen_on(loop, http, fd, path, ret, why);
    if (code == 0)
        (*ret)->path = alloc_text(path);
    return code;
}

int door_port(const struct door *d)
{
    struct sockaddr_storage at = {0};
    socklen_t len = sizeof at;
    if (!d || getsockname(d->fd, (struct sockaddr *)&at, &len) != 0)
        return 0;
    if (at.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)(void *)&at)->sin_port);
    return at.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)(void *)&at)->sin6_port) : 0;
}

void door_shut(struct door *d)
{
    if (!d || d->fd < 0)
        return;
    /* Not freed: a paused listener's timer still points to it. */
    shutdown(d->fd, SHUT_RDWR);
    d->fd = -1;
    if (d->path)
        unlink(d->path);
}

void door_free(struct door *d)
{
    if (!d)
        return;
    free(d->path);
    free(d);
}
