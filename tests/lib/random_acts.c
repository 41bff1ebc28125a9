#include "random_acts.h"

#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "core/queue/queue.h"
#include "core/setup.h"
#include "random_hall.h"
#include "random_matters.h"

enum { RECENT = 60, MINUTE = 60000 };

typedef void act(struct random_hall *r);

struct chance {
    int weight;
    act *act;
};

static void do_one_of(struct random_hall *r, const struct chance *of, size_t n)
{
    int all = 0;
    for (size_t i = 0; i < n; i++)
        all += of[i].weight;
    int rolled = (int)random_hall_roll(r, (uint32_t)all);
    for (size_t i = 0; i < n; i++) {
        rolled -= of[i].weight;
        if (rolled < 0) {
            of[i].act(r);
            return;
        }
    }
}

#define ONE_OF(r, table) do_one_of(r, table, sizeof(table) / sizeof *(table))

static const struct queue *queue_of(const struct random_hall *r)
{
    return hall_queue(r->play.hall);
}

/* One of the latest tickets that suits; NULL if there is none. */
static const struct ticket *ticket_that(struct random_hall *r, bool suits(const struct ticket *t))
{
    const struct queue *q = queue_of(r);
    size_t n = queue_ticket_count(q), from = n > RECENT ? n - RECENT : 0, found = 0;
    const struct ticket *taken = NULL;
    for (size_t i = from; i < n; i++) {
        const struct ticket *t = queue_ticket_at(q, i);
        if (suits(t) && random_hall_roll(r, (uint32_t)++found) == 0)
            taken = t;
    }
    return taken;
}

static bool is_waiting(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__waiting;
}

static bool is_missed(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__missed;
}

static bool is_held(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__held;
}

static bool is_here(const struct ticket *t)
{
    return t->state <= HALLD__TICKET_STATE__E__missed;
}

static bool owes(const struct ticket *t)
{
    return t->state == HALLD__TICKET_STATE__E__done && !t->returned &&
           (t->outcome == HALLD__OUTCOME__E__supplement || t->outcome == HALLD__OUTCOME__E__accepted);
}

static const char *any_class(struct random_hall *r)
{
    const Halld__Settings *s = setup_settings(hall_setup(r->play.hall));
    return random_hall_roll(r, 10) < 6 ? "normal" : s->classes[random_hall_roll(r, (uint32_t)s->n_classes)]->class_;
}

static int any_item(struct random_hall *r)
{
    int a = (int)random_hall_roll(r, (uint32_t)r->items), b = (int)random_hall_roll(r, (uint32_t)r->items);
    return a < b ? a : b; /* some are asked for more than others */
}

/* ---- people */

static void comes(struct random_hall *r)
{
    random_hall_send(r, "{\"issue_ticket\":{\"item\":\"i%d\",\"class\":\"%s\"}}", any_item(r), any_class(r));
}

/* Given on paper while the daemon was away, and entered now. */
static void came_on_paper(struct random_hall *r)
{
    char t0[MOMENT_TEXT];
    moment_to_text(r->play.now - (int64_t)random_hall_roll(r, 60 * MINUTE), t0);
    random_hall_send(r, "{\"issue_ticket\":{\"item\":\"i%d\",\"class\":\"%s\",\"t0_at\":\"%s\"}}", any_item(r),
                     any_class(r), t0);
}

static void books(struct random_hall *r)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
    char slot[MOMENT_TEXT], person[25] = "AAAAAAAAAAAAAAAAAAAAAA==";
    int minute = (int)((r->play.now - moment_of_date(r->date, 0)) / MINUTE);
    minute = minute / 15 * 15 + 15 * (1 + (int)random_hall_roll(r, 10));
    moment_to_text(moment_of_date(r->date, minute), slot);
    for (int i = 0; i < 20; i++)
        person[i] = digits[random_hall_roll(r, 32)];
    random_hall_send(r,
                     "{\"hold_slot\":{\"item\":\"i%d\",\"slot_at\":\"%s\",\"date\":%d,\"minute\":%d,\"person\":\"%s\","
                     "\"class\":\"%s\"}}",
                     any_item(r), slot, r->date, minute, person, any_class(r));
}

