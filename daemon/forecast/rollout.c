#include "forecast/rollout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/queue.h"

enum { COME_MOST = 2000 }; /* with a head start, in one play */

static const int64_t NEVER_AT = INT64_MAX, HORIZON_MS = 12 * 3600000LL;
static const double BREAK_MS = 900000, SUSPENDED_MS = 3600000, OVERDUE_MS = 60000, LATE_SHOWS = 0.3;

/* Somebody in the line of one play. */
struct person {
    struct place place; /* first: a place is its person */
    size_t item;
    double served_ms;
    int ticket;      /* index of the plan's; -1 = came later */
    int64_t from_at; /* has been able to leave since */
    bool waits;
};

struct desk {
    int64_t ready_at; /* NEVER_AT: idle, or gone */
    bool idle;
    int64_t idle_since;
};

struct comer {
    int64_t at; /* NEVER_AT: has come, or never does */
};

struct play {
    const struct plan *plan;
    struct rollout *result;
    struct dice dice;
    struct line *line;
    struct person *people; /* tickets, comers, then those who come */
    size_t n_people;
    struct desk *desks;
    struct comer *comers;
    int64_t *ghosts; /* when each starts; NEVER_AT: not yet */
    size_t left;     /* of those asked about, who have not started */
    int64_t next_at; /* of the stream */
    double hazard;   /* where in the stream, beyond now */
    int64_t last_e;  /* nobody asked about counts later */
    size_t n_come;
};

/* ---- draws */

static int64_t after(int64_t at, double ms)
{
    return ms >= (double)HORIZON_MS ? at + HORIZON_MS : at + (int64_t)(ms + 0.5);
}

static double draw_walk(struct play *y)
{
    double walk = y->plan->pace.walk;
    return walk > 0 ? walk * (0.5 + dice_unit(&y->dice)) : 0;
}

static double draw_gap(struct play *y)
{
    double gap = y->plan->pace.gap;
    return gap > 0 ? gap * dice_wait(&y->dice) : 0;
}

static double draw_service(struct play *y, const struct person *p)
{
    const struct law *law = &y->plan->laws[p->item];
    if (p->served_ms <= 0)
        return law_draw(law, &y->plan->shape, &y->dice);
    double share = law_share(law, &y->plan->shape, p->served_ms);
    return law_remains(law, &y->plan->shape, p->served_ms, share, &y->dice);
}

/* A pause goes on as long as was planned; one that was to be over, or whose end nobody said, as long as others do. */
static double draw_pause(struct play *y, const struct plan_window *w)
{
    if (w->planned_at > y->plan->now)
        return (double)(w->planned_at - y->plan->now);
    double usual = w->state == PLAN_SUSPENDED ? SUSPENDED_MS : BREAK_MS, over = (double)(y->plan->now - w->planned_at);
    return (w->planned_at ? fmax(OVERDUE_MS, over) : fmax(usual, w->elapsed_ms)) * dice_wait(&y->dice);
}

static double draw_busy(struct play *y, const struct plan_window *w)
{
    const struct plan *p = y->plan;
    const struct law *law = &p->laws[w->item];
    switch (w->state) {
    case PLAN_SERVING:
        return law_remains(law, &p->shape, w->elapsed_ms, w->share, &y->dice) + draw_gap(y);
    case PLAN_CALLED:
        return fmax(draw_walk(y) - w->elapsed_ms, 0) + law_draw(law, &p->shape, &y->dice) + draw_gap(y);
    case PLAN_CLERK:
        return fmax(p->pace.gap, w->elapsed_ms / 2) * dice_wait(&y->dice);
    default:
        return draw_pause(y, w);
    }
}

/* ---- those who will come */

/* The next of the stream: its rate is constant within each half hour. */
static void stream_next(struct play *y)
{
    const struct plan *p = y->plan;
    double more = dice_wait(&y->dice);
    y->next_at = NEVER_AT;
    while (p->n_kinds && y->hazard < (double)PLAN_BINS * ARRIVAL_BIN_MS) {
        int bin = (int)(y->hazard / ARRIVAL_BIN_MS);
        double rest = (bin + 1.0) * ARRIVAL_BIN_MS - y->hazard;
        if (more < rest * p->rate[bin]) {
            y->hazard += more / p->rate[bin];
            y->next_at = p->now + (int64_t)y->hazard;
            break;
        }
        more -= rest * p->rate[bin];
        y->hazard = (bin + 1.0) * ARRIVAL_BIN_MS;
    }
    if (y->next_at != NEVER_AT && y->next_at - p->head_start_most >= y->last_e && y->next_at >= p->last_gate)
        y->next_at = NEVER_AT; /* from here on nobody who comes stands before anybody asked about */
}

