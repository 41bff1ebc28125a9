#include "net/pages.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "net/inside.h"

enum { FILES_MOST = 2000, FILE_MOST = 4 << 20, DEPTH_MOST = 6, PATH_SIZE = 512 };

/* One page for every link below the prefix: whoever has the link sees its ticket, matter or appointment there. */
static const struct {
    const char *prefix, *page;
} LINKS[] = {{"/book/", "/book/index.html"}, {"/m/", "/m/index.html"}, {"/t/", "/t/index.html"}};

/* One page for these folders, too: it loads the page.js of the one that was asked for. */
static const char MATTER_PAGE[] = "/matter/frame.html";
static const char *const MATTER_FOLDERS[] = {"/approver/", "/desk/", "/leader/", "/matters/"};

/* Nothing from elsewhere, nothing inline, and no frame around us. */
static const char POLICY[] = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
                             "frame-ancestors 'none'";

struct pages {
    struct page *files; /* sorted by path */
    size_t n, cap;
};

static const struct {
    const char *suffix, *type;
} TYPES[] = {
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".wav", "audio/wav"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
};

/* NULL: not a file for browsers (a build file, notes). */
static const char *type_of(const char *name)
{
    const char *suffix = strrchr(name, '.');
    for (size_t i = 0; suffix && i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(TYPES[i].suffix, suffix) == 0)
            return TYPES[i].type;
    return NULL;
}

static void make_etag(struct page *page)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a: tells versions apart, keeps no secret */
    for (size_t i = 0; i < page->len; i++)
        hash = (hash ^ (unsigned char)page->data[i]) * UINT64_C(0x100000001b3);
    snprintf(page->etag, sizeof page->etag, "\"%016llx\"", (unsigned long long)hash);
}

static void add_file(struct pages *p, const char *file, const char *path, size_t size, const char *type)
{
    FILE *f = fopen(file, "re");
    char *data = alloc_grow(NULL, size + 1, 1);
    size_t len = f ? fread(data, 1, size, f) : 0;
    if (f)
        fclose(f);
    if (!f || len != size) {
        log_warn("pages", "%s: cannot be read", file);
        free(data);
        return;
    }
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 64;
        p->files = alloc_grow(p->files, p->cap, sizeof *p->files);
    }
    struct page *page = &p->files[p->n++];
    *page = (struct page){.path = alloc_text(path), .data = data, .len = len, .type = type};
    make_etag(page);
}

/* dir is the folder on disk, path its address, both without a slash at their ends. */
static void add_folder(struct pages *p, const char *dir, const char *path, int depth)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (!d)
        log_warn("pages", "%s: %s", dir, strerror(errno));
    while (d && (e = readdir(d))) {
        char file[PATH_SIZE * 2], address[PATH_SIZE];
        struct stat st;
        if (e->d_name[0] == '.' || (size_t)snprintf(file, sizeof file, "%s/%s", dir, e->d_name) >= sizeof file ||
            (size_t)snprintf(address, sizeof address, "%s/%s", path, e->d_name) >= sizeof address ||
            lstat(file, &st) != 0)
            continue;
        const char *type = type_of(e->d_name);
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MOST && strcmp(e->d_name, "node_modules") != 0)
            add_folder(p, file, address, depth + 1);
        else if (S_ISREG(st.st_mode) && type && st.st_size <= FILE_MOST && p->n < FILES_MOST)
            add_file(p, file, address, (size_t)st.st_size, type);
    }
    if (d)
        closedir(d);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct page *)a)->path, ((const struct page *)b)->path);
}

struct pages *pages_new(const char *dir)
{
    struct pages *p = alloc_zero(sizeof *p);
    size_t len = strlen(dir);
    char *folder = alloc_text(dir);
    while (len > 1 && folder[len - 1] == '/')
        folder[--len] = '\0';
    add_folder(p, folder, "", 0);
    free(folder);
    if (p->n)
        qsort(p->files, p->n, sizeof *p->files, compare);
    return p;
}

void pages_free(struct pages *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++) {
        free(p->files[i].path);
        free(p->files[i].data);
    }
    free(p->files);
    free(p);
}

size_t pages_count(const struct pages *p)
{
    return p->n;
}

static const struct page *find_exactly(const struct pages *p, const char *path)
{
    struct page key = {.path = (char *)path};
    return p->n ? bsearch(&key, p->files, p->n, sizeof *p->files, compare) : NULL;
}

const struct page *pages_find(const struct pages *p, const char *path)
{
    char index[PATH_SIZE];
    size_t len = strlen(path);
    const struct page *page = find_exactly(p, path);
    if (!page && len > 0 && path[len - 1] == '/' &&
        (size_t)snprintf(index, sizeof index, "%sindex.html", path) < sizeof index)
        page = find_exactly(p, index);
    for (size_t i = 0; !page && i < sizeof LINKS / sizeof LINKS[0]; i++) {
        size_t n = strlen(LINKS[i].prefix);
        if (strncmp(path, LINKS[i].prefix, n) == 0 && !strchr(path + n, '/'))
            page = find_exactly(p, LINKS[i].page);
    }
    for (size_t i = 0; !page && i < sizeof MATTER_FOLDERS / sizeof MATTER_FOLDERS[0]; i++)
        if (strcmp(path, MATTER_FOLDERS[i]) == 0)
            page = find_exactly(p, MATTER_PAGE);
    return page;
}

static void serve_page(struct call *c, const struct page *page)
{
    struct request *r = c->request;
    request_add_header(r, "ETag", page->etag);
    request_add_header(r, "Cache-Control", "no-cache"); /* kept, but asked for again: 304 costs little */
    request_add_header(r, "Content-Security-Policy", POLICY);
    request_add_header(r, "X-Content-Type-Options", "nosniff");
    request_add_header(r, "Referrer-Policy", "no-referrer"); /* a ticket's link is a secret */
    request_add_header(r, "X-Frame-Options", "DENY");
    net_forget_call(c);
    if (parse_etag_matches(request_header(r, "If-None-Match"), page->etag))
        http_reply(r, 304, NULL, NULL, 0);
    else
        http_reply(r, 200, page->type, page->data, page->len);
}

/* "/kiosk" -> "/kiosk/", or the page's own relative addresses would be wrong. */
static bool is_folder(const struct pages *p, const char *path)
{
    char folder[PATH_SIZE];
    return (size_t)snprintf(folder, sizeof folder, "%s/", path) < sizeof folder && pages_find(p, folder);
}

void pages_serve(const struct pages *p, struct call *c, const char *path)
{
    char decoded[PATH_SIZE];
    const char *method = request_method(c->request);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        request_add_header(c->request, "Allow", "GET, HEAD");
        call_refuse_field(c, HALL_E_BAD_METHOD, "", method);
        return;
    }
    const struct page *page = NULL;
    bool sound = parse_percent(path, strlen(path), false, decoded, sizeof decoded);
    if (sound)
        page = pages_find(p, decoded);
    if (page) {
        serve_page(c, page);
    } else if (sound && is_folder(p, decoded)) {
        char *to = alloc_format("%s/", path);
        call_redirect(c, to);
        free(to);
    } else {
        call_refuse(c, HALL_E_NOT_FOUND);
    }
}
