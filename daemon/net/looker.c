#include "net/looker.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "net/clear.h"
#include "net/inside.h"
#include "store/store.h"

static char *open_words(void *arg, uint64_t matter, const struct field *field, const char *value)
{
    bool erased = false;
    char *clear = clear_value(arg, matter, field, value, &erased), *text = erased ? NULL : alloc_text(clear);
    clear_free(clear);
    return text;
}

static int take_number(void *arg, const Halld__Event *event)
{
    char **ret = arg;
    if (event->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
        *ret = alloc_text(event->ticket_issued->number);
    return 0;
}

/* A ticket is known by the event of its issue. */
static char *ticket_number(void *arg, uint64_t ticket)
{
    const struct net *n = arg;
    char *number = NULL;
    if (n->o.store && ticket > 0 && ticket <= hall_seq(n->o.port.committed(n->o.port.engine)))
        store_read(n->o.store, ticket, ticket, take_number, &number);
    return number;
}

static void init(struct net_looker *l, struct net *n)
{
    *l = (struct net_looker){0};
    l->looker.asker.hall = n->o.port.committed(n->o.port.engine);
    l->looker.asker.now = n->o.port.now_ms(n->o.port.engine);
    l->looker.asker.memo = &l->memo;
    l->looker.words = (struct matter_words){n, open_words, ticket_number};
}

void looker_of_user(struct net_looker *l, struct net *n, const char *user, Halld__Role__E role)
{
    init(l, n);
    l->looker.asker.user = user;
    l->looker.asker.role = role;
}

void looker_of_call(struct net_looker *l, const struct call *c)
{
    looker_of_user(l, c->net, c->caller.id, c->caller.role);
}

void looker_of_holder(struct net_looker *l, struct net *n, const struct matter *m)
{
    init(l, n);
    l->looker.asker.role = HALLD__ROLE__E__public;
    l->looker.asker.person = matters_person(m);
}
