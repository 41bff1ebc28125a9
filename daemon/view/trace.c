#include "view/trace.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/map.h"

struct traced { /* a ticket's number */
    char number[12];
};

/* What the neutral form knows of a window: open or closed, and with which skill. */
struct counter_state {
    bool open;
    char *skill; /* "all" or "1 2 3" */
};

struct trace {
    struct buf *out;
    int32_t day;
    bool found;
    struct map tickets; /* id -> struct traced */
    struct map windows; /* number -> struct counter_state */
};

/* One row; what does not apply is "" or 0. */
struct row {
    const char *event, *item, *class_name, *arg;
    uint64_t ticket;
    int window;
};

static const char *number_of(const struct trace *t, uint64_t ticket)
{
    const struct traced *known = ticket ? map_find(&t->tickets, ticket) : NULL;
    return known ? known->number : "";
}

/* Texts with a comma, quote or blank are quoted; group lists are the only ones in practice. */
static void add_field(struct buf *out, const char *text)
{
    buf_add_char(out, ',');
    if (!text)
        return;
    if (!strpbrk(text, ",\" \n")) {
        buf_add_text(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_add_char(out, '"');
        buf_add_char(out, *text);
    }
    buf_add_char(out, '"');
}

static void add_row(struct trace *t, const Halld__Event *e, const struct row *r)
{
    buf_add_format(t->out, "%lld,%llu,%s", (long long)e->at, (unsigned long long)e->seq, r->event);
    add_field(t->out, number_of(t, r->ticket));
    if (r->window > 0)
        buf_add_format(t->out, ",%d", r->window);
    else
        buf_add_char(t->out, ',');
    add_field(t->out, r->item);
    add_field(t->out, r->class_name);
    add_field(t->out, r->arg);
    buf_add_char(t->out, '\n');
}

/* ---- tickets */

static void trace_issued(struct trace *t, const Halld__Event *e)
{
    const Halld__TicketIssued *i = e->ticket_issued;
    struct traced *known = alloc_zero(sizeof *known);
    const char *event = i->slot_at ? "checkin" : i->first ? "return" : "issue";
    int64_t entered = i->key && i->key->t0 != e->at ? i->key->t0 : 0;
    int64_t value = i->slot_at ? i->slot_at : i->first ? i->first_e_at : entered;
    char arg[24] = "";
    strncpy(known->number, i->number, sizeof known->number - 1);
    map_put(&t->tickets, e->seq, known);
    if (value)
        snprintf(arg, sizeof arg, "%lld", (long long)value);
    add_row(t, e,
            &(struct row){.event = event, .ticket = e->seq, .item = i->group, .class_name = i->class_, .arg = arg});
}

static void trace_called(struct trace *t, const Halld__Event *e)
{
    const Halld__TicketCalled *c = e->ticket_called;
    const char *arg = c->rule == HALLD__RULE__E__manual ? "manual" : "auto";
    add_row(t, e, &(struct row){.event = "call", .ticket = c->ticket, .window = c->window, .arg = arg});
}

static void trace_started(struct trace *t, const Halld__Event *e)
{
    add_row(
        t, e,
        &(struct row){.event = "start", .ticket = e->service_started->ticket, .window = e->service_started->window});
}

static void trace_held(struct trace *t, const Halld__Event *e)
{
    add_row(t, e, &(struct row){.event = "hold", .ticket = e->ticket_held->ticket, .window = e->ticket_held->window});
}

static void trace_unheld(struct trace *t, const Halld__Event *e)
{
    add_row(t, e,
            &(struct row){.event = "unhold", .ticket = e->ticket_unheld->ticket, .window = e->ticket_unheld->window});
}

static void trace_finished(struct trace *t, const Halld__Event *e)
{
    add_row(t, e,
            &(struct row){.event = "end", .ticket = e->ticket_finished->ticket, .window = e->ticket_finished->window});
}

static void trace_transferred(struct trace *t, const Halld__Event *e)
{
    const Halld__TicketTransferred *moved = e->ticket_transferred;
    char arg[16] = "";
    if (moved->window > 0)
        snprintf(arg, sizeof arg, "%d", moved->window);
    add_row(t, e,
            &(struct row){
                .event = "transfer", .ticket = moved->ticket, .window = moved->from, .item = moved->group, .arg = arg});
}

static void trace_missed(struct trace *t, const Halld__Event *e)
{
    add_row(t, e,
            &(struct row){.event = "miss", .ticket = e->ticket_missed->ticket, .window = e->ticket_missed->window});
}

static void trace_back(struct trace *t, const Halld__Event *e)
{
    add_row(t, e, &(struct row){.event = "recall", .ticket = e->reported_back->ticket});
}

static void trace_class(struct trace *t, const Halld__Event *e)
{
    add_row(
        t, e,
        &(struct row){.event = "class", .ticket = e->class_changed->ticket, .class_name = e->class_changed->class_});
}

static void trace_cancelled(struct trace *t, const Halld__Event *e)
{
    add_row(t, e, &(struct row){.event = "leave", .ticket = e->ticket_cancelled->ticket});
}

static void trace_expired(struct trace *t, const Halld__Event *e)
{
    add_row(t, e, &(struct row){.event = "leave", .ticket = e->ticket_expired->ticket});
}

/* ---- windows: a break, drain or suspension is a close, its end an open */

static struct counter_state *window_of(struct trace *t, int window)
{
    struct counter_state *w = map_find(&t->windows, (uint64_t)window);
    if (!w) {
        w = alloc_zero(sizeof *w);
        w->skill = alloc_text("");
        map_put(&t->windows, (uint64_t)window, w);
    }
    return w;
}

static void row_open(struct trace *t, const Halld__Event *e, int window)
{
    struct counter_state *w = window_of(t, window);
    if (w->open)
        return;
    w->open = true;
    add_row(t, e, &(struct row){.event = "open", .window = window, .arg = w->skill});
}

/* arg "drain": it still calls its own held tickets as they come back. */
static void row_close(struct trace *t, const Halld__Event *e, int window, const char *arg)
{
    struct counter_state *w = window_of(t, window);
    if (!w->open)
        return;
    w->open = false;
    add_row(t, e, &(struct row){.event = "close", .window = window, .arg = arg});
}

static char *skill_text(const Halld__WindowOpened *o)
{
    struct buf text = BUF_INIT;
    if (o->all)
        buf_add_text(&text, "all");
    for (size_t i = 0; !o->all && i < o->n_groups; i++)
        buf_add_format(&text, "%s%s", i ? " " : "", o->groups[i]);
    if (!text.data)
        buf_add_text(&text, "");
    return buf_take(&text);
}

static void trace_window_opened(struct trace *t, const Halld__Event *e)
{
    struct counter_state *w = window_of(t, e->window_opened->window);
    free(w->skill);
    w->skill = skill_text(e->window_opened);
    row_open(t, e, e->window_opened->window);
}

static void trace_window_ready(struct trace *t, const Halld__Event *e)
{
    row_open(t, e, e->window_ready->window);
    add_row(t, e, &(struct row){.event = "ready", .window = e->window_ready->window});
}

static void trace_window_break(struct trace *t, const Halld__Event *e)
{
    row_close(t, e, e->window_break->window, "");
}

static void trace_window_resumed(struct trace *t, const Halld__Event *e)
{
    row_open(t, e, e->window_resumed->window);
}

static void trace_window_suspended(struct trace *t, const Halld__Event *e)
{
    row_close(t, e, e->window_suspended->window, "");
}

static void trace_window_draining(struct trace *t, const Halld__Event *e)
{
    row_close(t, e, e->window_draining->window, "drain");
}

static void trace_window_closed(struct trace *t, const Halld__Event *e)
{
    row_close(t, e, e->window_closed->window, "");
}

typedef void trace_event(struct trace *t, const Halld__Event *e);

static trace_event *const tracers[] = {
    [HALLD__EVENT__BODY_TICKET_ISSUED] = trace_issued,
    [HALLD__EVENT__BODY_TICKET_CALLED] = trace_called,
    [HALLD__EVENT__BODY_SERVICE_STARTED] = trace_started,
    [HALLD__EVENT__BODY_TICKET_HELD] = trace_held,
    [HALLD__EVENT__BODY_TICKET_UNHELD] = trace_unheld,
    [HALLD__EVENT__BODY_TICKET_FINISHED] = trace_finished,
    [HALLD__EVENT__BODY_TICKET_TRANSFERRED] = trace_transferred,
    [HALLD__EVENT__BODY_TICKET_MISSED] = trace_missed,
    [HALLD__EVENT__BODY_REPORTED_BACK] = trace_back,
    [HALLD__EVENT__BODY_CLASS_CHANGED] = trace_class,
    [HALLD__EVENT__BODY_TICKET_CANCELLED] = trace_cancelled,
    [HALLD__EVENT__BODY_TICKET_EXPIRED] = trace_expired,
    [HALLD__EVENT__BODY_WINDOW_OPENED] = trace_window_opened,
    [HALLD__EVENT__BODY_WINDOW_READY] = trace_window_ready,
    [HALLD__EVENT__BODY_WINDOW_BREAK] = trace_window_break,
    [HALLD__EVENT__BODY_WINDOW_RESUMED] = trace_window_resumed,
    [HALLD__EVENT__BODY_WINDOW_SUSPENDED] = trace_window_suspended,
    [HALLD__EVENT__BODY_WINDOW_DRAINING] = trace_window_draining,
    [HALLD__EVENT__BODY_WINDOW_CLOSED] = trace_window_closed,
};

enum { DAY_IS_OVER = 1 };

static int each(void *arg, const Halld__Event *event)
{
    struct trace *t = arg;
    if (event->day != t->day)
        return DAY_IS_OVER;
    t->found = true;
    size_t kind = (size_t)event->body_case;
    if (kind < sizeof tracers / sizeof *tracers && tracers[kind])
        tracers[kind](t, event);
    return 0;
}

static void trace_fini(struct trace *t)
{
    size_t at = 0;
    for (struct counter_state *w; (w = map_next(&t->windows, &at));) {
        free(w->skill);
        free(w);
    }
    at = 0;
    for (void *known; (known = map_next(&t->tickets, &at));)
        free(known);
    map_fini(&t->windows);
    map_fini(&t->tickets);
}

int trace_write(const struct reader *r, int32_t day, struct buf *out)
{
    struct trace t = {.out = out, .day = day, .tickets = MAP_INIT, .windows = MAP_INIT};
    uint64_t from = reader_find_day(r, day);
    if (from == 0)
        return HALL_E_STORE_FAILED;
    buf_add_text(out, "t_ms,seq,event,ticket,window,item,class,arg\n");
    int code = from <= r->last ? r->read(r->arg, from, r->last, each, &t) : 0;
    trace_fini(&t);
    if (code < 0)
        return code;
    return t.found ? 0 : HALL_E_NOT_FOUND;
}
