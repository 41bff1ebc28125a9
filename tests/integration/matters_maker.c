/*
 * Writes a journal of days on which matters of every flow were opened and taken on by chance, decided by the real core:
 * matters_maker DIR SETTINGS.json FLOWS_DIR PROFILE.json FIRST_DATE DAYS ATTEMPTS SEED
 * Most attempts are refused; tickets come and go beside them. For tests of figures, which count the journal themselves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/flow/flow.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "engine/flow_files.h"
#include "tests/lib/play.h"

enum { OPENS = 9 * 60, CLOSES = 17 * 60 + 30, FILE_MOST = 1 << 20 };

static struct play hall;
static uint64_t state;

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "matters_maker: %s: %s %s=%s\n", what, err_name(code), hall.refusal.field, hall.refusal.value);
    exit(1);
}

static uint32_t roll(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 11) % n);
}

static const Halld__Settings *settings(void)
{
    return setup_settings(hall_setup(hall.hall));
}

/* ---- values */

static void add_code(struct buf *out, const Halld__Field *f, int type)
{
    const Halld__Settings *s = settings();
    if (type == FLOW_CHOICE)
        buf_add_text(out, f->values[roll((uint32_t)f->n_values)]->name);
    else if (type == FLOW_ITEM)
        buf_add_text(out, s->items[roll((uint32_t)s->n_items)]->item);
    else if (type == FLOW_DEPARTMENT)
        buf_add_text(out, s->groups[roll((uint32_t)s->n_groups)]->group);
    else if (type == FLOW_WINDOW)
        buf_add_format(out, "%d", s->windows[roll((uint32_t)s->n_windows)]->window);
    else if (type == FLOW_STAFF)
        buf_add_text(out, s->users[0]->name);
    else if (type == FLOW_MATERIAL)
        buf_add_text(out, s->items[0]->n_materials ? s->items[0]->materials[0]->material : "m1");
    else if (type == FLOW_DATE)
        buf_add_format(out, "%.4s-%.2s-%.2s", "2026", "11", "30");
    else /* references and keyed hashes */
        buf_add_format(out, "%032x", 1 + roll(40));
}

/* A ticket at a window; of matters the newest. */
static bool add_text(struct buf *out, const Halld__Field *f, int type)
{
    if (type == FLOW_TICKET) {
        const struct window *w = queue_window_find(hall_queue(hall.hall), 1 + (int)roll(3));
        if (!w || !w->ticket)
            return false;
        buf_add_format(out, "%llu", (unsigned long long)w->ticket->id);
        return true;
    }
    add_code(out, f, type);
    return true;
}

static bool add_number(struct buf *out, const Halld__Field *f, int type)
{
    const struct flow *flow = hall_flow(hall.hall);
    if (type == FLOW_NUMBER || type == FLOW_MONEY) {
        buf_add_format(out, "%lld",
                       (long long)(f->min + roll((uint32_t)(f->max - f->min < 9 ? f->max - f->min + 1 : 9))));
        return true;
    }
    if (type == FLOW_BOOL) {
        buf_add_char(out, '1');
        return true;
    }
    for (uint64_t id = flow_matter_count(flow); id > 0; id--)
        if (strcmp(flow_matter(flow, id)->def->flow->name, f->of) == 0) {
            buf_add_format(out, "%llu", (unsigned long long)id);
            return true;
        }
    return false;
}

static bool is_number(int type)
{
    return type == FLOW_NUMBER || type == FLOW_MONEY || type == FLOW_BOOL || type == FLOW_MATTER;
}

static void add_field(struct buf *out, const struct definition *d, const char *name)
{
    int i = definition_field(d, name);
    const Halld__Field *f = d->fields[i].f;
    int type = (int)d->fields[i].type;
    struct buf value = BUF_INIT;
    if (is_number(type) ? add_number(&value, f, type) : add_text(&value, f, type)) {
        buf_add_format(out, "%s{\"field\":\"%s\",\"%s\":[\"%s\"]", out->data[out->len - 1] == '[' ? "" : ",", name,
                       is_number(type) ? "numbers" : "texts", buf_text(&value));
        if (type == FLOW_TEXT || type == FLOW_PHONE)
            buf_add_text(out, ",\"characters\":[5]");
        buf_add_format(out, "%s%s}", f->most ? ",\"list\":true" : "", type == FLOW_BOOL ? ",\"truth\":true" : "");
    }
    buf_fini(&value);
}

static void add_fields(struct buf *out, const struct definition *d, const Halld__Transition *t)
{
    buf_add_text(out, "\"fields\":[");
    for (size_t i = 0; i < t->n_need; i++)
        add_field(out, d, t->need[i]);
    for (size_t i = 0; i < t->n_may; i++)
        if (roll(2))
            add_field(out, d, t->may[i]);
    buf_add_char(out, ']');
}

/* ---- acts */

static void open_one(const struct definition *d)
{
    struct buf b = BUF_INIT;
    const Halld__Transition *t = d->flow->transitions[roll((uint32_t)d->flow->n_transitions)];
    if (t->n_from)
        t = d->flow->transitions[0];
    buf_add_format(&b, "{\"open_matter\":{\"flow\":\"%s\",\"transition\":\"%s\",\"window\":%d,", d->flow->name, t->name,
                   (int)roll(4));
    add_fields(&b, d, t);
    buf_add_text(&b, "}}");
    play(&hall, buf_text(&b));
    buf_fini(&b);
}

