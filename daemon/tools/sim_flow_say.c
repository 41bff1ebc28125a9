/* The answer to a step, one JSON line: what was refused, fired, notified, told, moved, and how the matters stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "tools/sim_flow_inside.h"

static void say_matter(const struct sim_flow *s, uint64_t matter, struct buf *out)
{
    for (size_t i = 0; i < s->n_names; i++)
        if (s->names[i].matter == matter)
            return tree_write_text(s->names[i].name, out);
    const struct matter *m = flow_matter(s->flow, matter);
    buf_add_format(out, "\"%s#%llu\"", m->def->flow->name, (unsigned long long)matter);
}

static void comma(struct buf *out)
{
    if (buf_text(out)[out->len - 1] != '[' && buf_text(out)[out->len - 1] != '{')
        buf_add_char(out, ',');
}

/* Begins one row of a list: [matter */
static void begin_row(const struct sim_flow *s, const Halld__MatterHead *head, struct buf *out)
{
    comma(out);
    buf_add_char(out, '[');
    say_matter(s, head->matter, out);
    buf_add_char(out, ',');
}

/* Marks at 100 or a card are not listed again beside the end and the cards themselves. */
static bool is_again(const Halld__MarkGiven *b)
{
    return !*b->what || (b->watch > WATCH_RED && (strcmp(b->what, "100%") == 0 || strcmp(b->what, "yellow") == 0 ||
                                                  strcmp(b->what, "red") == 0));
}

static void say_fired(const struct sim_flow *s, const Halld__Event *event, struct buf *out)
{
    const Halld__MarkGiven *b = event->mark_given;
    if (event->body_case != HALLD__EVENT__BODY_MARK_GIVEN || is_again(b))
        return;
    comma(out);
    buf_add_char(out, '[');
    sim_time_write(b->moment_at, out);
    buf_add_char(out, ',');
    say_matter(s, b->head->matter, out);
    buf_add_format(out, ",\"%s\",\"%s\"", b->clock, b->what);
    if (b->moment_at < event->at) {
        buf_add_char(out, ',');
        sim_time_write(event->at, out);
    }
    buf_add_char(out, ']');
}

static void say_notified(const struct sim_flow *s, const Halld__Event *event, struct buf *out)
{
    const Halld__MatterNotified *b = event->matter_notified;
    if (event->body_case != HALLD__EVENT__BODY_MATTER_NOTIFIED)
        return;
    begin_row(s, b->head, out);
    tree_write_text(b->why, out);
    buf_add_text(out, ",[");
    for (size_t i = 0; i < b->n_to; i++) {
        comma(out);
        tree_write_text(b->to[i], out);
    }
    buf_add_text(out, "]]");
}

static void say_told(const struct sim_flow *s, const Halld__Event *event, struct buf *out)
{
    const Halld__MatterTold *b = event->matter_told;
    if (event->body_case != HALLD__EVENT__BODY_MATTER_TOLD)
        return;
    begin_row(s, b->head, out);
    buf_add_format(out, "\"%s\",\"%s\"]", b->transition, b->result);
}

static bool is_listed(const Halld__ClockMoved *b)
{
    static const char *const always[] = {"limit", "extend"}, *const changed[] = {"resume", "date", "calendar"};
    for (int i = 0; i < 2; i++)
        if (strcmp(b->reason, always[i]) == 0)
            return true;
    for (int i = 0; i < 3; i++)
        if (strcmp(b->reason, changed[i]) == 0)
            return !b->same;
    return false;
}

static void say_moved(const struct sim_flow *s, const Halld__Event *event, struct buf *out)
{
    const Halld__ClockMoved *b = event->clock_moved;
    if (event->body_case != HALLD__EVENT__BODY_CLOCK_MOVED || !is_listed(b))
        return;
    begin_row(s, b->head, out);
    buf_add_format(out, "\"%s\",", b->clock);
    sim_time_write(b->due_at, out);
    buf_add_format(out, ",%s]", b->provisional ? "true" : "false");
}

/* ---- how the matters stand */

static void say_element(const struct sim_flow *s, const struct field *f, const struct value *v, size_t i,
                        struct buf *out)
{
    char date[11];
    if (v->texts)
        return tree_write_text(v->texts[i], out);
    if (f->type == FLOW_MATTER)
        return say_matter(s, (uint64_t)v->numbers[i], out);
    if (f->type == FLOW_BOOL)
        return buf_add_text(out, v->numbers[i] ? "true" : "false");
    if (f->type != FLOW_DATE)
        return buf_add_format(out, "%lld", (long long)v->numbers[i]);
    date_to_text((int32_t)v->numbers[i], date);
    buf_add_format(out, "\"%s\"", date);
}

static void say_field(const struct sim_flow *s, const struct field *f, const struct value *v, struct buf *out)
{
    comma(out);
    buf_add_format(out, "\"%s\":", f->f->name);
    if (f->f->most == 0)
        return say_element(s, f, v, 0, out);
    buf_add_char(out, '[');
    for (size_t i = 0; i < v->n; i++) {
        comma(out);
        say_element(s, f, v, i, out);
    }
    buf_add_char(out, ']');
}

static const char *card(const struct run *r)
{
    if (r->given & DEFINITION_BIT(WATCH_RED))
        return "\"red\"";
    return r->given & DEFINITION_BIT(WATCH_YELLOW) ? "\"yellow\"" : "null";
}

static void say_clock(const struct run *r, struct buf *out)
{
    static const char *const status[] = {
        [RUN_RUNNING] = "running", [RUN_PAUSED] = "paused",   [RUN_MET] = "met",
        [RUN_LATE] = "late",       [RUN_DROPPED] = "dropped",
    };
    comma(out);
    buf_add_format(out, "\"%s\":{\"status\":\"%s\",\"due\":", r->name, status[r->status]);
    sim_time_write(r->due, out);
    buf_add_format(out, ",\"provisional\":%s,\"card\":%s,\"expired\":%s}", r->provisional ? "true" : "false", card(r),
                   r->expired ? "true" : "false");
}

static void say_standing(const struct sim_flow *s, const struct matter *m, struct buf *out)
{
    comma(out);
    say_matter(s, m->id, out);
    buf_add_format(out, ":{\"state\":\"%s\",\"level\":%d,\"version\":%u,\"ended\":%s,\"fields\":{",
                   matter_state_name(m), m->level, m->def->flow->version, m->ended ? "true" : "false");
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        if (matter_value(m, i)->n)
            say_field(s, &m->def->fields[i], matter_value(m, i), out);
    buf_add_text(out, "},\"clocks\":{");
    for (size_t i = 0; i < m->n_runs; i++)
        say_clock(&m->runs[i], out);
    buf_add_text(out, "}}");
}

void sim_flow_say(const struct sim_flow *s, const char *refused, struct buf *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct sim_flow *s, const Halld__Event *event, struct buf *out);
    } parts[] = {{"fired", say_fired}, {"notified", say_notified}, {"told", say_told}, {"moved", say_moved}};
    buf_add_text(out, "{\"refused\":");
    if (refused)
        tree_write_text(refused, out);
    else
        buf_add_text(out, "null");
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        buf_add_format(out, ",\"%s\":[", parts[p].name);
        for (size_t i = 0; i < s->n_events; i++)
            parts[p].say(s, s->events[i], out);
        buf_add_char(out, ']');
    }
    buf_add_text(out, ",\"matters\":{");
    for (uint64_t id = 1; id <= flow_matter_count(s->flow); id++)
        say_standing(s, flow_matter(s->flow, id), out);
    buf_add_text(out, "}}\n");
}
