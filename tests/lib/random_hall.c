#include "random_hall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "random_acts.h"

enum { FIRST_DATE = 20260309, COMES_AT = 8 * 60, QUEUES = 2 };

static const char *const queues[QUEUES] = {"A", "B"};

uint32_t random_hall_roll(struct random_hall *r, uint32_t n)
{
    r->random = r->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->random >> 33) % n;
}

int random_hall_send(struct random_hall *r, const char *format, ...)
{
    va_list args;
    char *command;
    va_start(args, format);
    if (vasprintf(&command, format, args) < 0)
        abort();
    va_end(args);
    int code = play(&r->play, command);
    if (r->decided)
        r->decided(r->arg, &r->play.answer);
    free(command);
    return code;
}

/* ---- settings: every second hall has the policy's own constants, the others constants by chance */

__attribute__((format(printf, 2, 3))) static void add_row(struct buf *out, const char *format, ...)
{
    va_list args;
    char *row;
    va_start(args, format);
    if (vasprintf(&row, format, args) < 0)
        abort();
    va_end(args);
    if (out->data[out->len - 1] == '}')
        buf_add_char(out, ',');
    buf_add_text(out, row);
    free(row);
}

static void add_classes(struct random_hall *r, bool usual)
{
    static const struct {
        const char *name;
        int head_s;
    } classes[] = {{"normal", 0}, {"senior", 1200}, {"infant", 1200}, {"disabled", 1800}, {"service", 1800}};
    r->classes = sizeof classes / sizeof *classes;
    buf_add_text(&r->settings, "],\"classes\":[");
    for (int i = 0; i < r->classes; i++)
        add_row(&r->settings, "{\"class\":\"%s\",\"name\":\"%s\",\"head_start_s\":%d}", classes[i].name,
                classes[i].name, usual || i == 0 ? classes[i].head_s : (int)random_hall_roll(r, 3600));
}

/* Every group has a window: the first serves all of them, or the special ones go round. */
static void add_windows(struct random_hall *r, int groups)
{
    int unified = (int)random_hall_roll(r, (uint32_t)r->windows + 1);
    buf_add_text(&r->settings, "],\"windows\":[");
    for (int i = 0; i < r->windows; i++) {
        if (i < unified) {
            add_row(&r->settings, "{\"window\":%d,\"name\":\"W\",\"all\":true}", i + 1);
            continue;
        }
        add_row(&r->settings, "{\"window\":%d,\"name\":\"W\",\"role\":\"special\",\"groups\":[\"g%d\"", i + 1,
                i % groups);
        for (int g = 0; g < groups; g++)
            if (g != i % groups && random_hall_roll(r, 3) == 0)
                buf_add_format(&r->settings, ",\"g%d\"", g);
        buf_add_text(&r->settings, "]}");
    }
}

static void add_policy(struct random_hall *r)
{
    buf_add_format(&r->settings,
                   "\"policy\":{\"miss_after_s\":%d,\"report_back_within_s\":%d,\"max_misses\":%d,"
                   "\"report_back_behind\":%d,\"appointment_grace_s\":%d,\"appointment_head_start_s\":%d,"
                   "\"gate_before_s\":%d,\"return_head_s\":%d},",
                   30 + (int)random_hall_roll(r, 120), 300 + (int)random_hall_roll(r, 1800),
                   1 + (int)random_hall_roll(r, 3), 1 + (int)random_hall_roll(r, 6), (int)random_hall_roll(r, 1200),
                   (int)random_hall_roll(r, 5400), (int)random_hall_roll(r, 900), (int)random_hall_roll(r, 3600));
}

