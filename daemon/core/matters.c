/*
 * The hall's matters: joins the flow engine to the hall. What the engine must know of people, items and hours is read
 * from the setup here; its events become the hall's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "core/decision.h"
#include "core/matters.h"
#include "core/matters_where.h"

enum { EVENTS_OF_ONE_MARK = 48 }; /* with all that it sets off, as a rule */

/* ---- facts */

/* What the facts are read from: the hall, and who asks with which role. */
struct source {
    const struct hall *hall;
    const char *asks; /* NULL: nobody who is known */
    Halld__Role__E role;
    struct asker_memo *memo; /* of whoever asks; NULL: none */
};

static bool is_in_group(const struct setup *s, const char *user, const char *group)
{
    const Halld__User *u = setup_user_find(s, user);
    for (size_t i = 0; u && !u->disabled && i < u->n_groups; i++)
        if (strcmp(u->groups[i], group) == 0)
            return true;
    return false;
}

/* The role of whoever asks, else of the user as configured. */
static Halld__Role__E role_of(const struct source *src, const char *user)
{
    if (src->asks && strcmp(src->asks, user) == 0)
        return src->role;
    const Halld__User *u = setup_user_find(src->hall->setup, user);
    return u && !u->disabled ? u->role : HALLD__ROLE__E__public;
}

static bool is_staff(Halld__Role__E role)
{
    return role != HALLD__ROLE__E__public && role != HALLD__ROLE__E__kiosk && role != HALLD__ROLE__E__screen;
}

static bool find_role(const struct source *src, const char *user, const char *role)
{
    Halld__Role__E own = role_of(src, user);
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(&halld__role__e__descriptor, (int)own);
    if (strcmp(role, "staff") == 0)
        return is_staff(own);
    return (v && strcmp(v->name, role) == 0) || is_in_group(src->hall->setup, user, role);
}

static bool has_role(const void *arg, const char *user, const char *role)
{
    const struct source *src = arg;
    struct asker_memo *memo = src->memo;
    for (size_t i = 0; memo && i < memo->n; i++)
        if (strcmp(memo->at[i].role, role) == 0)
            return memo->at[i].has;
    bool has = find_role(src, user, role);
    if (memo && memo->n < ASKER_ROLES) {
        memo->at[memo->n].role = role;
        memo->at[memo->n++].has = has;
    }
    return has;
}

static bool in_department(const void *arg, const char *user, const char *department)
{
    return is_in_group(((const struct source *)arg)->hall->setup, user, department);
}

static const char *duty(const void *arg, int32_t date)
{
    const struct source *src = arg;
    struct asker_memo *memo = src->memo;
    if (memo && memo->duty_date == date)
        return memo->duty;
    const Halld__User *u = setup_duty_leader(src->hall->setup, date);
    const char *name = u ? u->name : "";
    if (memo) {
        memo->duty_date = date;
        memo->duty = name;
    }
    return name;
}

static int32_t certified_until(const void *arg, const char *user)
{
    const Halld__User *u = setup_user_find(((const struct source *)arg)->hall->setup, user);
    int32_t date;
    return u && date_from_text(u->certified_until, &date) ? date : 0;
}

static const Halld__Item *item(const void *arg, const char *code)
{
    return setup_item_find(((const struct source *)arg)->hall->setup, code);
}

/* A department is a group of people, or of items. */
static bool knows_department(const struct setup *s, const char *code)
{
    const Halld__Settings *t = setup_settings(s);
    for (size_t i = 0; i < t->n_users; i++)
        if (is_in_group(s, t->users[i]->name, code))
            return true;
    return setup_group_find(s, code) != NULL;
}

static bool knows_material(const struct setup *s, const char *code)
{
    const Halld__Settings *t = setup_settings(s);
    for (size_t i = 0; i < t->n_items; i++)
        for (size_t k = 0; k < t->items[i]->n_materials; k++)
            if (strcmp(t->items[i]->materials[k]->material, code) == 0)
                return true;
    return false;
}

/* Written in one way only: "03", or a number that is 3 when it is cut to 32 bits, would be another window to figures
 * and filters. */
static bool knows_window(const struct setup *setup, const char *code)
{
    const Halld__Window *w = setup_window_find(setup, (int)strtol(code, NULL, 10));
    char *number = alloc_format("%d", w ? w->window : 0);
    bool known = w && strcmp(number, code) == 0;
    free(number);
    return known;
}

static bool knows(const void *arg, enum flow_type type, const char *code)
{
    const struct hall *h = ((const struct source *)arg)->hall;
    if (type == FLOW_STAFF)
        return setup_user_find(h->setup, code) != NULL;
    if (type == FLOW_DEPARTMENT)
        return knows_department(h->setup, code);
    if (type == FLOW_WINDOW)
        return knows_window(h->setup, code);
    if (type == FLOW_ITEM)
        return setup_item_find(h->setup, code) != NULL;
    if (type == FLOW_MATERIAL)
        return knows_material(h->setup, code);
    return type != FLOW_TICKET || queue_ticket_find(h->queue, strtoull(code, NULL, 10)) != NULL;
}

