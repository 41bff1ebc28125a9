#include "view/matter_list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "core/queue/queue.h"
#include "view/build.h"

enum { PAGE = 100, PAGE_MOST = 500, ENDED_LOOKED_AT = 20000, TEXTS_OPENED = 400, WORDS_MOST = 16, WORDS_BYTES = 320 };

/* Where a matter stands in the list. */
struct standing {
    int color;
    int64_t due; /* of the ended: when they ended, counted down */
    uint64_t id;
    const struct matter *m;
};

struct search {
    const struct looker *looker;
    const Halld__MatterQuery *query;
    size_t most;
    bool has_after;
    struct standing after;
    char words[WORDS_BYTES]; /* with a NUL after each */
    size_t n_words;
    bool is_number;  /* the words look like a ticket's number: texts are not opened for it */
    char number[24]; /* the id of today's ticket with that number; "" = none */
    int texts_left;
    Halld__MatterList *list;
};

/* ---- places */

static int compare(const struct standing *a, const struct standing *b)
{
    if (a->color != b->color)
        return a->color < b->color ? -1 : 1;
    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int compare_standings(const void *a, const void *b)
{
    return compare(a, b);
}

static struct standing standing_of(const struct matter *m)
{
    if (m->ended) /* the other way round: the last first */
        return (struct standing){MATTER_NONE, INT64_MAX - m->changed_at, UINT64_MAX - m->id, m};
    const struct run *next = matter_next_run(m);
    return (struct standing){matter_color(m), next ? next->due : INT64_MAX, m->id, m};
}

static bool standing_from_text(const char *text, struct standing *ret)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    long color = strtol(text, &end, 10);
    if (*end != '.' || !isdigit((unsigned char)end[1]) || color > MATTER_NONE)
        return false;
    long long due = strtoll(end + 1, &end, 10);
    if (*end != '.' || !isdigit((unsigned char)end[1]))
        return false;
    unsigned long long id = strtoull(end + 1, &end, 10);
    *ret = (struct standing){.color = (int)color, .due = due, .id = id};
    return !*end;
}

static char *standing_to_text(const struct standing *p)
{
    return alloc_format("%d.%lld.%llu", p->color, (long long)p->due, (unsigned long long)p->id);
}

/* ---- what fits, without opening a text */

/* What the looker may not read is not found either. */
static bool field_has(const struct looker *l, const struct matter *m, enum flow_type type, const char *code)
{
    for (size_t i = 0; i < m->def->flow->n_fields; i++)
        for (size_t k = 0; m->def->fields[i].type == type && k < matter_value(m, i)->n; k++)
            if (strcmp(matter_value(m, i)->texts[k], code) == 0 && matter_field_shows(l, m, (int)i))
                return true;
    return false;
}

