/* What each event means to the rows of reports.db. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/db.h"
#include "store/reports_fold.h"

static const char *const TEXTS[SQL_COUNT] = {
    [SQL_EVENT] = "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQL_MATTER] = "SELECT flow, version, state, level, department, item, win, opened_at, opened_day, opened_by,"
                   " ended_at, ended_day, stay, entered_at, again, given FROM matter WHERE id = ?",
    [SQL_MATTER_PUT] = "INSERT OR REPLACE INTO matter VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQL_STAY] = "INSERT INTO stay VALUES(?,?,?,?,0,0,0,0)",
    [SQL_STAY_LEFT] = "UPDATE stay SET left_at = ?2, left_day = ?3, open_ms = ?4, days = ?5 WHERE seq = ?1",
    [SQL_STAY_RENAMED] = "UPDATE stay SET state = ?2 WHERE seq = ?1",
    [SQL_VALUE_GONE] = "DELETE FROM value WHERE matter = ? AND field = ?",
    [SQL_PERSON_GONE] = "DELETE FROM value WHERE matter = ? AND field = ? AND same = 2",
    [SQL_VALUE] = "INSERT OR REPLACE INTO value VALUES(?,?,?,?,?,?,?,?)",
    [SQL_SAME] = "SELECT 1 FROM value v JOIN matter m ON m.id = v.matter WHERE v.same > 0 AND v.field = ?2"
                 " AND v.text = ?3 AND v.matter <> ?1 LIMIT 1",
    [SQL_SAME_ITEM] = "SELECT 1 FROM value v JOIN matter m ON m.id = v.matter WHERE v.same > 0 AND v.field = ?2"
                      " AND v.text = ?3 AND v.matter < ?1 AND m.item = ?4 AND m.item <> ''"
                      " AND (m.ended_day = 0 OR m.ended_day = ?5) LIMIT 1",
    [SQL_RUN] = "INSERT INTO run VALUES(?,?,?,0,?,?,?,?,0,0,x'',0,0,0,0)",
    [SQL_RUN_NOW] = "SELECT seq, start_at, pauses FROM run WHERE matter = ? AND clock = ? AND status < 2",
    [SQL_RUN_MOVED] = "UPDATE run SET status = ?2, start_at = ?3, due_at = ?4, n = ?5, unit = ?6, pauses = ?7,"
                      " card = min(card, ?8) WHERE seq = ?1",
    [SQL_RUN_STOPPED] = "UPDATE run SET status = ?2, stopped = ?3, stopped_day = ?4, open_ms = ?5, days = ?6"
                        " WHERE seq = ?1",
    [SQL_RUN_CARD] = "UPDATE run SET card = max(card, ?3) WHERE matter = ?1 AND clock = ?2 AND status < 2",
    [SQL_RUN_EXPIRED] = "UPDATE run SET expired = 1 WHERE matter = ?1 AND clock = ?2 AND status < 2",
    [SQL_TICKET] = "INSERT OR REPLACE INTO ticket VALUES(?,?,?)",
    [SQL_TICKETS_GONE] = "DELETE FROM ticket",
    [SQL_SERVICE] = "INSERT INTO service SELECT ?2, item, ?3, grp, 1 FROM ticket WHERE id = ?1"
                    " ON CONFLICT DO UPDATE SET n = n + 1",
    [SQL_ITEM] = "INSERT OR REPLACE INTO item VALUES(?,?)",
    [SQL_ITEM_GROUP] = "SELECT grp FROM item WHERE item = ?",
    [SQL_RECALL] = "INSERT INTO recall VALUES(?,?)",
    [SQL_RECALL_GONE] = "DELETE FROM recall WHERE day = 1",
};

/* ---- statements */

void sql_bind(sqlite3_stmt *st, const struct sql_arg *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (args[i].text)
            sqlite3_bind_text(st, (int)i + 1, args[i].text, -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(st, (int)i + 1, args[i].number);
}

void fold_run(struct reports_fold *f, enum sql sql, const struct sql_arg *args, size_t n)
{
    if (f->code)
        return;
    sql_bind(f->st[sql], args, n);
    f->code = db_step_done(f->st[sql]);
}

bool fold_find(struct reports_fold *f, enum sql sql, const struct sql_arg *args, size_t n)
{
    if (f->code)
        return false;
    sql_bind(f->st[sql], args, n);
    db_clear();
    int rc = sqlite3_step(f->st[sql]);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        f->code = db_code(f->db);
    sqlite3_reset(f->st[sql]);
    return false;
}

static bool exists(struct reports_fold *f, enum sql sql, const struct sql_arg *args, size_t n)
{
    bool found = fold_find(f, sql, args, n);
    if (found)
        sqlite3_reset(f->st[sql]);
    return found;
}

static void take_text(sqlite3_stmt *st, int column, char to[REPORTS_NAME])
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    snprintf(to, REPORTS_NAME, "%s", text ? text : "");
}

