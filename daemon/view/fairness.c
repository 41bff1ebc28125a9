#include "view/fairness.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/map.h"
#include "base/message.h"
#include "base/moment.h"
#include "view/build.h"
#include "view/history.h"

/* A ticket's first wait: from its issue, or its slot, until its service began or it was gone. */
struct wait {
    uint64_t ticket;
    int64_t issued_at, since, ended;
    Halld__TicketState__E state; /* serving, cancelled or expired once it has ended */
    bool over;
    char *number, *queue, *class_name;
};

struct fairness {
    Halld__FairnessReport *report;
    int32_t day;
    bool found;
    int64_t now; /* of the last event */
    struct map by_ticket;
    struct wait **waits; /* owned */
    size_t n_waits, cap_waits;
};

/* Adds a message to a report's list. */
#define ADD(list, count, message)                                 \
    do {                                                          \
        (list) = alloc_grow((list), (count) + 1, sizeof *(list)); \
        (list)[(count)++] = (message);                            \
    } while (0)

static Halld__ClassFairness *class_of(struct fairness *f, const char *class_name)
{
    Halld__FairnessReport *v = f->report;
    for (size_t i = 0; i < v->n_classes; i++)
        if (strcmp(v->classes[i]->class_, class_name) == 0)
            return v->classes[i];
    Halld__ClassFairness *c = MESSAGE_NEW(Halld__ClassFairness, &halld__class_fairness__descriptor);
    build_set(&c->class_, class_name);
    ADD(v->classes, v->n_classes, c);
    return c;
}

static struct wait *wait_of(struct fairness *f, uint64_t ticket)
{
    return map_find(&f->by_ticket, ticket);
}

/* ---- one kind of event each */

static void add_grant(struct fairness *f, const Halld__Event *e)
{
    const Halld__TicketIssued *b = e->ticket_issued;
    const char *device = !e->actor ? "" : *e->actor->device ? e->actor->device : e->actor->id;
    Halld__FairnessReport *v = f->report;
    for (size_t i = 0; i < v->n_grants; i++)
        if (v->grants[i]->channel == b->channel && strcmp(v->grants[i]->class_, b->class_) == 0 &&
            strcmp(v->grants[i]->device, device) == 0) {
            v->grants[i]->tickets++;
            return;
        }
    Halld__GrantLine *g = MESSAGE_NEW(Halld__GrantLine, &halld__grant_line__descriptor);
    build_set(&g->class_, b->class_);
    build_set(&g->device, device);
    g->channel = b->channel;
    g->tickets = 1;
    ADD(v->grants, v->n_grants, g);
}

static void on_issued(struct fairness *f, const Halld__Event *e)
{
    const Halld__TicketIssued *b = e->ticket_issued;
    struct wait *w = alloc_zero(sizeof *w);
    w->ticket = e->seq;
    w->issued_at = w->since = b->key ? b->key->t0 : e->at;
    if (b->origin == HALLD__ORIGIN__E__appointment && b->slot_at > w->since)
        w->since = b->slot_at;
    w->number = alloc_text(b->number);
    w->queue = alloc_text(b->queue);
    w->class_name = alloc_text(b->class_);
    if (f->n_waits == f->cap_waits) {
        f->cap_waits = f->cap_waits ? 2 * f->cap_waits : 256;
        f->waits = alloc_grow(f->waits, f->cap_waits, sizeof *f->waits);
    }
    f->waits[f->n_waits++] = w;
    map_put(&f->by_ticket, e->seq, w);
    class_of(f, b->class_)->issued++;
    if (b->origin == HALLD__ORIGIN__E__walk_in && b->key && b->key->e < b->key->t0)
        add_grant(f, e);
}

static void add_manual(struct fairness *f, const Halld__Event *e)
{
    const Halld__TicketCalled *b = e->ticket_called;
    Halld__ManualCallLine *m = MESSAGE_NEW(Halld__ManualCallLine, &halld__manual_call_line__descriptor);
    m->at = e->at;
    m->ticket = b->ticket;
    m->window = b->window;
    m->overtook = b->overtook;
    build_set(&m->number, b->number);
    build_set(&m->class_, b->class_);
    build_set(&m->reason, b->reason);
    m->actor = history_actor(e->actor);
    ADD(f->report->manual_calls, f->report->n_manual_calls, m);
}

static void on_called(struct fairness *f, const Halld__Event *e)
{
    const Halld__TicketCalled *b = e->ticket_called;
    Halld__ClassFairness *c = class_of(f, b->class_);
    c->called++;
    c->overtook += b->overtook;
    if (b->overtook > c->overtook_most)
        c->overtook_most = b->overtook;
    if (b->rule == HALLD__RULE__E__manual)
        add_manual(f, e);
}

static void end_wait(struct wait *w, int64_t at, Halld__TicketState__E state)
{
    if (!w || w->over)
        return;
    w->over = true;
    w->ended = at;
    w->state = state;
}

static void on_started(struct fairness *f, const Halld__Event *e)
{
    const Halld__ServiceStarted *b = e->service_started;
    end_wait(wait_of(f, b->ticket), b->started_at, HALLD__TICKET_STATE__E__serving);
}

static void on_cancelled(struct fairness *f, const Halld__Event *e)
{
    end_wait(wait_of(f, e->ticket_cancelled->ticket), e->at, HALLD__TICKET_STATE__E__cancelled);
}

static void on_expired(struct fairness *f, const Halld__Event *e)
{
    end_wait(wait_of(f, e->ticket_expired->ticket), e->at, HALLD__TICKET_STATE__E__expired);
}