static bool fits(const struct search *s, const struct matter *m)
{
    const Halld__MatterQuery *q = s->query;
    if (*q->flow && strcmp(q->flow, m->def->flow->name) != 0)
        return false;
    if (*q->state && strcmp(q->state, matter_state_name(m)) != 0)
        return false;
    if (*q->color && strcmp(q->color, matter_color_name(matter_color(m))) != 0)
        return false;
    const struct {
        enum flow_type type;
        const char *code;
    } codes[] = {
        {FLOW_DEPARTMENT, q->department}, {FLOW_ITEM, q->item}, {FLOW_WINDOW, q->window}, {FLOW_TICKET, q->ticket}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (*codes[i].code && !field_has(s->looker, m, codes[i].type, codes[i].code))
            return false;
    return matters_may_read(&s->looker->asker, m);
}

/* ---- words */

/* How many bytes the blank has that stands there, 0 if there is none: Chinese input methods type a wide one. */
static size_t blank(const char *at)
{
    static const char *const BLANKS[] = {" ", "\t", "\u3000", "\u00a0"};
    for (size_t i = 0; i < sizeof BLANKS / sizeof *BLANKS; i++)
        if (strncmp(at, BLANKS[i], strlen(BLANKS[i])) == 0)
            return strlen(BLANKS[i]);
    return 0;
}

static const char *after_blanks(const char *at)
{
    for (size_t n; (n = blank(at));)
        at += n;
    return at;
}

static size_t word_length(const char *at)
{
    size_t len = 0;
    while (at[len] && !blank(at + len))
        len++;
    return len;
}

static void split_words(struct search *s)
{
    char *out = s->words, *end = s->words + sizeof s->words - 1;
    const char *at = after_blanks(s->query->q);
    while (*at && s->n_words < WORDS_MOST && out < end) {
        size_t len = word_length(at);
        if (len > (size_t)(end - out) - 1)
            break;
        memcpy(out, at, len);
        out[len] = '\0';
        out += len + 1;
        s->n_words++;
        at = after_blanks(at + len);
    }
    const char *w = s->words;
    s->is_number =
        s->n_words == 1 && isalpha((unsigned char)w[0]) && w[1] && strspn(w + 1, "0123456789") == strlen(w + 1);
}

/* Crosses out the words that stand in the text. */
static unsigned cross_out(const struct search *s, unsigned left, const char *text)
{
    const char *word = s->words;
    for (size_t i = 0; i < s->n_words; i++, word += strlen(word) + 1)
        if ((left & 1u << i) && strcasestr(text, word))
            left &= ~(1u << i);
    return left;
}

/* Of today's tickets: the number comes again every day. */
static void find_ticket(struct search *s)
{
    const struct queue *q = hall_queue(s->looker->asker.hall);
    for (size_t i = 0; i < queue_ticket_count(q); i++)
        if (strcasecmp(queue_ticket_at(q, i)->number, s->words) == 0)
            snprintf(s->number, sizeof s->number, "%llu", (unsigned long long)queue_ticket_at(q, i)->id);
}

/* What a matter is about and where it stands, as people call it: no text is opened for that. */
static unsigned cross_out_names(const struct search *s, unsigned left, const struct matter *m)
{
    const unsigned named = FLOW_TYPE_BIT(FLOW_ITEM) | FLOW_TYPE_BIT(FLOW_DEPARTMENT);
    const Halld__State *state = m->def->flow->states[m->state];
    left = cross_out(s, cross_out(s, left, state->zh), state->en);
    for (int i = 0; i < (int)m->def->flow->n_fields && left; i++)
        for (size_t k = 0; (FLOW_TYPE_BIT(m->def->fields[i].type) & named) && k < matter_value(m, i)->n; k++) {
            char *zh, *en;
            if (!matter_field_shows(s->looker, m, i))
                continue;
            matter_value_words(s->looker, m, i, k, &zh, &en);
            left = cross_out(s, cross_out(s, left, zh), en);
            left = cross_out(s, left, matter_value(m, i)->texts[k]);
            free(zh);
            free(en);
        }
    return left;
}

static bool has_words(struct search *s, const struct matter *m)
{
    if (s->is_number)
        return s->number[0] && field_has(s->looker, m, FLOW_TICKET, s->number);
    unsigned left = cross_out_names(s, (1u << s->n_words) - 1, m);
    for (size_t i = 0; i < m->def->flow->n_fields && left; i++)
        for (size_t k = 0; m->def->fields[i].type == FLOW_TEXT && k < matter_value(m, i)->n && left; k++) {
            if (!matter_field_shows(s->looker, m, (int)i))
                continue;
            char *text = matter_text_open(s->looker, m, (int)i, k);
            s->texts_left--;
            left = cross_out(s, left, text ? text : "");
            free(text);
        }
    return left == 0;
}

/* ---- the page */

static void count(struct search *s, const struct matter *m, bool mine)
{
    enum matter_color color = matter_color(m);
    s->list->total++;
    s->list->red += color == MATTER_RED;
    s->list->yellow += color == MATTER_YELLOW;
    s->list->mine += mine;
}

static void end_with(struct search *s, const struct standing *p)
{
    s->list->after = standing_to_text(p);
}

static void add_card(struct search *s, const struct matter *m)
{
    s->list->matters[s->list->n_matters++] = matter_card_new(s->looker, m);
}

static bool is_after(const struct search *s, const struct standing *p)
{
    return !s->has_after || compare(p, &s->after) > 0;
}

/* Every open matter that fits, in no order; to be freed by the caller. */
static struct standing *find_open(struct search *s, size_t *ret_n)
{
    const struct flow *f = hall_flow(s->looker->asker.hall);
    struct standing *found = alloc_zero((flow_open_count(f) + 1) * sizeof *found);
    size_t n = 0;
    for (const struct matter *m = flow_open_first(f); m; m = flow_open_next(m)) {
        if (!fits(s, m))
            continue;
        bool mine = matter_is_mine(s->looker, m);
        if (s->query->mine && !mine)
            continue;
        if (!s->n_words)
            count(s, m, mine);
        struct standing p = standing_of(m);
        if (is_after(s, &p))
            found[n++] = p;
    }
    *ret_n = n;
    return found;
}

static void list_open(struct search *s)
{
    size_t n;
    struct standing *found = find_open(s, &n);
    qsort(found, n, sizeof *found, compare_standings);
    for (size_t i = 0; i < n; i++) {
        if (s->list->n_matters == s->most || s->texts_left <= 0) {
            s->list->partial = s->list->n_matters < s->most;
            end_with(s, &found[i - 1]);
            break;
        }
        if (s->n_words && !has_words(s, found[i].m))
            continue;
        if (s->n_words)
            count(s, found[i].m, matter_is_mine(s->looker, found[i].m));
        add_card(s, found[i].m);
    }
    free(found);
}

/* How many of the ended stand at or before the place in the list's order. */
static size_t ended_from(const struct search *s)
{
    const struct flow *f = hall_flow(s->looker->asker.hall);
    size_t low = 0, high = flow_ended_count(f);
    while (s->has_after && low < high) {
        size_t middle = low + (high - low) / 2;
        struct standing p = standing_of(flow_ended_at(f, middle));
        if (compare(&p, &s->after) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static void list_ended(struct search *s)
{
    const struct flow *f = hall_flow(s->looker->asker.hall);
    struct standing last = {0};
    int looked = 0;
    for (size_t i = ended_from(s); i > 0; i--) {
        const struct matter *m = flow_ended_at(f, i - 1);
        bool is_full = s->list->n_matters == s->most;
        if (is_full || s->texts_left <= 0 || looked == ENDED_LOOKED_AT) {
            s->list->partial = !is_full;
            end_with(s, &last);
            return;
        }
        looked++;
        last = standing_of(m);
        if (!fits(s, m) || (s->n_words && !has_words(s, m)))
            continue;
        count(s, m, false);
        add_card(s, m);
    }
}

/* A number names one matter, whether it is over or not. */
static bool list_number(struct search *s)
{
    const char *q = s->query->q;
    if (!*q || strlen(q) > 18 || strspn(q, "0123456789") != strlen(q))
        return false;
    const struct matter *m = flow_matter(hall_flow(s->looker->asker.hall), strtoull(q, NULL, 10));
    if (!m || !matters_may_read(&s->looker->asker, m) ||
        (*s->query->flow && strcmp(s->query->flow, m->def->flow->name) != 0))
        return false;
    count(s, m, matter_is_mine(s->looker, m));
    add_card(s, m);
    return true;
}

static int check(struct search *s, struct refusal *r)
{
    const Halld__MatterQuery *q = s->query;
    bool is_color =
        !*q->color || strcmp(q->color, "red") == 0 || strcmp(q->color, "yellow") == 0 || strcmp(q->color, "none") == 0;
    if (!is_color)
        return refuse(r, HALL_E_BAD_VALUE, "color", q->color);
    s->has_after = *q->after != '\0';
    if (s->has_after && !standing_from_text(q->after, &s->after))
        return refuse(r, HALL_E_BAD_VALUE, "after", "");
    if (strlen(q->q) >= WORDS_BYTES)
        return refuse(r, HALL_E_TOO_LONG, "q", "");
    if (q->most < 0)
        return refuse_number(r, HALL_E_BAD_VALUE, "most", q->most);
    return 0;
}

int matter_list_new(const struct looker *l, const Halld__MatterQuery *q, Halld__MatterList **ret, struct refusal *r)
{
    struct search s = {.looker = l, .query = q, .texts_left = TEXTS_OPENED};
    int code = check(&s, r);
    if (code)
        return code;
    s.most = q->most == 0 ? PAGE : q->most < PAGE_MOST ? (size_t)q->most : PAGE_MOST;
    s.list = MESSAGE_NEW(Halld__MatterList, &halld__matter_list__descriptor);
    s.list->seq = hall_seq(l->asker.hall);
    s.list->matters = build_array(s.most, sizeof *s.list->matters);
    *ret = s.list;
    if (list_number(&s))
        return 0;
    split_words(&s);
    if (s.is_number)
        find_ticket(&s);
    if (q->ended)
        list_ended(&s);
    else
        list_open(&s);
    return 0;
}

Halld__InboxCounts *inbox_counts_new(const struct looker *l)
{
    const struct flow *f = hall_flow(l->asker.hall);
    Halld__InboxCounts *v = MESSAGE_NEW(Halld__InboxCounts, &halld__inbox_counts__descriptor);
    for (const struct matter *m = flow_open_first(f); m; m = flow_open_next(m)) {
        if (!matters_may_read(&l->asker, m))
            continue;
        enum matter_color color = matter_color(m);
        v->open++;
        v->yellow += color == MATTER_YELLOW;
        v->red += color == MATTER_RED;
        v->mine += matter_is_mine(l, m);
    }
    return v;
}