static const struct plan_kind *draw_kind(struct play *y)
{
    const struct plan *p = y->plan;
    double at = dice_unit(&y->dice) * p->kinds[p->n_kinds - 1].upto;
    size_t low = 0, high = p->n_kinds - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p->kinds[mid].upto < at)
            low = mid + 1;
        else
            high = mid;
    }
    return &p->kinds[low];
}

/* When somebody booked checks in: some time before the slot; late ones may still come. */
static int64_t draw_check_in(struct play *y, const struct plan_comer *c)
{
    const struct plan *p = y->plan;
    double early = p->pace.early * (0.5 + dice_unit(&y->dice)), come = dice_unit(&y->dice);
    int64_t at = c->slot_at - (int64_t)early;
    if (at < p->now)
        return come < p->pace.shows * LATE_SHOWS ? after(p->now, dice_unit(&y->dice) * 600000) : NEVER_AT;
    return come < p->pace.shows ? at : NEVER_AT;
}

/* ---- the hall */

static void note(struct play *y, size_t row, int64_t at)
{
    int64_t wait = at - y->plan->now;
    size_t run = (size_t)y->result->runs; /* set while playing: which run this is */
    y->result->samples[row * ROLLOUT_RUNS + run] = wait < ROLLOUT_NEVER ? (int32_t)wait : ROLLOUT_NEVER;
    y->left--;
}

static void start(struct play *y, size_t desk, struct person *p, int64_t t)
{
    double walk = draw_walk(y), takes;
    if (p->ticket >= 0 && !y->plan->only_ghosts)
        note(y, (size_t)p->ticket, after(t, walk));
    const struct pace *pace = &y->plan->pace;
    if (pace->missed > 0 && dice_unit(&y->dice) < pace->missed)
        takes = pace->miss;
    else
        takes = walk + draw_service(y, p);
    y->desks[desk].idle = false;
    y->desks[desk].ready_at = after(t, takes + draw_gap(y));
}

static bool has_left(struct play *y, const struct person *p, int64_t t)
{
    double leaving = y->plan->pace.leaving;
    if (leaving <= 0 || p->place.unheld)
        return false;
    return dice_unit(&y->dice) > exp(-leaving * (double)(t - p->from_at));
}

/* As the line orders them: behind a gate after all who are not. */
static bool goes_before(const struct plan_ghost *g, const struct place *p, int64_t t)
{
    bool gated = g->gate > t;
    if (gated != p->gated)
        return p->gated;
    return key_compare(&g->key, &p->key) < 0;
}

/* A window is about to take `p` (NULL: nobody): whoever comes now and stands before that has been called by now. */
static void start_ghosts(struct play *y, const struct plan_window *w, const struct place *p, int64_t t)
{
    if (p && p->unheld)
        return;
    for (size_t i = 0; i < y->plan->n_ghosts; i++) {
        const struct plan_ghost *g = &y->plan->ghosts[i];
        if (y->ghosts[i] != NEVER_AT || !skill_has(&w->skill, g->group))
            continue;
        if (p && !goes_before(g, p, t))
            continue;
        y->ghosts[i] = after(t, draw_walk(y));
        note(y, y->plan->n_tickets + i, y->ghosts[i]);
    }
}

static void desk_ready(struct play *y, size_t i, int64_t t)
{
    const struct plan_window *w = &y->plan->windows[i];
    struct desk *d = &y->desks[i];
    int64_t calls_at = plan_calls_at(y->plan, t);
    if (calls_at > t) {
        d->ready_at = calls_at;
        return;
    }
    line_open_gates(y->line, t);
    for (;;) {
        struct person *p = (struct person *)line_pick(y->line, &w->skill, w->window);
        start_ghosts(y, w, p ? &p->place : NULL, t);
        if (!p) {
            *d = (struct desk){.ready_at = NEVER_AT, .idle = true, .idle_since = t};
            return;
        }
        line_remove(y->line, &p->place);
        p->waits = false;
        if (!has_left(y, p, t)) {
            start(y, i, p, t);
            return;
        }
        if (p->ticket >= 0 && !y->plan->only_ghosts)
            note(y, (size_t)p->ticket, t); /* had it stayed */
    }
}

static bool can_take(const struct play *y, size_t i, const struct place *p)
{
    const struct plan_window *w = &y->plan->windows[i];
    return y->desks[i].idle && (p->window ? p->window == w->window : skill_has(&w->skill, p->group));
}

