/*
 * A power cut at every moment of a run: plays the log of powercut_writer on a disk in memory, cuts it after every
 * operation and several ways before every sync, and opens what is left with the real store. It must open, its chain
 * must hold, and every event that had been acknowledged must be there. The same run with synchronous=NORMAL must
 * be caught losing some: else this test would prove nothing.
 *
 * POWERCUT_SEED=N repeats the gambles of a failed run; POWERCUT_ROUNDS=N (40 with HALLD_LONG) gambles more often.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/snapshot.h"
#include "tests/crash/disk.h"
#include "tests/crash/events.h"

struct run {
    const char *mode; /* FULL or NORMAL */
    char *folder, *log_file, *cut_dir;
    uint64_t random, seed;
    int rounds;
    bool thorough; /* every operation, not only the acknowledgements */
    uint64_t acked;
    int cuts, lost;
    size_t record; /* number of the last one played */
};

static void stop(const struct run *r, const char *what)
{
    fprintf(stderr, "check_powercut: synchronous=%s, after record %zu, acknowledged %llu, POWERCUT_SEED=%llu: %s\n",
            r->mode, r->record, (unsigned long long)r->acked, (unsigned long long)r->seed, what);
    exit(1);
}

/* ---- one cut ---- */

static int check_event(void *arg, const Halld__Event *event)
{
    uint64_t *next = arg;
    return event->seq == (*next)++ && events_is_right(event) ? 0 : 1;
}

static void check_secret(const struct run *r, struct store *s)
{
    uint8_t ref[16];
    char value[40];
    events_secret(r->acked, ref, value);
    char *found = store_secret_find(s, ref);
    if (!found || strcmp(found, value) != 0)
        stop(r, "the secret of an acknowledged batch is gone");
    free(found);
}

static void check_snapshot(const struct run *r, struct store *s)
{
    struct snapshot_file f = {0};
    if (!snapshot_load(r->cut_dir, s, &f))
        return;
    if (f.hall->seq > store_last_seq(s) || f.extra_len != 5)
        stop(r, "a snapshot that does not fit was loaded");
    snapshot_file_fini(&f);
}

static void check_cut(struct run *r, bool go_on)
{
    struct store *s;
    char why[200] = "";
    uint64_t next = 1;
    if (store_open(r->cut_dir, &s, why) != 0)
        stop(r, why);
    if (store_read(s, 1, UINT64_MAX, check_event, &next) != 0 || next != store_last_seq(s) + 1)
        stop(r, "an event is damaged or missing in the middle");
    r->cuts++;
    if (store_last_seq(s) < r->acked)
        r->lost++;
    else if (r->acked)
        check_secret(r, s);
    check_snapshot(r, s);
    if (go_on && events_write_next(s) != 0)
        stop(r, "it does not go on");
    store_close(s);
}

static void cut(struct run *r, const struct disk *d, enum disk_luck luck)
{
    disk_cut(d, luck, &r->random, r->cut_dir);
    check_cut(r, r->cuts % 8 == 0);
}

/* ---- the run ---- */

static void read_log(struct run *r, uint8_t **ret, size_t *ret_len)
{
    int fd = open(r->log_file, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0)
        stop(r, "the recorder left no log");
    *ret = alloc_grow(NULL, (size_t)st.st_size, 1);
    *ret_len = (size_t)st.st_size;
    if (read(fd, *ret, *ret_len) != st.st_size)
        stop(r, "the log cannot be read");
    close(fd);
}

static void cut_many(struct run *r, const struct disk *d)
{
    cut(r, d, DISK_DROPS);
    for (int i = 0; i < r->rounds; i++)
        cut(r, d, DISK_GAMBLES);
}

static void check_log(struct run *r)
{
    uint8_t *log;
    size_t len, at = 0;
    struct disk_record record;
    struct disk *d = disk_new();
    read_log(r, &log, &len);
    while (disk_next_record(log, len, &at, &record)) {
        bool sync = record.kind == RECORD_SYNC || record.kind == RECORD_SYNC_FOLDER;
        if (sync && r->thorough)
            cut_many(r, d);
        disk_play(d, &record);
        r->record++;
        if (record.kind == RECORD_ACK)
            r->acked = strtoull((const char *)record.data, NULL, 10);
        if (record.kind == RECORD_ACK || r->thorough)
            cut(r, d, record.kind == RECORD_ACK ? DISK_DROPS : DISK_KEEPS);
    }
    disk_free(d);
    free(log);
}

static void exec_writer(const struct run *r)
{
    char *dir = alloc_format("%s/data", r->folder), *acks = alloc_format("%s/acks", r->folder);
    char *builddir = getenv("top_builddir"), *path = realpath(builddir ? builddir : ".", NULL);
    const char *asan = getenv("ASAN_OPTIONS");
    setenv("RECORD_DIR", dir, 1);
    setenv("RECORD_ACKS", acks, 1);
    setenv("RECORD_LOG", r->log_file, 1);
    setenv("POWERCUT_SYNCHRONOUS", r->mode, 1);
    setenv("ASAN_OPTIONS", alloc_format("%s:verify_asan_link_order=0", asan ? asan : ""), 1);
    setenv("LD_PRELOAD", alloc_format("%s/tests/crash/record.so", path), 1);
    execl(alloc_format("%s/tests/crash/powercut_writer", path), "powercut_writer", dir, acks, (char *)NULL);
    perror("powercut_writer");
    _exit(1);
}

static void make_log(struct run *r)
{
    pid_t pid = fork();
    int status = 0;
    if (pid == 0)
        exec_writer(r);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        stop(r, "the writer failed");
}

static struct run run_all(const char *mode)
{
    const char *seed = getenv("POWERCUT_SEED"), *rounds = getenv("POWERCUT_ROUNDS");
    const char *shm = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", *tmp = getenv("TMPDIR");
    struct run r = {.mode = mode, .seed = seed ? strtoull(seed, NULL, 10) : 20261123};
    r.thorough = strcmp(mode, "FULL") == 0;
    r.random = r.seed ? r.seed : 1;
    r.rounds = rounds ? atoi(rounds) : getenv("HALLD_LONG") ? 40 : 3;
    r.folder = alloc_format("%s/check_powercut.XXXXXX", tmp ? tmp : shm);
    if (!mkdtemp(r.folder))
        stop(&r, "no folder to work in");
    r.log_file = alloc_format("%s/log", r.folder);
    r.cut_dir = alloc_format("%s/cut", r.folder);
    make_log(&r);
    if (mkdir(r.cut_dir, 0700) != 0)
        stop(&r, "no folder for the cuts");
    check_log(&r);
    printf("synchronous=%s: %zu operations, %d power cuts, %llu events acknowledged, %d cuts lost some\n", mode,
           r.record, r.cuts, (unsigned long long)r.acked, r.lost);
    char *command = alloc_format("rm -rf '%s'", r.folder);
    if (system(command) != 0)
        stop(&r, "the folder stays");
    free(command);
    free(r.folder);
    free(r.log_file);
    free(r.cut_dir);
    return r;
}

int main(void)
{
    log_set_level(0); /* snapshots that a cut made unfit are said otherwise */
    struct run full = run_all("FULL"), normal = run_all("NORMAL");
    if (full.lost)
        stop(&full, "acknowledged events were lost");
    if (!normal.lost)
        stop(&normal, "synchronous=NORMAL was not caught: the test is blind");
    return 0;
}