static const struct appointment *booked_within(struct random_hall *r, int64_t before, int64_t after)
{
    const struct queue *q = queue_of(r);
    const struct appointment *taken = NULL;
    uint32_t found = 0;
    for (size_t i = 0; i < queue_appointment_count(q); i++) {
        const struct appointment *a = queue_appointment_at(q, i);
        bool near = a->slot_at - before <= r->play.now && r->play.now <= a->slot_at + after;
        if (a->state == HALLD__APPOINTMENT_STATE__E__booked && near && random_hall_roll(r, ++found) == 0)
            taken = a;
    }
    return taken;
}

/* Early, in time, in the grace or late; some never come. */
static void checks_in(struct random_hall *r)
{
    const struct appointment *a = booked_within(r, random_hall_roll(r, 3) ? 20 * MINUTE : 100 * MINUTE, 30 * MINUTE);
    if (a)
        random_hall_send(r, "{\"check_in\":{\"id\":\"%llu\"}}", (unsigned long long)a->id);
}

static void calls_off(struct random_hall *r)
{
    const struct appointment *a = booked_within(r, 300 * MINUTE, 0);
    if (a)
        random_hall_send(r, "{\"cancel_appointment\":{\"id\":\"%llu\",\"reason\":\"test\"}}",
                         (unsigned long long)a->id);
}

/* Some ask for a time that is gone or full, and keep what they have. */
static void moves(struct random_hall *r)
{
    const struct appointment *a = booked_within(r, 300 * MINUTE, 0);
    char slot[MOMENT_TEXT];
    if (!a)
        return;
    int minute = (int)((a->slot_at - moment_of_date(a->date, 0)) / MINUTE) + 15 * ((int)random_hall_roll(r, 9) - 4);
    moment_to_text(moment_of_date(a->date, minute), slot);
    random_hall_send(r, "{\"move_appointment\":{\"id\":\"%llu\",\"slot_at\":\"%s\",\"date\":%d,\"minute\":%d}}",
                     (unsigned long long)a->id, slot, a->date, minute);
}

static void returns(struct random_hall *r)
{
    const struct ticket *t = ticket_that(r, owes);
    if (!t)
        return;
    if (random_hall_roll(r, 4))
        random_hall_send(r, "{\"issue_ticket\":{\"return_id\":\"%llu\"}}", (unsigned long long)t->id);
    else
        random_hall_send(r, "{\"issue_ticket\":{\"return_id\":\"%llu\",\"item\":\"i%d\",\"class\":\"%s\"}}",
                         (unsigned long long)t->id, any_item(r), any_class(r));
}

static void leaves(struct random_hall *r)
{
    const struct ticket *t = ticket_that(r, random_hall_roll(r, 5) ? is_waiting : is_missed);
    if (t)
        random_hall_send(r, "{\"cancel_ticket\":{\"id\":\"%llu\",\"reason\":\"test\"}}", (unsigned long long)t->id);
}

static void reports_back(struct random_hall *r)
{
    const struct ticket *t = ticket_that(r, is_missed);
    if (t)
        random_hall_send(r, "{\"report_back\":{\"id\":\"%llu\"}}", (unsigned long long)t->id);
}

static void has_class_changed(struct random_hall *r)
{
    const struct ticket *t = ticket_that(r, random_hall_roll(r, 3) ? is_waiting : is_here);
    if (t)
        random_hall_send(r, "{\"change_class\":{\"id\":\"%llu\",\"class\":\"%s\",\"reason\":\"test\"}}",
                         (unsigned long long)t->id, any_class(r));
}

static const struct chance people[] = {
    {100, comes}, {6, came_on_paper}, {18, books}, {30, checks_in},    {2, calls_off},
    {2, moves},   {10, returns},      {7, leaves}, {14, reports_back}, {6, has_class_changed}};

/* ---- clerks: what is possible depends on the window's state */

static void sends(struct random_hall *r, int n, const char *command, const char *more)
{
    random_hall_send(r, "{\"%s\":{\"n\":%d%s}}", command, n, more);
}

