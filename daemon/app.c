#include "app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/first.h"
#include "app/why.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "bus/bus.h"
#include "codec/pbjson.h"
#include "engine/engine.h"
#include "engine/flow_files.h"
#include "engine/flow_load.h"
#include "forecast/forecast.h"
#include "metrics/metrics.h"
#include "net/net.h"

enum {
    STOP_SECONDS = 5,     /* then the process ends, whatever a peer or the disk does; the journal can bear it */
    STOP_QUIET_MS = 3000, /* of it for peers that are slow to take their answers */
    CREDENTIALS_BYTES = 1 << 20,
    SERIES_SPARE_MIB = 32, /* series stop growing before tickets are refused for want of room */
};

struct app {
    const struct options *options;
    Halld__Config *config;
    struct loop *loop;
    struct engine *engine;
    struct flow_loader *flows;
    struct net *net;
    struct bus *bus;
    struct forecast *forecast;
    struct metrics *metrics;
    struct first *first; /* NULL but for a first start */
    struct loop_watch *term, *interrupt, *hangup, *stop_timer, *watchdog;
    int64_t watchdog_ms;
    int exit_code;
    bool stopping, has_deadline;
};

static int complain(int exit_code, const char *why)
{
    fprintf(stderr, "halld: %s\n", why);
    return exit_code;
}

static int exit_code_of(int code)
{
    return code == HALL_E_STORE_FAILED || code == HALL_E_DISK_FULL ? EXIT_STORAGE : EXIT_CONFIG;
}

/* ---- stopping */

/* A peer that does not read, or a disk that hangs, must not keep the process: SIGALRM's default action ends it. */
static void set_deadline(struct app *a)
{
    if (a->has_deadline)
        return;
    a->has_deadline = true;
    signal(SIGALRM, SIG_DFL);
    alarm(STOP_SECONDS);
}

static void end_loop(void *arg)
{
    struct app *a = arg;
    loop_stop(a->loop, a->exit_code);
}

static void stop(struct app *a, int exit_code)
{
    if (a->stopping)
        return;
    a->stopping = true;
    a->exit_code = exit_code;
    set_deadline(a);
    sd_notify(0, "STOPPING=1");
    if (!a->stop_timer)
        return; /* still starting: serve sees it */
    loop_watch_arm(a->stop_timer, STOP_QUIET_MS);
    net_stop(a->net, end_loop, a);
}

static void on_signal(void *arg)
{
    struct app *a = arg;
    if (a->stopping)
        return;
    log_info("app", "stopping");
    set_deadline(a);
    engine_stop(a->engine);
    stop(a, EXIT_OK);
}

static void on_hangup(void *arg)
{
    struct app *a = arg;
    if (a->stopping)
        return;
    log_info("app", "reading the definitions of flows anew");
    flow_loader_load(a->flows, NULL, HALLD__ROLE__E__admin, NULL, NULL);
}

/* From the engine, perhaps in the midst of its own work: it has answered, and must not be asked again. */
static void on_fatal(void *arg, int exit_code)
{
    stop(arg, exit_code);
}

static void on_watchdog(void *arg)
{
    struct app *a = arg;
    sd_notify(0, "WATCHDOG=1");
    loop_watch_arm(a->watchdog, a->watchdog_ms);
}

/* ---- the first start's logins */

static bool write_credentials(const char *path, const Halld__Credentials *c)
{
    struct buf text = BUF_INIT;
    pbjson_write(&c->base, &text);
    buf_add_char(&text, '\n');
    bool ok = file_write_private(path, text.data, text.len);
    if (!ok)
        log_error("app", "%s: %s", path, strerror(errno));
    buf_fini(&text);
    return ok;
}

static Halld__Credentials *read_credentials(const char *path)
{
    struct buf text = BUF_INIT;
    ProtobufCMessage *m = NULL;
    if (file_read(path, CREDENTIALS_BYTES, &text))
        pbjson_read(&halld__credentials__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &m, NULL);
    buf_fini(&text);
    return (Halld__Credentials *)m;
}

static void set_text(char **field, const char *value)
{
    if (*field != protobuf_c_empty_string)
        free(*field);
    *field = alloc_text(value);
}

static void set_addresses(const struct app *a, Halld__Credentials *c)
{
    set_text(&c->base_url, net_public_url(a->net));
    set_text(&c->zmq, bus_address(a->bus));
}

