#include "auth/devices.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

enum { PAIRINGS = 64, PAIR_MS = 10 * 60 * 1000 };

struct pairing {
    char *device;
    char token[GENERATE_TOKEN_TEXT];
    char code[PAIR_CODE_SIZE]; /* "" = free */
    int64_t until;
};

struct devices {
    struct setup *setup; /* the one that is indexed; a reference of ours */
    struct map by_hash;
    struct pairing pairings[PAIRINGS];
};

struct devices *devices_new(void)
{
    return alloc_zero(sizeof(struct devices));
}

static void pairing_end(struct pairing *p)
{
    free(p->device);
    sodium_memzero(p, sizeof *p);
}

void devices_free(struct devices *d)
{
    if (!d)
        return;
    for (int i = 0; i < PAIRINGS; i++)
        pairing_end(&d->pairings[i]);
    map_fini(&d->by_hash);
    if (d->setup)
        setup_free(d->setup);
    free(d);
}

static uint64_t map_key(const uint8_t *hash)
{
    uint64_t key;
    memcpy(&key, hash, sizeof key);
    return key ? key : 1;
}

/* Holding a reference keeps the address from being used again, so that equal pointers are equal setups. */
static void index_devices(struct devices *d, const struct setup *setup)
{
    if (d->setup == setup)
        return;
    if (d->setup)
        setup_free(d->setup);
    d->setup = setup_ref(setup);
    map_fini(&d->by_hash);
    d->by_hash = (struct map)MAP_INIT;
    const Halld__Settings *s = setup_settings(setup);
    for (size_t i = 0; i < s->n_devices; i++)
        if (s->devices[i]->token_hash.len == GENERATE_HASH)
            map_put(&d->by_hash, map_key(s->devices[i]->token_hash.data), s->devices[i]);
}

const Halld__Device *devices_find(struct devices *d, const struct setup *setup, const char *token)
{
    uint8_t hash[GENERATE_HASH];
    index_devices(d, setup);
    generate_token_hash(token, hash);
    const Halld__Device *device = map_find(&d->by_hash, map_key(hash));
    return device && sodium_memcmp(device->token_hash.data, hash, sizeof hash) == 0 ? device : NULL;
}

void devices_pair(struct devices *d, const char *device, const char *token, int64_t now, char ret_code[PAIR_CODE_SIZE])
{
    struct pairing *place = &d->pairings[0];
    for (int i = 0; i < PAIRINGS; i++) {
        struct pairing *p = &d->pairings[i];
        if (p->code[0] && (p->until <= now || strcmp(p->device, device) == 0))
            pairing_end(p);
        if (p->until < place->until)
            place = p;
    }
    pairing_end(place);
    place->device = alloc_text(device);
    place->until = now + PAIR_MS;
    snprintf(place->token, sizeof place->token, "%s", token);
    snprintf(place->code, sizeof place->code, "%08u", (unsigned)randombytes_uniform(100000000));
    memcpy(ret_code, place->code, PAIR_CODE_SIZE);
}

bool devices_redeem(struct devices *d, const char *code, int64_t now, char ret_token[GENERATE_TOKEN_TEXT])
{
    char wanted[PAIR_CODE_SIZE] = "";
    if (strlen(code) != PAIR_CODE_SIZE - 1)
        return false;
    memcpy(wanted, code, sizeof wanted);
    for (int i = 0; i < PAIRINGS; i++) {
        struct pairing *p = &d->pairings[i];
        if (!p->code[0] || p->until <= now || sodium_memcmp(p->code, wanted, sizeof wanted) != 0)
            continue;
        memcpy(ret_token, p->token, GENERATE_TOKEN_TEXT);
        pairing_end(p);
        return true;
    }
    return false;
}
