#include "net/beats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/equipment.h"

struct beat {
    char *device;
    char page[BEATS_PAGE];
    int64_t mono_ms, hall_ms;
};

struct beats {
    int64_t silent_ms;
    struct beat start; /* whoever has not been heard of since is silent since then */
    struct beat *rows;
    size_t n;
};

struct beats *beats_new(int64_t silent_ms, int64_t mono_ms, int64_t hall_ms)
{
    struct beats *b = alloc_zero(sizeof *b);
    b->silent_ms = silent_ms;
    b->start.mono_ms = mono_ms;
    b->start.hall_ms = hall_ms;
    return b;
}

void beats_free(struct beats *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n; i++)
        free(b->rows[i].device);
    free(b->rows);
    free(b);
}

static struct beat *find(const struct beats *b, const char *device)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->rows[i].device, device) == 0)
            return &b->rows[i];
    return NULL;
}

void beats_hear(struct beats *b, const char *device, const char *page, int64_t mono_ms, int64_t hall_ms)
{
    struct beat *row = find(b, device);
    if (!row) { /* devices of the settings only, so there are no more of them than rows there */
        b->rows = alloc_grow(b->rows, b->n + 1, sizeof *b->rows);
        row = &b->rows[b->n++];
        *row = (struct beat){.device = alloc_text(device)};
    }
    row->mono_ms = mono_ms;
    row->hall_ms = hall_ms;
    if (*page)
        snprintf(row->page, sizeof row->page, "%s", page);
}

static void tell_equipment(const struct equipment *e, Halld__DeviceView *v)
{
    if (e->printer != HALLD__PRINTER__E__unset) {
        v->has_printer_case = HALLD__DEVICE_VIEW__HAS_PRINTER_PRINTER;
        v->printer = e->printer;
        v->has_printer_since_case = HALLD__DEVICE_VIEW__HAS_PRINTER_SINCE_PRINTER_AT;
        v->printer_at = e->printer_at;
    }
    if (e->help_at) {
        v->has_help_case = HALLD__DEVICE_VIEW__HAS_HELP_HELP_AT;
        v->help_at = e->help_at;
    }
}

void beats_tell(const struct beats *b, const struct hall *h, Halld__DeviceView *v)
{
    const struct equipment *e = equipment_find(h, v->name);
    struct beat *row = find(b, v->name);
    if (e)
        tell_equipment(e, v);
    if (!row)
        return;
    v->has_heard_case = HALLD__DEVICE_VIEW__HAS_HEARD_HEARD_AT;
    v->heard_at = row->hall_ms;
    if (row->page[0]) {
        v->has_page_case = HALLD__DEVICE_VIEW__HAS_PAGE_PAGE;
        v->page = row->page;
    }
}

struct silent_device *beats_silent(const struct beats *b, const struct hall *h, int64_t mono_ms, size_t *ret_n)
{
    struct silent_device *silent = alloc_zero((equipment_count(h) + 1) * sizeof *silent);
    size_t n = 0;
    for (size_t i = 0; i < equipment_count(h); i++) {
        const char *device = equipment_at(h, i)->device;
        const struct beat *row = find(b, device), *last = row ? row : &b->start;
        if (mono_ms - last->mono_ms >= b->silent_ms)
            silent[n++] = (struct silent_device){device, last->hall_ms};
    }
    *ret_n = n;
    return silent;
}
