/*
 * The order at the moment of a call, from the journal: folds the day's events into who waits and what the
 * windows serve, and nothing else, until the ticket in question is called.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/message.h"
#include "core/queue/queue.h"
#include "view/build.h"
#include "view/why.h"

struct waiter {
    uint64_t id;
    struct key key;
    int64_t t0, gate;
    char number[12];
    char *group, *class_name;
    int window; /* may be called there only; 0 = any that has the group */
    bool unheld, waiting;
    size_t at; /* in fold.waiting */
};

struct served { /* what a window serves, as it opened */
    bool all;
    size_t n_groups;
    char **groups;
};

struct fold {
    uint64_t ticket; /* whose calls are asked for */
    const struct setup *setup;
    struct map tickets; /* id -> struct waiter */
    struct map windows; /* number -> struct served */
    struct waiter **waiting;
    size_t n_waiting, cap_waiting;
    int overtaken; /* in its present wait */
    Halld__WhyView *view;
};

/* ---- who waits */

static void wait_begin(struct fold *f, struct waiter *w)
{
    if (w->waiting)
        return;
    if (f->n_waiting == f->cap_waiting) {
        f->cap_waiting = f->cap_waiting ? 2 * f->cap_waiting : 64;
        f->waiting = alloc_grow(f->waiting, f->cap_waiting, sizeof *f->waiting);
    }
    w->at = f->n_waiting;
    f->waiting[f->n_waiting++] = w;
    w->waiting = true;
    if (w->id == f->ticket)
        f->overtaken = 0;
}

static void wait_end(struct fold *f, struct waiter *w)
{
    if (!w->waiting)
        return;
    struct waiter *last = f->waiting[--f->n_waiting];
    f->waiting[w->at] = last;
    last->at = w->at;
    w->waiting = false;
    w->unheld = false;
}

static struct key key_of(const Halld__Key *k)
{
    return k ? (struct key){.e = k->e, .t0 = k->t0, .seq = k->seq, .sub = k->sub} : (struct key){0, 0, 0, 0};
}

static void set_text(char **field, const char *text)
{
    free(*field);
    *field = alloc_text(text);
}

/* ---- who could be called */

static bool serves(const struct fold *f, int window, const struct waiter *w)
{
    if (w->window > 0)
        return w->window == window;
    const struct served *s = map_find(&f->windows, (uint64_t)window);
    if (!s || s->all)
        return s != NULL;
    for (size_t i = 0; i < s->n_groups; i++)
        if (strcmp(s->groups[i], w->group) == 0)
            return true;
    return false;
}

static bool issued_before(const struct waiter *a, const struct waiter *b)
{
    return a->t0 != b->t0 ? a->t0 < b->t0 : a->id < b->id;
}

static int waiter_compare(const void *a, const void *b)
{
    const struct waiter *x = *(struct waiter *const *)a, *y = *(struct waiter *const *)b;
    if (x->unheld != y->unheld)
        return x->unheld ? -1 : 1;
    return key_compare(&x->key, &y->key);
}

static Halld__WhyPlace *place_new(const struct waiter *w)
{
    Halld__WhyPlace *p = MESSAGE_NEW(Halld__WhyPlace, &halld__why_place__descriptor);
    build_set(&p->number, w->number);
    build_set(&p->class_, w->class_name);
    p->counts_at = w->key.e;
    p->issued_at = w->t0;
    return p;
}

static void set_order(const struct fold *f, Halld__WhyCall *c, const struct waiter *called, int64_t now)
{
    struct waiter **found = build_array(f->n_waiting, sizeof *found);
    size_t n = 0;
    for (size_t i = 0; i < f->n_waiting; i++)
        if (f->waiting[i] != called && f->waiting[i]->gate <= now && serves(f, c->window, f->waiting[i]))
            found[n++] = f->waiting[i];
    if (n > 0)
        qsort(found, n, sizeof *found, waiter_compare);
    if (n > WHY_ORDER_MOST - 1)
        n = WHY_ORDER_MOST - 1;
    c->order = build_array(n + 1, sizeof *c->order);
    c->order[c->n_order++] = place_new(called);
    for (size_t i = 0; i < n; i++)
        c->order[c->n_order++] = place_new(found[i]);
    free(found);
}

static void add_call(struct fold *f, const struct waiter *w, const Halld__TicketCalled *call, int64_t now)
{
    Halld__WhyView *v = f->view;
    Halld__WhyCall *c = MESSAGE_NEW(Halld__WhyCall, &halld__why_call__descriptor);
    c->at = now;
    c->window = call->window;
    c->rule = call->rule;
    c->overtook = call->overtook;
    c->overtaken_by = f->overtaken;
    why_sentence(f->setup, call, &c->text, &c->text_en);
    set_order(f, c, w, now);
    v->calls = alloc_grow(v->calls, v->n_calls + 1, sizeof *v->calls);
    v->calls[v->n_calls++] = c;
}

/* ---- the events that matter */

static struct waiter *waiter_find(const struct fold *f, uint64_t ticket)
{
    return map_find(&f->tickets, ticket);
}

