/*
 * A disk in memory that plays a record.so log and can say what a power cut would leave: what was synced stays; what
 * was not is kept, dropped, or kept in part, down to single 512-byte sectors; names come and go in their order, those
 * after the folder's last sync perhaps not at all.
 */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/crash/record.h"

struct disk;

struct disk_record {
    enum record_kind kind;
    uint64_t at;
    const char *name;    /* not terminated: name_len bytes */
    const uint8_t *data; /* a second name for renames and links */
    size_t name_len, data_len;
};

enum disk_luck { DISK_KEEPS, DISK_DROPS, DISK_GAMBLES };

/* Reads the next record at *at of a whole log; false at its end. Borrowed from the log. */
bool disk_next_record(const uint8_t *log, size_t len, size_t *at, struct disk_record *ret);

struct disk *disk_new(void);
void disk_free(struct disk *d);
/* The log must outlive the disk. */
void disk_play(struct disk *d, const struct disk_record *r);
/* Writes what the cut leaves into the folder dir, which is emptied first. random moves on. */
void disk_cut(const struct disk *d, enum disk_luck luck, uint64_t *random, const char *dir);

#endif
