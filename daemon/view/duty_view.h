/* The leaders' rota as staff see it: from a day on, a row a day, with its gaps. */
#ifndef VIEW_DUTY_VIEW_H
#define VIEW_DUTY_VIEW_H

#include <stdint.h>

#include "core/hall.h"
#include "proto/view.pb-c.h"

enum { DUTY_VIEW_DAYS = 28 };

Halld__DutyView *duty_view_new(const struct hall *h, int32_t date);

#endif
