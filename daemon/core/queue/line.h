/*
 * The waiting line: who waits, in which order, and who is next. The policy of policy.md without any of
 * its words for people: keys, groups, gates. Knows no protobuf, no clock, no settings; the daemon's
 * decisions, the simulator and the predictions all pick here.
 *
 * Places are embedded in their tickets and borrowed while they stand in the line.
 */
#ifndef CORE_QUEUE_LINE_H
#define CORE_QUEUE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/queue/skill.h"

/* "Counts as issued at": the total order is (e, t0, seq, sub), smallest first. */
struct key {
    int64_t e, t0;
    uint64_t seq, sub;
};

struct place {
    struct key key;
    int64_t t0; /* of its own issue, whatever the key says after a report back */
    uint64_t seq;
    int64_t gate; /* opens then; 0 = always open */
    int group;    /* index */
    int window;   /* waits for this window only; 0 = for any that has its group */
    bool unheld;  /* with window: before all others */
    bool gated;   /* the line's own: stands behind its closed gate */
};

int key_compare(const struct key *a, const struct key *b);

struct line;
struct line *line_new(int groups);
void line_free(struct line *l);
void line_add(struct line *l, struct place *p);
void line_remove(struct line *l, struct place *p);
/* It is now; lets everybody in whose gate is at or before now. Called with each event's time, never backwards. */
void line_open_gates(struct line *l, int64_t now);

int64_t line_now(const struct line *l);

/* The next for a window that is ready: unheld ones, then the smallest key among its groups and those named for it,
 * then the smallest gated one; NULL if it must wait. */
struct place *line_pick(const struct line *l, const struct skill *skill, int window);

/* Of those with an open gate in the skill's groups (not named for a window): */
size_t line_count(const struct line *l, const struct skill *skill);
size_t line_count_before(const struct line *l, const struct skill *skill, const struct key *key);
/* how many were issued before (t0, seq), those named for the window too; and the first of them (NULL if none);
 * ret_first may be NULL */
size_t line_issued_before(const struct line *l, const struct skill *skill, int window, int64_t t0, uint64_t seq,
                          struct place **ret_first);
/* the n-th by key, from 0; the last if there are fewer; NULL if there are none */
struct place *line_nth(const struct line *l, const struct skill *skill, size_t n);
/* those that wait for this window only, gate or not */
size_t line_count_named(const struct line *l, int window);
/* How many stand before p among those that wait for p's window only. */
size_t line_named_before(const struct line *l, const struct place *p);
/* The next n for a window, in the order it would call them if nobody else came; returns how many. */
size_t line_next(const struct line *l, const struct skill *skill, int window, size_t n, struct place **ret);
/* Everybody waiting in the skill's groups, gated or not, and none named. */
size_t line_count_all(const struct line *l, const struct skill *skill);

/* Of two windows that are ready and could take a ticket: is a to take it rather than b? The one with the fewest groups,
 * then the longest ready. Otherwise the lower number, which is for the caller to see to. */
bool line_suits_better(const struct skill *a, int64_t a_ready_at, const struct skill *b, int64_t b_ready_at);

#endif
