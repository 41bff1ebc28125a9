#include "net/inbox.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "view/matter_card.h"

/* Beyond so many changes between two flushes nobody is told each. */
enum { CHANGES_MOST = 128 };

struct change {
    uint64_t matter;
    bool opened, reassigned; /* to another department, colleague or level */
    size_t n_told;
    char **told; /* owned */
};

struct inbox {
    struct change at[CHANGES_MOST];
    size_t n;
    bool is_flooded;
};

struct inbox *inbox_new(void)
{
    return alloc_zero(sizeof(struct inbox));
}

void inbox_free(struct inbox *i)
{
    if (!i)
        return;
    inbox_clear(i);
    free(i);
}

void inbox_clear(struct inbox *i)
{
    for (size_t k = 0; k < i->n; k++) {
        for (size_t t = 0; t < i->at[k].n_told; t++)
            free(i->at[k].told[t]);
        free(i->at[k].told);
    }
    i->n = 0;
    i->is_flooded = false;
}

/* Every body of a matter begins with its head. */
uint64_t inbox_matter_of(const Halld__Event *event)
{
    bool is_one =
        event->body_case >= HALLD__EVENT__BODY_MATTER_MOVED && event->body_case <= HALLD__EVENT__BODY_FIELD_ERASED;
    return is_one ? event->matter_moved->head->matter : 0;
}

static struct change *change_of(struct inbox *i, uint64_t matter)
{
    for (size_t k = i->n; k > 0; k--) /* a command's events follow one another */
        if (i->at[k - 1].matter == matter)
            return &i->at[k - 1];
    if (i->n == CHANGES_MOST) {
        i->is_flooded = true;
        return NULL;
    }
    i->at[i->n] = (struct change){.matter = matter};
    return &i->at[i->n++];
}

static void add_told(struct change *c, const Halld__MatterNotified *b)
{
    for (size_t t = 0; t < b->n_to; t++) {
        c->told = alloc_grow(c->told, c->n_told + 1, sizeof *c->told);
        c->told[c->n_told++] = alloc_text(b->to[t]);
    }
}

/* Was a colleague or a department given? */
static bool names_others(const struct matter *m, const Halld__MatterMoved *b)
{
    for (size_t f = 0; m && f < b->n_fields; f++) {
        int field = definition_field(m->def, b->fields[f]->field);
        enum flow_type type = field >= 0 ? m->def->fields[field].type : FLOW_TEXT;
        if (type == FLOW_STAFF || type == FLOW_DEPARTMENT)
            return true;
    }
    return false;
}

void inbox_note(struct inbox *i, const struct hall *committed, const Halld__Event *event)
{
    uint64_t matter = inbox_matter_of(event);
    struct change *c = matter && !i->is_flooded ? change_of(i, matter) : NULL;
    if (!c)
        return;
    if (event->body_case == HALLD__EVENT__BODY_MATTER_MOVED) {
        c->opened |= event->matter_moved->opened;
        c->reassigned |= names_others(flow_matter(hall_flow(committed), matter), event->matter_moved);
    }
    c->reassigned |= event->body_case == HALLD__EVENT__BODY_MATTER_RAISED;
    if (event->body_case == HALLD__EVENT__BODY_MATTER_NOTIFIED)
        add_told(c, event->matter_notified);
}

static bool is_told(const struct change *c, const struct looker *l)
{
    for (size_t t = 0; t < c->n_told; t++)
        if (matters_is_told(&l->asker, c->told[t]))
            return true;
    return false;
}

void inbox_tell(const struct inbox *i, const struct looker *l, void (*each)(void *arg, const Halld__InboxNews *news),
                void *arg)
{
    Halld__InboxNews news = HALLD__INBOX_NEWS__INIT;
    if (i->is_flooded) {
        each(arg, &news);
        return;
    }
    for (size_t k = 0; k < i->n; k++) {
        const struct matter *m = flow_matter(hall_flow(l->asker.hall), i->at[k].matter);
        bool reads = m && matters_may_read(&l->asker, m);
        if (!m || (!reads && !(i->at[k].reassigned && matters_may_have_read(&l->asker, m))))
            continue;
        news = (Halld__InboxNews)HALLD__INBOX_NEWS__INIT;
        news.matter = m->id;
        news.flow = m->def->flow->name;
        news.gone = !reads;
        if (!reads) {
            each(arg, &news);
            continue;
        }
        news.state = (char *)matter_state_name(m);
        news.color = (char *)matter_color_name(matter_color(m));
        news.revision = m->revision;
        news.opened = i->at[k].opened;
        news.ended = m->ended != 0;
        news.mine = matter_is_mine(l, m);
        news.told = is_told(&i->at[k], l);
        each(arg, &news);
    }
}
