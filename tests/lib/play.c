#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "store/store.h"

static void stop(const char *what, const char *text, const struct refusal *r)
{
    fprintf(stderr, "play: %s: %s (%s %s=%s)\n", what, text, err_name(r->code), r->field, r->value);
    abort();
}

static Halld__Command *read_command(const char *json)
{
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    if (pbjson_read(&halld__command__descriptor, json, strlen(json), &PBJSON_FILE, &m, &r) != 0)
        stop("not a command", json, &r);
    return (Halld__Command *)m;
}

/* The events move from the command's list into the journal, where the answer borrows them. */
static void keep(struct play *p, struct events *made)
{
    p->journal = alloc_grow(p->journal, p->n_journal + made->n + 1, sizeof *p->journal);
    for (size_t i = 0; i < made->n; i++)
        p->journal[p->n_journal + i] = made->at[i];
    p->answer.events = p->journal + p->n_journal;
    p->answer.n_events = made->n;
    p->n_journal += made->n;
    made->n = 0;
    events_fini(made);
}

int play(struct play *p, const char *command_json)
{
    Halld__Command *command = read_command(command_json);
    struct turn turn = {.now_ms = p->now, .quote = p->quote, .actor = &p->actor, .role = p->role};
    struct events made = EVENTS_INIT;
    memset(turn.random, ++p->fresh, sizeof turn.random);
    for (int i = 0; i < 3; i++)
        turn.random[i] ^= (uint8_t)(p->fresh >> (8 * (i + 1))); /* differ also after 256 */
    p->refusal = (struct refusal){0};
    int code = hall_decide(p->hall, command, &turn, &made, &p->refusal);
    p->answer = (struct answer){.code = code, .refusal = &p->refusal, .hall = p->hall};
    keep(p, &made);
    protobuf_c_message_free_unpacked(&command->base, NULL);
    return code;
}

void play_as(struct play *p, Halld__ActorKind__E kind, const char *id, Halld__Role__E role)
{
    p->actor = (Halld__Actor)HALLD__ACTOR__INIT;
    p->actor.kind = kind;
    p->actor.id = (char *)id;
    p->role = role;
}

static void must(struct play *p, char *command_json)
{
    if (play(p, command_json) != 0)
        stop("refused", command_json, &p->refusal);
    free(command_json);
}

void play_init(struct play *p, const char *settings_json, int64_t now)
{
    char from[MOMENT_TEXT], to[MOMENT_TEXT];
    int32_t date = moment_to_date(now);
    *p = (struct play){.hall = hall_new(), .now = now};
    moment_to_text(moment_of_date(date, 0), from);
    moment_to_text(moment_of_date(date, 1440), to);
    play_as(p, HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin);
    must(p, alloc_text("{\"start_journal\":{\"hall\":\"test\",\"zone\":\"Asia/"
                       "Shanghai\",\"version\":\"1\",\"epoch\":\"81985529216486895\"}}"));
    must(p, alloc_format("{\"put_settings\":{\"put\":%s}}", settings_json));
    must(p,
         alloc_format("{\"open_day\":{\"date\":%d,\"open\":[{\"from_at\":\"%s\",\"to_at\":\"%s\"}],\"end_at\":\"%s\"}}",
                      date, from, to, to));
    play_as(p, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
}

void play_fini(struct play *p)
{
    for (size_t i = 0; i < p->n_journal; i++)
        protobuf_c_message_free_unpacked(&p->journal[i]->base, NULL);
    free(p->journal);
    hall_free(p->hall);
}

static int read_events(void *arg, uint64_t from, uint64_t to, int (*each)(void *arg, const Halld__Event *event),
                       void *each_arg)
{
    struct play *p = arg;
    for (uint64_t seq = from; seq <= to && seq <= p->n_journal; seq++) {
        int stopped = each(each_arg, p->journal[seq - 1]);
        if (stopped)
            return stopped;
    }
    return 0;
}

struct reader play_reader(struct play *p)
{
    return (struct reader){.arg = p, .read = read_events, .last = hall_seq(p->hall)};
}

int play_write(const struct play *p, const char *dir, char why[200])
{
    struct store *s;
    int code = store_open(dir, &s, why);
    if (code)
        return code;
    struct store_batch *b = store_batch_new();
    for (size_t i = 0; i < p->n_journal; i++)
        store_batch_add_event(b, p->journal[i]);
    store_write_take(s, b);
    code = store_wait(s);
    store_close(s);
    return code;
}
