/*
 * Personal data of matters: sealed with the events that name it, erased with the events that erase it. An event has
 * only the value that stands for a text; the text is sealed for the matter and the field, so that erasing a field takes
 * all that was ever said there. Who owns a row, and what a row is called, docs/journal.md says.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/moment.h"
#include "core/flow/flow.h"
#include "core/queue/queue.h"
#include "engine/inside.h"
#include "store/sealed.h"

enum { FORGET_EACH_MS = 600000, FILES_FREE = 3 };
static const int64_t UPLOAD_KEPT_MS = (int64_t)24 * 3600 * 1000, UPLOAD_LAST_MS = (int64_t)3600 * 1000;

static bool is_sealed(enum flow_type type)
{
    return type == FLOW_TEXT || type == FLOW_PHONE || type == FLOW_PERSON || type == FLOW_FILE;
}

static bool has_value(const struct value *v, const char *text)
{
    for (size_t i = 0; v->texts && i < v->n; i++)
        if (strcmp(v->texts[i], text) == 0)
            return true;
    return false;
}

static const struct sealed_text *find_text(const struct pending *r, const char *value)
{
    for (size_t i = 0; i < r->n_sealed; i++)
        if (strcmp(r->sealed[i].value, value) == 0)
            return &r->sealed[i];
    return NULL;
}

/* ---- before the decision */

/* The fields of a command about a matter, and the definition they are read by. */
struct asked {
    bool is_matter;
    const struct definition *def; /* NULL: unknown, and the command will be refused */
    const struct matter *m;       /* NULL: it opens one */
    size_t n;
    Halld__FieldValue *const *fields;
};

static struct asked asked_of(const struct engine *e, const Halld__Command *c)
{
    const struct flow *f = hall_flow(e->decided);
    struct asked a = {0};
    if (c->body_case == HALLD__COMMAND__BODY_OPEN_MATTER) {
        const Halld__OpenMatter *o = c->open_matter;
        a = (struct asked){true, flow_definition(f, o->flow), NULL, o->n_fields, o->fields};
    } else if (c->body_case == HALLD__COMMAND__BODY_TAKE_TRANSITION) {
        const Halld__TakeTransition *t = c->take_transition;
        const struct matter *m = flow_matter(f, t->matter);
        a = (struct asked){true, m ? m->def : NULL, m, t->n_fields, t->fields};
    }
    return a;
}

static bool is_hash(const char *text)
{
    size_t n = 0;
    while (isdigit((unsigned char)text[n]) || (text[n] >= 'a' && text[n] <= 'f'))
        n++;
    return n == SEALED_VALUE_SIZE - 1 && text[n] == '\0';
}

/* A file that came before, and will not expire before the command is on disk. */
static bool is_uploaded(const struct engine *e, const char *reference)
{
    uint8_t owner[SEALED_REF];
    sealing_upload_owner(owner);
    return store_is_sealed_until(e->store, owner, reference, hall_at(e->decided) + UPLOAD_LAST_MS);
}

/* Of a person a hash may stand there whose name nobody said; a file that the field has already may be named again. */
static bool is_covered(const struct engine *e, const struct pending *r, const struct asked *a, int field,
                       const char *value)
{
    enum flow_type type = a->def->fields[field].type;
    if (!is_hash(value))
        return false;
    if (type == FLOW_FILE)
        return (a->m && has_value(matter_value(a->m, field), value)) || is_uploaded(e, value);
    return type == FLOW_PERSON || find_text(r, value);
}

/* Words that lie bare where a reference must stand are no value of the field, and go no further. */
static void check_covered(const struct engine *e, const struct pending *r, const struct asked *a, int field,
                          Halld__FieldValue *v)
{
    bool covered = true;
    for (size_t i = 0; i < v->n_texts; i++)
        covered = covered && is_covered(e, r, a, field, v->texts[i]);
    for (size_t i = 0; !covered && i < v->n_texts; i++)
        explicit_bzero(v->texts[i], strlen(v->texts[i]));
    v->bad = v->bad || !covered;
}

int sealing_prepare(struct engine *e, struct pending *r)
{
    struct asked a = asked_of(e, r->command);
    int32_t day = queue_day(hall_queue(e->decided))->date;
    for (size_t i = 0; a.def && i < a.n; i++) {
        int field = definition_field(a.def, a.fields[i]->field);
        if (field >= 0 && is_sealed(a.def->fields[field].type))
            check_covered(e, r, &a, field, a.fields[i]);
    }
    /* What was decided is applied already, and cannot be taken back for want of a key. Without a day the core refuses.
     */
    return a.is_matter && a.def && day ? store_seal_check(e->store, day) : 0;
}