static void take_one(const struct matter *m)
{
    struct buf b = BUF_INIT;
    const Halld__Transition *t = m->def->flow->transitions[roll((uint32_t)m->def->flow->n_transitions)];
    buf_add_format(&b, "{\"take_transition\":{\"matter\":\"%llu\",\"transition\":\"%s\",\"window\":%d,",
                   (unsigned long long)m->id, t->name, (int)roll(4));
    add_fields(&b, m->def, t);
    buf_add_text(&b, "}}");
    play(&hall, buf_text(&b));
    buf_fini(&b);
}

static void serve(void)
{
    static const char *const OUTCOMES[] = {"handled", "accepted", "advice", "supplement"};
    char command[120];
    const Halld__Settings *s = settings();
    play_as(&hall, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
    snprintf(command, sizeof command, "{\"issue_ticket\":{\"item\":\"%s\"}}",
             s->items[roll((uint32_t)s->n_items)]->item);
    play(&hall, command);
    snprintf(command, sizeof command, "{\"next_ticket\":{\"n\":%d,\"outcome\":\"%s\"}}", 1 + (int)roll(3),
             OUTCOMES[roll(4)]);
    if (play(&hall, command) != 0) {
        snprintf(command, sizeof command, "{\"next_ticket\":{\"n\":%d}}", 1 + (int)roll(3));
        play(&hall, command);
    }
}

static void act(void)
{
    const struct flow *f = hall_flow(hall.hall);
    uint64_t n = flow_matter_count(f);
    uint32_t rolled = roll(100);
    play_as(&hall, HALLD__ACTOR_KIND__E__user, settings()->users[0]->name, HALLD__ROLE__E__desk);
    if (rolled < 15)
        serve();
    else if (!n || rolled < 22)
        open_one(flow_definition_at(f, roll((uint32_t)flow_definition_count(f))));
    else
        take_one(flow_matter(f, n > 60 ? n - roll(60) : 1 + roll((uint32_t)n)));
}

/* ---- days */

static void tick_to(int64_t now)
{
    while (hall_next_due(hall.hall) <= now) {
        if (hall.now < hall_next_due(hall.hall))
            hall.now = hall_next_due(hall.hall);
        must(play(&hall, "{\"tick\":{}}"), "tick");
    }
    hall.now = now;
}

static void open_day(int32_t date)
{
    char from[MOMENT_TEXT], to[MOMENT_TEXT], end[MOMENT_TEXT], command[400];
    moment_to_text(moment_of_date(date, OPENS), from);
    moment_to_text(moment_of_date(date, CLOSES), to);
    moment_to_text(moment_of_date(date, 1440), end);
    snprintf(command, sizeof command,
             "{\"open_day\":{\"date\":%d,\"open\":[{\"from_at\":\"%s\",\"to_at\":\"%s\"}],\"end_at\":\"%s\"}}", date,
             from, to, end);
    play_as(&hall, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    must(play(&hall, command), "open_day");
}

static void play_day(int32_t date, int attempts)
{
    int64_t opens = moment_of_date(date, OPENS), length = moment_of_date(date, CLOSES) - opens;
    char command[60];
    tick_to(opens);
    open_day(date);
    for (int w = 1; w <= 3; w++) {
        snprintf(command, sizeof command, "{\"open_window\":{\"n\":%d}}", w);
        play_as(&hall, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
        play(&hall, command);
    }
    for (int i = 0; i < attempts; i++) {
        tick_to(opens + length * i / attempts);
        act();
    }
    play_as(&hall, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    tick_to(moment_of_date(date, 1440) - 1);
}

static void define(const char *dir, const char *profile)
{
    struct flow_files files;
    struct buf b = BUF_INIT;
    char *name;
    if (flow_files_read(dir, profile, hall_flow(hall.hall), &files, &name) != 0 || !files.sound)
        must(HALL_E_BAD_VALUE, dir);
    buf_add_text(&b, "{\"set_profile\":{\"profile\":");
    pbjson_write(&files.profile->base, &b);
    buf_add_text(&b, "}}");
    must(play(&hall, buf_text(&b)), profile);
    for (size_t i = 0; i < files.n; i++) {
        buf_clear(&b);
        buf_add_text(&b, "{\"define_flow\":{\"flow\":");
        pbjson_write(&files.definitions[i].flow->base, &b);
        buf_add_text(&b, "}}");
        must(play(&hall, buf_text(&b)), "define_flow");
    }
    flow_files_fini(&files);
    buf_fini(&b);
}

int main(int argc, char **argv)
{
    char why[200] = "writing";
    struct buf text = BUF_INIT;
    int32_t first = 0;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    if (argc != 9 || !date_from_text(argv[5], &first) || !file_read(argv[2], FILE_MOST, &text))
        must(HALL_E_BAD_VALUE, "DIR SETTINGS.json FLOWS_DIR PROFILE.json FIRST_DATE DAYS ATTEMPTS SEED");
    state = strtoull(argv[8], NULL, 10) * 0x9E3779B97F4A7C15u + 1;
    play_init(&hall, buf_text(&text), moment_of_date(date_from_days(date_to_days(first) - 1), OPENS));
    play_as(&hall, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    define(argv[3], argv[4]);
    for (int d = 0; d < (int)strtol(argv[6], NULL, 10); d++)
        play_day(date_from_days(date_to_days(first) + d), (int)strtol(argv[7], NULL, 10));
    must(play_write(&hall, argv[1], why), why);
    play_fini(&hall);
    buf_fini(&text);
    return 0;
}
