#include "forecast/quote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "forecast/names.h"

static const int64_t MOVES_MS = 45000, WORSE_MS = 120000;
static const double MOVES_PART = 0.15, P50 = 0.5, P90 = 0.9;
static const double MEAN_PART = 0.75; /* of the way to it: waits skew, and 53 of 100 are below their mean */
static const double PICK_STEP = 0.6180339887498949; /* spreads the runs evenly over the groups of a queue */

/* What a ticket's figures were told with, so that a change can be explained. */
struct note {
    int windows;
    int later; /* who came later and stand before it */
    const char *later_class;
};

struct forecast_quote {
    struct quote quote;
    struct quote_row *rows;
    struct quote_place *places;
    struct quote_ticket *tickets;
    struct note *notes; /* of each of the tickets */
    struct quote_item *items;
    struct quote_cover *covers;
    struct names texts; /* own copies */
    bool moved;
};

void forecast_quote_free(struct forecast_quote *q)
{
    if (!q)
        return;
    for (size_t i = 0; i < q->texts.n; i++)
        free(q->texts.at[i]);
    names_fini(&q->texts);
    free(q->rows);
    free(q->places);
    free(q->tickets);
    free(q->notes);
    free(q->items);
    free(q->covers);
    free(q);
}

static const char *text_of(struct forecast_quote *q, const char *text)
{
    char *own = names_find(&q->texts, text);
    if (own)
        return own;
    own = alloc_text(text);
    names_put(&q->texts, own, own);
    return own;
}

static int32_t seconds(double ms)
{
    return (int32_t)lround(ms / 1000);
}

/*
 * What "about" says: the median of a short wait, which skews most and of which half are to be right, and from there on
 * ever more towards the mean, so that people do not wait longer on average than they are told. Never beyond P90.
 */
static double middle(const int32_t *sorted, int runs)
{
    double median = rollout_quantile(sorted, runs, P50), sum = 0;
    int n = 0;
    for (; n < runs && sorted[n] < ROLLOUT_NEVER; n++)
        sum += sorted[n];
    double towards = (median / 1000 - GRADE_MEDIAN_TO_S) / (GRADE_MEAN_FROM_S - GRADE_MEDIAN_TO_S);
    return median + (sum / n - median) * MEAN_PART * fmin(fmax(towards, 0), 1);
}

bool forecast_quote_figures(const int32_t *sorted, int runs, const struct grade_fit *fit, int32_t *ret_p50_s,
                            int32_t *ret_p90_s)
{
    double p90 = rollout_quantile(sorted, runs, P90);
    if (p90 >= ROLLOUT_NEVER)
        return false;
    double p50 = fmin(middle(sorted, runs), p90);
    *ret_p50_s = seconds(fit->scale * p50);
    *ret_p90_s = seconds(fit->scale * (p50 + fit->widening * (p90 - p50)));
    return true;
}

static bool has_moved(int64_t told_ms, int64_t now_ms, int64_t wait_ms)
{
    double far = fmax((double)MOVES_MS, MOVES_PART * (double)wait_ms);
    return (double)llabs(now_ms - told_ms) > far;
}

/* ---- somebody who comes now */

struct figures {
    int32_t p50_s, p90_s;
};

static const struct grade_fit *fit_of(const struct plan *p, const char *queue)
{
    static const struct grade_fit as_drawn = {1, 1};
    const Halld__Settings *s = setup_settings(p->setup);
    for (size_t i = 0; i < s->n_queues; i++)
        if (strcmp(s->queues[i]->queue, queue) == 0)
            return &p->fits[i];
    return &as_drawn;
}

static void tell_row(struct quote_row *row, const struct forecast_quote *before, bool *moved)
{
    const struct quote_row *old = before ? quote_find(&before->quote, row->queue, row->group, row->class_name) : NULL;
    row->told_p50_s = row->p50_s;
    row->told_p90_s = row->p90_s;
    bool stays = old && !has_moved(old->told_p50_s * 1000LL, row->p50_s * 1000LL, row->p50_s * 1000LL) &&
                 !has_moved(old->told_p90_s * 1000LL, row->p90_s * 1000LL, row->p90_s * 1000LL) &&
                 (row->p90_s == 0) == (old->told_p90_s == 0);
    if (stays) {
        row->told_p50_s = old->told_p50_s;
        row->told_p90_s = old->told_p90_s;
    }
    *moved |= !stays && !*row->group;
}