/* ---- the matter that is being written */

static void put_live(struct reports_fold *f)
{
    const struct live *l = &f->live;
    if (l->id && l->changed)
        RUN(f, SQL_MATTER_PUT, SQL_INT(l->id), SQL_TEXT(l->flow), SQL_INT(l->version), SQL_TEXT(l->state),
            SQL_INT(l->level), SQL_TEXT(l->department), SQL_TEXT(l->item), SQL_INT(l->window), SQL_INT(l->opened_at),
            SQL_INT(l->opened_day), SQL_TEXT(l->opened_by), SQL_INT(l->ended_at), SQL_INT(l->ended_day),
            SQL_INT(l->stay), SQL_INT(l->entered_at), SQL_INT(l->again), SQL_INT(l->given));
    f->live.changed = false;
}

void fold_load(struct reports_fold *f, uint64_t id)
{
    struct live *l = &f->live;
    if (l->id == id)
        return;
    put_live(f);
    *l = (struct live){.id = id};
    if (!FIND(f, SQL_MATTER, SQL_INT(id))) {
        if (!f->code)
            f->code = HALL_E_STORE_FAILED; /* an event of a matter that was never opened */
        return;
    }
    sqlite3_stmt *st = f->st[SQL_MATTER];
    take_text(st, 0, l->flow);
    l->version = (uint32_t)sqlite3_column_int64(st, 1);
    take_text(st, 2, l->state);
    l->level = (uint32_t)sqlite3_column_int64(st, 3);
    take_text(st, 4, l->department);
    take_text(st, 5, l->item);
    l->window = sqlite3_column_int(st, 6);
    l->opened_at = sqlite3_column_int64(st, 7);
    l->opened_day = sqlite3_column_int(st, 8);
    take_text(st, 9, l->opened_by);
    l->ended_at = sqlite3_column_int64(st, 10);
    l->ended_day = sqlite3_column_int(st, 11);
    l->stay = (uint64_t)sqlite3_column_int64(st, 12);
    l->entered_at = sqlite3_column_int64(st, 13);
    l->again = sqlite3_column_int(st, 14);
    l->given = sqlite3_column_int(st, 15);
    sqlite3_reset(st);
}

void fold_put_event(struct reports_fold *f, const Halld__MatterHead *head, struct told t)
{
    const Halld__Event *e = f->event;
    const Halld__Actor *a = e->actor;
    const ProtobufCEnumValue *kind =
        a ? protobuf_c_enum_descriptor_get_value(&halld__actor_kind__e__descriptor, (int)a->kind) : NULL;
    char actor[REPORTS_NAME];
    snprintf(actor, sizeof actor, "%s%s%s", kind ? kind->name : "", a && *a->id ? ":" : "", a ? a->id : "");
    RUN(f, SQL_EVENT, SQL_INT(e->seq), SQL_INT(head->matter), SQL_INT(e->at), SQL_INT(e->day), SQL_INT(t.kind),
        SQL_TEXT(t.name ? t.name : ""), SQL_TEXT(t.from ? t.from : ""), SQL_TEXT(t.to ? t.to : ""),
        SQL_TEXT(t.how ? t.how : ""), SQL_TEXT(actor), SQL_INT(head->window), SQL_TEXT(head->duty),
        SQL_INT(f->live.level), SQL_INT(head->version));
}

/* ---- fields */

/* What may stand in the cache: codes and amounts that all may see who see the figures. What people write is not here,
 * nor who they are, but for the hash that finds a second notice to the same person, while the matter keeps it. */
static bool is_kept(int type, bool narrow, bool same)
{
    const unsigned codes = FLOW_TYPE_BIT(FLOW_CHOICE) | FLOW_TYPE_BIT(FLOW_BOOL) | FLOW_TYPE_BIT(FLOW_DEPARTMENT) |
                           FLOW_TYPE_BIT(FLOW_WINDOW) | FLOW_TYPE_BIT(FLOW_ITEM) | FLOW_TYPE_BIT(FLOW_MATERIAL) |
                           FLOW_TYPE_BIT(FLOW_MONEY);
    const unsigned to_compare = FLOW_TYPE_BIT(FLOW_TICKET) | FLOW_TYPE_BIT(FLOW_MATTER) | FLOW_TYPE_BIT(FLOW_PERSON);
    return type >= 0 && (FLOW_TYPE_BIT(type) & ((narrow ? 0 : codes) | (same ? to_compare : 0)));
}

