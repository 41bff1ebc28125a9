/* Tickets: one's own by its link, anybody's for staff. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "codec/pbjson.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"
#include "view/history.h"
#include "view/ticket_view.h"
#include "view/why.h"

void api_tickets(struct call *c)
{
    Halld__TicketQuery query = HALLD__TICKET_QUERY__INIT;
    ProtobufCMessage *q = message_clone(&query.base);
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

/* What is read from the journal about a ticket; the setup is held until the answer. */
struct look {
    struct call *call;
    struct setup *setup;
    uint64_t ticket;
    int32_t day;
    ProtobufCMessage *view;
};

static void look_done(void *arg, int code)
{
    struct look *l = arg;
    setup_free(l->setup);
    if (code == 0 && l->view) {
        call_reply(l->call, 200, l->view);
    } else {
        if (l->view)
            protobuf_c_message_free_unpacked(l->view, NULL);
        call_refuse(l->call, code ? code : HALL_E_STORE_FAILED);
    }
    free(l);
}

static void look_at(struct call *c, const struct ticket *t, ProtobufCMessage *view,
                    int (*read)(void *arg, const struct reader *r))
{
    const struct hall *h = call_hall(c);
    struct look *l = alloc_zero(sizeof *l);
    *l = (struct look){c, setup_ref(hall_setup(h)), t->id, queue_day(hall_queue(h))->date, view};
    if (!study_ask(c->net->study, hall_seq(h), &(struct study_work){read, look_done, l}))
        look_done(l, HALL_E_TOO_MANY);
}

static int read_history(void *arg, const struct reader *r)
{
    struct look *l = arg;
    return ticket_history_read(l->setup, l->ticket, r, (Halld__TicketHistory *)l->view);
}

void api_ticket(struct call *c)
{
    const struct ticket *t = find_by_id(c);
    if (!t)
        return;
    Halld__TicketHistory *v = MESSAGE_NEW(Halld__TicketHistory, &halld__ticket_history__descriptor);
    v->ticket = ticket_view_new(call_hall(c), t);
    look_at(c, t, &v->base, read_history);
}

static int read_why(void *arg, const struct reader *r)
{
    struct look *l = arg;
    Halld__WhyView *v = why_view_new(l->setup, l->day, l->ticket, r);
    l->view = v ? &v->base : NULL;
    return v ? 0 : HALL_E_STORE_FAILED;
}

void api_ticket_why(struct call *c)
{
    const struct ticket *t = find_by_id(c);
    if (t)
        look_at(c, t, NULL, read_why);
}

/* Staff never see a link but here, where they print it again for whoever stands before them. */
void api_ticket_slip(struct call *c)
{
    const struct ticket *t = find_by_id(c);
    if (!t)
        return;
    call_log(c, "slip", c->caller.id, t->number);
    call_reply(c, 200, &ticket_view_new_person(call_hall(c), t, net_public_url(c->net))->base);
}

void api_ticket_by_token(struct call *c)
{
    const struct ticket *t = find_by_token(c);
    if (!t)
        return;
    Halld__TicketView *v = ticket_view_new_person(call_hall(c), t, net_public_url(c->net));
    ticket_view_set_forecast(v, hall_setup(call_hall(c)), net_quote(c->net));
    call_reply(c, 200, &v->base);
}

void api_ticket_qr(struct call *c)
{
    if (find_by_token(c))
        call_reply_qr(c, "/t/", call_param(c, "token"));
}

void api_ticket_return(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    protobuf_c_message_free_unpacked(body, NULL);
    Halld__IssueTicket *issue = MESSAGE_NEW(Halld__IssueTicket, &halld__issue_ticket__descriptor);
    issue->first_case = HALLD__ISSUE_TICKET__FIRST_RETURN_TOKEN;
    issue->return_token = alloc_text(call_param(c, "token"));
    call_submit(c, command_new(HALLD__COMMAND__BODY_ISSUE_TICKET, &issue->base));
}
