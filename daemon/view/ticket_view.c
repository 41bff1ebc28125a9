#include "view/ticket_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/setup.h"
#include "view/build.h"
#include "view/hall_view.h"
#include "view/text.h"
#include "view/why.h"

enum { PAGE = 50, PAGE_MOST = 500 };

static void set_visit(Halld__TicketView *v, const struct ticket *t)
{
    if (t->window > 0) {
        v->has_window_case = HALLD__TICKET_VIEW__HAS_WINDOW_WINDOW;
        v->window = t->window;
    }
    if (t->call_at > 0) {
        v->has_called_case = HALLD__TICKET_VIEW__HAS_CALLED_CALLED_AT;
        v->called_at = t->call_at;
        v->has_repeat_case = HALLD__TICKET_VIEW__HAS_REPEAT_REPEAT;
        v->repeat = t->repeat;
    }
    if (t->start_at > 0) {
        v->has_started_case = HALLD__TICKET_VIEW__HAS_STARTED_STARTED_AT;
        v->started_at = t->start_at;
    }
    if (t->end_at > 0) {
        v->has_ended_case = HALLD__TICKET_VIEW__HAS_ENDED_ENDED_AT;
        v->ended_at = t->end_at;
    }
    if (t->outcome != HALLD__OUTCOME__E__unset) {
        v->has_outcome_case = HALLD__TICKET_VIEW__HAS_OUTCOME_OUTCOME;
        v->outcome = t->outcome;
    }
    if (t->leg > 0) { /* transferred so often */
        v->has_leg_case = HALLD__TICKET_VIEW__HAS_LEG_LEG;
        v->leg = t->leg;
    }
}

static void set_wait(Halld__TicketView *v, const struct hall *h, const struct ticket *t)
{
    if (t->state == HALLD__TICKET_STATE__E__missed) {
        v->has_due_case = HALLD__TICKET_VIEW__HAS_DUE_DUE_AT;
        v->due_at = t->due_at;
    }
    if (t->state != HALLD__TICKET_STATE__E__waiting)
        return;
    v->has_ahead_case = HALLD__TICKET_VIEW__HAS_AHEAD_AHEAD;
    v->ahead = queue_ahead(hall_queue(h), hall_setup(h), t);
    if (t->wait_p90_s > 0) {
        v->has_p50_case = HALLD__TICKET_VIEW__HAS_P50_WAIT_P50_S;
        v->wait_p50_s = t->wait_p50_s;
        v->has_p90_case = HALLD__TICKET_VIEW__HAS_P90_WAIT_P90_S;
        v->wait_p90_s = t->wait_p90_s;
    }
}

static void set_worse(Halld__TicketView *v, const struct setup *setup, const struct quote_ticket *f)
{
    static const enum text_id table[] = {
        [QUOTE_MORE_AHEAD] = TEXT_WORSE_AHEAD,
        [QUOTE_FEWER_WINDOWS] = TEXT_WORSE_WINDOWS,
        [QUOTE_LONGER_SERVICES] = TEXT_WORSE_SERVICES,
    };
    if (f->worse == QUOTE_NOT_WORSE)
        return;
    const Halld__PersonClass *row = setup_class_find(setup, f->worse_class);
    char n[TEXT_NUMBER];
    const struct text_arg args[] = {
        {"n", text_number(f->worse_n, n), NULL},
        {"class", row ? row->name : "", row ? row->name_en : ""},
    };
    v->has_worse_case = HALLD__TICKET_VIEW__HAS_WORSE_WORSE;
    v->has_worse_en_case = HALLD__TICKET_VIEW__HAS_WORSE_EN_WORSE_EN;
    text_make(table[f->worse], args, sizeof args / sizeof *args, &v->worse, &v->worse_en);
}

void ticket_view_set_forecast(Halld__TicketView *v, const struct setup *setup, const struct quote *quote)
{
    const struct quote_ticket *f = quote_ticket_find(quote, v->id);
    bool said = v->has_p90_case == HALLD__TICKET_VIEW__HAS_P90_WAIT_P90_S;
    if (v->state != HALLD__TICKET_STATE__E__waiting || (!f && !said))
        return;
    v->has_start_p50_case = HALLD__TICKET_VIEW__HAS_START_P50_START_P50_AT;
    v->start_p50_at = f ? f->p50_at : v->issued_at + v->wait_p50_s * INT64_C(1000);
    v->has_start_p90_case = HALLD__TICKET_VIEW__HAS_START_P90_START_P90_AT;
    v->start_p90_at = f ? f->p90_at : v->issued_at + v->wait_p90_s * INT64_C(1000);
    if (f)
        set_worse(v, setup, f);
}

void ticket_view_set_item(Halld__TicketView *v, const struct setup *setup, const char *item)
{
    const Halld__Item *row = setup_item_find(setup, item);
    build_set(&v->item, item);
    build_set(&v->item_name, row ? row->name : "");
}

Halld__TicketView *ticket_view_new_fixed(const struct hall *h, const struct ticket *t)
{
    Halld__TicketView *v = MESSAGE_NEW(Halld__TicketView, &halld__ticket_view__descriptor);
    v->id = t->id;
    build_set(&v->number, t->number);
    build_set(&v->queue, t->queue);
    ticket_view_set_item(v, hall_setup(h), t->item);
    build_set(&v->class_, t->class_name);
    v->origin = t->origin;
    v->channel = t->channel;
    v->issued_at = t->place.t0;
    if (t->slot_at > 0) {
        v->has_slot_case = HALLD__TICKET_VIEW__HAS_SLOT_SLOT_AT;
        v->slot_at = t->slot_at;
    }
    return v;
}

