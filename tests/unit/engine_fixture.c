#include "tests/unit/engine_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "core/describe.h"
#include "core/queue/queue.h"
#include "store/journal.h"

int64_t fixture_wall, fixture_boot;
bool fixture_synced;

static const char SMALL_HALL[] =
    "{\"put_settings\":{\"put\":{\"hall\":{\"name\":\"测试大厅\"},"
    "\"groups\":[{\"group\":\"a\",\"name\":\"甲\"},{\"group\":\"b\",\"name\":\"乙\"}],"
    "\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"a1\"},"
    "{\"queue\":\"B\",\"name\":\"不动产\",\"default_item\":\"b1\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"甲一\",\"queue\":\"A\",\"group\":\"a\"},"
    "{\"item\":\"b1\",\"name\":\"乙一\",\"queue\":\"B\",\"group\":\"b\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"}],"
    "\"windows\":[{\"window\":1,\"name\":\"一\",\"all\":true},{\"window\":2,\"name\":\"二\",\"all\":true}],"
    "\"hours\":[{\"weekday\":1,\"open\":[\"09:00-12:00\",\"13:30-17:00\"]},{\"weekday\":2,\"open\":[\"09:00-17:00\"]},"
    "{\"weekday\":3,\"open\":[\"00:00-24:00\"]}]}}}";

static int64_t wall(void)
{
    return fixture_wall;
}

static int64_t boot(void)
{
    return fixture_boot;
}

void fixture_pass(int64_t ms)
{
    fixture_wall += ms;
    fixture_boot += ms;
}

static bool synced(void)
{
    return fixture_synced;
}

static void on_fatal(void *arg, int code)
{
    struct fixture *f = arg;
    f->fatal = code;
}

static void on_committed(void *arg, const struct hall *hall, Halld__Event *const *events, size_t n)
{
    struct fixture *f = arg;
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_eq(events[i]->seq, f->seen ? f->seen + 1 + i : events[i]->seq);
    f->commits++;
    f->seen = events[n - 1]->seq;
    ck_assert_uint_eq(hall_seq(hall), f->seen);
}

void fixture_init(struct fixture *f)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    fixture_wall = FIXTURE_MONDAY_9;
    fixture_boot = 1000000;
    fixture_synced = false;
    *f = (struct fixture){.dir = "/tmp/halld-engine-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(f->dir));
    f->options = (struct engine_options){.dir = f->dir,
                                         .hall_id = "test",
                                         .zone = "Asia/Shanghai",
                                         .version = "test",
                                         .wall = wall,
                                         .boot = boot,
                                         .synced = synced,
                                         .fatal = on_fatal};
}

int fixture_open(struct fixture *f, char why[200])
{
    f->options.fatal_arg = f;
    f->loop = loop_new();
    f->fatal = 0;
    int code = engine_open(f->loop, &f->options, &f->engine, why);
    struct said said = {0};
    if (!code && engine_is_new(f->engine))
        fixture_submit(f, "admin", SMALL_HALL, NULL, &said);
    if (!code)
        code = engine_start(f->engine, why);
    if (code) {
        loop_free(f->loop);
        f->loop = NULL;
        return code;
    }
    f->seen = hall_seq(f->engine->committed);
    struct sink sink = {"fixture", f, on_committed};
    engine_add_sink(f->engine, &sink);
    return 0;
}

void fixture_must_open(struct fixture *f)
{
    char why[200] = "";
    int code = fixture_open(f, why);
    ck_assert_msg(code == 0, "%s: %s", err_name(code), why);
}

static void forget(struct fixture *f)
{
    loop_free(f->loop);
    f->loop = NULL;
    f->engine = NULL;
}

void fixture_close(struct fixture *f)
{
    engine_stop(f->engine);
    engine_close(f->engine);
    forget(f);
}

void fixture_kill(struct fixture *f)
{
    f->engine->stop[ENGINE_FAILED] = true; /* then nothing more is written, not even a snapshot */
    engine_close(f->engine);
    forget(f);
}

void fixture_fini(struct fixture *f)
{
    if (f->loop)
        fixture_close(f);
    char *command = alloc_format("rm -rf %s", f->dir);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

char *fixture_path(const struct fixture *f, const char *name)
{
    return alloc_format("%s/%s", f->dir, name);
}

Halld__Command *fixture_command(const char *json)
{
    ProtobufCMessage *m = NULL;
    struct refusal r = {0};
    int code = pbjson_read(&halld__command__descriptor, json, strlen(json), &PBJSON_FILE, &m, &r);
    ck_assert_msg(code == 0, "%s %s: %s", err_name(code), r.field, json);
    return (Halld__Command *)m;
}

static uint64_t last_on_disk(const char *dir)
{
    char *file = alloc_format("%s/journal.db", dir), why[200];
    struct journal *j;
    struct journal_tail tail;
    struct journal_fault fault;
    ck_assert_int_eq(journal_open(file, &j, why), 0);
    ck_assert_int_eq(journal_last(j, &tail, &fault), 0);
    journal_close(j);
    free(file);
    return tail.seq;
}

static void on_answer(void *arg, const struct answer *a)
{
    struct said *s = arg;
    s->times++;
    s->code = a->code;
    s->repeated = a->repeated;
    s->n = a->n_events;
    if (a->n_events)
        s->seq = a->events[0]->seq;
    for (size_t i = 0; i < a->n_events; i++)
        if (a->events[i]->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
            snprintf(s->number, sizeof s->number, "%s", a->events[i]->ticket_issued->number);
    if (a->n_events)
        snprintf(s->kind, sizeof s->kind, "%s", describe_kind(a->events[0]));
    s->on_disk = last_on_disk(s->dir);
}

void fixture_submit(struct fixture *f, const char *who, const char *json, const char *key, struct said *said)
{
    char id[32];
    snprintf(id, sizeof id, "%s", who);
    Halld__Actor actor = HALLD__ACTOR__INIT;
    actor.kind = HALLD__ACTOR_KIND__E__user;
    actor.id = id;
    bool admin = strcmp(who, "admin") == 0;
    *said = (struct said){.dir = f->dir};
    struct submission s = {.command = fixture_command(json),
                           .actor = &actor,
                           .role = admin ? HALLD__ROLE__E__admin : HALLD__ROLE__E__clerk,
                           .key = key,
                           .done = on_answer,
                           .arg = said};
    engine_submit(f->engine, &s);
}

struct said fixture_do(struct fixture *f, const char *who, const char *json, const char *key)
{
    struct said said;
    fixture_submit(f, who, json, key, &said);
    for (int n = 0; n < 1000 && !said.times; n++)
        fixture_turn(f);
    ck_assert_int_eq(said.times, 1);
    return said;
}

void fixture_turn(struct fixture *f)
{
    engine_turn(f->engine);
    engine_flush(f->engine);
}

struct buf fixture_state(const struct fixture *f)
{
    struct buf b = BUF_INIT;
    Halld__Snapshot *s = hall_to_snapshot(f->engine->committed);
    size_t len = halld__snapshot__get_packed_size(s);
    b.len = halld__snapshot__pack(s, (uint8_t *)buf_reserve(&b, len));
    halld__snapshot__free_unpacked(s, NULL);
    return b;
}

void fixture_check_same(struct buf a, struct buf b)
{
    ck_assert_uint_eq(a.len, b.len);
    ck_assert_mem_eq(a.data, b.data, a.len);
    buf_fini(&a);
    buf_fini(&b);
}

int32_t fixture_day(const struct fixture *f)
{
    return queue_day(hall_queue(f->engine->committed))->date;
}