/* A held ticket of the window is taken up again; false if it has none. */
static bool takes_up(struct random_hall *r, int n)
{
    const struct ticket *t = ticket_that(r, is_held);
    if (!t || t->window != n)
        return false;
    char more[40];
    snprintf(more, sizeof more, ",\"ticket\":\"%llu\"", (unsigned long long)t->id);
    sends(r, n, "unhold_ticket", more);
    return true;
}

static void calls_by_name(struct random_hall *r, int n)
{
    const struct ticket *t = ticket_that(r, is_waiting);
    char more[60];
    if (!t)
        return;
    snprintf(more, sizeof more, ",\"ticket\":\"%llu\",\"reason\":\"test\"", (unsigned long long)t->id);
    sends(r, n, "call_ticket", more);
}

static void at_idle(struct random_hall *r, int n, bool ready)
{
    uint32_t rolled = random_hall_roll(r, 100);
    if (rolled < 12 && takes_up(r, n))
        return;
    if (rolled < 18)
        calls_by_name(r, n);
    else if (rolled < 22)
        sends(r, n, "break_window", ",\"reason\":\"tea\",\"planned_s\":600");
    else if (rolled < 24)
        sends(r, n, "drain_window", "");
    else if (rolled < 26)
        sends(r, n, "close_window", "");
    else if (rolled < 27)
        sends(r, n, "suspend_window", ",\"reason\":\"fault\"");
    else if (!ready || rolled < 40)
        sends(r, n, "next_ticket", "");
}

static const char *any_outcome(struct random_hall *r)
{
    uint32_t rolled = random_hall_roll(r, 10);
    if (rolled == 0)
        return ",\"outcome\":\"supplement\",\"missing\":[\"test\"]";
    return rolled < 3 ? ",\"outcome\":\"accepted\"" : ",\"outcome\":\"handled\"";
}

static void transfers(struct random_hall *r, int n)
{
    char more[60];
    if (random_hall_roll(r, 3) == 0)
        snprintf(more, sizeof more, ",\"window\":%d", 1 + (int)random_hall_roll(r, (uint32_t)r->windows));
    else if (random_hall_roll(r, 3) == 0)
        snprintf(more, sizeof more, ",\"item\":\"i%d\",\"window\":%d", any_item(r),
                 1 + (int)random_hall_roll(r, (uint32_t)r->windows));
    else
        snprintf(more, sizeof more, ",\"item\":\"i%d\"", any_item(r));
    sends(r, n, "transfer_ticket", more);
}

static void at_called(struct random_hall *r, int n)
{
    uint32_t rolled = random_hall_roll(r, 100);
    if (rolled < 20)
        sends(r, n, "miss_ticket", "");
    else if (rolled < 27)
        sends(r, n, "repeat_call", "");
    else if (rolled < 31)
        transfers(r, n);
    else if (rolled < 40)
        sends(r, n, "next_ticket", any_outcome(r)); /* start is inferred */
    else if (rolled < 42)
        sends(r, n, "hold_ticket", "");
    else if (rolled < 44)
        sends(r, n, "drain_window", "");
    else if (rolled < 90)
        sends(r, n, "start_service", "");
}

static void at_serving(struct random_hall *r, int n)
{
    uint32_t rolled = random_hall_roll(r, 100);
    if (rolled < 8)
        transfers(r, n);
    else if (rolled < 18)
        sends(r, n, "hold_ticket", "");
    else if (rolled < 20)
        sends(r, n, "drain_window", "");
    else if (rolled < 27 && takes_up(r, n))
        return;
    else if (rolled < 35)
        sends(r, n, "finish_ticket", any_outcome(r));
    else
        sends(r, n, "next_ticket", any_outcome(r));
}

static void at_draining(struct random_hall *r, int n, bool busy)
{
    if (!busy && takes_up(r, n))
        return;
    if (busy)
        sends(r, n, random_hall_roll(r, 2) ? "next_ticket" : "finish_ticket", any_outcome(r));
    else if (random_hall_roll(r, 4) == 0)
        sends(r, n, "close_window", "");
}