Halld__TicketView *ticket_view_new(const struct hall *h, const struct ticket *t)
{
    Halld__TicketView *v = ticket_view_new_fixed(h, t);
    v->state = t->state;
    v->unheld = t->state == HALLD__TICKET_STATE__E__waiting && t->place.unheld;
    set_visit(v, t);
    set_wait(v, h, t);
    if (t->slip != HALLD__SLIP__E__unset) {
        v->has_slip_case = HALLD__TICKET_VIEW__HAS_SLIP_SLIP;
        v->slip = t->slip;
    }
    return v;
}

void ticket_view_set_link(Halld__TicketView *v, const uint8_t token[16], const char *public_url)
{
    char text[33];
    token_to_text(token, text);
    v->has_token_case = HALLD__TICKET_VIEW__HAS_TOKEN_TOKEN;
    v->token = alloc_text(text);
    v->has_url_case = HALLD__TICKET_VIEW__HAS_URL_URL;
    v->url = alloc_format("%s/t/%s", public_url ? public_url : "", text);
}

static bool may_be_called_at(const struct hall *h, const struct window *w, const struct ticket *t)
{
    if (w->state == HALLD__WINDOW_STATE__E__closed || w->state == HALLD__WINDOW_STATE__E__draining)
        return false;
    if (t->place.window > 0)
        return t->place.window == w->window;
    return skill_has(&w->skill, setup_group_index(hall_setup(h), t->group));
}

static void set_windows(Halld__TicketView *v, const struct hall *h, const struct ticket *t)
{
    const struct queue *q = hall_queue(h);
    v->windows = build_array(queue_window_count(q), sizeof *v->windows);
    for (size_t i = 0; i < queue_window_count(q); i++)
        if (may_be_called_at(h, queue_window_at(q, i), t))
            v->windows[v->n_windows++] = queue_window_at(q, i)->window;
}

static void set_missing(Halld__TicketView *v, const char *lines)
{
    for (const char *at = lines; *at; at += strspn(at, "\n")) {
        size_t len = strcspn(at, "\n");
        char *line = alloc_format("%.*s", (int)len, at);
        v->missing = alloc_grow(v->missing, v->n_missing + 1, sizeof *v->missing);
        v->missing[v->n_missing++] = line;
        at += len;
    }
}

/* Why it is called, and when its turn by appointment begins. */
static void set_reasons(Halld__TicketView *v, const struct hall *h, const struct ticket *t)
{
    const struct window *w = t->window > 0 ? queue_window_find(hall_queue(h), t->window) : NULL;
    if (t->place.gate > 0 && t->state == HALLD__TICKET_STATE__E__waiting) {
        v->has_gate_case = HALLD__TICKET_VIEW__HAS_GATE_GATE_AT;
        v->gate_at = t->place.gate;
    }
    if (!w || w->ticket != t || !w->call)
        return;
    v->has_why_case = HALLD__TICKET_VIEW__HAS_WHY_WHY;
    v->has_why_en_case = HALLD__TICKET_VIEW__HAS_WHY_EN_WHY_EN;
    why_sentence(hall_setup(h), w->call, &v->why, &v->why_en);
}

Halld__TicketView *ticket_view_new_person(const struct hall *h, const struct ticket *t, const char *public_url)
{
    Halld__TicketView *v = ticket_view_new(h, t);
    ticket_view_set_link(v, t->token, public_url);
    if (t->state == HALLD__TICKET_STATE__E__waiting)
        set_windows(v, h, t);
    set_reasons(v, h, t);
    v->may_return = queue_ticket_may_return(t);
    set_missing(v, t->missing);
    return v;
}

/* ---- lists */

static bool fits_text(const struct hall *h, const struct ticket *t, const char *q)
{
    if (strcasestr(t->number, q))
        return true;
    const Halld__Item *row = setup_item_find(hall_setup(h), t->item);
    return row && hall_view_item_fits(row, q);
}

static bool fits(const struct hall *h, const struct ticket *t, const Halld__TicketQuery *query)
{
    if (query->has_state_case == HALLD__TICKET_QUERY__HAS_STATE_STATE && t->state != query->state)
        return false;
    if (*query->queue && strcmp(query->queue, t->queue) != 0)
        return false;
    if (*query->number && strcasecmp(query->number, t->number) != 0)
        return false;
    return !*query->q || fits_text(h, t, query->q);
}

Halld__TicketList *ticket_list_new(const struct hall *h, const Halld__TicketQuery *query)
{
    const struct queue *q = hall_queue(h);
    Halld__TicketList *l = MESSAGE_NEW(Halld__TicketList, &halld__ticket_list__descriptor);
    size_t most = query->most <= 0 ? PAGE : query->most < PAGE_MOST ? (size_t)query->most : PAGE_MOST;
    l->tickets = build_array(most, sizeof *l->tickets);
    for (size_t i = queue_ticket_count(q); i-- > 0;) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (!fits(h, t, query))
            continue;
        l->total++;
        if (query->after && t->id >= query->after)
            continue;
        if (l->n_tickets < most) {
            l->tickets[l->n_tickets++] = ticket_view_new(h, t);
        } else if (l->has_next_case == HALLD__TICKET_LIST__HAS_NEXT__NOT_SET) {
            l->has_next_case = HALLD__TICKET_LIST__HAS_NEXT_NEXT;
            l->next = l->tickets[most - 1]->id;
        }
    }
    return l;
}
