#include "metrics/draw.h"

#include <fcntl.h>
#include <rrd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"

enum { LABELS_MOST = 12, LABEL_SIZE = 64, DAY_S = 86400, GRAIN_S = 900, ARGS_MOST = 24 + 2 * LABELS_MOST };

struct picture {
    const struct draw_options *o;
    char title[200], unit[40], path[64];
    int step_s, grain_s; /* librrd's steps lie on multiples since the epoch, a hall's days do not */
    size_t n, drawn;     /* labels; of these in the image */
    char labels[LABELS_MOST][LABEL_SIZE];
    long long begin, end; /* seconds */
    struct buf updates;   /* "at:v:v" and a NUL, one after the other */
    size_t n_updates;
    int fd;
};

/* Told apart also by those who see few colours. */
static const char *const COLOURS[LABELS_MOST] = {"0B5CAD", "D55E00", "009E73", "CC79A7", "56B4E9", "E69F00",
                                                 "7F3C8D", "4C6E2E", "B22222", "5F6B7A", "008B8B", "8B6914"};

/* ---- what there is to draw */

static void cut_line(char *line)
{
    line[strcspn(line, "\n")] = '\0';
}

static bool read_head(struct picture *p, FILE *in)
{
    char line[400];
    if (!fgets(line, sizeof line, in) ||
        sscanf(line, "%199[^\t]\t%39[^\t]\t%d\t%zu", p->title, p->unit, &p->step_s, &p->n) != 4 || p->step_s <= 0)
        return false;
    p->grain_s = p->step_s == DAY_S ? GRAIN_S : p->step_s;
    p->drawn = p->n < LABELS_MOST ? p->n : LABELS_MOST;
    for (size_t i = 0; i < p->n; i++) {
        if (!fgets(line, sizeof line, in))
            return false;
        cut_line(line);
        if (i < p->drawn)
            snprintf(p->labels[i], LABEL_SIZE, "%.63s", line);
    }
    return p->n > 0;
}

/* "at v v v": the first labels' values. */
static void take_row(struct picture *p, char *line)
{
    char *save, *word = strtok_r(line, " \n", &save);
    if (!word)
        return;
    p->end = strtoll(word, NULL, 10);
    if (!p->n_updates++)
        p->begin = p->end - p->step_s;
    buf_add_text(&p->updates, word);
    for (size_t i = 0; i < p->drawn; i++) {
        word = strtok_r(NULL, " \n", &save);
        buf_add_format(&p->updates, ":%s", word ? word : "U");
    }
    buf_add_char(&p->updates, '\0');
}

static bool read_picture(struct picture *p, FILE *in)
{
    char *line = NULL;
    size_t size = 0;
    if (!read_head(p, in))
        return false;
    while (getline(&line, &size, in) > 0)
        take_row(p, line);
    free(line);
    return p->n_updates > 0;
}

/* ---- a series of its own, in a file that is nowhere once it is open */

static int create(struct picture *p)
{
    const char *argv[LABELS_MOST + 1];
    char sources[LABELS_MOST][64], archive[64];
    for (size_t i = 0; i < p->drawn; i++) {
        snprintf(sources[i], sizeof sources[i], "DS:v%zu:GAUGE:%d:U:U", i, 2 * DAY_S);
        argv[i] = sources[i];
    }
    snprintf(archive, sizeof archive, "RRA:AVERAGE:0.5:1:%lld", (p->end - p->begin) / p->grain_s + 2);
    argv[p->drawn] = archive;
    return rrd_create_r2(p->path, (unsigned long)p->grain_s, (time_t)p->begin, 0, NULL, NULL, (int)p->drawn + 1, argv);
}

static int fill(const struct picture *p)
{
    const char **argv = alloc_zero(p->n_updates * sizeof *argv), *at = p->updates.data;
    for (size_t i = 0; i < p->n_updates; i++, at += strlen(at) + 1)
        argv[i] = at;
    int rc = rrd_update_r(p->path, NULL, (int)p->n_updates, argv);
    free(argv);
    return rc;
}

