/* A profile: the numbers of a place, each with its source. */
#include <string.h>

#include "core/flow/check.h"
#include "core/flow/words.h"

enum { LIMIT_MOST = 3000 };

static void bounds(struct faults *faults, const struct fault_place *at, const char *what)
{
    faults_add(faults, at, "BOUNDS", "%s", what);
}

static void check_text(struct faults *faults, const char *key, const char *text)
{
    if (!*text)
        faults_add(faults, FAULT_AT(NULL, key), "NO_TEXT", "%s is missing", key);
}

static void check_source(struct faults *faults, const struct fault_place *at, const char *source)
{
    if (!*source)
        faults_add(faults, FAULT_AT(at, "source"), "SOURCE", "where does it come from?");
}

/* "flow.name": two names. */
static bool is_key(const char *key)
{
    const char *dot = strchr(key, '.');
    return dot && flow_name_is(key, (size_t)(dot - key)) && flow_name_is(dot + 1, strlen(dot + 1));
}

static void check_key(struct faults *faults, const struct fault_place *at, const char *key, bool is_again)
{
    if (!is_key(key))
        faults_add(faults, FAULT_AT(at, "key"), "BAD_NAME", "\"%s\" is not a name", key);
    if (is_again)
        faults_add(faults, FAULT_AT(at, "key"), "DUPLICATE", "\"%s\" is used twice", key);
}

static void check_limit(struct faults *faults, const struct fault_place *at, const Halld__ProfileLimit *l)
{
    if (l->n > LIMIT_MOST)
        bounds(faults, FAULT_AT(at, "n"), "at most 3000");
    int unit = flow_unit_find(l->unit, strlen(l->unit));
    if (l->n == 0 && unit >= 0 && unit != FLOW_WORKING_DAYS)
        bounds(faults, FAULT_AT(at, "n"), "0 only in working_days (the same day)");
    if (unit < 0)
        faults_add(faults, FAULT_AT(at, "unit"), "UNKNOWN", "no unit \"%s\"", l->unit);
    if (l->yellow > 0 && l->yellow >= l->n)
        bounds(faults, FAULT_AT(at, "yellow"), "must be below n");
    check_source(faults, at, l->source);
}

static void check_limits(const Halld__Profile *p, struct faults *faults)
{
    for (size_t i = 0; i < p->n_limits; i++) {
        const struct fault_place *at = FAULT_NTH(NULL, "limits", i);
        bool is_again = false;
        for (size_t k = 0; k < i; k++)
            is_again |= strcmp(p->limits[k]->key, p->limits[i]->key) == 0;
        check_key(faults, at, p->limits[i]->key, is_again);
        check_limit(faults, at, p->limits[i]);
    }
}

static void check_tariff(struct faults *faults, const struct fault_place *at, const Halld__Tariff *t)
{
    for (size_t i = 0; i < t->n_rates; i++)
        if (!flow_name_is(t->rates[i]->field, strlen(t->rates[i]->field)))
            faults_add(faults, FAULT_AT(FAULT_NTH(at, "rates", i), "field"), "BAD_NAME", "\"%s\" is not a name",
                       t->rates[i]->field);
    if (t->cap != 0 && t->cap < t->flat) /* 0: no cap */
        bounds(faults, FAULT_AT(at, "cap"), "must not be below flat");
    check_source(faults, at, t->source);
}

static void check_tariffs(const Halld__Profile *p, struct faults *faults)
{
    for (size_t i = 0; i < p->n_tariffs; i++) {
        const struct fault_place *at = FAULT_NTH(NULL, "tariffs", i);
        bool is_again = false;
        for (size_t k = 0; k < i; k++)
            is_again |= strcmp(p->tariffs[k]->key, p->tariffs[i]->key) == 0;
        check_key(faults, at, p->tariffs[i]->key, is_again);
        check_tariff(faults, at, p->tariffs[i]);
    }
}

void flow_check_profile(const Halld__Profile *p, struct faults *faults)
{
    if (!flow_name_is(p->name, strlen(p->name)))
        faults_add(faults, FAULT_AT(NULL, "name"), "BAD_NAME", "\"%s\" is not a name", p->name);
    check_text(faults, "zh", p->zh);
    check_text(faults, "en", p->en);
    check_limits(p, faults);
    check_tariffs(p, faults);
}
