/* How often each link was used today for what must not flood the desk or the disk, such as to open matters. Kept in
 * memory alone. */
#ifndef NET_QUOTA_H
#define NET_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota;

struct quota *quota_new(int each); /* a day */
void quota_free(struct quota *q);
/* One use on its way: it counts until it has arrived. NULL: the link has been used up on that date. A repeat of a use
 * that succeeded, told by its key, always may; key NULL: none was given. */
struct quota_use;
struct quota_use *quota_begin(struct quota *q, uint64_t of, int32_t date, const char *key);
/* It has arrived, and succeeded or not; NULL is nothing. */
void quota_end(struct quota *q, struct quota_use *use, bool succeeded);

#endif
