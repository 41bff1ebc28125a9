#include "engine/flow_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/message.h"
#include "codec/pbjson_shape.h"
#include "core/flow/flow.h"

enum { FILE_BYTES = 4 << 20, LINES_MAX = 100 };

/* ---- files and folders */

static bool exists(const char *path)
{
    struct stat s;
    return lstat(path, &s) == 0; /* a link that leads nowhere is there, and cannot be read */
}

struct names {
    char **list;
    size_t n;
};

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->list[i]);
    free(names->list);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What stands in a folder, sorted, without what is hidden. */
static int names_read(const char *dir, struct names *ret)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;
    if (!d)
        return -1;
    while ((entry = readdir(d))) {
        if (entry->d_name[0] == '.')
            continue;
        ret->list = alloc_grow(ret->list, ret->n + 1, sizeof *ret->list);
        ret->list[ret->n++] = alloc_text(entry->d_name);
    }
    closedir(d);
    if (ret->n)
        qsort(ret->list, ret->n, sizeof *ret->list, compare_names);
    return 0;
}

/* ---- reading */

/* Takes the file's name. The message, or NULL with faults. */
static int source_read(struct flow_text *source, char *file, const ProtobufCMessageDescriptor *d,
                       ProtobufCMessage **ret)
{
    source->file = file;
    if (!file_read(file, FILE_BYTES, &source->text))
        return -1;
    *ret = pbjson_shape_read(d, buf_text(&source->text), source->text.len, &source->faults);
    return 0;
}

static void source_fini(struct flow_text *source)
{
    free(source->file);
    buf_fini(&source->text);
    faults_fini(&source->faults);
}

/* VERSION.json */
static bool is_version(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && strcmp(name + digits, ".json") == 0;
}

static int known_read(const char *dir, struct flow_definition *def, char **ret_name)
{
    struct names names = {0};
    int failed = 0;
    char *folder = alloc_format("%s/%s/known", dir, def->folder);
    if (exists(folder) && names_read(folder, &names) != 0) {
        *ret_name = folder;
        return -1;
    }
    def->known_sources = alloc_zero((names.n + 1) * sizeof *def->known_sources);
    def->known = alloc_zero((names.n + 1) * sizeof(Halld__Flow *));
    for (size_t i = 0; i < names.n && !failed; i++) {
        ProtobufCMessage *m = NULL;
        if (!is_version(names.list[i]))
            continue;
        struct flow_text *source = &def->known_sources[def->n_known];
        failed = source_read(source, alloc_format("%s/%s", folder, names.list[i]), &halld__flow__descriptor, &m);
        def->known[def->n_known++] = (Halld__Flow *)m;
        if (failed)
            *ret_name = alloc_text(source->file);
    }
    int why = errno;
    names_free(&names);
    free(folder);
    errno = why;
    return failed;
}

static int definition_read(const char *dir, const char *folder, bool with_known, struct flow_definition *def,
                           char **ret_name)
{
    ProtobufCMessage *m = NULL;
    def->folder = alloc_text(folder);
    if (source_read(&def->source, alloc_format("%s/%s/flow.json", dir, folder), &halld__flow__descriptor, &m) != 0) {
        *ret_name = alloc_text(def->source.file);
        return -1;
    }
    def->flow = (Halld__Flow *)m;
    return with_known ? known_read(dir, def, ret_name) : 0;
}

static bool has_definition(const char *dir, const char *folder)
{
    char *file = alloc_format("%s/%s/flow.json", dir, folder);
    bool has = exists(file);
    free(file);
    return has;
}

static int definitions_read(const char *dir, bool with_known, struct flow_files *f, char **ret_name)
{
    struct names names = {0};
    int failed = 0;
    if (names_read(dir, &names) != 0) {
        *ret_name = alloc_text(dir);
        return -1;
    }
    f->definitions = alloc_zero((names.n + 1) * sizeof *f->definitions);
    for (size_t i = 0; i < names.n && !failed; i++)
        if (has_definition(dir, names.list[i]))
            failed = definition_read(dir, names.list[i], with_known, &f->definitions[f->n++], ret_name);
    int why = errno;
    names_free(&names);
    errno = why;
    return failed;
}

static char *without_last_slash(const char *dir)
{
    char *text = alloc_text(dir);
    for (size_t n = strlen(text); n > 1 && text[n - 1] == '/'; n--)
        text[n - 1] = '\0';
    return text;
}

