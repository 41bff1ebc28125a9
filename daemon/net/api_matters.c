/* One matter: its view, its steps, a look at a masked number; for staff, and for whoever holds its link. */
#include "net/api_matters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/message.h"
#include "base/moment.h"
#include "net/clear.h"
#include "net/fields.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "net/looker.h"
#include "net/visible.h"
#include "port/command.h"
#include "view/matter_why.h"
#include "view/timeline_join.h"

enum { REASON_CHARACTERS = 100, PATIENCE_MS = 1500 };

/* ---- which matter */

static const struct matter *committed_matter(struct call *c, uint64_t id)
{
    return flow_matter(hall_flow(call_hall(c)), id);
}

/* By the id of the path; NULL: answered. */
static const struct matter *find_by_id(struct call *c)
{
    const char *text = call_param(c, "id");
    bool is_id = strlen(text) < 19 && strspn(text, "0123456789") == strlen(text);
    const struct matter *m = is_id ? committed_matter(c, strtoull(text, NULL, 10)) : NULL;
    if (!m)
        call_refuse_field(c, HALL_E_NO_MATTER, "matter", text);
    return m;
}

/* The same, of those that the caller may read. */
static const struct matter *find_readable(struct call *c, struct net_looker *l)
{
    looker_of_call(l, c);
    const struct matter *m = find_by_id(c);
    if (!m || matters_may_read(&l->looker.asker, m))
        return m;
    call_refuse_field(c, HALL_E_NO_MATTER, "matter", call_param(c, "id"));
    return NULL;
}

void matter_become_holder(struct call *c, const char *person)
{
    c->caller.kind = HALLD__ACTOR_KIND__E__link;
    c->caller.role = HALLD__ROLE__E__public;
    c->caller.roles = ROLE_PUBLIC;
    snprintf(c->caller.id, sizeof c->caller.id, "%s", person);
}

/* By the link of the path; NULL: answered. Whoever else the browser is, here it is the holder. */
static const struct matter *find_by_token(struct call *c)
{
    const struct matter *m = matter_link_find(c->net, call_param(c, "token"));
    if (m)
        matter_become_holder(c, matters_person(m));
    else
        call_refuse_field(c, HALL_E_NO_MATTER, "token", "");
    return m;
}

static bool is_holder(const struct call *c)
{
    return c->caller.kind == HALLD__ACTOR_KIND__E__link;
}

static void look(struct net_looker *l, const struct call *c, const struct matter *m)
{
    if (is_holder(c))
        looker_of_holder(l, c->net, m);
    else
        looker_of_call(l, c);
}

/* ---- the link */

static bool reads_person(const struct definition *d)
{
    for (size_t i = 0; i < d->flow->n_read; i++)
        if (d->read[i].kind == WHO_PERSON)
            return true;
    return false;
}

void matter_give_link(struct call *c, Halld__MatterView *v, const struct matter *m)
{
    char token[MATTER_LINK_SIZE];
    if (!reads_person(m->def))
        return;
    matter_link_token(c->net, m, token);
    if (token[0])
        matter_view_set_link(v, token, net_public_url(c->net));
}

/* ---- reading */

static void reply_view(struct call *c, const struct net_looker *l, const struct matter *m)
{
    Halld__MatterView *v = matter_view_new(&l->looker, m);
    if (is_holder(c))
        matter_give_link(c, v, m);
    call_reply(c, 200, &v->base);
}

/* A matter whose story is read on another thread; who asks may lose the right to it meanwhile. */
struct reading {
    struct call *call; /* NULL: answered already, without the story */
    uint64_t matter;
    struct timeline timeline;
    struct loop_watch *patience;
};

static int read_timeline(void *arg, const struct reader *r)
{
    struct reading *reading = arg;
    return timeline_read(r, reading->matter, &reading->timeline);
}

