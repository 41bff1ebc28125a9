/* Matters of an older version of their definition follow the newest: first what it would do, then, if asked to, so. */
#include "net/api_migration.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/message.h"
#include "core/hall.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"
#include "view/migration.h"

enum { MATTERS_A_TURN = 200 };

struct migration {
    struct migration *next; /* of net's */
    struct call *call;
    struct loop_watch *watch;
    Halld__MigrationView *view;
    uint64_t at; /* every open matter before it has been looked at */
    bool does;   /* not only looks */
};

static void migration_free(struct migration *m)
{
    struct migration **at = &m->call->net->migrations;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    loop_watch_free(m->watch);
    if (m->view)
        halld__migration_view__free_unpacked(m->view, NULL);
    free(m);
}

void migrations_close(struct net *n)
{
    while (n->migrations)
        migration_free(n->migrations);
}

static void on_begun(void *arg, const struct answer *answer)
{
    struct migration *m = arg;
    struct call *c = m->call;
    Halld__MigrationView *v = m->view;
    m->view = NULL;
    migration_free(m);
    if (call_refused(c, answer)) {
        halld__migration_view__free_unpacked(v, NULL);
        return;
    }
    v->done = true;
    call_reply(c, 200, &v->base);
}

static void begin(struct migration *m)
{
    Halld__MigrateFlow *body = MESSAGE_NEW(Halld__MigrateFlow, &halld__migrate_flow__descriptor);
    body->flow = alloc_text(m->view->flow);
    call_submit_for(m->call, command_new(HALLD__COMMAND__BODY_MIGRATE_FLOW, &body->base), NULL, on_begun, m);
}

static void finish(struct migration *m)
{
    struct call *c = m->call;
    if (m->does)
        return begin(m);
    Halld__MigrationView *v = m->view;
    m->view = NULL;
    migration_free(m);
    call_reply(c, 200, &v->base);
}

/* The next open matter from this number on: between turns some may have come to their ends. */
static const struct matter *open_from(const struct flow *f, uint64_t id)
{
    for (; id <= flow_matter_count(f); id++)
        if (!flow_matter(f, id)->ended)
            return flow_matter(f, id);
    return NULL;
}

static void look(void *arg)
{
    struct migration *m = arg;
    const struct hall *h = call_hall(m->call);
    struct asker asker = {
        .hall = h, .user = m->call->caller.id, .role = m->call->caller.role, .now = call_now(m->call)};
    const struct matter *next = open_from(hall_flow(h), m->at);
    for (int i = 0; i < MATTERS_A_TURN && next; i++) {
        migration_view_add(m->view, &asker, next);
        next = flow_open_next(next);
    }
    if (!next)
        return finish(m);
    m->at = next->id;
    loop_watch_arm(m->watch, 0);
}

static void start(struct call *c, bool does)
{
    const char *kind = call_param(c, "kind");
    Halld__MigrationView *v = migration_view_new(call_hall(c), kind);
    if (!v) {
        call_refuse_field(c, HALL_E_NO_FLOW, "kind", kind);
        return;
    }
    struct migration *m = alloc_zero(sizeof *m);
    *m = (struct migration){.next = c->net->migrations, .call = c, .view = v, .at = 1, .does = does};
    v->seq = hall_seq(call_hall(c));
    m->watch = loop_watch_timer(c->net->loop, look, m);
    c->net->migrations = m;
    look(m);
}

void api_migration(struct call *c)
{
    start(c, false);
}

void api_migrate(struct call *c)
{
    start(c, true);
}
