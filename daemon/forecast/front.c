#include "forecast/front.h"

#include <stdlib.h>

#include "base/alloc.h"

/* Somebody waiting whom some window serves, of the groups that the same windows serve. */
struct candidate {
    struct key key;
    uint64_t ticket;
    size_t at; /* in the queue */
    int kind;
};

struct candidates {
    struct candidate *at;
    size_t n;
};

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return key_compare(&x->key, &y->key);
}

static size_t count_waiting(const struct queue *q)
{
    size_t n = 0;
    for (size_t i = 0; i < queue_ticket_count(q); i++)
        n += queue_ticket_at(q, i)->state == HALLD__TICKET_STATE__E__waiting;
    return n;
}

/* Whoever waits for a named window is always copied; whom no window serves has no figures anyway. */
static struct candidates find_candidates(struct front *f, const struct plan *p, const struct queue *q, size_t waiting)
{
    struct candidates c = {alloc_zero((waiting + 1) * sizeof *c.at), 0};
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (t->state != HALLD__TICKET_STATE__E__waiting)
            continue;
        f->taken[i] = t->place.window != 0;
        if (!f->taken[i] && t->place.group >= 0 && p->ghost_group[t->place.group] >= 0)
            c.at[c.n++] = (struct candidate){t->place.key, t->id, i, p->ghost_group[t->place.group]};
    }
    qsort(c.at, c.n, sizeof *c.at, candidate_compare);
    return c;
}

/* How many of the same kind stand from i on. */
static size_t run_from(const struct candidates *c, size_t i)
{
    size_t end = i;
    while (end < c->n && c->at[end].kind == c->at[i].kind)
        end++;
    return end - i;
}

static size_t copied_at(const struct candidates *c, size_t each)
{
    size_t sum = 0;
    for (size_t i = 0, n; i < c->n; i += n) {
        n = run_from(c, i);
        sum += n < each ? n : each;
    }
    return sum;
}

/* The largest number of each kind that makes no more than there is room for. */
static size_t room_for_each(const struct candidates *c)
{
    size_t low = 1, high = FRONT_MOST;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (copied_at(c, middle) <= FRONT_MOST)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static void take(struct front *f, const struct candidates *c, size_t each)
{
    f->beyond = alloc_zero((c->n + 1) * sizeof *f->beyond);
    for (size_t i = 0, n; i < c->n; i += n) {
        n = run_from(c, i);
        for (size_t k = 0; k < n; k++) {
            const struct candidate *x = &c->at[i + k];
            if (k < each)
                f->taken[x->at] = true;
            else
                f->beyond[f->n_beyond++] =
                    (struct plan_beyond){x->key, x->ticket, c->at[i + each - 1].ticket, x->kind, k + 1, each};
        }
    }
}

void front_init(struct front *f, const struct plan *p, const struct queue *q)
{
    size_t waiting = count_waiting(q);
    *f = (struct front){NULL, NULL, 0};
    if (waiting <= FRONT_MOST)
        return;
    f->taken = alloc_zero(queue_ticket_count(q) * sizeof *f->taken);
    struct candidates c = find_candidates(f, p, q, waiting);
    take(f, &c, room_for_each(&c));
    free(c.at);
}

void front_fini(struct front *f)
{
    free(f->taken);
}

double front_factor(const struct plan *p, int group, const struct key *key)
{
    const struct plan_beyond *last = NULL; /* of those beyond, the last before the key */
    for (size_t i = 0; i < p->n_beyond; i++)
        if (p->beyond[i].kind == group && key_compare(&p->beyond[i].key, key) < 0)
            last = &p->beyond[i];
    return last ? (double)(last->rank + 1) / (double)(last->copied + 1) : 1;
}
