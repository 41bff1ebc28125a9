/* The flow as one message, in one canonical order, and back: there nothing is believed. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/flow/flow_state.h"
#include "core/setup_rows.h"

/* ---- out */

static Halld__RunRow *run_row(const struct run *r)
{
    Halld__RunRow *to = MESSAGE_NEW(Halld__RunRow, &halld__run_row__descriptor);
    message_set_text(&to->clock, r->name);
    to->gone = r->clock < 0;
    to->status = (uint32_t)r->status;
    to->expired = r->expired;
    to->provisional = r->provisional;
    to->by_date = r->by_date;
    to->unit = r->unit;
    to->n = r->n;
    to->yellow = r->yellow;
    to->start_at = r->start;
    to->due_at = r->due;
    to->given = r->given;
    to->n_pauses = 2 * (size_t)r->n_pauses;
    to->pauses = alloc_zero(to->n_pauses * sizeof *to->pauses);
    for (size_t i = 0; i < r->n_pauses; i++) {
        to->pauses[2 * i] = r->pauses[i].from;
        to->pauses[2 * i + 1] = r->pauses[i].to;
    }
    to->n_moments = r->n_moments;
    to->moments = alloc_copy(r->moments, r->n_moments * sizeof *r->moments);
    return to;
}

static Halld__MatterRow *matter_row(const struct matter *m)
{
    Halld__MatterRow *to = MESSAGE_NEW(Halld__MatterRow, &halld__matter_row__descriptor);
    const Halld__Flow *flow = m->def->flow;
    message_set_text(&to->flow, flow->name);
    to->version = flow->version;
    message_set_text(&to->state, matter_state_name(m));
    to->level = (uint32_t)m->level;
    to->revision = m->revision;
    to->changed_at = m->changed_at;
    to->taken = m->taken;
    to->opened_at = m->opened_at;
    to->opened_seq = m->opened_seq;
    message_set_text(&to->last, m->last >= 0 ? flow->transitions[m->last]->name : "");
    message_set_text(&to->last_by, m->last_by ? m->last_by : "");
    to->ended = m->ended;
    message_set_text(&to->person, m->person ? m->person : "");
    to->values = alloc_zero((flow->n_fields + 1) * sizeof *to->values);
    for (size_t i = 0; i < flow->n_fields; i++)
        if (matter_value(m, i)->n)
            to->values[to->n_values++] = value_to_message(matter_value(m, i), &m->def->fields[i]);
    to->n_times = flow->n_transitions;
    to->times = alloc_copy(m->times, flow->n_transitions * sizeof *m->times);
    to->n_entered = flow->n_states;
    to->entered = alloc_copy(m->entered, flow->n_states * sizeof *m->entered);
    to->n_runs = m->n_runs;
    to->runs = alloc_zero((m->n_runs + 1) * sizeof *to->runs);
    for (size_t i = 0; i < m->n_runs; i++)
        to->runs[i] = run_row(&m->runs[i]);
    return to;
}

static Halld__RecordRow *record_row(const struct record *r)
{
    Halld__RecordRow *to = MESSAGE_NEW(Halld__RecordRow, &halld__record_row__descriptor);
    message_set_text(&to->person, r->person);
    message_set_text(&to->record, r->record);
    to->kept = r->kept;
    return to;
}

Halld__FlowState *flow_to_message(const struct flow *f)
{
    Halld__FlowState *s = MESSAGE_NEW(Halld__FlowState, &halld__flow_state__descriptor);
    const struct library *l = f->library;
    s->n_definitions = l->n;
    s->definitions = alloc_zero((l->n + 1) * sizeof *s->definitions);
    for (size_t i = 0; i < l->n; i++)
        s->definitions[i] = (Halld__Flow *)message_clone(&l->at[i]->flow->base);
    if (l->profile)
        s->profile = (Halld__Profile *)message_clone(&l->profile->base);
    s->n_matters = f->n_matters;
    s->matters = alloc_zero((f->n_matters + 1) * sizeof *s->matters);
    for (size_t i = 0; i < f->n_matters; i++)
        s->matters[i] = matter_row(f->matters[i]);
    s->n_records = f->n_records;
    s->records = alloc_zero((f->n_records + 1) * sizeof *s->records);
    for (size_t i = 0; i < f->n_records; i++)
        s->records[i] = record_row(&f->records[i]);
    s->recheck = f->recheck;
    s->migrate = f->migrate;
    if (f->migrate)
        message_set_text(&s->migrating, f->migrating);
    return s;
}

