#include "core/hall.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/decision.h"

/* ---- the two tables: what each command is decided by, and each event applied by. */

#define COMMAND(NAME) HALLD__COMMAND__BODY_##NAME
static decide_fn *const decide_table[] = {
    [COMMAND(ISSUE_TICKET)] = issue_decide,
    [COMMAND(CANCEL_TICKET)] = leave_decide_cancel,
    [COMMAND(REPORT_BACK)] = leave_decide_report_back,
    [COMMAND(CHANGE_CLASS)] = leave_decide_class,
    [COMMAND(HOLD_SLOT)] = appointment_decide_hold,
    [COMMAND(BOOK_SLOT)] = appointment_decide_book,
    [COMMAND(CANCEL_APPOINTMENT)] = appointment_decide_cancel,
    [COMMAND(CHECK_IN)] = appointment_decide_check_in,
    [COMMAND(REPORT_PRINT)] = equipment_decide_print,
    [COMMAND(OPEN_WINDOW)] = window_decide_open,
    [COMMAND(BREAK_WINDOW)] = window_decide_break,
    [COMMAND(RESUME_WINDOW)] = window_decide_resume,
    [COMMAND(SUSPEND_WINDOW)] = window_decide_suspend,
    [COMMAND(DRAIN_WINDOW)] = window_decide_drain,
    [COMMAND(CLOSE_WINDOW)] = window_decide_close,
    [COMMAND(TAKE_OVER_WINDOW)] = window_decide_take_over,
    [COMMAND(MOVE_APPOINTMENT)] = appointment_decide_move,
    [COMMAND(NEXT_TICKET)] = call_decide_next,
    [COMMAND(REPEAT_CALL)] = call_decide_repeat,
    [COMMAND(START_SERVICE)] = visit_decide_start,
    [COMMAND(HOLD_TICKET)] = visit_decide_hold,
    [COMMAND(UNHOLD_TICKET)] = visit_decide_unhold,
    [COMMAND(FINISH_TICKET)] = visit_decide_finish,
    [COMMAND(MISS_TICKET)] = call_decide_miss,
    [COMMAND(TRANSFER_TICKET)] = visit_decide_transfer,
    [COMMAND(CALL_TICKET)] = call_decide_manual,
    [COMMAND(PUT_SETTINGS)] = settings_decide_put,
    [COMMAND(OPEN_DAY)] = day_decide_open,
    [COMMAND(TICK)] = day_decide_tick,
    [COMMAND(MOVE_COUNTERS)] = day_decide_counters,
    [COMMAND(ACCEPT_CLOCK)] = day_decide_clock,
    [COMMAND(START_JOURNAL)] = day_decide_journal,
    [COMMAND(REPORT_DEVICE)] = equipment_decide_report,
    [COMMAND(CALL_HELP)] = equipment_decide_call,
    [COMMAND(ANSWER_HELP)] = equipment_decide_answer,
    [COMMAND(OPEN_MATTER)] = matters_decide_open,
    [COMMAND(TAKE_TRANSITION)] = matters_decide_take,
    [COMMAND(DEFINE_FLOW)] = matters_decide_define,
    [COMMAND(SET_PROFILE)] = matters_decide_profile,
    [COMMAND(MIGRATE_FLOW)] = matters_decide_migrate,
};

