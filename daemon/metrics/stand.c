#include "metrics/stand.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "metrics/catalogue.h"

enum { BOOT_TEXT = 40, HEAD_TEXT = 2 * JOURNAL_HEAD + 1 };

static void read_boot(char ret[BOOT_TEXT])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    ret[0] = '\0';
    if (f && fscanf(f, "%39s", ret) != 1)
        ret[0] = '\0';
    if (f)
        fclose(f);
}

static void head_to_text(const uint8_t head[JOURNAL_HEAD], char text[HEAD_TEXT])
{
    for (size_t i = 0; i < JOURNAL_HEAD; i++)
        snprintf(text + 2 * i, 3, "%02x", head[i]);
}

static void head_from_text(const char *text, uint8_t head[JOURNAL_HEAD])
{
    unsigned byte = 0;
    for (size_t i = 0; i < JOURNAL_HEAD && sscanf(text + 2 * i, "%2x", &byte) == 1; i++)
        head[i] = (uint8_t)byte;
}

static char *path_of(const char *dir, const char *ending)
{
    return alloc_format("%s/stand%s", dir, ending);
}

struct parsed {
    uint64_t fingerprint;
    char boot[BOOT_TEXT], head[HEAD_TEXT];
    int writing, clean;
};

static bool parse(FILE *f, struct stand *s, struct parsed *p)
{
    return fscanf(f,
                  "halld-rrd %" SCNx64 " boot %39s seq %" SCNu64 " day %" SCNu64 " head %64s minute %" SCNd64
                  " files %zu writing %d clean %d carried %16383s",
                  &p->fingerprint, p->boot, &s->seq, &s->day_seq, p->head, &s->minute, &s->files, &p->writing,
                  &p->clean, s->carried) == 10;
}

static const char *fault_of(const struct parsed *p)
{
    char boot[BOOT_TEXT];
    read_boot(boot);
    if (p->fingerprint != catalogue_fingerprint())
        return "the series are of another release";
    if (p->writing)
        return "the last write did not end";
    if (!p->clean && (!boot[0] || strcmp(p->boot, boot) != 0)) /* a sandbox may hide which boot it is */
        return "the machine went down without closing them";
    return "";
}

bool stand_read(const char *dir, struct stand *ret, char why[200])
{
    char *path = path_of(dir, "");
    FILE *f = fopen(path, "re");
    struct parsed p = {0};
    struct stand s = {0};
    free(path);
    why[0] = '\0';
    if (!f)
        return false;
    bool whole = parse(f, &s, &p);
    fclose(f);
    snprintf(why, 200, "%s", whole ? fault_of(&p) : "their stand is not readable");
    if (why[0])
        return false;
    head_from_text(p.head, s.head);
    s.clean = p.clean != 0;
    *ret = s;
    return true;
}

static bool write_to(const char *path, const struct stand *s)
{
    char boot[BOOT_TEXT], head[HEAD_TEXT];
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    read_boot(boot);
    head_to_text(s->head, head);
    fprintf(f,
            "halld-rrd %016" PRIx64 "\nboot %s\nseq %" PRIu64 "\nday %" PRIu64 "\nhead %s\nminute %" PRId64
            "\nfiles %zu\nwriting %d\nclean %d\ncarried %s\n",
            catalogue_fingerprint(), boot[0] ? boot : "-", s->seq, s->day_seq, head, s->minute, s->files, s->writing,
            s->clean, s->carried[0] ? s->carried : "?");
    return fclose(f) == 0;
}

bool stand_write(const char *dir, const struct stand *s)
{
    char *path = path_of(dir, ""), *fresh = path_of(dir, ".new");
    bool ok = write_to(fresh, s) && rename(fresh, path) == 0;
    if (!ok)
        unlink(fresh);
    free(path);
    free(fresh);
    return ok;
}

void stand_remove(const char *dir)
{
    char *path = path_of(dir, "");
    unlink(path);
    free(path);
}
