/*
 * hallsim: a day in virtual time, with the daemon's own core.
 *
 *   hallsim [--trace FILE] HALL.json CUSTOMERS.csv > OUT.csv
 *   hallsim --rollout [--learn EARLIER.csv]... [--all-days] HALL.json CUSTOMERS.csv > PREDICTED.csv
 *   hallsim flow DEFS PROFILE CALENDARS SCENARIO.json
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "codec/pbjson.h"
#include "tools/sim_flow.h"
#include "tools/sim_forecast.h"
#include "tools/sim_run.h"
#include "view/trace.h"

enum { EXIT_OK = 0, EXIT_DATA = 1, EXIT_USAGE = 64, EXIT_OUTPUT = 73 };
enum { LEARN_MOST = 64, FILE_MOST = 256 << 20 };

struct options {
    const char *trace, *hall, *customers, *true_law;
    const char *learn[LEARN_MOST];
    int n_learn;
    uint64_t seed;
    bool stats, rollout, all_days;
};

static int usage(void)
{
    fputs("usage: hallsim [--trace FILE] [--stats] HALL.json CUSTOMERS.csv > OUT.csv\n"
          "       hallsim --rollout [--learn EARLIER.csv]... [--all-days] [--true-law LAW.csv] [--seed N]\n"
          "               HALL.json CUSTOMERS.csv > PREDICTED.csv\n"
          "       hallsim flow DEFS PROFILE CALENDARS SCENARIO.json\n",
          stderr);
    return EXIT_USAGE;
}

static Halld__Settings *read_hall(const char *name)
{
    struct buf text = BUF_INIT;
    struct refusal r = {0};
    ProtobufCMessage *m = NULL;
    if (!file_read(name, FILE_MOST, &text))
        fprintf(stderr, "%s: cannot be read\n", name);
    else if (pbjson_read(&halld__settings__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &m, &r))
        fprintf(stderr, "%s: %s: %s\n", name, *r.field ? r.field : "$", err_text_en(r.code));
    buf_fini(&text);
    return (Halld__Settings *)m;
}

static int read_kept(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                     void *each_arg)
{
    const struct events *e = arg;
    for (size_t i = 0; i < e->n; i++) {
        int code = e->at[i]->seq >= from && e->at[i]->seq <= to ? each(each_arg, e->at[i]) : 0;
        if (code)
            return code;
    }
    return 0;
}

static int write_trace(const struct sim_run *s, const char *name)
{
    struct buf out = BUF_INIT;
    const struct events *kept = sim_run_events(s);
    struct reader r = {.arg = (void *)(uintptr_t)kept, .read = read_kept};
    r.last = kept->n ? kept->at[kept->n - 1]->seq : 0;
    FILE *f = fopen(name, "we");
    int code = f ? trace_write(&r, sim_run_day(s), &out) : -1;
    if (f && !code && fwrite(buf_text(&out), 1, out.len, f) != out.len)
        code = -1;
    if (f && fclose(f) != 0)
        code = -1;
    buf_fini(&out);
    if (code)
        fprintf(stderr, "%s: cannot be written\n", name);
    return code ? EXIT_OUTPUT : EXIT_OK;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_stats(const struct sim_run *s, size_t customers, double took)
{
    double events = (double)sim_run_event_count(s);
    fprintf(stderr, "%zu customers, %.0f events in %.3f s: %.0f events/s\n", customers, events, took,
            took > 0 ? events / took : 0);
}

/* The days of a run, each in a hall of its own: the earlier ones, and last the one that was asked for. */
struct days {
    struct sim_run *run[LEARN_MOST + 1];
    struct sim_customers customers[LEARN_MOST + 1];
    int n;
};

static void days_fini(struct days *d)
{
    for (int i = 0; i < d->n; i++) {
        sim_customers_fini(&d->customers[i]);
        sim_run_free(d->run[i]);
    }
}

