#include "store/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "store/folder.h"

/* All numbers little-endian; docs/journal.md has the same table. */
enum {
    AT_FORMAT = 8,    /* u32 */
    AT_SEQ = 12,      /* u64 */
    AT_HEAD = 20,     /* 32 bytes */
    AT_HALL_LEN = 52, /* u64 */
    AT_EXTRA_LEN = 60,
    HEADER = 68, /* then the hall, the extra part, the checksum */
    SUM = 32,
    FORMAT = 2,
    KEPT = 2,
};

static const char MAGIC[8] = "HALLSNAP";

static void put_number(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t take_number(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

void snapshot_file_fini(struct snapshot_file *f)
{
    if (f->hall)
        halld__snapshot__free_unpacked(f->hall, NULL);
    free(f->extra);
    *f = (struct snapshot_file){0};
}

/* ---- the folder ---- */

struct found {
    uint64_t *seq; /* newest first */
    size_t n;
};

static int newer_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

static bool seq_of_name(const char *name, uint64_t *ret)
{
    uint64_t seq;
    int end = 0;
    if (sscanf(name, "%" SCNu64 ".snap%n", &seq, &end) != 1 || end == 0 || name[end])
        return false;
    *ret = seq;
    return true;
}

static struct found list_files(const char *folder)
{
    struct found f = {0};
    struct dirent *entry;
    DIR *d = opendir(folder);
    while (d && (entry = readdir(d))) {
        uint64_t seq;
        if (!seq_of_name(entry->d_name, &seq))
            continue;
        f.seq = alloc_grow(f.seq, f.n + 1, sizeof *f.seq);
        f.seq[f.n++] = seq;
    }
    if (d)
        closedir(d);
    if (f.n)
        qsort(f.seq, f.n, sizeof *f.seq, newer_first);
    return f;
}

static char *name_of(const char *dir, uint64_t seq)
{
    return alloc_format("%s/snapshot/%" PRIu64 ".snap", dir, seq);
}

static void remove_old(const char *dir, const char *folder)
{
    struct found f = list_files(folder);
    for (size_t i = KEPT; i < f.n; i++) {
        char *name = name_of(dir, f.seq[i]);
        unlink(name);
        free(name);
    }
    free(f.seq);
}

/* ---- saving ---- */

static void fill(struct buf *b, const Halld__Snapshot *s, const uint8_t head[32], const void *extra, size_t extra_len)
{
    size_t hall_len = halld__snapshot__get_packed_size(s), len = HEADER + hall_len + extra_len;
    uint8_t *at = (uint8_t *)buf_reserve(b, len + SUM);
    memcpy(at, MAGIC, sizeof MAGIC);
    put_number(at + AT_FORMAT, FORMAT, 4);
    put_number(at + AT_SEQ, s->seq, 8);
    memcpy(at + AT_HEAD, head, 32);
    put_number(at + AT_HALL_LEN, hall_len, 8);
    put_number(at + AT_EXTRA_LEN, extra_len, 8);
    halld__snapshot__pack(s, at + HEADER);
    if (extra_len)
        memcpy(at + HEADER + hall_len, extra, extra_len);
    crypto_generichash(at + len, SUM, at, len, NULL, 0);
    b->len += len + SUM;
}

static int write_synced(const char *name, const struct buf *b)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int rc = folder_write_all(fd, b->data, b->len), why;
    if (rc == 0)
        rc = fsync(fd);
    why = errno;
    close(fd);
    errno = why;
    return rc;
}

/* A cache: not even a full disk or a failed sync here says anything about the journal. */
int snapshot_save(const char *dir, const Halld__Snapshot *s, const uint8_t head[32], const void *extra,
                  size_t extra_len)
{
    char *folder = alloc_format("%s/snapshot", dir), *part = alloc_format("%s/part", folder);
    char *name = name_of(dir, s->seq);
    struct buf b = BUF_INIT;
    int code = 0;
    fill(&b, s, head, extra, extra_len);
    if (folder_make(folder) != 0 || write_synced(part, &b) != 0 || rename(part, name) != 0 ||
        folder_sync(folder) != 0) {
        code = errno == ENOSPC || errno == EDQUOT ? HALL_E_DISK_FULL : HALL_E_STORE_FAILED;
        log_warn("store", "snapshot %s: %s", name, strerror(errno));
        unlink(part);
    } else {
        remove_old(dir, folder);
    }
    buf_fini(&b);
    free(name);
    free(part);
    free(folder);
    return code;
}

/* ---- loading ---- */

static int read_whole(const char *name, struct buf *b)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return -1;
    ssize_t n = -1;
    if (fstat(fd, &st) == 0) {
        char *at = buf_reserve(b, (size_t)st.st_size + 1);
        while ((n = read(fd, at + b->len, (size_t)st.st_size + 1 - b->len)) > 0)
            b->len += (size_t)n;
    }
    close(fd);
    return n == 0 ? 0 : -1;
}

