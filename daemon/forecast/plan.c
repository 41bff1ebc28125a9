#include "forecast/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/queue.h"
#include "core/setup_rows.h"
#include "forecast/front.h"

enum { SLOTS_MOST = 64 };

static const int64_t COMERS_WITHIN_MS = 7200000;

static size_t item_index(const struct setup *setup, const char *item)
{
    const Halld__Settings *s = setup_settings(setup);
    size_t i;
    bool known = setup_rows_index((void *const *)s->items, s->n_items, &(struct setup_key){.text = item}, &i);
    return known ? i : s->n_items; /* the row after the last has the default law */
}

static const char *class_text(const struct setup *setup, const char *class_name)
{
    const Halld__PersonClass *row = setup_class_find(setup, class_name);
    return row ? row->class_ : "";
}

/* ---- the waiting */

static struct plan_ticket plan_ticket_of(const struct plan *p, const struct ticket *t)
{
    return (struct plan_ticket){
        .place = t->place,
        .ticket = t->id,
        .item = item_index(p->setup, t->item),
        .class_name = class_text(p->setup, t->class_name),
        .served_ms = (double)t->served_ms,
    };
}

static void copy_held(struct plan *p, const struct ticket *t)
{
    struct plan_ticket held = plan_ticket_of(p, t);
    held.place.window = t->window;
    held.place.unheld = true;
    p->comers[p->n_comers++] = (struct plan_comer){.ticket = held};
}

static void copy_tickets(struct plan *p, const struct queue *q)
{
    struct front front;
    front_init(&front, p, q);
    size_t waiting = 0, held = 0;
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        waiting += queue_ticket_at(q, i)->state == HALLD__TICKET_STATE__E__waiting && (!front.taken || front.taken[i]);
        held += queue_ticket_at(q, i)->state == HALLD__TICKET_STATE__E__held;
    }
    p->tickets = alloc_zero((waiting + 1) * sizeof *p->tickets);
    p->comers = alloc_zero((held + queue_appointment_count(q) + 1) * sizeof *p->comers);
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (front.taken && !front.taken[i] && t->state == HALLD__TICKET_STATE__E__waiting)
            continue;
        if (t->state == HALLD__TICKET_STATE__E__waiting && (t->place.group >= 0 || t->place.window))
            p->tickets[p->n_tickets++] = plan_ticket_of(p, t);
        else if (t->state == HALLD__TICKET_STATE__E__held)
            copy_held(p, t);
    }
    p->beyond = front.beyond;
    p->n_beyond = front.n_beyond;
    front_fini(&front);
}

const struct plan_ticket *plan_ticket_find(const struct plan *p, uint64_t ticket)
{
    size_t low = 0, high = p->n_tickets; /* they stand in the order of issue, as ids do */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->tickets[middle].ticket < ticket)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->n_tickets && p->tickets[low].ticket == ticket ? &p->tickets[low] : NULL;
}

static void copy_booked(struct plan *p, const struct queue *q)
{
    for (size_t i = 0; i < queue_appointment_count(q); i++) {
        const struct appointment *a = queue_appointment_at(q, i);
        if (a->state != HALLD__APPOINTMENT_STATE__E__booked || a->date != p->day.date ||
            llabs(a->slot_at - p->now) > COMERS_WITHIN_MS)
            continue;
        const Halld__Item *item = setup_item_find(p->setup, a->item);
        if (!item)
            continue;
        int64_t head = setup_head_start_ms(p->setup, a->class_name);
        head = head > p->appointment_head_start ? head : p->appointment_head_start;
        struct plan_ticket t = {.item = item_index(p->setup, a->item),
                                .class_name = class_text(p->setup, a->class_name)};
        t.place.group = setup_group_index(p->setup, item->group);
        t.place.key = (struct key){a->slot_at - head, a->slot_at, a->id, 0};
        t.place.gate = a->slot_at - p->gate_before;
        p->comers[p->n_comers++] = (struct plan_comer){.ticket = t, .booked = true, .slot_at = a->slot_at};
    }
}

/* ---- the windows */

static void set_work(struct plan *p, struct plan_window *to, const struct ticket *t)
{
    bool serving = t->state == HALLD__TICKET_STATE__E__serving;
    to->item = item_index(p->setup, t->item);
    to->elapsed_ms = (double)(serving ? t->served_ms + p->now - t->start_at : p->now - t->call_at);
    to->share = serving ? law_share(&p->laws[to->item], &p->shape, to->elapsed_ms) : 0;
}

