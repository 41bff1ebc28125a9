#include "store/reports_known.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/setup_rows.h"

void known_init(struct known *k)
{
    *k = (struct known){.hours = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor)};
}

void known_fini(struct known *k)
{
    for (size_t i = 0; i < k->n_flows; i++)
        halld__flow__free_unpacked(k->flows[i], NULL);
    free(k->flows);
    halld__settings__free_unpacked(k->hours, NULL);
    worktime_free(k->worktime);
}

/* ---- events */

static bool is_of_hours(const Halld__SettingRef *ref)
{
    return strcmp(ref->table, "hours") == 0 || strcmp(ref->table, "special") == 0 ||
           strcmp(ref->table, "calendars") == 0;
}

static bool change_hours(struct known *k, const Halld__SettingsChanged *b)
{
    Halld__Settings put = HALLD__SETTINGS__INIT;
    Halld__SettingRef **gone = alloc_zero((b->n_remove + 1) * sizeof *gone);
    size_t n_gone = 0;
    if (b->put) {
        put.n_hours = b->put->n_hours;
        put.hours = b->put->hours;
        put.n_special = b->put->n_special;
        put.special = b->put->special;
        put.n_calendars = b->put->n_calendars;
        put.calendars = b->put->calendars;
    }
    for (size_t i = 0; i < b->n_remove; i++)
        if (is_of_hours(b->remove[i]))
            gone[n_gone++] = b->remove[i];
    bool changes = put.n_hours || put.n_special || put.n_calendars || n_gone;
    if (changes) {
        Halld__Settings *next = setup_rows_merge(k->hours, &put, n_gone, gone);
        halld__settings__free_unpacked(k->hours, NULL);
        k->hours = next;
        worktime_free(k->worktime);
        k->worktime = NULL;
    }
    free(gone);
    return changes;
}

static bool define(struct known *k, const Halld__Flow *flow)
{
    k->flows = alloc_grow(k->flows, k->n_flows + 1, sizeof *k->flows);
    k->flows[k->n_flows++] = (Halld__Flow *)message_clone(&flow->base);
    return true;
}

bool known_apply(struct known *k, const Halld__Event *event)
{
    if (event->body_case == HALLD__EVENT__BODY_SETTINGS_CHANGED)
        return change_hours(k, event->settings_changed);
    if (event->body_case == HALLD__EVENT__BODY_FLOW_DEFINED)
        return define(k, event->flow_defined->flow);
    if (event->body_case == HALLD__EVENT__BODY_DAY_OPENED) /* the day ends at midnight of the hall's wall */
        k->offset = (int64_t)(date_to_days(event->day_opened->date) + 1) * WORKTIME_DAY_MS - event->day_opened->end_at;
    return false;
}

/* ---- definitions */

const Halld__Flow *known_flow(const struct known *k, const char *name, uint32_t version)
{
    for (size_t i = k->n_flows; i-- > 0;)
        if (k->flows[i]->version == version && strcmp(k->flows[i]->name, name) == 0)
            return k->flows[i];
    return NULL;
}

bool known_is_end(const Halld__Flow *flow, const char *state)
{
    for (size_t i = 0; flow && i < flow->n_states; i++)
        if (strcmp(flow->states[i]->name, state) == 0)
            return flow->states[i]->end;
    return false;
}

int known_type(const Halld__Flow *flow, const char *field)
{
    for (size_t i = 0; flow && i < flow->n_fields; i++)
        if (strcmp(flow->fields[i]->name, field) == 0)
            return flow_type_find(flow->fields[i]->type, strlen(flow->fields[i]->type));
    return -1;
}

bool known_is_first(const Halld__Flow *flow, const char *field)
{
    int type = known_type(flow, field);
    for (size_t i = 0; flow && i < flow->n_fields; i++) {
        const Halld__Field *f = flow->fields[i];
        if (f->most == 0 && flow_type_find(f->type, strlen(f->type)) == type)
            return strcmp(f->name, field) == 0;
    }
    return false;
}

bool known_is_narrow(const Halld__Flow *flow, const char *field)
{
    for (size_t i = 0; flow && i < flow->n_fields; i++)
        if (strcmp(flow->fields[i]->name, field) == 0)
            return flow->fields[i]->n_read > 0;
    return false;
}

/* ---- working time */

static const struct worktime *worktime_of(struct known *k)
{
    if (!k->worktime)
        k->worktime = worktime_new(k->hours);
    return k->worktime;
}

int64_t known_open_ms(struct known *k, const struct known_span *s)
{
    const struct worktime *w = worktime_of(k);
    int64_t from = s->start, ran = 0;
    for (size_t i = 0; i < s->n_pauses && s->pauses[i].from < s->stop; i++) {
        if (s->pauses[i].from > from)
            ran += worktime_open_between(w, from + k->offset, s->pauses[i].from + k->offset);
        from = s->pauses[i].to < s->stop ? s->pauses[i].to : s->stop;
    }
    return s->stop > from ? ran + worktime_open_between(w, from + k->offset, s->stop + k->offset) : ran;
}

static bool was_held_at(const struct known_span *s, int64_t at)
{
    for (size_t i = 0; i < s->n_pauses; i++)
        if (s->pauses[i].from < at && at <= s->pauses[i].to)
            return true;
    return false;
}

int64_t known_days(struct known *k, const struct known_span *s)
{
    const struct worktime *w = worktime_of(k);
    int32_t first = date_to_days(worktime_date(s->start + k->offset));
    int32_t last = date_to_days(worktime_date(s->stop + k->offset));
    int64_t n = 0;
    for (int32_t day = first + 1; day <= last; day++) {
        int32_t date = date_from_days(day);
        n += worktime_is_working(w, date) && !was_held_at(s, worktime_closing(w, date) - k->offset);
    }
    return n;
}
