#include "core/flow/matter.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"

/* ---- values */

void value_fini(struct value *v)
{
    free(v->texts);
    free(v->numbers);
    *v = (struct value){0};
}

/* The pointers, then the characters, then the texts. */
struct value value_of_texts(size_t n, char *const *texts, const uint32_t *characters)
{
    size_t head = n * (sizeof(char *) + (characters ? sizeof *characters : 0)), bytes = head;
    for (size_t i = 0; i < n; i++)
        bytes += strlen(texts[i]) + 1;
    struct value v = {.n = n, .texts = alloc_zero(bytes)};
    if (characters)
        v.characters = memcpy(v.texts + n, characters, n * sizeof *characters);
    char *at = (char *)v.texts + head;
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(texts[i]) + 1;
        v.texts[i] = memcpy(at, texts[i], size);
        at += size;
    }
    return v;
}

static char **copy_texts(size_t n, char *const *from)
{
    char **to = alloc_zero(n * sizeof *to);
    for (size_t i = 0; i < n; i++)
        to[i] = alloc_text(from[i]);
    return to;
}

struct value value_copy(const struct value *v)
{
    if (v->texts)
        return value_of_texts(v->n, v->texts, v->characters);
    struct value copy = {.n = v->n};
    if (v->numbers)
        copy.numbers = alloc_copy(v->numbers, v->n * sizeof *v->numbers);
    return copy;
}

struct value value_from_message(const Halld__FieldValue *from)
{
    if (from->n_texts)
        return value_of_texts(from->n_texts, from->texts,
                              from->n_characters == from->n_texts ? from->characters : NULL);
    struct value v = {.n = from->n_numbers};
    if (from->n_numbers)
        v.numbers = alloc_copy(from->numbers, from->n_numbers * sizeof *from->numbers);
    return v;
}

Halld__FieldValue *value_to_message(const struct value *v, const struct field *f)
{
    Halld__FieldValue *m = MESSAGE_NEW(Halld__FieldValue, &halld__field_value__descriptor);
    m->field = alloc_text(f->f->name);
    m->list = f->f->most > 0;
    m->truth = f->type == FLOW_BOOL;
    if (v->texts) {
        m->n_texts = v->n;
        m->texts = copy_texts(v->n, v->texts);
        m->n_characters = v->characters ? v->n : 0;
        m->characters = v->characters ? alloc_copy(v->characters, v->n * sizeof *v->characters) : NULL;
    } else if (v->numbers) {
        m->n_numbers = v->n;
        m->numbers = alloc_copy(v->numbers, v->n * sizeof *v->numbers);
    }
    return m;
}

/* Where the field's value stands, or would stand, among those that are set. */
static size_t place_of(const struct matter *m, int field)
{
    return (size_t)__builtin_popcountll(m->has & (DEFINITION_BIT(field) - 1));
}

static size_t count_of(const struct matter *m)
{
    return (size_t)__builtin_popcountll(m->has);
}

const struct value *matter_value(const struct matter *m, int field)
{
    static const struct value none = {0};
    return field >= 0 && (m->has & DEFINITION_BIT(field)) ? &m->values[place_of(m, field)] : &none;
}

static void resize(struct matter *m, size_t n)
{
    if (n)
        m->values = alloc_grow(m->values, n, sizeof *m->values);
    else {
        free(m->values);
        m->values = NULL;
    }
}

static void unset(struct matter *m, int field)
{
    size_t at = place_of(m, field), n = count_of(m);
    value_fini(&m->values[at]);
    memmove(&m->values[at], &m->values[at + 1], (n - at - 1) * sizeof *m->values);
    m->has &= ~DEFINITION_BIT(field);
    resize(m, n - 1);
}

static void set_take(struct matter *m, int field, struct value v)
{
    size_t at = place_of(m, field), n = count_of(m);
    if (m->has & DEFINITION_BIT(field))
        value_fini(&m->values[at]);
    else {
        resize(m, n + 1);
        memmove(&m->values[at + 1], &m->values[at], (n - at) * sizeof *m->values);
        m->has |= DEFINITION_BIT(field);
    }
    m->values[at] = v;
}

void matter_put_take(struct matter *m, int field, struct value v)
{
    if (v.n)
        set_take(m, field, v);
    else if (m->has & DEFINITION_BIT(field))
        unset(m, field);
}

void matter_set(struct matter *m, const Halld__FieldValue *value)
{
    int field = definition_field(m->def, value->field);
    if (field >= 0)
        matter_put_take(m, field, value_from_message(value));
}

/* ---- matters */

static size_t counts_size(const Halld__Flow *flow)
{
    return flow->n_states * sizeof(int64_t) + flow->n_transitions * sizeof(uint32_t);
}