static int make_series(struct picture *p)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(p->path, sizeof p->path, "%.40s/hallgraph-XXXXXX", tmp ? tmp : "/tmp");
    int fd = mkstemp(p->path);
    if (fd < 0)
        return -1;
    close(fd);
    int rc = create(p);
    if (rc == 0)
        rc = fill(p);
    p->fd = rc == 0 ? open(p->path, O_RDONLY) : -1;
    unlink(p->path);
    snprintf(p->path, sizeof p->path, "/proc/self/fd/%d", p->fd);
    return p->fd >= 0 ? 0 : -1;
}

/* ---- the image */

struct args {
    char *at[ARGS_MOST];
    int n;
};

__attribute__((format(printf, 2, 3))) static void arg(struct args *a, const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (a->n < ARGS_MOST)
        a->at[a->n++] = alloc_text(text);
}

/* A colon ends a field of librrd's little language. */
static void escape(const char *from, char to[2 * LABEL_SIZE])
{
    size_t n = 0;
    for (; *from && n < 2 * LABEL_SIZE - 2; from++) {
        if (*from == ':' || *from == '\\')
            to[n++] = '\\';
        to[n++] = *from;
    }
    to[n] = '\0';
}

static void frame(struct args *a, const struct picture *p)
{
    arg(a, "graph");
    arg(a, "-");
    arg(a, "--imgformat=%s", strcmp(p->o->format, "svg") == 0 ? "SVG" : "PNG");
    arg(a, "--start=%lld", p->begin);
    arg(a, "--end=%lld", p->end);
    arg(a, "--width=%d", p->o->width);
    arg(a, "--height=%d", p->o->height);
    arg(a, "--title=%s", p->title);
    arg(a, "--vertical-label=%s", p->unit);
    arg(a, "--lower-limit=0");
    arg(a, "--font=DEFAULT:0:Noto Sans CJK SC,Sans");
    arg(a, "--disable-rrdtool-tag");
    arg(a, "--border=0");
    arg(a, "--color=BACK#FFFFFF");
    arg(a, "--color=CANVAS#FFFFFF");
}

static void lines(struct args *a, const struct picture *p)
{
    char label[2 * LABEL_SIZE];
    for (size_t i = 0; i < p->drawn; i++) {
        arg(a, "DEF:v%zu=%s:v%zu:AVERAGE", i, p->path, i);
        escape(p->labels[i], label);
        if (p->drawn == 1)
            arg(a, "AREA:v%zu#%s55%s%s", i, COLOURS[i], label[0] ? ":" : "", label);
    }
    for (size_t i = 0; i < p->drawn; i++) {
        escape(p->labels[i], label);
        arg(a, "LINE1.5:v%zu#%s%s%s", i, COLOURS[i], p->drawn > 1 ? ":" : "", p->drawn > 1 ? label : "");
    }
}

static const rrd_blob_t *image_of(const rrd_info_t *info)
{
    for (; info; info = info->next)
        if (strcmp(info->key, "image") == 0 && info->type == RD_I_BLO)
            return &info->value.u_blo;
    return NULL;
}

static int render(const struct picture *p, FILE *out)
{
    struct args a = {.n = 0};
    frame(&a, p);
    lines(&a, p);
    rrd_info_t *info = rrd_graph_v(a.n, a.at);
    const rrd_blob_t *image = image_of(info);
    bool ok = image && fwrite(image->ptr, 1, image->size, out) == image->size && fflush(out) == 0;
    if (info)
        rrd_info_free(info);
    for (int i = 0; i < a.n; i++)
        free(a.at[i]);
    return ok ? 0 : -1;
}

int draw_image(FILE *in, const struct draw_options *o, FILE *out, char why[200])
{
    struct picture p = {.o = o, .updates = BUF_INIT, .fd = -1};
    int rc = -1;
    snprintf(why, 200, "there is nothing to draw");
    if (read_picture(&p, in)) {
        rc = make_series(&p) == 0 ? render(&p, out) : -1;
        snprintf(why, 200, "%.190s", rc && rrd_test_error() ? rrd_get_error() : "no file can be made");
    }
    if (p.fd >= 0)
        close(p.fd);
    buf_fini(&p.updates);
    return rc;
}
