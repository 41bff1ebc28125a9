#include "core/queue/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * A row is a sorted array of places. People mostly join at the end and leave from the front, so `head` lets the
 * front go without moving the rest; counting and finding are binary searches.
 */
struct row {
    struct place **at;
    size_t head, n, cap;
};

typedef int order_fn(const struct place *a, const struct place *b);

struct group_rows {
    struct row by_key, by_issue; /* the same places, open gates */
    struct row gated;            /* by key */
};

struct line {
    int groups;
    struct group_rows *rows;
    struct row named; /* by window, unheld first, key; gates open and closed */
    int64_t now, next_gate;
};

int key_compare(const struct key *a, const struct key *b)
{
    if (a->e != b->e)
        return a->e < b->e ? -1 : 1;
    if (a->t0 != b->t0)
        return a->t0 < b->t0 ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return a->sub < b->sub ? -1 : a->sub > b->sub;
}

/* No two keys are equal: seq is the issue's own, or sub is the report back's own. */
static int order_key(const struct place *a, const struct place *b)
{
    return key_compare(&a->key, &b->key);
}

static int order_issue(const struct place *a, const struct place *b)
{
    if (a->t0 != b->t0)
        return a->t0 < b->t0 ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int order_named(const struct place *a, const struct place *b)
{
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    if (a->unheld != b->unheld)
        return a->unheld ? -1 : 1;
    return order_key(a, b);
}

/* How many of the row stand before p. */
static size_t row_before(const struct row *r, const struct place *p, order_fn *order)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (order(r->at[r->head + mid], p) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void row_make_room(struct row *r)
{
    if (r->head + r->n < r->cap)
        return;
    if (r->head > r->cap / 2) {
        memmove(r->at, r->at + r->head, r->n * sizeof *r->at);
        r->head = 0;
        return;
    }
    r->cap = r->cap ? r->cap * 2 : 16;
    r->at = alloc_grow(r->at, r->cap, sizeof *r->at);
}

static void row_add(struct row *r, struct place *p, order_fn *order)
{
    row_make_room(r);
    size_t i = row_before(r, p, order);
    struct place **to = r->at + r->head + i;
    memmove(to + 1, to, (r->n - i) * sizeof *to);
    *to = p;
    r->n++;
}

static void row_remove(struct row *r, struct place *p, order_fn *order)
{
    size_t i = row_before(r, p, order);
    if (i == r->n || r->at[r->head + i] != p)
        return;
    r->n--;
    if (i == 0)
        r->head = r->n ? r->head + 1 : 0;
    else
        memmove(r->at + r->head + i, r->at + r->head + i + 1, (r->n - i) * sizeof *r->at);
}

static struct place *row_first(const struct row *r)
{
    return r->n ? r->at[r->head] : NULL;
}

struct line *line_new(int groups)
{
    struct line *l = alloc_zero(sizeof *l);
    l->groups = groups;
    l->rows = alloc_zero((size_t)groups * sizeof *l->rows);
    l->next_gate = INT64_MAX;
    return l;
}

void line_free(struct line *l)
{
    if (!l)
        return;
    for (int g = 0; g < l->groups; g++) {
        free(l->rows[g].by_key.at);
        free(l->rows[g].by_issue.at);
        free(l->rows[g].gated.at);
    }
    free(l->rows);
    free(l->named.at);
    free(l);
}

static void add_open(struct line *l, struct place *p)
{
    row_add(&l->rows[p->group].by_key, p, order_key);
    row_add(&l->rows[p->group].by_issue, p, order_issue);
}

void line_add(struct line *l, struct place *p)
{
    p->gated = false;
    if (p->window) {
        row_add(&l->named, p, order_named);
    } else if (p->gate > l->now) {
        p->gated = true;
        row_add(&l->rows[p->group].gated, p, order_key);
        if (p->gate < l->next_gate)
            l->next_gate = p->gate;
    } else {
        add_open(l, p);
    }
}

void line_remove(struct line *l, struct place *p)
{
    if (p->window) {
        row_remove(&l->named, p, order_named);
    } else if (p->gated) {
        row_remove(&l->rows[p->group].gated, p, order_key);
    } else {
        row_remove(&l->rows[p->group].by_key, p, order_key);
        row_remove(&l->rows[p->group].by_issue, p, order_issue);
    }
    p->gated = false;
}

static void open_gates_of(struct line *l, struct row *gated, int64_t now)
{
    for (size_t i = 0; i < gated->n;) {
        struct place *p = gated->at[gated->head + i];
        if (p->gate <= now) {
            row_remove(gated, p, order_key);
            p->gated = false;
            add_open(l, p);
        } else {
            if (p->gate < l->next_gate)
                l->next_gate = p->gate;
            i++;
        }
    }
}

void line_open_gates(struct line *l, int64_t now)
{
    l->now = now;
    if (now < l->next_gate)
        return;
    l->next_gate = INT64_MAX;
    for (int g = 0; g < l->groups; g++)
        open_gates_of(l, &l->rows[g].gated, now);
}

int64_t line_now(const struct line *l)
{
    return l->now;
}

static struct place *smaller(struct place *a, struct place *b)
{
    if (!a || !b)
        return a ? a : b;
    return order_key(a, b) < 0 ? a : b;
}

/* The first of those named for the window; ret_n: how many there are. */
static struct place *named_first(const struct line *l, int window, size_t *ret_n)
{
    struct place from = {.window = window, .unheld = true, .key = {INT64_MIN, INT64_MIN, 0, 0}};
    struct place to = {.window = window + 1, .unheld = true, .key = {INT64_MIN, INT64_MIN, 0, 0}};
    size_t i = row_before(&l->named, &from, order_named), j = row_before(&l->named, &to, order_named);
    *ret_n = j - i;
    return j > i ? l->named.at[l->named.head + i] : NULL;
}

/* Somebody unheld is called before all others, gate or not. */
static bool is_closed(const struct line *l, const struct place *p)
{
    return !p->unheld && p->gate > l->now;
}

/* The first of those named for the window, from the i-th on, with an open or a closed gate; *ret_i: the one after. */
static struct place *named_next(const struct line *l, int window, bool closed, size_t *ret_i)
{
    size_t n;
    struct place *first = named_first(l, window, &n);
    if (!first)
        return NULL;
    size_t from = row_before(&l->named, first, order_named);
    while (*ret_i < n) {
        struct place *p = l->named.at[l->named.head + from + (*ret_i)++];
        if (is_closed(l, p) == closed)
            return p;
    }
    return NULL;
}

struct place *line_pick(const struct line *l, const struct skill *skill, int window)
{
    size_t i = 0, j = 0;
    struct place *best = named_next(l, window, false, &i), *gated = named_next(l, window, true, &j);
    if (best && best->unheld)
        return best;
    for (int g = 0; g < l->groups; g++) {
        if (!skill_has(skill, g))
            continue;
        best = smaller(best, row_first(&l->rows[g].by_key));
        gated = smaller(gated, row_first(&l->rows[g].gated));
    }
    return best ? best : gated;
}

size_t line_count(const struct line *l, const struct skill *skill)
{
    size_t n = 0;
    for (int g = 0; g < l->groups; g++)
        if (skill_has(skill, g))
            n += l->rows[g].by_key.n;
    return n;
}

size_t line_count_all(const struct line *l, const struct skill *skill)
{
    size_t n = line_count(l, skill);
    for (int g = 0; g < l->groups; g++)
        if (skill_has(skill, g))
            n += l->rows[g].gated.n;
    return n;
}

size_t line_count_named(const struct line *l, int window)
{
    size_t n;
    named_first(l, window, &n);
    return n;
}

size_t line_count_before(const struct line *l, const struct skill *skill, const struct key *key)
{
    struct place at = {.key = *key};
    size_t n = 0;
    for (int g = 0; g < l->groups; g++)
        if (skill_has(skill, g))
            n += row_before(&l->rows[g].by_key, &at, order_key);
    return n;
}

static struct place *earlier(struct place *a, struct place *b)
{
    if (!a || !b)
        return a ? a : b;
    return order_issue(a, b) < 0 ? a : b;
}

/* Of those named for the window: few, so looked at one by one. */
static size_t named_issued_before(const struct line *l, int window, const struct place *at, struct place **first)
{
    size_t all, n = 0;
    struct place *p = named_first(l, window, &all);
    if (!p)
        return 0;
    struct place from = {.window = window, .unheld = true, .key = {INT64_MIN, INT64_MIN, 0, 0}};
    size_t i = row_before(&l->named, &from, order_named);
    for (size_t k = 0; k < all; k++) {
        p = l->named.at[l->named.head + i + k];
        if (!is_closed(l, p) && order_issue(p, at) < 0) {
            *first = earlier(*first, p);
            n++;
        }
    }
    return n;
}

size_t line_issued_before(const struct line *l, const struct skill *skill, int window, int64_t t0, uint64_t seq,
                          struct place **ret_first)
{
    struct place at = {.t0 = t0, .seq = seq}, *first = NULL;
    size_t n = named_issued_before(l, window, &at, &first);
    for (int g = 0; g < l->groups; g++) {
        if (!skill_has(skill, g))
            continue;
        const struct row *r = &l->rows[g].by_issue;
        size_t before = row_before(r, &at, order_issue);
        if (before)
            first = earlier(first, row_first(r));
        n += before;
    }
    if (ret_first)
        *ret_first = first;
    return n;
}

/* The smallest key after `last` (NULL: the smallest of all), of those that are gated or of the others. */
static struct place *next_by_key(const struct line *l, const struct skill *skill, bool gated, const struct place *last)
{
    struct place *best = NULL;
    for (int g = 0; g < l->groups; g++) {
        if (!skill_has(skill, g))
            continue;
        const struct row *r = gated ? &l->rows[g].gated : &l->rows[g].by_key;
        size_t i = last ? row_before(r, last, order_key) : 0;
        if (i < r->n && r->at[r->head + i] == last)
            i++;
        if (i < r->n)
            best = smaller(best, r->at[r->head + i]);
    }
    return best;
}

struct place *line_nth(const struct line *l, const struct skill *skill, size_t n)
{
    struct place *p = NULL;
    for (size_t i = 0; i <= n; i++) {
        struct place *next = next_by_key(l, skill, false, p);
        if (!next)
            break;
        p = next;
    }
    return p;
}

size_t line_named_before(const struct line *l, const struct place *p)
{
    struct place from = {.window = p->window, .unheld = true, .key = {INT64_MIN, INT64_MIN, 0, 0}};
    return row_before(&l->named, p, order_named) - row_before(&l->named, &from, order_named);
}

/* Merges those named for the window (unheld ones first) with the open ones, then both kinds of gated ones. */
size_t line_next(const struct line *l, const struct skill *skill, int window, size_t n, struct place **ret)
{
    size_t i = 0, k = 0;
    struct place *own = named_next(l, window, false, &i), *open = next_by_key(l, skill, false, NULL);
    for (struct place *p; k < n && (p = own && own->unheld ? own : smaller(own, open)); ret[k++] = p)
        if (p == own)
            own = named_next(l, window, false, &i);
        else
            open = next_by_key(l, skill, false, p);
    i = 0;
    own = named_next(l, window, true, &i);
    open = next_by_key(l, skill, true, NULL);
    for (struct place *p; k < n && (p = smaller(own, open)); ret[k++] = p)
        if (p == own)
            own = named_next(l, window, true, &i);
        else
            open = next_by_key(l, skill, true, p);
    return k;
}

bool line_suits_better(const struct skill *a, int64_t a_ready_at, const struct skill *b, int64_t b_ready_at)
{
    int groups_a = skill_count(a), groups_b = skill_count(b);
    if (groups_a != groups_b)
        return groups_a < groups_b;
    return a_ready_at < b_ready_at;
}