static void put_value(struct reports_fold *f, const Halld__FieldValue *v, int type, size_t i)
{
    bool same = strcmp(f->live.flow, REPORTS_NOTICE_FLOW) == 0 &&
                (type == FLOW_TICKET || type == FLOW_MATTER || type == FLOW_PERSON);
    char number[24] = "";
    int64_t amount = i < v->n_numbers ? v->numbers[i] : 0;
    if (type == FLOW_BOOL)
        snprintf(number, sizeof number, "%s", amount ? "true" : "false");
    else if (i < v->n_numbers)
        snprintf(number, sizeof number, "%" PRId64, amount);
    RUN(f, SQL_VALUE, SQL_INT(f->live.id), SQL_TEXT(v->field), SQL_INT(i),
        SQL_TEXT(i < v->n_texts ? v->texts[i] : number), SQL_INT(amount), SQL_INT(type == FLOW_MONEY),
        SQL_INT(!same                 ? 0
                : type == FLOW_PERSON ? 2
                                      : 1),
        SQL_INT(f->event->day));
}

static void group_of_item(struct reports_fold *f)
{
    struct live *l = &f->live;
    if (!FIND(f, SQL_ITEM_GROUP, SQL_TEXT(l->item)))
        return;
    take_text(f->st[SQL_ITEM_GROUP], 0, l->department);
    sqlite3_reset(f->st[SQL_ITEM_GROUP]);
}

/* The columns that every flow can be grouped by. */
static void follow_columns(struct reports_fold *f, const Halld__Flow *flow, const Halld__FieldValue *v, int type)
{
    struct live *l = &f->live;
    if (!v->n_texts || v->list || !known_is_first(flow, v->field))
        return;
    if (type == FLOW_DEPARTMENT) {
        snprintf(l->department, sizeof l->department, "%s", v->texts[0]);
        l->given = true;
    } else if (type == FLOW_ITEM) {
        snprintf(l->item, sizeof l->item, "%s", v->texts[0]);
        if (!l->given)
            group_of_item(f);
    } else if (type == FLOW_WINDOW) {
        l->window = (int)strtol(v->texts[0], NULL, 10);
    }
}

static void put_field(struct reports_fold *f, const Halld__Flow *flow, const Halld__FieldValue *v)
{
    int type = known_type(flow, v->field);
    if (!is_kept(type, known_is_narrow(flow, v->field), strcmp(f->live.flow, REPORTS_NOTICE_FLOW) == 0))
        return;
    if (v->list)
        RUN(f, SQL_VALUE_GONE, SQL_INT(f->live.id), SQL_TEXT(v->field));
    size_t n = v->n_texts > v->n_numbers ? v->n_texts : v->n_numbers;
    for (size_t i = 0; i < n; i++)
        put_value(f, v, type, i);
    follow_columns(f, flow, v, type);
    f->live.changed = true;
}

/* A second notice: about the same ticket or case; or to the same person about the same item while the first is open,
 * or ended that day. */
static void look_for_same(struct reports_fold *f, const Halld__Flow *flow, const Halld__FieldValue *v)
{
    struct live *l = &f->live;
    int type = known_type(flow, v->field);
    char number[24];
    const char *text = v->n_texts ? v->texts[0] : number;
    snprintf(number, sizeof number, "%" PRId64, v->n_numbers ? v->numbers[0] : 0);
    const struct sql_arg args[] = {SQL_INT(l->id), SQL_TEXT(v->field), SQL_TEXT(text), SQL_TEXT(l->item),
                                   SQL_INT(f->event->day)};
    if (l->again || (!v->n_texts && !v->n_numbers))
        return;
    if (type == FLOW_TICKET || type == FLOW_MATTER)
        l->again = exists(f, SQL_SAME, args, 3);
    else if (type == FLOW_PERSON)
        l->again = exists(f, SQL_SAME_ITEM, args, 5);
}

static void put_fields(struct reports_fold *f, size_t n, Halld__FieldValue *const *fields)
{
    const Halld__Flow *flow = known_flow(&f->known, f->live.flow, f->live.version);
    for (size_t i = 0; i < n; i++)
        put_field(f, flow, fields[i]);
    for (size_t i = 0; i < n && strcmp(f->live.flow, REPORTS_NOTICE_FLOW) == 0; i++)
        look_for_same(f, flow, fields[i]);
}

