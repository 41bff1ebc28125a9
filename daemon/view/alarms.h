/* What somebody must do now, worst first. */
#ifndef VIEW_ALARMS_H
#define VIEW_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hall.h"
#include "core/quote.h"
#include "proto/view.pb-c.h"

/* A kiosk or screen that is not heard of any more. */
struct silent_device {
    const char *device;
    int64_t since_at;
};

/* What the hall cannot know about its machine. */
struct machine_facts {
    bool read_only;
    const char *read_only_why; /* "" when writing */
    bool clock_stepped;
    int64_t clock_step_ms;
    int64_t free_mib, min_free_mib; /* alarm below twice the minimum; free_mib < 0: not known */
    const struct silent_device *silent;
    size_t n_silent;
    const struct quote *quote; /* the forecasts as they stand; NULL: none */
    size_t n_flow_faults;      /* of the files of flows, as they were last read; the first as its line */
    const char *flow_fault;
    int64_t flow_since_at;
    bool cannot_seal;   /* personal data: no matter goes on */
    const char *series; /* why the series stand still: "full", "broken"; "" or NULL: they do not */
};

Halld__AlarmList *alarm_list_new(const struct hall *h, int64_t now, const struct machine_facts *m);

#endif
