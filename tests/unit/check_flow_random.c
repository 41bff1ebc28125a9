/*
 * Random commands over the eleven definitions: the invariants of docs/flows.md hold after each, a replay of the events
 * is the live flow, and looking at the time more often changes no event.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/holiday.h"
#include "codec/pbjson.h"
#include "core/flow/flow.h"
#include "tests/lib/suite.h"

static const char *const FLOWS[] = {"case",    "courier",    "deficiency", "denial", "escalation", "help",
                                    "hotline", "inspection", "notice",     "rating", "video"};
enum { N_FLOWS = sizeof FLOWS / sizeof *FLOWS, COMMANDS = 1500 };

/* ---- files */

static char *read_source(const char *name, size_t *ret_len)
{
    const char *folder = getenv("srcdir");
    char *path = alloc_format("%s/%s", folder ? folder : ".", name);
    FILE *f = fopen(path, "re");
    ck_assert_msg(f != NULL, "%s", path);
    struct buf text = BUF_INIT;
    for (size_t n = 1; n > 0; text.len += n)
        n = fread(buf_reserve(&text, 65536), 1, 65536, f);
    fclose(f);
    free(path);
    *ret_len = text.len;
    return buf_take(&text);
}

static ProtobufCMessage *read_message(const char *name, const ProtobufCMessageDescriptor *d)
{
    size_t len;
    char *text = read_source(name, &len);
    ProtobufCMessage *m = NULL;
    ck_assert_int_eq(pbjson_read(d, text, len, &PBJSON_FILE, &m, NULL), 0);
    free(text);
    return m;
}

/* ---- the world: a user is called as the role they have, everybody is of department "d" */

struct world {
    Halld__Settings *settings;
    struct worktime *worktime;
    struct flow_facts facts;
};

static bool has_role(const void *arg, const char *user, const char *role)
{
    (void)arg;
    return strcmp(user, role) == 0 || strcmp(role, "staff") == 0;
}

static bool in_department(const void *arg, const char *user, const char *department)
{
    (void)arg;
    (void)user;
    return strcmp(department, "d") == 0;
}

static const char *duty(const void *arg, int32_t date)
{
    (void)arg;
    return date % 7 ? "duty_leader" : "";
}

static int32_t certified_until(const void *arg, const char *user)
{
    (void)arg;
    return strcmp(user, "courier") == 0 ? 20260601 : 0;
}

static const Halld__Item *item(const void *arg, const char *code)
{
    const struct world *w = arg;
    for (size_t i = 0; i < w->settings->n_items; i++)
        if (strcmp(w->settings->items[i]->item, code) == 0)
            return w->settings->items[i];
    return NULL;
}

static bool knows(const void *arg, enum flow_type type, const char *code)
{
    return type != FLOW_ITEM || item(arg, code);
}

static void import_year(struct world *w, int year)
{
    size_t len;
    char *name = alloc_format("packaging/calendars/%d.json", year), *text = read_source(name, &len);
    Halld__Settings *s = w->settings;
    s->calendars = alloc_grow(s->calendars, s->n_calendars + 1, sizeof *s->calendars);
    ck_assert_int_eq(holiday_read(text, len, &s->calendars[s->n_calendars++], NULL), 0);
    worktime_free(w->worktime);
    w->worktime = worktime_new(s);
    w->facts.worktime = w->worktime;
    free(text);
    free(name);
}

static void world_init(struct world *w)
{
    static const char said[] =
        "{\"hours\":[{\"weekday\":1,\"open\":[\"08:30-12:00\",\"14:00-17:30\"]},{\"weekday\":2,\"open\":[\"08:30-12:"
        "00\","
        "\"14:00-17:30\"]},{\"weekday\":3,\"open\":[\"08:30-12:00\"]},{\"weekday\":4,\"open\":[\"09:00-18:00\"]},"
        "{\"weekday\":5,\"open\":[\"08:30-12:00\",\"14:00-17:30\"]},{\"weekday\":6,\"open\":[\"09:00-11:00\"]}],"
        "\"items\":[{\"item\":\"a\",\"promised\":{\"n\":7,\"unit\":\"working_days\"},\"materials\":[{\"material\":"
        "\"m\","
        "\"may_follow\":true}]},{\"item\":\"b\",\"promised\":{\"n\":0,\"unit\":\"working_days\"},\"statutory\":{\"n\":"
        "15,"
        "\"unit\":\"calendar_days\"}}]}";
    ProtobufCMessage *m = NULL;
    ck_assert_int_eq(pbjson_read(&halld__settings__descriptor, said, strlen(said), &PBJSON_FILE, &m, NULL), 0);
    *w = (struct world){.settings = (Halld__Settings *)m};
    w->facts = (struct flow_facts){w, NULL, has_role, in_department, duty, certified_until, item, knows};
    import_year(w, 2025);
}

