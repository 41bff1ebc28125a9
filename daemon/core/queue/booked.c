/* The container of appointments and strikes; what may happen to them is in appointment.c. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "core/queue/queue_state.h"

enum { KEEP_DAYS = 31 }; /* the longest period that a limit looks back over */

static uint64_t token_key(const uint8_t token[16])
{
    uint64_t key;
    memcpy(&key, token, sizeof key);
    return key ? key : 1;
}

struct appointment *queue_appointment(struct queue *q, uint64_t id)
{
    size_t low = 0, high = q->n_appointments;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (q->appointments[mid]->id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < q->n_appointments && q->appointments[low]->id == id ? q->appointments[low] : NULL;
}

struct appointment *queue_appointment_add(struct queue *q, uint64_t id, const uint8_t token[16])
{
    if (q->n_appointments == q->cap_appointments) {
        q->cap_appointments = q->cap_appointments ? q->cap_appointments * 2 : 64;
        q->appointments = alloc_grow(q->appointments, q->cap_appointments, sizeof *q->appointments);
    }
    struct appointment *a = alloc_zero(sizeof *a);
    a->id = id;
    a->state = HALLD__APPOINTMENT_STATE__E__cancelled; /* until it is set */
    memcpy(a->token, token, sizeof a->token);
    q->appointments[q->n_appointments++] = a;
    map_put(&q->appointment_by_token, token_key(token), a);
    return a;
}

static void held_remove(struct queue *q, const struct appointment *a)
{
    for (size_t i = 0; i < q->n_held; i++)
        if (q->held[i] == a) {
            q->n_held--;
            memmove(q->held + i, q->held + i + 1, (q->n_held - i) * sizeof *q->held);
            return;
        }
}

void queue_appointment_set(struct queue *q, struct appointment *a, Halld__AppointmentState__E state)
{
    if (a->state == HALLD__APPOINTMENT_STATE__E__held)
        held_remove(q, a);
    a->state = state;
    if (state != HALLD__APPOINTMENT_STATE__E__held)
        return;
    q->held = alloc_grow(q->held, q->n_held + 1, sizeof *q->held);
    q->held[q->n_held++] = a;
}

void queue_strike_add(struct queue *q, const uint8_t person[16], int32_t date)
{
    q->strikes = alloc_grow(q->strikes, q->n_strikes + 1, sizeof *q->strikes);
    memcpy(q->strikes[q->n_strikes].person, person, 16);
    q->strikes[q->n_strikes++].date = date;
}

static bool is_old(const struct appointment *a, int32_t today)
{
    bool open = a->state == HALLD__APPOINTMENT_STATE__E__held || a->state == HALLD__APPOINTMENT_STATE__E__booked;
    return !open && date_to_days(today) - date_to_days(a->date) > KEEP_DAYS;
}

void queue_forget_appointments(struct queue *q, int32_t today, int strike_days)
{
    size_t kept = 0;
    for (size_t i = 0; i < q->n_appointments; i++) {
        struct appointment *a = q->appointments[i];
        if (is_old(a, today)) {
            map_remove(&q->appointment_by_token, token_key(a->token));
            free(a);
        } else {
            q->appointments[kept++] = a;
        }
    }
    q->n_appointments = kept;
    kept = 0;
    for (size_t i = 0; i < q->n_strikes; i++)
        if (date_to_days(today) - date_to_days(q->strikes[i].date) <= strike_days)
            q->strikes[kept++] = q->strikes[i];
    q->n_strikes = kept;
}

size_t queue_appointment_count(const struct queue *q)
{
    return q->n_appointments;
}

const struct appointment *queue_appointment_at(const struct queue *q, size_t i)
{
    return q->appointments[i];
}

const struct appointment *queue_appointment_by_token(const struct queue *q, const uint8_t token[16])
{
    const struct appointment *a = map_find(&q->appointment_by_token, token_key(token));
    return a && memcmp(a->token, token, sizeof a->token) == 0 ? a : NULL;
}

const struct appointment *queue_appointment_find(const struct queue *q, uint64_t id)
{
    return queue_appointment((struct queue *)(uintptr_t)q, id);
}
