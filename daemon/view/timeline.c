#include "view/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "store/reports.h"
#include "view/build.h"
#include "view/history.h"

/* What is being told. */
struct telling {
    const struct reader *reader;
    struct timeline *into;
    const Halld__Flow *flow; /* the version that the event names; NULL: not known */
    struct timeline_line *line;
    const Halld__Event *event;
    uint64_t first, last; /* a run of events that follow one another */
};

/* ---- words */

struct words {
    const char *zh, *en;
};

struct meaning {
    const char *word;
    struct words means;
};

static const struct meaning MEANINGS[] = {
    {"yellow", {"黄牌", "yellow card"}},
    {"end", {"到期", "time is up"}},
    {"red", {"红牌", "red card"}},
    {"met", {"按时", "in time"}},
    {"late", {"超时", "late"}},
    {"dropped", {"不再计时", "no longer counted"}},
    {"resume", {"恢复计时", "goes on"}},
    {"limit", {"改用另一时限", "another limit"}},
    {"extend", {"延期", "extended"}},
    {"since", {"起算时间改变", "counts from another moment"}},
    {"date", {"随日期改变", "follows the date"}},
    {"calendar", {"因节假日安排改变", "the calendar has changed"}},
    {"migrate", {"因流程新版本改变", "another version of the flow"}},
    {"taken", {"已联动", "was done"}},
    {"open", {"另立事项", "opened another matter"}},
    {"price", {"计费", "was priced"}},
    {"remember", {"记入信用记录", "was put on record"}},
    {"forget", {"从信用记录中消除", "was taken off the record"}},
    {"ticket_to", {"排队号转到另一类窗口", "the ticket walks to other windows"}},
};

static struct words meaning_of(const char *word)
{
    for (size_t i = 0; i < sizeof MEANINGS / sizeof *MEANINGS; i++)
        if (strcmp(MEANINGS[i].word, word) == 0)
            return MEANINGS[i].means;
    return (struct words){word, word};
}

#define FIND(kind, rows)                                                           \
    static struct words kind##_words(const struct telling *t, const char *name)    \
    {                                                                              \
        for (size_t i = 0; t->flow && i < t->flow->n_##rows; i++)                  \
            if (strcmp(t->flow->rows[i]->name, name) == 0)                         \
                return (struct words){t->flow->rows[i]->zh, t->flow->rows[i]->en}; \
        return (struct words){name, name};                                         \
    }
FIND(transition, transitions)
FIND(clock, clocks)
FIND(field, fields)

static void say(const struct telling *t, struct words w)
{
    build_set(&t->line->line->zh, w.zh);
    build_set(&t->line->line->en, w.en);
}

static void say_both(const struct telling *t, struct words first, struct words second)
{
    t->line->line->zh = alloc_format("%s：%s", first.zh, second.zh);
    t->line->line->en = alloc_format("%s: %s", first.en, second.en);
}

/* ---- lines */

static void add_values(const struct telling *t, size_t n, Halld__FieldValue *const *values)
{
    struct timeline_line *l = t->line;
    l->values = alloc_zero((n + 1) * sizeof *l->values);
    for (size_t i = 0; i < n; i++)
        l->values[l->n_values++] = (Halld__FieldValue *)message_clone(&values[i]->base);
}

static void set_actor(const struct telling *t, const char *clock, uint64_t by)
{
    char **actor = &t->line->line->actor;
    const Halld__Actor *a = t->event->actor;
    if (*clock)
        build_set(actor, "clock");
    else if (by)
        *actor = alloc_format("matter %llu", (unsigned long long)by);
    else if (a && a->kind == HALLD__ACTOR_KIND__E__link)
        build_set(actor, "person");
    else
        *actor = history_actor(a);
}

static void tell_clock(const struct telling *t, const char *clock, const char *what, struct words done)
{
    build_set(&t->line->line->clock, clock);
    build_set(&t->line->line->what, what);
    say_both(t, clock_words(t, clock), done);
}

static void tell_moved(const struct telling *t)
{
    const Halld__MatterMoved *b = t->event->matter_moved;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "moved");
    build_set(&l->transition, b->transition);
    build_set(&l->from, b->from);
    build_set(&l->to, b->to);
    build_set(&l->clock, b->clock);
    l->matter = b->by;
    set_actor(t, b->clock, b->by);
    say(t, transition_words(t, b->transition));
    add_values(t, b->n_fields, b->fields);
}

