/*
 * Loads an HTTP server over keep-alive connections and prints what it measured as one JSON line.
 *
 *   load post HOST:PORT PATH TOKEN BODY CONNECTIONS SECONDS    each connection posts BODY, again and again
 *   load get  HOST:PORT PATH TOKEN -    CONNECTIONS SECONDS
 *   load next HOST:PORT -    TOKEN -    WINDOWS     CALLS      window i posts /windows/i/next until CALLS are made
 *   load sse  HOST:PORT PATH TOKEN -    STREAMS     SECONDS    streams that only read
 *
 * {"n":.., "errors":.., "seconds":.., "rate":.., "p50_ms":.., "p99_ms":.., "max_ms":.., "duplicates":..}
 * One thread, epoll; latencies are from the request's first byte written to the answer's last byte read.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { READ_CHUNK = 65536 };

struct connection {
    int fd, number; /* number: from 1, the window in "next" */
    struct buf out, in;
    size_t sent;
    int64_t began;
    bool first_done, idle;
};

struct load {
    const char *mode, *host, *path, *token, *body;
    int port, connections;
    int64_t until, calls_wanted;
    uint64_t n, errors, sequence;
    uint32_t *latencies; /* microseconds */
    size_t n_latencies, cap_latencies;
    uint64_t bytes;
    int epoll;
    struct connection *all;
    uint8_t *seen; /* ticket numbers called, by their digits */
    uint64_t duplicates;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static bool is_mode(const struct load *l, const char *mode)
{
    return strcmp(l->mode, mode) == 0;
}

static void put_headers(const struct load *l, struct buf *b, const char *method, const char *path)
{
    buf_add_format(b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, l->host);
    if (*l->token && strcmp(l->token, "-") != 0)
        buf_add_format(b, "Authorization: Bearer %s\r\n", l->token);
}

static void write_request(struct load *l, struct connection *c)
{
    buf_clear(&c->out);
    c->sent = 0;
    if (is_mode(l, "post")) {
        put_headers(l, &c->out, "POST", l->path);
        buf_add_format(&c->out,
                       "Idempotency-Key: %d-%llu\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                       (int)getpid(), (unsigned long long)++l->sequence, strlen(l->body), l->body);
    } else if (is_mode(l, "next")) {
        char path[64];
        const char *body = c->first_done ? "{\"outcome\":\"handled\"}" : "{}";
        snprintf(path, sizeof path, "/api/v1/windows/%d/next", c->number);
        put_headers(l, &c->out, "POST", path);
        buf_add_format(&c->out, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    } else {
        put_headers(l, &c->out, "GET", l->path);
        buf_add_text(&c->out, "\r\n");
    }
    c->began = now_us();
}

static void flush(struct load *l, struct connection *c)
{
    while (c->sent < c->out.len) {
        ssize_t n = write(c->fd, c->out.data + c->sent, c->out.len - c->sent);
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0)
            die("write");
        c->sent += (size_t)n;
    }
    struct epoll_event ev = {.events = EPOLLIN | (c->sent < c->out.len ? EPOLLOUT : 0u), .data.ptr = c};
    epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

/* The whole answer's length, or 0 while it is not complete. */
static size_t answer_length(const struct connection *c)
{
    const char *text = buf_text(&c->in), *end = strstr(text, "\r\n\r\n");
    if (!end)
        return 0;
    const char *length = strcasestr(text, "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t all = (size_t)(end + 4 - text) + body;
    return c->in.len >= all ? all : 0;
}

/* Of a call: was this number called before in this run? */
static void note_number(struct load *l, const char *text)
{
    const char *at = strstr(text, "\"number\":\"");
    if (!at)
        return;
    unsigned long no = strtoul(at + 11, NULL, 10);
    if (no < 1000000 && l->seen[no]++)
        l->duplicates++;
}

static void note_answer(struct load *l, struct connection *c)
{
    const char *text = buf_text(&c->in);
    int status = atoi(text + 9);
    if (status < 200 || status > 299) {
        if (l->errors++ == 0)
            fprintf(stderr, "%.300s\n", text);
        return;
    }
    if (is_mode(l, "next")) {
        note_number(l, text);
        c->first_done = true;
        c->idle = strstr(text, "\"ticket\":{") == NULL;
    }
    l->n++;
    if (l->n_latencies == l->cap_latencies) {
        l->cap_latencies = l->cap_latencies ? l->cap_latencies * 2 : 65536;
        l->latencies = alloc_grow(l->latencies, l->cap_latencies, sizeof *l->latencies);
    }
    l->latencies[l->n_latencies++] = (uint32_t)(now_us() - c->began);
}

static bool goes_on(const struct load *l, const struct connection *c)
{
    if (is_mode(l, "next"))
        return !c->idle && (int64_t)l->n < l->calls_wanted;
    return now_us() < l->until;
}

/* false: the connection is over. */
static bool receive(struct load *l, struct connection *c)
{
    char *to = buf_reserve(&c->in, READ_CHUNK);
    ssize_t n = read(c->fd, to, READ_CHUNK);
    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0) {
        l->errors++;
        return false;
    }
    c->in.len += (size_t)n;
    c->in.data[c->in.len] = '\0';
    l->bytes += (uint64_t)n;
    if (is_mode(l, "sse")) {
        for (const char *at = c->in.data; (at = strstr(at, "\nid:")); at++)
            l->n++;
        buf_clear(&c->in);
        return true;
    }
    size_t all = answer_length(c);
    if (!all)
        return true;
    note_answer(l, c);
    buf_clear(&c->in);
    if (!goes_on(l, c))
        return false;
    write_request(l, c);
    flush(l, c);
    return true;
}

static void open_connection(struct load *l, struct connection *c, int number)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port)};
    int one = 1;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    c->number = number;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev);
}

