#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "engine/inside.h"
#include "store/hash.h"

void pending_list_init(struct pending_list *l)
{
    l->first = NULL;
    l->last = &l->first;
    l->n = 0;
}

void pending_list_add(struct pending_list *l, struct pending *r)
{
    r->next = NULL;
    *l->last = r;
    l->last = &r->next;
    l->n++;
}

struct pending *pending_list_take(struct pending_list *l)
{
    struct pending *r = l->first;
    if (!r)
        return NULL;
    l->first = r->next;
    if (!l->first)
        l->last = &l->first;
    l->n--;
    r->next = NULL;
    return r;
}

/* A key is its actor's own: two people may use the same one. */
static void hash_key(struct pending *r, const char *key)
{
    uint8_t kind = (uint8_t)r->actor->kind;
    struct hash_part who[] = {{&kind, 1}, {r->actor->id, strlen(r->actor->id)}, {key, strlen(key)}};
    hash_parts(r->key, sizeof r->key, 3, who);
    size_t len = halld__command__get_packed_size(r->command);
    uint8_t *packed = alloc_zero(len);
    halld__command__pack(r->command, packed);
    struct hash_part what = {packed, len};
    hash_parts(r->hash, sizeof r->hash, 1, &what);
    free(packed);
    r->has_key = true;
}

struct pending *pending_new(const struct submission *s)
{
    struct pending *r = alloc_zero(sizeof *r);
    r->command = s->command;
    r->actor = (Halld__Actor *)message_clone(&s->actor->base);
    r->role = s->role;
    r->renew = s->renew;
    r->done = s->done;
    r->arg = s->arg;
    if (s->key)
        hash_key(r, s->key);
    r->n_secrets = s->secret && !s->n_secrets ? 1 : s->n_secrets;
    if (r->n_secrets)
        r->secrets = alloc_copy(s->secret, r->n_secrets * sizeof *s->secret);
    for (size_t i = 0; i < r->n_secrets; i++)
        r->secrets[i].value = alloc_text(s->secret[i].value);
    r->n_sealed = s->n_sealed;
    if (r->n_sealed)
        r->sealed = alloc_copy(s->sealed, r->n_sealed * sizeof *s->sealed);
    for (size_t i = 0; i < r->n_sealed; i++)
        r->sealed[i].text = alloc_text(s->sealed[i].text);
    return r;
}

struct pending *pending_new_own(Halld__Command *command)
{
    struct pending *r = alloc_zero(sizeof *r);
    Halld__Actor self = HALLD__ACTOR__INIT;
    self.kind = HALLD__ACTOR_KIND__E__engine;
    r->command = command;
    r->actor = (Halld__Actor *)message_clone(&self.base);
    r->role = HALLD__ROLE__E__admin;
    return r;
}

static void free_wiped(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

void pending_free(struct pending *r)
{
    if (r->command)
        halld__command__free_unpacked(r->command, NULL);
    halld__actor__free_unpacked(r->actor, NULL);
    for (size_t i = 0; i < r->n_secrets; i++)
        free_wiped(r->secrets[i].value);
    for (size_t i = 0; i < r->n_sealed; i++)
        free_wiped(r->sealed[i].text);
    free(r->secrets);
    free(r->sealed);
    free(r);
}
