/* Settings change only here: one event with the rows that were put and those that went. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/decision.h"

/* Does an open ticket or an open window still need the row? */
static bool ticket_needs(const struct ticket *t, const Halld__SettingRef *ref)
{
    if (ticket_is_over(t))
        return false;
    if (strcmp(ref->table, "queues") == 0)
        return strcmp(t->queue, ref->key) == 0;
    if (strcmp(ref->table, "groups") == 0)
        return strcmp(t->group, ref->key) == 0;
    if (strcmp(ref->table, "items") == 0)
        return strcmp(t->item, ref->key) == 0;
    if (strcmp(ref->table, "classes") == 0)
        return strcmp(t->class_name, ref->key) == 0;
    return false;
}

static bool window_needs(const struct window *w, const Halld__SettingRef *ref)
{
    if (w->state == HALLD__WINDOW_STATE__E__closed)
        return false;
    if (strcmp(ref->table, "windows") == 0)
        return w->window == strtol(ref->key, NULL, 10);
    if (strcmp(ref->table, "users") == 0)
        return w->clerk && w->clerk->kind == HALLD__ACTOR_KIND__E__user && strcmp(w->clerk->id, ref->key) == 0;
    return false;
}

static bool in_use(const struct queue *q, const Halld__SettingRef *ref)
{
    for (size_t i = 0; i < q->n_tickets; i++)
        if (ticket_needs(q->tickets[i], ref))
            return true;
    for (size_t i = 0; i < q->n_windows; i++)
        if (window_needs(q->windows[i], ref))
            return true;
    return false;
}

static Halld__SettingRef **copy_refs(size_t n, Halld__SettingRef *const *from)
{
    Halld__SettingRef **to = alloc_zero((n ? n : 1) * sizeof *to);
    for (size_t i = 0; i < n; i++)
        to[i] = (Halld__SettingRef *)message_clone(&from[i]->base);
    return to;
}

/* Does the change touch when the hall is open? */
static bool changes_hours(const Halld__SettingsChanged *c)
{
    bool changes = c->put && (c->put->n_hours || c->put->n_special || c->put->n_calendars);
    for (size_t i = 0; i < c->n_remove; i++)
        changes |= strcmp(c->remove[i]->table, "hours") == 0 || strcmp(c->remove[i]->table, "special") == 0 ||
                   strcmp(c->remove[i]->table, "calendars") == 0;
    return changes;
}

int settings_decide_put(struct decision *d)
{
    const Halld__PutSettings *c = d->command->put_settings;
    int code = setup_check(d->hall->setup, c->put, c->n_remove, c->remove, d->refusal);
    if (code)
        return code;
    for (size_t i = 0; i < c->n_remove; i++)
        if (in_use(d->hall->queue, c->remove[i]))
            return refuse(d->refusal, HALL_E_IN_USE, c->remove[i]->table, c->remove[i]->key);
    if (!c->n_remove && (!c->put || protobuf_c_message_get_packed_size(&c->put->base) == 0))
        return 0;
    Halld__SettingsChanged *b = decision_begin(d, HALLD__EVENT__BODY_SETTINGS_CHANGED);
    if (c->put)
        b->put = (Halld__Settings *)message_clone(&c->put->base);
    b->n_remove = c->n_remove;
    b->remove = copy_refs(c->n_remove, c->remove);
    decision_make(d);
    matters_catch_up(d);
    return 0;
}

void settings_apply_changed(struct hall *h, const Halld__Event *event)
{
    const Halld__SettingsChanged *b = event->settings_changed;
    struct setup *next = setup_change(h->setup, b->put, b->n_remove, b->remove);
    setup_free(h->setup);
    h->setup = next;
    if (changes_hours(b))
        flow_mark_stale(h->flow);
    queue_reindex(h->queue, next);
    equipment_forget_removed(h);
}
