#include "tools/sim_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/moment.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "tools/sim_forecast.h"

/* What happens at one instant happens in this order. */
enum step_kind { STEP_END, STEP_LEAVE };

struct step {
    int64_t at;
    enum step_kind kind;
    size_t order; /* an end: the window; a leave: the customer */
    size_t customer;
};

struct sim_run {
    struct hall *hall;
    struct sim_customers *customers;
    struct map by_ticket; /* id -> struct sim_customer */
    struct step *steps;   /* a heap, the earliest first */
    size_t n_steps, cap_steps;
    struct events events, kept;
    bool keep;
    uint64_t n_events, random;
    int64_t now;
    int32_t date;
    struct sim_forecast *forecast;
    bool predict;
    const struct quote *quote; /* for the command being decided */
};

static const int32_t SIM_DATE = 20260105; /* the first, a Monday; a day lasts as long as it takes */
static const int64_t SIM_END_MS = INT64_C(1) << 52;

static int64_t midnight(const struct sim_run *s)
{
    return (int64_t)date_to_days(s->date) * 86400000;
}

/* ---- the heap of what is to come */

static bool goes_first(const struct step *a, const struct step *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    return a->order < b->order;
}

static void step_add(struct sim_run *s, struct step step)
{
    if (s->n_steps == s->cap_steps) {
        s->cap_steps = s->cap_steps ? s->cap_steps * 2 : 256;
        s->steps = alloc_grow(s->steps, s->cap_steps, sizeof *s->steps);
    }
    size_t i = s->n_steps++;
    for (; i && goes_first(&step, &s->steps[(i - 1) / 2]); i = (i - 1) / 2)
        s->steps[i] = s->steps[(i - 1) / 2];
    s->steps[i] = step;
}

static struct step step_take(struct sim_run *s)
{
    struct step first = s->steps[0], last = s->steps[--s->n_steps];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < s->n_steps; i = child) {
        if (child + 1 < s->n_steps && goes_first(&s->steps[child + 1], &s->steps[child]))
            child++;
        if (!goes_first(&s->steps[child], &last))
            break;
        s->steps[i] = s->steps[child];
    }
    s->steps[i] = last;
    return first;
}

/* ---- commands */

static void keep_or_drop(struct sim_run *s)
{
    for (size_t i = 0; i < s->events.n; i++) {
        if (s->forecast)
            sim_forecast_learn(s->forecast, s->events.at[i]);
        if (s->keep)
            events_add_take(&s->kept, s->events.at[i]);
        else
            halld__event__free_unpacked(s->events.at[i], NULL);
    }
    s->n_events += s->events.n;
    s->events.n = 0;
}

static int decide(struct sim_run *s, const Halld__Command *c, struct refusal *r)
{
    static const Halld__Actor self = {PROTOBUF_C_MESSAGE_INIT(&halld__actor__descriptor), HALLD__ACTOR_KIND__E__device,
                                      (char *)"hallsim", (char *)""};
    struct turn turn = {
        .now_ms = midnight(s) + s->now, .quote = s->quote, .actor = &self, .role = HALLD__ROLE__E__admin};
    s->random++;
    memcpy(turn.random, &s->random, sizeof s->random);
    return hall_decide(s->hall, c, &turn, &s->events, r);
}

/* In a simulation nothing may be refused: what is asked here is always allowed, or the program is wrong. */
static void must(struct sim_run *s, const Halld__Command *c)
{
    if (decide(s, c, NULL))
        abort();
}

static void start_service(struct sim_run *s, const Halld__TicketCalled *call)
{
    struct sim_customer *p = map_find(&s->by_ticket, call->ticket);
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__StartService start = HALLD__START_SERVICE__INIT;
    p->start = s->now;
    p->wait = s->now - p->t0;
    p->window = start.n = call->window;
    step_add(s, (struct step){s->now + p->service, STEP_END, (size_t)call->window, (size_t)(p - s->customers->at)});
    c.body_case = HALLD__COMMAND__BODY_START_SERVICE;
    c.start_service = &start;
    must(s, &c);
}

/* Whoever was called is served at once. */
static void follow_calls(struct sim_run *s)
{
    for (size_t i = 0; i < s->events.n; i++)
        if (s->events.at[i]->body_case == HALLD__EVENT__BODY_TICKET_CALLED)
            start_service(s, s->events.at[i]->ticket_called);
    keep_or_drop(s);
}

static void next(struct sim_run *s, int window, Halld__Outcome__E outcome)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__NextTicket n = HALLD__NEXT_TICKET__INIT;
    n.n = window;
    n.outcome = outcome;
    c.body_case = HALLD__COMMAND__BODY_NEXT_TICKET;
    c.next_ticket = &n;
    must(s, &c);
    follow_calls(s);
}

/* What the ticket says about its wait. */
static void note_forecast(struct sim_run *s, struct sim_customer *p)
{
    const Halld__TicketIssued *b = s->events.at[0]->ticket_issued;
    p->predicted = b->has_p50_case && b->has_p90_case;
    p->p50_s = p->predicted ? b->wait_p50_s : 0;
    p->p90_s = p->predicted ? b->wait_p90_s : 0;
}

