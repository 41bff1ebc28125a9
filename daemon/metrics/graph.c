#include "metrics/graph.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"

enum { TIME_MS = 5000, WAITING_MOST = 8, IMAGE_MOST = 8 << 20, PIECE = 65536 };

extern char **environ;

struct drawing {
    struct drawing *next;
    int data; /* the helper's standard input */
    char format[4];
    struct graph_size size;
    metrics_done *done;
    void *arg;
};

struct graph {
    struct loop *loop;
    struct loop_watch *timer, *output;
    struct drawing *first, *last; /* the first is being drawn, once pid is not 0 */
    int waiting, fd;
    pid_t pid;
    struct buf image;
};

/* ---- the helper */

/* Beside the daemon in a build tree, else where it was installed. */
static char *helper_path(void)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n] = '\0';
        char *slash = strrchr(exe, '/');
        char *beside = alloc_format("%.*s/hallgraph", (int)(slash - exe), exe);
        if (access(beside, X_OK) == 0)
            return beside;
        free(beside);
    }
    return alloc_text(BIN_DIR "/hallgraph");
}

static int spawn_with(const char *path, const struct drawing *d, int output, pid_t *ret)
{
    char width[16], height[16];
    snprintf(width, sizeof width, "%d", d->size.width);
    snprintf(height, sizeof height, "%d", d->size.height);
    char *argv[] = {(char *)path, (char *)d->format, width, height, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, d->data, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int rc = posix_spawn(ret, path, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

/* The image is whole or the helper is of no use any more: no need to wait for it. */
static void end_helper(struct graph *g)
{
    if (!g->pid)
        return;
    kill(g->pid, SIGKILL);
    while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    g->pid = 0;
    loop_watch_free(g->output);
    g->output = NULL;
    loop_watch_disarm(g->timer);
    close(g->fd);
}

/* ---- one after the other */

static void drawing_free(struct drawing *d)
{
    close(d->data);
    free(d);
}

static void on_output(void *arg);
static void begin(struct graph *g);

static bool is_image(const struct buf *image, const char *format)
{
    bool png = strcmp(format, "png") == 0;
    return image->len > 64 &&
           (png ? memcmp(image->data, "\x89PNG", 4) == 0 && memmem(image->data + image->len - 12, 12, "IEND", 4)
                : memmem(image->data + image->len - 16, 16, "</svg>", 6) != NULL);
}

static void finish(struct graph *g, bool late)
{
    struct drawing *d = g->first;
    struct refusal r = {0};
    end_helper(g);
    if (!is_image(&g->image, d->format)) {
        log_warn("metrics", "hallgraph %s", late ? "took too long" : "drew nothing");
        refuse(&r, HALL_E_NO_GRAPH, "", "");
    }
    g->first = d->next;
    g->waiting--;
    d->done(d->arg, &r, &g->image);
    drawing_free(d);
    buf_clear(&g->image);
    begin(g);
}

static void on_output(void *arg)
{
    struct graph *g = arg;
    ssize_t n = read(g->fd, buf_reserve(&g->image, PIECE), PIECE);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        g->image.len += (size_t)n;
    if (n <= 0 || g->image.len > IMAGE_MOST)
        finish(g, false);
}

static void on_late(void *arg)
{
    finish(arg, true);
}

static bool start_helper(struct graph *g)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    char *path = helper_path();
    int rc = spawn_with(path, g->first, ends[1], &g->pid);
    close(ends[1]);
    if (rc != 0) {
        log_error("metrics", "%s: %s", path, strerror(rc));
        close(ends[0]);
        g->pid = 0;
    }
    free(path);
    if (rc != 0)
        return false;
    g->fd = ends[0];
    fcntl(g->fd, F_SETFL, O_NONBLOCK);
    g->output = loop_watch_readable(g->loop, g->fd, on_output, g);
    loop_watch_arm(g->timer, TIME_MS);
    return true;
}

static void begin(struct graph *g)
{
    while (g->first && !g->pid && !start_helper(g)) {
        struct drawing *d = g->first;
        struct refusal r;
        refuse(&r, HALL_E_NO_GRAPH, "", "");
        g->first = d->next;
        g->waiting--;
        d->done(d->arg, &r, &g->image);
        drawing_free(d);
    }
}

/* ---- asking */

static int file_of(const struct buf *data)
{
    int fd = memfd_create("graph", MFD_CLOEXEC);
    if (fd >= 0 && (write(fd, data->data, data->len) != (ssize_t)data->len || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

void graph_draw(struct graph *g, const struct buf *data, const char *format, struct graph_size size, metrics_done *done,
                void *arg)
{
    struct refusal r = {0};
    int fd = -1;
    if (g->waiting >= WAITING_MOST)
        refuse(&r, HALL_E_TOO_MANY, "", "");
    else if ((fd = file_of(data)) < 0)
        refuse(&r, HALL_E_NO_GRAPH, "", "");
    if (r.code) {
        done(arg, &r, NULL);
        return;
    }
    struct drawing *d = alloc_zero(sizeof *d);
    *d = (struct drawing){.data = fd, .size = size, .done = done, .arg = arg};
    snprintf(d->format, sizeof d->format, "%s", format);
    if (g->first)
        g->last->next = d;
    else
        g->first = d;
    g->last = d;
    g->waiting++;
    begin(g);
}

struct graph *graph_new(struct loop *loop)
{
    struct graph *g = alloc_zero(sizeof *g);
    g->loop = loop;
    g->timer = loop_watch_timer(loop, on_late, g);
    return g;
}

void graph_free(struct graph *g)
{
    if (!g)
        return;
    end_helper(g);
    for (struct drawing *d; (d = g->first);) {
        g->first = d->next;
        drawing_free(d);
    }
    loop_watch_free(g->timer);
    buf_fini(&g->image);
    free(g);
}
