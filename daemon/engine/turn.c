/* From submit to a decision: what happens in one turn of the loop. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/loop.h"
#include "engine/inside.h"

enum { TURN_COMMANDS = 1000 }; /* the loop must get back to its sockets */

static const struct {
    int code;
    const char *why;
} stops[ENGINE_STOPS] = {
    [ENGINE_WRITES] = {0, ""},
    [ENGINE_FAILED] = {HALL_E_STORE_FAILED, "storage failed"},
    [ENGINE_STOPPING] = {HALL_E_NOT_READY, "the daemon is stopping"},
    [ENGINE_FULL] = {HALL_E_DISK_FULL, "the disk is full"},
    [ENGINE_LOW] = {HALL_E_DISK_FULL, "little disk space is left"},
    [ENGINE_DOUBTFUL] = {HALL_E_CLOCK_DOUBTFUL, "the clock is doubtful and must be accepted"},
};

static enum engine_stop stop_of(const struct engine *e)
{
    for (int i = ENGINE_WRITES + 1; i < ENGINE_STOPS; i++)
        if (e->stop[i])
            return i;
    return ENGINE_WRITES;
}

bool engine_writes(const struct engine *e)
{
    return stop_of(e) == ENGINE_WRITES;
}

int engine_refusal(const struct engine *e)
{
    return stops[stop_of(e)].code;
}

bool engine_is_read_only(const struct engine *e)
{
    return !engine_writes(e);
}

const char *engine_read_only_why(const struct engine *e)
{
    return stops[stop_of(e)].why;
}

void engine_submit(void *engine, const struct submission *s)
{
    struct engine *e = engine;
    pending_list_add(&e->queue, pending_new(s));
    loop_watch_ask(e->turn_end);
}

/* Tokens are made of them, so none stays behind. */
static void take_random(struct random_pool *p, uint8_t *to, size_t len)
{
    if (p->left < len && getrandom(p->bytes, p->left = sizeof p->bytes, 0) != (ssize_t)sizeof p->bytes)
        abort();
    p->left -= len;
    memcpy(to, p->bytes + p->left, len);
    explicit_bzero(p->bytes + p->left, len);
}

static void note_refusal(struct pending *r, int code)
{
    r->code = code;
    if (r->refusal.code != code)
        refuse(&r->refusal, code, NULL, NULL);
}

static void decide(struct engine *e, struct pending *r, int64_t now)
{
    struct turn turn = {.now_ms = now, .quote = e->quote, .actor = r->actor, .role = r->role, .has_key = r->has_key};
    if (turn.now_ms < hall_at(e->decided))
        turn.now_ms = hall_at(e->decided);
    take_random(&e->random, turn.random, sizeof turn.random);
    memcpy(turn.key, r->key, sizeof turn.key);
    memcpy(turn.request, r->hash, sizeof turn.request);
    struct events *all = &e->gathering.events;
    size_t before = all->n;
    int code = r->renew ? r->renew(r->arg, e->decided, r->command, &r->refusal) : 0;
    if (!code)
        code = sealing_prepare(e, r);
    if (!code)
        code = hall_decide(e->decided, r->command, &turn, all, &r->refusal);
    if (code) {
        note_refusal(r, code);
        return;
    }
    r->n_events = all->n - before;
    for (size_t i = before; i < all->n; i++) {
        store_batch_add_event(e->gathering.rows, all->at[i]);
        dedupe_apply(e->dedupe, all->at[i]);
    }
    if (r->n_events)
        sealing_follow(e, r, all->at + before, r->n_events);
    for (size_t i = 0; r->n_events && i < r->n_secrets; i++)
        store_batch_add_secret(e->gathering.rows, r->secrets[i].ref, r->secrets[i].value);
}

/* True when the key has been used: the request is answered from what was done then. */
static bool is_repeat(struct engine *e, struct pending *r, int64_t now)
{
    const struct dedupe_entry *known = r->has_key ? dedupe_find(e->dedupe, r->key, now) : NULL;
    if (!known)
        return false;
    if (memcmp(known->request, r->hash, sizeof r->hash) != 0) {
        note_refusal(r, refuse(&r->refusal, HALL_E_KEY_REUSED, "Idempotency-Key", NULL));
        return true;
    }
    r->repeat_first = known->first;
    r->repeat_count = known->count;
    return true;
}

static bool accepts_clock(const struct pending *r)
{
    return r->command->body_case == HALLD__COMMAND__BODY_ACCEPT_CLOCK;
}

/* Accepting the clock is what ends its doubtfulness, so it must get past it; it ends when that is on disk. */
static int refusal_for(const struct engine *e, const struct pending *r)
{
    enum engine_stop stop = stop_of(e);
    return stop == ENGINE_DOUBTFUL && accepts_clock(r) ? 0 : stops[stop].code;
}

/* False: ticks must come first: the rest is for another turn. */
static bool handle(struct engine *e, struct pending *r, int64_t now)
{
    int no = refusal_for(e, r);
    if (is_repeat(e, r, now))
        ;
    else if (no) {
        note_refusal(r, no);
    } else {
        if (accepts_clock(r))
            r->command->accept_clock->wall_at = clock_wall_ms(&e->clock);
        decide(e, r, now);
    }
    pending_list_add(&e->gathering.pendings, r);
    return !hall_is_behind(e->decided);
}

int engine_do(struct engine *e, Halld__Command *command, int64_t now)
{
    struct pending *r = pending_new_own(command);
    int code = (decide(e, r, now), r->code);
    int made = code ? code : (int)r->n_events;
    if (code)
        log_error("engine", "own command %d refused: %s %s %s", (int)command->body_case, err_name(code),
                  r->refusal.field, r->refusal.value);
    pending_list_add(&e->gathering.pendings, r);
    return made;
}

void engine_decide_all(struct engine *e)
{
    struct pending *r;
    while ((r = pending_list_take(&e->queue)))
        handle(e, r, clock_now(&e->clock));
}

void engine_turn(struct engine *e)
{
    int64_t now = clock_now(&e->clock);
    e->awaits_store = false;
    bool ready = !engine_writes(e) || engine_day_turn(e, &now);
    struct pending *r;
    for (int n = 0; ready && n < TURN_COMMANDS && (r = pending_list_take(&e->queue)); n++)
        ready = handle(e, r, now);
    if ((!ready || e->queue.n) && !e->awaits_store)
        loop_watch_ask(e->turn_end);
    engine_commit_soon(e);
    engine_day_arm(e);
}
