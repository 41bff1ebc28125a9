/* The server against a client that misbehaves: the loop runs here, the client in a thread. */
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/loop.h"
#include "net/http.h"
#include "tests/lib/suite.h"

static struct loop *loop;
static struct http *http;
static struct request *held;
static struct stream *stream;
static int n_gone, stop_pipe[2];
static char seen[4096];
static char dir[] = "/tmp/check_http.XXXXXX", socket_path[64];

static void on_stream_gone(void *arg)
{
    (void)arg;
    n_gone++;
    stream = NULL;
}

static void send_piece(const char *text)
{
    struct stream_piece p;
    stream_piece_init(&p, text, strlen(text));
    stream_send(stream, &p);
    stream_piece_fini(&p);
}

/* /hold keeps the request until the next one; /stream begins a stream; everything else is echoed. */
static void on_request(void *arg, struct request *r)
{
    (void)arg;
    size_t len;
    char text[1024];
    uid_t uid;
    if (held) {
        http_reply(held, 200, "text/plain", "late", 4);
        held = NULL;
    }
    if (strcmp(request_path(r), "/hold") == 0) {
        held = r;
        return;
    }
    if (strcmp(request_path(r), "/stream") == 0) {
        stream = stream_start(r, "text/event-stream", on_stream_gone, NULL);
        ck_assert_ptr_nonnull(stream);
        send_piece("data: one\n\n");
        return;
    }
    const char *body = request_body(r, &len);
    int n = snprintf(text, sizeof text, "%s %s?%s %s %.*s", request_method(r), request_path(r), request_query(r),
                     request_peer_uid(r, &uid) ? "peer"
                     : request_is_encrypted(r) ? "tls"
                                               : "plain",
                     (int)len, body);
    http_reply(r, 200, "text/plain", text, (size_t)n);
}

static void on_stop(void *arg)
{
    (void)arg;
    loop_stop(loop, 0);
}

/* ---- the client */

