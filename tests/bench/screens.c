/*
 * Screens on the display bus, as many as wanted, in one process.
 *
 *   screens ADDRESS listen N      says "ready" once each has its snapshot; then "NUMBER NANOSECONDS" (CLOCK_MONOTONIC)
 *                                 for every call at every screen, until it is killed
 *   screens ADDRESS join N        N screens one after the other: microseconds from connecting to the snapshot, each a
 * line
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/alloc.h"
#include "proto/view.pb-c.h"

enum { SCREENS_MOST = 200, WAIT_MS = 20000 };

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stop(const char *why)
{
    fprintf(stderr, "screens: %s\n", why);
    exit(1);
}

static void subscribe(void *socket, const char *topic)
{
    if (zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, strlen(topic)) != 0)
        stop(zmq_strerror(zmq_errno()));
}

/* The i-th screen of this process: its uuid is made of both numbers. */
static void *connect_screen(void *context, const char *address, int i)
{
    static const int none = 0, wait = WAIT_MS;
    char snap[64];
    void *socket = zmq_socket(context, ZMQ_SUB);
    snprintf(snap, sizeof snap, "snap/%08x-0000-4000-8000-%012x/", (unsigned)getpid(), (unsigned)i);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, sizeof wait);
    subscribe(socket, "call/");
    subscribe(socket, "board/");
    subscribe(socket, snap);
    if (zmq_connect(socket, address) != 0)
        stop(zmq_strerror(zmq_errno()));
    return socket;
}

/* One message: its topic, and its view's length in the buffer. */
static int take(void *socket, char topic[64], uint8_t *view, size_t size, int flags)
{
    uint8_t header[256];
    int n = zmq_recv(socket, topic, 63, flags);
    if (n < 0)
        return -1;
    topic[n < 63 ? n : 63] = '\0';
    zmq_recv(socket, header, sizeof header, 0);
    n = zmq_recv(socket, view, size, 0);
    return n < (int)size ? n : (int)size;
}

static void wait_for_snapshot(void *socket)
{
    static uint8_t view[1 << 18];
    char topic[64];
    do {
        if (take(socket, topic, view, sizeof view, 0) < 0)
            stop("no snapshot");
    } while (strncmp(topic, "snap/", 5) != 0);
}

static void say_calls(void *socket)
{
    static uint8_t view[1 << 18];
    char topic[64];
    int n;
    while ((n = take(socket, topic, view, sizeof view, ZMQ_DONTWAIT)) >= 0) {
        int64_t at = now_ns();
        if (strcmp(topic, "call/") != 0)
            continue;
        Halld__CallView *call = halld__call_view__unpack(NULL, (size_t)n, view);
        printf("%s %lld\n", call->number, (long long)at);
        halld__call_view__free_unpacked(call, NULL);
    }
}

static void listen_all(void *context, const char *address, int n)
{
    zmq_pollitem_t items[SCREENS_MOST];
    for (int i = 0; i < n; i++)
        items[i] = (zmq_pollitem_t){.socket = connect_screen(context, address, i), .events = ZMQ_POLLIN};
    for (int i = 0; i < n; i++)
        wait_for_snapshot(items[i].socket);
    puts("ready");
    fflush(stdout);
    while (zmq_poll(items, n, -1) >= 0) {
        for (int i = 0; i < n; i++)
            if (items[i].revents)
                say_calls(items[i].socket);
        fflush(stdout);
    }
}

static void join_each(void *context, const char *address, int n)
{
    for (int i = 0; i < n; i++) {
        int64_t began = now_ns();
        void *socket = connect_screen(context, address, i);
        wait_for_snapshot(socket);
        printf("%lld\n", (long long)(now_ns() - began) / 1000);
        zmq_close(socket);
    }
}

int main(int argc, char **argv)
{
    int n = argc == 4 ? atoi(argv[3]) : 0;
    if (n < 1 || n > SCREENS_MOST)
        stop("ADDRESS listen|join N");
    void *context = zmq_ctx_new();
    if (strcmp(argv[2], "listen") == 0)
        listen_all(context, argv[1], n);
    else
        join_each(context, argv[1], n);
    return 0;
}
