/*
 * What a transition takes where so many matters are open: deciding it, and applying its events to the second hall.
 * And what a hall keeps of a matter: open, ended, and when its fields are erased. Prints as JSON the microseconds of
 * the processor, median and 99 of a hundred, how many events it makes, and the bytes of the heap.
 *
 *   matters FLOWS_DIR PROFILE HALL.json OPEN
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "engine/flow_files.h"
#include "tests/lib/play.h"

enum { TRANSITIONS = 5000, ENDED = 4000, AFTER_ALL_IS_ERASED_DAYS = 1200, FILE_BYTES = 8 << 20 };

struct bench {
    struct play play;
    struct hall *committed;
    size_t applied;
    double decide_us[TRANSITIONS], apply_us[TRANSITIONS];
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void die(const char *what)
{
    fprintf(stderr, "matters: %s\n", what);
    exit(1);
}

static void must(struct play *p, char *command)
{
    if (play(p, command) != 0)
        die(command);
    free(command);
}

static char *json_of(const ProtobufCMessage *m)
{
    struct buf text = BUF_INIT;
    pbjson_write(m, &text);
    return buf_take(&text);
}

static void define(struct play *p, const char *dir, const char *profile)
{
    struct flow_files files;
    char *name, *text;
    if (flow_files_read(dir, profile, NULL, &files, &name) != 0 || !files.sound)
        die(dir);
    must(p, alloc_format("{\"set_profile\":{\"profile\":%s}}", text = json_of(&files.profile->base)));
    free(text);
    for (size_t i = 0; i < files.n; i++) {
        text = json_of(&files.definitions[i].flow->base);
        must(p, alloc_format("{\"define_flow\":{\"flow\":%s}}", text));
        free(text);
    }
    flow_files_fini(&files);
}

/* The second hall follows; the time of the last command's events. */
static double follow(struct bench *b)
{
    double began = now_us();
    for (; b->applied < b->play.n_journal; b->applied++)
        hall_apply(b->committed, b->play.journal[b->applied]);
    return now_us() - began;
}

static void begin(struct bench *b, char **argv, const char *settings)
{
    *b = (struct bench){.committed = hall_new()};
    play_init(&b->play, settings, moment_of_date(20261123, 600));
    define(&b->play, argv[1], argv[2]);
    play_as(&b->play, HALLD__ACTOR_KIND__E__user, "admin", HALLD__ROLE__E__desk);
}

static void end(struct bench *b)
{
    hall_free(b->committed);
    play_fini(&b->play);
}

static char *register_new(int i)
{
    return alloc_format("{\"open_matter\":{\"flow\":\"escalation\",\"transition\":\"register\",\"fields\":[{\"field\":"
                        "\"summary\",\"texts\":[\"%032d\"],\"characters\":[40]}]}}",
                        i);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct bench *b, int open)
{
    for (int i = 0; i < TRANSITIONS; i++) {
        char *command = alloc_format("{\"take_transition\":{\"matter\":\"%d\",\"transition\":\"triage\",\"fields\":[{"
                                     "\"field\":\"cause\",\"texts\":[\"policy\"]}]}}",
                                     1 + (int)((unsigned)i * 7919u % (unsigned)open));
        double began = now_us();
        int code = play(&b->play, command);
        b->decide_us[i] = now_us() - began;
        if (code)
            die(command);
        b->apply_us[i] = follow(b);
        free(command);
    }
    qsort(b->decide_us, TRANSITIONS, sizeof *b->decide_us, compare);
    qsort(b->apply_us, TRANSITIONS, sizeof *b->apply_us, compare);
}

/* ---- what is kept of a matter */

/* What the second hall takes up by the last commands' events, a matter. */
static double grown(struct bench *b)
{
    struct mallinfo2 before = mallinfo2();
    follow(b);
    struct mallinfo2 after = mallinfo2();
    return ((double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd)) / ENDED;
}

static void end_one(struct play *p, int matter)
{
    static const struct {
        const char *transition, *fields;
    } steps[] = {
        {"triage", "{\"field\":\"cause\",\"texts\":[\"policy\"]}"},
        {"solve", "{\"field\":\"answer\",\"texts\":[\"0123456789abcdef0123456789abcdef\"],\"characters\":[40]}"},
        {"close", ""}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        must(p, alloc_format("{\"take_transition\":{\"matter\":\"%d\",\"transition\":\"%s\",\"fields\":[%s]}}", matter,
                             steps[i].transition, steps[i].fields));
}

static void weigh(struct bench *b, char **argv, const char *settings, double bytes[3])
{
    begin(b, argv, settings);
    follow(b);
    for (int i = 0; i < ENDED; i++)
        must(&b->play, register_new(i));
    bytes[0] = grown(b);
    for (int i = 0; i < ENDED; i++)
        end_one(&b->play, i + 1);
    bytes[1] = bytes[0] + grown(b);
    b->play.now += AFTER_ALL_IS_ERASED_DAYS * INT64_C(86400000);
    size_t before;
    do {
        before = b->play.n_journal;
        must(&b->play, alloc_text("{\"tick\":{}}"));
    } while (b->play.n_journal > before);
    bytes[2] = bytes[1] + grown(b);
    end(b);
}

int main(int argc, char **argv)
{
    struct bench *b = alloc_zero(sizeof *b);
    struct buf settings = BUF_INIT;
    int open = argc == 5 ? atoi(argv[4]) : 0;
    if (open < TRANSITIONS)
        die("FLOWS_DIR PROFILE HALL.json OPEN, of at least 5000");
    setenv("TZ", "UTC", 1);
    tzset();
    if (!file_read(argv[3], FILE_BYTES, &settings))
        die(argv[3]);
    double bytes[3];
    weigh(b, argv, buf_text(&settings), bytes);
    begin(b, argv, buf_text(&settings));
    for (int i = 0; i < open; i++)
        must(&b->play, register_new(i));
    follow(b);
    size_t before = b->play.n_journal;
    measure(b, open);
    printf("{\"decide_us\":%.1f,\"decide_p99_us\":%.1f,\"apply_us\":%.1f,\"apply_p99_us\":%.1f,\"events\":%.1f,"
           "\"open_bytes\":%.0f,\"ended_bytes\":%.0f,\"erased_bytes\":%.0f}\n",
           b->decide_us[TRANSITIONS / 2], b->decide_us[TRANSITIONS * 99 / 100], b->apply_us[TRANSITIONS / 2],
           b->apply_us[TRANSITIONS * 99 / 100], (double)(b->play.n_journal - before) / TRANSITIONS, bytes[0], bytes[1],
           bytes[2]);
    end(b);
    buf_fini(&settings);
    free(b);
    return 0;
}
