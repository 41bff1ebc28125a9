#include "view/timeline_join.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/setup.h"
#include "view/build.h"

static void replace(char **field, const char *text)
{
    if (*field != protobuf_c_empty_string)
        free(*field);
    build_set(field, text);
}

/* What concerns the person: the steps, and until when the next is due. */
static bool is_for_holder(const Halld__TimelineLine *line)
{
    static const char *const kinds[] = {"moved", "clock_started", "clock_moved", "erased"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], line->kind) == 0)
            return true;
    return false;
}

/* Of somebody of the staff only that it was one. */
static void hide_names(Halld__TimelineLine *line)
{
    const char *colon = strchr(line->actor, ':');
    if (colon)
        replace(&line->actor, "staff");
    replace(&line->duty, "");
    line->window = 0;
}

static void name_actor(const struct looker *l, Halld__TimelineLine *line)
{
    static const char user[] = "user:";
    if (strncmp(line->actor, user, sizeof user - 1) == 0)
        line->actor_name = matter_staff_name(l->asker.hall, line->actor + sizeof user - 1);
}

static void set_values(const struct looker *l, const struct matter *m, const struct timeline_line *from)
{
    Halld__TimelineLine *line = from->line;
    line->fields = build_array(from->n_values, sizeof *line->fields);
    for (size_t i = 0; i < from->n_values; i++) {
        int field = definition_field(m->def, from->values[i]->field);
        if (field >= 0 && matter_field_shows(l, m, field))
            line->fields[line->n_fields++] = matter_field_new_of(l, m, from->values[i]);
    }
}

/* An erased field is not among the values any more, but people should know that it was there. */
static void note_erased(Halld__MatterView *v, const struct looker *l, const struct matter *m, const char *name)
{
    int field = definition_field(m->def, name);
    if (field < 0 || matter_value(m, field)->n || !matter_field_shows(l, m, field))
        return;
    Halld__FieldView *f = matter_field_new(l, m, field);
    f->erased = true;
    v->fields = alloc_grow(v->fields, v->n_fields + 1, sizeof *v->fields);
    v->fields[v->n_fields++] = f;
}

void matter_view_set_timeline(Halld__MatterView *v, const struct looker *l, const struct matter *m, struct timeline *t)
{
    v->timeline = build_array(t->n, sizeof *v->timeline);
    v->as_of_seq = t->as_of_seq;
    if (t->n && !l->asker.person)
        replace(&v->duty, t->lines[0].line->duty);
    for (size_t i = 0; i < t->n; i++) {
        Halld__TimelineLine *line = t->lines[i].line;
        if (l->asker.person && !is_for_holder(line))
            continue;
        set_values(l, m, &t->lines[i]);
        if (l->asker.person)
            hide_names(line);
        else
            name_actor(l, line);
        if (strcmp(line->kind, "erased") == 0)
            note_erased(v, l, m, line->what);
        v->timeline[v->n_timeline++] = line;
        t->lines[i].line = NULL;
    }
}
