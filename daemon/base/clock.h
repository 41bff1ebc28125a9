/*
 * The hall's clock: runs on CLOCK_BOOTTIME from an anchor, follows the machine's slews but not its steps,
 * and never goes back. With a rate it runs faster, for simulations.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
    int64_t anchor_wall, anchor_boot, last; /* ms */
    double rate;   /* 1 on the real clock */
    bool real;     /* follows the machine's wall clock */
    int64_t stepped; /* wall - hall at the last look, if over 2 s; else 0 */
    int64_t (*wall)(void), (*boot)(void); /* the machine's; tests put their own */
};

void clock_init(struct clock *c, int64_t not_before); /* real; starts at the wall, or at not_before if that is later */
void clock_init_simulated(struct clock *c, int64_t start, double rate);
int64_t clock_now(struct clock *c);   /* ms; never decreases */
void clock_accept(struct clock *c);   /* moves the anchor to the wall (never back): decision 11 */
bool clock_machine_is_synced(void);   /* kernel time sync */
int64_t clock_monotonic_ms(void);     /* for I/O deadlines */

#endif
