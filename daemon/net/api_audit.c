/* The journal and the security log, for whoever checks the hall; and a day's call trace. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/describe.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "store/store.h"
#include "view/reader.h"
#include "view/settings_view.h"
#include "view/trace.h"

enum { PAGE = 100, PAGE_MOST = 500, LOOKED_AT_MOST = 10000 };

/* ---- the journal */

struct search {
    const Halld__AuditQuery *query;
    Halld__AuditView *view;
    size_t most, looked_at;
    uint64_t next; /* where the next page begins; 0 = the end was reached */
};

static bool is_about(const Halld__Event *e, uint64_t ticket)
{
    if (e->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
        return e->seq == ticket;
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(&halld__event__descriptor, (unsigned)e->body_case);
    if (!f)
        return false;
    const char *body = *(const char *const *)(const void *)((const char *)e + f->offset);
    const ProtobufCFieldDescriptor *t = protobuf_c_message_descriptor_get_field_by_name(f->descriptor, "ticket");
    return t && t->type == PROTOBUF_C_TYPE_UINT64 && *(const uint64_t *)(const void *)(body + t->offset) == ticket;
}

static bool fits(const Halld__Event *e, const Halld__AuditQuery *q)
{
    if (q->kind[0] && strcmp(describe_kind(e), q->kind) != 0)
        return false;
    if (q->actor[0] && (!e->actor || strcmp(e->actor->id, q->actor) != 0))
        return false;
    return !q->ticket || is_about(e, q->ticket);
}

static void wipe(ProtobufCBinaryData *b)
{
    free(b->data);
    *b = (ProtobufCBinaryData){0, NULL};
}

/* Without what would let the reader act as somebody: a ticket's or an appointment's link, a token's hash. */
static Halld__Event *copy_clean(const Halld__Event *from)
{
    Halld__Event *e = (Halld__Event *)message_clone(&from->base);
    if (e->body_case == HALLD__EVENT__BODY_TICKET_ISSUED)
        wipe(&e->ticket_issued->token);
    if (e->body_case == HALLD__EVENT__BODY_SLOT_HELD)
        wipe(&e->slot_held->token);
    if (e->body_case == HALLD__EVENT__BODY_SETTINGS_CHANGED && e->settings_changed->put)
        settings_view_clean(e->settings_changed->put);
    return e;
}

static int look_at(void *arg, const Halld__Event *event)
{
    struct search *s = arg;
    if (s->view->n_events == s->most || s->looked_at == LOOKED_AT_MOST) {
        s->next = event->seq;
        return 1;
    }
    s->looked_at++;
    if (s->query->day && event->day > s->query->day)
        return 1;
    if (fits(event, s->query))
        s->view->events[s->view->n_events++] = copy_clean(event);
    return 0;
}

static int read_journal(struct call *c, struct search *s)
{
    const Halld__AuditQuery *q = s->query;
    uint64_t last = hall_seq(call_hall(c)), from = q->from ? q->from : 1, to = q->to && q->to < last ? q->to : last;
    struct reader r = reader_of_store(c->net->o.store, last);
    uint64_t first = q->day ? reader_find_day(&r, q->day) : 1;
    if (first == 0)
        return HALL_E_STORE_FAILED;
    if (first > from)
        from = first;
    int code = from <= to ? store_read(c->net->o.store, from, to, look_at, s) : 0;
    s->view->next_seq = s->next;
    return code < 0 ? code : 0;
}

/* ---- the security log */

static void add_line(void *arg, const struct security_row *row)
{
    struct search *s = arg;
    const Halld__AuditQuery *q = s->query;
    if ((q->kind[0] && strcmp(row->kind, q->kind) != 0) || (q->actor[0] && strcmp(row->who, q->actor) != 0))
        return;
    Halld__SecurityLine *line = MESSAGE_NEW(Halld__SecurityLine, &halld__security_line__descriptor);
    line->logged_at = row->at;
    line->kind = alloc_text(row->kind);
    line->who = alloc_text(row->who);
    line->address = alloc_text(row->address);
    line->what = alloc_text(row->what);
    s->view->security[s->view->n_security++] = line;
}

static int read_security(struct call *c, struct search *s)
{
    int64_t until = s->query->until_at ? s->query->until_at : INT64_MAX;
    return store_read_security(c->net->o.store, s->query->since_at, until, s->most, add_line, s);
}

static void audit(struct call *c, const Halld__AuditQuery *q)
{
    Halld__AuditView *v = MESSAGE_NEW(Halld__AuditView, &halld__audit_view__descriptor);
    struct search s = {.query = q, .view = v, .most = q->most > 0 ? (size_t)q->most : PAGE};
    int code = 0;
    if (s.most > PAGE_MOST)
        s.most = PAGE_MOST;
    v->events = alloc_zero(s.most * sizeof *v->events);
    v->security = alloc_zero(s.most * sizeof *v->security);
    if (q->log != HALLD__AUDIT_LOG__E__security)
        code = read_journal(c, &s);
    if (code == 0 && q->log != HALLD__AUDIT_LOG__E__journal)
        code = read_security(c, &s);
    if (code == 0) {
        call_reply(c, 200, &v->base);
        return;
    }
    halld__audit_view__free_unpacked(v, NULL);
    call_refuse(c, HALL_E_STORE_FAILED);
}

void api_audit(struct call *c)
{
    Halld__AuditQuery none = HALLD__AUDIT_QUERY__INIT;
    ProtobufCMessage *q = message_clone(&none.base);
    if (call_query_message(c, q))
        audit(c, (Halld__AuditQuery *)q);
    protobuf_c_message_free_unpacked(q, NULL);
}

struct trace_look {
    struct call *call;
    int32_t day;
    struct buf csv;
};

static int read_trace(void *arg, const struct reader *r)
{
    struct trace_look *l = arg;
    return trace_write(r, l->day, &l->csv);
}

static void trace_done(void *arg, int code)
{
    struct trace_look *l = arg;
    if (code == 0)
        call_reply_text(l->call, 200, "text/csv; charset=utf-8", buf_text(&l->csv), l->csv.len);
    else
        call_refuse(l->call, code);
    buf_fini(&l->csv);
    free(l);
}

void api_trace(struct call *c)
{
    int32_t day = queue_day(hall_queue(call_hall(c)))->date;
    const char *text = call_param(c, "day");
    if (strcmp(text, "today") != 0 && !date_from_text(text, &day)) {
        call_refuse_field(c, HALL_E_BAD_VALUE, "day", text);
        return;
    }
    struct trace_look *l = alloc_zero(sizeof *l);
    *l = (struct trace_look){c, day, BUF_INIT};
    if (!study_ask(c->net->study, hall_seq(call_hall(c)), &(struct study_work){read_trace, trace_done, l}))
        trace_done(l, HALL_E_TOO_MANY);
}
