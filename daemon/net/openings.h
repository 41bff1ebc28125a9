/* How many matters were opened by the link of each ticket of today: who waits may say what is wrong, not flood the
 * desk. */
#ifndef NET_OPENINGS_H
#define NET_OPENINGS_H

#include <stdbool.h>
#include <stdint.h>

enum { OPENINGS_EACH = 5 };

struct openings;

struct openings *openings_new(void);
void openings_free(struct openings *o);
/* May one more be opened by the ticket on that date? A repeat of one that was opened always may. true: it is on its
 * way, and counts until it has arrived. key NULL: none was given. */
bool openings_begin(struct openings *o, uint64_t ticket, int32_t date, const char *key);
/* What was on its way was opened, or not. */
void openings_end(struct openings *o, uint64_t ticket, const char *key, bool opened);

#endif
