#include "view/matter_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "view/build.h"

/* One value being put into words. */
struct saying {
    const struct looker *looker;
    const struct matter *matter;
    const struct field *field;
    const char *text; /* of the types that are texts; else NULL */
    int64_t number;
    char *value, *zh, *en; /* owned; en NULL: as zh */
    bool gone;
};

static const struct setup *setup_of(const struct looker *l)
{
    return hall_setup(l->asker.hall);
}

static void name_both(struct saying *s, const char *zh, const char *en)
{
    s->zh = alloc_text(zh);
    s->en = alloc_text(en && *en ? en : zh);
}

/* A code of a table, with the row's names; NULL: the row is gone. */
static void name_code(struct saying *s, const char *zh, const char *en)
{
    s->value = alloc_text(s->text);
    if (zh && *zh)
        name_both(s, zh, en);
    else
        name_both(s, s->text, NULL);
}

static char *open_words(const struct looker *l, const struct matter *m, const struct field *field, const char *value)
{
    return l->words.open ? l->words.open(l->words.arg, m->id, field, value) : NULL;
}

/* ---- each type */

static void say_gone(struct saying *s)
{
    s->gone = true;
    s->value = alloc_text("");
    name_both(s, "（已删除）", "(erased)");
}

static void say_text(struct saying *s)
{
    char *words = open_words(s->looker, s->matter, s->field, s->text);
    if (!words) {
        say_gone(s);
        return;
    }
    s->value = words;
    name_both(s, words, NULL);
}

/* Of a person only the masked name is ever shown: the keyed hash is nobody's business. */
static void say_person(struct saying *s)
{
    char *words = open_words(s->looker, s->matter, s->field, s->text);
    if (!words) {
        say_gone(s);
        return;
    }
    s->value = alloc_text("");
    name_both(s, *words ? words : "（未留姓名）", *words ? words : "(no name given)");
    free(words);
}

static void say_number(struct saying *s)
{
    s->value = alloc_format("%lld", (long long)s->number);
    name_both(s, s->value, NULL);
}

static void say_money(struct saying *s)
{
    s->value = alloc_format("%lld", (long long)s->number);
    long long yuan = s->number / 100, fen = s->number % 100;
    const char *sign = s->number < 0 ? "-" : "";
    s->zh = alloc_format("%s%lld.%02lld 元", sign, yuan < 0 ? -yuan : yuan, fen < 0 ? -fen : fen);
    s->en = alloc_format("%s¥%lld.%02lld", sign, yuan < 0 ? -yuan : yuan, fen < 0 ? -fen : fen);
}

static void say_bool(struct saying *s)
{
    s->value = alloc_text(s->number ? "true" : "false");
    name_both(s, s->number ? "是" : "否", s->number ? "yes" : "no");
}

static void say_date(struct saying *s)
{
    char text[11];
    date_to_text((int32_t)s->number, text);
    s->value = alloc_text(text);
    name_both(s, text, NULL);
}

static void say_choice(struct saying *s)
{
    const Halld__Field *f = s->field->f;
    s->value = alloc_text(s->text);
    for (size_t i = 0; i < f->n_values && !s->zh; i++)
        if (strcmp(f->values[i]->name, s->text) == 0)
            name_both(s, f->values[i]->zh, f->values[i]->en);
    if (!s->zh)
        name_both(s, s->text, NULL);
}

char *matter_staff_name(const struct hall *h, const char *user)
{
    const Halld__User *u = setup_user_find(hall_setup(h), user);
    return alloc_text(u && *u->display ? u->display : user);
}

static void say_staff(struct saying *s)
{
    char *name = matter_staff_name(s->looker->asker.hall, s->text);
    name_code(s, name, NULL);
    free(name);
}

static void say_department(struct saying *s)
{
    const Halld__Group *g = setup_group_find(setup_of(s->looker), s->text);
    name_code(s, g ? g->name : NULL, g ? g->name_en : NULL);
}

static void say_window(struct saying *s)
{
    const Halld__Window *w = setup_window_find(setup_of(s->looker), (int)strtol(s->text, NULL, 10));
    name_code(s, w ? w->name : NULL, w ? w->name_en : NULL);
}

static void say_item(struct saying *s)
{
    const Halld__Item *i = setup_item_find(setup_of(s->looker), s->text);
    name_code(s, i ? i->name : NULL, i ? i->name_en : NULL);
}

static const Halld__Material *find_in(const Halld__Item *item, const char *code)
{
    for (size_t i = 0; item && i < item->n_materials; i++)
        if (strcmp(item->materials[i]->material, code) == 0)
            return item->materials[i];
    return NULL;
}

/* As the matter's own item calls it, else as the first item that knows it. */
static void say_material(struct saying *s)
{
    const struct setup *setup = setup_of(s->looker);
    const struct value *item = matter_value(s->matter, s->matter->def->item);
    const Halld__Material *found = item->n ? find_in(setup_item_find(setup, item->texts[0]), s->text) : NULL;
    const Halld__Settings *t = setup_settings(setup);
    for (size_t i = 0; i < t->n_items && !found; i++)
        found = find_in(t->items[i], s->text);
    name_code(s, found ? found->name : NULL, found ? found->name_en : NULL);
}

