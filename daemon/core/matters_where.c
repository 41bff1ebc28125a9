#include "core/matters_where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/queue/steps.h"

static bool works_anywhere(const struct decision *d)
{
    return d->turn->role == HALLD__ROLE__E__desk || d->turn->role == HALLD__ROLE__E__manager ||
           d->turn->role == HALLD__ROLE__E__admin;
}

int where_check(struct decision *d, int window)
{
    struct window *w;
    if (window == 0)
        return 0;
    if (!works_anywhere(d))
        return steps_window(d, window, &w);
    return setup_window_find(d->hall->setup, window) ? 0
                                                     : refuse_number(d->refusal, HALL_E_NO_WINDOW, "window", window);
}

/* The ticket at the window; of a ticket's link, which acts under its number, that ticket. */
static const struct ticket *ticket_there(const struct decision *d, int window)
{
    const Halld__Actor *a = d->turn->actor;
    if (window > 0) {
        const struct window *w = queue_window_find(d->hall->queue, window);
        return w ? w->ticket : NULL;
    }
    bool is_number = *a->id && strspn(a->id, "0123456789") == strlen(a->id) && strlen(a->id) < 20;
    if (a->kind != HALLD__ACTOR_KIND__E__link || !is_number)
        return NULL;
    return queue_ticket_find(d->hall->queue, strtoull(a->id, NULL, 10));
}

static bool is_all(const Halld__FieldValue *v, unsigned long long number)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", number);
    for (size_t i = 0; i < v->n_texts; i++)
        if (number == 0 || strcmp(v->texts[i], text) != 0)
            return false;
    return true;
}

int where_check_given(struct decision *d, const struct definition *def, const char *transition, size_t n,
                      Halld__FieldValue *const *fields)
{
    if (d->turn->actor->kind != HALLD__ACTOR_KIND__E__link || !def)
        return 0;
    const struct ticket *own = ticket_there(d, 0);
    for (size_t i = 0; i < n; i++) {
        int field = definition_field(def, fields[i]->field);
        enum flow_type type = field < 0 ? FLOW_TYPES : def->fields[field].type;
        if ((type == FLOW_TICKET && !is_all(fields[i], own ? own->id : 0)) ||
            (type == FLOW_WINDOW && !is_all(fields[i], own ? (unsigned long long)own->window : 0)) ||
            (type == FLOW_STAFF && fields[i]->n_texts))
            return refuse(d->refusal, HALL_E_FIELD_NOT_ALLOWED, fields[i]->field, transition);
    }
    return 0;
}

static bool is_given(const struct where *w, const char *field)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->fields[i]->field, field) == 0)
            return true;
    return false;
}

/* The first field of the type that the transition takes, unless it is given. */
static void add(struct where *w, const struct definition *d, const struct transition *t, enum flow_type type,
                size_t slot, const char *text)
{
    for (size_t i = 0; i < d->flow->n_fields; i++) {
        const Halld__Field *f = d->flow->fields[i];
        if (d->fields[i].type != type || !((t->need | t->may) & DEFINITION_BIT(i)))
            continue;
        if (f->most || is_given(w, f->name))
            return;
        Halld__FieldValue *own = &w->own[slot];
        halld__field_value__init(own);
        w->texts[slot] = alloc_text(text);
        own->field = f->name;
        own->n_texts = 1;
        own->texts = &w->texts[slot];
        w->fields[w->n++] = own;
        return;
    }
}

void where_init(struct where *w, struct decision *d, const Halld__OpenMatter *c)
{
    const struct definition *def = flow_definition(d->hall->flow, c->flow);
    int transition = def ? definition_transition(def, c->transition) : -1;
    const struct ticket *ticket = ticket_there(d, c->window);
    *w = (struct where){.n = c->n_fields, .fields = alloc_zero((c->n_fields + WHERE_FIELDS) * sizeof *w->fields)};
    for (size_t i = 0; i < c->n_fields; i++)
        w->fields[i] = c->fields[i];
    if (transition < 0)
        return;
    const struct transition *t = &def->transitions[transition];
    int window = c->window ? c->window : ticket ? ticket->window : 0;
    char *number = alloc_format("%d", window), *id = alloc_format("%llu", ticket ? (unsigned long long)ticket->id : 0);
    if (window)
        add(w, def, t, FLOW_WINDOW, 0, number);
    if (ticket) {
        add(w, def, t, FLOW_TICKET, 1, id);
        if (setup_item_find(d->hall->setup, ticket->item))
            add(w, def, t, FLOW_ITEM, 2, ticket->item);
    }
    free(number);
    free(id);
}

void where_fini(struct where *w)
{
    for (size_t i = 0; i < WHERE_FIELDS; i++)
        free(w->texts[i]);
    free(w->fields);
}
