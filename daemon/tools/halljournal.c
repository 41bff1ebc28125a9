/*
 * halljournal: what a journal says, whether it is whole, and what hall it makes. Offline: reads the file alone, also
 * a copy, also while a daemon runs on it, and never writes to it. halljournal(1) documents every option and code.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/describe.h"
#include "core/hall.h"
#include "store/journal.h"

enum { EXIT_BAD = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3 };

struct options {
    bool json, head_given;
    uint64_t from, to, check_every;
    int32_t day;
    uint8_t head[JOURNAL_HEAD];
};

/* ---- reading what the options say ---- */

static bool read_number(const char *text, uint64_t *ret)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    uint64_t value = strtoull(text, &end, 10);
    if (*end || value == 0 || value > INT64_MAX)
        return false;
    *ret = value;
    return true;
}

static bool take_json(struct options *o, const char *text)
{
    (void)text;
    return o->json = true;
}

static bool take_from(struct options *o, const char *text)
{
    return read_number(text, &o->from);
}

static bool take_to(struct options *o, const char *text)
{
    return read_number(text, &o->to);
}

static bool take_check(struct options *o, const char *text)
{
    return read_number(text, &o->check_every);
}

static bool take_day(struct options *o, const char *text)
{
    return date_from_text(text, &o->day);
}