/* ---- back */

static bool has_numbers(enum flow_type type)
{
    return type == FLOW_NUMBER || type == FLOW_MONEY || type == FLOW_BOOL || type == FLOW_DATE || type == FLOW_MATTER;
}

static bool read_value(struct matter *m, const Halld__FieldValue *v, size_t n_matters)
{
    int field = definition_field(m->def, v->field);
    if (field < 0 || matter_value(m, field)->n)
        return false;
    enum flow_type type = m->def->fields[field].type;
    if (has_numbers(type) ? v->n_texts || !v->n_numbers : v->n_numbers || !v->n_texts)
        return false;
    for (size_t i = 0; i < v->n_numbers; i++)
        if ((type == FLOW_MATTER && (v->numbers[i] < 1 || (uint64_t)v->numbers[i] > n_matters)) ||
            (type == FLOW_DATE && !date_is_valid((int32_t)v->numbers[i])))
            return false;
    matter_set(m, v);
    return true;
}

/* The name must outlive the message: it is the definition's, or that of a version before it. */
static const char *name_of_clock(const struct flow *f, const struct matter *m, const char *clock)
{
    for (size_t i = 0; i < f->library->n; i++) {
        const struct definition *d = f->library->at[i];
        int index = strcmp(d->flow->name, m->def->flow->name) == 0 ? definition_clock(d, clock) : -1;
        if (index >= 0)
            return d->clocks[index].c->name;
    }
    return NULL;
}

static void read_course(struct run *r, const Halld__RunRow *from)
{
    r->n_pauses = (uint32_t)(from->n_pauses / 2);
    if (r->n_pauses)
        r->pauses = alloc_zero(r->n_pauses * sizeof *r->pauses);
    for (size_t i = 0; i < r->n_pauses; i++)
        r->pauses[i] = (struct running){from->pauses[2 * i], from->pauses[2 * i + 1]};
    r->n_moments = (uint8_t)from->n_moments;
    r->moments = alloc_copy(from->moments, from->n_moments * sizeof *from->moments);
}

static bool read_run(const struct flow *f, struct matter *m, const Halld__RunRow *from)
{
    struct run r = {.clock = (int8_t)(from->gone ? -1 : definition_clock(m->def, from->clock)),
                    .name = name_of_clock(f, m, from->clock),
                    .status = (enum run_status)from->status,
                    .expired = from->expired,
                    .provisional = from->provisional,
                    .by_date = from->by_date,
                    .unit = from->unit,
                    .n = from->n,
                    .yellow = from->yellow,
                    .start = from->start_at,
                    .due = from->due_at,
                    .given = from->given};
    bool active = from->status <= RUN_PAUSED;
    size_t watches = r.clock < 0 ? 0 : m->def->clocks[r.clock].n_watches;
    bool counts = from->n >= 0 && from->n <= INT32_MAX && from->yellow <= INT32_MAX;
    if (!counts || !r.name || from->status > RUN_DROPPED || (r.clock < 0) != from->gone || (active && from->gone) ||
        matter_run_by_name(m, r.name) || from->n_pauses % 2 || (r.clock >= 0 && from->n_moments > watches) ||
        from->n_moments > WATCHES_MAX || (from->status == RUN_PAUSED && !from->n_pauses) ||
        !protobuf_c_enum_descriptor_get_value(&halld__limit_unit__e__descriptor, (int)from->unit))
        return false;
    for (size_t i = 0; i + 1 < from->n_pauses; i++)
        if (from->pauses[i] > from->pauses[i + 1])
            return false;
    if (active)
        read_course(&r, from);
    m->runs = alloc_grow(m->runs, m->n_runs + 1, sizeof *m->runs);
    m->runs[m->n_runs++] = r;
    return true;
}