/* ---- states */

static void leave_state(struct reports_fold *f)
{
    struct live *l = &f->live;
    struct known_span s = {.start = l->entered_at, .stop = f->event->at};
    if (l->stay)
        RUN(f, SQL_STAY_LEFT, SQL_INT(l->stay), SQL_INT(s.stop), SQL_INT(f->event->day),
            SQL_INT(known_open_ms(&f->known, &s)), SQL_INT(known_days(&f->known, &s)));
    l->stay = 0;
}

/* An end is entered and never left. */
static void enter_state(struct reports_fold *f, const char *state)
{
    struct live *l = &f->live;
    snprintf(l->state, sizeof l->state, "%s", state);
    l->changed = true;
    l->entered_at = f->event->at;
    if (known_is_end(known_flow(&f->known, l->flow, l->version), state)) {
        l->ended_at = f->event->at;
        l->ended_day = f->event->day;
        return;
    }
    l->stay = f->event->seq;
    RUN(f, SQL_STAY, SQL_INT(l->stay), SQL_INT(l->id), SQL_TEXT(state), SQL_INT(l->entered_at));
}

static void open_live(struct reports_fold *f, const Halld__MatterMoved *b)
{
    put_live(f);
    f->live = (struct live){.id = b->head->matter,
                            .version = b->head->version,
                            .level = 1,
                            .window = b->head->window,
                            .opened_at = f->event->at,
                            .opened_day = f->event->day};
    snprintf(f->live.flow, sizeof f->live.flow, "%s", b->head->flow);
    snprintf(f->live.opened_by, sizeof f->live.opened_by, "%s", b->transition);
}

static void on_moved(struct reports_fold *f)
{
    const Halld__MatterMoved *b = f->event->matter_moved;
    if (b->opened)
        open_live(f, b);
    else
        fold_load(f, b->head->matter);
    if (b->opened || strcmp(f->live.state, b->to) != 0) {
        leave_state(f);
        enter_state(f, b->to);
    }
    put_fields(f, b->n_fields, b->fields);
    fold_put_event(f, b->head, (struct told){KIND_MOVED, b->transition, b->from, b->to, b->clock});
}

static void on_raised(struct reports_fold *f)
{
    const Halld__MatterRaised *b = f->event->matter_raised;
    fold_load(f, b->head->matter);
    f->live.level = b->level;
    f->live.changed = true;
    fold_put_event(f, b->head, (struct told){.kind = KIND_RAISED});
}

static void on_notified(struct reports_fold *f)
{
    const Halld__MatterNotified *b = f->event->matter_notified;
    fold_load(f, b->head->matter);
    fold_put_event(f, b->head, (struct told){.kind = KIND_NOTIFIED, .name = b->why});
}

static void on_told(struct reports_fold *f)
{
    const Halld__MatterTold *b = f->event->matter_told;
    fold_load(f, b->head->matter);
    fold_put_event(f, b->head, (struct told){.kind = KIND_TOLD, .name = b->transition, .how = b->result});
}

static void on_effect(struct reports_fold *f)
{
    const Halld__MatterEffect *b = f->event->matter_effect;
    fold_load(f, b->head->matter);
    if (b->value)
        put_fields(f, 1, (Halld__FieldValue *const *)&b->value);
    fold_put_event(f, b->head, (struct told){.kind = KIND_EFFECT, .name = b->effect});
}

static void on_migrated(struct reports_fold *f)
{
    const Halld__MatterMigrated *b = f->event->matter_migrated;
    struct live *l = &f->live;
    fold_load(f, b->head->matter);
    l->version = b->head->version;
    l->changed = true;
    if (l->stay && known_is_end(known_flow(&f->known, l->flow, l->version), b->to)) {
        leave_state(f);
        enter_state(f, b->to);
    } else {
        snprintf(l->state, sizeof l->state, "%s", b->to);
        RUN(f, SQL_STAY_RENAMED, SQL_INT(l->stay), SQL_TEXT(l->state));
    }
    fold_put_event(f, b->head, (struct told){.kind = KIND_MIGRATED, .from = b->from, .to = b->to});
}

/* Codes outlive the field, so that figures do. */
static void on_erased(struct reports_fold *f)
{
    const Halld__FieldErased *b = f->event->field_erased;
    fold_load(f, b->head->matter);
    RUN(f, SQL_PERSON_GONE, SQL_INT(f->live.id), SQL_TEXT(b->field));
    fold_put_event(f, b->head, (struct told){.kind = KIND_ERASED, .name = b->field});
}

/* ---- the queue: how many services there were */