char *matter_ticket_number(const struct looker *l, const char *ticket)
{
    uint64_t id = strtoull(ticket, NULL, 10);
    const struct ticket *t = queue_ticket_find(hall_queue(l->asker.hall), id);
    if (t)
        return alloc_text(t->number);
    return l->words.ticket ? l->words.ticket(l->words.arg, id) : NULL;
}

static void say_ticket(struct saying *s)
{
    char *number = matter_ticket_number(s->looker, s->text);
    name_code(s, number, NULL);
    free(number);
}

static void say_matter(struct saying *s)
{
    const struct matter *m = flow_matter(hall_flow(s->looker->asker.hall), (uint64_t)s->number);
    s->value = alloc_format("%lld", (long long)s->number);
    s->zh = alloc_format("%s %lld 号", m ? m->def->flow->zh : "", (long long)s->number);
    s->en = alloc_format("%s no. %lld", m ? m->def->flow->en : "", (long long)s->number);
}

/* By the first digits of its name: enough to tell one from another in a matter. */
static void say_file(struct saying *s)
{
    s->value = alloc_text(s->text);
    s->zh = alloc_format("附件 %.4s", s->text);
    s->en = alloc_format("file %.4s", s->text);
}

static void (*const types[FLOW_TYPES])(struct saying *s) = {
    [FLOW_TEXT] = say_text,         [FLOW_NUMBER] = say_number,
    [FLOW_MONEY] = say_money,       [FLOW_BOOL] = say_bool,
    [FLOW_DATE] = say_date,         [FLOW_CHOICE] = say_choice,
    [FLOW_PERSON] = say_person,     [FLOW_PHONE] = say_text,
    [FLOW_STAFF] = say_staff,       [FLOW_DEPARTMENT] = say_department,
    [FLOW_WINDOW] = say_window,     [FLOW_ITEM] = say_item,
    [FLOW_MATERIAL] = say_material, [FLOW_TICKET] = say_ticket,
    [FLOW_MATTER] = say_matter,     [FLOW_FILE] = say_file,
};

/* ---- fields */

static struct saying say(const struct looker *l, const struct matter *m, int field, const char *text, int64_t number)
{
    struct saying s = {.looker = l, .matter = m, .field = &m->def->fields[field], .text = text, .number = number};
    types[s.field->type](&s);
    return s;
}

bool matter_field_shows(const struct looker *l, const struct matter *m, int field)
{
    if (l->asker.person && m->def->fields[field].type == FLOW_STAFF)
        return false;
    return matters_may_read(&l->asker, m) && matters_may_read_field(&l->asker, m, field);
}

static Halld__FieldView *field_new(const struct looker *l, const struct matter *m, int field, const struct value *v)
{
    const struct field *d = &m->def->fields[field];
    Halld__FieldView *view = MESSAGE_NEW(Halld__FieldView, &halld__field_view__descriptor);
    build_set(&view->field, d->f->name);
    build_set(&view->zh, d->f->zh);
    build_set(&view->en, d->f->en);
    build_set(&view->type, d->f->type);
    view->list = d->f->most > 0;
    view->masked = d->type == FLOW_PHONE;
    view->values = build_array(v->n, sizeof *view->values);
    for (size_t k = 0; k < v->n; k++) {
        struct saying s = say(l, m, field, v->texts ? v->texts[k] : NULL, v->numbers ? v->numbers[k] : 0);
        Halld__ValueView *one = MESSAGE_NEW(Halld__ValueView, &halld__value_view__descriptor);
        one->value = s.value;
        one->zh = s.zh;
        one->en = s.en;
        view->values[view->n_values++] = one;
        view->erased |= s.gone;
    }
    return view;
}

Halld__FieldView *matter_field_new(const struct looker *l, const struct matter *m, int field)
{
    return field_new(l, m, field, matter_value(m, field));
}

Halld__FieldView *matter_field_new_of(const struct looker *l, const struct matter *m, const Halld__FieldValue *value)
{
    int field = definition_field(m->def, value->field);
    if (field < 0)
        return NULL;
    struct value v = value_from_message(value);
    Halld__FieldView *view = field_new(l, m, field, &v);
    value_fini(&v);
    return view;
}

void matter_value_words(const struct looker *l, const struct matter *m, int field, size_t k, char **ret_zh,
                        char **ret_en)
{
    const struct value *v = matter_value(m, field);
    struct saying s = say(l, m, field, v->texts ? v->texts[k] : NULL, v->numbers ? v->numbers[k] : 0);
    free(s.value);
    *ret_zh = s.zh;
    *ret_en = s.en;
}

const char *matter_value_code(const struct matter *m, int field)
{
    return matter_value(m, field)->texts && matter_value(m, field)->n ? matter_value(m, field)->texts[0] : "";
}

int matter_field_first(const struct looker *l, const struct matter *m, enum flow_type type)
{
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        if (m->def->fields[i].type == type && matter_value(m, i)->n && matter_field_shows(l, m, (int)i))
            return (int)i;
    return -1;
}

char *matter_text_open(const struct looker *l, const struct matter *m, int field, size_t k)
{
    return open_words(l, m, &m->def->fields[field], matter_value(m, field)->texts[k]);
}
