/* Kinds of matters, the inbox, and opening a matter. What anybody may do there, definitions say. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "net/api_matters.h"
#include "net/fields.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/looker.h"
#include "port/command.h"
#include "view/matter_list.h"
#include "view/matter_view.h"

/* ---- reading */

void api_flows(struct call *c)
{
    struct net_looker l;
    looker_of_call(&l, c);
    call_reply(c, 200, &flow_kinds_new(&l.looker)->base);
}

static void reply_list(struct call *c, const Halld__MatterQuery *q)
{
    struct net_looker l;
    Halld__MatterList *v;
    struct refusal r;
    looker_of_call(&l, c);
    if (matter_list_new(&l.looker, q, &v, &r) == 0)
        call_reply(c, 200, &v->base);
    else
        call_refuse_with(c, &r);
}

void api_matters(struct call *c)
{
    Halld__MatterQuery query = HALLD__MATTER_QUERY__INIT;
    Halld__MatterQuery *q = (Halld__MatterQuery *)message_clone(&query.base);
    if (call_query_message(c, &q->base))
        reply_list(c, q);
    protobuf_c_message_free_unpacked(&q->base, NULL);
}

/* NULL: answered. */
static const struct definition *find_kind(struct call *c)
{
    const char *kind = call_param(c, "kind");
    const struct definition *d = flow_definition(hall_flow(call_hall(c)), kind);
    if (!d)
        call_refuse_field(c, HALL_E_NO_FLOW, "kind", kind);
    return d;
}

void api_flow_matters(struct call *c)
{
    const struct definition *d = find_kind(c);
    if (!d)
        return;
    Halld__MatterQuery query = HALLD__MATTER_QUERY__INIT;
    Halld__MatterQuery *q = (Halld__MatterQuery *)message_clone(&query.base);
    struct refusal r;
    if (pbjson_set_text(&q->base, "flow", d->flow->name, &r) != 0)
        call_refuse_with(c, &r);
    else if (call_query_message(c, &q->base))
        reply_list(c, q);
    protobuf_c_message_free_unpacked(&q->base, NULL);
}

/* ---- opening */

/* The transition asked for; not asked for, the only one that the looker may open with. NULL: answered. */
static const char *find_opening(struct call *c, const struct looker *l, const struct definition *d, const char *asked)
{
    const char *only = NULL;
    struct buf names = BUF_INIT;
    size_t n = 0;
    if (*asked)
        return asked;
    for (size_t i = 0; i < d->flow->n_transitions; i++) {
        if (!matters_may_take(&l->asker, d, NULL, i))
            continue;
        only = d->flow->transitions[i]->name;
        buf_add_format(&names, "%s%s", n++ ? " " : "", only);
    }
    if (n == 0)
        call_refuse_field(c, HALL_E_WRONG_ROLE, "kind", d->flow->name);
    else if (n > 1)
        call_refuse_field(c, HALL_E_FIELD_MISSING, "transition", buf_text(&names));
    buf_fini(&names);
    return n == 1 ? only : NULL;
}

struct opening {
    struct call *call;
    struct quota_use *use; /* of the ticket's link; NULL: staff opens it */
};

/* Whoever opened it gets the person's link: it is theirs to give away. */
static void on_opened(void *arg, const struct answer *answer)
{
    struct opening *o = arg;
    struct call *c = o->call;
    quota_end(c->net->openings, o->use, answer->code == 0);
    free(o);
    const struct definition *d = flow_definition(hall_flow(answer->hall), call_param(c, "kind"));
    bool is_holder = c->caller.kind == HALLD__ACTOR_KIND__E__link;
    if (matter_refused(c, answer, d, NULL, c->note ? c->note : ""))
        return;
    uint64_t id = 0;
    for (size_t i = 0; i < answer->n_events && !id; i++)
        if (answer->events[i]->body_case == HALLD__EVENT__BODY_MATTER_MOVED)
            id = answer->events[i]->matter_moved->head->matter;
    const struct matter *m = flow_matter(hall_flow(answer->hall), id);
    struct net_looker l;
    if (is_holder && m)
        looker_of_holder(&l, c->net, m);
    else
        looker_of_call(&l, c);
    Halld__MatterView *v = m ? matter_view_new(&l.looker, m) : NULL;
    if (v)
        matter_give_link(c, v, m);
    call_reply(c, 201, v ? &v->base : NULL);
}

