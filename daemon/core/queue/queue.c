#include "core/queue/queue_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/setup.h"

struct queue *queue_new(void)
{
    struct queue *q = alloc_zero(sizeof *q);
    q->line = line_new(0);
    return q;
}

static void window_free(struct window *w)
{
    if (w->clerk)
        halld__actor__free_unpacked(w->clerk, NULL);
    if (w->call)
        halld__ticket_called__free_unpacked(w->call, NULL);
    free(w->groups);
    free(w);
}

void queue_forget_day(struct queue *q)
{
    for (size_t i = 0; i < q->n_tickets; i++)
        free(q->tickets[i]);
    for (size_t i = 0; i < q->n_windows; i++)
        window_free(q->windows[i]);
    free(q->tickets);
    free(q->missed);
    free(q->windows);
    free(q->counters);
    map_fini(&q->by_token);
    q->tickets = q->missed = NULL;
    q->windows = NULL;
    q->counters = NULL;
    q->n_tickets = q->cap_tickets = q->n_missed = q->n_windows = q->n_counters = 0;
}

static void texts_free(struct map *texts)
{
    size_t at = 0;
    for (void *text; (text = map_next(texts, &at));)
        free(text);
    map_fini(texts);
}

struct map queue_take_texts(struct queue *q)
{
    struct map texts = q->texts;
    q->texts = (struct map)MAP_INIT;
    return texts;
}

void queue_forget_texts(struct queue *q, struct map *texts)
{
    for (size_t i = 0; i < q->n_appointments; i++) {
        struct appointment *a = q->appointments[i];
        a->item = queue_text(q, a->item);
        a->queue = queue_text(q, a->queue);
        a->class_name = queue_text(q, a->class_name);
    }
    texts_free(texts);
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    queue_forget_day(q);
    for (size_t i = 0; i < q->n_appointments; i++)
        free(q->appointments[i]);
    free(q->appointments);
    free(q->held);
    free(q->strikes);
    map_fini(&q->appointment_by_token);
    line_free(q->line);
    texts_free(&q->texts);
    free(q);
}

/* FNV-1a; on a clash the next number is tried, so a text is found where it was put. */
static uint64_t text_hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h ? h : 1;
}

const char *queue_text(struct queue *q, const char *text)
{
    if (!text || !*text)
        return "";
    uint64_t h = text_hash(text);
    for (char *known; (known = map_find(&q->texts, h)); h = h + 1 ? h + 1 : 1)
        if (strcmp(known, text) == 0)
            return known;
    char *own = alloc_text(text);
    map_put(&q->texts, h, own);
    return own;
}

struct counter *queue_counter(struct queue *q, const char *letter)
{
    size_t i = 0;
    while (i < q->n_counters && strcmp(q->counters[i].queue, letter) < 0)
        i++;
    if (i < q->n_counters && strcmp(q->counters[i].queue, letter) == 0)
        return &q->counters[i];
    q->counters = alloc_grow(q->counters, q->n_counters + 1, sizeof *q->counters);
    memmove(q->counters + i + 1, q->counters + i, (q->n_counters - i) * sizeof *q->counters);
    q->counters[i] = (struct counter){.queue = queue_text(q, letter), .next = 1};
    q->n_counters++;
    return &q->counters[i];
}

