/*
 * A hall at work by chance: settings, people and clerks made from a seed, in virtual time, through the real core. Most
 * acts are what people and clerks would do next; some are nonsense, which the core must refuse.
 */
#ifndef TESTS_LIB_RANDOM_HALL_H
#define TESTS_LIB_RANDOM_HALL_H

#include "base/buf.h"
#include "play.h"

struct random_hall {
    struct play play; /* its answer is the last command's */
    uint64_t random;
    int32_t date;
    int windows, items, classes;
    int nonsense;                                            /* per cent of the acts */
    bool matters;                                            /* some acts are about matters; set after init */
    int64_t opened;                                          /* when people begin to come */
    struct buf settings;                                     /* JSON */
    void (*decided)(void *arg, const struct answer *answer); /* after each command, refused ones too; may be NULL */
    void *arg;
};

/* The settings by the seed, in force; the first day open, its windows still closed. */
void random_hall_init(struct random_hall *r, uint64_t seed);
void random_hall_fini(struct random_hall *r);
/* Time goes on and somebody acts; ticks come when they are due. */
void random_hall_step(struct random_hall *r);
/* Nobody comes any more: to the end of the day, with its sweep. */
void random_hall_end_day(struct random_hall *r);
/* The day after, when the day is over. */
void random_hall_next_day(struct random_hall *r);

/* 0 .. n - 1 */
uint32_t random_hall_roll(struct random_hall *r, uint32_t n);
/* One command as JSON; its code. */
__attribute__((format(printf, 2, 3))) int random_hall_send(struct random_hall *r, const char *format, ...);

#endif