static int profile_read(const char *file, struct flow_files *f, char **ret_name)
{
    ProtobufCMessage *m = NULL;
    if (source_read(&f->profile_source, alloc_text(file), &halld__profile__descriptor, &m) != 0) {
        *ret_name = alloc_text(file);
        return -1;
    }
    f->profile = (Halld__Profile *)m;
    if (f->profile)
        flow_check_profile(f->profile, &f->profile_source.faults);
    return 0;
}

/* ---- checking */

/* The versions that could be read move to the front. */
static void entry_init(struct flow_entry *entry, struct flow_definition *def)
{
    size_t sound = 0;
    for (size_t i = 0; i < def->n_known; i++) {
        Halld__Flow *known = def->known[i];
        def->known[i] = NULL;
        if (known)
            def->known[sound++] = known;
    }
    *entry = (struct flow_entry){
        .folder = def->folder, .flow = def->flow, .known = (const Halld__Flow *const *)def->known, .n_known = sound};
}

static bool is_sound(const struct flow_files *f)
{
    bool sound = f->profile_source.faults.n == 0;
    for (size_t i = 0; i < f->n; i++) {
        sound &= f->definitions[i].source.faults.n == 0 && f->entries[i].faults.n == 0;
        for (size_t k = 0; k < f->definitions[i].n_known; k++)
            sound &= f->definitions[i].known_sources[k].faults.n == 0;
    }
    return sound;
}

/* The versions of each definition's name that the journal knows. */
static void entries_know(struct flow_files *f, const struct flow *journal)
{
    size_t versions = flow_definition_count(journal), n = 0;
    f->journal = alloc_zero((versions + 1) * sizeof(Halld__Flow *));
    for (size_t i = 0; i < f->n; i++) {
        f->entries[i].known = f->journal + n;
        for (size_t k = 0; k < versions; k++) {
            const Halld__Flow *known = flow_definition_at(journal, k)->flow;
            if (strcmp(known->name, f->entries[i].folder) == 0)
                f->journal[n + f->entries[i].n_known++] = known;
        }
        n += f->entries[i].n_known;
    }
}

static bool is_out(const struct flow_files *f, size_t i)
{
    return !f->entries[i].flow || f->definitions[i].source.faults.n > 0 || f->entries[i].faults.n > 0;
}

/* The set as it would be in force: in the place of a definition with a fault stands the one that the hall has. */
static struct flow_entry *entries_in_force(const struct flow_files *f, const struct flow *journal)
{
    struct flow_entry *entries = alloc_zero((f->n + 1) * sizeof *entries);
    for (size_t i = 0; i < f->n; i++) {
        const struct definition *old = is_out(f, i) ? flow_definition(journal, f->entries[i].folder) : NULL;
        entries[i] = f->entries[i];
        entries[i].faults = entries[i].warnings = (struct faults)FAULTS_INIT;
        if (is_out(f, i))
            entries[i].flow = old ? old->flow : NULL;
    }
    return entries;
}

/* The new faults of those that were sound become theirs; true: there was one. */
static bool take_faults(struct flow_files *f, struct flow_entry *in_force)
{
    bool more = false;
    for (size_t i = 0; i < f->n; i++) {
        bool old = is_out(f, i), bad = in_force[i].faults.n > 0;
        f->keeps_all |= old && bad;
        if (!old && bad) {
            faults_fini(&f->entries[i].faults);
            f->entries[i].faults = in_force[i].faults;
            f->entries[i].n_own = 0;
            in_force[i].faults = (struct faults)FAULTS_INIT;
            more = true;
        }
        faults_fini(&in_force[i].faults);
        faults_fini(&in_force[i].warnings);
    }
    return more;
}

/* What is kept out must leave the rest in order: definitions speak of each other, and all of the profile. */
static void check_rest(struct flow_files *f, const struct flow *journal)
{
    bool more = true;
    while (more) {
        struct flow_entry *entries = entries_in_force(f, journal);
        flow_check_set(entries, f->n, f->profile);
        more = take_faults(f, entries);
        free(entries);
    }
}

/* A wrong profile stands alone: without its limits every clock would be blamed. */
static void check(struct flow_files *f, const struct flow *journal)
{
    f->entries = alloc_zero((f->n + 1) * sizeof *f->entries);
    for (size_t i = 0; i < f->n; i++)
        entry_init(&f->entries[i], &f->definitions[i]);
    if (journal)
        entries_know(f, journal);
    bool usable = f->profile && f->profile_source.faults.n == 0;
    if (usable)
        flow_check_set(f->entries, f->n, f->profile);
    f->sound = is_sound(f);
    f->keeps_all = !usable;
    if (usable && journal && !f->sound)
        check_rest(f, journal);
}