struct ticket *queue_ticket(struct queue *q, uint64_t id)
{
    size_t low = 0, high = q->n_tickets;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (q->tickets[mid]->id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < q->n_tickets && q->tickets[low]->id == id ? q->tickets[low] : NULL;
}

static uint64_t token_key(const uint8_t token[16])
{
    uint64_t key;
    memcpy(&key, token, sizeof key);
    return key ? key : 1;
}

struct ticket *queue_ticket_add(struct queue *q, uint64_t id, const uint8_t token[16])
{
    if (q->n_tickets == q->cap_tickets) {
        q->cap_tickets = q->cap_tickets ? q->cap_tickets * 2 : 64;
        q->tickets = alloc_grow(q->tickets, q->cap_tickets, sizeof *q->tickets);
    }
    struct ticket *t = alloc_zero(sizeof *t);
    t->id = id;
    t->missing = "";
    memcpy(t->token, token, sizeof t->token);
    q->tickets[q->n_tickets++] = t;
    map_put(&q->by_token, token_key(token), t);
    return t;
}

static size_t window_index(const struct queue *q, int window)
{
    size_t i = 0;
    while (i < q->n_windows && q->windows[i]->window < window)
        i++;
    return i;
}

struct window *queue_window(struct queue *q, int window)
{
    size_t i = window_index(q, window);
    if (i < q->n_windows && q->windows[i]->window == window)
        return q->windows[i];
    q->windows = alloc_grow(q->windows, q->n_windows + 1, sizeof *q->windows);
    memmove(q->windows + i + 1, q->windows + i, (q->n_windows - i) * sizeof *q->windows);
    struct window *w = alloc_zero(sizeof *w);
    w->window = window;
    w->reason = "";
    q->windows[i] = w;
    q->n_windows++;
    return w;
}

void queue_window_set_skill(struct queue *q, const struct setup *setup, struct window *w, bool all, size_t n,
                            char *const *groups)
{
    const char **own = alloc_zero((n ? n : 1) * sizeof *own);
    for (size_t i = 0; i < n; i++)
        own[i] = queue_text(q, groups[i]);
    free(w->groups);
    w->groups = own;
    w->n_groups = n;
    w->all = all;
    w->skill = setup_skill(setup, all, n, groups);
}

void queue_reindex(struct queue *q, const struct setup *setup)
{
    struct line *before = q->line;
    q->line = line_new(setup_group_count(setup));
    line_open_gates(q->line, before ? line_now(before) : 0);
    line_free(before);
    for (size_t i = 0; i < q->n_tickets; i++) {
        struct ticket *t = q->tickets[i];
        t->place.group = setup_group_index(setup, t->group);
        if (t->state == HALLD__TICKET_STATE__E__waiting && (t->place.group >= 0 || t->place.window))
            line_add(q->line, &t->place);
    }
    for (size_t i = 0; i < q->n_windows; i++) {
        struct window *w = q->windows[i];
        w->skill = setup_skill(setup, w->all, w->n_groups, (char *const *)w->groups);
    }
}

void key_from_event(struct key *to, const Halld__Key *from)
{
    *to = (struct key){from->e, from->t0, from->seq, from->sub};
}

/* ---- state machines */

#define BIT(state) (1u << HALLD__TICKET_STATE__E__##state)
static const unsigned ticket_moves[] = {
    [HALLD__TICKET_STATE__E__waiting] = BIT(called) | BIT(cancelled) | BIT(expired),
    [HALLD__TICKET_STATE__E__called] = BIT(serving) | BIT(waiting) | BIT(missed) | BIT(expired),
    [HALLD__TICKET_STATE__E__serving] = BIT(held) | BIT(waiting) | BIT(done) | BIT(expired),
    [HALLD__TICKET_STATE__E__held] = BIT(waiting) | BIT(expired),
    [HALLD__TICKET_STATE__E__missed] = BIT(waiting) | BIT(cancelled) | BIT(expired),
    [HALLD__TICKET_STATE__E__done] = 0,
    [HALLD__TICKET_STATE__E__cancelled] = 0,
    [HALLD__TICKET_STATE__E__expired] = 0,
};
#undef BIT

#define BIT(state) (1u << HALLD__WINDOW_STATE__E__##state)
static const unsigned window_moves[] = {
    [HALLD__WINDOW_STATE__E__closed] = BIT(open),
    [HALLD__WINDOW_STATE__E__open] = BIT(ready) | BIT(busy) | BIT(break) | BIT(suspended) | BIT(draining) | BIT(closed),
    [HALLD__WINDOW_STATE__E__ready] = BIT(busy) | BIT(break) | BIT(suspended) | BIT(draining) | BIT(closed),
    [HALLD__WINDOW_STATE__E__busy] = BIT(open) | BIT(draining),
    [HALLD__WINDOW_STATE__E__break] = BIT(open) | BIT(suspended) | BIT(draining) | BIT(closed),
    [HALLD__WINDOW_STATE__E__suspended] = BIT(open) | BIT(draining) | BIT(closed),
    [HALLD__WINDOW_STATE__E__draining] = BIT(closed),
};
#undef BIT

bool ticket_may_move(const struct ticket *t, Halld__TicketState__E to)
{
    return ticket_moves[t->state] >> to & 1;
}

bool ticket_is_over(const struct ticket *t)
{
    return ticket_moves[t->state] == 0;
}

bool window_may_move(const struct window *w, Halld__WindowState__E to)
{
    return window_moves[w->state] >> to & 1;
}

static void missed_add(struct queue *q, struct ticket *t)
{
    q->missed = alloc_grow(q->missed, q->n_missed + 1, sizeof *q->missed);
    q->missed[q->n_missed++] = t;
}

static void missed_remove(struct queue *q, const struct ticket *t)
{
    size_t i = 0;
    while (i < q->n_missed && q->missed[i] != t)
        i++;
    if (i == q->n_missed)
        return;
    q->n_missed--;
    memmove(q->missed + i, q->missed + i + 1, (q->n_missed - i) * sizeof *q->missed);
}

static void state_leave(struct queue *q, struct ticket *t)
{
    if (t->state == HALLD__TICKET_STATE__E__waiting) {
        line_remove(q->line, &t->place);
        queue_counter(q, t->queue)->waiting--;
    } else if (t->state == HALLD__TICKET_STATE__E__missed) {
        missed_remove(q, t);
    }
}

void ticket_enter(struct queue *q, struct ticket *t, Halld__TicketState__E state)
{
    t->state = state;
    if (state == HALLD__TICKET_STATE__E__waiting) {
        line_add(q->line, &t->place);
        queue_counter(q, t->queue)->waiting++;
    } else if (state == HALLD__TICKET_STATE__E__missed) {
        missed_add(q, t);
    }
}

void ticket_move(struct queue *q, struct ticket *t, Halld__TicketState__E to)
{
    if (!ticket_may_move(t, to))
        abort();
    state_leave(q, t);
    ticket_enter(q, t, to);
}

void window_move(struct window *w, Halld__WindowState__E to, int64_t at)
{
    if (!window_may_move(w, to))
        abort();
    w->state = to;
    w->since_at = at;
}

/* ---- reading */

const struct day *queue_day(const struct queue *q)
{
    return &q->day;
}

size_t queue_ticket_count(const struct queue *q)
{
    return q->n_tickets;
}

const struct ticket *queue_ticket_at(const struct queue *q, size_t i)
{
    return q->tickets[i];
}

const struct ticket *queue_ticket_find(const struct queue *q, uint64_t id)
{
    return queue_ticket((struct queue *)(uintptr_t)q, id);
}

bool queue_ticket_may_return(const struct ticket *t)
{
    bool owes = t->outcome == HALLD__OUTCOME__E__supplement || t->outcome == HALLD__OUTCOME__E__accepted;
    return t->state == HALLD__TICKET_STATE__E__done && owes && !t->returned;
}

const struct ticket *queue_ticket_by_token(const struct queue *q, const uint8_t token[16])
{
    const struct ticket *t = map_find(&q->by_token, token_key(token));
    return t && memcmp(t->token, token, sizeof t->token) == 0 ? t : NULL;
}

size_t queue_window_count(const struct queue *q)
{
    return q->n_windows;
}

const struct window *queue_window_at(const struct queue *q, size_t i)
{
    return q->windows[i];
}

const struct window *queue_window_find(const struct queue *q, int window)
{
    size_t i = window_index(q, window);
    return i < q->n_windows && q->windows[i]->window == window ? q->windows[i] : NULL;
}

const struct line *queue_line(const struct queue *q)
{
    return q->line;
}

bool queue_is_open(const struct queue *q, int64_t now)
{
    for (size_t i = 0; i < q->day.n_open && !q->day.closed; i++)
        if (q->day.open[i].from <= now && now < q->day.open[i].to)
            return true;
    return false;
}

const struct counter *queue_counter_find(const struct queue *q, const char *letter)
{
    for (size_t i = 0; i < q->n_counters; i++)
        if (strcmp(q->counters[i].queue, letter) == 0)
            return &q->counters[i];
    return NULL;
}

int queue_waiting(const struct queue *q, const char *letter)
{
    const struct counter *c = queue_counter_find(q, letter);
    return c ? c->waiting : 0;
}

int queue_issued(const struct queue *q, const char *letter)
{
    const struct counter *c = queue_counter_find(q, letter);
    return c ? c->issued : 0;
}

size_t queue_held_count(const struct queue *q, int window)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_tickets; i++)
        n += q->tickets[i]->state == HALLD__TICKET_STATE__E__held && q->tickets[i]->window == window;
    return n;
}

