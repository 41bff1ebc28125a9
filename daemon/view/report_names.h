/* What the words of figures are called: of definitions as the journal has them, of the hall's tables as they are now.
 * Texts returned are freed with the message that holds them. */
#ifndef VIEW_REPORT_NAMES_H
#define VIEW_REPORT_NAMES_H

#include "core/setup.h"
#include "store/reports.h"

struct report_names {
    const struct reports *reports;
    const struct setup *setup; /* NULL: codes stay codes */
    const char *flow;
};

const Halld__Flow *report_names_newest(const struct report_names *n); /* NULL: not known */
void report_name_flow(const struct report_names *n, char **zh, char **en);
/* Of the newest version that has it; else the name itself. */
void report_name_state(const struct report_names *n, const char *name, char **zh, char **en);
void report_name_transition(const struct report_names *n, const char *name, char **zh, char **en);
void report_name_clock(const struct report_names *n, const char *name, char **zh, char **en);
void report_name_field(const struct report_names *n, const char *name, char **zh, char **en);
/* A value that figures are grouped by. */
void report_name_value(const struct report_names *n, const char *field, const char *value, char **zh, char **en);

#endif