static void fold_issued(struct fold *f, const Halld__Event *e)
{
    const Halld__TicketIssued *i = e->ticket_issued;
    struct waiter *w = alloc_zero(sizeof *w);
    w->id = e->seq;
    w->key = key_of(i->key);
    w->t0 = w->key.t0;
    if (i->has_gate_case == HALLD__TICKET_ISSUED__HAS_GATE_GATE_AT)
        w->gate = i->gate_at;
    strncpy(w->number, i->number, sizeof w->number - 1);
    set_text(&w->group, i->group);
    set_text(&w->class_name, i->class_);
    map_put(&f->tickets, w->id, w);
    wait_begin(f, w);
}

static void fold_called(struct fold *f, const Halld__Event *e)
{
    const Halld__TicketCalled *call = e->ticket_called;
    struct waiter *w = waiter_find(f, call->ticket), *mine = waiter_find(f, f->ticket);
    if (!w)
        return;
    if (w == mine)
        add_call(f, w, call, e->at);
    else if (mine && mine->waiting && mine->gate <= e->at && issued_before(mine, w) && serves(f, call->window, mine))
        f->overtaken++;
    wait_end(f, w);
}

static void fold_unheld(struct fold *f, const Halld__Event *e)
{
    struct waiter *w = waiter_find(f, e->ticket_unheld->ticket);
    if (!w)
        return;
    w->window = e->ticket_unheld->window;
    wait_begin(f, w);
    w->unheld = true;
}

static void fold_transferred(struct fold *f, const Halld__Event *e)
{
    const Halld__TicketTransferred *t = e->ticket_transferred;
    struct waiter *w = waiter_find(f, t->ticket);
    if (!w)
        return;
    w->window = t->window;
    set_text(&w->group, t->group);
    wait_begin(f, w);
}

static void fold_back(struct fold *f, const Halld__Event *e)
{
    struct waiter *w = waiter_find(f, e->reported_back->ticket);
    if (!w)
        return;
    w->key = key_of(e->reported_back->key);
    wait_begin(f, w);
}

static void fold_class(struct fold *f, const Halld__Event *e)
{
    struct waiter *w = waiter_find(f, e->class_changed->ticket);
    if (!w)
        return;
    w->key = key_of(e->class_changed->key);
    set_text(&w->class_name, e->class_changed->class_);
}

static void over(struct fold *f, uint64_t ticket)
{
    struct waiter *w = waiter_find(f, ticket);
    if (w)
        wait_end(f, w);
}

static void fold_cancelled(struct fold *f, const Halld__Event *e)
{
    over(f, e->ticket_cancelled->ticket);
}

static void fold_expired(struct fold *f, const Halld__Event *e)
{
    over(f, e->ticket_expired->ticket);
}

static void served_free(struct served *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_groups; i++)
        free(s->groups[i]);
    free(s->groups);
    free(s);
}

static void fold_opened(struct fold *f, const Halld__Event *e)
{
    const Halld__WindowOpened *o = e->window_opened;
    struct served *s = alloc_zero(sizeof *s);
    s->all = o->all;
    s->groups = build_array(o->n_groups, sizeof *s->groups);
    for (; s->n_groups < o->n_groups; s->n_groups++)
        s->groups[s->n_groups] = alloc_text(o->groups[s->n_groups]);
    served_free(map_find(&f->windows, (uint64_t)o->window));
    map_put(&f->windows, (uint64_t)o->window, s);
}

typedef void fold_event(struct fold *f, const Halld__Event *e);

static fold_event *const folds[] = {
    [HALLD__EVENT__BODY_TICKET_ISSUED] = fold_issued,   [HALLD__EVENT__BODY_TICKET_CALLED] = fold_called,
    [HALLD__EVENT__BODY_TICKET_UNHELD] = fold_unheld,   [HALLD__EVENT__BODY_TICKET_TRANSFERRED] = fold_transferred,
    [HALLD__EVENT__BODY_REPORTED_BACK] = fold_back,     [HALLD__EVENT__BODY_TICKET_CANCELLED] = fold_cancelled,
    [HALLD__EVENT__BODY_TICKET_EXPIRED] = fold_expired, [HALLD__EVENT__BODY_CLASS_CHANGED] = fold_class,
    [HALLD__EVENT__BODY_WINDOW_OPENED] = fold_opened,
};

static int each(void *arg, const Halld__Event *event)
{
    size_t kind = (size_t)event->body_case;
    if (kind < sizeof folds / sizeof *folds && folds[kind])
        folds[kind](arg, event);
    return 0;
}

static void fold_fini(struct fold *f)
{
    size_t at = 0;
    for (struct waiter *w; (w = map_next(&f->tickets, &at));) {
        free(w->group);
        free(w->class_name);
        free(w);
    }
    at = 0;
    for (struct served *s; (s = map_next(&f->windows, &at));)
        served_free(s);
    map_fini(&f->tickets);
    map_fini(&f->windows);
    free(f->waiting);
}

Halld__WhyView *why_view_new(const struct setup *setup, int32_t day, uint64_t ticket, const struct reader *r)
{
    uint64_t from = reader_find_day(r, day);
    if (from == 0)
        return NULL;
    struct fold f = {.ticket = ticket, .setup = setup, .tickets = MAP_INIT, .windows = MAP_INIT};
    f.view = MESSAGE_NEW(Halld__WhyView, &halld__why_view__descriptor);
    f.view->ticket = ticket;
    if (from <= r->last && r->read(r->arg, from, r->last, each, &f) != 0) {
        protobuf_c_message_free_unpacked(&f.view->base, NULL);
        f.view = NULL;
    }
    fold_fini(&f);
    return f.view;
}