/* By a ticket's link as often as it may. false: answered. */
static bool may_open(struct call *c, struct quota_use **ret)
{
    *ret = NULL;
    if (c->caller.kind != HALLD__ACTOR_KIND__E__link)
        return true;
    *ret = quota_begin(c->net->openings, strtoull(c->caller.id, NULL, 10), moment_to_date(call_now(c)), call_key(c));
    if (!*ret)
        call_refuse_today(c);
    return *ret;
}

static void open_by(struct call *c, const struct looker *l, const struct definition *d, Halld__OpenRequest *from)
{
    const char *transition = find_opening(c, l, d, from->transition);
    struct fields fields;
    struct refusal r;
    if (!transition)
        return;
    if (fields_from_json(c, d, from->fields ? from->fields->text : "", &fields, &r) != 0) {
        call_refuse_with(c, &r);
        return;
    }
    struct quota_use *use;
    if (!may_open(c, &use)) {
        fields_fini(&fields);
        return;
    }
    struct opening *o = alloc_zero(sizeof *o);
    *o = (struct opening){c, use};
    Halld__OpenMatter *open = MESSAGE_NEW(Halld__OpenMatter, &halld__open_matter__descriptor);
    open->flow = alloc_text(d->flow->name);
    open->transition = alloc_text(transition);
    c->note = alloc_text(transition);
    open->window = from->window;
    call_submit_fields(c, command_new(HALLD__COMMAND__BODY_OPEN_MATTER, &open->base), &fields, on_opened, o);
}

static void open_and_free(struct call *c, const struct looker *l, const struct definition *d, Halld__OpenRequest *from)
{
    open_by(c, l, d, from);
    if (from->fields)
        fields_wipe(from->fields);
    protobuf_c_message_free_unpacked(&from->base, NULL);
}

void api_matter_open(struct call *c)
{
    const struct definition *d = find_kind(c);
    Halld__OpenRequest *from = d ? (Halld__OpenRequest *)call_body(c) : NULL;
    struct net_looker l;
    if (!from)
        return;
    looker_of_call(&l, c);
    open_and_free(c, &l.looker, d, from);
}

/* By the link of a ticket of today the person acts as the ticket, which the core fills in. NULL: answered. */
static const struct ticket *become_ticket(struct call *c, struct net_looker *l)
{
    uint8_t token[16];
    const struct ticket *t = NULL;
    if (token_from_text(call_param(c, "token"), token))
        t = queue_ticket_by_token(hall_queue(call_hall(c)), token);
    if (!t) {
        call_refuse(c, HALL_E_NO_TICKET);
        return NULL;
    }
    char *number = alloc_format("%llu", (unsigned long long)t->id);
    matter_become_holder(c, number);
    free(number);
    looker_of_call(l, c);
    l->looker.asker.user = NULL;
    l->looker.asker.person = c->caller.id;
    return t;
}

void api_flows_by_ticket(struct call *c)
{
    struct net_looker l;
    if (become_ticket(c, &l))
        call_reply(c, 200, &flow_offers_new(&l.looker)->base);
}

void api_matter_open_by_ticket(struct call *c)
{
    struct net_looker l;
    const struct definition *d = become_ticket(c, &l) ? find_kind(c) : NULL;
    Halld__OpenRequest *from = d ? (Halld__OpenRequest *)call_body(c) : NULL;
    if (!from)
        return;
    from->window = 0; /* a phone stands at no window */
    open_and_free(c, &l.looker, d, from);
}
