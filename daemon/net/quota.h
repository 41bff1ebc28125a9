/* How often each link was used today for what must not flood the desk or the disk, such as to open matters. Kept in
 * memory alone. */
#ifndef NET_QUOTA_H
#define NET_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota;

struct quota *quota_new(int each); /* a day */
void quota_free(struct quota *q);
/* May the link be used once more on that date? A repeat of a use that succeeded, told by its key, always may. true: it
 * is on its way, and counts until it has arrived. key NULL: none was given. */
bool quota_begin(struct quota *q, uint64_t of, int32_t date, const char *key);
/* What was on its way succeeded, or not. */
void quota_end(struct quota *q, uint64_t of, const char *key, bool succeeded);

#endif