static bool copy_window(struct plan *p, const struct window *w, struct plan_window *to)
{
    static const struct {
        bool used;
        enum plan_window_state state;
    } table[] = {
        [HALLD__WINDOW_STATE__E__open] = {true, PLAN_CLERK},
        [HALLD__WINDOW_STATE__E__ready] = {true, PLAN_READY},
        [HALLD__WINDOW_STATE__E__busy] = {true, PLAN_SERVING},
        [HALLD__WINDOW_STATE__E__break] = {true, PLAN_PAUSED},
        [HALLD__WINDOW_STATE__E__suspended] = {true, PLAN_SUSPENDED},
        [HALLD__WINDOW_STATE__E__draining] = {true, PLAN_DRAINING},
    };
    if ((size_t)w->state >= sizeof table / sizeof *table || !table[w->state].used)
        return false;
    *to = (struct plan_window){.window = w->window, .skill = w->skill, .state = table[w->state].state};
    to->since_at = w->since_at;
    to->elapsed_ms = (double)(p->now - w->since_at);
    if (to->state == PLAN_PAUSED && w->planned_s > 0)
        to->planned_at = w->since_at + (int64_t)w->planned_s * 1000;
    if (to->state == PLAN_SERVING && w->ticket) {
        set_work(p, to, w->ticket);
        if (w->ticket->state == HALLD__TICKET_STATE__E__called)
            to->state = PLAN_CALLED;
    }
    return true;
}

static void copy_windows(struct plan *p, const struct queue *q)
{
    p->windows = alloc_zero((queue_window_count(q) + 1) * sizeof *p->windows);
    for (size_t i = 0; i < queue_window_count(q); i++)
        p->n_windows += copy_window(p, queue_window_at(q, i), &p->windows[p->n_windows]);
}

/* ---- ghosts */

static bool works(const struct plan_window *w)
{
    return w->state != PLAN_DRAINING;
}

static bool same_windows(const struct plan *p, int a, int b)
{
    for (size_t i = 0; i < p->n_windows; i++)
        if (works(&p->windows[i]) && skill_has(&p->windows[i].skill, a) != skill_has(&p->windows[i].skill, b))
            return false;
    return true;
}

static bool is_served(const struct plan *p, int group)
{
    for (size_t i = 0; i < p->n_windows; i++)
        if (works(&p->windows[i]) && skill_has(&p->windows[i].skill, group))
            return true;
    return false;
}

static void name_groups(struct plan *p)
{
    int n = setup_group_count(p->setup);
    p->ghost_group = alloc_zero((size_t)(n + 1) * sizeof *p->ghost_group);
    for (int g = 0; g < n; g++) {
        p->ghost_group[g] = is_served(p, g) ? g : -1;
        for (int other = 0; other < g && p->ghost_group[g] == g; other++)
            if (p->ghost_group[other] == other && same_windows(p, other, g))
                p->ghost_group[g] = other;
    }
}

int plan_slot_find(const struct plan *p, int group, int64_t head_start, int64_t slot_at)
{
    int wanted = group < 0 ? -1 : p->ghost_group[group];
    for (size_t i = 0; wanted >= 0 && i < p->n_ghosts; i++)
        if (p->ghosts[i].group == wanted && p->ghosts[i].head_start == head_start && p->ghosts[i].slot_at == slot_at)
            return (int)i;
    return -1;
}

int plan_ghost_find(const struct plan *p, int group, int64_t head_start)
{
    return plan_slot_find(p, group, head_start, 0);
}

static void add_ghost(struct plan *p, int group, int64_t head_start, int64_t slot_at)
{
    if (group < 0 || p->ghost_group[group] < 0 || plan_slot_find(p, group, head_start, slot_at) >= 0)
        return;
    struct plan_ghost *g = &p->ghosts[p->n_ghosts++];
    *g = (struct plan_ghost){.group = p->ghost_group[group], .head_start = head_start, .slot_at = slot_at};
    g->key = (struct key){(slot_at ? slot_at : p->now) - head_start, p->now, UINT64_MAX, 0};
    g->gate = slot_at && slot_at - p->gate_before > p->now ? slot_at - p->gate_before : 0;
    g->factor = front_factor(p, g->group, &g->key);
    for (size_t i = 0; i < p->n_windows; i++)
        g->free |= p->windows[i].state == PLAN_READY && skill_has(&p->windows[i].skill, group);
}

static void add_ghosts(struct plan *p)
{
    const Halld__Settings *s = setup_settings(p->setup);
    size_t most = (size_t)setup_group_count(p->setup) * (s->n_classes + 1) + SLOTS_MOST;
    p->ghosts = alloc_zero((most + 1) * sizeof *p->ghosts);
    for (size_t i = 0; i < s->n_items; i++) {
        int group = setup_group_index(p->setup, s->items[i]->group);
        for (size_t c = 0; c < s->n_classes; c++)
            add_ghost(p, group, (int64_t)s->classes[c]->head_start_s * 1000, 0);
        add_ghost(p, group, p->return_head, 0);
    }
    for (size_t i = 0; i < p->n_comers && p->n_ghosts < most; i++)
        if (p->comers[i].booked)
            add_ghost(p, p->comers[i].ticket.place.group, p->comers[i].slot_at - p->comers[i].ticket.place.key.e,
                      p->comers[i].slot_at);
}

/* Behind a gate one is called where a window finds nobody: who comes until then has to be reckoned with. */
static void set_last_gate(struct plan *p)
{
    for (size_t i = 0; i < p->n_tickets; i++)
        if (p->tickets[i].place.gate > p->last_gate)
            p->last_gate = p->tickets[i].place.gate;
    for (size_t i = 0; i < p->n_comers; i++)
        if (p->comers[i].booked && p->comers[i].ticket.place.gate > p->last_gate)
            p->last_gate = p->comers[i].ticket.place.gate;
    if (p->last_gate <= p->now)
        p->last_gate = 0;
}

