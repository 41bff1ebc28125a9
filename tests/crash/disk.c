#include "tests/crash/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { SECTOR = 512 };

struct content {
    uint8_t *data;
    size_t len, cap;
};

struct node {
    struct content synced;
    struct disk_record *pending; /* writes and truncates since */
    size_t n;
};

struct name {
    char *text;
    size_t node;
};

struct names {
    struct name *at;
    size_t n;
};

struct change { /* of names */
    enum record_kind kind;
    char *name, *second;
    size_t node;
};

struct disk {
    struct node *nodes;
    size_t n_nodes;
    struct names now, synced;
    struct change *changes; /* since the folder's sync */
    size_t n_changes;
};

/* ---- names ---- */

static struct name *names_find(const struct names *names, const char *text)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->at[i].text, text) == 0)
            return &names->at[i];
    return NULL;
}

static void names_remove(struct names *names, const char *text)
{
    struct name *name = names_find(names, text);
    if (!name)
        return;
    free(name->text);
    *name = names->at[--names->n];
}

static void names_put(struct names *names, const char *text, size_t node)
{
    names_remove(names, text);
    names->at = alloc_grow(names->at, names->n + 1, sizeof *names->at);
    names->at[names->n++] = (struct name){alloc_text(text), node};
}

static void names_change(struct names *names, const struct change *c)
{
    if (c->kind == RECORD_UNLINK || c->kind == RECORD_RENAME)
        names_remove(names, c->name);
    if (c->kind == RECORD_CREATE)
        names_put(names, c->name, c->node);
    if (c->kind == RECORD_RENAME || c->kind == RECORD_LINK)
        names_put(names, c->second, c->node);
}

static void names_copy(struct names *to, const struct names *from)
{
    for (size_t i = 0; i < from->n; i++)
        names_put(to, from->at[i].text, from->at[i].node);
}

static void names_fini(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->at[i].text);
    free(names->at);
}

static bool stands_in(const char *name, const char *folder)
{
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) : 0;
    return strlen(folder) == n && strncmp(name, folder, n) == 0;
}

/* ---- content ---- */

static void content_resize(struct content *c, size_t len)
{
    if (len > c->cap) {
        c->cap = 2 * len;
        c->data = alloc_grow(c->data, c->cap, 1);
    }
    if (len > c->len)
        memset(c->data + c->len, 0, len - c->len);
    c->len = len;
}

static void content_write(struct content *c, size_t at, const uint8_t *data, size_t len)
{
    if (at + len > c->len)
        content_resize(c, at + len);
    memcpy(c->data + at, data, len);
}

static uint64_t roll(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Each sector of the file that the write touches arrives or does not. */
static void content_write_torn(struct content *c, const struct disk_record *r, uint64_t *random)
{
    for (size_t done = 0, n; done < r->data_len; done += n) {
        n = SECTOR - (r->at + done) % SECTOR;
        if (n > r->data_len - done)
            n = r->data_len - done;
        if (roll(random) & 1)
            content_write(c, r->at + done, r->data + done, n);
    }
}

static void content_play(struct content *c, const struct disk_record *r)
{
    if (r->kind == RECORD_TRUNCATE)
        content_resize(c, r->at);
    else
        content_write(c, r->at, r->data, r->data_len);
}

/* keep: of 8, how many whole operations arrive; of the others half arrive in part. */
static void content_gamble(struct content *c, const struct disk_record *r, unsigned keep, uint64_t *random)
{
    if (roll(random) % 8 < keep)
        content_play(c, r);
    else if (r->kind == RECORD_WRITE && (roll(random) & 1))
        content_write_torn(c, r, random);
}

/* ---- playing the log ---- */

bool disk_next_record(const uint8_t *log, size_t len, size_t *at, struct disk_record *ret)
{
    struct record_head head;
    if (*at == len)
        return false;
    memcpy(&head, log + *at, sizeof head);
    const uint8_t *name = log + *at + sizeof head;
    *ret = (struct disk_record){.kind = head.kind,
                                .at = head.at,
                                .name = (const char *)name,
                                .name_len = head.name_len,
                                .data = name + head.name_len,
                                .data_len = head.data_len};
    *at += sizeof head + head.name_len + head.data_len;
    return true;
}

struct disk *disk_new(void)
{
    return alloc_zero(sizeof(struct disk));
}

void disk_free(struct disk *d)
{
    for (size_t i = 0; i < d->n_nodes; i++) {
        free(d->nodes[i].synced.data);
        free(d->nodes[i].pending);
    }
    for (size_t i = 0; i < d->n_changes; i++) {
        free(d->changes[i].name);
        free(d->changes[i].second);
    }
    names_fini(&d->now);
    names_fini(&d->synced);
    free(d->changes);
    free(d->nodes);
    free(d);
}

static void play_name(struct disk *d, const struct disk_record *r)
{
    struct change c = {.kind = r->kind,
                       .name = alloc_format("%.*s", (int)r->name_len, r->name),
                       .second = alloc_format("%.*s", (int)r->data_len, (const char *)r->data)};
    struct name *name = names_find(&d->now, c.name);
    if (name)
        c.node = name->node;
    if (c.kind == RECORD_CREATE) {
        c.node = d->n_nodes;
        d->nodes = alloc_grow(d->nodes, d->n_nodes + 1, sizeof *d->nodes);
        d->nodes[d->n_nodes++] = (struct node){0};
    }
    d->changes = alloc_grow(d->changes, d->n_changes + 1, sizeof *d->changes);
    d->changes[d->n_changes++] = c;
    names_change(&d->now, &c);
}

static void play_sync_folder(struct disk *d, const char *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->n_changes; i++) {
        struct change *c = &d->changes[i];
        if (!stands_in(c->name, folder)) {
            d->changes[kept++] = *c;
            continue;
        }
        names_change(&d->synced, c);
        free(c->name);
        free(c->second);
    }
    d->n_changes = kept;
}

