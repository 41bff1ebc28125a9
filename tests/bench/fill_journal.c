/*
 * Writes a journal with at least so many plausible events, through the real core and store: past days on which
 * people take tickets and windows serve them, up to yesterday.
 *
 *   fill_journal DIR HALL_ID ZONE HALL.json EVENTS [TICKETS_A_DAY]
 *
 * or with that many events of matters, the escalations of plugins/, each registered, looked at, solved and closed by
 * HALL.json's first user, but for so many that are left open on the last day:
 *
 *   fill_journal DIR HALL_ID ZONE HALL.json EVENTS matters FLOWS_DIR PROFILE OPEN
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/day/hours.h"
#include "core/flow/flow.h"
#include "core/hall.h"
#include "core/setup.h"
#include "engine/flow_files.h"
#include "port/command.h"
#include "store/store.h"

enum { BATCH = 4000, EVENTS_A_TICKET = 5, EVENTS_A_MATTER = 12, MATTERS_A_DAY = 2000 };

struct fill {
    struct hall *hall;
    struct store *store;
    struct store_batch *batch;
    int64_t now;
    uint64_t random;
    size_t tickets_a_day;
    const char *user; /* who handles matters; NULL: the kiosk does everything */
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "fill_journal: %s: %s\n", what, why);
    exit(1);
}

static void flush(struct fill *f)
{
    if (!f->batch->n_rows)
        return;
    store_write_take(f->store, f->batch);
    int code = store_wait(f->store);
    if (code)
        die("write", err_text_en(code));
    f->batch = store_batch_new();
}

static uint64_t next_random(struct fill *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random;
}

/* Takes the command; a refusal is none of this program's business. */
static bool do_take(struct fill *f, Halld__Command *command, bool keyed)
{
    Halld__Actor actor = HALLD__ACTOR__INIT;
    actor.kind = f->user ? HALLD__ACTOR_KIND__E__user : HALLD__ACTOR_KIND__E__device;
    actor.id = (char *)(f->user ? f->user : "kiosk");
    struct turn turn = {.now_ms = f->now,
                        .actor = &actor,
                        .role = f->user ? HALLD__ROLE__E__desk : HALLD__ROLE__E__admin,
                        .has_key = keyed};
    for (int i = 0; i < 2; i++) {
        uint64_t r = next_random(f);
        memcpy(turn.random + 8 * i, &r, sizeof r);
        r = next_random(f);
        memcpy(turn.key + 8 * i, &r, sizeof r);
    }
    struct events events = EVENTS_INIT;
    int code = hall_decide(f->hall, command, &turn, &events, NULL);
    for (size_t i = 0; i < events.n; i++)
        store_batch_add_event(f->batch, events.at[i]);
    if (f->batch->n_rows >= BATCH)
        flush(f);
    events_fini(&events);
    halld__command__free_unpacked(command, NULL);
    return code == 0;
}

/* A new command whose body is the message of its case. */
static void *begin(Halld__Command **ret, Halld__Command__BodyCase body)
{
    *ret = command_new(body, NULL);
    return (*ret)->issue_ticket; /* the oneof is a union of pointers */
}

static void start(struct fill *f, const char *hall_id, const char *zone, const char *file)
{
    Halld__Command *c;
    Halld__StartJournal *s = begin(&c, HALLD__COMMAND__BODY_START_JOURNAL);
    s->hall = alloc_text(hall_id);
    s->zone = alloc_text(zone);
    s->epoch = 1;
    do_take(f, c, false);

    FILE *in = fopen(file, "r");
    struct buf text = BUF_INIT;
    size_t n;
    while (in && (n = fread(buf_reserve(&text, 65536), 1, 65536, in)) > 0)
        text.len += n;
    ProtobufCMessage *settings = NULL;
    struct refusal r = {0};
    if (!in || pbjson_read(&halld__settings__descriptor, text.data, text.len, &PBJSON_FILE, &settings, &r) != 0)
        die(file, r.field);
    fclose(in);
    buf_fini(&text);
    Halld__PutSettings *p = begin(&c, HALLD__COMMAND__BODY_PUT_SETTINGS);
    p->put = (Halld__Settings *)settings;
    if (!do_take(f, c, false))
        die(file, "not acceptable");
}

