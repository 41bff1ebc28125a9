/* The server's certificate, and encrypted bufferevents made with it. */
#ifndef NET_TLS_H
#define NET_TLS_H

struct bufferevent;
struct event_base;
struct tls;

/* PEM files; the certificate's file may hold its chain. 0, or BAD_VALUE with why. */
int tls_open(const char *certificate, const char *key, struct tls **ret, char why[200]);
void tls_close(struct tls *t);
/* For a connection that is being accepted; NULL out of memory. */
struct bufferevent *tls_bufferevent(struct tls *t, struct event_base *base);

#endif
