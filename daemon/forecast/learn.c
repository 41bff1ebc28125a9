#include "forecast/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/moment.h"
#include "forecast/names.h"

/* What becomes of a ticket, as far as there is something to learn from it. */
struct visit {
    char *queue, *item, *class_name;
    bool predicted, graded, returns;
    double p50_s, p90_s;
    struct grade_fit fit; /* at issue */
    int64_t t0, wait_since, call_at, start_at, served, held_since;
    int window;
};

/* A mean that follows: old values count less and less. */
struct follow {
    double sum, n;
};

struct learn_fold {
    struct map visits; /* by ticket; owned */
    struct map slots;  /* appointment -> slot in seconds */
    struct map ended;  /* window -> when it was left, in seconds; absent: not waiting for the clerk */
    struct follow walk, gap, missed, miss, hold, left, waited, shows, early;
    double today; /* finished services */
};

static const double KEEPS = 0.998; /* of the last 500 */
static const double GAP_LONGEST_MS = 600000, WALK_LONGEST_MS = 600000;
static const struct pace PACE_FIRST = {0, 0, 0, 0, 300000, 0, 0.85, 480000};

static void follow_add(struct follow *f, double value)
{
    f->sum = f->sum * KEEPS + value;
    f->n = f->n * KEEPS + 1;
}

/* Nearer to the first guess while little has been seen. */
static double follow_mean(const struct follow *f, double first, double first_weighs)
{
    return f->n + first_weighs > 0 ? (f->sum + first * first_weighs) / (f->n + first_weighs) : first;
}

static void visit_free(struct visit *v)
{
    free(v->queue);
    free(v->item);
    free(v->class_name);
    free(v);
}

static void forget_visits(struct learn_fold *f)
{
    size_t at = 0;
    for (struct visit *v; (v = map_next(&f->visits, &at));)
        visit_free(v);
    map_fini(&f->visits);
    map_fini(&f->ended);
}

struct learn *learn_new(void)
{
    struct learn *l = alloc_zero(sizeof *l);
    l->laws = laws_new();
    l->arrivals = arrivals_new();
    l->grade = grade_new();
    l->pace = PACE_FIRST;
    l->fold = alloc_zero(sizeof *l->fold);
    return l;
}

void learn_free(struct learn *l)
{
    if (!l)
        return;
    laws_free(l->laws);
    arrivals_free(l->arrivals);
    grade_free(l->grade);
    forget_visits(l->fold);
    map_fini(&l->fold->slots);
    free(l->fold);
    free(l);
}

static void set_pace(struct learn *l)
{
    const struct learn_fold *f = l->fold;
    l->pace.walk = follow_mean(&f->walk, PACE_FIRST.walk, 0);
    l->pace.gap = follow_mean(&f->gap, PACE_FIRST.gap, 0);
    l->pace.missed = follow_mean(&f->missed, PACE_FIRST.missed, 20);
    l->pace.miss = follow_mean(&f->miss, PACE_FIRST.miss, 0);
    l->pace.hold = follow_mean(&f->hold, PACE_FIRST.hold, 5);
    l->pace.shows = follow_mean(&f->shows, PACE_FIRST.shows, 20);
    l->pace.early = follow_mean(&f->early, PACE_FIRST.early, 10);
    l->pace.leaving = f->waited.sum > 0 ? f->left.sum / f->waited.sum : 0;
}

static struct visit *visit_of(struct learn *l, uint64_t ticket)
{
    return map_find(&l->fold->visits, ticket);
}

/* ---- one kind of event each */

typedef void learn_fn(struct learn *l, const Halld__Event *event);

static void learn_day(struct learn *l, const Halld__Event *event)
{
    const Halld__DayOpened *b = event->day_opened;
    forget_visits(l->fold);
    if (l->fold->today > 0)
        laws_age(l->laws);
    l->fold->today = 0;
    grade_day(l->grade, b->date);
    arrivals_day(l->arrivals, b->date, moment_of_date(b->date, 0), b->n_open ? b->open[0]->from_at : 0);
}

static void learn_check_in(struct learn *l, const Halld__Event *event)
{
    const Halld__TicketIssued *b = event->ticket_issued;
    if (!map_find(&l->fold->slots, b->appointment))
        return;
    follow_add(&l->fold->shows, 1);
    follow_add(&l->fold->early, (double)(b->slot_at - event->at));
    map_remove(&l->fold->slots, b->appointment);
}

