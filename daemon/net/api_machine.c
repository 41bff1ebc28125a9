/* The daemon itself: is it well, what needs attention, its clock and its backups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/message.h"
#include "core/hall.h"
#include "core/queue/queue.h"
#include "engine/engine.h"
#include "engine/flow_load.h"
#include "metrics/metrics.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "port/command.h"
#include "store/sealed.h"
#include "store/store.h"
#include "view/alarms.h"
#include "view/hall_view.h"

static const char *read_only_why(const struct net *n)
{
    return n->o.engine ? engine_read_only_why(n->o.engine) : "";
}

/* ---- health */

static Halld__HealthView health(const struct call *c)
{
    Halld__HealthView v = HALLD__HEALTH_VIEW__INIT;
    v.ready = !net_is_read_only(c->net);
    v.version = (char *)PACKAGE_VERSION;
    v.seq = hall_seq(call_hall(c));
    v.read_only = net_is_read_only(c->net);
    v.why = (char *)read_only_why(c->net);
    return v;
}

void api_healthz(struct call *c)
{
    Halld__HealthView v = health(c);
    call_reply(c, 200, message_clone(&v.base));
}

void api_readyz(struct call *c)
{
    Halld__HealthView v = health(c);
    call_reply(c, v.ready ? 200 : 503, message_clone(&v.base));
}

static int64_t min_free_mib(const struct net *n)
{
    const Halld__ConfigLimits *l = n->o.config->limits;
    return l && l->has_free_case ? l->min_free_mib : 64;
}

static Halld__AlarmList *alarms_of(struct call *c)
{
    struct net *n = c->net;
    struct machine_facts m = {.read_only = net_is_read_only(n),
                              .read_only_why = read_only_why(n),
                              .free_mib = n->o.store ? store_free_mib(n->o.store) : -1,
                              .min_free_mib = min_free_mib(n)};
    m.quote = net_quote(n);
    m.series = n->o.metrics ? metrics_trouble(n->o.metrics) : "broken";
    m.cannot_seal = !n->person_key || (n->o.store && !store_seals(n->o.store));
    if (n->o.flows) {
        struct flow_trouble t = flow_loader_trouble(n->o.flows);
        m.n_flow_faults = t.n;
        m.flow_fault = t.first;
        m.flow_since_at = t.since_at;
    }
    if (n->o.engine)
        m.clock_stepped = engine_clock_stepped(n->o.engine, &m.clock_step_ms);
    struct silent_device *silent = beats_silent(n->beats, call_hall(c), clock_monotonic_ms(), &m.n_silent);
    m.silent = silent;
    Halld__AlarmList *v = alarm_list_new(call_hall(c), call_now(c), &m);
    free(silent);
    acks_tell(n->acks, v);
    return v;
}

void api_status(struct call *c)
{
    Halld__StatusView v = HALLD__STATUS_VIEW__INIT;
    Halld__HealthView h = health(c);
    const struct queue *q = hall_queue(call_hall(c));
    v.health = &h;
    v.hall = hall_view_new(call_hall(c), call_now(c), net_is_read_only(c->net));
    v.issued_today = (int32_t)queue_ticket_count(q);
    for (size_t i = 0; i < queue_ticket_count(q); i++) {
        v.waiting += queue_ticket_at(q, i)->state == HALLD__TICKET_STATE__E__waiting;
        v.serving += queue_ticket_at(q, i)->state == HALLD__TICKET_STATE__E__serving;
    }
    v.rss_bytes = alloc_resident();
    v.events = hall_seq(call_hall(c));
    v.connections = http_connections(c->net->http);
    v.streams = http_streams(c->net->http);
    v.zmq = (char *)(c->net->o.bus ? c->net->o.bus : "");
    v.zmq_public_key = (char *)(c->net->o.bus_key ? c->net->o.bus_key : "");
    Halld__AlarmList *l = alarms_of(c);
    v.n_alarms = l->n_alarms;
    v.alarms = l->alarms;
    call_reply(c, 200, message_clone(&v.base));
    halld__alarm_list__free_unpacked(l, NULL);
    halld__hall_view__free_unpacked(v.hall, NULL);
}

