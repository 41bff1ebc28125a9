/*
 * The log of everything that reached files of a data folder, in order: written by record.so, read by
 * check_powercut. Each record is this head, then the name (relative to the folder), a second name (renames,
 * links) or the data written, without padding.
 */
#ifndef TESTS_CRASH_RECORD_H
#define TESTS_CRASH_RECORD_H

#include <stdint.h>

enum record_kind {
    RECORD_CREATE = 'C',   /* a name that was not there */
    RECORD_WRITE = 'W',    /* data at `at` */
    RECORD_TRUNCATE = 'T', /* to length `at` */
    RECORD_SYNC = 'S',
    RECORD_SYNC_FOLDER = 'D',
    RECORD_UNLINK = 'U',
    RECORD_RENAME = 'R',
    RECORD_LINK = 'L',
    RECORD_ACK = 'A', /* the program told somebody: data is its text */
};

struct record_head {
    uint8_t kind;
    uint8_t zero[3];
    uint32_t name_len, data_len;
    uint32_t zero2;
    uint64_t at;
};

#endif