static void make_settings(struct random_hall *r)
{
    bool usual = random_hall_roll(r, 2);
    int groups = 1 + (int)random_hall_roll(r, 6);
    struct buf *s = &r->settings;
    r->windows = 2 + (int)random_hall_roll(r, 8);
    r->items = groups + (int)random_hall_roll(r, 3);
    buf_add_text(s, "{\"hall\":{\"name\":\"chance\"},");
    if (!usual)
        add_policy(r);
    buf_add_text(s, "\"booking\":{\"slot_minutes\":15,\"share_percent\":100},\"queues\":[");
    for (int i = 0; i < QUEUES; i++)
        add_row(s, "{\"queue\":\"%s\",\"name\":\"%s\",\"default_item\":\"i%d\",\"planned_windows\":%d}", queues[i],
                queues[i], i % r->items, r->windows);
    buf_add_text(s, "],\"groups\":[");
    for (int i = 0; i < groups; i++)
        add_row(s, "{\"group\":\"g%d\",\"name\":\"G\"}", i);
    buf_add_text(s, "],\"items\":[");
    for (int i = 0; i < r->items; i++)
        add_row(s, "{\"item\":\"i%d\",\"name\":\"I\",\"queue\":\"%s\",\"group\":\"g%d\",\"mean_service_s\":%d}", i,
                queues[i % r->items % QUEUES], i % groups, 120 + 60 * (i % 7));
    add_classes(r, usual);
    add_windows(r, groups);
    buf_add_text(s, "],\"hours\":[");
    for (int i = 0; i < 8; i++)
        add_row(s, "{\"weekday\":%d,\"open\":[\"08:00-18:00\"]}", i);
    buf_add_text(s, "],\"calendars\":[{\"year\":2026,\"off\":[\"2026-01-01\"]}]}");
}

/* ---- days */

static const struct day *day_of(const struct random_hall *r)
{
    return queue_day(hall_queue(r->play.hall));
}

void random_hall_init(struct random_hall *r, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->random = seed * 7919 + 1;
    r->nonsense = 3;
    for (int i = 0; i < 8; i++)
        random_hall_roll(r, 2); /* neighbouring seeds part */
    make_settings(r);
    r->date = FIRST_DATE;
    r->opened = moment_of_date(r->date, COMES_AT);
    play_init(&r->play, buf_text(&r->settings), r->opened);
}

void random_hall_fini(struct random_hall *r)
{
    play_fini(&r->play);
    buf_fini(&r->settings);
}

static void tick(struct random_hall *r)
{
    play_as(&r->play, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    random_hall_send(r, "{\"tick\":{}}");
}

/* To that moment; on the way everything falls due in its time, or a little late, as with a busy timer. */
static void go_on(struct random_hall *r, int64_t to)
{
    for (int64_t due; (due = hall_next_due(r->play.hall)) <= to;) {
        int64_t late = due + (random_hall_roll(r, 4) ? 0 : random_hall_roll(r, 2000));
        if (late > to)
            late = to;
        if (late > r->play.now)
            r->play.now = late;
        tick(r);
    }
    if (to > r->play.now)
        r->play.now = to;
}

/* Some events at the same millisecond, some bursts, and hours that differ: the hall is now full, now empty. */
static int64_t next_time(struct random_hall *r)
{
    static const uint32_t mean_ms[] = {20000, 6000, 9000, 30000, 6000, 12000, 7000, 15000, 10000, 25000};
    int64_t hour = (r->play.now - r->opened) / 3600000;
    size_t n = sizeof mean_ms / sizeof *mean_ms;
    uint32_t mean = mean_ms[hour >= 0 && hour < (int64_t)n ? (size_t)hour : n - 1];
    if (random_hall_roll(r, 10) == 0)
        return r->play.now;
    return r->play.now + random_hall_roll(r, 2 * mean);
}

void random_hall_step(struct random_hall *r)
{
    go_on(r, next_time(r));
    if (!day_of(r)->closed)
        random_acts_do(r);
}

void random_hall_end_day(struct random_hall *r)
{
    int64_t to = day_of(r)->sweep_at;
    while (!day_of(r)->closed)
        go_on(r, to > r->play.now ? to : r->play.now);
}

void random_hall_next_day(struct random_hall *r)
{
    char from[MOMENT_TEXT], to[MOMENT_TEXT];
    r->date = date_from_days(date_to_days(r->date) + 1);
    r->opened = moment_of_date(r->date, COMES_AT);
    moment_to_text(moment_of_date(r->date, 0), from);
    moment_to_text(moment_of_date(r->date, 1440), to);
    go_on(r, r->opened);
    play_as(&r->play, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    random_hall_send(r,
                     "{\"open_day\":{\"date\":%d,\"open\":[{\"from_at\":\"%s\",\"to_at\":\"%s\"}],\"end_at\":\"%s\"}}",
                     r->date, from, to, to);
}
