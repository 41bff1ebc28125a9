/*
 * Random commands against the core. After each command the invariants hold; each call is checked against
 * a second, plain reading of policy.md that looks at every waiting ticket; a hall that only applies the events
 * stays equal, and so does one that went through a snapshot. The seeds are fixed; HALLD_SEEDS=N runs more.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"

enum { COMMANDS = 10000, WINDOWS = 6, GROUPS = 5 };

struct world {
    struct hall *live, *replica;
    uint64_t random;
    int64_t now;
    int calls;
};

static uint32_t roll(struct world *w, uint32_t n)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->random >> 33) % n;
}

/* ---- policy.md read plainly */

static bool may_serve(const struct window *w, const struct ticket *t)
{
    return t->place.window ? t->place.window == w->window : skill_has(&w->skill, t->place.group);
}

static bool waits(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__waiting;
}

static bool goes_before(const struct ticket *a, const struct ticket *b)
{
    if (a->place.unheld != b->place.unheld)
        return a->place.unheld;
    return key_compare(&a->place.key, &b->place.key) < 0;
}

/* The hall as it was just before the call. */
static void check_call(const struct hall *h, const Halld__TicketCalled *call)
{
    const struct queue *q = hall_queue(h);
    const struct window *w = queue_window_find(q, call->window);
    const struct ticket *called = queue_ticket_find(q, call->ticket);
    ck_assert(w && called && waits(called) && !w->ticket);
    ck_assert(may_serve(w, called) || skill_has(&w->skill, called->place.group));
    int overtook = 0;
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (t == called || !waits(t) || !may_serve(w, t))
            continue;
        overtook += t->place.t0 < called->place.t0 || (t->place.t0 == called->place.t0 && t->id < called->id);
        if (call->rule != HALLD__RULE__E__manual)
            ck_assert_msg(!goes_before(t, called), "%s called before %s", called->number, t->number);
        /* the bound: nobody issued more than max(H) - H[mine] after me, reports back and held ones apart */
        int64_t head = setup_head_start_ms(hall_setup(h), t->class_name);
        if (call->rule <= HALLD__RULE__E__head_start && !t->place.key.sub && !called->place.key.sub)
            ck_assert_int_le(called->place.t0 - t->place.t0, 1800000 - head);
    }
    ck_assert_int_eq(overtook, call->overtook);
    ck_assert(overtook == 0 || *call->longest_waiting);
}

/* ---- the two halls */

static bool equal(const struct hall *a, const struct hall *b)
{
    Halld__Snapshot *x = hall_to_snapshot(a), *y = hall_to_snapshot(b);
    size_t n = halld__snapshot__get_packed_size(x), m = halld__snapshot__get_packed_size(y);
    uint8_t *p = alloc_zero(n), *q = alloc_zero(m);
    halld__snapshot__pack(x, p);
    halld__snapshot__pack(y, q);
    bool same = n == m && memcmp(p, q, n) == 0;
    free(p);
    free(q);
    halld__snapshot__free_unpacked(x, NULL);
    halld__snapshot__free_unpacked(y, NULL);
    return same;
}

static void send(struct world *w, Halld__Command *c, const char *who, Halld__ActorKind__E kind, Halld__Role__E role)
{
    Halld__Actor actor = HALLD__ACTOR__INIT;
    actor.kind = kind;
    actor.id = (char *)(uintptr_t)who;
    struct events events = EVENTS_INIT;
    struct refusal refusal;
    struct turn turn = {.now_ms = w->now, .actor = &actor, .role = role};
    for (int i = 0; i < 16; i++)
        turn.random[i] = (uint8_t)roll(w, 256);
    uint64_t before = hall_seq(w->live);
    int code = hall_decide(w->live, c, &turn, &events, &refusal);
    ck_assert_int_eq(hall_seq(w->live) - before, events.n);
    if (code)
        ck_assert_int_eq(events.n, 0);
    for (size_t i = 0; i < events.n; i++) {
        if (events.at[i]->body_case == HALLD__EVENT__BODY_TICKET_CALLED) {
            check_call(w->replica, events.at[i]->ticket_called);
            w->calls++;
        }
        hall_apply(w->replica, events.at[i]);
    }
    const char *broken = hall_check(w->live);
    ck_assert_msg(!broken, "%s after %zu events", broken, (size_t)hall_seq(w->live));
    events_fini(&events);
}

