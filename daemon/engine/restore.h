/*
 * A backup put in the journal's place, and the numbers that must not be printed again. A mark on disk,
 * DIR/restored, stands from before the backup is in place until the counters have been moved, so that a
 * crash in between forgets nothing.
 */
#ifndef ENGINE_RESTORE_H
#define ENGINE_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/command.pb-c.h"

struct hall;
struct store;

/* Verifies FILE and puts it in place as DIR/journal.db, with the mark. 0; IN_USE: DIR has a journal with events, which
 * must be moved aside by hand; STORE_FAILED. last: the highest number known to be printed today, or 0. */
int restore_backup(const char *dir, const char *file, int32_t last, char why[200]);
/* Is the mark there? last: as given to restore_backup. */
bool restore_is_marked(const char *dir, int32_t *ret_last);
void restore_unmark(const char *dir);

/*
 * The command that moves every queue's counter beyond whatever may have been printed since the backup: to the
 * next full hundred plus 100, counted from the highest number that the queue ever reached on one day, in this
 * journal and in those that were moved aside (DIR/journal.db.before-*), and beyond `last`. NULL if the journal
 * cannot be read. epoch: the new one.
 */
Halld__Command *restore_counters(const struct hall *hall, struct store *store, const char *dir, int32_t last,
                                 uint64_t epoch);

#endif
