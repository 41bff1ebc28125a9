#include "net/clear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "core/flow/flow.h"
#include "core/hall.h"
#include "net/inside.h"
#include "net/phone.h"
#include "store/sealed.h"

/* Said in the place of words that are there, but do not open: both languages, since nobody is asked for theirs here. */
static const char SHUT[] = "（现在打不开 · cannot be opened）";

static int open_value(struct net *n, uint64_t matter, const struct field *f, const char *value, char **ret)
{
    uint8_t owner[SEALED_REF];
    sealed_owner(SEALED_OF_MATTER, matter, f->f->name, owner);
    return n->o.store ? store_unseal(n->o.store, owner, value, ret) : HALL_E_NOT_FOUND;
}

static char *shown(int code, char *text, bool *ret_erased)
{
    *ret_erased = code == HALL_E_NOT_FOUND;
    return text ? text : alloc_text(*ret_erased ? "" : SHUT);
}

char *clear_unmasked(struct net *n, uint64_t matter, const struct field *f, const char *value, bool *ret_erased)
{
    char *text = NULL;
    int code = open_value(n, matter, f, value, &text);
    return shown(code, text, ret_erased);
}

char *clear_value(struct net *n, uint64_t matter, const struct field *f, const char *value, bool *ret_erased)
{
    char *text = NULL;
    int code = open_value(n, matter, f, value, &text);
    if (f->type == FLOW_PHONE && text) {
        char *masked = alloc_zero(PHONE_SIZE);
        phone_mask(text, masked);
        clear_free(text);
        text = masked;
    }
    return shown(code, text, ret_erased);
}

void clear_free(char *text)
{
    sealed_free(text);
}

/* ---- links */

struct link {
    uint8_t id[8], opened_at[8];
    struct hash_part parts[2];
};

static void put_number(uint64_t number, uint8_t ret[8])
{
    for (size_t i = 0; i < 8; i++)
        ret[i] = (uint8_t)(number >> 8 * i);
}

/* The number alone would open the matter of another journal, too. */
static void describe(struct link *l, const struct matter *m)
{
    put_number(m->id, l->id);
    put_number((uint64_t)m->opened_at, l->opened_at);
    l->parts[0] = (struct hash_part){l->id, sizeof l->id};
    l->parts[1] = (struct hash_part){l->opened_at, sizeof l->opened_at};
}

void matter_link_token(const struct net *n, const struct matter *m, char ret[MATTER_LINK_SIZE])
{
    struct link l;
    char mac[PERSON_MAC_SIZE];
    *ret = '\0';
    if (!n->person_key)
        return;
    describe(&l, m);
    person_mac(n->person_key, "matter", 2, l.parts, mac);
    snprintf(ret, MATTER_LINK_SIZE, "%llu-%s", (unsigned long long)m->id, mac);
}

const struct matter *matter_link_find(const struct net *n, const char *token)
{
    size_t digits = strspn(token, "0123456789");
    struct link l;
    if (!n->person_key || digits == 0 || digits > 18 || *token == '0' || token[digits] != '-')
        return NULL;
    const struct hall *h = n->o.port.committed(n->o.port.engine);
    const struct matter *m = flow_matter(hall_flow(h), strtoull(token, NULL, 10));
    if (!m)
        return NULL;
    describe(&l, m);
    return person_mac_fits(n->person_key, "matter", 2, l.parts, token + digits + 1) ? m : NULL;
}