static void play_content(struct disk *d, const struct disk_record *r, const char *text)
{
    struct name *name = names_find(&d->now, text);
    if (!name) {
        fprintf(stderr, "the log writes to %s, which was never made\n", text);
        exit(1);
    }
    struct node *node = &d->nodes[name->node];
    if (r->kind == RECORD_SYNC) {
        for (size_t i = 0; i < node->n; i++)
            content_play(&node->synced, &node->pending[i]);
        node->n = 0;
        return;
    }
    node->pending = alloc_grow(node->pending, node->n + 1, sizeof *node->pending);
    node->pending[node->n++] = *r;
}

void disk_play(struct disk *d, const struct disk_record *r)
{
    char *text = alloc_format("%.*s", (int)r->name_len, r->name);
    if (r->kind == RECORD_SYNC_FOLDER)
        play_sync_folder(d, text);
    else if (strchr("WTS", (int)r->kind))
        play_content(d, r, text);
    else if (r->kind != RECORD_ACK)
        play_name(d, r);
    free(text);
}

/* ---- the cut ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    return ftw->level == 0 ? 0 : remove(path);
}

static void put_file(const char *dir, const char *name, const struct content *c)
{
    char *path = alloc_format("%s/%s", dir, name), *slash = strrchr(path, '/');
    *slash = '\0';
    bool there = mkdir(path, 0700) == 0 || errno == EEXIST;
    *slash = '/';
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!there || fd < 0 || (c->len && write(fd, c->data, c->len) != (ssize_t)c->len)) {
        perror(path);
        exit(1);
    }
    close(fd);
    free(path);
}

static void cut_file(const struct node *node, enum disk_luck luck, uint64_t *random, struct content *to)
{
    static const unsigned moods[] = {1, 4, 7};
    unsigned keep = moods[roll(random) % 3];
    content_resize(to, 0);
    if (node->synced.len)
        content_write(to, 0, node->synced.data, node->synced.len);
    for (size_t i = 0; i < node->n && luck != DISK_DROPS; i++)
        if (luck == DISK_KEEPS)
            content_play(to, &node->pending[i]);
        else
            content_gamble(to, &node->pending[i], keep, random);
}

void disk_cut(const struct disk *d, enum disk_luck luck, uint64_t *random, const char *dir)
{
    static const size_t all = SIZE_MAX;
    size_t changes = luck == DISK_KEEPS ? all : luck == DISK_DROPS ? 0 : roll(random) % (d->n_changes + 1);
    struct names names = {0};
    struct content content = {0};
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    names_copy(&names, &d->synced);
    for (size_t i = 0; i < d->n_changes && i < changes; i++)
        names_change(&names, &d->changes[i]);
    for (size_t i = 0; i < names.n; i++) {
        cut_file(&d->nodes[names.at[i].node], luck, random, &content);
        put_file(dir, names.at[i].text, &content);
    }
    names_fini(&names);
    free(content.data);
}