static void add_row(struct forecast_quote *q, const struct plan *p, const struct plan_share *share,
                    const char *class_name, const int32_t *sorted, const struct forecast_quote *before)
{
    struct quote_row row = {
        .queue = text_of(q, share->queue), .group = text_of(q, share->group), .class_name = text_of(q, class_name)};
    if (!forecast_quote_figures(sorted, ROLLOUT_RUNS, fit_of(p, share->queue), &row.p50_s, &row.p90_s))
        return;
    tell_row(&row, before, &q->moved);
    q->rows[q->quote.n_rows++] = row;
}

/* Anybody of a queue: in each run somebody of one of its groups, each as often as they come. Unsorted samples. */
static bool mix_groups(const struct plan *p, const struct rollout *r, const char *queue, int64_t head_start,
                       int32_t *mixed)
{
    double all = 0;
    for (size_t i = 0; i < p->n_shares; i++)
        if (strcmp(p->shares[i].queue, queue) == 0 &&
            plan_ghost_find(p, setup_group_index(p->setup, p->shares[i].group), head_start) >= 0)
            all += p->shares[i].share;
    for (int run = 0; all > 0 && run < r->runs; run++) {
        double at = fmod((run + 0.5) * PICK_STEP, 1) * all;
        int ghost = -1;
        for (size_t i = 0; i < p->n_shares && at > 0; i++) {
            int found = strcmp(p->shares[i].queue, queue) != 0
                            ? -1
                            : plan_ghost_find(p, setup_group_index(p->setup, p->shares[i].group), head_start);
            if (found < 0)
                continue;
            ghost = found;
            at -= p->shares[i].share;
        }
        mixed[run] = rollout_of_ghost(r, (size_t)ghost)[run];
    }
    return all > 0;
}

static void add_queue_rows(struct forecast_quote *q, const struct plan *p, const struct rollout *r,
                           const struct forecast_quote *before)
{
    const Halld__Settings *s = setup_settings(p->setup);
    int32_t mixed[ROLLOUT_RUNS];
    for (size_t i = 0; i < s->n_queues; i++)
        for (size_t c = 0; c < s->n_classes; c++) {
            struct plan_share anybody = {s->queues[i]->queue, "", 1};
            if (!mix_groups(p, r, s->queues[i]->queue, (int64_t)s->classes[c]->head_start_s * 1000, mixed))
                continue;
            rollout_sort(mixed, r->runs);
            add_row(q, p, &anybody, s->classes[c]->class_, mixed, before);
        }
}

static void add_group_rows(struct forecast_quote *q, const struct plan *p, const struct rollout *r,
                           const struct forecast_quote *before)
{
    const Halld__Settings *s = setup_settings(p->setup);
    for (size_t i = 0; i < p->n_shares; i++)
        for (size_t c = 0; c < s->n_classes; c++) {
            int g = plan_ghost_find(p, setup_group_index(p->setup, p->shares[i].group),
                                    (int64_t)s->classes[c]->head_start_s * 1000);
            if (g >= 0)
                add_row(q, p, &p->shares[i], s->classes[c]->class_, rollout_of_ghost(r, (size_t)g), before);
        }
}

static int row_compare(const void *a, const void *b)
{
    const struct quote_row *x = a, *y = b;
    int order = strcmp(x->queue, y->queue);
    if (!order)
        order = strcmp(x->group, y->group);
    return order ? order : strcmp(x->class_name, y->class_name);
}

static void add_rows(struct forecast_quote *q, const struct plan *p, const struct rollout *r,
                     const struct forecast_quote *before)
{
    const Halld__Settings *s = setup_settings(p->setup);
    q->rows = alloc_zero(((p->n_shares + s->n_queues) * s->n_classes + 1) * sizeof *q->rows);
    add_queue_rows(q, p, r, before); /* before the ghosts' samples are sorted: a mix is run by run */
    for (size_t i = 0; i < r->n_ghosts; i++)
        rollout_sort(rollout_of_ghost(r, i), r->runs);
    add_group_rows(q, p, r, before);
    qsort(q->rows, q->quote.n_rows, sizeof *q->rows, row_compare);
}

/* ---- somebody who counts as having come earlier */

static void add_place(struct forecast_quote *q, const struct plan *p, const struct rollout *r, int ghost,
                      const struct plan_share *share)
{
    struct quote_place place = {.queue = text_of(q, share->queue), .group = text_of(q, share->group)};
    if (ghost < 0 || !forecast_quote_figures(rollout_of_ghost(r, (size_t)ghost), r->runs, fit_of(p, share->queue),
                                             &place.p50_s, &place.p90_s))
        return;
    place.slot_at = p->ghosts[ghost].slot_at;
    place.head_start = p->ghosts[ghost].head_start;
    q->places[q->quote.n_places++] = place;
}

