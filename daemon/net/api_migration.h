/* Looks at a flow's open matters a part in each turn of the loop: what a migration would do, which may be very many. */
#ifndef NET_API_MIGRATION_H
#define NET_API_MIGRATION_H

struct net;

void migrations_close(struct net *n); /* those in work are given up; their calls are not answered */

#endif
