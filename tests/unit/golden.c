/*
 * Golden traces: tests/golden/NAME.trace reads as the hall's rules. A line is
 *
 *   # words for the reader
 *   settings {...}                      put before anything happens (proto3 JSON of Settings)
 *   day 2026-03-10 09:00-12:00 ...      the business day opens at 00:00 with these hours
 *   09:00:00 WHO COMMAND {...}          a command at that time; "$A001" in it is that ticket's id, "#A001" its link
 *     event ...                         what must come of it: one line an event, or "refused CODE field=value"
 *
 * "@CODE" is an appointment's link. WHO is NAME@ROLE for a person (li@clerk), a role for a device (kiosk), link, or
 * engine. Times print as times of the day. `golden --write FILE...` writes the expected lines anew, to be read before
 * they are committed; without it every file must come out as it is. After each command the invariants hold, and a
 * second hall that only applies the events is equal at the end.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/describe.h"
#include "core/hall.h"
#include "core/queue/queue.h"

struct player {
    struct hall *hall, *replica;
    int32_t date;
    struct buf out;
    const char *file;
    int line, failed;
    uint8_t random;
};

static int64_t midnight(const struct player *p)
{
    return (int64_t)date_to_days(p->date) * 86400000;
}

static void print_moment(int64_t ms, struct buf *out)
{
    int64_t day = ms % 86400000;
    buf_add_format(out, "%02d:%02d:%02d", (int)(day / 3600000), (int)(day / 60000 % 60), (int)(day / 1000 % 60));
    if (day % 1000)
        buf_add_format(out, ".%03d", (int)(day % 1000));
}

static void fail(struct player *p, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", p->file, p->line, what);
    p->failed++;
}

static void print_events(struct player *p, const struct events *events)
{
    for (size_t i = 0; i < events->n; i++) {
        buf_add_text(&p->out, "  ");
        describe_event_with(events->at[i], print_moment, &p->out);
        buf_add_char(&p->out, '\n');
        hall_apply(p->replica, events->at[i]);
    }
}

static void print_refusal(struct player *p, const struct refusal *r)
{
    buf_add_format(&p->out, "  refused %s", err_name(r->code));
    if (*r->field)
        buf_add_format(&p->out, " %s=%s", r->field, r->value);
    buf_add_char(&p->out, '\n');
}

static void decide(struct player *p, const Halld__Command *command, const Halld__Actor *actor, Halld__Role__E role,
                   int64_t now)
{
    struct events events = EVENTS_INIT;
    struct refusal refusal = {0};
    struct turn turn = {.now_ms = now, .actor = actor, .role = role};
    turn.random[0] = ++p->random;
    if (hall_decide(p->hall, command, &turn, &events, &refusal))
        print_refusal(p, &refusal);
    else
        print_events(p, &events);
    const char *broken = hall_check(p->hall);
    if (broken)
        fail(p, broken);
    events_fini(&events);
}

/* ---- who */

static void actor_init(Halld__Actor *a, char *who, Halld__Role__E *ret_role)
{
    halld__actor__init(a);
    char *at = strchr(who, '@');
    const char *role = at ? at + 1 : who;
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(&halld__role__e__descriptor, role);
    *ret_role = v ? (Halld__Role__E)v->value : HALLD__ROLE__E__public;
    a->kind = at ? HALLD__ACTOR_KIND__E__user : v ? HALLD__ACTOR_KIND__E__device : HALLD__ACTOR_KIND__E__link;
    if (strcmp(who, "engine") == 0) {
        a->kind = HALLD__ACTOR_KIND__E__engine;
        *ret_role = HALLD__ROLE__E__admin;
    }
    if (at)
        *at = '\0';
    a->id = who;
}

/* ---- what */

static const struct ticket *ticket_by_number(const struct player *p, const char *number, size_t n)
{
    const struct queue *q = hall_queue(p->hall);
    for (size_t i = 0; i < queue_ticket_count(q); i++)
        if (strlen(queue_ticket_at(q, i)->number) == n && memcmp(queue_ticket_at(q, i)->number, number, n) == 0)
            return queue_ticket_at(q, i);
    return NULL;
}

