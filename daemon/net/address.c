#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const struct address *a)
{
    return memcmp(a->bytes, MAPPED, sizeof MAPPED) == 0;
}

static struct address from_v4(const void *four)
{
    struct address a;
    memcpy(a.bytes, MAPPED, sizeof MAPPED);
    memcpy(a.bytes + sizeof MAPPED, four, 4);
    return a;
}

bool address_from_socket(const struct sockaddr *from, struct address *ret)
{
    if (from->sa_family == AF_INET) {
        *ret = from_v4(&((const struct sockaddr_in *)(const void *)from)->sin_addr);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
        return true;
    }
    return false;
}

bool address_from_text(const char *text, struct address *ret)
{
    uint8_t raw[16];
    if (inet_pton(AF_INET, text, raw) == 1) {
        *ret = from_v4(raw);
        return true;
    }
    if (inet_pton(AF_INET6, text, raw) == 1) {
        memcpy(ret->bytes, raw, 16);
        return true;
    }
    return false;
}

bool address_prefix_from_text(const char *text, struct address_prefix *ret)
{
    char host[ADDRESS_TEXT];
    size_t len = strcspn(text, "/");
    struct address_prefix p;
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (!address_from_text(host, &p.address))
        return false;
    int most = is_v4(&p.address) ? 32 : 128;
    p.bits = most;
    if (text[len] == '/') {
        char *end;
        long bits = strtol(text + len + 1, &end, 10);
        if (text[len + 1] < '0' || text[len + 1] > '9' || *end != '\0' || bits > most)
            return false;
        p.bits = (int)bits;
    }
    p.bits += 128 - most;
    *ret = p;
    return true;
}

void address_to_text(const struct address *a, char text[ADDRESS_TEXT])
{
    bool v4 = is_v4(a);
    if (!inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->bytes + 12 : a->bytes, text, ADDRESS_TEXT))
        text[0] = '\0';
}

bool address_is_within(const struct address *a, const struct address_prefix *p)
{
    int whole = p->bits / 8, rest = p->bits % 8;
    if (memcmp(a->bytes, p->address.bytes, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((a->bytes[whole] ^ p->address.bytes[whole]) >> (8 - rest)) == 0;
}

bool address_is_loopback(const struct address *a)
{
    static const struct address six = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    return is_v4(a) ? a->bytes[12] == 127 : memcmp(a, &six, sizeof six) == 0;
}

uint64_t address_party(const struct address *a)
{
    uint64_t party;
    memcpy(&party, is_v4(a) ? a->bytes + 8 : a->bytes, sizeof party);
    return party ? party : 1;
}

static bool is_trusted(const struct address *a, const struct address_prefix *trusted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (address_is_within(a, &trusted[i]))
            return true;
    return false;
}

void address_forwarded(const char *forwarded, const struct address_prefix *trusted, size_t n, struct address *caller)
{
    size_t end = strlen(forwarded);
    while (end > 0 && is_trusted(caller, trusted, n)) {
        size_t start = end;
        while (start > 0 && forwarded[start - 1] != ',')
            start--;
        size_t from = start, to = end;
        while (from < to && (forwarded[from] == ' ' || forwarded[from] == '\t'))
            from++;
        while (to > from && (forwarded[to - 1] == ' ' || forwarded[to - 1] == '\t'))
            to--;
        char text[ADDRESS_TEXT];
        if (to - from >= sizeof text)
            return;
        memcpy(text, forwarded + from, to - from);
        text[to - from] = '\0';
        if (!address_from_text(text, caller))
            return;
        end = start > 0 ? start - 1 : 0;
    }
}