/* Without its story a matter can still be worked on. */
static void answer_reading(struct reading *reading, int code, struct timeline *timeline)
{
    struct call *c = reading->call;
    const struct matter *m = committed_matter(c, reading->matter);
    struct net_looker l;
    look(&l, c, m);
    if (code == HALL_E_NOT_READY || !matters_may_read(&l.looker.asker, m)) {
        call_refuse(c, code == HALL_E_NOT_READY ? code : HALL_E_NO_MATTER);
        return;
    }
    Halld__MatterView *v = matter_view_new(&l.looker, m);
    if (is_holder(c))
        matter_give_link(c, v, m);
    matter_view_set_timeline(v, &l.looker, m, timeline);
    call_reply(c, 200, &v->base);
}

static void on_read(void *arg, int code)
{
    struct reading *reading = arg;
    if (reading->call)
        answer_reading(reading, code, &reading->timeline);
    timeline_fini(&reading->timeline);
    loop_watch_free(reading->patience);
    free(reading);
}

/* The read model is being made anew, or somebody reads a year: the work at the matter does not wait for that. */
static void on_impatient(void *arg)
{
    struct reading *reading = arg;
    struct timeline none = {0};
    if (reading->call)
        answer_reading(reading, HALL_E_TOO_MANY, &none);
    reading->call = NULL;
}

static void read_and_reply(struct call *c, uint64_t matter)
{
    struct reading *reading = alloc_zero(sizeof *reading);
    *reading = (struct reading){.call = c, .matter = matter};
    struct study_work work = {read_timeline, on_read, reading};
    reading->patience = loop_watch_timer(c->net->loop, on_impatient, reading);
    loop_watch_arm(reading->patience, PATIENCE_MS);
    if (!study_ask_reports(c->net->study, hall_seq(call_hall(c)), &work))
        on_read(reading, HALL_E_TOO_MANY);
}

void api_matter(struct call *c)
{
    struct net_looker l;
    const struct matter *m = find_readable(c, &l);
    if (m)
        read_and_reply(c, m->id);
}

void api_matter_by_token(struct call *c)
{
    const struct matter *m = find_by_token(c);
    struct net_looker l;
    if (!m)
        return;
    look(&l, c, m);
    if (matters_may_read(&l.looker.asker, m))
        read_and_reply(c, m->id);
    else
        call_refuse_field(c, HALL_E_NO_MATTER, "token", "");
}

/* What stands on the paper that the person takes home: their link among it. */
void api_matter_slip(struct call *c)
{
    struct net_looker l;
    char what[40];
    const struct matter *m = find_readable(c, &l);
    if (!m)
        return;
    snprintf(what, sizeof what, "matter %llu", (unsigned long long)m->id);
    call_log(c, "slip", c->caller.id, what);
    Halld__MatterView *v = matter_view_new(&l.looker, m);
    matter_give_link(c, v, m);
    call_reply(c, 200, &v->base);
}

void api_matter_qr(struct call *c)
{
    if (find_by_token(c))
        call_reply_qr(c, "/m/", call_param(c, "token"));
}

/* ---- steps */

/* Whoever holds a link is told that it was somebody, not who. */
static char *quicker_name(const struct call *c, const struct hall *h, const struct matter *m)
{
    const char *by = m->last_by ? m->last_by : "";
    if (strncmp(by, "user:", 5) == 0 && !is_holder(c))
        return matter_staff_name(h, by + 5);
    if (strncmp(by, "link", 4) == 0)
        return alloc_text(c->english ? "The person" : "本人");
    bool is_machine = strncmp(by, "clock:", 6) == 0 || strncmp(by, "matter:", 7) == 0;
    if (is_machine)
        return alloc_text(c->english ? "The system" : "系统");
    return alloc_text(c->english ? "Somebody" : "有人");
}

