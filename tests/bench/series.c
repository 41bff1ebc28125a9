/*
 * The work on a hall's series, from a journal: block by block as it happens, each block's pages on the disk before the
 * next, and everything at once as a rebuild. CPU time of the thread, bytes as the kernel counts them.
 *
 *   series JOURNAL FOLDER
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "metrics/keeper.h"
#include "store/journal.h"

enum { BLOCK_MS = FOLD_BLOCK * FOLD_MINUTE_MS, DAYS = 2 };

struct block {
    uint64_t end; /* seq of the first event after it */
    int32_t day;
};

struct blocks {
    struct block *at;
    size_t n;
    int64_t block;
    uint64_t last;
    int32_t day;
};

static int take(void *arg, const Halld__Event *event)
{
    struct blocks *b = arg;
    int64_t block = event->at / BLOCK_MS;
    if (block != b->block) {
        b->at = alloc_grow(b->at, b->n + 1, sizeof *b->at);
        b->at[b->n++] = (struct block){event->seq, event->day};
    }
    b->block = block;
    b->last = event->seq;
    return 0;
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double written_mib(void)
{
    char line[100];
    long long bytes = 0;
    FILE *f = fopen("/proc/self/io", "re");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "write_bytes: %lld", &bytes);
    if (f)
        fclose(f);
    return (double)bytes / (1 << 20);
}

static struct blocks read_blocks(const char *file)
{
    struct blocks b = {0};
    struct journal *j;
    struct journal_fault fault;
    struct journal_tail tail;
    char why[200];
    if (journal_open(file, &j, why) != 0 || journal_last(j, &tail, &fault) != 0 ||
        journal_read(j, 1, tail.seq, take, &b, &fault) != 0) {
        fprintf(stderr, "series: %s cannot be read\n", file);
        exit(1);
    }
    journal_close(j);
    return b;
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) != 0)
        exit(1);
    close(fd);
}

int main(int argc, char **argv)
{
    struct keeper *k;
    char why[200];
    if (argc != 3)
        return 64;
    struct blocks b = read_blocks(argv[1]);
    struct keeper_options o = {.dir = argv[2], .journal = argv[1], .simulated = true};
    if (b.n < 20 || keeper_open(&o, &k, why) != 0)
        return 1;
    while (!keeper_advance(k, b.at[4].end, 1000000)) { /* the files are made */
    }
    sync_folder(argv[2]);
    int32_t first = b.at[4].day;
    size_t i = 4;
    double cpu = 0, before = written_mib();
    int64_t minutes = fold_minute(keeper_fold(k));
    for (; i < b.n && b.at[i].day < first + DAYS; i++) {
        double began = cpu_s();
        keeper_advance(k, b.at[i].end, 1000000);
        cpu += cpu_s() - began;
        sync_folder(argv[2]);
    }
    minutes = fold_minute(keeper_fold(k)) - minutes;
    double days = (double)minutes / 1440, mib = written_mib() - before;
    double began = cpu_s();
    keeper_rebuild(k);
    while (!keeper_advance(k, b.last, 5000)) {
    }
    double rebuild = cpu_s() - began;
    printf("{\"blocks\":%zu,\"days\":%.2f,\"cpu_s\":%.3f,\"mib\":%.1f,\"rebuild_s\":%.2f,\"events\":%llu}\n", i - 4,
           days, cpu, mib, rebuild, (unsigned long long)b.last);
    keeper_close(k);
    free(b.at);
    return 0;
}