static void world_fini(struct world *w)
{
    worktime_free(w->worktime);
    halld__settings__free_unpacked(w->settings, NULL);
}

/* ---- a run: the same seed gives the same commands at the same times */

struct play {
    struct world world;
    struct flow *flow;
    uint64_t random;
    int64_t now;
    int64_t step;       /* looks at the time at least so often */
    struct buf journal; /* packed events, each after its length */
    size_t n_events, n_done;
};

static uint32_t roll(struct play *p, uint32_t n)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(p->random >> 33) % n;
}

static void make(void *arg, Halld__Event *event)
{
    struct play *p = arg;
    flow_apply(p->flow, event);
    uint32_t len = (uint32_t)halld__event__get_packed_size(event);
    buf_add(&p->journal, &len, sizeof len);
    halld__event__pack(event, (uint8_t *)buf_reserve(&p->journal, len));
    p->journal.len += len;
    p->n_events++;
    halld__event__free_unpacked(event, NULL);
}

static struct flow_turn turn_of(struct play *p, const char *user, const char *person)
{
    return (struct flow_turn){p->now, &p->world.facts, user, person, 0, make, p};
}

static void check(struct play *p)
{
    const char *broken = flow_check(p->flow);
    if (!broken)
        broken = flow_check_deadlines(p->flow, &p->world.facts);
    ck_assert_msg(!broken, "%s", broken);
}

static void tick(struct play *p)
{
    struct flow_turn turn = turn_of(p, NULL, NULL);
    flow_tick(p->flow, &turn, SIZE_MAX);
    check(p);
}

static void pass(struct play *p, int64_t to)
{
    for (;;) {
        int64_t due = flow_next_due(p->flow), next = p->now - p->now % p->step + p->step;
        int64_t at = due < next ? due : next;
        if (at > to)
            break;
        p->now = at > p->now ? at : p->now;
        tick(p);
    }
    p->now = to;
    tick(p);
}

static void load(struct play *p)
{
    struct flow_turn turn = turn_of(p, NULL, NULL);
    for (int i = 0; i < N_FLOWS; i++) {
        char *name = alloc_format("plugins/%s/flow.json", FLOWS[i]);
        Halld__Flow *flow = (Halld__Flow *)read_message(name, &halld__flow__descriptor);
        ck_assert_int_eq(flow_define_take(p->flow, &turn, flow, NULL), 0);
        free(name);
    }
    Halld__Profile *profile = (Halld__Profile *)read_message("profiles/national.json", &halld__profile__descriptor);
    flow_set_profile(p->flow, &turn, profile);
    halld__profile__free_unpacked(profile, NULL);
}

/* ---- random fields */

static int64_t random_matter(struct play *p, const char *flow)
{
    uint64_t n = flow_matter_count(p->flow);
    for (int tries = 0; n && tries < 20; tries++) {
        uint64_t id = 1 + roll(p, (uint32_t)n);
        if (strcmp(flow_matter(p->flow, id)->def->flow->name, flow) == 0)
            return (int64_t)id;
    }
    return 0;
}

static char *random_date(struct play *p)
{
    char text[11];
    date_to_text(worktime_date(p->now + (int64_t)roll(p, 20) * WORKTIME_DAY_MS), text);
    return alloc_text(text);
}

static char *random_text(struct play *p, const struct field *f)
{
    static const char *const persons[] = {"p1", "p2", "p3"}, *const items[] = {"a", "b"};
    static const char *const staff[] = {"courier", "helper", "staff", "clerk"};
    if (f->type == FLOW_CHOICE)
        return alloc_text(f->f->values[roll(p, (uint32_t)f->f->n_values)]->name);
    if (f->type == FLOW_PERSON)
        return alloc_text(persons[roll(p, 3)]);
    if (f->type == FLOW_ITEM)
        return alloc_text(items[roll(p, 2)]);
    if (f->type == FLOW_STAFF)
        return alloc_text(staff[roll(p, 4)]);
    if (f->type == FLOW_DATE)
        return random_date(p);
    return alloc_text(f->type == FLOW_DEPARTMENT ? "d" : f->type == FLOW_MATERIAL ? "m" : "x");
}

