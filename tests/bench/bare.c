/*
 * The yardstick of "make bench": a bare evhttp server that reads a POST and answers the same bytes as halld does,
 * with the same base flags and socket options, and does nothing else.
 *
 *   bare FILE       FILE holds the body of the answer; prints the port and serves until it is killed
 */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static char body[65536];
static size_t body_len;

static void answer(struct evhttp_request *request, void *arg)
{
    (void)arg;
    struct evbuffer *in = evhttp_request_get_input_buffer(request), *out = evbuffer_new();
    evbuffer_pullup(in, -1);
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(headers, "Content-Type", "application/json");
    evbuffer_add(out, body, body_len);
    evhttp_send_reply(request, 201, "Created", out);
    evbuffer_free(out);
}

int main(int argc, char **argv)
{
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!f)
        return 64;
    body_len = fread(body, 1, sizeof body, f);
    fclose(f);
    struct event_config *config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    struct event_base *base = event_base_new_with_config(config);
    struct evhttp *http = evhttp_new(base);
    evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
    evhttp_set_gencb(http, answer, NULL);
    struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    if (!bound)
        return 1;
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return event_base_dispatch(base);
}
