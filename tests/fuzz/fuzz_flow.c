/* A profile, then definitions of flows, parted by form feeds: each is read or has a fault, the set is checked, every
 * fault is one line with its place, and what has none can run. */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "codec/pbjson.h"
#include "codec/pbjson_shape.h"
#include "core/flow/check.h"
#include "core/flow/definition.h"
#include "fuzz.h"

enum { FLOWS_MAX = 6 };

struct set {
    struct flow_entry entries[FLOWS_MAX];
    Halld__Flow *flows[FLOWS_MAX];
    size_t n;
};

static void check_faults(const struct faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        MUST(*faults->rows[i].path && *faults->rows[i].code && *faults->rows[i].text);
        MUST(!strchr(faults->rows[i].text, '\n'));
        MUST(pbjson_text_is_clean(faults->rows[i].text, strlen(faults->rows[i].text)));
    }
}

/* The text up to the next form feed. */
static const uint8_t *part_next(const uint8_t **rest, const uint8_t *end, size_t *ret_len)
{
    const uint8_t *at = *rest, *cut;
    if (!at)
        return NULL;
    cut = memchr(at, '\f', (size_t)(end - at));
    *ret_len = (size_t)((cut ? cut : end) - at);
    *rest = cut ? cut + 1 : NULL;
    return at;
}

static ProtobufCMessage *read_part(const ProtobufCMessageDescriptor *d, const uint8_t *text, size_t len)
{
    struct faults faults = FAULTS_INIT;
    ProtobufCMessage *m = pbjson_shape_read(d, (const char *)text, len, &faults);
    MUST((m == NULL) == (faults.n > 0));
    check_faults(&faults);
    faults_fini(&faults);
    return m;
}

static void read_set(struct set *s, const uint8_t *rest, const uint8_t *end)
{
    const uint8_t *text;
    size_t len;
    while (s->n < FLOWS_MAX && (text = part_next(&rest, end, &len))) {
        Halld__Flow *flow = (Halld__Flow *)read_part(&halld__flow__descriptor, text, len);
        s->flows[s->n] = flow;
        s->entries[s->n] = (struct flow_entry){.folder = flow ? flow->name : "broken", .flow = flow};
        if (s->n > 0 && flow && s->flows[0]) {
            s->entries[s->n].known = (const Halld__Flow *const *)s->flows;
            s->entries[s->n].n_known = 1;
        }
        s->n++;
    }
}

/* What has no fault can run. */
static void check_runs(const Halld__Flow *flow)
{
    struct refusal r = {0};
    struct definition *d = definition_new_take((Halld__Flow *)message_clone(&flow->base), &r);
    MUST(d);
    definition_free(d);
}

static void check_set(struct set *s, const Halld__Profile *profile)
{
    flow_check_set(s->entries, s->n, profile);
    for (size_t i = 0; i < s->n; i++)
        if (s->flows[i] && s->entries[i].faults.n == 0)
            check_runs(s->flows[i]);
    for (size_t i = 0; i < s->n; i++) {
        MUST(s->entries[i].n_own <= s->entries[i].faults.n);
        MUST(s->entries[i].flow || s->entries[i].faults.n == 0);
        check_faults(&s->entries[i].faults);
        check_faults(&s->entries[i].warnings);
        faults_fini(&s->entries[i].faults);
        faults_fini(&s->entries[i].warnings);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *rest = data, *end = data + size;
    struct set s = {.n = 0};
    struct faults faults = FAULTS_INIT;
    size_t len = 0;
    if (size == 0)
        return 0;
    const uint8_t *text = part_next(&rest, end, &len);
    Halld__Profile *profile = (Halld__Profile *)read_part(&halld__profile__descriptor, text, len);
    read_set(&s, rest, end);
    if (profile) {
        flow_check_profile(profile, &faults);
        check_faults(&faults);
        check_set(&s, profile);
        halld__profile__free_unpacked(profile, NULL);
    }
    faults_fini(&faults);
    for (size_t i = 0; i < s.n; i++)
        if (s.flows[i])
            halld__flow__free_unpacked(s.flows[i], NULL);
    return 0;
}
