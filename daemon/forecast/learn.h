/*
 * The fold of the journal that forecasts learn from: services, arrivals, the pace of clerks, who does not come, who
 * leaves, and what became of earlier predictions. Fed with events in their order, live or from the journal; the same
 * events teach the same.
 */
#ifndef FORECAST_LEARN_H
#define FORECAST_LEARN_H

#include "forecast/arrivals.h"
#include "forecast/grade.h"
#include "forecast/laws.h"
#include "proto/event.pb-c.h"

/* Means in ms, shares 0..1; what every hall has until its own is known. */
struct pace {
    double walk;    /* from the call to the start of service */
    double gap;     /* from a finish until the window calls again */
    double missed;  /* share of calls that nobody comes to */
    double miss;    /* what such a call takes */
    double hold;    /* how long somebody is on hold */
    double leaving; /* of those waiting, per ms */
    double shows;   /* share of the booked that check in */
    double early;   /* how long before their slot */
};

struct learn {
    struct laws *laws;
    struct arrivals *arrivals;
    struct grade *grade;
    struct pace pace;
    struct learn_fold *fold;
};

struct learn *learn_new(void);
void learn_free(struct learn *l);
void learn_event(struct learn *l, const Halld__Event *event);

#endif