/* The ghosts' samples are sorted by now. A slot is the same whoever has booked it: the first head start found. */
static void add_places(struct forecast_quote *q, const struct plan *p, const struct rollout *r)
{
    q->places = alloc_zero((p->n_shares * p->n_ghosts + 1) * sizeof *q->places);
    for (size_t i = 0; i < p->n_shares; i++) {
        int group = setup_group_index(p->setup, p->shares[i].group);
        add_place(q, p, r, plan_ghost_find(p, group, p->return_head), &p->shares[i]);
        for (size_t g = 0; g < p->n_ghosts; g++)
            if (p->ghosts[g].slot_at &&
                plan_slot_find(p, group, p->ghosts[g].head_start, p->ghosts[g].slot_at) == (int)g)
                add_place(q, p, r, (int)g, &p->shares[i]);
    }
}

/* ---- the waiting */

static int windows_for(const struct plan *p, const struct plan_ticket *t)
{
    int n = 0;
    for (size_t i = 0; i < p->n_windows; i++)
        n += p->windows[i].state < PLAN_PAUSED && skill_has(&p->windows[i].skill, t->place.group);
    return n;
}

static size_t class_index(const Halld__Settings *s, const char *class_name)
{
    size_t i = 0;
    while (i < s->n_classes && s->classes[i]->class_ != class_name) /* a plan's is the setup's own text */
        i++;
    return i;
}

/* Who came later and stands before it, and of which class most of them are. */
static void note_later(const struct plan *p, const struct plan_ticket *t, int *counts, struct note *n)
{
    const Halld__Settings *s = setup_settings(p->setup);
    int most = 0;
    memset(counts, 0, (s->n_classes + 1) * sizeof *counts);
    for (size_t i = 0; i < p->n_tickets; i++) {
        const struct plan_ticket *o = &p->tickets[i];
        if (o->ticket <= t->ticket || key_compare(&o->place.key, &t->place.key) > 0)
            continue;
        n->later++;
        int same = ++counts[class_index(s, o->class_name)];
        if (same > most) {
            most = same;
            n->later_class = o->class_name;
        }
    }
}

static void explain(struct quote_ticket *t, const struct note *was, const struct note *is)
{
    if (is->windows < was->windows) {
        t->worse = QUOTE_FEWER_WINDOWS;
        t->worse_n = was->windows - is->windows;
    } else if (is->later > was->later) {
        t->worse = QUOTE_MORE_AHEAD;
        t->worse_n = is->later - was->later;
        t->worse_class = is->later_class;
    } else {
        t->worse = QUOTE_LONGER_SERVICES;
    }
}

/* What was told stays while it is still about right, and with it why it had become worse. */
static void tell_ticket(struct forecast_quote *q, const struct plan *p, size_t i, const struct forecast_quote *before)
{
    struct quote_ticket *t = &q->tickets[i];
    const struct quote_ticket *old = before ? quote_ticket_find(&before->quote, t->ticket) : NULL;
    const struct note *was = old ? &before->notes[old - before->tickets] : NULL;
    if (old && !has_moved(old->p50_at, t->p50_at, t->p50_at - p->now) &&
        !has_moved(old->p90_at, t->p90_at, t->p90_at - p->now)) {
        *t = *old;
        t->worse_class = text_of(q, old->worse_class);
        q->notes[i] = *was;
        q->notes[i].later_class = text_of(q, was->later_class);
        return;
    }
    if (old && t->p50_at - old->p50_at > WORSE_MS)
        explain(t, was, &q->notes[i]);
    q->moved = true;
}

static const char *queue_of(const struct plan *p, const struct plan_ticket *t)
{
    const Halld__Settings *s = setup_settings(p->setup);
    return t->item < s->n_items ? s->items[t->item]->queue : "";
}

/* Whose figures are wanted: those copied, and those beyond, who are reckoned from the last copied one before them. */
struct asked {
    uint64_t ticket;
    const struct plan_ticket *of;
    size_t rank, copied; /* 0: copied itself */
};

static int asked_compare(const void *a, const void *b)
{
    const struct asked *x = a, *y = b;
    return x->ticket < y->ticket ? -1 : x->ticket > y->ticket;
}

static struct asked *find_asked(const struct plan *p, size_t *ret_n)
{
    struct asked *asked = alloc_zero((p->n_tickets + p->n_beyond + 1) * sizeof *asked);
    size_t n = 0;
    for (size_t i = 0; i < p->n_tickets; i++)
        asked[n++] = (struct asked){p->tickets[i].ticket, &p->tickets[i], 0, 0};
    for (size_t i = 0; i < p->n_beyond; i++) {
        const struct plan_beyond *b = &p->beyond[i];
        asked[n++] = (struct asked){b->ticket, plan_ticket_find(p, b->after), b->rank, b->copied};
    }
    qsort(asked, n, sizeof *asked, asked_compare);
    *ret_n = n;
    return asked;
}