static struct flow_facts facts_of(const struct source *src)
{
    return (struct flow_facts){.arg = src,
                               .worktime = setup_worktime(src->hall->setup),
                               .has_role = has_role,
                               .in_department = in_department,
                               .duty = duty,
                               .certified_until = certified_until,
                               .item = item,
                               .knows = knows};
}

/* ---- a turn of the flow engine */

static void make(void *arg, Halld__Event *event)
{
    struct decision *d = arg;
    d->open = event;
    decision_make(d);
}

struct circumstances {
    struct source source;
    struct flow_facts facts;
    struct flow_turn turn;
};

static bool is_link(const struct decision *d)
{
    return d->turn->actor->kind == HALLD__ACTOR_KIND__E__link;
}

static void begin(struct circumstances *c, struct decision *d, int window)
{
    c->source = (struct source){d->hall, d->turn->actor->id, d->turn->role, NULL};
    c->facts = facts_of(&c->source);
    c->turn = (struct flow_turn){.now = d->turn->now_ms > d->hall->at ? d->turn->now_ms : d->hall->at,
                                 .facts = &c->facts,
                                 .user = is_link(d) ? NULL : d->turn->actor->id,
                                 .person = is_link(d) ? d->turn->actor->id : NULL,
                                 .window = window,
                                 .make = make,
                                 .arg = d};
}

static int decide(struct decision *d, const struct flow_command *command, int window)
{
    struct circumstances c;
    uint64_t matter;
    if (!d->hall->queue->day.date)
        return refuse(d->refusal, HALL_E_DAY_CLOSED, "", ""); /* without a day there is no hall time */
    begin(&c, d, window);
    size_t before = d->events->n;
    int code = flow_decide(d->hall->flow, &c.turn, command, &matter, d->refusal);
    size_t made = d->events->n;
    for (size_t i = before; i < made; i++) {
        const Halld__Event *event = d->events->at[i];
        if (event->body_case == HALLD__EVENT__BODY_MATTER_EFFECT && *event->matter_effect->role)
            visit_walk(d, strtoull(event->matter_effect->value->texts[0], NULL, 10), event->matter_effect->role);
    }
    return code;
}

int matters_decide_open(struct decision *d)
{
    const Halld__OpenMatter *c = d->command->open_matter;
    struct where here;
    int code = where_check(d, c->window);
    if (!code)
        code = where_check_given(d, flow_definition(d->hall->flow, c->flow), c->transition, c->n_fields, c->fields);
    if (code)
        return code;
    where_init(&here, d, c);
    struct flow_command command = {
        .flow = c->flow, .transition = c->transition, .n_fields = here.n, .fields = here.fields};
    code = decide(d, &command, c->window);
    where_fini(&here);
    return code;
}

int matters_decide_take(struct decision *d)
{
    const Halld__TakeTransition *c = d->command->take_transition;
    struct flow_command command = {.matter = c->matter,
                                   .transition = c->transition,
                                   .n_fields = c->n_fields,
                                   .fields = c->fields,
                                   .has_seen = c->has_seen_case == HALLD__TAKE_TRANSITION__HAS_SEEN_SEEN,
                                   .seen = c->seen};
    if (!c->matter)
        return refuse_number(d->refusal, HALL_E_NO_MATTER, "matter", 0);
    const struct matter *m = flow_matter(d->hall->flow, c->matter);
    int code = where_check(d, c->window);
    if (!code && m)
        code = where_check_given(d, m->def, c->transition, c->n_fields, c->fields);
    return code ? code : decide(d, &command, c->window);
}

int matters_decide_define(struct decision *d)
{
    const Halld__DefineFlow *c = d->command->define_flow;
    struct circumstances now;
    if (!c->flow)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "flow", "");
    begin(&now, d, 0);
    return flow_define_take(d->hall->flow, &now.turn, (Halld__Flow *)message_clone(&c->flow->base), d->refusal);
}

int matters_decide_profile(struct decision *d)
{
    const Halld__SetProfile *c = d->command->set_profile;
    struct circumstances now;
    if (!c->profile)
        return refuse(d->refusal, HALL_E_FIELD_MISSING, "profile", "");
    begin(&now, d, 0);
    return flow_set_profile(d->hall->flow, &now.turn, c->profile);
}

int matters_decide_migrate(struct decision *d)
{
    const char *flow = d->command->migrate_flow->flow;
    struct circumstances now;
    if (!flow_definition(d->hall->flow, flow))
        return refuse(d->refusal, HALL_E_NOT_FOUND, "flow", flow);
    begin(&now, d, 0);
    flow_migrate(d->hall->flow, &now.turn, flow);
    matters_catch_up(d);
    return 0;
}

void matters_apply(struct hall *h, const Halld__Event *event)
{
    flow_apply(h->flow, event);
}

/* ---- who may see and do what */

const char *matters_person(const struct matter *m)
{
    if (m->person)
        return m->person;
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        if (m->def->fields[i].type == FLOW_PERSON && matter_value(m, i)->n)
            return matter_value(m, i)->texts[0];
    return "";
}

