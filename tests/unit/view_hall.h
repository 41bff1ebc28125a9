/* A small hall for the tests of views: two queues, two groups, windows 3 and 7, Monday 23 November, 10:00. */
#ifndef TESTS_UNIT_VIEW_HALL_H
#define TESTS_UNIT_VIEW_HALL_H

#include "../lib/play.h"
#include "core/queue/queue.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

extern struct play p;

void view_hall_setup(void);
void view_hall_teardown(void);
void did(const char *command);        /* must be accepted; a second passes */
uint64_t issued(const char *command); /* the same, for a ticket: its id */
const struct ticket *ticket(uint64_t id);
void gone(void *m);           /* frees a message */
char *json_of(const void *m); /* freed by the caller */
void has(const void *m, const char *part);
void lacks(const void *m, const char *part);

#endif
