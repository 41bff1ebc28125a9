/* What goes to disk in one transaction: a struct store_batch. */
#include <stdlib.h>

#include "base/alloc.h"
#include "store/sealed_rows.h"
#include "store/store.h"

struct store_batch *store_batch_new(void)
{
    return alloc_zero(sizeof(struct store_batch));
}

void store_batch_free(struct store_batch *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n_rows; i++)
        free(b->rows[i].data);
    for (size_t i = 0; i < b->n_secrets; i++)
        free(b->secrets[i].value);
    sealed_writes_free(b->sealed, b->n_sealed);
    free(b->rows);
    free(b->secrets);
    free(b);
}

void store_batch_add_event(struct store_batch *b, const Halld__Event *event)
{
    if (b->n_rows == b->cap_rows) {
        b->cap_rows = b->cap_rows ? 2 * b->cap_rows : 16;
        b->rows = alloc_grow(b->rows, b->cap_rows, sizeof *b->rows);
    }
    struct store_row *row = &b->rows[b->n_rows++];
    row->seq = event->seq;
    row->len = halld__event__get_packed_size(event);
    row->data = alloc_grow(NULL, row->len, 1);
    halld__event__pack(event, row->data);
}

void store_batch_add_secret(struct store_batch *b, const uint8_t ref[16], const char *value)
{
    if (b->n_secrets == b->cap_secrets) {
        b->cap_secrets = b->cap_secrets ? 2 * b->cap_secrets : 4;
        b->secrets = alloc_grow(b->secrets, b->cap_secrets, sizeof *b->secrets);
    }
    struct store_secret *secret = &b->secrets[b->n_secrets++];
    for (size_t i = 0; i < sizeof secret->ref; i++)
        secret->ref[i] = ref[i];
    secret->value = alloc_text(value);
}