/* false: not today. */
static bool figures_of(const struct plan *p, const struct rollout *r, const struct asked *a, struct figures *ret)
{
    const int32_t *samples = rollout_of_ticket(r, (size_t)(a->of - p->tickets));
    if (!forecast_quote_figures(samples, r->runs, fit_of(p, queue_of(p, a->of)), &ret->p50_s, &ret->p90_s))
        return false;
    if (!a->rank)
        return true;
    double factor = (double)a->rank / (double)a->copied;
    int32_t p50 = rollout_stretch(p, ret->p50_s * 1000, factor), p90 = rollout_stretch(p, ret->p90_s * 1000, factor);
    *ret = (struct figures){p50 / 1000, p90 / 1000};
    return p90 != ROLLOUT_NEVER;
}

static void add_ticket(struct forecast_quote *q, const struct plan *p, const struct asked *a, const struct figures *f,
                       int *counts, const struct forecast_quote *before)
{
    size_t n = q->quote.n_tickets++;
    q->tickets[n] = (struct quote_ticket){
        a->ticket, p->now + f->p50_s * 1000LL, p->now + f->p90_s * 1000LL, QUOTE_NOT_WORSE, 0, text_of(q, "")};
    q->notes[n] = (struct note){windows_for(p, a->of), 0, ""};
    if (!a->rank)
        note_later(p, a->of, counts, &q->notes[n]);
    q->notes[n].later_class = text_of(q, q->notes[n].later_class);
    tell_ticket(q, p, n, before);
}

static void add_tickets(struct forecast_quote *q, const struct plan *p, const struct rollout *r,
                        const struct forecast_quote *before)
{
    size_t n;
    struct asked *asked = find_asked(p, &n);
    struct figures f;
    int *counts = alloc_zero((setup_settings(p->setup)->n_classes + 1) * sizeof *counts);
    q->tickets = alloc_zero((n + 1) * sizeof *q->tickets);
    q->notes = alloc_zero((n + 1) * sizeof *q->notes);
    for (size_t i = 0; i < p->n_tickets; i++)
        rollout_sort(rollout_of_ticket(r, i), r->runs);
    for (size_t i = 0; i < n; i++)
        if (figures_of(p, r, &asked[i], &f))
            add_ticket(q, p, &asked[i], &f, counts, before);
    free(counts);
    free(asked);
}

/* The setup's rows are sorted already. */
static void add_items(struct forecast_quote *q, const struct plan *p)
{
    const Halld__Settings *s = setup_settings(p->setup);
    q->items = alloc_zero((s->n_items + 1) * sizeof *q->items);
    for (size_t i = 0; i < s->n_items; i++)
        q->items[i] =
            (struct quote_item){text_of(q, s->items[i]->item), seconds(law_quantile(&p->laws[i], &p->shape, P50)),
                                seconds(law_quantile(&p->laws[i], &p->shape, P90))};
    q->quote.n_items = s->n_items;
}

static void add_covers(struct forecast_quote *q, const struct plan *p)
{
    const Halld__Settings *s = setup_settings(p->setup);
    q->covers = alloc_zero((s->n_queues + 1) * sizeof *q->covers);
    for (size_t i = 0; p->coverage && i < s->n_queues; i++)
        q->covers[q->quote.n_covers++] =
            (struct quote_cover){text_of(q, s->queues[i]->queue), (int32_t)(p->coverage[i] * 1000)};
    q->quote.covers = q->covers;
}

struct forecast_quote *forecast_quote_new(const struct plan *p, struct rollout *r, const struct forecast_quote *before)
{
    struct forecast_quote *q = alloc_zero(sizeof *q);
    q->quote.at = p->now;
    add_rows(q, p, r, before);
    add_places(q, p, r);
    add_tickets(q, p, r, before);
    add_items(q, p);
    add_covers(q, p);
    q->quote.items = q->items;
    q->quote.rows = q->rows;
    q->quote.places = q->places;
    q->quote.tickets = q->tickets;
    q->moved |= !before || before->quote.n_rows != q->quote.n_rows || before->quote.n_tickets != q->quote.n_tickets;
    return q;
}

const struct quote *forecast_quote_table(const struct forecast_quote *q)
{
    return q ? &q->quote : NULL;
}

bool forecast_quote_moved(const struct forecast_quote *q)
{
    return q->moved;
}