static void tell_clock_started(const struct telling *t)
{
    const Halld__ClockStarted *b = t->event->clock_started;
    build_set(&t->line->line->kind, "clock_started");
    t->line->line->due_at = b->due_at;
    t->line->line->provisional = b->provisional;
    tell_clock(t, b->clock, "", (struct words){"开始计时", "the clock starts"});
}

static void tell_clock_moved(const struct telling *t)
{
    const Halld__ClockMoved *b = t->event->clock_moved;
    build_set(&t->line->line->kind, "clock_moved");
    t->line->line->due_at = b->due_at;
    t->line->line->provisional = b->provisional;
    tell_clock(t, b->clock, b->reason, meaning_of(b->reason));
}

static void tell_clock_paused(const struct telling *t)
{
    const Halld__ClockPaused *b = t->event->clock_paused;
    build_set(&t->line->line->kind, "clock_paused");
    tell_clock(t, b->clock, "", (struct words){"暂停计时", "the clock is held"});
}

static void tell_clock_stopped(const struct telling *t)
{
    const Halld__ClockStopped *b = t->event->clock_stopped;
    build_set(&t->line->line->kind, "clock_stopped");
    tell_clock(t, b->clock, b->how, meaning_of(b->how));
}

static void tell_mark(const struct telling *t)
{
    const Halld__MarkGiven *b = t->event->mark_given;
    build_set(&t->line->line->kind, "mark");
    t->line->line->moment_at = b->moment_at < t->event->at ? b->moment_at : 0;
    tell_clock(t, b->clock, b->what, meaning_of(b->what));
}

static void tell_raised(const struct telling *t)
{
    const Halld__MatterRaised *b = t->event->matter_raised;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "raised");
    l->level = b->level;
    l->zh = alloc_format("升到第 %u 级", (unsigned)b->level);
    l->en = alloc_format("raised to level %u", (unsigned)b->level);
}

static void tell_notified(const struct telling *t)
{
    const Halld__MatterNotified *b = t->event->matter_notified;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "notified");
    build_set(&l->what, b->why);
    l->who = build_array(b->n_to, sizeof *l->who);
    for (size_t i = 0; i < b->n_to; i++)
        l->who[l->n_who++] = alloc_text(b->to[i]);
    say(t, (struct words){"发出通知", "told"});
}

static void tell_told(const struct telling *t)
{
    const Halld__MatterTold *b = t->event->matter_told;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "told");
    build_set(&l->transition, b->transition);
    build_set(&l->what, b->result);
    build_set(&l->clock, b->clock);
    l->matter = b->by;
    set_actor(t, b->clock, b->by);
    say_both(t, transition_words(t, b->transition), meaning_of(b->result));
}

static void tell_effect(const struct telling *t)
{
    const Halld__MatterEffect *b = t->event->matter_effect;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "effect");
    build_set(&l->what, b->effect);
    if (b->value && strcmp(b->effect, "open") == 0 && b->value->n_numbers)
        l->matter = (uint64_t)b->value->numbers[b->value->n_numbers - 1];
    if (b->value)
        add_values(t, 1, (Halld__FieldValue *const *)&b->value);
    say(t, meaning_of(b->effect));
}

static void tell_migrated(const struct telling *t)
{
    const Halld__MatterMigrated *b = t->event->matter_migrated;
    Halld__TimelineLine *l = t->line->line;
    build_set(&l->kind, "migrated");
    build_set(&l->from, b->from);
    build_set(&l->to, b->to);
    l->zh = alloc_format("改用流程第 %u 版", (unsigned)b->head->version);
    l->en = alloc_format("goes on by version %u of the flow", (unsigned)b->head->version);
}