static bool take_head(struct options *o, const char *text)
{
    if (strlen(text) != 2 * JOURNAL_HEAD || strspn(text, "0123456789abcdefABCDEF") != 2 * JOURNAL_HEAD)
        return false;
    for (size_t i = 0; i < JOURNAL_HEAD; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        o->head[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return o->head_given = true;
}

static const struct option_row {
    const char *name, *argument; /* NULL: takes none */
    const char *commands;        /* where it may stand */
    bool (*take)(struct options *o, const char *text);
    const char *help;
} option_rows[] = {
    {"check", "N", "replay", take_check, "check the invariants after every N events (1000)"},
    {"day", "DATE", "dump", take_day, "only events of this business day, YYYY-MM-DD"},
    {"from", "SEQ", "dump", take_from, "the first event (1)"},
    {"head", "HEX", "verify", take_head, "this head must stand in the chain, as printed at a day's close"},
    {"json", NULL, "dump", take_json, "one JSON object a line, with every field"},
    {"to", "SEQ", "dump replay", take_to, "the last event"},
};

enum { OPTIONS = sizeof option_rows / sizeof *option_rows };

/* ---- output ---- */

static void print_head(const char *label, const uint8_t head[JOURNAL_HEAD])
{
    printf("%s ", label);
    for (size_t i = 0; i < JOURNAL_HEAD; i++)
        printf("%02x", head[i]);
    printf("\n");
}

static int tell_fault(const char *file, const struct journal_fault *fault)
{
    if (fault->seq)
        fprintf(stderr, "halljournal: %s: event %" PRIu64 ": %s\n", file, fault->seq, fault->text);
    else
        fprintf(stderr, "halljournal: %s: %s\n", file, fault->text);
    return EXIT_BAD;
}

/* ---- dump ---- */

struct dump {
    const struct options *options;
    struct buf line;
};

static void write_moment(int64_t ms, struct buf *out)
{
    char text[MOMENT_TEXT];
    moment_to_text(ms, text);
    buf_add_text(out, text);
}

static void write_actor(const Halld__Actor *a, struct buf *out)
{
    if (!a)
        return;
    const ProtobufCEnumValue *kind = protobuf_c_enum_descriptor_get_value(&halld__actor_kind__e__descriptor, a->kind);
    buf_add_format(out, " %s:%s", kind ? kind->name : "unknown", a->id);
    if (*a->device)
        buf_add_format(out, "@%s", a->device);
}

static int dump_event(void *arg, const Halld__Event *event)
{
    struct dump *d = arg;
    if (d->options->day && event->day != d->options->day)
        return 0;
    buf_clear(&d->line);
    if (d->options->json) {
        pbjson_write(&event->base, &d->line);
    } else {
        buf_add_format(&d->line, "%" PRIu64 " ", event->seq);
        write_moment(event->at, &d->line);
        write_actor(event->actor, &d->line);
        buf_add_char(&d->line, ' ');
        describe_event_with(event, write_moment, &d->line);
    }
    buf_add_char(&d->line, '\n');
    return fwrite(d->line.data, d->line.len, 1, stdout) == 1 ? 0 : EXIT_UNREADABLE;
}

static int run_dump(struct journal *j, const char *file, const struct options *o)
{
    struct dump d = {.options = o, .line = BUF_INIT};
    struct journal_fault fault;
    int code = journal_read(j, o->from, o->to, dump_event, &d, &fault);
    buf_fini(&d.line);
    fflush(stdout);
    return code < 0 ? tell_fault(file, &fault) : code;
}

/* ---- verify ---- */

struct verify {
    const struct options *options;
    uint64_t seq, found;
    uint8_t head[JOURNAL_HEAD];
};

static int verify_row(void *arg, const struct journal_row *row)
{
    struct verify *v = arg;
    v->seq = row->seq;
    memcpy(v->head, row->head, JOURNAL_HEAD);
    if (v->options->head_given && memcmp(row->head, v->options->head, JOURNAL_HEAD) == 0)
        v->found = row->seq;
    return 0;
}

static int run_verify(struct journal *j, const char *file, const struct options *o)
{
    struct verify v = {.options = o};
    struct journal_fault fault;
    if (journal_read_rows(j, 1, UINT64_MAX, verify_row, &v, &fault) != 0 || journal_check_file(j, &fault) != 0)
        return tell_fault(file, &fault);
    printf("events %" PRIu64 "\n", v.seq);
    print_head("head", v.head);
    if (!o->head_given)
        return 0;
    if (!v.found) {
        fprintf(stderr, "halljournal: %s: no event has the head that was given: events were changed or cut off\n",
                file);
        return EXIT_BAD;
    }
    printf("the head given is that of event %" PRIu64 "\n", v.found);
    return 0;
}

/* ---- replay ---- */

struct replay {
    const struct options *options;
    const char *file;
    struct hall *hall;
    uint64_t unchecked; /* events since the last look at the invariants */
    int32_t day, left;  /* left: events of the present command still to come; the invariants hold between commands */
};

static int check_hall(const struct replay *r)
{
    const char *broken = hall_check(r->hall);
    if (!broken)
        return 0;
    fprintf(stderr, "halljournal: %s: after event %" PRIu64 ": %s\n", r->file, hall_seq(r->hall), broken);
    return EXIT_BAD;
}

static int replay_event(void *arg, const Halld__Event *event)
{
    struct replay *r = arg;
    if (!event->body_case) {
        fprintf(stderr, "halljournal: %s: event %" PRIu64 " is of a kind that this program does not know\n", r->file,
                event->seq);
        return EXIT_BAD;
    }
    hall_apply(r->hall, event);
    r->day = event->day;
    r->left = event->of > 0 ? event->of - 1 : r->left - (r->left > 0);
    if (++r->unchecked < r->options->check_every || r->left > 0)
        return 0;
    r->unchecked = 0;
    return check_hall(r);
}

static void print_summary(const struct replay *r)
{
    char day[11] = "none";
    uint8_t zeros[JOURNAL_HEAD] = {0}, hash[JOURNAL_HEAD];
    Halld__Snapshot *s = hall_to_snapshot(r->hall);
    size_t len = halld__snapshot__get_packed_size(s);
    uint8_t *packed = alloc_zero(len);
    halld__snapshot__pack(s, packed);
    journal_chain(zeros, packed, len, hash);
    if (date_is_valid(r->day))
        date_to_text(r->day, day);
    printf("seq %" PRIu64 "\nday %s\ntickets %zu\nwindows %zu\n", s->seq, day, s->n_tickets, s->n_windows);
    print_head("state", hash);
    free(packed);
    halld__snapshot__free_unpacked(s, NULL);
}

static int run_replay(struct journal *j, const char *file, const struct options *o)
{
    struct replay r = {.options = o, .file = file, .hall = hall_new()};
    struct journal_fault fault;
    int code = journal_read(j, 1, o->to, replay_event, &r, &fault);
    if (code < 0)
        code = tell_fault(file, &fault);
    if (!code && r.left == 0)
        code = check_hall(&r);
    if (!code)
        print_summary(&r);
    hall_free(r.hall);
    return code;
}

/* ---- the command line ---- */

static const struct command_row {
    const char *name;
    int (*run)(struct journal *j, const char *file, const struct options *o);
    const char *help;
} commands[] = {
    {"dump", run_dump, "one readable line an event"},
    {"replay", run_replay, "fold the events into a hall, check it, say what came out"},
    {"verify", run_verify, "walk the chain; print the head and how many events there are"},
};

static void print_usage(FILE *out)
{
    fprintf(out, "halljournal COMMAND [options] FILE\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-18s %s\n", commands[i].name, commands[i].help);
    fprintf(out, "\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_rows[i];
        int n = fprintf(out, "  --%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
        fprintf(out, "%*s %s: %s\n", n < 20 ? 20 - n : 0, "", row->commands, row->help);
    }
    fprintf(out, "  --help, --version\n\nExit: 0 all is well, 1 the journal is bad, 2 usage, 3 it cannot be read.\n");
}

static const struct command_row *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static bool take_option(const struct command_row *command, int index, struct options *o)
{
    const struct option_row *row = &option_rows[index];
    if (!strstr(row->commands, command->name)) {
        fprintf(stderr, "halljournal: %s takes no --%s\n", command->name, row->name);
        return false;
    }
    if (row->take(o, optarg))
        return true;
    fprintf(stderr, "halljournal: --%s: \"%s\" is no %s\n", row->name, optarg, row->argument);
    return false;
}

/* argv[0] is the command. false: said why. */
static bool read_options(const struct command_row *command, int argc, char **argv, struct options *o)
{
    struct option table[OPTIONS + 1] = {{0}};
    for (int i = 0; i < OPTIONS; i++)
        table[i] =
            (struct option){option_rows[i].name, option_rows[i].argument ? required_argument : no_argument, NULL, i};
    int index;
    while ((index = getopt_long(argc, argv, "", table, NULL)) != -1)
        if (index == '?' || !take_option(command, index, o))
            return false;
    if (optind + 1 != argc)
        fprintf(stderr, "halljournal: %s takes one FILE\n", command->name);
    return optind + 1 == argc;
}

static int keep_zone(void *arg, const Halld__Event *event)
{
    (void)arg;
    if (event->body_case == HALLD__EVENT__BODY_JOURNAL_STARTED)
        setenv("TZ", event->journal_started->zone, 0);
    return 0;
}

/* Times are shown as on the hall's own clocks, unless TZ says otherwise. */
static void use_halls_zone(struct journal *j)
{
    struct journal_fault ignored;
    journal_read(j, 1, 1, keep_zone, NULL, &ignored);
    tzset();
}

static int run(const struct command_row *command, const char *file, const struct options *o)
{
    struct journal *j;
    char why[200];
    if (journal_open(file, &j, why) != 0) {
        fprintf(stderr, "halljournal: %s\n", why);
        return EXIT_UNREADABLE;
    }
    use_halls_zone(j);
    int code = command->run(j, file, o);
    journal_close(j);
    if (fflush(stdout) != 0 && !code)
        code = EXIT_UNREADABLE;
    return code;
}

int main(int argc, char **argv)
{
    struct options o = {.from = 1, .to = UINT64_MAX, .check_every = 1000};
    const char *first = argc > 1 ? argv[1] : "";
    if (strcmp(first, "--help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(first, "--version") == 0) {
        printf("halljournal " PACKAGE_VERSION "\n");
        return 0;
    }
    const struct command_row *command = find_command(first);
    if (!command) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    return read_options(command, argc - 1, argv + 1, &o) ? run(command, argv[argc - 1], &o) : EXIT_USAGE;
}