static void learn_issued(struct learn *l, const Halld__Event *event)
{
    const Halld__TicketIssued *b = event->ticket_issued;
    struct visit *v = alloc_zero(sizeof *v);
    v->queue = alloc_text(b->queue);
    v->item = alloc_text(b->item);
    v->class_name = alloc_text(b->class_);
    v->t0 = b->key ? b->key->t0 : event->at;
    v->wait_since = event->at;
    v->predicted = b->has_p50_case && b->has_p90_case;
    v->p50_s = b->has_p50_case ? b->wait_p50_s : 0;
    v->p90_s = b->has_p90_case ? b->wait_p90_s : 0;
    v->fit = grade_fit(l->grade, b->queue);
    map_put(&l->fold->visits, event->seq, v);
    if (b->appointment)
        learn_check_in(l, event);
    else
        arrivals_observe(l->arrivals, b->queue, b->item, b->class_, event->at);
}

static void end_gap(struct learn_fold *f, int window, int64_t at)
{
    uintptr_t ended = (uintptr_t)map_find(&f->ended, (uint64_t)window + 1);
    if (!ended)
        return;
    map_remove(&f->ended, (uint64_t)window + 1);
    double gap = (double)(at - (int64_t)ended);
    if (gap <= GAP_LONGEST_MS) /* longer: not between two visits, but away */
        follow_add(&f->gap, gap);
}

static void begin_gap(struct learn_fold *f, int window, int64_t at)
{
    map_put(&f->ended, (uint64_t)window + 1, (void *)(uintptr_t)at);
}

static void learn_called(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->ticket_called->ticket);
    end_gap(l->fold, event->ticket_called->window, event->at);
    if (!v)
        return;
    v->call_at = event->at;
    v->window = event->ticket_called->window;
    follow_add(&l->fold->waited, (double)(event->at - v->wait_since));
    follow_add(&l->fold->left, 0);
    follow_add(&l->fold->missed, 0);
}

static void grade_visit(struct learn *l, struct visit *v)
{
    if (v->predicted && !v->graded)
        grade_add(l->grade, v->queue, v->class_name, v->p50_s, v->p90_s, (double)(v->start_at - v->t0) / 1000, &v->fit);
    v->graded = true;
}

static void learn_started(struct learn *l, const Halld__Event *event)
{
    const Halld__ServiceStarted *b = event->service_started;
    struct visit *v = visit_of(l, b->ticket);
    if (!v || !v->call_at)
        return;
    v->start_at = b->started_at;
    double walk = (double)(b->started_at - v->call_at);
    if (!b->inferred && walk <= WALK_LONGEST_MS)
        follow_add(&l->fold->walk, walk);
    grade_visit(l, v);
}

/* Away from the window for now; what it has had so far is kept. */
static void leave_window(struct learn *l, struct visit *v, int64_t at)
{
    if (v->start_at && at > v->start_at)
        v->served += at - v->start_at;
    v->start_at = v->call_at = 0;
    if (v->window)
        begin_gap(l->fold, v->window, at);
    v->window = 0;
}

/*
 * A service is learned when it is over. One that was cut off by the sweep, or whose start nobody saw (no start, not
 * even an inferred one), says nothing about its length.
 */
static void end_service(struct learn *l, struct visit *v, int64_t at)
{
    leave_window(l, v, at);
    if (v->served > 0) {
        laws_observe(l->laws, v->item, v->served);
        l->fold->today++;
    }
    v->served = 0;
}

static void learn_held(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->ticket_held->ticket);
    if (!v)
        return;
    leave_window(l, v, event->at);
    v->held_since = event->at;
}

static void learn_unheld(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->ticket_unheld->ticket);
    if (!v)
        return;
    follow_add(&l->fold->hold, (double)(event->at - v->held_since));
    v->wait_since = event->at;
}

static void drop_visit(struct learn *l, uint64_t ticket)
{
    struct visit *v = visit_of(l, ticket);
    if (!v)
        return;
    map_remove(&l->fold->visits, ticket);
    visit_free(v);
}

static void learn_finished(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->ticket_finished->ticket);
    if (!v)
        return;
    end_service(l, v, event->at);
    drop_visit(l, event->ticket_finished->ticket);
}

