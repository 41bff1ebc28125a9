#include "view/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/text.h"
#include "view/ticket_view.h"

struct story {
    uint64_t ticket;
    const struct setup *setup;
    Halld__TicketHistory *view;
};

/* What a line's sentence may mention; a teller fills what its event has. */
struct line_args {
    enum text_id text;
    int64_t window, n, ahead, due_at;
    const char *number, *reason, *reason_en, *word, *word_en;
};

typedef bool teller(const struct story *s, const Halld__Event *e, struct line_args *a);

static bool tell_issued(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_ISSUED;
    a->number = e->ticket_issued->number;
    a->ahead = e->ticket_issued->ahead;
    return e->seq == s->ticket;
}

static bool tell_called(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    const Halld__TicketCalled *c = e->ticket_called;
    a->text = c->rule == HALLD__RULE__E__manual ? TEXT_HISTORY_MANUAL : TEXT_HISTORY_CALLED;
    a->window = c->window;
    a->reason = c->reason;
    return c->ticket == s->ticket;
}

static bool tell_repeated(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_REPEATED;
    a->window = e->call_repeated->window;
    a->n = e->call_repeated->repeat;
    return e->call_repeated->ticket == s->ticket;
}

static bool tell_started(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_STARTED;
    a->window = e->service_started->window;
    return e->service_started->ticket == s->ticket;
}

static bool tell_held(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_HELD;
    a->window = e->ticket_held->window;
    return e->ticket_held->ticket == s->ticket;
}

static bool tell_unheld(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_UNHELD;
    a->window = e->ticket_unheld->window;
    return e->ticket_unheld->ticket == s->ticket;
}

static bool tell_finished(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    enum text_id outcome = text_of_outcome(e->ticket_finished->outcome);
    a->text = TEXT_HISTORY_FINISHED;
    a->window = e->ticket_finished->window;
    a->word = text_zh(outcome);
    a->word_en = text_en(outcome);
    return e->ticket_finished->ticket == s->ticket;
}

static bool tell_transferred(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    const Halld__TicketTransferred *t = e->ticket_transferred;
    const Halld__Item *row = setup_item_find(s->setup, t->item);
    a->text = t->window > 0 ? TEXT_HISTORY_TRANSFERRED_TO : TEXT_HISTORY_TRANSFERRED;
    a->window = t->window;
    a->word = row ? row->name : t->item;
    a->word_en = row ? row->name_en : t->item;
    return t->ticket == s->ticket;
}

static bool tell_missed(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_MISSED;
    a->due_at = e->ticket_missed->due_at;
    return e->ticket_missed->ticket == s->ticket;
}

static bool tell_back(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->text = TEXT_HISTORY_BACK;
    a->ahead = e->reported_back->ahead;
    return e->reported_back->ticket == s->ticket;
}

static bool tell_cancelled(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    a->reason = e->ticket_cancelled->reason;
    a->text = *a->reason ? TEXT_HISTORY_CANCELLED : TEXT_HISTORY_CANCELLED_PLAIN;
    return e->ticket_cancelled->ticket == s->ticket;
}

static bool tell_expired(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    static const struct {
        const char *reason;
        enum text_id text;
    } known[] = {
        {"closing", TEXT_EXPIRED_CLOSING}, {"not_back", TEXT_EXPIRED_NOT_BACK}, {"misses", TEXT_EXPIRED_MISSES}};
    a->text = TEXT_HISTORY_EXPIRED;
    a->reason = e->ticket_expired->reason;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].reason, e->ticket_expired->reason) == 0) {
            a->reason = text_zh(known[i].text);
            a->reason_en = text_en(known[i].text);
        }
    return e->ticket_expired->ticket == s->ticket;
}

static bool tell_printed(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    static const struct {
        const char *reason;
        enum text_id text;
    } known[] = {{"paper", TEXT_SLIP_PAPER}, {"printer", TEXT_SLIP_PRINTER}, {"no_answer", TEXT_SLIP_NO_ANSWER}};
    const Halld__TicketPrinted *p = e->ticket_printed;
    a->text = p->ok ? TEXT_HISTORY_PRINTED : TEXT_HISTORY_NOT_PRINTED;
    a->reason = p->reason;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].reason, p->reason) == 0) {
            a->reason = text_zh(known[i].text);
            a->reason_en = text_en(known[i].text);
        }
    return p->ticket == s->ticket;
}