#define EVENT(NAME) HALLD__EVENT__BODY_##NAME
static apply_fn *const apply_table[] = {
    [EVENT(SETTINGS_CHANGED)] = settings_apply_changed,
    [EVENT(DAY_OPENED)] = day_apply_opened,
    [EVENT(DAY_CLOSED)] = day_apply_closed,
    [EVENT(COUNTERS_MOVED)] = day_apply_counters,
    [EVENT(CLOCK_ACCEPTED)] = day_apply_clock,
    [EVENT(JOURNAL_STARTED)] = day_apply_journal,
    [EVENT(TICKET_ISSUED)] = issue_apply,
    [EVENT(TICKET_CALLED)] = call_apply_called,
    [EVENT(CALL_REPEATED)] = call_apply_repeated,
    [EVENT(SERVICE_STARTED)] = visit_apply_started,
    [EVENT(TICKET_HELD)] = visit_apply_held,
    [EVENT(TICKET_UNHELD)] = visit_apply_unheld,
    [EVENT(TICKET_FINISHED)] = visit_apply_finished,
    [EVENT(TICKET_TRANSFERRED)] = visit_apply_transferred,
    [EVENT(TICKET_MISSED)] = call_apply_missed,
    [EVENT(REPORTED_BACK)] = leave_apply_reported_back,
    [EVENT(TICKET_CANCELLED)] = leave_apply_cancelled,
    [EVENT(TICKET_EXPIRED)] = leave_apply_expired,
    [EVENT(CLASS_CHANGED)] = leave_apply_class,
    [EVENT(SLOT_HELD)] = appointment_apply_held,
    [EVENT(SLOT_BOOKED)] = appointment_apply_booked,
    [EVENT(APPOINTMENT_CANCELLED)] = appointment_apply_cancelled,
    [EVENT(APPOINTMENT_MISSED)] = appointment_apply_missed,
    [EVENT(TICKET_PRINTED)] = equipment_apply_printed,
    [EVENT(WINDOW_OPENED)] = window_apply_opened,
    [EVENT(WINDOW_READY)] = window_apply_ready,
    [EVENT(WINDOW_BREAK)] = window_apply_break,
    [EVENT(WINDOW_RESUMED)] = window_apply_resumed,
    [EVENT(WINDOW_SUSPENDED)] = window_apply_suspended,
    [EVENT(WINDOW_DRAINING)] = window_apply_draining,
    [EVENT(WINDOW_CLOSED)] = window_apply_closed,
    [EVENT(WINDOW_TAKEN_OVER)] = window_apply_taken_over,
    [EVENT(DEVICE_REPORTED)] = equipment_apply_reported,
    [EVENT(HELP_CALLED)] = equipment_apply_called,
    [EVENT(HELP_ANSWERED)] = equipment_apply_answered,
    [EVENT(FLOW_DEFINED)] = matters_apply,
    [EVENT(PROFILE_SET)] = matters_apply,
    [EVENT(MATTER_MOVED)] = matters_apply,
    [EVENT(CLOCK_STARTED)] = matters_apply,
    [EVENT(CLOCK_MOVED)] = matters_apply,
    [EVENT(CLOCK_PAUSED)] = matters_apply,
    [EVENT(CLOCK_STOPPED)] = matters_apply,
    [EVENT(MARK_GIVEN)] = matters_apply,
    [EVENT(MATTER_RAISED)] = matters_apply,
    [EVENT(MATTER_NOTIFIED)] = matters_apply,
    [EVENT(MATTER_TOLD)] = matters_apply,
    [EVENT(MATTER_EFFECT)] = matters_apply,
    [EVENT(MATTER_MIGRATED)] = matters_apply,
    [EVENT(FIELD_ERASED)] = matters_apply,
    [EVENT(MIGRATION_BEGUN)] = matters_apply,
    [EVENT(MATTERS_CHECKED)] = matters_apply,
};

#define ROW(table, i) ((size_t)(i) < sizeof(table) / sizeof *(table) ? (table)[i] : NULL)

bool hall_knows(const Halld__Event *event)
{
    return ROW(apply_table, event->body_case) != NULL;
}

/* ---- life */

struct hall *hall_new(void)
{
    struct hall *h = alloc_zero(sizeof *h);
    h->setup = setup_new();
    h->queue = queue_new();
    h->flow = flow_new();
    return h;
}

void hall_free(struct hall *h)
{
    if (!h)
        return;
    queue_free(h->queue);
    flow_free(h->flow);
    setup_free(h->setup);
    free(h->equipment);
    if (h->journal)
        halld__journal_started__free_unpacked(h->journal, NULL);
    free(h);
}

struct hall *hall_clone(const struct hall *h)
{
    Halld__Snapshot *s = hall_to_snapshot(h);
    struct hall *clone = hall_from_snapshot(s);
    halld__snapshot__free_unpacked(s, NULL);
    if (!clone)
        abort();
    return clone;
}

/* ---- apply */

void hall_apply(struct hall *h, const Halld__Event *event)
{
    if (event->seq != h->seq + 1 || event->at < h->at || !hall_knows(event))
        abort(); /* not this hall's next event: going on would be another hall */
    line_open_gates(h->queue->line, event->at);
    apply_table[event->body_case](h, event);
    h->seq = event->seq;
    h->at = event->at;
    h->epoch = event->epoch;
}

/* ---- decide */

void events_fini(struct events *e)
{
    for (size_t i = 0; i < e->n; i++)
        halld__event__free_unpacked(e->at[i], NULL);
    free(e->at);
    *e = (struct events)EVENTS_INIT;
}