/* As the policy chooses a window for a ticket that begins to wait. */
static void come(struct play *y, struct person *p, int64_t t)
{
    const struct plan *plan = y->plan;
    size_t best = plan->n_windows;
    for (size_t i = 0; i < plan->n_windows; i++)
        if (can_take(y, i, &p->place) &&
            (best == plan->n_windows || line_suits_better(&plan->windows[i].skill, y->desks[i].idle_since,
                                                          &plan->windows[best].skill, y->desks[best].idle_since)))
            best = i;
    p->from_at = t;
    if (best < plan->n_windows) {
        start(y, best, p, t);
        return;
    }
    p->waits = true;
    line_open_gates(y->line, t);
    line_add(y->line, &p->place);
}

static void come_known(struct play *y, size_t i, int64_t t)
{
    struct person *p = &y->people[y->plan->n_tickets + i];
    y->comers[i].at = NEVER_AT;
    if (p->place.gate && p->place.gate <= t)
        p->place.gate = 0;
    p->place.t0 = t;
    come(y, p, t);
}

static void come_next(struct play *y)
{
    const struct plan_kind *k = draw_kind(y);
    int64_t t = y->next_at;
    if ((t - k->head_start < y->last_e || t < y->plan->last_gate) && y->n_come < COME_MOST) {
        struct person *p = &y->people[y->n_people++];
        *p = (struct person){.item = k->item, .ticket = -1};
        p->place.key = (struct key){t - k->head_start, t, (uint64_t)INT64_MAX + y->n_come++, 0};
        p->place.t0 = t;
        p->place.seq = p->place.key.seq;
        p->place.group = k->group;
        come(y, p, t);
    }
    stream_next(y);
}

/* ---- one play */

static void set_people(struct play *y)
{
    const struct plan *p = y->plan;
    y->n_people = p->n_tickets + p->n_comers;
    for (size_t i = 0; i < p->n_tickets; i++) {
        struct person *to = &y->people[i];
        *to = (struct person){p->tickets[i].place, p->tickets[i].item, p->tickets[i].served_ms, (int)i, p->now, true};
        line_add(y->line, &to->place);
    }
    for (size_t i = 0; i < p->n_comers; i++) {
        const struct plan_comer *c = &p->comers[i];
        y->people[p->n_tickets + i] =
            (struct person){c->ticket.place, c->ticket.item, c->ticket.served_ms, -1, 0, false};
        y->comers[i].at = c->booked ? draw_check_in(y, c) : after(p->now, p->pace.hold * dice_wait(&y->dice));
    }
}

static void set_desks(struct play *y)
{
    const struct plan *p = y->plan;
    for (size_t i = 0; i < p->n_windows; i++) {
        const struct plan_window *w = &p->windows[i];
        y->desks[i] = (struct desk){.ready_at = NEVER_AT};
        if (w->state == PLAN_READY)
            y->desks[i] = (struct desk){NEVER_AT, true, w->since_at};
        else if (w->state != PLAN_DRAINING)
            y->desks[i].ready_at = after(p->now, draw_busy(y, w));
    }
}

static void set_ghosts(struct play *y)
{
    const struct plan *p = y->plan;
    y->left = p->only_ghosts ? 0 : p->n_tickets;
    for (size_t i = 0; i < p->n_ghosts; i++) {
        y->ghosts[i] = NEVER_AT;
        y->left++;
        if (!p->ghosts[i].free)
            continue;
        y->ghosts[i] = p->now;
        note(y, p->n_tickets + i, p->now);
    }
}

/* Nobody who will come matters once all ghosts and tickets count earlier. */
static void set_last(struct play *y)
{
    const struct plan *p = y->plan;
    y->last_e = INT64_MIN;
    for (size_t i = 0; i < p->n_ghosts; i++)
        if (!p->ghosts[i].free && p->ghosts[i].key.e > y->last_e)
            y->last_e = p->ghosts[i].key.e;
    for (size_t i = 0; i < p->n_tickets && !p->only_ghosts; i++)
        if (p->tickets[i].place.key.e > y->last_e)
            y->last_e = p->tickets[i].place.key.e;
    y->hazard = 0;
    y->n_come = 0;
    stream_next(y);
}

static void clear(struct play *y)
{
    for (size_t i = 0; i < y->n_people; i++)
        if (y->people[i].waits)
            line_remove(y->line, &y->people[i].place);
}

