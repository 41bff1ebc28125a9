/* What finds matters without looking at all of them: by a ticket or matter that they name, the open, the ended. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/flow_state.h"

static void free_ids(struct map *map)
{
    size_t at = 0;
    for (struct matter_ids *t; (t = map_next(map, &at));) {
        free(t->ids);
        free(t);
    }
    map_fini(map);
}

void flow_lists_fini(struct flow *f)
{
    free_ids(&f->tickets);
    free_ids(&f->links);
    free(f->ended.at);
}

/* ---- by what they name */

static uint64_t ticket_key(const char *ticket)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *ticket; ticket++)
        hash = (hash ^ (unsigned char)*ticket) * 1099511628211u;
    return hash ? hash : 1;
}

static void note(struct map *map, uint64_t key, uint64_t matter)
{
    struct matter_ids *t = map_find(map, key);
    if (!t)
        map_put(map, key, t = alloc_zero(sizeof *t));
    for (size_t i = 0; i < t->n; i++)
        if (t->ids[i] == matter)
            return;
    t->ids = alloc_grow(t->ids, t->n + 1, sizeof *t->ids);
    t->ids[t->n++] = matter;
}

static void note_field(struct flow *f, const struct matter *m, size_t field)
{
    const struct value *v = matter_value(m, field);
    enum flow_type type = m->def->fields[field].type;
    for (size_t k = 0; type == FLOW_TICKET && m->def->holds_ticket && k < v->n; k++)
        note(&f->tickets, ticket_key(v->texts[k]), m->id);
    for (size_t k = 0; type == FLOW_MATTER && k < v->n; k++)
        note(&f->links, (uint64_t)v->numbers[k], m->id);
}

const struct matter_ids *flow_ticket_find(const struct flow *f, const char *ticket)
{
    return map_find(&f->tickets, ticket_key(ticket));
}

size_t flow_naming(const struct flow *f, uint64_t id, const uint64_t **ret)
{
    const struct matter_ids *t = id ? map_find(&f->links, id) : NULL;
    *ret = t ? t->ids : NULL;
    return t ? t->n : 0;
}

/* ---- the ended */

static void put(struct matter_list *l, size_t at, struct matter *m)
{
    l->at[at] = m;
    m->ended_at = (uint32_t)at + 1;
}

static bool ended_before(const struct matter *a, const struct matter *b)
{
    return a->changed_at != b->changed_at ? a->changed_at < b->changed_at : a->id < b->id;
}

static int by_end(const void *a, const void *b)
{
    const struct matter *x = *(const struct matter *const *)a, *y = *(const struct matter *const *)b;
    return ended_before(x, y) ? -1 : ended_before(y, x);
}

/* Those that end in one millisecond stand in the order of their numbers. */
static void add_ended(struct matter_list *l, struct matter *m)
{
    if ((l->n & (l->n + 1)) == 0) /* room for twice as many, at each power of two */
        l->at = alloc_grow(l->at, 2 * l->n + 2, sizeof *l->at);
    size_t at = l->n++;
    for (; at > 0 && l->at[at - 1]->changed_at == m->changed_at && l->at[at - 1]->id > m->id; at--)
        put(l, at, l->at[at - 1]);
    put(l, at, m);
}

void flow_note(struct flow *f, struct matter *m)
{
    if (f->below)
        return;
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        note_field(f, m, i);
    if (m->ended && !m->ended_at)
        add_ended(&f->ended, m);
}

void flow_lists_sort(struct flow *f)
{
    if (f->ended.n)
        qsort(f->ended.at, f->ended.n, sizeof *f->ended.at, by_end);
    for (size_t i = 0; i < f->ended.n; i++)
        f->ended.at[i]->ended_at = (uint32_t)i + 1;
}

size_t flow_ended_count(const struct flow *f)
{
    return f->ended.n;
}

const struct matter *flow_ended_at(const struct flow *f, size_t i)
{
    return f->ended.at[i];
}
