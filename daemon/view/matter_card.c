#include "view/matter_card.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/setup.h"
#include "view/build.h"

enum { TITLE_CHARACTERS = 80 };

/* The first line's beginning, cut between characters. */
static void cut_title(char *text)
{
    int n = 0;
    text[strcspn(text, "\r\n")] = '\0';
    for (char *at = text; *at; at++) {
        if (((unsigned char)*at & 0xC0) == 0x80 || n++ < TITLE_CHARACTERS)
            continue;
        *at = '\0';
        return;
    }
}

static void set_title(Halld__MatterCard *v, const struct looker *l, const struct matter *m)
{
    int field = matter_field_first(l, m, FLOW_TEXT);
    char *text = field >= 0 ? matter_text_open(l, m, field, 0) : NULL;
    if (!text)
        return;
    cut_title(text);
    build_set(&v->title, text);
    free(text);
}

/* The words of the first field of the type, and its code. */
static void set_first(const struct looker *l, const struct matter *m, enum flow_type type, char **code, char **zh,
                      char **en)
{
    int field = matter_field_first(l, m, type);
    char *words_zh, *words_en;
    if (field < 0)
        return;
    matter_value_words(l, m, field, 0, &words_zh, &words_en);
    if (code)
        build_set(code, matter_value_code(m, field));
    if (zh)
        build_set(zh, words_zh);
    if (en)
        build_set(en, words_en);
    free(words_zh);
    free(words_en);
}

static void set_item(Halld__MatterCard *v, const struct looker *l, const struct matter *m)
{
    int item = m->def->item;
    if (item < 0 || !matter_value(m, item)->n || !matter_field_shows(l, m, item)) {
        set_first(l, m, FLOW_ITEM, &v->item, &v->item_name, NULL);
        return;
    }
    char *zh, *en;
    matter_value_words(l, m, item, 0, &zh, &en);
    build_set(&v->item, matter_value_code(m, item));
    build_set(&v->item_name, zh);
    free(zh);
    free(en);
}

static void set_number(Halld__MatterCard *v, const struct looker *l, const struct matter *m)
{
    int field = matter_field_first(l, m, FLOW_TICKET);
    char *number = field >= 0 ? matter_ticket_number(l, matter_value_code(m, field)) : NULL;
    if (number)
        build_set(&v->number, number);
    free(number);
}

static void set_fields(Halld__MatterCard *v, const struct looker *l, const struct matter *m)
{
    set_title(v, l, m);
    set_first(l, m, FLOW_PERSON, NULL, &v->person, NULL);
    set_number(v, l, m);
    set_item(v, l, m);
    set_first(l, m, FLOW_DEPARTMENT, &v->department, &v->department_name, NULL);
    set_first(l, m, FLOW_WINDOW, &v->window, NULL, NULL);
    set_first(l, m, FLOW_CHOICE, NULL, &v->cause, &v->cause_en);
}

static void set_level(Halld__MatterCard *v, const struct matter *m)
{
    const Halld__Flow *flow = m->def->flow;
    v->level = (uint32_t)m->level;
    v->levels = (uint32_t)flow->n_levels;
    if (flow->n_levels)
        build_set(&v->level_role, flow->levels[m->level - 1]);
}

bool matter_is_mine(const struct looker *l, const struct matter *m)
{
    return !m->ended && matters_waits_for(&l->asker, m);
}

Halld__MatterCard *matter_card_new(const struct looker *l, const struct matter *m)
{
    const Halld__Flow *flow = m->def->flow;
    const struct run *next = matter_next_run(m);
    Halld__MatterCard *v = MESSAGE_NEW(Halld__MatterCard, &halld__matter_card__descriptor);
    v->matter = m->id;
    build_set(&v->flow, flow->name);
    v->version = flow->version;
    build_set(&v->flow_zh, flow->zh);
    build_set(&v->flow_en, flow->en);
    build_set(&v->state, matter_state_name(m));
    build_set(&v->state_zh, flow->states[m->state]->zh);
    build_set(&v->state_en, flow->states[m->state]->en);
    v->ended = m->ended != 0;
    set_fields(v, l, m);
    set_level(v, m);
    build_set(&v->color, matter_color_name(matter_color(m)));
    if (next)
        v->clock = matter_clock_new(l->asker.hall, m, next, l->asker.now);
    v->opened_at = m->opened_at;
    v->changed_at = m->changed_at;
    v->revision = m->revision;
    v->mine = matter_is_mine(l, m);
    return v;
}