static Halld__FieldValue *random_value(struct play *p, const struct field *f)
{
    Halld__FieldValue *v = MESSAGE_NEW(Halld__FieldValue, &halld__field_value__descriptor);
    v->field = alloc_text(f->f->name);
    v->list = f->f->most > 0;
    bool number = f->type == FLOW_NUMBER || f->type == FLOW_MONEY || f->type == FLOW_BOOL || f->type == FLOW_MATTER;
    if (!number) {
        v->texts = alloc_zero(sizeof *v->texts);
        v->texts[v->n_texts++] = random_text(p, f);
        return v;
    }
    v->numbers = alloc_zero(sizeof *v->numbers);
    v->n_numbers = 1;
    v->truth = f->type == FLOW_BOOL;
    if (f->type == FLOW_MATTER)
        v->numbers[0] = random_matter(p, f->f->of);
    else if (v->truth)
        v->numbers[0] = roll(p, 4) > 0;
    else
        v->numbers[0] = f->f->min + roll(p, (uint32_t)(f->f->max - f->f->min + 1));
    return v;
}

/* ---- random commands */

static const char *random_user(struct play *p, const struct transition *t, const struct matter *m)
{
    static const char *const any[] = {"clerk", "desk", "manager", "duty_leader", "courier"};
    const struct who *w = &t->roles[roll(p, (uint32_t)t->n_roles)];
    if (roll(p, 10) == 0)
        return any[roll(p, 5)];
    if (w->kind == WHO_LEVEL && m && (size_t)m->level <= m->def->flow->n_levels)
        return m->def->flow->levels[m->level - 1];
    if (w->kind == WHO_PERSON)
        return NULL;
    return w->kind == WHO_AT && strcmp(w->role, "staff") == 0 ? any[roll(p, 5)] : w->role;
}

static void decide(struct play *p, const struct definition *d, const struct matter *m, const struct transition *t)
{
    struct flow_command c = {.flow = d->flow->name, .matter = m ? m->id : 0, .transition = t->t->name};
    Halld__FieldValue *fields[DEFINITION_FIELDS];
    for (size_t i = 0; i < d->flow->n_fields; i++) {
        bool need = t->need & DEFINITION_BIT(i), may = t->may & DEFINITION_BIT(i);
        if ((need && roll(p, 20) > 0) || (may && roll(p, 2)))
            fields[c.n_fields++] = random_value(p, &d->fields[i]);
    }
    c.fields = fields;
    const char *user = random_user(p, t, m);
    struct flow_turn turn = turn_of(p, user, user ? NULL : roll(p, 4) ? "p1" : "p2");
    uint64_t matter = 0;
    size_t before = p->n_events;
    int code = flow_decide(p->flow, &turn, &c, &matter, NULL);
    ck_assert(code == 0 ? p->n_events > before : p->n_events == before);
    p->n_done += code == 0;
    for (size_t i = 0; i < c.n_fields; i++)
        halld__field_value__free_unpacked(fields[i], NULL);
    check(p);
}

static const struct transition *random_transition(struct play *p, const struct definition *d, int state)
{
    for (int tries = 0; tries < 50; tries++) {
        const struct transition *t = &d->transitions[roll(p, (uint32_t)d->flow->n_transitions)];
        if (state < 0 ? t->from == 0 : (t->from & DEFINITION_BIT(state)) || roll(p, 20) == 0)
            return t;
    }
    return &d->transitions[0];
}

static void random_command(struct play *p)
{
    uint64_t n = flow_matter_count(p->flow);
    const struct matter *m = n && roll(p, 5) ? flow_matter(p->flow, 1 + roll(p, (uint32_t)n)) : NULL;
    const struct definition *d = m ? m->def : flow_definition(p->flow, FLOWS[roll(p, N_FLOWS)]);
    decide(p, d, m, random_transition(p, d, m ? m->state : -1));
}

/* Half-way the next year's table comes, and a flow gets a second version. */
static void change_world(struct play *p)
{
    import_year(&p->world, 2026);
    struct flow_turn turn = turn_of(p, NULL, NULL);
    flow_mark_stale(p->flow);
    check(p);
    while (flow_is_behind(p->flow)) { /* slice by slice, each of which leaves a sound flow */
        flow_catch_up(p->flow, &turn, 3);
        check(p);
    }
    Halld__Flow *flow = (Halld__Flow *)read_message("plugins/case/flow.json", &halld__flow__descriptor);
    flow->version = 2;
    free(flow->clocks[0]->name);
    flow->clocks[0]->name = alloc_text("told");
    flow->n_migrations = 1;
    flow->migrations = alloc_zero(sizeof *flow->migrations);
    flow->migrations[0] = alloc_zero(sizeof **flow->migrations);
    halld__migration__init(flow->migrations[0]);
    flow->migrations[0]->from_version = 1;
    ck_assert_int_eq(flow_define_take(p->flow, &turn, flow, NULL), 0);
    flow_migrate(p->flow, &turn, "case");
    check(p);
    flow_catch_up(p->flow, &turn, 3);
    check(p);
    tick(p);
    ck_assert(!flow_is_behind(p->flow));
}

