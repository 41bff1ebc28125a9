#include "core/flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/flow/flow_state.h"

/* ---- life */

struct flow *flow_new(void)
{
    struct flow *f = alloc_zero(sizeof *f);
    f->library = alloc_zero(sizeof *f->library);
    return f;
}

static void free_state(struct flow *f)
{
    for (size_t i = 0; i < f->n_matters; i++)
        matter_free(f->matters[i]);
    for (size_t i = 0; i < f->n_records; i++) {
        free(f->records[i].person);
        free(f->records[i].record);
    }
    flow_lists_fini(f);
    free(f->migrating);
    free(f->matters);
    free(f->records);
    free(f->heap);
}

void flow_free(struct flow *f)
{
    if (!f)
        return;
    free_state(f);
    for (size_t i = 0; i < f->library->n; i++)
        definition_free(f->library->at[i]);
    free(f->library->at);
    if (f->library->profile)
        halld__profile__free_unpacked(f->library->profile, NULL);
    free(f->library);
    free(f);
}

void flow_layer_init(struct flow *layer, const struct flow *below)
{
    *layer = (struct flow){.below = below, .library = below->library, .last = below->last, .offset = below->offset};
}

void flow_layer_fini(struct flow *layer)
{
    free_state(layer);
}

/* ---- matters */

static struct matter *find_own(const struct flow *f, uint64_t id)
{
    if (!f->below)
        return id >= 1 && id <= f->n_matters ? f->matters[id - 1] : NULL;
    for (size_t i = 0; i < f->n_matters; i++)
        if (f->matters[i]->id == id)
            return f->matters[i];
    return NULL;
}

const struct matter *flow_matter(const struct flow *f, uint64_t id)
{
    for (; f; f = f->below) {
        const struct matter *m = find_own(f, id);
        if (m)
            return m;
    }
    return NULL;
}

static void add_matter(struct flow *f, struct matter *m)
{
    if ((f->n_matters & (f->n_matters + 1)) == 0) /* room for twice as many, at each power of two */
        f->matters = alloc_grow(f->matters, 2 * f->n_matters + 2, sizeof *f->matters);
    f->matters[f->n_matters++] = m;
}

struct matter *flow_matter_own(struct flow *f, uint64_t id)
{
    struct matter *own = find_own(f, id);
    if (own || !f->below)
        return own;
    const struct matter *below = flow_matter(f->below, id);
    if (!below)
        return NULL;
    own = matter_copy(below);
    add_matter(f, own);
    return own;
}

void flow_matter_add_take(struct flow *f, struct matter *m)
{
    if (m->id != f->last + 1)
        abort(); /* not this flow's next matter */
    add_matter(f, m);
    f->last = m->id;
}

uint64_t flow_matter_count(const struct flow *f)
{
    return f->last;
}

/* ---- the open ones: a list in the order of opening */

static void list_remove(struct flow *f, struct matter *m)
{
    *(m->open_before ? &m->open_before->open_next : &f->open_first) = m->open_next;
    *(m->open_next ? &m->open_next->open_before : &f->open_last) = m->open_before;
    m->open_before = m->open_next = NULL;
    m->is_listed = false;
    f->n_open--;
}

/* As a rule it is the latest. */
static void list_add(struct flow *f, struct matter *m)
{
    struct matter *before = f->open_last;
    while (before && before->id > m->id)
        before = before->open_before;
    m->open_before = before;
    m->open_next = before ? before->open_next : f->open_first;
    *(before ? &before->open_next : &f->open_first) = m;
    *(m->open_next ? &m->open_next->open_before : &f->open_last) = m;
    m->is_listed = true;
    f->n_open++;
}

void flow_note_open(struct flow *f, struct matter *m)
{
    if (f->below || m->is_listed == !m->ended)
        return;
    if (m->ended)
        list_remove(f, m);
    else
        list_add(f, m);
}

const struct matter *flow_open_first(const struct flow *f)
{
    return f->open_first;
}

const struct matter *flow_open_next(const struct matter *m)
{
    return m->open_next;
}

size_t flow_open_count(const struct flow *f)
{
    return f->n_open;
}

/* ---- what is due: a heap by (moment, kind, number of the matter) */

static bool due_before(const struct matter *a, const struct matter *b)
{
    if (a->next.at != b->next.at)
        return a->next.at < b->next.at;
    if (a->next.rank != b->next.rank)
        return a->next.rank < b->next.rank;
    return a->id < b->id;
}

static bool comes_before(const struct next_due *a, const struct next_due *b, const struct matter *m)
{
    if (a->at != b->at)
        return a->at < b->at;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->run < 0 || b->run < 0)
        return a->watch < b->watch;
    int clock_a = m->runs[a->run].clock, clock_b = m->runs[b->run].clock;
    return clock_a != clock_b ? clock_a < clock_b : a->watch < b->watch;
}

static struct next_due next_mark(const struct matter *m)
{
    struct next_due next = {.at = INT64_MAX};
    for (size_t i = 0; i < m->n_runs; i++) {
        const struct run *r = &m->runs[i];
        for (size_t w = 0; run_gives(r) && w < r->n_moments; w++) {
            if (r->moments[w] == 0 || (r->given & DEFINITION_BIT(w)))
                continue;
            struct next_due one = {r->moments[w], (int16_t)m->def->clocks[r->clock].watches[w].kind, (int16_t)i,
                                   (int16_t)w};
            if (comes_before(&one, &next, m))
                next = one;
        }
    }
    return next;
}