static bool read_parts(const struct flow *f, struct matter *m, const Halld__MatterRow *from, size_t n_matters)
{
    const Halld__Flow *flow = m->def->flow;
    m->state = definition_state(m->def, from->state);
    if (m->state < 0 || from->n_times != flow->n_transitions || from->n_entered != flow->n_states || from->level < 1 ||
        from->level > (flow->n_levels ? flow->n_levels : 1) || (from->ended && !date_is_valid(from->ended)) ||
        (from->ended != 0) != matter_is_over(m) || from->taken > MATTER_TAKEN_MAX)
        return false;
    m->level = (int)from->level;
    m->revision = from->revision;
    m->changed_at = from->changed_at;
    m->taken = (uint8_t)from->taken;
    m->opened_at = from->opened_at;
    m->opened_seq = from->opened_seq;
    m->last = *from->last ? definition_transition(m->def, from->last) : -1;
    m->last_by = *from->last_by ? alloc_text(from->last_by) : NULL;
    m->ended = from->ended;
    m->person = *from->person ? alloc_text(from->person) : NULL;
    memcpy(m->times, from->times, from->n_times * sizeof *m->times);
    memcpy(m->entered, from->entered, from->n_entered * sizeof *m->entered);
    for (size_t i = 0; i < from->n_values; i++)
        if (!read_value(m, from->values[i], n_matters))
            return false;
    for (size_t i = 0; i < from->n_runs; i++)
        if (!read_run(f, m, from->runs[i]))
            return false;
    return true;
}

static bool read_matter(struct flow *f, const Halld__MatterRow *from, size_t n_matters)
{
    const struct definition *def = flow_definition_find(f, from->flow, from->version);
    if (!def)
        return false;
    struct matter *m = matter_new(f->last + 1, def);
    m->state = 0;
    flow_matter_add_take(f, m);
    if (!read_parts(f, m, from, n_matters))
        return false;
    flow_note_open(f, m);
    flow_note(f, m);
    flow_schedule(f, m);
    return true;
}

static bool read_definition(struct library *l, const Halld__Flow *flow)
{
    struct definition *d = definition_new_take((Halld__Flow *)message_clone(&flow->base), NULL);
    if (!d)
        return false;
    l->at = alloc_grow(l->at, l->n + 1, sizeof *l->at);
    l->at[l->n++] = d;
    return d->flow->n_states > 0;
}

static bool read_state(struct flow *f, const Halld__FlowState *s)
{
    for (size_t i = 0; i < s->n_definitions; i++)
        if (!read_definition(f->library, s->definitions[i]))
            return false;
    if (s->profile)
        f->library->profile = (Halld__Profile *)message_clone(&s->profile->base);
    for (size_t i = 0; i < s->n_matters; i++)
        if (!read_matter(f, s->matters[i], s->n_matters))
            return false;
    flow_lists_sort(f);
    for (size_t i = 0; i < s->n_records; i++)
        flow_set_record(f, s->records[i]->person, s->records[i]->record, s->records[i]->kept);
    f->recheck = s->recheck;
    f->migrate = s->migrate;
    f->migrating = f->migrate ? alloc_text(s->migrating) : NULL;
    return f->recheck <= f->last && f->migrate <= f->last && (!f->migrate || flow_definition(f, f->migrating));
}

struct flow *flow_from_message(const Halld__FlowState *s, int64_t offset)
{
    struct flow *f = flow_new();
    flow_set_offset(f, offset);
    if (!s || read_state(f, s))
        return f;
    flow_free(f);
    return NULL;
}