static void learn_transferred(struct learn *l, const Halld__Event *event)
{
    const Halld__TicketTransferred *b = event->ticket_transferred;
    struct visit *v = visit_of(l, b->ticket);
    if (!v)
        return;
    end_service(l, v, event->at);
    free(v->item);
    free(v->queue);
    v->item = alloc_text(b->item);
    v->queue = alloc_text(b->queue);
    v->wait_since = event->at;
    v->graded = true; /* its first wait is over, whether it was served or not */
}

static void learn_missed(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->ticket_missed->ticket);
    if (!v)
        return;
    if (v->call_at) {
        follow_add(&l->fold->miss, (double)(event->at - v->call_at));
        l->fold->missed.sum += 1; /* its call has been counted */
    }
    leave_window(l, v, event->at);
    v->graded = true;
}

static void learn_back(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->reported_back->ticket);
    if (v)
        v->wait_since = event->at;
}

static void learn_cancelled(struct learn *l, const Halld__Event *event)
{
    const struct visit *v = visit_of(l, event->ticket_cancelled->ticket);
    if (!v)
        return;
    follow_add(&l->fold->waited, (double)(event->at - v->wait_since));
    follow_add(&l->fold->left, 1);
    drop_visit(l, event->ticket_cancelled->ticket);
}

static void learn_expired(struct learn *l, const Halld__Event *event)
{
    drop_visit(l, event->ticket_expired->ticket);
}

static void learn_class(struct learn *l, const Halld__Event *event)
{
    struct visit *v = visit_of(l, event->class_changed->ticket);
    if (!v)
        return;
    free(v->class_name);
    v->class_name = alloc_text(event->class_changed->class_);
    v->graded = true; /* what was predicted was for another place */
}

static void learn_slot(struct learn *l, const Halld__Event *event)
{
    map_put(&l->fold->slots, event->slot_booked->appointment, l->fold);
}

static void learn_slot_cancelled(struct learn *l, const Halld__Event *event)
{
    map_remove(&l->fold->slots, event->appointment_cancelled->appointment);
}

static void learn_slot_missed(struct learn *l, const Halld__Event *event)
{
    follow_add(&l->fold->shows, 0);
    map_remove(&l->fold->slots, event->appointment_missed->appointment);
}

static void learn_ready(struct learn *l, const Halld__Event *event)
{
    end_gap(l->fold, event->window_ready->window, event->at);
}

static void learn_break(struct learn *l, const Halld__Event *event)
{
    map_remove(&l->fold->ended, (uint64_t)event->window_break->window + 1);
}

static void learn_closed(struct learn *l, const Halld__Event *event)
{
    map_remove(&l->fold->ended, (uint64_t)event->window_closed->window + 1);
}

#define EVENT(NAME) HALLD__EVENT__BODY_##NAME
static learn_fn *const table[] = {
    [EVENT(DAY_OPENED)] = learn_day,
    [EVENT(TICKET_ISSUED)] = learn_issued,
    [EVENT(TICKET_CALLED)] = learn_called,
    [EVENT(SERVICE_STARTED)] = learn_started,
    [EVENT(TICKET_HELD)] = learn_held,
    [EVENT(TICKET_UNHELD)] = learn_unheld,
    [EVENT(TICKET_FINISHED)] = learn_finished,
    [EVENT(TICKET_TRANSFERRED)] = learn_transferred,
    [EVENT(TICKET_MISSED)] = learn_missed,
    [EVENT(REPORTED_BACK)] = learn_back,
    [EVENT(TICKET_CANCELLED)] = learn_cancelled,
    [EVENT(TICKET_EXPIRED)] = learn_expired,
    [EVENT(CLASS_CHANGED)] = learn_class,
    [EVENT(SLOT_BOOKED)] = learn_slot,
    [EVENT(APPOINTMENT_CANCELLED)] = learn_slot_cancelled,
    [EVENT(APPOINTMENT_MISSED)] = learn_slot_missed,
    [EVENT(WINDOW_READY)] = learn_ready,
    [EVENT(WINDOW_BREAK)] = learn_break,
    [EVENT(WINDOW_CLOSED)] = learn_closed,
};

void learn_event(struct learn *l, const Halld__Event *event)
{
    if ((size_t)event->body_case >= sizeof table / sizeof *table || !table[event->body_case])
        return;
    table[event->body_case](l, event);
    set_pace(l);
}