/* ---- random commands */

static const char *const people[] = {"li", "wang", "zhao", "chen", "sun", "zhou", "wu"};
static const char *const classes[] = {"normal", "normal", "normal", "senior", "disabled", "nobody"};
static const char *const queues[] = {"A", "B", "X"};
static const char *const items[] = {"i0", "i1", "i2", "i3", "i4", "none"};

static uint64_t any_ticket(struct world *w)
{
    size_t n = queue_ticket_count(hall_queue(w->live));
    if (!n || roll(w, 30) == 0)
        return 12345678;
    size_t recent = n > 20 ? 20 : n;
    return queue_ticket_at(hall_queue(w->live), n - 1 - roll(w, (uint32_t)recent))->id;
}

#define TEXT(s) ((char *)(uintptr_t)(s))

static void random_ticket_command(struct world *w)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__IssueTicket issue = HALLD__ISSUE_TICKET__INIT;
    Halld__CancelTicket cancel = HALLD__CANCEL_TICKET__INIT;
    Halld__ReportBack back = HALLD__REPORT_BACK__INIT;
    Halld__ChangeClass change = HALLD__CHANGE_CLASS__INIT;
    switch (roll(w, 8)) {
    case 0:
        cancel.which_case = HALLD__CANCEL_TICKET__WHICH_ID;
        cancel.id = any_ticket(w);
        cancel.reason = TEXT(roll(w, 4) ? "test" : "");
        c.body_case = HALLD__COMMAND__BODY_CANCEL_TICKET;
        c.cancel_ticket = &cancel;
        break;
    case 1:
        back.which_case = HALLD__REPORT_BACK__WHICH_ID;
        back.id = any_ticket(w);
        c.body_case = HALLD__COMMAND__BODY_REPORT_BACK;
        c.report_back = &back;
        break;
    case 2:
        change = (Halld__ChangeClass)HALLD__CHANGE_CLASS__INIT;
        change.id = any_ticket(w);
        change.class_ = TEXT(classes[roll(w, 6)]);
        change.reason = TEXT("test");
        c.body_case = HALLD__COMMAND__BODY_CHANGE_CLASS;
        c.change_class = &change;
        break;
    default:
        if (roll(w, 2))
            issue.queue = TEXT(queues[roll(w, 3)]);
        else
            issue.item = TEXT(items[roll(w, 6)]);
        issue.class_ = TEXT(classes[roll(w, 6)]);
        c.body_case = HALLD__COMMAND__BODY_ISSUE_TICKET;
        c.issue_ticket = &issue;
    }
    send(w, &c, "desk", HALLD__ACTOR_KIND__E__device, HALLD__ROLE__E__clerk);
}

/* All window commands whose only field is the window's number share its layout. */
static const Halld__Command__BodyCase plain[] = {HALLD__COMMAND__BODY_OPEN_WINDOW,   HALLD__COMMAND__BODY_RESUME_WINDOW,
                                                 HALLD__COMMAND__BODY_DRAIN_WINDOW,  HALLD__COMMAND__BODY_CLOSE_WINDOW,
                                                 HALLD__COMMAND__BODY_REPEAT_CALL,   HALLD__COMMAND__BODY_START_SERVICE,
                                                 HALLD__COMMAND__BODY_START_SERVICE, HALLD__COMMAND__BODY_HOLD_TICKET,
                                                 HALLD__COMMAND__BODY_MISS_TICKET,   HALLD__COMMAND__BODY_MISS_TICKET};