static void ask(struct circumstances *c, const struct asker *a)
{
    c->source = (struct source){a->hall, a->user, a->role, a->memo};
    c->facts = facts_of(&c->source);
    c->turn = (struct flow_turn){.now = a->now, .facts = &c->facts, .user = a->user, .person = a->person};
}

bool matters_may_read(const struct asker *a, const struct matter *m)
{
    struct circumstances c;
    ask(&c, a);
    return flow_may_read(a->hall->flow, &c.turn, m);
}

bool matters_may_have_read(const struct asker *a, const struct matter *m)
{
    const struct definition *d = m->def;
    struct source src = {a->hall, a->user, a->role, a->memo};
    for (size_t i = 0; a->user && i < d->flow->n_read; i++) {
        if (d->read[i].kind == WHO_AT && has_role(&src, a->user, d->read[i].role))
            return true;
        for (size_t k = 0; d->read[i].kind == WHO_LEVEL && k < d->flow->n_levels; k++)
            if (has_role(&src, a->user, d->flow->levels[k]))
                return true;
    }
    return false;
}

bool matters_may_read_field(const struct asker *a, const struct matter *m, int field)
{
    struct circumstances c;
    ask(&c, a);
    return flow_may_read_field(a->hall->flow, &c.turn, m, field);
}

bool matters_plan_migration(const struct asker *a, const struct matter *m,
                            void (*each)(void *arg, const Halld__Event *event), void *arg)
{
    struct circumstances c;
    ask(&c, a);
    return flow_plan_migration(a->hall->flow, &c.turn, m, each, arg);
}

bool matters_may_read_kind(const struct asker *a, const struct definition *d)
{
    struct circumstances c;
    ask(&c, a);
    return flow_may_read_kind(a->hall->flow, &c.turn, d);
}

bool matters_may_take(const struct asker *a, const struct definition *d, const struct matter *m, size_t transition)
{
    struct circumstances c;
    ask(&c, a);
    return flow_may_take(a->hall->flow, &c.turn, d, m, transition);
}

const char *matters_blocked_by(const struct asker *a, const struct matter *m, size_t transition)
{
    struct circumstances c;
    ask(&c, a);
    return flow_blocked_by(a->hall->flow, &c.turn, m, transition);
}

static bool is_in(const struct circumstances *c, const char *user, const char *value)
{
    return strcmp(user, value) == 0 || in_department(&c->source, user, value);
}

bool matters_is_told(const struct asker *a, const char *to)
{
    struct circumstances c;
    char role[48];
    size_t len = strcspn(to, "@");
    if (!a->user || len >= sizeof role)
        return false;
    memcpy(role, to, len);
    role[len] = '\0';
    ask(&c, a);
    c.source.memo = NULL; /* it keeps no names that go */
    bool has = strcmp(role, "duty_leader") == 0
                   ? strcmp(duty(&c.source, worktime_date(a->now + flow_offset(a->hall->flow))), a->user) == 0
                   : has_role(&c.source, a->user, role);
    return has && (!to[len] || is_in(&c, a->user, to + len + 1));
}

bool matters_waits_for(const struct asker *a, const struct matter *m)
{
    struct circumstances c;
    ask(&c, a);
    for (size_t i = 0; i < m->def->flow->n_transitions; i++)
        if (flow_may_take(a->hall->flow, &c.turn, m->def, m, i))
            return true;
    return false;
}

/* ---- time */

void matters_tick(struct decision *d, size_t most)
{
    if (matters_next_due(d->hall) > d->turn->now_ms || most <= EVENTS_OF_ONE_MARK)
        return;
    struct circumstances c;
    begin(&c, d, 0);
    flow_tick(d->hall->flow, &c.turn, most - EVENTS_OF_ONE_MARK);
}

int64_t matters_next_due(const struct hall *h)
{
    return h->queue->day.date ? flow_next_due(h->flow) : INT64_MAX;
}

void matters_catch_up(struct decision *d)
{
    struct circumstances c;
    begin(&c, d, 0);
    flow_catch_up(d->hall->flow, &c.turn, TICK_EVENTS_MAX);
}

/* The day ends at the next midnight of the hall's wall clock: that gives the offset. */
void matters_follow_day(struct hall *h)
{
    const struct day *day = &h->queue->day;
    if (day->date)
        flow_set_offset(h->flow, (int64_t)(date_to_days(day->date) + 1) * WORKTIME_DAY_MS - day->end_at);
}

/* ---- tickets, invariants */

int matters_check_outcome(struct decision *d, const struct ticket *t, Halld__Outcome__E outcome)
{
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(&halld__outcome__e__descriptor, (int)outcome);
    char *id = alloc_format("%llu", (unsigned long long)t->id);
    int code = flow_check_outcome(d->hall->flow, id, v ? v->name : "", d->refusal);
    free(id);
    return code;
}

const char *matters_check(const struct hall *h)
{
    return flow_check(h->flow);
}
