/*
 * Figures of flows as reports, from the read model; on a thread of its own, so of the hall only the setup. What they
 * say and mean: proto/flow_report.proto, docs/flows.md.
 */
#ifndef VIEW_FLOW_REPORT_H
#define VIEW_FLOW_REPORT_H

#include "base/buf.h"
#include "core/setup.h"
#include "proto/flow_report.pb-c.h"
#include "store/reports.h"
#include "view/reader.h"

struct flow_totals_query {
    size_t n_flows;
    char **flows; /* those whose figures the asker may see */
    int32_t from, to;
};

/* All of them: 0 or a code. The reader must have the read model. */
int flow_totals_read(const struct reader *r, const struct flow_totals_query *q, Halld__FlowTotalsList **ret);
int flow_report_read(const struct reader *r, const struct setup *setup, const struct reports_filter *f,
                     Halld__FlowReport **ret);
/* The matters behind a number, the newest first; b->most of them. */
int flow_matters_read(const struct reader *r, const struct setup *setup, const struct reports_behind *b,
                      Halld__FlowMatters **ret);
/* by: item, window, department, month, or NULL. */
int pressure_report_read(const struct reader *r, const struct setup *setup, const struct reports_filter *period,
                         Halld__PressureReport **ret);

/* A field that figures can be grouped and filtered by, of a definition or of every flow. */
bool flow_report_knows(const Halld__Flow *flow, const char *field);

/* The same as CSV: one line a number, headed in both languages. */
void flow_totals_csv(const Halld__FlowTotalsList *v, struct buf *out);
void flow_report_csv(const Halld__FlowReport *v, struct buf *out);
void flow_matters_csv(const Halld__FlowMatters *v, struct buf *out);
void pressure_report_csv(const Halld__PressureReport *v, struct buf *out);

#endif
