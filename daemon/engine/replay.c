/* From the disk to the two halls: the newest snapshot, then the journal's events after it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "engine/inside.h"
#include "store/snapshot.h"

enum {
    JOURNAL_READER = 1,   /* what this program can read; a journal names the least that can read it */
    REPLAY_LONG = 100000, /* after so many events a snapshot is due, lest the next start read them all again */
};

struct replay {
    struct engine *e;
    const struct engine_options *options;
    char *why;         /* of 200 */
    int64_t keys_from; /* idempotency keys of events before this moment are forgotten anyway */
};

static int note_at(void *arg, const Halld__Event *event)
{
    *(int64_t *)arg = event->at;
    return 0;
}

/* An event of a newer program has no body that this one knows. */
static int check_known(const struct replay *r, const Halld__Event *event)
{
    if (hall_knows(event))
        return 0;
    snprintf(r->why, 200, "event %" PRIu64 " is of a kind that this version does not know; use a newer halld",
             event->seq);
    return HALL_E_BAD_VALUE;
}

static int check_start(const struct replay *r, const Halld__JournalStarted *start)
{
    const struct engine_options *o = r->options;
    if (start->min_reader > JOURNAL_READER)
        snprintf(r->why, 200, "the journal needs a newer halld (reader %d, this one is %d)", start->min_reader,
                 JOURNAL_READER);
    else if (strcmp(start->hall, o->hall_id) != 0)
        snprintf(r->why, 200, "the journal belongs to hall %.60s, the config says %.60s", start->hall, o->hall_id);
    else if (start->simulated && !o->simulated)
        snprintf(r->why, 200, "the journal is simulated; a daemon on the real clock must not use it");
    else if (!start->simulated && o->simulated)
        snprintf(r->why, 200, "the journal is real; a simulation must not use it");
    else
        return 0;
    return HALL_E_BAD_VALUE;
}

static int replay_event(void *arg, const Halld__Event *event)
{
    struct replay *r = arg;
    int code = check_known(r, event);
    if (!code && event->body_case == HALLD__EVENT__BODY_JOURNAL_STARTED)
        code = check_start(r, event->journal_started);
    if (code)
        return code;
    hall_apply(r->e->committed, event);
    if (event->at >= r->keys_from)
        dedupe_apply(r->e->dedupe, event);
    return 0;
}

static struct hall *from_snapshot(struct engine *e)
{
    struct snapshot_file file;
    if (!snapshot_load(e->dir, e->store, &file))
        return NULL;
    struct hall *h = hall_from_snapshot(file.hall);
    if (h && !dedupe_read(e->dedupe, file.extra, file.extra_len)) {
        hall_free(h);
        h = NULL;
    }
    if (!h)
        log_warn("engine", "the snapshot describes no possible hall: reading the whole journal");
    snapshot_file_fini(&file);
    return h;
}

static int replay_from(struct replay *r)
{
    struct engine *e = r->e;
    uint64_t from = hall_seq(e->committed) + 1, last = store_last_seq(e->store);
    if (from > last)
        return 0;
    e->wants_snapshot = last - from >= REPLAY_LONG;
    int64_t at = 0;
    int code = store_read(e->store, last, last, note_at, &at);
    r->keys_from = at - (int64_t)DEDUPE_HOURS * 3600000;
    if (!code)
        code = store_read(e->store, from, last, replay_event, r);
    if (code && !*r->why)
        snprintf(r->why, 200, "the journal is damaged after event %" PRIu64 "; see halljournal verify",
                 hall_seq(e->committed));
    return code;
}

int replay_open(struct engine *e, const struct engine_options *o, char why[200])
{
    why[0] = '\0';
    struct replay r = {.e = e, .options = o, .why = why};
    e->committed = from_snapshot(e);
    if (!e->committed)
        e->committed = hall_new();
    else if (hall_journal(e->committed) && check_start(&r, hall_journal(e->committed)))
        return HALL_E_BAD_VALUE;
    int code = replay_from(&r);
    if (code)
        return code;
    const char *broken = hall_check(e->committed);
    if (broken) {
        snprintf(why, 200, "the journal breaks a rule of the hall: %.100s", broken);
        return HALL_E_INTERNAL;
    }
    e->decided = hall_clone(e->committed);
    alloc_trim(); /* of the snapshot and the days gone by */
    return 0;
}