static void random_window_command(struct world *w, int n, const char *who, Halld__ActorKind__E kind)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__OpenWindow number = HALLD__OPEN_WINDOW__INIT;
    Halld__NextTicket next = HALLD__NEXT_TICKET__INIT;
    Halld__FinishTicket finish = HALLD__FINISH_TICKET__INIT;
    Halld__TransferTicket transfer = HALLD__TRANSFER_TICKET__INIT;
    Halld__CallTicket call = HALLD__CALL_TICKET__INIT;
    Halld__UnholdTicket unhold = HALLD__UNHOLD_TICKET__INIT;
    Halld__BreakWindow pause = HALLD__BREAK_WINDOW__INIT;
    number.n = next.n = finish.n = transfer.n = call.n = unhold.n = pause.n = n;
    const struct window *row = queue_window_find(hall_queue(w->live), n);
    bool closed = !row || row->state == HALLD__WINDOW_STATE__E__closed;
    bool busy = row && row->ticket;
    switch (closed && roll(w, 4) ? 5 : roll(w, 16)) {
    case 0:
        finish.outcome = (Halld__Outcome__E)roll(w, 7);
        c.body_case = HALLD__COMMAND__BODY_FINISH_TICKET;
        c.finish_ticket = &finish;
        break;
    case 1:
        transfer.window = roll(w, 2) ? (int)roll(w, WINDOWS + 2) : 0;
        transfer.item = TEXT(roll(w, 2) ? items[roll(w, 6)] : "");
        c.body_case = HALLD__COMMAND__BODY_TRANSFER_TICKET;
        c.transfer_ticket = &transfer;
        break;
    case 2:
        call.ticket = any_ticket(w);
        call.reason = TEXT("test");
        c.body_case = HALLD__COMMAND__BODY_CALL_TICKET;
        c.call_ticket = &call;
        break;
    case 3:
        unhold.ticket = any_ticket(w);
        c.body_case = HALLD__COMMAND__BODY_UNHOLD_TICKET;
        c.unhold_ticket = &unhold;
        break;
    case 4:
        pause.reason = TEXT("test");
        c.body_case = HALLD__COMMAND__BODY_BREAK_WINDOW;
        c.break_window = &pause;
        break;
    case 5:
    case 6:
    case 7:
        c.body_case = closed ? plain[0] : plain[roll(w, sizeof plain / sizeof *plain)];
        number.base.descriptor = &halld__open_window__descriptor;
        c.open_window = &number;
        break;
    default:
        next.outcome = busy ? HALLD__OUTCOME__E__handled : HALLD__OUTCOME__E__unset;
        c.body_case = HALLD__COMMAND__BODY_NEXT_TICKET;
        c.next_ticket = &next;
    }
    send(w, &c, who, kind, roll(w, 8) ? HALLD__ROLE__E__clerk : HALLD__ROLE__E__manager);
}

static void tick(struct world *w)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__Tick t = HALLD__TICK__INIT;
    c.body_case = HALLD__COMMAND__BODY_TICK;
    c.tick = &t;
    send(w, &c, "engine", HALLD__ACTOR_KIND__E__engine, HALLD__ROLE__E__admin);
}

static void open_day(struct world *w, int32_t date)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__OpenDay d = HALLD__OPEN_DAY__INIT;
    Halld__Span span = HALLD__SPAN__INIT, *spans[] = {&span};
    int64_t midnight = (int64_t)date_to_days(date) * 86400000;
    span.from_at = midnight;
    span.to_at = midnight + 86400000;
    d.date = date;
    d.n_open = 1;
    d.open = spans;
    d.end_at = midnight + 86400000;
    c.body_case = HALLD__COMMAND__BODY_OPEN_DAY;
    c.open_day = &d;
    send(w, &c, "engine", HALLD__ACTOR_KIND__E__engine, HALLD__ROLE__E__admin);
}

static void settle_day(struct world *w)
{
    const struct day *day = queue_day(hall_queue(w->live));
    while (hall_next_due(w->live) <= w->now) {
        uint64_t before = hall_seq(w->live);
        tick(w);
        ck_assert_uint_gt(hall_seq(w->live), before);
        ck_assert_uint_le(hall_seq(w->live) - before, 256);
    }
    int32_t today = date_from_days((int32_t)(w->now / 86400000));
    if (day->date != today)
        open_day(w, today);
}

