#include "net/acks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct ack {
    char *alarm, *who;
    int64_t at;
};

struct acks {
    struct ack *rows;
    size_t n;
};

struct acks *acks_new(void)
{
    return alloc_zero(sizeof(struct acks));
}

static void ack_fini(struct ack *row)
{
    free(row->alarm);
    free(row->who);
}

void acks_free(struct acks *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->n; i++)
        ack_fini(&a->rows[i]);
    free(a->rows);
    free(a);
}

static Halld__AlarmView *find_alarm(const Halld__AlarmList *l, const char *name)
{
    for (size_t i = 0; i < l->n_alarms; i++)
        if (strcmp(l->alarms[i]->alarm, name) == 0)
            return l->alarms[i];
    return NULL;
}

void acks_put(struct acks *a, const char *alarm, const char *who, int64_t at)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->rows[i].alarm, alarm) == 0)
            return; /* somebody was faster */
    a->rows = alloc_grow(a->rows, a->n + 1, sizeof *a->rows);
    a->rows[a->n++] = (struct ack){alloc_text(alarm), alloc_text(who), at};
}

static void tell(const struct ack *row, Halld__AlarmView *v)
{
    if (v->has_acknowledged_case)
        return;
    v->has_acknowledged_case = HALLD__ALARM_VIEW__HAS_ACKNOWLEDGED_ACKNOWLEDGED_BY;
    v->acknowledged_by = alloc_text(row->who);
    v->has_acknowledged_at_case = HALLD__ALARM_VIEW__HAS_ACKNOWLEDGED_AT_ACKNOWLEDGED_AT;
    v->acknowledged_at = row->at;
}

/* It may have ended and begun anew while nobody looked. */
static bool is_the_same(const Halld__AlarmView *v, const struct ack *row)
{
    return v && v->since_at <= row->at;
}

void acks_tell(struct acks *a, Halld__AlarmList *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->n; i++) {
        Halld__AlarmView *v = find_alarm(l, a->rows[i].alarm);
        v = is_the_same(v, &a->rows[i]) ? v : NULL;
        if (v)
            tell(&a->rows[i], v);
        if (v)
            a->rows[kept++] = a->rows[i];
        else
            ack_fini(&a->rows[i]);
    }
    a->n = kept;
}
