/*
 * A listening socket: TCP or a Unix path. When the process has no descriptor left it stops accepting for a second,
 * instead of spinning on a connection that it cannot take.
 */
#ifndef NET_DOOR_H
#define NET_DOOR_H

struct evhttp;
struct door;
struct loop;

/* "host:port", "[::1]:8080"; port 0 takes a free one. The listener belongs to http from then on. */
int door_open_tcp(struct loop *loop, struct evhttp *http, const char *listen, struct door **ret, char why[200]);
/* A socket file with mode 0660; a stale one is replaced. */
int door_open_unix(struct loop *loop, struct evhttp *http, const char *path, struct door **ret, char why[200]);
int door_port(const struct door *d);
void door_shut(struct door *d); /* takes no more connections; removes the socket file */
void door_free(struct door *d); /* NULL is nothing */

#endif