/* "$A001" -> "17", "#A001" -> its token, "@000002" -> the token of that appointment. */
static void put_token(const uint8_t *token, struct buf *out)
{
    char text[33] = "00000000000000000000000000000000";
    if (token)
        token_to_text(token, text);
    buf_add_format(out, "\"%s\"", text);
}

static const uint8_t *appointment_token(const struct player *p, const char *code, size_t n)
{
    const struct queue *q = hall_queue(p->hall);
    for (size_t i = queue_appointment_count(q); i-- > 0;)
        if (strncmp(queue_appointment_at(q, i)->code, code, n) == 0)
            return queue_appointment_at(q, i)->token;
    return NULL;
}

static void put_names(struct player *p, const char *json, struct buf *out)
{
    for (; *json; json++) {
        if (json[0] != '"' || !json[1] || !strchr("$#@", json[1])) {
            buf_add_char(out, *json);
            continue;
        }
        size_t n = strcspn(json + 2, "\"");
        const struct ticket *t = ticket_by_number(p, json + 2, n);
        if (json[1] == '$')
            buf_add_format(out, "\"%llu\"", t ? (unsigned long long)t->id : 999999ULL);
        else if (json[1] == '#')
            put_token(t ? t->token : NULL, out);
        else
            put_token(appointment_token(p, json + 2, n), out);
        json += n + 2;
    }
}

static ProtobufCMessage *read_json(struct player *p, const char *json)
{
    struct buf text = BUF_INIT;
    put_names(p, json, &text);
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    if (pbjson_read(&halld__command__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &m, &r)) {
        fprintf(stderr, "%s:%d: %s %s %s\n", p->file, p->line, err_name(r.code), r.field, r.value);
        p->failed++;
    }
    buf_fini(&text);
    return m;
}

static void play_settings(struct player *p, const char *json)
{
    struct buf text = BUF_INIT;
    buf_add_format(&text, "{\"put_settings\":{\"put\":%s}}", json);
    ProtobufCMessage *m = read_json(p, buf_text(&text));
    Halld__Actor actor = HALLD__ACTOR__INIT;
    if (m)
        decide(p, (Halld__Command *)m, &actor, HALLD__ROLE__E__admin, midnight(p));
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    buf_fini(&text);
}

static void play_day(struct player *p, char *words)
{
    Halld__OpenDay day = HALLD__OPEN_DAY__INIT;
    Halld__Span spans[8], *rows[8];
    Halld__Actor actor = HALLD__ACTOR__INIT;
    char *date = strtok(words, " "), iso[11];
    snprintf(iso, sizeof iso, "%s", date);
    date_from_text(iso, &p->date);
    for (char *span; day.n_open < 8 && (span = strtok(NULL, " "));) {
        int h1, m1, h2, m2;
        if (sscanf(span, "%d:%d-%d:%d", &h1, &m1, &h2, &m2) != 4)
            return fail(p, "no hours");
        Halld__Span *s = &spans[day.n_open];
        halld__span__init(s);
        s->from_at = midnight(p) + (h1 * 60 + m1) * INT64_C(60000);
        s->to_at = midnight(p) + (h2 * 60 + m2) * INT64_C(60000);
        rows[day.n_open++] = s;
    }
    day.open = rows;
    day.date = p->date;
    day.end_at = midnight(p) + 86400000;
    Halld__Command c = HALLD__COMMAND__INIT;
    c.body_case = HALLD__COMMAND__BODY_OPEN_DAY;
    c.open_day = &day;
    decide(p, &c, &actor, HALLD__ROLE__E__admin, midnight(p));
}

static void play_command(struct player *p, char *words)
{
    int h, m, s, used = 0;
    char who[64], what[64];
    if (sscanf(words, "%d:%d:%d %63s %63s %n", &h, &m, &s, who, what, &used) != 5)
        return fail(p, "not understood");
    struct buf text = BUF_INIT;
    buf_add_format(&text, "{\"%s\":%s}", what, words[used] ? words + used : "{}");
    ProtobufCMessage *command = read_json(p, buf_text(&text));
    Halld__Actor actor;
    Halld__Role__E role;
    actor_init(&actor, who, &role);
    if (command) {
        decide(p, (Halld__Command *)command, &actor, role, midnight(p) + ((h * 60 + m) * 60 + s) * INT64_C(1000));
        protobuf_c_message_free_unpacked(command, NULL);
    }
    buf_fini(&text);
}