/* Midnight to midnight where the hall has no hours on that day: the journal must fill. */
static void open_day(struct fill *f, int32_t date)
{
    struct minutes spans[HOURS_SPANS_MAX];
    size_t n = hours_of(hall_setup(f->hall), date, spans);
    if (!n) {
        spans[0] = (struct minutes){0, 1440};
        n = 1;
    }
    Halld__Command *c;
    Halld__OpenDay *d = begin(&c, HALLD__COMMAND__BODY_OPEN_DAY);
    d->date = date;
    d->end_at = moment_of_date(date, 1440);
    d->n_open = n;
    d->open = alloc_zero(n * sizeof *d->open);
    for (size_t i = 0; i < n; i++) {
        d->open[i] = alloc_zero(sizeof *d->open[i]);
        halld__span__init(d->open[i]);
        d->open[i]->from_at = moment_of_date(date, spans[i].from);
        d->open[i]->to_at = moment_of_date(date, spans[i].to);
    }
    f->now = d->open[0]->from_at;
    if (!do_take(f, c, false))
        die("day", "refused");
}

static void press_next(struct fill *f, int window)
{
    Halld__Command *c;
    Halld__NextTicket *next = begin(&c, HALLD__COMMAND__BODY_NEXT_TICKET);
    next->n = window;
    next->outcome = HALLD__OUTCOME__E__handled;
    if (do_take(f, c, true))
        return;
    next = begin(&c, HALLD__COMMAND__BODY_NEXT_TICKET);
    next->n = window;
    do_take(f, c, true);
}

static void issue(struct fill *f, const Halld__Settings *s)
{
    Halld__Command *c;
    Halld__IssueTicket *t = begin(&c, HALLD__COMMAND__BODY_ISSUE_TICKET);
    const Halld__Item *item = s->items[next_random(f) % s->n_items];
    t->item = alloc_text(item->item);
    t->channel = HALLD__CHANNEL__E__kiosk;
    do_take(f, c, true);
}

static void tick_until_closed(struct fill *f, int64_t until)
{
    while (hall_next_due(f->hall) <= until) {
        if (f->now < hall_next_due(f->hall))
            f->now = hall_next_due(f->hall);
        Halld__Command *c;
        begin(&c, HALLD__COMMAND__BODY_TICK);
        do_take(f, c, false);
    }
}

static void fill_day(struct fill *f, int32_t date)
{
    open_day(f, date);
    const Halld__Settings *s = setup_settings(hall_setup(f->hall));
    for (size_t i = 0; i < s->n_windows; i++) {
        Halld__Command *c;
        Halld__OpenWindow *open = begin(&c, HALLD__COMMAND__BODY_OPEN_WINDOW);
        open->n = s->windows[i]->window;
        do_take(f, c, false);
    }
    int64_t end = moment_of_date(date, 1440), step = (int64_t)3 * 3600000 / (int64_t)f->tickets_a_day;
    for (size_t i = 0; i < f->tickets_a_day; i++) {
        issue(f, s);
        press_next(f, s->windows[i % s->n_windows]->window);
        f->now += step;
    }
    tick_until_closed(f, end);
}

/* ---- matters */

static void define(struct fill *f, const char *dir, const char *profile)
{
    struct flow_files files;
    char *name;
    Halld__Command *c;
    if (flow_files_read(dir, profile, hall_flow(f->hall), &files, &name) != 0 || !files.sound)
        die(dir, "not sound");
    Halld__SetProfile *set = begin(&c, HALLD__COMMAND__BODY_SET_PROFILE);
    set->profile = (Halld__Profile *)message_clone(&files.profile->base);
    do_take(f, c, false);
    for (size_t i = 0; i < files.n; i++) {
        Halld__DefineFlow *d = begin(&c, HALLD__COMMAND__BODY_DEFINE_FLOW);
        d->flow = (Halld__Flow *)message_clone(&files.definitions[i].flow->base);
        do_take(f, c, false);
    }
    flow_files_fini(&files);
}

/* A text is the reference of sealed words. */
static Halld__FieldValue **field_new(struct fill *f, const char *field, const char *text)
{
    Halld__FieldValue *v = MESSAGE_NEW(Halld__FieldValue, &halld__field_value__descriptor);
    v->field = alloc_text(field);
    v->texts = alloc_zero(sizeof *v->texts);
    v->texts[v->n_texts++] =
        text ? alloc_text(text)
             : alloc_format("%016llx%016llx", (unsigned long long)next_random(f), (unsigned long long)next_random(f));
    v->n_characters = text ? 0 : 1;
    v->characters = alloc_zero(sizeof *v->characters);
    v->characters[0] = 40;
    return alloc_copy(&v, sizeof(Halld__FieldValue *));
}

