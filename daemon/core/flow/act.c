/* A command's events: made on its layer, handed down when it has succeeded. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/flow/flow_state.h"

int32_t act_today(const struct act *a)
{
    return worktime_date(flow_hall_time(a->flow, a->turn->now));
}

static Halld__MatterHead *head_of(const struct act *a, const struct matter *m)
{
    Halld__MatterHead *head = MESSAGE_NEW(Halld__MatterHead, &halld__matter_head__descriptor);
    head->matter = m->id;
    head->flow = alloc_text(m->def->flow->name);
    head->version = m->def->flow->version;
    head->duty = alloc_text(a->turn->facts->duty(a->turn->facts->arg, act_today(a)));
    head->window = a->turn->window;
    return head;
}

/* Of any body about a matter: the head is its first field. */
struct any_body {
    ProtobufCMessage base;
    Halld__MatterHead *head;
};

void *act_begin(struct act *a, Halld__Event__BodyCase body, const struct matter *m, Halld__Event **ret)
{
    Halld__Event *event = *ret = (Halld__Event *)message_carry(&halld__event__descriptor, body, NULL);
    struct any_body *b = (void *)event->matter_moved; /* the oneof is a union of pointers */
    event->at = a->turn->now;
    event->day = act_today(a);
    if (m)
        b->head = head_of(a, m);
    return b;
}

static void keep_event(struct act *a, Halld__Event *event)
{
    a->events = alloc_grow(a->events, a->n_events + 1, sizeof *a->events);
    a->events[a->n_events++] = event;
}

void act_make(struct act *a, Halld__Event *event)
{
    flow_apply(a->flow, event);
    keep_event(a, event);
}

void act_erase(struct act *a, const struct matter *m, int field)
{
    Halld__Event *event;
    Halld__FieldErased *b = act_begin(a, FLOW_EVENT(FIELD_ERASED), m, &event);
    b->field = alloc_text(m->def->flow->fields[field]->name);
    act_make(a, event);
}

static void forget_events(struct act *a)
{
    for (size_t i = 0; i < a->n_events; i++)
        halld__event__free_unpacked(a->events[i], NULL);
}

void act_begin_inner(struct act *inner, const struct act *outer, struct flow *layer)
{
    flow_layer_init(layer, outer->flow);
    *inner = (struct act){.flow = layer, .turn = outer->turn, .refusal = outer->refusal, .depth = outer->depth + 1};
}

void act_end_inner(struct act *inner, struct act *outer, bool keep)
{
    flow_layer_fini(inner->flow);
    if (!keep)
        forget_events(inner);
    for (size_t i = 0; keep && i < inner->n_events; i++)
        act_make(outer, inner->events[i]);
    free(inner->events);
}

void act_begin_turn(struct act *a, const struct flow *base, struct flow *layer, const struct flow_turn *turn,
                    struct refusal *r)
{
    flow_layer_init(layer, base);
    *a = (struct act){.flow = layer, .turn = turn, .refusal = r};
}

size_t act_end_turn(struct act *a, bool keep)
{
    size_t n = keep ? a->n_events : 0;
    flow_layer_fini(a->flow);
    if (!keep)
        forget_events(a);
    for (size_t i = 0; i < n; i++)
        a->turn->make(a->turn->arg, a->events[i]);
    free(a->events);
    return n;
}