void events_add_take(struct events *e, Halld__Event *ev)
{
    if (e->n == e->cap) {
        e->cap = e->cap ? e->cap * 2 : 8;
        e->at = alloc_grow(e->at, e->cap, sizeof *e->at);
    }
    e->at[e->n++] = ev;
}

void *decision_begin(struct decision *d, Halld__Event__BodyCase body)
{
    d->open = (Halld__Event *)message_carry(&halld__event__descriptor, body, NULL);
    return d->open->settings_changed; /* the oneof is a union of pointers */
}

static Halld__Actor *actor_copy(const Halld__Actor *from)
{
    Halld__Actor *a = MESSAGE_NEW(Halld__Actor, &halld__actor__descriptor);
    a->kind = from->kind;
    if (*from->id)
        a->id = alloc_text(from->id);
    if (*from->device)
        a->device = alloc_text(from->device);
    return a;
}

uint64_t decision_seq(const struct decision *d)
{
    return d->hall->seq + 1;
}

/* The two kinds that begin an epoch are the first of it. */
static uint64_t epoch_of(const Halld__Event *ev, uint64_t present)
{
    if (ev->body_case == HALLD__EVENT__BODY_JOURNAL_STARTED)
        return ev->journal_started->epoch;
    if (ev->body_case == HALLD__EVENT__BODY_COUNTERS_MOVED && ev->counters_moved->epoch)
        return ev->counters_moved->epoch;
    return present;
}

void decision_make(struct decision *d)
{
    Halld__Event *ev = d->open;
    struct hall *h = d->hall;
    ev->seq = h->seq + 1;
    ev->at = d->turn->now_ms > h->at ? d->turn->now_ms : h->at;
    ev->epoch = epoch_of(ev, h->epoch);
    ev->day = ev->body_case == HALLD__EVENT__BODY_DAY_OPENED ? ev->day_opened->date : h->queue->day.date;
    ev->actor = actor_copy(d->turn->actor);
    d->open = NULL;
    hall_apply(h, ev);
    events_add_take(d->events, ev);
}

static void mark_command(Halld__Event *first, size_t n, const struct turn *turn)
{
    first->of = (int32_t)n;
    if (!turn->has_key)
        return;
    first->key = (ProtobufCBinaryData){sizeof turn->key, alloc_copy(turn->key, sizeof turn->key)};
    first->request = (ProtobufCBinaryData){sizeof turn->request, alloc_copy(turn->request, sizeof turn->request)};
}

int hall_decide(struct hall *h, const Halld__Command *command, const struct turn *turn, struct events *ret,
                struct refusal *r)
{
    decide_fn *decide = ROW(decide_table, command->body_case);
    if (!decide)
        return refuse(r, HALL_E_BAD_REQUEST, "", "");
    if (hall_is_behind(h) && command->body_case != COMMAND(TICK) && command->body_case != COMMAND(ACCEPT_CLOCK))
        return refuse(r, HALL_E_NOT_READY, "", "");
    if (turn->now_ms > h->at)
        line_open_gates(h->queue->line, turn->now_ms);
    size_t before = ret->n;
    struct decision d = {.hall = h, .command = command, .turn = turn, .events = ret, .refusal = r};
    int code = decide(&d);
    if (code == 0 && ret->n > before)
        mark_command(ret->at[before], ret->n - before, turn);
    else if (code != 0 && ret->n > before)
        abort(); /* a refusal after its first event: the decide function broke its contract */
    return code;
}

Halld__Key *decision_key(const struct key *key)
{
    Halld__Key *k = MESSAGE_NEW(Halld__Key, &halld__key__descriptor);
    k->e = key->e;
    k->t0 = key->t0;
    k->seq = key->seq;
    k->sub = key->sub;
    return k;
}

/* ---- reading */

const struct setup *hall_setup(const struct hall *h)
{
    return h->setup;
}

const struct queue *hall_queue(const struct hall *h)
{
    return h->queue;
}

bool hall_is_behind(const struct hall *h)
{
    return flow_is_behind(h->flow);
}

const struct flow *hall_flow(const struct hall *h)
{
    return h->flow;
}

uint64_t hall_seq(const struct hall *h)
{
    return h->seq;
}

int64_t hall_at(const struct hall *h)
{
    return h->at;
}

uint64_t hall_epoch(const struct hall *h)
{
    return h->epoch;
}

const Halld__JournalStarted *hall_journal(const struct hall *h)
{
    return h->journal;
}