void sealing_look(struct engine *e)
{
    int32_t day = queue_day(hall_queue(e->decided))->date;
    if (day && flow_matter_count(hall_flow(e->decided)))
        store_seal_check(e->store, day);
}

/* ---- after it: sealing */

struct sealing_of {
    struct engine *e;
    const struct pending *r;
    int32_t day;
    const struct matter *m; /* the owner, as the events left it */
    uint64_t by;            /* the matter whose fields it was opened with; 0: none */
};

static void seal(const struct sealing_of *s, const char *field, const char *value, const char *text)
{
    uint8_t owner[SEALED_REF];
    sealed_owner(SEALED_OF_MATTER, s->m->id, field, owner);
    struct sealing what = {.ref = owner, .field = value, .day = s->day, .expires_at = INT64_MAX, .text = text};
    if (store_seal(s->e->store, s->e->gathering.rows, &what) != 0)
        abort(); /* the key was there before the decision: the journal must not have the event without its text */
}

static int unseal(struct engine *e, uint64_t matter, const char *field, const char *value, char **ret)
{
    uint8_t owner[SEALED_REF];
    int code;
    sealed_owner(SEALED_OF_MATTER, matter, field, owner);
    if (store_batch_unseal(e->store, e->gathering.rows, owner, value, &code, ret) ||
        store_batch_unseal(e->store, e->flight_rows, owner, value, &code, ret))
        return code;
    return store_unseal(e->store, owner, value, ret);
}

/* A matter that another one opened may have its words from there, under whatever name the field has. */
static char *copy_from_opener(const struct sealing_of *s, const char *value)
{
    const struct matter *from = flow_matter(hall_flow(s->e->decided), s->by);
    char *text = NULL;
    int code = HALL_E_NOT_FOUND;
    for (size_t i = 0; from && code && i < from->def->flow->n_fields; i++)
        if (is_sealed(from->def->fields[i].type) && has_value(matter_value(from, i), value))
            code = unseal(s->e, s->by, from->def->fields[i].f->name, value, &text);
    if (code && code != HALL_E_NOT_FOUND)
        log_error("engine", "matter %llu: a text of matter %llu could not be copied", (unsigned long long)s->m->id,
                  (unsigned long long)s->by);
    return code ? NULL : text;
}

/* A matter has its files for itself, too: the writer copies them from where they lie. */
static void copy_file(const struct sealing_of *s, const char *field, const char *value)
{
    uint8_t own[SEALED_REF], from[SEALED_REF];
    struct sealing to = {.ref = own, .field = value, .day = s->day, .expires_at = INT64_MAX};
    const struct matter *opener = flow_matter(hall_flow(s->e->decided), s->by);
    sealed_owner(SEALED_OF_MATTER, s->m->id, field, own);
    if (store_is_sealed(s->e->store, own, value))
        return;
    sealing_upload_owner(from);
    int code = store_batch_add_copy(s->e->store, s->e->gathering.rows, s->e->flight_rows, &to, from);
    for (size_t i = 0; opener && code && i < opener->def->flow->n_fields; i++) {
        if (opener->def->fields[i].type != FLOW_FILE || !has_value(matter_value(opener, i), value))
            continue;
        sealed_owner(SEALED_OF_MATTER, s->by, opener->def->fields[i].f->name, from);
        code = store_batch_add_copy(s->e->store, s->e->gathering.rows, s->e->flight_rows, &to, from);
    }
    if (code)
        log_error("engine", "matter %llu: a file could not be copied", (unsigned long long)s->m->id);
}

static void seal_value(const struct sealing_of *s, const Halld__FieldValue *v)
{
    int field = definition_field(s->m->def, v->field);
    if (field < 0 || !is_sealed(s->m->def->fields[field].type))
        return;
    bool is_file = s->m->def->fields[field].type == FLOW_FILE;
    for (size_t i = 0; is_file && i < v->n_texts; i++)
        copy_file(s, v->field, v->texts[i]);
    for (size_t i = 0; !is_file && i < v->n_texts; i++) {
        const struct sealed_text *said = find_text(s->r, v->texts[i]);
        char *copied = said || !s->by ? NULL : copy_from_opener(s, v->texts[i]);
        if (said || copied)
            seal(s, v->field, v->texts[i], said ? said->text : copied);
        sealed_free(copied);
    }
}

