/* The player's definitions and profile: read from files, checked as the daemon checks them, loaded. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "codec/pbjson_shape.h"
#include "core/flow/check.h"
#include "tools/sim_flow_inside.h"

char *sim_flow_file(const struct sim_flow *s, const char *flow)
{
    char *name = alloc_format("%s/%s/flow.json", s->defs, flow);
    FILE *f = fopen(name, "re");
    if (f) {
        fclose(f);
        return name;
    }
    free(name);
    return alloc_format("%s/%s.json", s->defs, flow);
}

static void say_faults(const char *file, const struct faults *faults)
{
    for (size_t i = 0; i < faults->n; i++)
        fprintf(stderr, "%s: %s: %s: %s\n", file, faults->rows[i].path, faults->rows[i].code, faults->rows[i].text);
}

static ProtobufCMessage *read_message(const char *name, const ProtobufCMessageDescriptor *d, struct faults *faults)
{
    size_t len;
    char *text = sim_read_file(name, &len);
    ProtobufCMessage *m = NULL;
    if (!text)
        fprintf(stderr, "%s: cannot be read\n", name);
    else
        m = pbjson_shape_read(d, text, len, faults);
    free(text);
    return m;
}

/* ---- the folder */

struct folder {
    char **names; /* of the flows, sorted */
    struct flow_entry *entries;
    size_t n;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A folder of a flow, or a file NAME.json; a profile may lie beside those. */
static bool is_flow(const struct sim_flow *s, const char *entry, char flow[256])
{
    snprintf(flow, 256, "%s", entry);
    char *dot = strrchr(flow, '.');
    if (dot && (dot == flow || strcmp(dot, ".json") != 0 || strncmp(flow, "profile", 7) == 0))
        return false;
    if (dot)
        *dot = '\0';
    char *name = sim_flow_file(s, flow);
    FILE *f = fopen(name, "re");
    free(name);
    if (f)
        fclose(f);
    return f != NULL;
}

static void read_flow(const struct sim_flow *s, const char *flow, struct folder *to)
{
    char *name = sim_flow_file(s, flow);
    struct faults faults = FAULTS_INIT;
    Halld__Flow *read = (Halld__Flow *)read_message(name, &halld__flow__descriptor, &faults);
    say_faults(name, &faults);
    faults_fini(&faults);
    free(name);
    if (!read)
        return;
    to->names = alloc_grow(to->names, to->n + 1, sizeof *to->names);
    to->entries = alloc_grow(to->entries, to->n + 1, sizeof *to->entries);
    to->names[to->n] = alloc_text(flow);
    to->entries[to->n] = (struct flow_entry){.folder = to->names[to->n], .flow = read};
    to->n++;
}

static bool read_folder(const struct sim_flow *s, struct folder *to)
{
    struct dirent **found;
    int n = scandir(s->defs, &found, NULL, by_name);
    if (n < 0) {
        fprintf(stderr, "%s: cannot be read\n", s->defs);
        return false;
    }
    for (int i = 0; i < n; i++) {
        char flow[256];
        if (is_flow(s, found[i]->d_name, flow))
            read_flow(s, flow, to);
        free(found[i]);
    }
    free(found);
    return true;
}

static void load_entry(struct sim_flow *s, struct flow_entry *e)
{
    char *name = sim_flow_file(s, e->folder);
    struct refusal r = {0};
    struct flow_turn turn = sim_turn(s, NULL);
    Halld__Flow *flow = (Halld__Flow *)(uintptr_t)e->flow;
    if (e->faults.n == 0 && flow_define_take(s->flow, &turn, flow, &r) != 0)
        fprintf(stderr, "%s: %s: no \"%s\"\n", name, r.field, r.value);
    else if (e->faults.n)
        halld__flow__free_unpacked(flow, NULL);
    say_faults(name, &e->faults);
    faults_fini(&e->faults);
    faults_fini(&e->warnings);
    free(name);
}

static bool load_profile(struct sim_flow *s, const char *name)
{
    struct faults faults = FAULTS_INIT;
    s->profile = (Halld__Profile *)read_message(name, &halld__profile__descriptor, &faults);
    if (s->profile)
        flow_check_profile(s->profile, &faults);
    bool sound = s->profile && faults.n == 0;
    say_faults(name, &faults);
    faults_fini(&faults);
    struct flow_turn turn = sim_turn(s, NULL);
    if (sound)
        flow_set_profile(s->flow, &turn, s->profile);
    return sound;
}

bool sim_flow_load(struct sim_flow *s, const char *profile)
{
    struct folder folder = {NULL, NULL, 0};
    if (!load_profile(s, profile) || !read_folder(s, &folder))
        return false;
    flow_check_set(folder.entries, folder.n, s->profile);
    for (size_t i = 0; i < folder.n; i++) {
        load_entry(s, &folder.entries[i]);
        free(folder.names[i]);
    }
    free(folder.names);
    free(folder.entries);
    return true;
}

/* ---- one more */

/* Every version that is known of the flow. */
static const Halld__Flow **known_of(const struct sim_flow *s, const char *name, size_t *ret_n)
{
    size_t n = flow_definition_count(s->flow);
    const Halld__Flow **known = alloc_zero((n + 1) * sizeof *known);
    for (size_t i = 0; i < n; i++) {
        const Halld__Flow *flow = flow_definition_at(s->flow, i)->flow;
        if (strcmp(flow->name, name) == 0)
            known[(*ret_n)++] = flow;
    }
    return known;
}

static int by_folder(const void *a, const void *b)
{
    return strcmp(((const struct flow_entry *)a)->folder, ((const struct flow_entry *)b)->folder);
}

/* The newest of all other flows, and this one. */
static struct flow_entry *set_with(const struct sim_flow *s, struct flow_entry one, size_t *ret_n)
{
    size_t n = flow_definition_count(s->flow);
    struct flow_entry *set = alloc_zero((n + 1) * sizeof *set);
    for (size_t i = 0; i < n; i++) {
        const struct definition *d = flow_definition_at(s->flow, i);
        if (strcmp(d->flow->name, one.folder) != 0 && d == flow_definition(s->flow, d->flow->name))
            set[(*ret_n)++] = (struct flow_entry){.folder = d->flow->name, .flow = d->flow};
    }
    set[(*ret_n)++] = one;
    qsort(set, *ret_n, sizeof *set, by_folder);
    return set;
}

static const char *first_code(const struct flow_entry *set, size_t n, const char *folder)
{
    const char *code = NULL;
    for (size_t i = 0; i < n; i++) {
        if (set[i].faults.n == 0)
            continue;
        if (strcmp(set[i].folder, folder) == 0)
            return set[i].faults.rows[0].code;
        code = code ? code : set[i].faults.rows[0].code;
    }
    return code;
}

/* NULL, or the first fault that the definition has or brings among the others. */
static const char *check_one(const struct sim_flow *s, const char *folder, const Halld__Flow *flow)
{
    size_t n_known = 0, n = 0;
    const Halld__Flow **known = known_of(s, folder, &n_known);
    struct flow_entry one = {.folder = folder, .flow = flow, .known = known, .n_known = n_known};
    struct flow_entry *set = set_with(s, one, &n);
    flow_check_set(set, n, s->profile);
    const char *code = first_code(set, n, folder);
    for (size_t i = 0; i < n; i++) {
        faults_fini(&set[i].faults);
        faults_fini(&set[i].warnings);
    }
    free(set);
    free(known);
    return code;
}

const char *sim_flow_define(struct sim_flow *s, const char *folder, const char *text, size_t len)
{
    struct faults faults = FAULTS_INIT;
    Halld__Flow *flow = (Halld__Flow *)pbjson_shape_read(&halld__flow__descriptor, text, len, &faults);
    const char *code = faults.n ? faults.rows[0].code : NULL;
    faults_fini(&faults);
    if (!flow)
        return code;
    code = check_one(s, folder, flow);
    if (code) {
        halld__flow__free_unpacked(flow, NULL);
        return code;
    }
    struct flow_turn turn = sim_turn(s, NULL);
    int failed = flow_define_take(s->flow, &turn, flow, NULL);
    return failed ? err_name(failed) : NULL;
}