static void step(struct world *w)
{
    w->now += roll(w, 300) == 0 ? 7200000 : roll(w, 30000);
    settle_day(w);
    if (roll(w, 2))
        random_ticket_command(w);
    else if (roll(w, 5))
        random_window_command(w, 1 + (int)roll(w, WINDOWS), "any", HALLD__ACTOR_KIND__E__device);
    else
        random_window_command(w, 1 + (int)roll(w, WINDOWS + 1), people[roll(w, 7)], HALLD__ACTOR_KIND__E__user);
}

/* ---- the hall */

static void put(struct world *w, Halld__Settings *s)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__PutSettings p = HALLD__PUT_SETTINGS__INIT;
    p.put = s;
    c.body_case = HALLD__COMMAND__BODY_PUT_SETTINGS;
    c.put_settings = &p;
    send(w, &c, "admin", HALLD__ACTOR_KIND__E__device, HALLD__ROLE__E__admin);
}

static void build(struct world *w)
{
    static char *const names[GROUPS] = {TEXT("g0"), TEXT("g1"), TEXT("g2"), TEXT("g3"), TEXT("g4")};
    static const struct {
        const char *name;
        int head;
    } heads[] = {{"normal", 0}, {"senior", 1200}, {"disabled", 1800}};
    Halld__Settings s = HALLD__SETTINGS__INIT;
    Halld__Group groups[GROUPS], *group_rows[GROUPS];
    Halld__Item item[GROUPS], *item_rows[GROUPS];
    Halld__Queue queue[2], *queue_rows[2];
    Halld__PersonClass cls[3], *class_rows[3];
    Halld__Window window[WINDOWS], *window_rows[WINDOWS];
    for (int i = 0; i < GROUPS; i++) {
        halld__group__init(group_rows[i] = &groups[i]);
        groups[i].group = groups[i].name = names[i];
        halld__item__init(item_rows[i] = &item[i]);
        item[i].item = item[i].name = TEXT(items[i]);
        item[i].queue = TEXT(queues[i % 2]);
        item[i].group = names[i];
    }
    for (int i = 0; i < 2; i++) {
        halld__queue__init(queue_rows[i] = &queue[i]);
        queue[i].queue = queue[i].name = TEXT(queues[i]);
        queue[i].default_item = TEXT(items[i]);
    }
    for (int i = 0; i < 3; i++) {
        halld__person_class__init(class_rows[i] = &cls[i]);
        cls[i].class_ = cls[i].name = TEXT(heads[i].name);
        cls[i].head_start_s = heads[i].head;
    }
    for (int i = 0; i < WINDOWS; i++) {
        halld__window__init(window_rows[i] = &window[i]);
        window[i].window = i + 1;
        window[i].name = TEXT("窗口");
        window[i].all = i < 2;
        window[i].n_groups = i < 2 ? 0 : (size_t)i - 1;
        window[i].groups = (char **)(uintptr_t)names;
    }
    s.n_groups = s.n_items = GROUPS;
    s.groups = group_rows;
    s.items = item_rows;
    s.n_queues = 2;
    s.queues = queue_rows;
    s.n_classes = 3;
    s.classes = class_rows;
    s.n_windows = WINDOWS;
    s.windows = window_rows;
    put(w, &s);
}

static int seeds(void)
{
    const char *n = getenv("HALLD_SEEDS");
    return n ? atoi(n) : 12;
}

START_TEST(random_commands_keep_the_rules_and_replay_equals_live)
{
    for (int seed = 0; seed < seeds(); seed++) {
        struct world w = {.live = hall_new(),
                          .replica = hall_new(),
                          .random = (uint64_t)seed * 7919 + 1,
                          .now = INT64_C(1773100800000)};
        build(&w);
        for (int i = 0; i < COMMANDS; i++) {
            step(&w);
            if (i % 500 == 499) {
                ck_assert(equal(w.live, w.replica));
                struct hall *again = hall_clone(w.live);
                ck_assert(equal(w.live, again));
                hall_free(w.replica);
                w.replica = again; /* and goes on from the snapshot */
            }
        }
        ck_assert_int_gt(w.calls, 500);
        hall_free(w.live);
        hall_free(w.replica);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("random");
    TCase *t = tcase_create("random");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, random_commands_keep_the_rules_and_replay_equals_live);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