/* With what has changed meanwhile. */
static void refuse_stale(struct call *c, const struct matter *m, const struct refusal *r, const char *message)
{
    char at[MOMENT_TEXT], revision[24];
    const char *by = m->last_by ? m->last_by : "";
    char *kind = alloc_format("%.*s", (int)strcspn(by, ":"), by);
    moment_to_text(m->changed_at, at);
    snprintf(revision, sizeof revision, "%llu", (unsigned long long)m->revision);
    struct call_detail details[] = {
        {"state", matter_state_name(m)},  {"transition", m->last >= 0 ? m->def->flow->transitions[m->last]->name : ""},
        {"by", is_holder(c) ? kind : by}, {"at", at},
        {"revision", revision},
    };
    call_refuse_details(c, r, message, sizeof details / sizeof *details, details);
    free(kind);
}

static void refuse_step(struct call *c, const struct answer *answer, const struct definition *d, const struct matter *m,
                        const char *transition)
{
    char *by = m ? quicker_name(c, answer->hall, m) : alloc_text("");
    struct refused_step step = {hall_flow(answer->hall), d, transition, answer->refusal, by};
    char *message = matter_why_new(&step, !c->english);
    struct refusal said = *answer->refusal;
    if (said.code == HALL_E_FIELD_BAD) /* what was written goes no further */
        said.value[0] = '\0';
    if (said.code == HALL_E_STALE && m)
        refuse_stale(c, m, &said, message);
    else
        call_refuse_details(c, &said, message, 0, NULL);
    free(message);
    free(by);
}

/* Who may neither read the matter nor take the step is not told that it exists. */
static bool is_hidden(struct call *c, const struct matter *m, int code)
{
    struct net_looker l;
    if (!m || (code != HALL_E_WRONG_ROLE && code != HALL_E_UNKNOWN_TRANSITION))
        return false;
    look(&l, c, m);
    return !matters_may_read(&l.looker.asker, m);
}

bool matter_refused(struct call *c, const struct answer *answer, const struct definition *d, const struct matter *m,
                    const char *transition)
{
    if (answer->code == 0)
        return false;
    if (is_hidden(c, m, answer->code))
        call_refuse_field(c, HALL_E_NO_MATTER, "matter", is_holder(c) ? "" : call_param(c, "id"));
    else if (d && answer->refusal && answer->refusal->code == answer->code)
        refuse_step(c, answer, d, m, transition);
    else
        call_refused(c, answer);
    return true;
}

/* The id stands in the path, or in the link before its dash. */
static uint64_t id_of_path(const struct call *c)
{
    const char *id = call_param(c, "id");
    return strtoull(*id ? id : call_param(c, "token"), NULL, 10);
}

static void on_taken(void *arg, const struct answer *answer)
{
    struct call *c = arg;
    uint64_t id = id_of_path(c);
    const struct matter *m = flow_matter(hall_flow(answer->hall), id);
    struct net_looker l;
    if (matter_refused(c, answer, m ? m->def : NULL, m, call_param(c, "transition")))
        return;
    look(&l, c, m);
    reply_view(c, &l, m);
}

/* Who neither reads the matter nor may take the step now: what they send is not even looked at, lest the refusal tells
 * that the matter is there. */
static bool is_stranger(struct call *c, const struct matter *m)
{
    struct net_looker l;
    int transition = definition_transition(m->def, call_param(c, "transition"));
    look(&l, c, m);
    return !matters_may_read(&l.looker.asker, m) &&
           (transition < 0 || !matters_may_take(&l.looker.asker, m->def, m, (size_t)transition));
}

static void take(struct call *c, const struct matter *m, const Halld__TakeRequest *from)
{
    struct fields fields;
    struct refusal r;
    bool stranger = is_stranger(c, m);
    if (fields_from_json(c, m->def, from->fields && !stranger ? from->fields->text : "", &fields, &r) != 0) {
        call_refuse_with(c, &r);
        return;
    }
    Halld__TakeTransition *to = MESSAGE_NEW(Halld__TakeTransition, &halld__take_transition__descriptor);
    to->matter = m->id;
    to->transition = alloc_text(call_param(c, "transition"));
    to->window = is_holder(c) || stranger ? 0 : from->window;
    if (from->has_seen_case == HALLD__TAKE_REQUEST__HAS_SEEN_SEEN) {
        to->has_seen_case = HALLD__TAKE_TRANSITION__HAS_SEEN_SEEN;
        to->seen = from->seen;
    }
    call_submit_fields(c, command_new(HALLD__COMMAND__BODY_TAKE_TRANSITION, &to->base), &fields, on_taken, c);
}