/* NULL, or what is wrong with the bytes. */
static const char *check_bytes(const struct buf *b, uint64_t seq, struct store *store)
{
    const uint8_t *at = (const uint8_t *)b->data;
    uint8_t sum[SUM], head[32];
    if (b->len < HEADER + SUM || memcmp(at, MAGIC, sizeof MAGIC) != 0)
        return "it is no snapshot";
    if (take_number(at + AT_FORMAT, 4) != FORMAT)
        return "it has another format";
    uint64_t hall = take_number(at + AT_HALL_LEN, 8), extra = take_number(at + AT_EXTRA_LEN, 8);
    if (hall > b->len || extra > b->len || HEADER + hall + extra + SUM != b->len)
        return "it is not whole";
    crypto_generichash(sum, SUM, at, b->len - SUM, NULL, 0);
    if (memcmp(sum, at + b->len - SUM, SUM) != 0)
        return "its checksum is wrong";
    if (take_number(at + AT_SEQ, 8) != seq)
        return "it belongs to another event";
    if (seq > store_last_seq(store))
        return "it is ahead of the journal, which has lost events or was restored";
    if (!store_head(store, seq, head) || memcmp(head, at + AT_HEAD, sizeof head) != 0)
        return "it belongs to another journal";
    return NULL;
}

static const char *take_bytes(const struct buf *b, uint64_t seq, struct store *store, struct snapshot_file *ret)
{
    const char *wrong = check_bytes(b, seq, store);
    if (wrong)
        return wrong;
    const uint8_t *at = (const uint8_t *)b->data;
    size_t hall = take_number(at + AT_HALL_LEN, 8), extra = take_number(at + AT_EXTRA_LEN, 8);
    Halld__Snapshot *s = halld__snapshot__unpack(NULL, hall, at + HEADER);
    if (!s || s->seq != seq) {
        if (s)
            halld__snapshot__free_unpacked(s, NULL);
        return "its hall cannot be unpacked";
    }
    *ret = (struct snapshot_file){.hall = s, .extra = alloc_copy(at + HEADER + hall, extra), .extra_len = extra};
    return NULL;
}

static bool load_one(const char *dir, uint64_t seq, struct store *store, struct snapshot_file *ret)
{
    char *name = name_of(dir, seq);
    struct buf b = BUF_INIT;
    const char *wrong = read_whole(name, &b) == 0 ? take_bytes(&b, seq, store, ret) : strerror(errno);
    if (wrong)
        log_warn("store", "snapshot %s is ignored: %s", name, wrong);
    buf_fini(&b);
    free(name);
    return !wrong;
}

bool snapshot_load(const char *dir, struct store *store, struct snapshot_file *ret)
{
    char *folder = alloc_format("%s/snapshot", dir);
    struct found f = list_files(folder);
    bool loaded = false;
    for (size_t i = 0; i < f.n && !loaded; i++)
        loaded = load_one(dir, f.seq[i], store, ret);
    free(f.seq);
    free(folder);
    return loaded;
}