static void register_matter(struct fill *f)
{
    Halld__Command *c;
    Halld__OpenMatter *open = begin(&c, HALLD__COMMAND__BODY_OPEN_MATTER);
    open->flow = alloc_text("escalation");
    open->transition = alloc_text("register");
    open->n_fields = 1;
    open->fields = field_new(f, "summary", NULL);
    if (!do_take(f, c, true))
        die("register", "refused");
}

static void take(struct fill *f, uint64_t matter, const char *transition, const char *field, const char *text)
{
    Halld__Command *c;
    Halld__TakeTransition *t = begin(&c, HALLD__COMMAND__BODY_TAKE_TRANSITION);
    t->matter = matter;
    t->transition = alloc_text(transition);
    if (field) {
        t->n_fields = 1;
        t->fields = field_new(f, field, text);
    }
    if (!do_take(f, c, true))
        die(transition, "refused");
}

static void fill_matters(struct fill *f, size_t n, bool end)
{
    for (size_t i = 0; i < n; i++) {
        register_matter(f);
        uint64_t matter = flow_matter_count(hall_flow(f->hall));
        take(f, matter, "triage", "cause", "policy");
        if (end) {
            take(f, matter, "solve", "answer", NULL);
            take(f, matter, "close", NULL, NULL);
        }
        f->now += 1000;
    }
}

static void fill_with_matters(struct fill *f, uint64_t events, int32_t today, char **argv)
{
    size_t open = strtoul(argv[3], NULL, 10), n = events / EVENTS_A_MATTER;
    int32_t days = (int32_t)(n / MATTERS_A_DAY) + 1;
    f->now = moment_of_date(date_from_days(today - days), 0);
    define(f, argv[1], argv[2]);
    f->user = setup_settings(hall_setup(f->hall))->users[0]->name;
    for (int32_t d = today - days; d < today; d++) {
        open_day(f, date_from_days(d));
        fill_matters(f, d + 1 == today ? n % MATTERS_A_DAY : MATTERS_A_DAY, true);
        if (d + 1 == today)
            fill_matters(f, open, false);
        else
            tick_until_closed(f, moment_of_date(date_from_days(d), 1440));
    }
}

static void fill_with_tickets(struct fill *f, uint64_t events, int32_t today)
{
    int32_t days = (int32_t)(events / (f->tickets_a_day * EVENTS_A_TICKET)) + 1;
    f->now = moment_of_date(date_from_days(today - days), 0);
    for (int32_t d = today - days; d < today; d++)
        fill_day(f, date_from_days(d));
}

int main(int argc, char **argv)
{
    bool matters = argc == 10 && strcmp(argv[6], "matters") == 0;
    if (argc < 6 || (argc > 7 && !matters))
        die("usage", "DIR HALL_ID ZONE HALL.json EVENTS [TICKETS_A_DAY | matters FLOWS_DIR PROFILE OPEN]");
    setenv("TZ", argv[3], 1);
    tzset();
    struct fill f = {.random = 88172645463325252u, .tickets_a_day = argc == 7 ? strtoul(argv[6], NULL, 10) : 20000};
    char why[200];
    if (store_open(argv[1], &f.store, why) != 0)
        die(argv[1], why);
    if (store_last_seq(f.store))
        die(argv[1], "has a journal already");
    f.hall = hall_new();
    f.batch = store_batch_new();
    uint64_t events = strtoull(argv[5], NULL, 10);
    int32_t today = date_to_days(moment_to_date((int64_t)time(NULL) * 1000));
    f.now = moment_of_date(date_from_days(today - 3660), 0);
    start(&f, argv[2], argv[3], argv[4]);
    if (matters)
        fill_with_matters(&f, events, today, argv + 6);
    else
        fill_with_tickets(&f, events, today);
    flush(&f);
    printf("%llu events\n", (unsigned long long)hall_seq(f.hall));
    store_batch_free(f.batch);
    hall_free(f.hall);
    store_close(f.store);
    return 0;
}