/* The body first: what is wrong with it is said whether the matter exists or not. */
static void take_from_body(struct call *c, const struct matter *(*find)(struct call *c))
{
    Halld__TakeRequest *from = (Halld__TakeRequest *)call_body(c);
    const struct matter *m = from ? find(c) : NULL;
    if (!from)
        return;
    if (m)
        take(c, m, from);
    if (from->fields)
        fields_wipe(from->fields);
    protobuf_c_message_free_unpacked(&from->base, NULL);
}

void api_matter_take(struct call *c)
{
    take_from_body(c, find_by_id);
}

void api_matter_take_by_token(struct call *c)
{
    take_from_body(c, find_by_token);
}

/* ---- a masked number, whole */

static void reply_unmasked(struct call *c, const struct matter *m, int field)
{
    const struct value *v = matter_value(m, field);
    Halld__UnmaskView *view = MESSAGE_NEW(Halld__UnmaskView, &halld__unmask_view__descriptor);
    view->field = alloc_text(m->def->flow->fields[field]->name);
    view->values = alloc_zero((v->n + 1) * sizeof *view->values);
    for (size_t k = 0; k < v->n; k++) {
        bool erased = false;
        char *clear = clear_unmasked(c->net, m->id, &m->def->fields[field], v->texts[k], &erased);
        if (!erased)
            view->values[view->n_values++] = alloc_text(clear);
        clear_free(clear);
    }
    call_reply(c, 200, &view->base);
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* 0, or what is wrong with the asking. */
static int check_unmask(const struct net_looker *l, const struct matter *m, const Halld__UnmaskRequest *from,
                        int *ret_field, struct refusal *r)
{
    size_t n;
    *ret_field = definition_field(m->def, from->field);
    if (*ret_field < 0 || !matter_field_shows(&l->looker, m, *ret_field))
        return refuse(r, *from->field ? HALL_E_NOT_FOUND : HALL_E_FIELD_MISSING, "field", from->field);
    if (m->def->fields[*ret_field].type != FLOW_PHONE)
        return refuse(r, HALL_E_BAD_VALUE, "field", from->field);
    if (!visible_first(from->reason, &n))
        return refuse(r, HALL_E_FIELD_MISSING, "reason", "");
    if (characters(from->reason) > REASON_CHARACTERS)
        return refuse(r, HALL_E_TOO_LONG, "reason", "");
    return 0;
}

static void unmask(struct call *c, const struct net_looker *l, const struct matter *m, const Halld__UnmaskRequest *from)
{
    struct refusal r;
    int field;
    if (check_unmask(l, m, from, &field, &r) != 0) {
        call_refuse_with(c, &r);
        return;
    }
    char *what = alloc_format("matter %llu %s: %s", (unsigned long long)m->id, from->field, from->reason);
    call_log(c, "unmask", c->caller.id, what);
    free(what);
    reply_unmasked(c, m, field);
}

void api_matter_unmask(struct call *c)
{
    struct net_looker l;
    const struct matter *m = find_readable(c, &l);
    Halld__UnmaskRequest *from = m ? (Halld__UnmaskRequest *)call_body(c) : NULL;
    if (!from)
        return;
    unmask(c, &l, m, from);
    protobuf_c_message_free_unpacked(&from->base, NULL);
}

const struct matter *matter_find_to_read(struct call *c, struct net_looker *l)
{
    if (!*call_param(c, "token"))
        return find_readable(c, l);
    const struct matter *m = find_by_token(c);
    if (!m)
        return NULL;
    look(l, c, m);
    if (matters_may_read(&l->looker.asker, m))
        return m;
    call_refuse_field(c, HALL_E_NO_MATTER, "token", "");
    return NULL;
}