/* A window has the skill it opened with; sometimes it opens with another. */
static void opens(struct random_hall *r, int n)
{
    const Halld__Window *row = setup_window_find(hall_setup(r->play.hall), n);
    if (random_hall_roll(r, 10) == 0) {
        play_as(&r->play, HALLD__ACTOR_KIND__E__device, "office", HALLD__ROLE__E__admin);
        random_hall_send(r, "{\"put_settings\":{\"put\":{\"windows\":[{\"window\":%d,\"name\":\"W\",%s}]}}}", n,
                         row->all ? "\"groups\":[\"g0\"]" : "\"all\":true");
        play_as(&r->play, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
    }
    sends(r, n, "open_window", "");
}

static void clerk_acts(struct random_hall *r)
{
    int n = 1 + (int)random_hall_roll(r, (uint32_t)r->windows);
    const struct window *w = queue_window_find(queue_of(r), n);
    Halld__WindowState__E state = w ? w->state : HALLD__WINDOW_STATE__E__closed;
    if (state == HALLD__WINDOW_STATE__E__closed)
        opens(r, n);
    else if (state == HALLD__WINDOW_STATE__E__draining)
        at_draining(r, n, w->ticket);
    else if (state == HALLD__WINDOW_STATE__E__break || state == HALLD__WINDOW_STATE__E__suspended)
        sends(r, n, random_hall_roll(r, 6) ? "resume_window" : "close_window", "");
    else if (!w->ticket)
        at_idle(r, n, state == HALLD__WINDOW_STATE__E__ready);
    else if (w->ticket->state == HALLD__TICKET_STATE__E__called)
        at_called(r, n);
    else
        at_serving(r, n);
}

/* ---- nonsense: any command about anything, which is mostly refused */

static uint64_t any_ticket(struct random_hall *r)
{
    size_t n = queue_ticket_count(queue_of(r));
    if (!n || random_hall_roll(r, 20) == 0)
        return 12345678;
    return queue_ticket_at(queue_of(r), random_hall_roll(r, (uint32_t)n))->id;
}

static void nonsense(struct random_hall *r)
{
    static const char *const at_window[] = {"open_window", "resume_window", "drain_window", "close_window",
                                            "repeat_call", "start_service", "hold_ticket",  "next_ticket",
                                            "miss_ticket", "finish_ticket"};
    static const char *const of_ticket[] = {"cancel_ticket", "report_back", "change_class", "report_print"};
    int n = (int)random_hall_roll(r, (uint32_t)r->windows + 2);
    unsigned long long id = any_ticket(r);
    switch (random_hall_roll(r, 6)) {
    case 0:
        random_hall_send(r, "{\"%s\":{\"id\":\"%llu\"}}", of_ticket[random_hall_roll(r, 4)], id);
        break;
    case 1:
        random_hall_send(r, "{\"call_ticket\":{\"n\":%d,\"ticket\":\"%llu\",\"reason\":\"test\"}}", n, id);
        break;
    case 2:
        random_hall_send(r, "{\"unhold_ticket\":{\"n\":%d,\"ticket\":\"%llu\"}}", n, id);
        break;
    case 3:
        random_hall_send(r, "{\"issue_ticket\":{\"item\":\"none\",\"return_id\":\"%llu\"}}", id);
        break;
    case 4:
        random_hall_send(r, "{\"transfer_ticket\":{\"n\":%d,\"window\":%d}}", n, r->windows + 1);
        break;
    default:
        random_hall_send(r, "{\"%s\":{\"n\":%d}}", at_window[random_hall_roll(r, 10)], n);
    }
}

void random_acts_do(struct random_hall *r)
{
    static const char *const names[] = {"li", "wang", "zhao", "chen"};
    play_as(&r->play, HALLD__ACTOR_KIND__E__device, "panel", HALLD__ROLE__E__clerk);
    if ((int)random_hall_roll(r, 100) < r->nonsense) {
        if (random_hall_roll(r, 2))
            play_as(&r->play, HALLD__ACTOR_KIND__E__user, names[random_hall_roll(r, 4)], HALLD__ROLE__E__clerk);
        nonsense(r);
        return;
    }
    if (r->matters && random_hall_roll(r, 25) == 0)
        random_matters_do(r);
    else if (random_hall_roll(r, 100) < 30)
        ONE_OF(r, people);
    else
        clerk_acts(r);
}
