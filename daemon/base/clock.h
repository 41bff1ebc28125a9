/*
 * The hall's clock: runs on CLOCK_BOOTTIME from an anchor, follows the machine's slews but not its steps,
 * and never goes back. With a rate it runs faster, for simulations.
 *
 * A wall clock within 2 s of the hall's is followed. One further away has been stepped: the hall's time
 * runs on as before and `stepped` says by how much, until clock_accept. After accepting a wall that is
 * behind, the hall's time runs at half speed until the wall has caught up, since it must not go back.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_FOLLOW_MS = 2000 };

struct clock {
    int64_t anchor_wall, anchor_boot, last; /* ms; hall time anchor_wall was at anchor_boot */
    double rate;                            /* 1 on the real clock */
    bool real;                              /* follows the machine's wall clock */
    bool slow;                              /* accepted a wall that is behind: half speed */
    int64_t stepped;                        /* wall - hall at the last look, if over 2 s; else 0 */
    int64_t (*wall)(void), (*boot)(void);   /* the machine's; tests put their own before init */
};

/* c is zero but for wall and boot, which may be set. Real; starts at the wall, or at not_before if that is later. */
void clock_init(struct clock *c, int64_t not_before);
void clock_init_simulated(struct clock *c, int64_t start, double rate);
int64_t clock_now(struct clock *c);           /* ms; never decreases */
void clock_accept(struct clock *c);           /* moves the anchor to the wall (never back): decision 11 */
int64_t clock_wall_ms(const struct clock *c); /* what the machine says */
/* Machine milliseconds until the hall's time is `at`; 0 if it is past. */
int64_t clock_until(struct clock *c, int64_t at);
bool clock_machine_is_synced(void); /* kernel time sync */
int64_t clock_monotonic_ms(void);   /* for I/O deadlines */
int64_t clock_monotonic_us(void);   /* for how long something took */

#endif
