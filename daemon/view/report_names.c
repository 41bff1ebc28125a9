#include "view/report_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/flow/words.h"
#include "view/build.h"

/* The i-th newest version of the flow, or NULL. */
static const Halld__Flow *version_at(const struct report_names *n, size_t i)
{
    for (size_t k = reports_flow_count(n->reports); k-- > 0;) {
        const Halld__Flow *f = reports_flow_at(n->reports, k);
        if (strcmp(f->name, n->flow) == 0 && i-- == 0)
            return f;
    }
    return NULL;
}

const Halld__Flow *report_names_newest(const struct report_names *n)
{
    return version_at(n, 0);
}

static void name_both(char **ret_zh, char **ret_en, const char *zh, const char *en)
{
    build_set(ret_zh, zh);
    build_set(ret_en, en && *en ? en : zh);
}

void report_name_flow(const struct report_names *n, char **zh, char **en)
{
    const Halld__Flow *f = version_at(n, 0);
    name_both(zh, en, f ? f->zh : n->flow, f ? f->en : n->flow);
}

#define NAME(noun, rows)                                                                          \
    void report_name_##noun(const struct report_names *n, const char *name, char **zh, char **en) \
    {                                                                                             \
        const Halld__Flow *f;                                                                     \
        for (size_t v = 0; (f = version_at(n, v)); v++)                                           \
            for (size_t i = 0; i < f->n_##rows; i++)                                              \
                if (strcmp(f->rows[i]->name, name) == 0) {                                        \
                    name_both(zh, en, f->rows[i]->zh, f->rows[i]->en);                            \
                    return;                                                                       \
                }                                                                                 \
        name_both(zh, en, name, name);                                                            \
    }
NAME(state, states)
NAME(transition, transitions)
NAME(clock, clocks)
NAME(field, fields)

/* ---- values */

typedef bool namer(const struct setup *s, const char *value, char **zh, char **en);

static bool name_department(const struct setup *s, const char *value, char **zh, char **en)
{
    const Halld__Group *g = setup_group_find(s, value);
    if (g)
        name_both(zh, en, g->name, g->name_en);
    return g != NULL;
}

static bool name_item(const struct setup *s, const char *value, char **zh, char **en)
{
    const Halld__Item *i = setup_item_find(s, value);
    if (i)
        name_both(zh, en, i->name, i->name_en);
    return i != NULL;
}

static bool name_window(const struct setup *s, const char *value, char **zh, char **en)
{
    const Halld__Window *w = setup_window_find(s, (int)strtol(value, NULL, 10));
    if (w)
        name_both(zh, en, w->name, w->name_en);
    return w != NULL;
}

static bool name_material(const struct setup *s, const char *value, char **zh, char **en)
{
    const Halld__Settings *t = setup_settings(s);
    for (size_t i = 0; i < t->n_items; i++)
        for (size_t k = 0; k < t->items[i]->n_materials; k++)
            if (strcmp(t->items[i]->materials[k]->material, value) == 0) {
                name_both(zh, en, t->items[i]->materials[k]->name, t->items[i]->materials[k]->name_en);
                return true;
            }
    return false;
}

static const struct {
    enum flow_type type;
    namer *name;
} NAMERS[] = {{FLOW_DEPARTMENT, name_department},
              {FLOW_ITEM, name_item},
              {FLOW_WINDOW, name_window},
              {FLOW_MATERIAL, name_material}};

static bool name_choice(const Halld__Field *f, const char *value, char **zh, char **en)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (strcmp(f->values[i]->name, value) == 0) {
            name_both(zh, en, f->values[i]->zh, f->values[i]->en);
            return true;
        }
    if (strcmp(f->type, "bool") != 0)
        return false;
    name_both(zh, en, strcmp(value, "true") == 0 ? "是" : "否", strcmp(value, "true") == 0 ? "Yes" : "No");
    return true;
}

static const Halld__Field *field_of(const struct report_names *n, const char *field)
{
    const Halld__Flow *f;
    for (size_t v = 0; (f = version_at(n, v)); v++)
        for (size_t i = 0; i < f->n_fields; i++)
            if (strcmp(f->fields[i]->name, field) == 0)
                return f->fields[i];
    return NULL;
}

static bool name_special(const char *field, const char *value, char **zh, char **en)
{
    if (strcmp(field, "month") == 0 && strlen(value) == 6) {
        *zh = alloc_format("%.4s-%s", value, value + 4);
        *en = alloc_text(*zh);
        return true;
    }
    if (strcmp(field, "level") != 0)
        return false;
    *zh = alloc_format("第 %s 级", value);
    *en = alloc_format("Level %s", value);
    return true;
}

/* A field's type: by its name for those that every flow has, else the definition's. */
static int type_of(const char *field, const Halld__Field *f)
{
    int type = flow_type_find(field, strlen(field));
    return type >= 0 || !f ? type : flow_type_find(f->type, strlen(f->type));
}

void report_name_value(const struct report_names *n, const char *field, const char *value, char **zh, char **en)
{
    const Halld__Field *f = field_of(n, field);
    int type = type_of(field, f);
    if (!*field || !*value) {
        name_both(zh, en, *field ? "（无）" : "全部", *field ? "(none)" : "All");
        return;
    }
    if (name_special(field, value, zh, en) || (f && name_choice(f, value, zh, en)))
        return;
    for (size_t i = 0; n->setup && i < sizeof NAMERS / sizeof *NAMERS; i++)
        if ((int)NAMERS[i].type == type && NAMERS[i].name(n->setup, value, zh, en))
            return;
    if (strcmp(field, "state") == 0)
        report_name_state(n, value, zh, en);
    else
        name_both(zh, en, value, value);
}