/* Every file is read before anything is played. */
static int days_read(struct days *d, const struct options *o, const Halld__Settings *settings)
{
    for (int i = 0; i <= o->n_learn; i++) {
        struct refusal r = {0};
        struct sim_run *s = sim_run_new(settings, &r);
        if (!s) {
            fprintf(stderr, "%s: %s %s: %s\n", o->hall, r.field, r.value, err_text_en(r.code));
            return EXIT_DATA;
        }
        d->run[d->n] = s;
        sim_run_set_day(s, i);
        const char *name = i < o->n_learn ? o->learn[i] : o->customers;
        if (sim_customers_read(name, sim_run_setup(s), &d->customers[d->n++]))
            return EXIT_DATA;
    }
    return EXIT_OK;
}

static void write_predicted(const struct days *d, const struct options *o)
{
    fputs("t0,class,item,p50,p90,wait,left\n", stdout);
    for (int i = o->all_days ? 0 : d->n - 1; i < d->n; i++)
        sim_forecast_write(&d->customers[i], stdout);
}

static int play_days(struct days *d, const struct options *o, struct sim_forecast *f)
{
    int last = d->n - 1;
    if (o->trace)
        sim_run_keep_events(d->run[last]);
    double began = seconds();
    for (int i = 0; i <= last; i++) {
        sim_run_set_forecast(d->run[i], f, f && (i == last || o->all_days));
        sim_run_play(d->run[i], &d->customers[i]);
    }
    if (o->stats)
        print_stats(d->run[last], d->customers[last].n, seconds() - began);
    int code = o->trace ? write_trace(d->run[last], o->trace) : EXIT_OK;
    if (code)
        return code;
    if (o->rollout)
        write_predicted(d, o);
    else
        sim_customers_write(&d->customers[last], stdout);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_OUTPUT;
}

static int play(const struct options *o, const Halld__Settings *settings)
{
    struct days d = {.n = 0};
    struct sim_forecast *f = o->rollout ? sim_forecast_new(o->seed) : NULL;
    int code = days_read(&d, o, settings);
    if (!code && o->true_law && sim_forecast_read_laws(f, o->true_law, sim_run_setup(d.run[0])))
        code = EXIT_DATA;
    if (!code)
        code = play_days(&d, o, f);
    sim_forecast_free(f);
    days_fini(&d);
    return code;
}

static bool read_seed(const char *text, uint64_t *ret)
{
    char *end;
    *ret = strtoull(text, &end, 10);
    return *text && !*end;
}

static bool read_option(int c, struct options *o)
{
    switch (c) {
    case 't':
        o->trace = optarg;
        return true;
    case 's':
        return o->stats = true;
    case 'a':
        return o->all_days = true;
    case 'r':
        return o->rollout = true;
    case 'w':
        o->true_law = optarg;
        return true;
    case 'n':
        return read_seed(optarg, &o->seed);
    case 'l':
        if (o->n_learn == LEARN_MOST)
            return false;
        o->learn[o->n_learn++] = optarg;
        return true;
    default:
        return false;
    }
}

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option table[] = {
        {"trace", required_argument, NULL, 't'}, {"stats", no_argument, NULL, 's'},
        {"rollout", no_argument, NULL, 'r'},     {"all-days", no_argument, NULL, 'a'},
        {"learn", required_argument, NULL, 'l'}, {"true-law", required_argument, NULL, 'w'},
        {"seed", required_argument, NULL, 'n'},  {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;)
        if (!read_option(c, o))
            return false;
    if (argc - optind != 2 || (!o->rollout && (o->n_learn || o->true_law || o->all_days)))
        return false;
    o->hall = argv[optind];
    o->customers = argv[optind + 1];
    return true;
}

int main(int argc, char **argv)
{
    struct options o = {.seed = 1};
    if (argc > 1 && strcmp(argv[1], "flow") == 0)
        return sim_flow_main(argc - 2, argv + 2);
    if (!read_options(argc, argv, &o))
        return usage();
    setenv("TZ", "UTC", 1); /* virtual days have 24 hours from 0:00 */
    tzset();
    Halld__Settings *settings = read_hall(o.hall);
    if (!settings)
        return EXIT_DATA;
    int code = play(&o, settings);
    halld__settings__free_unpacked(settings, NULL);
    return code;
}