static void follow_moved(struct sealing_of *s, const Halld__Event *event)
{
    const Halld__MatterMoved *b = event->matter_moved;
    s->m = flow_matter(hall_flow(s->e->decided), b->head->matter);
    s->by = b->by;
    for (size_t i = 0; s->m && i < b->n_fields; i++)
        seal_value(s, b->fields[i]);
}

static void follow_effect(struct sealing_of *s, const Halld__Event *event)
{
    const Halld__MatterEffect *b = event->matter_effect;
    s->m = flow_matter(hall_flow(s->e->decided), b->head->matter);
    s->by = 0;
    if (s->m && b->value)
        seal_value(s, b->value);
}

/* ---- erasing */

static void erase(struct store_batch *rows, uint64_t matter, const char *field)
{
    uint8_t owner[SEALED_REF];
    sealed_owner(SEALED_OF_MATTER, matter, field, owner);
    store_batch_add_erasure(rows, owner, "");
}

static void follow_erased(struct sealing_of *s, const Halld__Event *event)
{
    erase(s->e->gathering.rows, event->field_erased->head->matter, event->field_erased->field);
}

/* ---- one command's events */

static const struct {
    Halld__Event__BodyCase body;
    void (*follow)(struct sealing_of *s, const Halld__Event *event);
} rows[] = {
    {HALLD__EVENT__BODY_MATTER_MOVED, follow_moved},
    {HALLD__EVENT__BODY_MATTER_EFFECT, follow_effect},
    {HALLD__EVENT__BODY_FIELD_ERASED, follow_erased},
};

void sealing_follow(struct engine *e, const struct pending *r, Halld__Event *const *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sealing_of s = {.e = e, .r = r, .day = events[i]->day};
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            if (rows[k].body == events[i]->body_case)
                rows[k].follow(&s, events[i]);
    }
}

/* ---- after a restore */

static int note_erasure(void *arg, const Halld__Event *event)
{
    if (event->body_case == HALLD__EVENT__BODY_FIELD_ERASED)
        erase(arg, event->field_erased->head->matter, event->field_erased->field);
    return 0;
}

int sealing_erase_again(struct engine *e, char why[200])
{
    struct store_batch *b = store_batch_new();
    int code = store_read(e->store, 1, store_last_seq(e->store), note_erasure, b);
    if (code || !b->n_sealed) {
        store_batch_free(b);
    } else {
        store_write_take(e->store, b);
        code = store_wait(e->store);
    }
    if (code)
        snprintf(why, 200, "what had been erased could not be erased again: %.80s", err_text_en(code));
    return code;
}

/* ---- files */

void sealing_upload_owner(uint8_t ret[SEALED_REF])
{
    sealed_owner(SEALED_OF_UPLOAD, 0, "", ret);
}

/* A bite at a time, also in a hall that is read-only because its disk is low: their going is what makes room. */
void sealing_forget(struct engine *e)
{
    int64_t now = clock_now(&e->clock), monotonic = clock_monotonic_ms();
    if (monotonic < e->forget_at || e->stop[ENGINE_FULL] || e->stop[ENGINE_DOUBTFUL])
        return;
    e->forget_at = monotonic + FORGET_EACH_MS;
    store_forget_expired(e->store, now, moment_to_date(now));
}

/* Files never bring the disk so low that tickets could not go on: those that are on their way are written twice, to the
 * log of the database and to itself. */
static bool has_room_for_files(const struct engine *e)
{
    return e->min_free_mib == 0 || store_free_mib(e->store) >= FILES_FREE * e->min_free_mib;
}

void engine_keep_file(struct engine *e, const char *reference, const void *bytes, size_t len,
                      void (*done)(void *arg, const struct answer *answer), void *arg)
{
    uint8_t owner[SEALED_REF];
    int64_t now = clock_now(&e->clock);
    struct sealing what = {.ref = owner,
                           .field = reference,
                           .day = queue_day(hall_queue(e->decided))->date,
                           .expires_at = now + UPLOAD_KEPT_MS,
                           .text = bytes,
                           .len = len};
    sealing_upload_owner(owner);
    struct pending *r = pending_new_own(NULL);
    r->done = done;
    r->arg = arg;
    r->code = engine_refusal(e);
    if (!r->code && !what.day)
        r->code = HALL_E_DAY_CLOSED;
    if (!r->code && !has_room_for_files(e))
        r->code = HALL_E_DISK_FULL;
    if (!r->code)
        r->code = store_seal(e->store, e->gathering.rows, &what);
    pending_list_add(&e->gathering.pendings, r);
    loop_watch_ask(e->turn_end);
}
