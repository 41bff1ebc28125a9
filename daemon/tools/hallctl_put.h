/* Rows of settings on their way to the daemon: checked as a whole here first, then sent in parts that fit a request. */
#ifndef TOOLS_HALLCTL_PUT_H
#define TOOLS_HALLCTL_PUT_H

#include "core/setup.h"
#include "tools/hallctl.h"

/* The daemon's present settings; 0 or an exit code. Freed with setup_free. */
int hallctl_put_fetch(struct hallctl *ctl, struct setup **ret);

/*
 * Would the rows leave a sound hall on top of `now`? 0, or a refusal's code with the row. The same check as the
 * daemon's, so that a file is known to be good before its first row is sent.
 */
int hallctl_put_check(const struct setup *now, const Halld__Settings *put, struct refusal *r);

/* Sends checked rows; users and devices are not sent. 0 or an exit code, having said how far it came. */
int hallctl_put_send(struct hallctl *ctl, const Halld__Settings *put);

/* A refusal as words: "没有这个业务队列：items.queue X". Freed by the caller. */
char *hallctl_put_refusal(const struct hallctl *ctl, const struct refusal *r);

#endif