/* The next window that is ready, or person who comes; windows first, by number. False: nothing more happens. */
static bool step(struct play *y)
{
    const struct plan *p = y->plan;
    size_t desk = 0, comer = p->n_comers;
    int64_t ready = NEVER_AT, comes = y->next_at;
    for (size_t i = 0; i < p->n_windows; i++)
        if (y->desks[i].ready_at < ready) {
            ready = y->desks[i].ready_at;
            desk = i;
        }
    for (size_t i = 0; i < p->n_comers; i++)
        if (y->comers[i].at < comes) {
            comes = y->comers[i].at;
            comer = i;
        }
    int64_t t = ready < comes ? ready : comes;
    if (t == NEVER_AT || t > p->now + HORIZON_MS ||
        (p->day.sweep_at && t > p->day.sweep_at && p->now < p->day.sweep_at))
        return false;
    if (ready <= comes)
        desk_ready(y, desk, ready);
    else if (comer < p->n_comers)
        come_known(y, comer, comes);
    else
        come_next(y);
    return true;
}

static void play_once(struct play *y)
{
    line_open_gates(y->line, y->plan->now); /* the line is empty, and back from where the last play ended */
    set_people(y);
    set_desks(y);
    set_ghosts(y);
    set_last(y);
    while (y->left && step(y))
        ;
    clear(y);
}

int32_t rollout_stretch(const struct plan *p, int32_t wait_ms, double factor)
{
    int64_t most =
        p->day.sweep_at > p->now && p->day.sweep_at - p->now < HORIZON_MS ? p->day.sweep_at - p->now : HORIZON_MS;
    double far = wait_ms == ROLLOUT_NEVER ? INFINITY : wait_ms * factor;
    return far < (double)most ? (int32_t)far : ROLLOUT_NEVER;
}

static void stretch_all(const struct plan *p, struct rollout *r)
{
    for (size_t i = 0; i < p->n_ghosts; i++)
        for (int run = 0; p->ghosts[i].factor > 1 && run < r->runs; run++) {
            int32_t *sample = &rollout_of_ghost(r, i)[run];
            *sample = rollout_stretch(p, *sample, p->ghosts[i].factor);
        }
}

struct rollout *rollout_new(const struct plan *p, int runs, uint64_t seed)
{
    struct rollout *r = alloc_zero(sizeof *r);
    size_t rows = p->n_tickets + p->n_ghosts;
    if (runs > ROLLOUT_RUNS)
        runs = ROLLOUT_RUNS;
    r->n_tickets = p->n_tickets;
    r->n_ghosts = p->n_ghosts;
    r->samples = alloc_zero((rows + 1) * ROLLOUT_RUNS * sizeof *r->samples);
    for (size_t i = 0; i < rows * ROLLOUT_RUNS; i++)
        r->samples[i] = ROLLOUT_NEVER;
    struct play y = {.plan = p, .result = r, .line = line_new(setup_group_count(p->setup))};
    y.people = alloc_zero((p->n_tickets + p->n_comers + COME_MOST) * sizeof *y.people);
    y.desks = alloc_zero((p->n_windows + 1) * sizeof *y.desks);
    y.comers = alloc_zero((p->n_comers + 1) * sizeof *y.comers);
    y.ghosts = alloc_zero((p->n_ghosts + 1) * sizeof *y.ghosts);
    dice_init(&y.dice, seed);
    for (r->runs = 0; r->runs < runs; r->runs++)
        play_once(&y);
    stretch_all(p, r);
    line_free(y.line);
    free(y.people);
    free(y.desks);
    free(y.comers);
    free(y.ghosts);
    return r;
}

void rollout_free(struct rollout *r)
{
    if (!r)
        return;
    free(r->samples);
    free(r);
}

int32_t *rollout_of_ticket(const struct rollout *r, size_t i)
{
    return r->samples + i * ROLLOUT_RUNS;
}

int32_t *rollout_of_ghost(const struct rollout *r, size_t i)
{
    return r->samples + (r->n_tickets + i) * ROLLOUT_RUNS;
}

static int sample_compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

void rollout_sort(int32_t *samples, int runs)
{
    qsort(samples, (size_t)runs, sizeof *samples, sample_compare);
}

int32_t rollout_quantile(const int32_t *sorted, int runs, double p)
{
    double at = p * (runs + 1) - 1;
    int low = at < 0 ? 0 : (int)at, high = low + 1 < runs ? low + 1 : runs - 1;
    if (sorted[high] == ROLLOUT_NEVER)
        return sorted[low] == ROLLOUT_NEVER || at - low > 0 ? ROLLOUT_NEVER : sorted[low];
    return (int32_t)(sorted[low] + (at - low) * ((double)sorted[high] - sorted[low]));
}