/* The address may be another one at each start; the logins stay. */
static void refresh_credentials(const struct app *a)
{
    const char *path = a->config->credentials;
    Halld__Credentials *c = *path ? read_credentials(path) : NULL;
    if (!c)
        return;
    if (strcmp(c->base_url, net_public_url(a->net)) != 0 || strcmp(c->zmq, bus_address(a->bus)) != 0) {
        set_addresses(a, c);
        write_credentials(path, c);
    }
    halld__credentials__free_unpacked(c, NULL);
}

/* Passwords go to a person's terminal, or to the file; into a log only if there is nowhere else. */
static void print_logins(const struct app *a)
{
    const Halld__Credentials *c = first_credentials(a->first);
    const char *path = a->config->credentials;
    if (*path && !isatty(STDOUT_FILENO)) {
        log_info("app", "the generated logins are in %s", path);
        return;
    }
    printf("首次启动，生成了这些登录信息（只显示一次）。First start: these logins were generated (shown once).\n");
    for (size_t i = 0; i < c->n_users; i++)
        printf("  %-16s %-8s %s\n", c->users[i]->name, c->users[i]->role, c->users[i]->password);
    for (size_t i = 0; i < c->n_tokens; i++)
        printf("  %-16s token    %s\n", c->tokens[i]->key, c->tokens[i]->value);
    if (*path)
        printf("  -> %s\n", path);
    fflush(stdout);
}

/* ---- starting */

static const struct {
    const char *path, *zh, *en;
} pages[] = {
    {"/", "首页", "index"},           {"/kiosk/", "取号机", "kiosk"},
    {"/screen/", "叫号屏", "screen"}, {"/window/", "窗口工作台", "clerk's console"},
    {"/desk/", "办不成事", "desk"},   {"/manager/", "管理驾驶舱", "manager"},
    {"/book/", "预约", "booking"},    {"/appointments/", "预约登记", "appointments"},
    {"/admin/", "系统管理", "admin"},
};

static bool page_is_there(const struct app *a, const char *path)
{
    char *file = alloc_format("%s%sindex.html", a->config->web_dir, path);
    bool there = access(file, R_OK) == 0;
    free(file);
    return there;
}

static void print_pages(const struct app *a)
{
    bool person = isatty(STDOUT_FILENO);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (!page_is_there(a, pages[i].path))
            continue;
        if (person)
            printf("  %s%s  %s %s\n", net_public_url(a->net), pages[i].path, pages[i].zh, pages[i].en);
        else
            log_info("app", "%s: %s%s", pages[i].en, net_public_url(a->net), pages[i].path);
    }
    fflush(stdout);
}

static void say_ready(struct app *a)
{
    print_pages(a);
    sd_notifyf(0, "READY=1\nSTATUS=%s", net_public_url(a->net));
    if (a->options->ready_fd >= 0) {
        dprintf(a->options->ready_fd, "ready %s\n", net_public_url(a->net));
        close(a->options->ready_fd);
    }
}

static int make_run_dir(const char *dir, char why[200])
{
    if (mkdir(dir, 0755) == 0 || errno == EEXIST)
        return 0;
    why_say(why, "%s: %s", dir, strerror(errno));
    return HALL_E_BAD_VALUE;
}

static int open_engine(struct app *a, char why[200])
{
    const Halld__Config *c = a->config;
    const struct options *o = a->options;
    struct engine_options e = {
        .dir = c->data_dir,
        .hall_id = c->hall_id,
        .zone = c->zone,
        .version = PACKAGE_VERSION,
        .simulated = o->simulated,
        .clock_start = o->clock_start,
        .clock_rate = o->clock_rate,
        .accept_clock = c->clock && c->clock->accept_at_start,
        .min_free_mib = config_min_free_mib(c),
        .restore = o->restore,
        .restore_last = o->restore_last,
        .fatal = on_fatal,
        .fatal_arg = a,
    };
    return engine_open(a->loop, &e, &a->engine, why);
}

/* The logins are kept before the hall is: a crash in between costs a file, not the hall's only passwords. */
static int import_first(struct app *a, char why[200])
{
    if (!engine_is_new(a->engine))
        return 0;
    int code = first_new(a->config->import_hall, &a->first, why);
    if (code)
        return code;
    const char *path = a->config->credentials;
    if (*path && !write_credentials(path, first_credentials(a->first))) {
        why_say(why, "credentials: %s: %s", path, strerror(errno));
        return HALL_E_BAD_VALUE;
    }
    struct submit_port port = engine_port(a->engine);
    first_submit(a->first, &port);
    return 0;
}

/* What the files say is in force before anybody is served. */
static void load_flows(struct app *a)
{
    struct submit_port port = engine_port(a->engine);
    a->flows = flow_loader_new(a->loop, a->config->flows_dir, a->config->profile, &port);
    flow_loader_load(a->flows, NULL, HALLD__ROLE__E__admin, NULL, NULL);
    engine_settle(a->engine);
}

