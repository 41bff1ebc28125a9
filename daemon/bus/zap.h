/*
 * Who may connect (ZeroMQ's RFC 27): a context with CURVE and without such a handler lets everybody in, so it is bound
 * before the bus is. Asked once for every connection, when it begins.
 */
#ifndef BUS_ZAP_H
#define BUS_ZAP_H

#include "bus/screens.h"

#define ZAP_DOMAIN "halld"

struct loop;
struct zap;

/* context: ZeroMQ's; screens is borrowed and may change. 0, or a code with why. */
int zap_open(void *context, struct loop *loop, const struct screens *screens, struct zap **ret, char why[200]);
void zap_close(struct zap *z);

#endif
