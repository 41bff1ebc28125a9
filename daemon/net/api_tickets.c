/* Tickets: one's own by its link, anybody's for staff. */
#include <string.h>

#include "base/err.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/qr.h"
#include "view/history.h"
#include "view/ticket_view.h"
#include "view/why.h"

void api_tickets(struct call *c)
{
    Halld__TicketQuery query = HALLD__TICKET_QUERY__INIT;
    ProtobufCMessage *q = pbjson_clone(&query.base);
    if (call_query_message(c, q)) {
        Halld__TicketList *v = ticket_list_new(call_hall(c), (Halld__TicketQuery *)q);
        call_reply(c, 200, &v->base);
    }
    protobuf_c_message_free_unpacked(q, NULL);
}

/* NULL: answered. */
static const struct ticket *find_by_id(struct call *c)
{
    Halld__ChangeClass path = HALLD__CHANGE_CLASS__INIT; /* reads a ticket's id as commands do */
    struct refusal r;
    if (pbjson_set_text(&path.base, "id", call_param(c, "id"), &r) != 0) {
        call_refuse_with(c, &r);
        return NULL;
    }
    const struct ticket *t = queue_ticket_find(hall_queue(call_hall(c)), path.id);
    if (!t)
        call_refuse(c, HALL_E_NO_TICKET);
    return t;
}

static const struct ticket *find_by_token(struct call *c)
{
    uint8_t token[16];
    const struct ticket *t = NULL;
    if (token_from_text(call_param(c, "token"), token))
        t = queue_ticket_by_token(hall_queue(call_hall(c)), token);
    if (!t)
        call_refuse(c, HALL_E_NO_TICKET);
    return t;
}

void api_ticket(struct call *c)
{
    const struct ticket *t = find_by_id(c);
    if (!t)
        return;
    struct reader r = reader_of_store(c->net->o.store, hall_seq(call_hall(c)));
    Halld__TicketHistory *v = ticket_history_new(call_hall(c), t, &r);
    if (v)
        call_reply(c, 200, &v->base);
    else
        call_refuse(c, HALL_E_STORE_FAILED);
}

void api_ticket_why(struct call *c)
{
    const struct ticket *t = find_by_id(c);
    if (!t)
        return;
    struct reader r = reader_of_store(c->net->o.store, hall_seq(call_hall(c)));
    Halld__WhyView *v = why_view_new(call_hall(c), t->id, &r);
    if (v)
        call_reply(c, 200, &v->base);
    else
        call_refuse(c, HALL_E_STORE_FAILED);
}

void api_ticket_by_token(struct call *c)
{
    const struct ticket *t = find_by_token(c);
    if (!t)
        return;
    Halld__TicketView *v = ticket_view_new_person(call_hall(c), t, net_public_url(c->net));
    call_reply(c, 200, &v->base);
}

void api_ticket_qr(struct call *c)
{
    struct buf link = BUF_INIT, svg = BUF_INIT;
    if (!find_by_token(c))
        return;
    buf_add_format(&link, "%s/t/%s", net_public_url(c->net), call_param(c, "token"));
    if (qr_svg(buf_text(&link), &svg))
        call_reply_text(c, 200, "image/svg+xml", buf_text(&svg), svg.len);
    else
        call_refuse(c, HALL_E_INTERNAL);
    buf_fini(&link);
    buf_fini(&svg);
}