static void tell_erased(const struct telling *t)
{
    const Halld__FieldErased *b = t->event->field_erased;
    build_set(&t->line->line->kind, "erased");
    build_set(&t->line->line->what, b->field);
    say_both(t, field_words(t, b->field), (struct words){"保存期满，已删除", "kept no longer, erased"});
}

/* ---- the table */

#define ON(name, teller) [HALLD__EVENT__BODY_##name] = teller
static void (*const TELLERS[])(const struct telling *t) = {
    ON(MATTER_MOVED, tell_moved),        ON(CLOCK_STARTED, tell_clock_started), ON(CLOCK_MOVED, tell_clock_moved),
    ON(CLOCK_PAUSED, tell_clock_paused), ON(CLOCK_STOPPED, tell_clock_stopped), ON(MARK_GIVEN, tell_mark),
    ON(MATTER_RAISED, tell_raised),      ON(MATTER_NOTIFIED, tell_notified),    ON(MATTER_TOLD, tell_told),
    ON(MATTER_EFFECT, tell_effect),      ON(MATTER_MIGRATED, tell_migrated),    ON(FIELD_ERASED, tell_erased),
};

/* Every body of a matter begins with its head. */
static const Halld__MatterHead *head_of(const Halld__Event *e)
{
    return e->matter_moved->head;
}

static int tell_one(void *arg, const Halld__Event *e)
{
    struct telling *t = arg;
    struct timeline *into = t->into;
    size_t kind = (size_t)e->body_case;
    if (kind >= sizeof TELLERS / sizeof *TELLERS || !TELLERS[kind])
        return 0;
    const Halld__MatterHead *head = head_of(e);
    into->lines = alloc_grow(into->lines, into->n + 1, sizeof *into->lines);
    t->line = &into->lines[into->n++];
    *t->line = (struct timeline_line){.line = MESSAGE_NEW(Halld__TimelineLine, &halld__timeline_line__descriptor)};
    t->event = e;
    t->flow = reports_flow(t->reader->reports, head->flow, head->version);
    Halld__TimelineLine *l = t->line->line;
    l->seq = e->seq;
    l->at = e->at;
    l->window = head->window;
    l->version = head->version;
    build_set(&l->duty, head->duty);
    TELLERS[kind](t);
    if (!*l->actor)
        set_actor(t, "", 0);
    return 0;
}

static int read_run(struct telling *t)
{
    return t->first ? t->reader->read(t->reader->arg, t->first, t->last, tell_one, t) : 0;
}

/* A command's events follow one another: they are read at once. */
static int add_seq(void *arg, uint64_t seq)
{
    struct telling *t = arg;
    int code = 0;
    if (t->first && seq == t->last + 1) {
        t->last = seq;
        return 0;
    }
    code = read_run(t);
    t->first = t->last = seq;
    return code;
}

int timeline_read(const struct reader *r, uint64_t matter, struct timeline *ret)
{
    struct timeline made = {.as_of_seq = r->last};
    struct telling t = {.reader = r, .into = &made};
    int code = reports_events(r->reports, matter, r->last, add_seq, &t);
    if (!code)
        code = read_run(&t);
    if (!code && !made.n)
        code = HALL_E_NO_MATTER;
    if (code)
        timeline_fini(&made);
    else
        *ret = made;
    return code;
}

void timeline_fini(struct timeline *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->lines[i].line)
            halld__timeline_line__free_unpacked(t->lines[i].line, NULL);
        for (size_t k = 0; k < t->lines[i].n_values; k++)
            halld__field_value__free_unpacked(t->lines[i].values[k], NULL);
        free(t->lines[i].values);
    }
    free(t->lines);
    *t = (struct timeline){0};
}