static struct next_due next_erasure(const struct flow *f, const struct matter *m)
{
    struct next_due next = {.at = INT64_MAX};
    for (size_t i = 0; i < m->def->flow->n_fields; i++) {
        const Halld__Field *field = m->def->fields[i].f;
        uint32_t keep = field->keep_days ? field->keep_days : m->def->flow->keep_days;
        if (matter_value(m, i)->n == 0 || keep == 0)
            continue;
        int64_t day = (int64_t)date_to_days(m->ended) + keep;
        struct next_due one = {day * WORKTIME_DAY_MS - f->offset, WATCH_ERASE, -1, (int16_t)i};
        if (comes_before(&one, &next, m))
            next = one;
    }
    return next;
}

static void heap_put(struct flow *f, size_t at, struct matter *m)
{
    f->heap[at] = m;
    m->heap_at = (uint32_t)at + 1;
}

static void heap_up(struct flow *f, size_t at, struct matter *m)
{
    for (; at > 0 && due_before(m, f->heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap_put(f, at, f->heap[(at - 1) / 2]);
    heap_put(f, at, m);
}

static void heap_down(struct flow *f, size_t at, struct matter *m)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < f->n_heap && due_before(f->heap[child + 1], f->heap[child]))
            child++;
        if (child >= f->n_heap || !due_before(f->heap[child], m))
            break;
        heap_put(f, at, f->heap[child]);
        at = child;
    }
    heap_put(f, at, m);
}

static void heap_remove(struct flow *f, struct matter *m)
{
    size_t at = m->heap_at - 1;
    m->heap_at = 0;
    struct matter *last = f->heap[--f->n_heap];
    if (last == m)
        return;
    heap_put(f, at, last);
    heap_down(f, at, last);
    heap_up(f, last->heap_at - 1, last);
}

static void heap_add(struct flow *f, struct matter *m)
{
    if ((f->n_heap & (f->n_heap + 1)) == 0)
        f->heap = alloc_grow(f->heap, 2 * f->n_heap + 2, sizeof *f->heap);
    f->n_heap++;
    heap_up(f, f->n_heap - 1, m);
}

void flow_schedule(struct flow *f, struct matter *m)
{
    if (f->below)
        return;
    m->next = m->ended ? next_erasure(f, m) : next_mark(m);
    if (m->next.at == INT64_MAX) {
        if (m->heap_at)
            heap_remove(f, m);
        return;
    }
    if (!m->heap_at)
        return heap_add(f, m);
    heap_down(f, m->heap_at - 1, m);
    heap_up(f, m->heap_at - 1, m);
}

/* Erasures are due at midnights of the wall clock. */
void flow_set_offset(struct flow *f, int64_t offset)
{
    if (f->offset == offset)
        return;
    f->offset = offset;
    for (size_t i = 0; i < f->n_matters; i++)
        flow_schedule(f, f->matters[i]);
}

int64_t flow_offset(const struct flow *f)
{
    return f->offset;
}

const struct matter *flow_due_first(const struct flow *f)
{
    return f->n_heap ? f->heap[0] : NULL;
}

int64_t flow_next_due(const struct flow *f)
{
    if (flow_is_behind(f))
        return 0; /* long ago */
    return f->n_heap ? f->heap[0]->next.at : INT64_MAX;
}

/* ---- definitions */

const struct definition *flow_definition_find(const struct flow *f, const char *name, uint32_t version)
{
    for (size_t i = 0; i < f->library->n; i++) {
        const Halld__Flow *flow = f->library->at[i]->flow;
        if (flow->version == version && strcmp(flow->name, name) == 0)
            return f->library->at[i];
    }
    return NULL;
}

const struct definition *flow_definition(const struct flow *f, const char *name)
{
    const struct definition *newest = NULL;
    for (size_t i = 0; i < f->library->n; i++) {
        const Halld__Flow *flow = f->library->at[i]->flow;
        if (strcmp(flow->name, name) == 0 && (!newest || flow->version > newest->flow->version))
            newest = f->library->at[i];
    }
    return newest;
}

size_t flow_definition_count(const struct flow *f)
{
    return f->library->n;
}

const struct definition *flow_definition_at(const struct flow *f, size_t i)
{
    return f->library->at[i];
}

/* ---- records about persons */

static struct record *find_record(const struct flow *f, const char *person, const char *record)
{
    for (size_t i = 0; i < f->n_records; i++)
        if (strcmp(f->records[i].person, person) == 0 && strcmp(f->records[i].record, record) == 0)
            return &f->records[i];
    return NULL;
}

bool flow_has_record(const struct flow *f, const char *person, const char *record)
{
    for (; f; f = f->below) {
        const struct record *r = find_record(f, person, record);
        if (r)
            return r->kept;
    }
    return false;
}

void flow_set_record(struct flow *f, const char *person, const char *record, bool kept)
{
    struct record *r = find_record(f, person, record);
    if (!r) {
        f->records = alloc_grow(f->records, f->n_records + 1, sizeof *f->records);
        r = &f->records[f->n_records++];
        *r = (struct record){.person = alloc_text(person), .record = alloc_text(record)};
    }
    r->kept = kept;
}