static void play(struct play *p, uint64_t seed, int64_t step)
{
    *p = (struct play){.random = seed, .step = step, .flow = flow_new(), .journal = BUF_INIT};
    world_init(&p->world);
    ck_assert(moment_from_text("2025-09-01T08:00:00Z", &p->now));
    load(p);
    for (int i = 0; i < COMMANDS; i++) {
        int64_t minutes = roll(p, 3) ? roll(p, 20) : roll(p, 1000);
        pass(p, p->now + minutes * 60000);
        random_command(p);
        tick(p);
        if (i == COMMANDS / 2)
            change_world(p);
    }
}

static void play_fini(struct play *p)
{
    flow_free(p->flow);
    world_fini(&p->world);
    buf_fini(&p->journal);
}

/* ---- the whole state as text */

static void say_run(const struct run *r, struct buf *out)
{
    buf_add_format(out, " %s %d %d %d %lld %lld %lld", r->name, r->clock, r->status, r->expired, (long long)r->n,
                   (long long)r->start, (long long)r->due);
    for (size_t i = 0; i < r->n_moments; i++)
        buf_add_format(out, " %lld", (long long)r->moments[i]);
    for (size_t i = 0; i < r->n_pauses; i++)
        buf_add_format(out, " %lld-%lld", (long long)r->pauses[i].from, (long long)r->pauses[i].to);
    buf_add_format(out, " %llx", (unsigned long long)r->given);
}

static char *state_of(const struct flow *f)
{
    struct buf out = BUF_INIT;
    for (uint64_t id = 1; id <= flow_matter_count(f); id++) {
        const struct matter *m = flow_matter(f, id);
        buf_add_format(&out, "%s %u %d %d %d %llu\n", m->def->flow->name, m->def->flow->version, m->state, m->level,
                       m->ended, (unsigned long long)m->revision);
        for (size_t i = 0; i < m->def->flow->n_fields; i++)
            for (size_t k = 0; k < matter_value(m, i)->n; k++)
                buf_add_format(&out, " %zu=%s%lld", i, matter_value(m, i)->texts ? matter_value(m, i)->texts[k] : "",
                               matter_value(m, i)->numbers ? (long long)matter_value(m, i)->numbers[k] : 0);
        for (size_t i = 0; i < m->n_runs; i++)
            say_run(&m->runs[i], &out);
    }
    buf_add_format(&out, "\n%lld", (long long)flow_next_due(f));
    return buf_take(&out);
}

static struct flow *replay(const struct buf *journal)
{
    struct flow *f = flow_new();
    for (size_t at = 0; at < journal->len;) {
        uint32_t len;
        memcpy(&len, journal->data + at, sizeof len);
        Halld__Event *event = halld__event__unpack(NULL, len, (const uint8_t *)journal->data + at + sizeof len);
        ck_assert_ptr_nonnull(event);
        flow_apply(f, event);
        halld__event__free_unpacked(event, NULL);
        at += sizeof len + len;
    }
    return f;
}

START_TEST(a_replay_of_the_events_and_a_snapshot_are_the_live_flow)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct play p;
        play(&p, seed, 365LL * WORKTIME_DAY_MS);
        ck_assert_int_gt(p.n_done, COMMANDS / 4);
        struct flow *again = replay(&p.journal);
        char *live = state_of(p.flow), *replayed = state_of(again);
        ck_assert_str_eq(live, replayed);
        Halld__FlowState *message = flow_to_message(p.flow);
        struct flow *restored = flow_from_message(message, 0);
        ck_assert_ptr_nonnull(restored);
        char *from_snapshot = state_of(restored);
        ck_assert_str_eq(live, from_snapshot);
        ck_assert_ptr_null(flow_check(restored));
        halld__flow_state__free_unpacked(message, NULL);
        flow_free(restored);
        free(from_snapshot);
        free(live);
        free(replayed);
        flow_free(again);
        play_fini(&p);
    }
}
END_TEST

START_TEST(looking_at_the_time_more_often_changes_no_event)
{
    for (uint64_t seed = 11; seed <= 13; seed++) {
        struct play coarse, fine;
        play(&coarse, seed, 365LL * WORKTIME_DAY_MS);
        play(&fine, seed, 7 * 60000);
        ck_assert_uint_eq(coarse.journal.len, fine.journal.len);
        ck_assert_mem_eq(coarse.journal.data, fine.journal.data, fine.journal.len);
        play_fini(&coarse);
        play_fini(&fine);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow_random");
    TCase *tests = tcase_create("flow_random");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_replay_of_the_events_and_a_snapshot_are_the_live_flow);
    tcase_add_test(tests, looking_at_the_time_more_often_changes_no_event);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
