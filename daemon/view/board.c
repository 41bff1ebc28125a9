#include "view/board.h"

#include <stdlib.h>

#include "base/message.h"
#include "base/moment.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/hall_view.h"
#include "view/window_view.h"

static Halld__CallView *call_view(const struct hall *h, const char *number, int window, int64_t called_at, int repeat)
{
    const Halld__Window *row = setup_window_find(hall_setup(h), window);
    Halld__CallView *c = MESSAGE_NEW(Halld__CallView, &halld__call_view__descriptor);
    build_set(&c->number, number);
    c->window = window;
    c->called_at = called_at;
    c->repeat = repeat;
    build_set(&c->window_name, row ? row->name : "");
    return c;
}

Halld__CallView *board_call_new(const struct hall *h, const struct ticket *t)
{
    return call_view(h, t->number, t->window, t->call_at, t->repeat);
}

Halld__CallView *board_call_of_event(const struct hall *h, const Halld__Event *event)
{
    if (event->body_case == HALLD__EVENT__BODY_TICKET_CALLED)
        return call_view(h, event->ticket_called->number, event->ticket_called->window, event->at, 1);
    if (event->body_case != HALLD__EVENT__BODY_CALL_REPEATED)
        return NULL;
    const Halld__CallRepeated *r = event->call_repeated;
    const struct ticket *t = queue_ticket_find(hall_queue(h), r->ticket);
    return call_view(h, r->number, r->window, t && t->window == r->window ? t->call_at : event->at, r->repeat);
}

/* Who is still on the way first, then those at their windows; each newest first. */
static int call_compare(const void *a, const void *b)
{
    const struct ticket *x = *(const struct ticket *const *)a, *y = *(const struct ticket *const *)b;
    if (x->state != y->state)
        return x->state == HALLD__TICKET_STATE__E__called ? -1 : 1;
    if (x->call_at != y->call_at)
        return x->call_at > y->call_at ? -1 : 1;
    return x->id > y->id ? -1 : 1;
}

static void set_calls(Halld__BoardView *v, const struct hall *h)
{
    const struct queue *q = hall_queue(h);
    size_t n = 0, windows = queue_window_count(q);
    const struct ticket **called = build_array(windows, sizeof *called);
    for (size_t i = 0; i < windows; i++)
        if (queue_window_at(q, i)->ticket)
            called[n++] = queue_window_at(q, i)->ticket;
    if (n > 0)
        qsort(called, n, sizeof *called, call_compare);
    if (n > BOARD_CALLS_MOST)
        n = BOARD_CALLS_MOST;
    v->calls = build_array(n, sizeof *v->calls);
    for (; v->n_calls < n; v->n_calls++)
        v->calls[v->n_calls] = board_call_new(h, called[v->n_calls]);
    free(called);
}

static Halld__QueueView *queue_view(const struct hall *h, const Halld__Queue *row)
{
    Halld__QueueView *v = MESSAGE_NEW(Halld__QueueView, &halld__queue_view__descriptor);
    build_set(&v->queue, row->queue);
    build_set(&v->name, row->name);
    build_set(&v->name_en, row->name_en);
    v->waiting = queue_waiting(hall_queue(h), row->queue);
    return v;
}

Halld__QueueView *board_queue_new(const struct hall *h, const char *queue)
{
    const Halld__Queue *row = setup_queue_find(hall_setup(h), queue);
    return row ? queue_view(h, row) : NULL;
}

void board_queue_set_wait(Halld__QueueView *v, const struct quote *quote)
{
    const struct quote_row *row = quote_find(quote, v->queue, "", "normal");
    if (!row)
        return;
    v->has_p50_case = HALLD__QUEUE_VIEW__HAS_P50_WAIT_P50_S;
    v->wait_p50_s = quote_round_p50(row->told_p50_s);
    v->has_p90_case = HALLD__QUEUE_VIEW__HAS_P90_WAIT_P90_S;
    v->wait_p90_s = quote_round_p90(row->told_p90_s);
}

void board_view_set_waits(Halld__BoardView *v, const struct quote *quote)
{
    for (size_t i = 0; i < v->n_queues; i++)
        board_queue_set_wait(v->queues[i], quote);
}

static void set_names(Halld__BoardView *v, const Halld__HallInfo *info)
{
    if (!info)
        return;
    build_set(&v->hall, info->name);
    build_set(&v->hall_en, info->name_en);
    build_set(&v->notice, info->notice);
    build_set(&v->notice_en, info->notice_en);
}

/* Those of now and of the next day: whoever shows the board does not hear of it when a time begins. */
static void set_notices(Halld__BoardView *v, const Halld__Settings *s, int64_t now)
{
    enum { DAY_MS = 86400000 };
    v->notices = build_array(s->n_notices, sizeof *v->notices);
    for (size_t i = 0; i < s->n_notices; i++) {
        const Halld__Notice *n = s->notices[i];
        if ((n->to_at && n->to_at <= now) || n->from_at > now + DAY_MS)
            continue;
        Halld__NoticeView *view = MESSAGE_NEW(Halld__NoticeView, &halld__notice_view__descriptor);
        build_set(&view->text, n->text);
        build_set(&view->text_en, n->text_en);
        view->from_at = n->from_at;
        view->to_at = n->to_at;
        v->notices[v->n_notices++] = view;
    }
}

Halld__BoardView *board_view_new(const struct hall *h, int64_t now)
{
    const Halld__Settings *s = setup_settings(hall_setup(h));
    Halld__BoardView *v = MESSAGE_NEW(Halld__BoardView, &halld__board_view__descriptor);
    char epoch[17];
    v->seq = hall_seq(h);
    hall_view_epoch(hall_epoch(h), epoch);
    build_set(&v->epoch, epoch);
    v->at = now;
    v->open = queue_is_open(hall_queue(h), now);
    set_names(v, s->hall);
    set_notices(v, s, now);
    hall_view_set_leader(&v->duty_leader, h, moment_to_date(now));
    set_calls(v, h);
    v->windows = build_array(s->n_windows, sizeof *v->windows);
    for (; v->n_windows < s->n_windows; v->n_windows++)
        v->windows[v->n_windows] = window_view_new(h, s->windows[v->n_windows]->window);
    v->queues = build_array(s->n_queues, sizeof *v->queues);
    for (; v->n_queues < s->n_queues; v->n_queues++)
        v->queues[v->n_queues] = queue_view(h, s->queues[v->n_queues]);
    return v;
}