struct matter *matter_new(uint64_t id, const struct definition *def)
{
    struct matter *m = alloc_zero(sizeof *m);
    m->id = id;
    m->def = def;
    m->state = -1;
    m->level = 1;
    m->last = -1;
    m->entered = alloc_zero(counts_size(def->flow));
    m->times = (uint32_t *)(m->entered + def->flow->n_states);
    m->next.at = INT64_MAX;
    return m;
}

static struct run copy_run(const struct run *from)
{
    struct run r = *from;
    if (r.pauses)
        r.pauses = alloc_copy(from->pauses, from->n_pauses * sizeof *from->pauses);
    if (r.moments)
        r.moments = alloc_copy(from->moments, from->n_moments * sizeof *from->moments);
    return r;
}

struct matter *matter_copy(const struct matter *m)
{
    struct matter *copy = alloc_copy(m, sizeof *m);
    copy->heap_at = copy->ended_at = 0;
    copy->is_listed = false;
    copy->open_before = copy->open_next = NULL;
    copy->person = m->person ? alloc_text(m->person) : NULL;
    copy->last_by = m->last_by ? alloc_text(m->last_by) : NULL;
    copy->entered = alloc_copy(m->entered, counts_size(m->def->flow));
    copy->times = (uint32_t *)(copy->entered + m->def->flow->n_states);
    copy->values = NULL;
    resize(copy, count_of(m));
    for (size_t i = 0; i < count_of(m); i++)
        copy->values[i] = value_copy(&m->values[i]);
    copy->runs = alloc_zero(m->n_runs * sizeof *copy->runs);
    for (size_t i = 0; i < m->n_runs; i++)
        copy->runs[i] = copy_run(&m->runs[i]);
    return copy;
}

void matter_free(struct matter *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < count_of(m); i++)
        value_fini(&m->values[i]);
    for (size_t i = 0; i < m->n_runs; i++) {
        free(m->runs[i].pauses);
        free(m->runs[i].moments);
    }
    free(m->runs);
    free(m->values);
    free(m->entered);
    free(m->person);
    free(m->last_by);
    free(m);
}

static int64_t minute_of(int64_t moment)
{
    return moment / 60000;
}

void matter_change(struct matter *m, int64_t now, bool by_clock)
{
    if (minute_of(m->changed_at) != minute_of(now))
        m->taken = 0;
    m->taken = (uint8_t)(m->taken + (by_clock && m->taken < MATTER_TAKEN_MAX));
    m->changed_at = now;
}

bool matter_is_rushed(const struct matter *m, int64_t now)
{
    return m->taken >= MATTER_TAKEN_MAX && minute_of(m->changed_at) == minute_of(now);
}

bool matter_is_over(const struct matter *m)
{
    return (m->def->ends & DEFINITION_BIT(m->state)) != 0;
}

const char *matter_state_name(const struct matter *m)
{
    return m->def->flow->states[m->state]->name;
}

/* ---- runs */

struct run *matter_run(const struct matter *m, int clock)
{
    for (size_t i = 0; i < m->n_runs; i++)
        if (m->runs[i].clock == clock)
            return &m->runs[i];
    return NULL;
}

struct run *matter_run_by_name(const struct matter *m, const char *name)
{
    for (size_t i = 0; i < m->n_runs; i++)
        if (strcmp(m->runs[i].name, name) == 0)
            return &m->runs[i];
    return NULL;
}

bool run_is_active(const struct run *r)
{
    return r && (r->status == RUN_RUNNING || r->status == RUN_PAUSED);
}

/* What it was held and its marks' moments serve only to count on. */
void run_stop(struct run *r, enum run_status how)
{
    free(r->pauses);
    free(r->moments);
    r->pauses = NULL;
    r->moments = NULL;
    r->n_pauses = r->n_moments = 0;
    r->status = how;
}

bool run_gives(const struct run *r)
{
    return r->status == RUN_RUNNING || (r->status == RUN_PAUSED && r->expired);
}

struct running *run_spans(const struct run *r, int64_t offset, size_t *ret_n)
{
    struct running *span = alloc_zero((r->n_pauses + 1) * sizeof *span);
    int64_t from = r->start;
    size_t n = 0;
    for (size_t i = 0; i < r->n_pauses; i++) {
        if (i == 0 || r->pauses[i].from > from) /* held at once it counts from its start all the same */
            span[n++] = (struct running){from + offset, r->pauses[i].from + offset};
        from = r->pauses[i].to;
    }
    if (from < INT64_MAX)
        span[n++] = (struct running){from + offset, INT64_MAX};
    *ret_n = n;
    return span;
}

size_t pauses_since(size_t n, struct running *pauses, int64_t start)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct running p = pauses[i];
        p.from = p.from > start ? p.from : start;
        if (p.to > p.from)
            pauses[kept++] = p;
    }
    return kept;
}
