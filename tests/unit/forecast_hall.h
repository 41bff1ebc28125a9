/* A hall for the tests of forecasts: queue A, item one (group g1) takes 6 minutes, two (g2) takes 3; window 1 serves
 * both, 2 only g1, 3 only g2. It learns from every event. Monday 23 November, 10:00. */
#ifndef TESTS_UNIT_FORECAST_HALL_H
#define TESTS_UNIT_FORECAST_HALL_H

#include "../lib/play.h"
#include "core/queue/queue.h"
#include "forecast/learn.h"
#include "forecast/quote.h"
#include "forecast/rollout.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

extern struct play p;
extern struct learn *learn;

void forecast_hall_setup(void);
void forecast_hall_teardown(void);
__attribute__((format(printf, 1, 2))) void did(const char *command, ...); /* must be accepted */
uint64_t issued(const char *item, const char *class_name);
/* Services take exactly these means, so that every run of a roll-out is the same. */
void know_laws(double cv);
struct forecast_quote *quoted(const struct forecast_quote *before);
/* Seconds until the ticket's service starts, as quoted; -1: nothing is. */
int starts_in(const struct forecast_quote *q, uint64_t ticket);

#endif