static void play_line(struct player *p, const char *line)
{
    if (strncmp(line, "  ", 2) == 0)
        return;
    buf_add_format(&p->out, "%s\n", line);
    char *words = alloc_text(line);
    if (strncmp(line, "settings ", 9) == 0)
        play_settings(p, line + 9);
    else if (strncmp(line, "day ", 4) == 0)
        play_day(p, words + 4);
    else if (*line && *line != '#')
        play_command(p, words);
    free(words);
}

/* ---- files */

static char *read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f)
        return NULL;
    struct buf text = BUF_INIT;
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&text, chunk, n);
    fclose(f);
    return buf_take(&text);
}

static bool halls_are_equal(const struct hall *a, const struct hall *b)
{
    Halld__Snapshot *x = hall_to_snapshot(a), *y = hall_to_snapshot(b);
    size_t n = halld__snapshot__get_packed_size(x), m = halld__snapshot__get_packed_size(y);
    uint8_t *p = alloc_zero(n), *q = alloc_zero(m);
    halld__snapshot__pack(x, p);
    halld__snapshot__pack(y, q);
    bool equal = n == m && memcmp(p, q, n) == 0;
    free(p);
    free(q);
    halld__snapshot__free_unpacked(x, NULL);
    halld__snapshot__free_unpacked(y, NULL);
    return equal;
}

static void play(struct player *p, char *text)
{
    for (char *line = text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        p->line++;
        play_line(p, line);
    }
    if (!halls_are_equal(p->hall, p->replica))
        fail(p, "the replayed hall differs from the live one");
    struct hall *clone = hall_clone(p->hall);
    if (!halls_are_equal(p->hall, clone))
        fail(p, "the clone differs");
    hall_free(clone);
}

static void say_difference(struct player *p, const char *want, const char *got)
{
    int line = 1;
    size_t start = 0, i = 0;
    for (; want[i] && want[i] == got[i]; i++)
        if (want[i] == '\n') {
            line++;
            start = i + 1;
        }
    fprintf(stderr, "%s:%d:\n  want: %.*s\n  got:  %.*s\n", p->file, line, (int)strcspn(want + start, "\n"),
            want + start, (int)strcspn(got + start, "\n"), got + start);
    p->failed++;
}

static int run(const char *file, bool write)
{
    char *want = read_file(file), *text = alloc_text(want);
    if (!want) {
        fprintf(stderr, "%s: cannot be read\n", file);
        return 1;
    }
    struct player p = {.hall = hall_new(), .replica = hall_new(), .out = BUF_INIT, .file = file, .date = 20260310};
    play(&p, text);
    if (write) {
        FILE *f = fopen(file, "wb");
        if (f) {
            fputs(buf_text(&p.out), f);
            fclose(f);
        }
    } else if (strcmp(want, buf_text(&p.out)) != 0) {
        say_difference(&p, want, buf_text(&p.out));
    }
    hall_free(p.hall);
    hall_free(p.replica);
    buf_fini(&p.out);
    free(want);
    free(text);
    return p.failed;
}

int main(int argc, char **argv)
{
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
    const char *source = getenv("srcdir");
    char *pattern = alloc_format("%s/tests/golden/*.trace", source ? source : ".");
    glob_t found = {0};
    glob(pattern, 0, NULL, &found);
    int failed = 0, n = 0;
    for (int i = write ? 2 : 1; i < argc; i++, n++)
        failed += run(argv[i], write);
    for (size_t i = 0; argc == 1 && i < found.gl_pathc; i++, n++)
        failed += run(found.gl_pathv[i], false);
    globfree(&found);
    free(pattern);
    printf("%d traces, %d problems\n", n, failed);
    return failed || !n ? EXIT_FAILURE : EXIT_SUCCESS;
}
