/* Network addresses as values: IPv6, with IPv4 mapped into it. Text, prefixes and what counts as near. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_TEXT 46

struct sockaddr;

struct address {
    uint8_t bytes[16];
};

struct address_prefix {
    struct address address;
    int bits; /* of 128 */
};

/* false for anything but IPv4 and IPv6. */
bool address_from_socket(const struct sockaddr *from, struct address *ret);
/* "10.0.0.7", "2001:db8::1"; surrounding brackets and a port are not part of an address. */
bool address_from_text(const char *text, struct address *ret);
/* An address, or "10.0.0.0/8". */
bool address_prefix_from_text(const char *text, struct address_prefix *ret);
void address_to_text(const struct address *a, char text[ADDRESS_TEXT]);
bool address_is_within(const struct address *a, const struct address_prefix *p);
bool address_is_loopback(const struct address *a);
/* One number for whoever is likely the same party: the whole IPv4 address, the first 64 bits of IPv6. Never 0. */
uint64_t address_party(const struct address *a);

/*
 * Who is behind a chain of proxies: `forwarded` is the X-Forwarded-For text, read from its right end as long as the
 * addresses are trusted ones; the first that is not is the caller. Malformed text leaves the caller as it is.
 */
void address_forwarded(const char *forwarded, const struct address_prefix *trusted, size_t n, struct address *caller);

#endif
