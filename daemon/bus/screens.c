#include "bus/screens.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/alloc.h"

struct screen {
    uint8_t key[CURVE_BYTES];
    const char *name; /* of the setup */
};

struct screens {
    struct setup *setup; /* the one that is listed; a reference of ours */
    struct screen *rows;
    size_t n;
};

struct screens *screens_new(void)
{
    return alloc_zero(sizeof(struct screens));
}

static void clear(struct screens *s)
{
    if (s->setup)
        setup_free(s->setup);
    free(s->rows);
    *s = (struct screens){NULL, NULL, 0};
}

void screens_free(struct screens *s)
{
    if (!s)
        return;
    clear(s);
    free(s);
}

static void list(struct screens *s, const struct setup *setup)
{
    const Halld__Settings *rows = setup_settings(setup);
    s->setup = setup_ref(setup);
    s->rows = alloc_zero((rows->n_screens ? rows->n_screens : 1) * sizeof *s->rows);
    for (size_t i = 0; i < rows->n_screens; i++) {
        struct screen *row = &s->rows[s->n];
        if (!zmq_z85_decode(row->key, rows->screens[i]->public_key))
            continue; /* no key, so it opens nothing */
        row->name = rows->screens[i]->name;
        s->n++;
    }
}

bool screens_set(struct screens *s, const struct setup *setup)
{
    if (s->setup == setup)
        return false;
    struct screens old = *s;
    bool lost = false;
    *s = (struct screens){NULL, NULL, 0};
    list(s, setup);
    for (size_t i = 0; i < old.n; i++)
        lost |= !screens_find(s, old.rows[i].key);
    clear(&old);
    return lost;
}

const char *screens_find(const struct screens *s, const uint8_t key[CURVE_BYTES])
{
    for (size_t i = 0; i < s->n; i++)
        if (memcmp(s->rows[i].key, key, CURVE_BYTES) == 0)
            return s->rows[i].name;
    return NULL;
}