static void arrive(struct sim_run *s, size_t i)
{
    struct sim_customer *p = &s->customers->at[i];
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__IssueTicket issue = HALLD__ISSUE_TICKET__INIT;
    issue.item = (char *)(uintptr_t)p->item;
    issue.class_ = (char *)(uintptr_t)p->class_name;
    c.body_case = HALLD__COMMAND__BODY_ISSUE_TICKET;
    c.issue_ticket = &issue;
    p->ticket = hall_seq(s->hall) + 1;
    map_put(&s->by_ticket, p->ticket, p);
    if (s->predict)
        s->quote = sim_forecast_quote(s->forecast, s->hall, midnight(s) + s->now, p->item, p->class_name);
    must(s, &c);
    s->quote = NULL;
    note_forecast(s, p);
    follow_calls(s);
    if (p->patience && p->start < 0)
        step_add(s, (struct step){s->now + p->patience, STEP_LEAVE, i, i});
}

static void leave(struct sim_run *s, size_t i)
{
    struct sim_customer *p = &s->customers->at[i];
    if (p->start >= 0)
        return;
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__CancelTicket cancel = HALLD__CANCEL_TICKET__INIT;
    cancel.which_case = HALLD__CANCEL_TICKET__WHICH_ID;
    cancel.id = p->ticket;
    cancel.reason = (char *)(uintptr_t) "patience";
    c.body_case = HALLD__COMMAND__BODY_CANCEL_TICKET;
    c.cancel_ticket = &cancel;
    p->left = true;
    p->wait = p->patience;
    must(s, &c);
    keep_or_drop(s);
}

static void take_step(struct sim_run *s)
{
    struct step step = step_take(s);
    s->now = step.at;
    if (step.kind == STEP_END)
        next(s, (int)step.order, HALLD__OUTCOME__E__handled);
    else
        leave(s, step.customer);
}

/* ---- a run */

static int open_day(struct sim_run *s, struct refusal *r)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__OpenDay day = HALLD__OPEN_DAY__INIT;
    Halld__Span span = HALLD__SPAN__INIT, *spans[] = {&span};
    span.from_at = midnight(s);
    span.to_at = day.end_at = SIM_END_MS;
    day.date = s->date;
    day.n_open = 1;
    day.open = spans;
    c.body_case = HALLD__COMMAND__BODY_OPEN_DAY;
    c.open_day = &day;
    return decide(s, &c, r);
}

static int put_settings(struct sim_run *s, const Halld__Settings *settings, struct refusal *r)
{
    Halld__Command c = HALLD__COMMAND__INIT;
    Halld__PutSettings put = HALLD__PUT_SETTINGS__INIT;
    put.put = (Halld__Settings *)(uintptr_t)settings;
    c.body_case = HALLD__COMMAND__BODY_PUT_SETTINGS;
    c.put_settings = &put;
    return decide(s, &c, r);
}

struct sim_run *sim_run_new(const Halld__Settings *settings, struct refusal *r)
{
    struct sim_run *s = alloc_zero(sizeof *s);
    s->hall = hall_new();
    s->date = SIM_DATE;
    if (put_settings(s, settings, r)) {
        sim_run_free(s);
        return NULL;
    }
    return s;
}

void sim_run_free(struct sim_run *s)
{
    hall_free(s->hall);
    map_fini(&s->by_ticket);
    events_fini(&s->events);
    events_fini(&s->kept);
    free(s->steps);
    free(s);
}

const struct setup *sim_run_setup(const struct sim_run *s)
{
    return hall_setup(s->hall);
}

void sim_run_keep_events(struct sim_run *s)
{
    s->keep = true;
}

const struct events *sim_run_events(const struct sim_run *s)
{
    return &s->kept;
}

int32_t sim_run_day(const struct sim_run *s)
{
    return s->date;
}

void sim_run_set_day(struct sim_run *s, int nth)
{
    s->date = date_from_days(date_to_days(SIM_DATE) + nth);
}

void sim_run_set_forecast(struct sim_run *s, struct sim_forecast *f, bool predict)
{
    s->forecast = f;
    s->predict = predict;
}

uint64_t sim_run_event_count(const struct sim_run *s)
{
    return s->n_events;
}

static void open_windows(struct sim_run *s)
{
    const Halld__Settings *t = setup_settings(hall_setup(s->hall));
    for (size_t i = 0; i < t->n_windows; i++) {
        Halld__Command c = HALLD__COMMAND__INIT;
        Halld__OpenWindow open = HALLD__OPEN_WINDOW__INIT;
        open.n = t->windows[i]->window;
        c.body_case = HALLD__COMMAND__BODY_OPEN_WINDOW;
        c.open_window = &open;
        must(s, &c);
        next(s, open.n, HALLD__OUTCOME__E__unset);
    }
}

/* Whom no window serves waits until nothing more happens. */
static void send_home(struct sim_run *s)
{
    for (size_t i = 0; i < s->customers->n; i++) {
        struct sim_customer *p = &s->customers->at[i];
        if (p->start >= 0 || p->left)
            continue;
        p->left = true;
        p->wait = s->now - p->t0;
    }
}

void sim_run_play(struct sim_run *s, struct sim_customers *customers)
{
    s->customers = customers;
    if (open_day(s, NULL))
        abort();
    keep_or_drop(s);
    open_windows(s);
    for (size_t i = 0; i < customers->n || s->n_steps;) {
        bool step = s->n_steps && (i == customers->n || s->steps[0].at <= customers->at[i].t0);
        if (step) {
            take_step(s);
            continue;
        }
        s->now = customers->at[i].t0;
        arrive(s, i++);
    }
    send_home(s);
}