bool flow_files_may_load(const struct flow_files *f, size_t definition)
{
    return !f->keeps_all && !is_out(f, definition);
}

int flow_files_read(const char *dir, const char *profile, const struct flow *journal, struct flow_files *ret,
                    char **ret_name)
{
    struct flow_files f = {0};
    char *folder = without_last_slash(dir);
    int failed = profile_read(profile, &f, ret_name);
    if (!failed)
        failed = definitions_read(folder, !journal, &f, ret_name);
    int why = errno;
    free(folder);
    if (failed) {
        flow_files_fini(&f);
        errno = why;
        return -1;
    }
    check(&f, journal);
    *ret = f;
    return 0;
}

static void definition_fini(struct flow_definition *def)
{
    source_fini(&def->source);
    if (def->flow)
        halld__flow__free_unpacked(def->flow, NULL);
    for (size_t i = 0; i < def->n_known; i++) {
        source_fini(&def->known_sources[i]);
        if (def->known[i])
            halld__flow__free_unpacked(def->known[i], NULL);
    }
    free(def->known_sources);
    free(def->known);
    free(def->folder);
}

void flow_files_fini(struct flow_files *f)
{
    for (size_t i = 0; i < f->n; i++) {
        definition_fini(&f->definitions[i]);
        if (f->entries) {
            faults_fini(&f->entries[i].faults);
            faults_fini(&f->entries[i].warnings);
        }
    }
    free(f->definitions);
    free(f->entries);
    free(f->journal);
    source_fini(&f->profile_source);
    if (f->profile)
        halld__profile__free_unpacked(f->profile, NULL);
    *f = (struct flow_files){0};
}

/* ---- saying */

static Halld__FlowFault *fault_new(const char *file, const struct fault *fault)
{
    Halld__FlowFault *v = MESSAGE_NEW(Halld__FlowFault, &halld__flow_fault__descriptor);
    v->file = alloc_text(file);
    v->path = alloc_text(fault->path);
    v->code = alloc_text(fault->code);
    v->text = alloc_text(fault->text);
    return v;
}

/* The faults from the from-th to before the to-th. */
static void say_some(Halld__FlowFaultList *l, const char *file, const struct faults *faults, size_t from, size_t to)
{
    for (size_t i = from; i < to && l->n_faults < LINES_MAX; i++) {
        l->faults = alloc_grow(l->faults, l->n_faults + 1, sizeof *l->faults);
        l->faults[l->n_faults++] = fault_new(file, &faults->rows[i]);
    }
}

static void say(Halld__FlowFaultList *l, const char *file, const struct faults *faults)
{
    say_some(l, file, faults, 0, faults->n);
}

static void say_definition(Halld__FlowFaultList *l, const struct flow_definition *def, const struct flow_entry *entry)
{
    for (size_t i = 0; i < def->n_known; i++)
        say(l, def->known_sources[i].file, &def->known_sources[i].faults);
    say(l, def->source.file, &def->source.faults);
    say_some(l, def->source.file, &entry->faults, 0, entry->n_own);
}

/* What definitions say about each other comes last. */
static void say_all(Halld__FlowFaultList *l, const struct flow_files *f)
{
    say(l, f->profile_source.file, &f->profile_source.faults);
    if (l->n_faults > 0)
        return;
    for (size_t i = 0; i < f->n; i++)
        say_definition(l, &f->definitions[i], &f->entries[i]);
    for (size_t i = 0; i < f->n; i++)
        say_some(l, f->definitions[i].source.file, &f->entries[i].faults, f->entries[i].n_own, f->entries[i].faults.n);
}

static void warn(Halld__FlowFaultList *l, const char *file, const struct faults *warnings)
{
    for (size_t i = 0; i < warnings->n && l->n_warnings < LINES_MAX; i++) {
        l->warnings = alloc_grow(l->warnings, l->n_warnings + 1, sizeof *l->warnings);
        l->warnings[l->n_warnings++] = fault_new(file, &warnings->rows[i]);
    }
}

Halld__FlowFaultList *flow_files_faults_new(const struct flow_files *f)
{
    Halld__FlowFaultList *l = MESSAGE_NEW(Halld__FlowFaultList, &halld__flow_fault_list__descriptor);
    say_all(l, f);
    for (size_t i = 0; i < f->n; i++)
        warn(l, f->definitions[i].source.file, &f->entries[i].warnings);
    return l;
}

void flow_files_lines(size_t n, Halld__FlowFault *const *faults, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        buf_add_format(out, "%s: %s: %s: %s\n", faults[i]->file, faults[i]->path, faults[i]->code, faults[i]->text);
}
