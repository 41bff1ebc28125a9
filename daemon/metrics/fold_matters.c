/* Matters in the fold: how many of each flow are open, what came to an end, and what of it goes on over the night. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "metrics/fold_inside.h"

static const struct ends *ends_of(const struct fold *f, const Halld__MatterHead *head)
{
    char flow[80];
    snprintf(flow, sizeof flow, "%s/%u", head->flow, (unsigned)head->version);
    for (size_t i = f->n_ends; i-- > 0;)
        if (strcmp(f->ends[i].flow, flow) == 0)
            return &f->ends[i];
    return NULL;
}

static bool is_end(const struct fold *f, const Halld__MatterHead *head, const char *state)
{
    const struct ends *e = ends_of(f, head);
    char word[80];
    snprintf(word, sizeof word, "|%s|", state);
    return e && strstr(e->states, word);
}

static void add_ends(struct fold *f, char *flow_taken, char *states_taken)
{
    f->ends = alloc_grow(f->ends, f->n_ends + 1, sizeof *f->ends);
    f->ends[f->n_ends++] = (struct ends){flow_taken, states_taken};
}

void matters_on_defined(struct touched *t)
{
    const Halld__Flow *flow = t->fact.event->flow_defined->flow;
    struct buf states = BUF_INIT;
    buf_add_char(&states, '|');
    for (size_t i = 0; i < flow->n_states; i++)
        if (flow->states[i]->end)
            buf_add_format(&states, "%s|", flow->states[i]->name);
    add_ends(t->fold, alloc_format("%s/%u", flow->name, (unsigned)flow->version), buf_take(&states));
    fold_series(t->fold, SCOPE_FLOW, flow->name);
}

static void change_open(struct touched *t, int64_t by)
{
    fold_change_level(t->fold->hall, METRIC_matters_open, by, t->fact.event->at);
    fold_change_level(t->of[SCOPE_FLOW], METRIC_matters_open, by, t->fact.event->at);
}

static void of_matter(struct touched *t, const Halld__MatterHead *head)
{
    struct folded_window *w = fold_window(t->fold, head->window);
    t->of[SCOPE_FLOW] = fold_series(t->fold, SCOPE_FLOW, head->flow);
    t->of[SCOPE_WINDOW] = w ? w->series : NULL;
}

/* Nothing leads out of an end, so a matter comes to one once. */
void matters_on_moved(struct touched *t)
{
    const Halld__MatterMoved *b = t->fact.event->matter_moved;
    of_matter(t, b->head);
    if (b->opened)
        change_open(t, 1);
    t->fact.matter_ended = is_end(t->fold, b->head, b->to) && (b->opened || strcmp(b->from, b->to) != 0);
    if (t->fact.matter_ended)
        change_open(t, -1);
}

void matters_on_migrated(struct touched *t)
{
    const Halld__MatterMigrated *b = t->fact.event->matter_migrated;
    of_matter(t, b->head);
    t->fact.matter_ended = is_end(t->fold, b->head, b->to);
    if (t->fact.matter_ended)
        change_open(t, -1);
}

void matters_on_stopped(struct touched *t)
{
    of_matter(t, t->fact.event->clock_stopped->head);
}

void matters_on_mark(struct touched *t)
{
    of_matter(t, t->fact.event->mark_given->head);
}

void matters_carry(struct fold *f)
{
    buf_clear(&f->carried);
    for (size_t i = 0; i < f->n_ends; i++)
        buf_add_format(&f->carried, "%s%s;", f->ends[i].flow, f->ends[i].states);
    for (size_t i = 0; i < f->n_series; i++)
        if (f->series[i]->scope == SCOPE_FLOW && f->series[i]->level[METRIC_matters_open])
            buf_add_format(&f->carried, "%s=%lld;", f->series[i]->label,
                           (long long)f->series[i]->level[METRIC_matters_open]);
}

const char *fold_carried(const struct fold *f)
{
    return f->carried.len ? buf_text(&f->carried) : "-";
}

/* One word of what was carried: "escalation/1|closed|praised|" or "escalation=12". */
static bool take_carried(struct fold *f, const char *word, size_t len)
{
    const char *states = memchr(word, '|', len), *open = memchr(word, '=', len);
    if (states) {
        char *flow = alloc_copy(word, (size_t)(states - word) + 1),
             *all = alloc_copy(states, len - (size_t)(states - word) + 1);
        flow[states - word] = all[len - (size_t)(states - word)] = '\0';
        add_ends(f, flow, all);
        return true;
    }
    if (!open)
        return false;
    char *label = alloc_copy(word, (size_t)(open - word) + 1);
    label[open - word] = '\0';
    int64_t n = strtoll(open + 1, NULL, 10);
    fold_series(f, SCOPE_FLOW, label)->level[METRIC_matters_open] = n;
    f->hall->level[METRIC_matters_open] += n;
    free(label);
    return true;
}

bool fold_carry(struct fold *f, const char *carried)
{
    if (strcmp(carried, "-") == 0)
        return true;
    for (const char *end; (end = strchr(carried, ';')); carried = end + 1)
        if (!take_carried(f, carried, (size_t)(end - carried)))
            return false;
    return *carried == '\0';
}

void matters_forget(struct fold *f)
{
    for (size_t i = 0; i < f->n_ends; i++) {
        free(f->ends[i].flow);
        free(f->ends[i].states);
    }
    free(f->ends);
    buf_fini(&f->carried);
}