static bool tell_class(const struct story *s, const Halld__Event *e, struct line_args *a)
{
    const Halld__PersonClass *row = setup_class_find(s->setup, e->class_changed->class_);
    a->text = TEXT_HISTORY_CLASS;
    a->reason = e->class_changed->reason;
    a->word = row ? row->name : e->class_changed->class_;
    a->word_en = row ? row->name_en : e->class_changed->class_;
    return e->class_changed->ticket == s->ticket;
}

static teller *const tellers[] = {
    [HALLD__EVENT__BODY_TICKET_ISSUED] = tell_issued,       [HALLD__EVENT__BODY_TICKET_CALLED] = tell_called,
    [HALLD__EVENT__BODY_CALL_REPEATED] = tell_repeated,     [HALLD__EVENT__BODY_SERVICE_STARTED] = tell_started,
    [HALLD__EVENT__BODY_TICKET_HELD] = tell_held,           [HALLD__EVENT__BODY_TICKET_UNHELD] = tell_unheld,
    [HALLD__EVENT__BODY_TICKET_FINISHED] = tell_finished,   [HALLD__EVENT__BODY_TICKET_TRANSFERRED] = tell_transferred,
    [HALLD__EVENT__BODY_TICKET_MISSED] = tell_missed,       [HALLD__EVENT__BODY_REPORTED_BACK] = tell_back,
    [HALLD__EVENT__BODY_TICKET_CANCELLED] = tell_cancelled, [HALLD__EVENT__BODY_TICKET_EXPIRED] = tell_expired,
    [HALLD__EVENT__BODY_CLASS_CHANGED] = tell_class,        [HALLD__EVENT__BODY_TICKET_PRINTED] = tell_printed,
};

static void make_text(const struct line_args *a, Halld__HistoryLine *line)
{
    char window[TEXT_NUMBER], n[TEXT_NUMBER], ahead[TEXT_NUMBER], due[TEXT_CLOCK];
    struct text_arg args[] = {
        {"window", text_number(a->window, window), NULL},
        {"n", text_number(a->n, n), NULL},
        {"ahead", text_number(a->ahead, ahead), NULL},
        {"due", text_clock(a->due_at, due), NULL},
        {"number", a->number, NULL},
        {"reason", a->reason, a->reason_en},
        {"item", a->word, a->word_en},
        {"outcome", a->word, a->word_en},
        {"class", a->word, a->word_en},
    };
    text_make(a->text, args, sizeof args / sizeof *args, &line->text, &line->text_en);
}

char *history_actor(const Halld__Actor *a)
{
    if (!a)
        return build_text("");
    const ProtobufCEnumValue *kind = protobuf_c_enum_descriptor_get_value(&halld__actor_kind__e__descriptor, a->kind);
    const char *name = kind ? kind->name : "engine";
    return *a->id ? alloc_format("%s:%s", name, a->id) : alloc_text(name);
}

static int each(void *arg, const Halld__Event *event)
{
    struct story *s = arg;
    struct line_args a = {.text = TEXT_COUNT};
    size_t kind = (size_t)event->body_case;
    if (kind >= sizeof tellers / sizeof *tellers || !tellers[kind] || !tellers[kind](s, event, &a))
        return 0;
    Halld__HistoryLine *line = MESSAGE_NEW(Halld__HistoryLine, &halld__history_line__descriptor);
    line->seq = event->seq;
    line->happened_at = event->at;
    line->actor = history_actor(event->actor);
    make_text(&a, line);
    Halld__TicketHistory *v = s->view;
    v->history = alloc_grow(v->history, v->n_history + 1, sizeof *v->history);
    v->history[v->n_history++] = line;
    return 0;
}

int ticket_history_read(const struct setup *setup, uint64_t ticket, const struct reader *r, Halld__TicketHistory *into)
{
    struct story s = {.ticket = ticket, .setup = setup, .view = into};
    return r->read(r->arg, ticket, r->last, each, &s);
}