static void run(struct load *l)
{
    int open = l->connections;
    for (int i = 0; i < l->connections; i++) {
        write_request(l, &l->all[i]);
        flush(l, &l->all[i]);
    }
    int64_t hard_end = l->until + 20000000;
    while (open > 0 && now_us() < (is_mode(l, "sse") ? l->until : hard_end)) {
        struct epoll_event events[256];
        int n = epoll_wait(l->epoll, events, 256, 100);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                flush(l, c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !receive(l, c)) {
                close(c->fd);
                open--;
            }
        }
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double quantile_ms(const struct load *l, double q)
{
    if (!l->n_latencies)
        return 0;
    size_t i = (size_t)(q * (double)(l->n_latencies - 1));
    return l->latencies[i] / 1000.0;
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: load post|get|next|sse HOST:PORT PATH TOKEN BODY CONNECTIONS SECONDS|CALLS\n");
        return 64;
    }
    struct load l = {.mode = argv[1], .host = argv[2], .path = argv[3], .token = argv[4], .body = argv[5]};
    const char *colon = strchr(l.host, ':');
    l.port = colon ? atoi(colon + 1) : 80;
    l.connections = atoi(argv[6]);
    l.calls_wanted = atoll(argv[7]);
    l.epoll = epoll_create1(0);
    l.all = alloc_zero((size_t)l.connections * sizeof *l.all);
    l.seen = alloc_zero(1000000);
    for (int i = 0; i < l.connections; i++)
        open_connection(&l, &l.all[i], i + 1);
    int64_t start = now_us();
    l.until = start + (is_mode(&l, "next") ? 60000000 : (int64_t)(atof(argv[7]) * 1e6));
    run(&l);
    double seconds = (double)(now_us() - start) / 1e6;
    qsort(l.latencies, l.n_latencies, sizeof *l.latencies, by_value);
    printf("{\"n\":%llu,\"errors\":%llu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
           "\"bytes\":%llu,\"duplicates\":%llu}\n",
           (unsigned long long)l.n, (unsigned long long)l.errors, seconds, (double)l.n / seconds, quantile_ms(&l, 0.5),
           quantile_ms(&l, 0.99), quantile_ms(&l, 1), (unsigned long long)l.bytes, (unsigned long long)l.duplicates);
    return 0;
}
