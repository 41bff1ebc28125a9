#include "core/flow/matter.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- values */

void value_fini(struct value *v)
{
    for (size_t i = 0; v->texts && i < v->n; i++)
        free(v->texts[i]);
    free(v->texts);
    free(v->numbers);
    free(v->characters);
    *v = (struct value){0};
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
    struct value copy = {.n = v->n};
    if (v->texts)
        copy.texts = copy_texts(v->n, v->texts);
    if (v->numbers)
        copy.numbers = alloc_copy(v->numbers, v->n * sizeof *v->numbers);
    if (v->characters)
        copy.characters = alloc_copy(v->characters, v->n * sizeof *v->characters);
    return copy;
}

struct value value_from_message(const Halld__FieldValue *from)
{
    struct value v = {.n = from->n_texts ? from->n_texts : from->n_numbers};
    if (from->n_texts)
        v.texts = copy_texts(from->n_texts, from->texts);
    else if (from->n_numbers)
        v.numbers = alloc_copy(from->numbers, from->n_numbers * sizeof *from->numbers);
    if (from->n_texts && from->n_characters == from->n_texts)
        v.characters = alloc_copy(from->characters, from->n_characters * sizeof *from->characters);
    return v;
}

Halld__FieldValue *value_to_message(const struct value *v, const struct field *f)
{
    Halld__FieldValue *m = alloc_zero(sizeof *m);
    halld__field_value__init(m);
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

void matter_set(struct matter *m, const Halld__FieldValue *value)
{
    int field = definition_field(m->def, value->field);
    if (field < 0)
        return;
    value_fini(&m->values[field]);
    m->values[field] = value_from_message(value);
}

/* ---- matters */

struct matter *matter_new(uint64_t id, const struct definition *def)
{
    struct matter *m = alloc_zero(sizeof *m);
    m->id = id;
    m->def = def;
    m->state = -1;
    m->level = 1;
    m->last = -1;
    m->values = alloc_zero((def->flow->n_fields + 1) * sizeof *m->values);
    m->times = alloc_zero((def->flow->n_transitions + 1) * sizeof *m->times);
    m->entered = alloc_zero((def->flow->n_states + 1) * sizeof *m->entered);
    m->next.at = INT64_MAX;
    return m;
}

static struct run copy_run(const struct run *from)
{
    struct run r = *from;
    r.pauses = alloc_copy(from->pauses, from->n_pauses * sizeof *from->pauses);
    r.moments = alloc_copy(from->moments, from->n_moments * sizeof *from->moments);
    return r;
}

struct matter *matter_copy(const struct matter *m)
{
    struct matter *copy = matter_new(m->id, m->def);
    struct value *values = copy->values;
    uint32_t *times = copy->times;
    int64_t *entered = copy->entered;
    *copy = *m;
    copy->heap_at = copy->ended_at = 0;
    copy->is_listed = false;
    copy->open_before = copy->open_next = NULL;
    copy->person = m->person ? alloc_text(m->person) : NULL;
    copy->last_by = m->last_by ? alloc_text(m->last_by) : NULL;
    copy->values = values;
    copy->times = times;
    copy->entered = entered;
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        values[i] = value_copy(&m->values[i]);
    memcpy(times, m->times, m->def->flow->n_transitions * sizeof *times);
    memcpy(entered, m->entered, m->def->flow->n_states * sizeof *entered);
    copy->runs = alloc_zero((m->n_runs + 1) * sizeof *copy->runs);
    for (size_t i = 0; i < m->n_runs; i++)
        copy->runs[i] = copy_run(&m->runs[i]);
    return copy;
}

void matter_free(struct matter *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        value_fini(&m->values[i]);
    for (size_t i = 0; i < m->n_runs; i++) {
        free(m->runs[i].pauses);
        free(m->runs[i].moments);
    }
    free(m->runs);
    free(m->values);
    free(m->times);
    free(m->entered);
    free(m->person);
    free(m->last_by);
    free(m);
}

bool matter_is_over(const struct matter *m)
{
    return (m->def->ends & DEFINITION_BIT(m->state)) != 0;
}

const char *matter_state_name(const struct matter *m)
{
    return m->def->flow->states[m->state]->name;
}

const struct value *matter_value(const struct matter *m, int field)
{
    static const struct value none = {0};
    return field < 0 ? &none : &m->values[field];
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

bool run_gives(const struct run *r)
{
    return r->status == RUN_RUNNING || (r->status == RUN_PAUSED && r->expired);
}
