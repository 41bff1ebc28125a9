/*
 * Who sees to which alarm. In memory only, as long as the alarm lasts: an alarm that comes again is a new one, and the
 * security log keeps who acknowledged what.
 */
#ifndef NET_ACKS_H
#define NET_ACKS_H

#include <stdint.h>

#include "proto/view.pb-c.h"

struct acks;

struct acks *acks_new(void);
void acks_free(struct acks *a);
void acks_put(struct acks *a, const char *alarm, const char *who, int64_t at);
/* Into the list as it stands now; what is not in it is over and forgotten. */
void acks_tell(struct acks *a, Halld__AlarmList *l);

#endif