static bool takes_new(const struct window *w)
{
    return w->state != HALLD__WINDOW_STATE__E__closed && w->state != HALLD__WINDOW_STATE__E__draining;
}

static bool is_manned(const struct window *w)
{
    return w->state == HALLD__WINDOW_STATE__E__open || w->state == HALLD__WINDOW_STATE__E__ready ||
           w->state == HALLD__WINDOW_STATE__E__busy;
}

static void add_group(struct skill *reach, int group)
{
    if (group >= 0)
        skill_add(reach, group);
}

struct skill queue_reach(const struct queue *q, const struct setup *setup, int group)
{
    struct skill reach = {{0}};
    bool any = false;
    for (size_t i = 0; i < q->n_windows; i++)
        if (takes_new(q->windows[i]) && skill_has(&q->windows[i]->skill, group)) {
            skill_join(&reach, &q->windows[i]->skill);
            any = true;
        }
    const Halld__Settings *s = setup_settings(setup);
    for (size_t i = 0; i < s->n_windows && !any; i++) {
        const struct skill *k = setup_window_skill(setup, i);
        if (skill_has(k, group))
            skill_join(&reach, k);
    }
    add_group(&reach, group);
    return reach;
}

struct skill queue_reach_now(const struct queue *q, int group)
{
    struct skill reach = {{0}};
    for (size_t i = 0; i < q->n_windows; i++)
        if (is_manned(q->windows[i]) && skill_has(&q->windows[i]->skill, group))
            skill_join(&reach, &q->windows[i]->skill);
    add_group(&reach, group);
    return reach;
}

int queue_ahead(const struct queue *q, const struct setup *setup, const struct ticket *t)
{
    if (t->state != HALLD__TICKET_STATE__E__waiting)
        return 0;
    if (t->place.window) {
        const struct window *w = queue_window_find(q, t->place.window);
        size_t named = line_named_before(q->line, &t->place);
        return (int)(named + (w && !t->place.unheld ? line_count_before(q->line, &w->skill, &t->place.key) : 0));
    }
    struct skill reach = queue_reach(q, setup, t->place.group);
    return (int)line_count_before(q->line, &reach, &t->place.key);
}

size_t queue_next_for(const struct queue *q, const struct window *w, size_t n, const struct ticket **ret)
{
    struct place *places[16];
    if (n > 16)
        n = 16;
    size_t got = line_next(q->line, &w->skill, w->window, n, places);
    for (size_t i = 0; i < got; i++)
        ret[i] = (const struct ticket *)places[i];
    return got;
}
