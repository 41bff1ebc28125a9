#include "base/clock.h"

#include <stdlib.h>
#include <sys/timex.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;
    if (clock_gettime(id, &ts) != 0)
        abort();
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t machine_wall(void)
{
    return read_ms(CLOCK_REALTIME);
}

static int64_t machine_boot(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

bool clock_machine_is_synced(void)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);
    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

static void init(struct clock *c, int64_t start)
{
    if (!c->wall)
        c->wall = machine_wall;
    if (!c->boot)
        c->boot = machine_boot;
    c->anchor_wall = c->last = start;
    c->anchor_boot = c->boot();
    c->slow = false;
    c->stepped = 0;
}

void clock_init(struct clock *c, int64_t not_before)
{
    c->real = true;
    c->rate = 1;
    init(c, not_before);
    int64_t wall = c->wall();
    if (wall > not_before)
        c->anchor_wall = c->last = wall;
    clock_now(c);
}

void clock_init_simulated(struct clock *c, int64_t start, double rate)
{
    c->real = false;
    c->rate = rate;
    init(c, start);
}

static void anchor(struct clock *c, int64_t hall, int64_t boot)
{
    c->anchor_wall = hall;
    c->anchor_boot = boot;
}

/* Half speed ends when the wall is there; a wall near enough is followed; any other is only noted. */
static int64_t follow(struct clock *c, int64_t hall, int64_t boot)
{
    int64_t ahead = c->wall() - hall;
    if (c->slow && ahead < 0)
        return hall;
    c->slow = false;
    if (llabs(ahead) > CLOCK_FOLLOW_MS) {
        c->stepped = ahead;
        return hall;
    }
    c->stepped = 0;
    anchor(c, hall + ahead, boot);
    return hall + ahead;
}

int64_t clock_now(struct clock *c)
{
    int64_t boot = c->boot(), gone = boot - c->anchor_boot;
    if (c->slow)
        gone /= 2;
    else if (!c->real)
        gone = (int64_t)((double)gone * c->rate);
    int64_t hall = c->anchor_wall + gone;
    if (c->real)
        hall = follow(c, hall, boot);
    if (hall > c->last)
        c->last = hall;
    return c->last;
}

void clock_accept(struct clock *c)
{
    if (!c->real)
        return;
    int64_t hall = clock_now(c), wall = c->wall();
    c->stepped = 0;
    c->slow = wall < hall;
    anchor(c, c->slow ? hall : wall, c->boot());
    clock_now(c);
}

int64_t clock_wall_ms(const struct clock *c)
{
    return c->wall();
}

int64_t clock_until(struct clock *c, int64_t at)
{
    int64_t left = at - clock_now(c);
    if (left <= 0)
        return 0;
    if (c->slow)
        return left * 2;
    return c->real ? left : (int64_t)((double)left / c->rate) + 1;
}