static void on_class(struct fairness *f, const Halld__Event *e)
{
    const Halld__ClassChanged *b = e->class_changed;
    struct wait *w = wait_of(f, b->ticket);
    Halld__ClassChangeLine *c = MESSAGE_NEW(Halld__ClassChangeLine, &halld__class_change_line__descriptor);
    c->at = e->at;
    c->ticket = b->ticket;
    build_set(&c->to, b->class_);
    build_set(&c->reason, b->reason);
    c->actor = history_actor(e->actor);
    ADD(f->report->class_changes, f->report->n_class_changes, c);
    if (!w)
        return;
    build_set(&c->number, w->number);
    build_set(&c->from, w->class_name);
    free(w->class_name);
    w->class_name = alloc_text(b->class_);
}

#define ON(name, handler) [HALLD__EVENT__BODY_##name] = handler
static void (*const HANDLERS[])(struct fairness *f, const Halld__Event *e) = {
    ON(TICKET_ISSUED, on_issued),       ON(TICKET_CALLED, on_called),   ON(SERVICE_STARTED, on_started),
    ON(TICKET_CANCELLED, on_cancelled), ON(TICKET_EXPIRED, on_expired), ON(CLASS_CHANGED, on_class),
};

static int each(void *arg, const Halld__Event *e)
{
    struct fairness *f = arg;
    size_t kind = (size_t)e->body_case;
    if (e->day != f->day)
        return 1;
    f->found = true;
    f->now = e->at;
    if (kind < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[kind])
        HANDLERS[kind](f, e);
    return 0;
}

/* ---- all of it */

static int64_t length(const struct wait *w)
{
    return w->ended > w->since ? w->ended - w->since : 0;
}

/* Longest first; of two as long the earlier ticket. */
static int wait_compare(const void *a, const void *b)
{
    const struct wait *x = *(struct wait *const *)a, *y = *(struct wait *const *)b;
    if (length(x) != length(y))
        return length(x) > length(y) ? -1 : 1;
    return x->ticket < y->ticket ? -1 : x->ticket > y->ticket;
}

static int grant_compare(const void *a, const void *b)
{
    const Halld__GrantLine *x = *(Halld__GrantLine *const *)a, *y = *(Halld__GrantLine *const *)b;
    if (x->tickets != y->tickets)
        return x->tickets > y->tickets ? -1 : 1;
    int order = strcmp(x->class_, y->class_);
    return order ? order : strcmp(x->device, y->device);
}

static void add_longest(struct fairness *f, const struct wait *w)
{
    Halld__LongWaitLine *l = MESSAGE_NEW(Halld__LongWaitLine, &halld__long_wait_line__descriptor);
    l->ticket = w->ticket;
    build_set(&l->number, w->number);
    build_set(&l->queue, w->queue);
    build_set(&l->class_, w->class_name);
    l->issued_at = w->issued_at;
    l->wait_s = (int32_t)(length(w) / 1000);
    l->state = w->state;
    ADD(f->report->longest_waits, f->report->n_longest_waits, l);
}

static void sum_class(struct fairness *f, Halld__ClassFairness *c)
{
    int64_t sum = 0, most = 0;
    for (size_t i = 0; i < f->n_waits; i++) {
        const struct wait *w = f->waits[i];
        if (w->state != HALLD__TICKET_STATE__E__serving || strcmp(w->class_name, c->class_) != 0)
            continue;
        c->waits++;
        sum += length(w);
        most = length(w) > most ? length(w) : most;
    }
    if (!c->waits)
        return;
    c->has_mean_case = HALLD__CLASS_FAIRNESS__HAS_MEAN_MEAN_WAIT_S;
    c->mean_wait_s = (int32_t)((sum / c->waits + 500) / 1000);
    c->has_longest_case = HALLD__CLASS_FAIRNESS__HAS_LONGEST_LONGEST_WAIT_S;
    c->longest_wait_s = (int32_t)(most / 1000);
}

static void finish(struct fairness *f)
{
    Halld__FairnessReport *v = f->report;
    for (size_t i = 0; i < f->n_waits; i++)
        if (!f->waits[i]->over)
            f->waits[i]->ended = f->now; /* still waits */
    for (size_t i = 0; i < v->n_classes; i++)
        sum_class(f, v->classes[i]);
    if (f->n_waits)
        qsort(f->waits, f->n_waits, sizeof *f->waits, wait_compare);
    for (size_t i = 0; i < f->n_waits; i++) {
        v->waited_long += length(f->waits[i]) > FAIRNESS_LONG_S * INT64_C(1000);
        if (i < FAIRNESS_LONGEST)
            add_longest(f, f->waits[i]);
    }
    if (v->n_grants)
        qsort(v->grants, v->n_grants, sizeof *v->grants, grant_compare);
}

static void forget(struct fairness *f)
{
    for (size_t i = 0; i < f->n_waits; i++) {
        free(f->waits[i]->number);
        free(f->waits[i]->queue);
        free(f->waits[i]->class_name);
        free(f->waits[i]);
    }
    free(f->waits);
    map_fini(&f->by_ticket);
}

int fairness_report_read(const struct reader *r, int32_t day, Halld__FairnessReport **ret)
{
    struct fairness f = {.day = day, .by_ticket = MAP_INIT};
    char date[11];
    uint64_t first = reader_find_day(r, day);
    if (!first)
        return HALL_E_STORE_FAILED;
    f.report = MESSAGE_NEW(Halld__FairnessReport, &halld__fairness_report__descriptor);
    f.report->as_of_seq = r->last;
    date_to_text(day, date);
    build_set(&f.report->date, date);
    int code = first <= r->last ? r->read(r->arg, first, r->last, each, &f) : 0;
    finish(&f);
    forget(&f);
    if (code >= 0 && f.found) {
        *ret = f.report;
        return 0;
    }
    halld__fairness_report__free_unpacked(f.report, NULL);
    return code < 0 ? code : HALL_E_NOT_FOUND;
}