void api_alarms(struct call *c)
{
    call_reply(c, 200, &alarms_of(c)->base);
}

static const Halld__AlarmView *alarm_find(const Halld__AlarmList *l, const char *name)
{
    for (size_t i = 0; i < l->n_alarms; i++)
        if (strcmp(l->alarms[i]->alarm, name) == 0)
            return l->alarms[i];
    return NULL;
}

/* Who saw to it is in the security log as well. */
static void acknowledge(struct call *c, const char *alarm)
{
    Halld__AlarmList *v = alarms_of(c);
    if (!alarm_find(v, alarm)) {
        halld__alarm_list__free_unpacked(v, NULL);
        call_refuse_field(c, HALL_E_NOT_FOUND, "alarm", alarm);
        return;
    }
    acks_put(c->net->acks, alarm, c->caller.id, call_now(c));
    acks_tell(c->net->acks, v);
    call_log(c, "alarm_acknowledged", c->caller.id, alarm);
    call_reply(c, 200, &v->base);
}

void api_acknowledge(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    acknowledge(c, ((Halld__AlarmQuery *)body)->alarm);
    protobuf_c_message_free_unpacked(body, NULL);
}

/* ---- what an administrator does to the machine */

void api_accept_clock(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    struct timespec wall;
    if (!body)
        return;
    Halld__AcceptClock *accept = MESSAGE_NEW(Halld__AcceptClock, &halld__accept_clock__descriptor);
    clock_gettime(CLOCK_REALTIME, &wall);
    accept->wall_at = wall.tv_sec * INT64_C(1000) + wall.tv_nsec / 1000000;
    accept->reason = alloc_text(((Halld__AcceptClockRequest *)body)->reason);
    protobuf_c_message_free_unpacked(body, NULL);
    call_submit(c, command_new(HALLD__COMMAND__BODY_ACCEPT_CLOCK, &accept->base));
}

static void on_backed_up(void *arg, int code, const char *why)
{
    struct call *c = arg;
    Halld__Empty empty = HALLD__EMPTY__INIT;
    if (code)
        call_refuse_field(c, code, "file", why);
    else
        call_reply(c, 200, message_clone(&empty.base));
}

static void back_up(struct call *c, const char *file)
{
    uid_t uid;
    int code = HALL_E_WRONG_ROLE; /* a path of this machine is the business of its own users */
    if (request_peer_uid(c->request, &uid))
        code = file[0] == '/' ? 0 : HALL_E_BAD_VALUE;
    if (code == 0)
        code = c->net->o.engine ? engine_backup(c->net->o.engine, file, on_backed_up, c) : HALL_E_NOT_READY;
    if (code == 0)
        call_log(c, "backup", c->caller.id, file);
    else
        call_refuse_field(c, code, "file", file);
}

void api_backup(struct call *c)
{
    ProtobufCMessage *body = call_body(c);
    if (!body)
        return;
    back_up(c, ((Halld__BackupRequest *)body)->file);
    protobuf_c_message_free_unpacked(body, NULL);
}

static void on_flows_loaded(void *arg, int code, const Halld__FlowLoad *what)
{
    struct call *c = arg;
    if (code)
        call_refuse(c, code);
    else
        call_reply(c, 200, message_clone(&what->base));
}

/* Files with faults are no refusal: what they say is the answer. */
void api_flows_reload(struct call *c)
{
    struct flow_loader *flows = c->net->o.flows;
    Halld__Actor actor = HALLD__ACTOR__INIT;
    if (!flows || !flow_loader_has_files(flows)) {
        call_refuse_field(c, HALL_E_NOT_FOUND, "flows_dir", "");
        return;
    }
    actor.kind = c->caller.kind;
    actor.id = c->caller.id;
    actor.device = c->caller.device;
    flow_loader_load(flows, &actor, c->caller.role, on_flows_loaded, c);
}