static int dial(void)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(http)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until `until` has come, or the end; what came is in seen. */
static const char *hear(int fd, const char *until)
{
    size_t len = 0;
    seen[0] = '\0';
    while (len + 1 < sizeof seen && !(until && strstr(seen, until))) {
        ssize_t n = recv(fd, seen + len, sizeof seen - 1 - len, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        seen[len] = '\0';
    }
    return seen;
}

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in: %s", part, text)

static void *(*client)(void);

static void *run_client(void *arg)
{
    (void)arg;
    client();
    ck_assert_int_eq(write(stop_pipe[1], "x", 1), 1);
    return NULL;
}

static void play(void *(*what)(void), int connections, int timeout_ms)
{
    char why[200] = "";
    pthread_t thread;
    struct http_options o = {.listen = "127.0.0.1:0",
                             .connections = connections,
                             .connections_by_address = 100,
                             .timeout_ms = timeout_ms,
                             .body_bytes = 1000,
                             .header_bytes = 2000,
                             .streams = 2,
                             .handle = on_request};
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(socket_path, sizeof socket_path, "%s/s", dir);
    o.socket_path = socket_path;
    o.loop = loop = loop_new();
    ck_assert_int_eq(pipe(stop_pipe), 0);
    ck_assert_msg(http_open(&o, &http, why) == 0, "%s", why);
    struct loop_watch *watch = loop_watch_readable(loop, stop_pipe[0], on_stop, NULL);
    client = what;
    pthread_create(&thread, NULL, run_client, NULL);
    loop_run(loop);
    pthread_join(thread, NULL);
    http_close(http);
    if (held)
        http_reply(held, 200, NULL, NULL, 0);
    loop_watch_free(watch);
    loop_free(loop);
    rmdir(dir);
}

static void *two_requests(void)
{
    int fd = dial();
    say(fd, "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    HAS(hear(fd, "body"), "POST /a%20b?x=1 plain body");
    say(fd, "HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n");
    HAS(hear(fd, "\r\n\r\n"), "Content-Length: 18");
    say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nPATCH /3 HTTP/1.1\r\nConnection: "
            "close\r\n\r\n");
    hear(fd, NULL);
    HAS(seen, "GET /1?");
    HAS(seen, "GET /2?");
    HAS(seen, "PATCH /3?");
    close(fd);
    return NULL;
}

START_TEST(a_connection_carries_many_requests)
{
    play(two_requests, 10, 5000);
}
END_TEST

static void *bad_requests(void)
{
    int fd = dial();
    say(fd, "NONSENSE\r\n\r\n");
    hear(fd, NULL);
    HAS(seen, "HTTP/1.1 400");
    HAS(seen, "{\"error\":{\"code\":\"BAD_REQUEST\"");
    close(fd);
    char big[2001];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    fd = dial();
    say(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n");
    say(fd, big);
    hear(fd, NULL);
    HAS(seen, "HTTP/1.1 413");
    HAS(seen, "TOO_LARGE");
    close(fd);
    fd = dial();
    say(fd, "GET / HTTP/1.1\r\nX: ");
    say(fd, big);
    hear(fd, NULL);
    HAS(seen, "HTTP/1.1 400");
    close(fd);
    fd = dial();
    say(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    HAS(hear(fd, NULL), "HTTP/1.1 400");
    close(fd);
    fd = dial();
    say(fd, "BREW /pot HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    HAS(hear(fd, NULL), " /pot?");
    close(fd);
    return NULL;
}

START_TEST(malformed_and_oversized_requests_are_answered_in_json)
{
    play(bad_requests, 10, 5000);
}
END_TEST

static void *slow_requests(void)
{
    int fd = dial();
    say(fd, "GET / HTTP/1.1\r\nHo");
    ck_assert_str_eq(hear(fd, NULL), "");
    close(fd);
    fd = dial(); /* not a byte at all */
    ck_assert_str_eq(hear(fd, NULL), "");
    close(fd);
    fd = dial(); /* the second request of a connection, half of its body */
    say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(fd, "GET /1?");
    say(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
    ck_assert_str_eq(hear(fd, NULL), "");
    close(fd);
    return NULL;
}

START_TEST(a_request_that_does_not_come_in_time_is_cut)
{
    play(slow_requests, 10, 200);
}
END_TEST

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void *leavers(void)
{
    for (int i = 0; i < 20; i++) {
        int fd = dial(), other = dial();
        say(fd, i % 2 ? "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"
                      : "POST /hold HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        if (i % 2 == 0) {
            hear(fd, "100");
            say(fd, "abc");
        }
        if (i % 4 < 2)
            reset(fd);
        else
            close(fd);
        say(other, "GET /other HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        HAS(hear(other, NULL), "/other");
        close(other);
    }
    return NULL;
}

START_TEST(whoever_leaves_before_the_answer_hurts_nobody)
{
    play(leavers, 100, 5000);
}
END_TEST

static void *chatterers(void)
{
    int fd = dial(), other = dial();
    say(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\nGET /more HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    say(fd, "and more\r\n");
    say(other, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(other, "/other");
    hear(fd, NULL);
    HAS(seen, "late");
    HAS(seen, "/more");
    close(fd);
    close(other);
    return NULL;
}

START_TEST(bytes_behind_a_pending_request_wait_for_its_answer)
{
    play(chatterers, 100, 5000);
}
END_TEST

static void *crowd(void)
{
    int a = dial(), b = dial();
    say(a, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(a, "/a");
    say(b, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(b, "/b");
    int c = dial();
    ck_assert_str_eq(hear(c, NULL), "");
    close(c);
    close(a);
    int again = -1; /* the place is free once the server has seen the end */
    for (int i = 0; i < 100; i++) {
        again = dial();
        send(again, "GET /d HTTP/1.1\r\nHost: h\r\n\r\n", 28, MSG_NOSIGNAL);
        if (strstr(hear(again, "/d"), "/d"))
            break;
        close(again);
    }
    HAS(seen, "/d");
    close(again);
    close(b);
    return NULL;
}

START_TEST(there_are_never_more_connections_than_allowed)
{
    play(crowd, 2, 5000);
}
END_TEST

static void *listeners(void)
{
    int fd = dial(), other = dial();
    char big[5000];
    say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(fd, "one\n\n");
    HAS(seen, "text/event-stream");
    HAS(seen, "\r\n\r\nb\r\ndata: one\n\n\r\n");
    say(fd, "GET / HTTP/1.1\r\n\r\n"); /* evhttp alone would exit here */
    say(other, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(other, "GET");
    memset(big, 'x', sizeof big);
    send(fd, big, sizeof big, MSG_NOSIGNAL);
    hear(fd, NULL); /* cut */
    close(fd);
    fd = dial();
    say(fd, "GET /stream HTTP/1.0\r\n\r\n");
    HAS(hear(fd, "one"), "\r\n\r\ndata: one"); /* no chunks before HTTP/1.1 */
    close(fd);
    close(other);
    return NULL;
}

START_TEST(a_stream_sends_pieces_and_bears_a_peer_that_talks)
{
    n_gone = 0;
    play(listeners, 10, 5000);
    ck_assert_int_eq(n_gone, 2);
}
END_TEST

static void *neighbour(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(at.sun_path, socket_path, strlen(socket_path));
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    say(fd, "GET /u HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    HAS(hear(fd, NULL), "GET /u? peer");
    close(fd);
    return NULL;
}

START_TEST(a_neighbour_on_the_unix_socket_is_known_by_name)
{
    play(neighbour, 10, 5000);
}
END_TEST

static void stop_server(void *arg)
{
    (void)arg;
    http_stop(http);
    if (held)
        http_reply(held, 200, "text/plain", "late", 4);
    held = NULL;
}

static void *stayer(void)
{
    int idle = dial(), fd = dial(), streaming = dial();
    say(streaming, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(streaming, "one");
    say(idle, "GET /i HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(idle, "/i");
    say(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    HAS(hear(fd, NULL), "late"); /* the timer stops the server, and this connection ends with its answer */
    HAS(seen, "Connection: close");
    ck_assert_str_eq(hear(idle, NULL), "");
    HAS(hear(streaming, NULL), "0\r\n\r\n");
    ck_assert(http_is_quiet(http));
    close(idle);
    close(fd);
    close(streaming);
    return NULL;
}

/* The hold request arms the stop: see on_request. */
static struct loop_watch *stop_timer;

static void on_held_check(void *arg)
{
    (void)arg;
    if (held) {
        stop_server(NULL);
        return;
    }
    loop_watch_arm(stop_timer, 10);
}

START_TEST(stopping_answers_what_is_pending_and_ends_the_rest)
{
    char why[200] = "";
    pthread_t thread;
    n_gone = 0;
    struct http_options o = {.listen = "127.0.0.1:0",
                             .connections = 10,
                             .connections_by_address = 10,
                             .timeout_ms = 5000,
                             .body_bytes = 1000,
                             .header_bytes = 2000,
                             .streams = 2,
                             .handle = on_request};
    o.loop = loop = loop_new();
    ck_assert_int_eq(pipe(stop_pipe), 0);
    ck_assert_int_eq(http_open(&o, &http, why), 0);
    struct loop_watch *watch = loop_watch_readable(loop, stop_pipe[0], on_stop, NULL);
    stop_timer = loop_watch_timer(loop, on_held_check, NULL);
    loop_watch_arm(stop_timer, 10);
    client = stayer;
    pthread_create(&thread, NULL, run_client, NULL);
    loop_run(loop);
    pthread_join(thread, NULL);
    ck_assert_int_eq(n_gone, 1);
    http_close(http);
    loop_watch_free(watch);
    loop_watch_free(stop_timer);
    loop_free(loop);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *tc = tcase_create("http");
    tcase_add_test(tc, a_connection_carries_many_requests);
    tcase_add_test(tc, malformed_and_oversized_requests_are_answered_in_json);
    tcase_add_test(tc, a_request_that_does_not_come_in_time_is_cut);
    tcase_add_test(tc, whoever_leaves_before_the_answer_hurts_nobody);
    tcase_add_test(tc, bytes_behind_a_pending_request_wait_for_its_answer);
    tcase_add_test(tc, there_are_never_more_connections_than_allowed);
    tcase_add_test(tc, a_stream_sends_pieces_and_bears_a_peer_that_talks);
    tcase_add_test(tc, a_neighbour_on_the_unix_socket_is_known_by_name);
    tcase_add_test(tc, stopping_answers_what_is_pending_and_ends_the_rest);
    tcase_set_timeout(tc, 30);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