static int start_engine(struct app *a, char why[200])
{
    int code = open_engine(a, why);
    if (code)
        return code;
    struct sink browsers = net_sink(a->net), screens = bus_sink(a->bus), series = metrics_sink(a->metrics);
    engine_add_sink(a->engine, &screens); /* first: one frame for all, where browsers take a thousand */
    engine_add_sink(a->engine, &browsers);
    engine_add_sink(a->engine, &series);
    struct sink forecast = forecast_sink(a->forecast);
    engine_add_sink(a->engine, &forecast); /* last: it tells what comes of the others' news */
    code = import_first(a, why);
    if (!code)
        code = engine_start(a->engine, why);
    if (!code && a->first)
        code = first_outcome(a->first, why);
    if (!code)
        load_flows(a);
    return code;
}

static bool is_read_only(void *arg)
{
    const struct app *a = arg;
    return engine_is_read_only(a->engine);
}

static int start_bus(struct app *a, char why[200])
{
    struct bus_options b = {
        .address = a->config->zmq,
        .secret_key_file = a->config->zmq_curve ? a->config->zmq_curve->secret_key_file : NULL,
        .port = engine_port(a->engine),
        .read_only = is_read_only,
        .read_only_arg = a,
    };
    return bus_open(a->bus, &b, why);
}

static int64_t hall_time(void *arg)
{
    struct app *a = arg;
    struct submit_port port = engine_port(a->engine);
    return port.now_ms(port.engine);
}

static void read_health(void *arg, struct metrics_health *ret)
{
    struct app *a = arg;
    struct store_stats s;
    store_stats(engine_store(a->engine), &s);
    *ret = (struct metrics_health){.memory_bytes = alloc_resident(),
                                   .connections = net_connections(a->net),
                                   .streams = net_streams(a->net),
                                   .commits = s.commits,
                                   .events = s.events,
                                   .commit_us = s.commit_us};
}

/* A hall without its series is a hall all the same. */
static void start_metrics(struct app *a)
{
    char why[200] = "";
    struct metrics_options m = {
        .data_dir = a->config->data_dir,
        .simulated = a->options->simulated,
        .spare_mib = config_min_free_mib(a->config) + SERIES_SPARE_MIB,
        .committed = store_last_seq(engine_store(a->engine)),
        .now_ms = hall_time,
        .health = read_health,
        .arg = a,
    };
    if (metrics_open(a->metrics, &m, why) != 0)
        log_error("app", "no series: %s", why);
}

static int start_net(struct app *a, char why[200])
{
    struct net_options n = {
        .config = a->config,
        .engine = a->engine,
        .port = engine_port(a->engine),
        .store = engine_store(a->engine),
        .metrics = a->metrics,
        .flows = a->flows,
        .bus = bus_address(a->bus),
        .bus_key = bus_public_key(a->bus),
    };
    return net_open(a->net, &n, why);
}

static int read_journal(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                        void *each_arg)
{
    return store_read(arg, from, to, each, each_arg);
}

static void on_forecast(void *arg, const struct quote *quote, bool moved)
{
    struct app *a = arg;
    engine_set_quote(a->engine, quote);
    if (moved)
        net_forecast_moved(a->net);
}

static void start_forecast(struct app *a)
{
    struct forecast_options f = {.port = engine_port(a->engine),
                                 .read = read_journal,
                                 .read_arg = engine_store(a->engine),
                                 .told = on_forecast,
                                 .told_arg = a};
    forecast_start(a->forecast, &f);
}

static void watch(struct app *a)
{
    signal(SIGPIPE, SIG_IGN);
    a->term = loop_watch_signal(a->loop, SIGTERM, on_signal, a);
    a->interrupt = loop_watch_signal(a->loop, SIGINT, on_signal, a);
    a->hangup = loop_watch_signal(a->loop, SIGHUP, on_hangup, a);
    a->stop_timer = loop_watch_timer(a->loop, end_loop, a);
    a->watchdog = loop_watch_timer(a->loop, on_watchdog, a);
    uint64_t usec = 0;
    if (sd_watchdog_enabled(0, &usec) > 0) {
        a->watchdog_ms = (int64_t)(usec / 2000);
        loop_watch_arm(a->watchdog, 0);
    }
}