static void on_issued(struct reports_fold *f)
{
    const Halld__TicketIssued *b = f->event->ticket_issued;
    RUN(f, SQL_TICKET, SQL_INT(f->event->seq), SQL_TEXT(b->item), SQL_TEXT(b->group));
}

static void on_transferred(struct reports_fold *f)
{
    const Halld__TicketTransferred *b = f->event->ticket_transferred;
    RUN(f, SQL_TICKET, SQL_INT(b->ticket), SQL_TEXT(b->item), SQL_TEXT(b->group));
}

static void on_finished(struct reports_fold *f)
{
    const Halld__TicketFinished *b = f->event->ticket_finished;
    if (b->outcome != HALLD__OUTCOME__E__unset)
        RUN(f, SQL_SERVICE, SQL_INT(b->ticket), SQL_INT(f->event->day), SQL_INT(b->window));
}

static void on_day(struct reports_fold *f)
{
    fold_run(f, SQL_TICKETS_GONE, NULL, 0);
    fold_run(f, SQL_RECALL_GONE, NULL, 0);
    RUN(f, SQL_RECALL, SQL_INT(f->event->seq), SQL_INT(1));
}

static void on_settings(struct reports_fold *f)
{
    const Halld__Settings *put = f->event->settings_changed->put;
    for (size_t i = 0; put && i < put->n_items; i++)
        RUN(f, SQL_ITEM, SQL_TEXT(put->items[i]->item), SQL_TEXT(put->items[i]->group));
}

static void on_defined(struct reports_fold *f)
{
    (void)f; /* what is known took it */
}

/* ---- the table */

#define ON(name, handler) [HALLD__EVENT__BODY_##name] = handler
static void (*const HANDLERS[])(struct reports_fold *f) = {
    ON(SETTINGS_CHANGED, on_settings),
    ON(DAY_OPENED, on_day),
    ON(TICKET_ISSUED, on_issued),
    ON(TICKET_FINISHED, on_finished),
    ON(TICKET_TRANSFERRED, on_transferred),
    ON(FLOW_DEFINED, on_defined),
    ON(MATTER_MOVED, on_moved),
    ON(CLOCK_STARTED, clocks_on_started),
    ON(CLOCK_MOVED, clocks_on_moved),
    ON(CLOCK_PAUSED, clocks_on_paused),
    ON(CLOCK_STOPPED, clocks_on_stopped),
    ON(MARK_GIVEN, clocks_on_mark),
    ON(MATTER_RAISED, on_raised),
    ON(MATTER_NOTIFIED, on_notified),
    ON(MATTER_TOLD, on_told),
    ON(MATTER_EFFECT, on_effect),
    ON(MATTER_MIGRATED, on_migrated),
    ON(FIELD_ERASED, on_erased),
};

bool reports_fold_wants(int body)
{
    return body > 0 && (size_t)body < sizeof HANDLERS / sizeof *HANDLERS && HANDLERS[body];
}

int reports_fold_event(struct reports_fold *f, const Halld__Event *event)
{
    f->event = event;
    if (known_apply(&f->known, event))
        RUN(f, SQL_RECALL, SQL_INT(event->seq), SQL_INT(0));
    if (reports_fold_wants((int)event->body_case))
        HANDLERS[event->body_case](f);
    return f->code;
}

int reports_fold_flush(struct reports_fold *f)
{
    put_live(f);
    return f->code;
}

void reports_fold_recall(struct reports_fold *f, const Halld__Event *event)
{
    known_apply(&f->known, event);
}

const Halld__Flow *reports_fold_flow(const struct reports_fold *f, const char *name, uint32_t version)
{
    return known_flow(&f->known, name, version);
}

size_t reports_fold_flow_count(const struct reports_fold *f)
{
    return f->known.n_flows;
}

const Halld__Flow *reports_fold_flow_at(const struct reports_fold *f, size_t i)
{
    return f->known.flows[i];
}

struct reports_fold *reports_fold_new(sqlite3 *db)
{
    struct reports_fold *f = alloc_zero(sizeof *f);
    f->db = db;
    known_init(&f->known);
    for (size_t i = 0; i < SQL_COUNT && !f->code; i++)
        f->code = sqlite3_prepare_v3(db, TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT, &f->st[i], NULL) == SQLITE_OK
                      ? 0
                      : HALL_E_STORE_FAILED;
    if (!f->code)
        return f;
    reports_fold_free(f);
    return NULL;
}

void reports_fold_free(struct reports_fold *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(f->st[i]);
    known_fini(&f->known);
    free(f);
}