/* ---- who will come */

static struct plan_share *share_of(struct plan *p, const char *queue, const char *group)
{
    for (size_t i = 0; i < p->n_shares; i++)
        if (strcmp(p->shares[i].queue, queue) == 0 && strcmp(p->shares[i].group, group) == 0)
            return &p->shares[i];
    p->shares = alloc_grow(p->shares, p->n_shares + 1, sizeof *p->shares);
    p->shares[p->n_shares] = (struct plan_share){queue, group, 0};
    return &p->shares[p->n_shares++];
}

static void add_shares(struct plan *p)
{
    const Halld__Settings *s = setup_settings(p->setup);
    for (size_t i = 0; i < s->n_items; i++)
        share_of(p, s->items[i]->queue, s->items[i]->group)->share += 1e-9; /* that nobody asks for is still there */
}

static void add_kind(struct plan *p, const struct arrival_kind *k, double *upto)
{
    const Halld__Item *item = setup_item_find(p->setup, k->item);
    int64_t head = setup_head_start_ms(p->setup, k->class_name);
    if (!item)
        return;
    if (p->shares)
        share_of(p, item->queue, item->group)->share += k->share;
    int group = setup_group_index(p->setup, item->group);
    if ((head <= 0 && !p->last_gate) || group < 0)
        return;
    *upto += k->share;
    if (head > p->head_start_most)
        p->head_start_most = head;
    p->kinds[p->n_kinds++] = (struct plan_kind){*upto, item_index(p->setup, k->item), group, head};
}

static void add_kinds(struct plan *p, const struct arrivals *a)
{
    struct arrival_kind *all;
    size_t n = arrivals_kinds(a, p->now, &all);
    double upto = 0;
    p->kinds = alloc_zero((n + 1) * sizeof *p->kinds);
    for (size_t i = 0; i < n; i++)
        add_kind(p, &all[i], &upto);
    free(all);
    for (int i = 0; i < PLAN_BINS && p->n_kinds; i++)
        p->rate[i] = arrivals_rate(a, p->now + (int64_t)i * ARRIVAL_BIN_MS, p->now) * upto;
}

/* ---- all of it */

static struct plan *plan_begin(const struct hall *hall, const struct learn *learn, int64_t now)
{
    struct plan *p = alloc_zero(sizeof *p);
    const struct queue *q = hall_queue(hall);
    p->now = now;
    p->setup = setup_ref(hall_setup(hall));
    p->laws = laws_of(learn->laws, p->setup);
    laws_shape(learn->laws, &p->shape);
    p->pace = learn->pace;
    p->day = *queue_day(q);
    p->gate_before = setup_policy(p->setup)->gate_before;
    p->appointment_head_start = setup_policy(p->setup)->appointment_head_start;
    p->return_head = setup_policy(p->setup)->return_head;
    copy_windows(p, q);
    name_groups(p);
    copy_tickets(p, q);
    copy_booked(p, q);
    set_last_gate(p);
    return p;
}

struct plan *plan_new(const struct hall *hall, const struct learn *learn, int64_t now)
{
    struct plan *p = plan_begin(hall, learn, now);
    const Halld__Settings *s = setup_settings(p->setup);
    add_shares(p);
    add_kinds(p, learn->arrivals);
    add_ghosts(p);
    p->fits = alloc_zero((s->n_queues + 1) * sizeof *p->fits);
    p->coverage = alloc_zero((s->n_queues + 1) * sizeof *p->coverage);
    for (size_t i = 0; i < s->n_queues; i++) {
        p->fits[i] = grade_fit(learn->grade, s->queues[i]->queue);
        p->coverage[i] = grade_coverage(learn->grade, s->queues[i]->queue);
    }
    return p;
}

struct plan *plan_new_for(const struct hall *hall, const struct learn *learn, int64_t now, const char *item,
                          const char *class_name)
{
    struct plan *p = plan_begin(hall, learn, now);
    const Halld__Item *row = setup_item_find(p->setup, item);
    add_kinds(p, learn->arrivals);
    p->ghosts = alloc_zero(2 * sizeof *p->ghosts);
    p->only_ghosts = true;
    if (row)
        add_ghost(p, setup_group_index(p->setup, row->group), setup_head_start_ms(p->setup, class_name), 0);
    return p;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    setup_free(p->setup);
    free(p->laws);
    free(p->tickets);
    free(p->beyond);
    free(p->windows);
    free(p->comers);
    free(p->kinds);
    free(p->ghosts);
    free(p->ghost_group);
    free(p->shares);
    free(p->fits);
    free(p->coverage);
    free(p);
}

int64_t plan_calls_at(const struct plan *p, int64_t t)
{
    for (size_t i = 0; i + 1 < p->day.n_open; i++) {
        int64_t from = p->day.open[i].to, to = p->day.open[i + 1].from;
        bool already = from <= p->now && p->now < to; /* whoever works in this pause goes on */
        if (from <= t && t < to && !already)
            return to;
    }
    return t;
}
