/*
 * What a forecast takes: a hall with so many waiting, laws learned from nothing but its settings. Prints as JSON the
 * time of the copy (the loop's), of the 200 roll-outs and of the table (a thread's own), in milliseconds, and the
 * memory.
 *
 *   forecast HALL.json WAITING
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/moment.h"
#include "core/setup.h"
#include "forecast/quote.h"
#include "tests/lib/play.h"

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(struct play *p, const char *command)
{
    if (play(p, command) == 0)
        return;
    fprintf(stderr, "%s: %s\n", command, err_name(p->answer.code));
    exit(1);
}

static void learn_all(struct learn *l, struct play *p)
{
    for (size_t i = 0; i < p->n_journal; i++)
        learn_event(l, p->journal[i]);
}

static void open_windows(struct play *p)
{
    const Halld__Settings *s = setup_settings(hall_setup(p->hall));
    char command[100];
    for (size_t i = 0; i < s->n_windows; i++) {
        snprintf(command, sizeof command, "{\"open_window\":{\"n\":%d}}", s->windows[i]->window);
        must(p, command);
        snprintf(command, sizeof command, "{\"next_ticket\":{\"n\":%d}}", s->windows[i]->window);
        must(p, command);
    }
}

static void fill(struct play *p, int waiting)
{
    const Halld__Settings *s = setup_settings(hall_setup(p->hall));
    char command[200];
    int64_t apart = 20000000 / (waiting > 1000 ? waiting : 1000); /* a day has room for them */
    for (int i = 0; i < waiting + (int)s->n_windows; i++) {
        snprintf(command, sizeof command, "{\"issue_ticket\":{\"item\":\"%s\",\"class\":\"%s\"}}",
                 s->items[(size_t)i * 7 % s->n_items]->item, i % 5 ? "normal" : "senior");
        must(p, command);
        p->now += apart;
    }
    for (size_t i = 0; i < s->n_windows; i++) {
        snprintf(command, sizeof command, "{\"start_service\":{\"n\":%d}}", s->windows[i]->window);
        play(p, command);
    }
}

static void measure(struct play *p, const struct learn *l)
{
    double began = now_ms();
    struct plan *plan = plan_new(p->hall, l, p->now);
    double copied = now_ms();
    struct rollout *r = rollout_new(plan, ROLLOUT_RUNS, 1);
    double played = now_ms();
    struct forecast_quote *q = forecast_quote_new(plan, r, NULL);
    double told = now_ms();
    printf("{\"copy_ms\": %.3f, \"rollouts_ms\": %.3f, \"table_ms\": %.3f, \"rollout_kib\": %zu, \"told\": %zu}\n",
           copied - began, played - copied, told - played,
           (r->n_tickets + r->n_ghosts) * ROLLOUT_RUNS * sizeof *r->samples / 1024, forecast_quote_table(q)->n_tickets);
    forecast_quote_free(q);
    rollout_free(r);
    plan_free(plan);
}

int main(int argc, char **argv)
{
    struct buf text = BUF_INIT;
    struct play p;
    FILE *f = argc == 3 ? fopen(argv[1], "re") : NULL;
    if (!f)
        return 64;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    for (size_t n = 1; n > 0; text.len += n)
        n = fread(buf_reserve(&text, 65536), 1, 65536, f);
    fclose(f);
    play_init(&p, buf_text(&text), moment_of_date(20261123, 480));
    struct learn *l = learn_new();
    open_windows(&p);
    fill(&p, atoi(argv[2]));
    learn_all(l, &p);
    measure(&p, l);
    learn_free(l);
    play_fini(&p);
    buf_fini(&text);
    return 0;
}