static int open_all(struct app *a, char why[200])
{
    int code = make_run_dir(a->config->run_dir, why);
    if (!code)
        code = start_engine(a, why);
    if (!code)
        code = start_bus(a, why);
    if (!code)
        code = start_net(a, why);
    if (code)
        return code;
    start_forecast(a);
    start_metrics(a);
    watch(a);
    refresh_credentials(a);
    if (a->first)
        print_logins(a);
    first_free(a->first);
    a->first = NULL;
    return 0;
}

static void close_all(struct app *a)
{
    set_deadline(a);
    net_close(a->net);
    bus_close(a->bus);
    forecast_free(a->forecast);
    metrics_close(a->metrics);
    engine_close(a->engine);
    flow_loader_free(a->flows);
    first_free(a->first);
    loop_watch_free(a->term);
    loop_watch_free(a->interrupt);
    loop_watch_free(a->hangup);
    loop_watch_free(a->stop_timer);
    loop_watch_free(a->watchdog);
    loop_free(a->loop);
}

static int serve(struct app *a)
{
    char why[200] = "";
    a->loop = loop_new();
    a->net = net_new(a->loop);
    a->bus = bus_new(a->loop);
    a->forecast = forecast_new(a->loop);
    a->metrics = metrics_new(a->loop);
    int code = open_all(a, why);
    if (code)
        a->exit_code = complain(exit_code_of(code), why);
    else if (!a->stopping) {
        say_ready(a);
        loop_run(a->loop);
    }
    close_all(a);
    return a->exit_code;
}

static int with_config(const struct options *o, int (*then)(struct app *a))
{
    struct app a = {.options = o};
    char why[200];
    umask(077);
    if (config_read(o->config, &a.config, why) != 0)
        return complain(EXIT_CONFIG, why);
    setenv("TZ", a.config->zone, 1);
    tzset();
    int exit_code = then(&a);
    halld__config__free_unpacked(a.config, NULL);
    return exit_code;
}

/* ---- the actions */

static int act_run(const struct options *o)
{
    return with_config(o, serve);
}

/* The definitions of flows that the config names, with the lines of `hallctl flow check`. */
static int flows_are_sound(const Halld__Config *config)
{
    struct flow_files files;
    struct buf lines = BUF_INIT;
    char why[WHY_SIZE], *name;
    if (!*config->flows_dir)
        return EXIT_OK;
    if (flow_files_read(config->flows_dir, config->profile, NULL, &files, &name) != 0) {
        why_say(why, "%s: %s", name, strerror(errno));
        free(name);
        return complain(EXIT_CONFIG, why);
    }
    int exit_code = files.sound ? EXIT_OK : EXIT_FLOWS;
    Halld__FlowFaultList *l = flow_files_faults_new(&files);
    flow_files_lines(l->n_faults, l->faults, &lines);
    fputs(buf_text(&lines), stdout);
    buf_fini(&lines);
    halld__flow_fault_list__free_unpacked(l, NULL);
    flow_files_fini(&files);
    return exit_code;
}

static int is_sound(struct app *a)
{
    char why[200];
    struct first *first;
    bool curve = a->config->zmq_curve && *a->config->zmq_curve->secret_key_file;
    if (bus_check(*a->config->zmq ? a->config->zmq : BUS_ADDRESS, curve, why) != 0)
        return complain(EXIT_CONFIG, why);
    if (first_new(a->config->import_hall, &first, why) != 0)
        return complain(EXIT_CONFIG, why);
    first_free(first);
    int exit_code = flows_are_sound(a->config);
    if (exit_code == EXIT_OK)
        printf("%s: ok\n", a->options->config);
    return exit_code;
}

static int act_check_config(const struct options *o)
{
    return with_config(o, is_sound);
}

static int print(struct buf *text)
{
    fwrite(text->data, 1, text->len, stdout);
    buf_fini(text);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_STORAGE;
}

static int act_print_openapi(const struct options *o)
{
    (void)o;
    struct buf text = BUF_INIT;
    net_openapi(&text);
    return print(&text);
}

static int act_version(const struct options *o)
{
    (void)o;
    puts("halld " PACKAGE_VERSION);
    return EXIT_OK;
}

static int act_help(const struct options *o)
{
    (void)o;
    struct buf text = BUF_INIT;
    options_help(&text);
    return print(&text);
}

int app_run(const struct options *o)
{
    static int (*const acts[])(const struct options *o) = {
        [OPTIONS_RUN] = act_run,
        [OPTIONS_CHECK_CONFIG] = act_check_config,
        [OPTIONS_PRINT_OPENAPI] = act_print_openapi,
        [OPTIONS_VERSION] = act_version,
        [OPTIONS_HELP] = act_help,
    };
    return acts[o->action](o);
}
