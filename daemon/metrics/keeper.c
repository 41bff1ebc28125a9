#include "metrics/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "metrics/rrdfile.h"
#include "metrics/stand.h"
#include "store/journal.h"

enum { BEHIND_MANY = 20000, AHEAD_MOST_S = 60, REPAIRS_MOST = 3 };

struct keeper_file {              /* of a series */
    int64_t last;                 /* minutes; -1: there is no file yet */
    int64_t begin;                /* where a new one begins */
    struct rrdfile_update update; /* complete minutes that are not written yet */
};

struct keeper {
    char *dir;
    bool simulated;
    int64_t spare_mib;
    struct journal *journal;
    struct fold *fold;
    struct stand stand, next; /* as written; as it will be after the next write */
    bool gathered;            /* next has something to write */
    bool damaged;             /* a file had to be given up: everything is folded once more from the beginning */
    bool said;                /* that something is damaged */
    bool behind;              /* a write had to be left out */
    bool no_room, in_future;  /* said */
    size_t needed;            /* bytes, for what could not be made */
    bool stopped;             /* the journal cannot be read, or files break again and again */
    int repairs;              /* one after the other, without a good write between */
};

/* ---- files */

char *keeper_path(const struct keeper *k, enum metric_scope scope, const char *label)
{
    char *name = rrdfile_name(scope, label), *path = alloc_format("%s/%s", k->dir, name);
    free(name);
    return path;
}

static bool has_room(struct keeper *k, size_t bytes)
{
    struct statvfs v;
    int64_t mib = statvfs(k->dir, &v) == 0 ? (int64_t)((uint64_t)v.f_bavail * v.f_frsize >> 20) : 0;
    k->needed = bytes > k->needed ? bytes : k->needed;
    bool room = mib >= k->spare_mib + (int64_t)(k->needed >> 20);
    if (!room && !k->no_room)
        log_error("metrics", "%s: the disk is full; tickets go on, series are caught up when there is room", k->dir);
    if (room && k->no_room)
        log_info("metrics", "%s: there is room again", k->dir);
    k->no_room = !room;
    if (room)
        k->needed = 0;
    return room;
}

static void each_file(struct keeper *k, void (*each)(struct keeper *k, enum metric_scope scope, const char *label))
{
    DIR *dir = opendir(k->dir);
    char label[200];
    enum metric_scope scope;
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));)
        if (rrdfile_name_parse(e->d_name, &scope, label) && scope != SCOPE_DAEMON)
            each(k, scope, label);
    closedir(dir);
}

static void remove_file(struct keeper *k, enum metric_scope scope, const char *label)
{
    char *path = keeper_path(k, scope, label);
    if (unlink(path) != 0 && errno != ENOENT)
        log_warn("metrics", "%s: %s", path, strerror(errno));
    free(path);
}

/* ---- from the fold to the files: gathered as the fold hands blocks out, written by one call a file */

static struct keeper_file *file_of(struct series *s)
{
    if (!s->file) {
        s->file = alloc_zero(sizeof *s->file);
        s->file->last = s->file->begin = -1;
    }
    return s->file;
}

static void gather_series(struct series *s, int64_t begin)
{
    struct keeper_file *file = file_of(s);
    size_t n = catalogue_scope_count(s->scope);
    if (file->last < 0 && file->begin < 0)
        file->begin = begin;
    for (size_t i = 0; i < s->n_stretches; i++)
        if (s->stretches[i].end > file->last)
            rrdfile_update_add(&file->update, s->stretches[i].end * 60, s->stretches[i].values, n);
}

static void gather(void *arg, struct fold *f, int64_t minute)
{
    struct keeper *k = arg;
    for (size_t i = 0; i < fold_series_count(f) && !k->behind; i++)
        gather_series(fold_series_at(f, i), fold_flushed(f));
    k->gathered = true;
    if (minute <= k->stand.minute)
        return; /* for files that are made once more; the others are further */
    k->next.minute = minute;
    k->next.seq = fold_seq(f);
    k->next.day_seq = fold_day_seq(f);
    bool fits = strlen(fold_carried(f)) < sizeof k->next.carried;
    snprintf(k->next.carried, sizeof k->next.carried, "%s", fits ? fold_carried(f) : "?");
}

static void give_up_file(struct keeper *k, const char *path)
{
    if (!k->damaged)
        log_warn("metrics", "%s: %s; it is rebuilt from the journal", path, rrdfile_why());
    k->damaged = true;
    unlink(path);
}

static bool make_file(struct keeper *k, const struct series *s, const char *path)
{
    if (!has_room(k, rrdfile_bytes(s->scope)))
        return false;
    unlink(path);
    if (rrdfile_create(path, s->scope, s->file->begin * 60) != 0)
        give_up_file(k, path);
    return true;
}

/* false: no room. */
static bool write_series(struct keeper *k, struct series *s)
{
    struct keeper_file *file = file_of(s);
    if (!file->update.n)
        return true;
    char *path = keeper_path(k, s->scope, s->label);
    bool room = file->last >= 0 || make_file(k, s, path);
    if (room && rrdfile_update_write(&file->update, path) == 0)
        file->last = fold_flushed(k->fold);
    else if (room)
        give_up_file(k, path);
    free(path);
    return room;
}

/* One time in the future would ruin a file for good. */
static bool is_in_future(struct keeper *k)
{
    bool future = !k->simulated && fold_flushed(k->fold) * 60 > (int64_t)time(NULL) + AHEAD_MOST_S;
    if (future && !k->in_future)
        log_error("metrics", "the hall's time is ahead of the machine's clock: the series wait for it");
    k->in_future = future;
    return future;
}

static void drop_gathered(struct keeper *k)
{
    for (size_t i = 0; i < fold_series_count(k->fold); i++) {
        struct keeper_file *file = fold_series_at(k->fold, i)->file;
        if (file)
            rrdfile_update_fini(&file->update);
        free(file);
        fold_series_at(k->fold, i)->file = NULL;
    }
}

static bool write_files(struct keeper *k)
{
    bool room = true;
    for (size_t i = 0; i < fold_series_count(k->fold) && room; i++)
        room = write_series(k, fold_series_at(k->fold, i));
    return room;
}

/* A write that was begun and not ended is seen at the next start. */
static bool write_all(struct keeper *k)
{
    k->next.files = fold_series_count(k->fold);
    k->next.clean = false;
    if (!journal_head(k->journal, k->next.seq, k->next.head))
        return false;
    k->stand.writing = true;
    if (!stand_write(k->dir, &k->stand) || !write_files(k))
        return false;
    k->next.writing = k->damaged;
    k->stand = k->next;
    return stand_write(k->dir, &k->stand);
}

static void write_gathered(struct keeper *k)
{
    if (!k->gathered || k->behind)
        return;
    k->gathered = false;
    if (is_in_future(k) || !has_room(k, 0) || !write_all(k))
        k->behind = true;
    else if (!k->damaged)
        k->repairs = 0;
    if (k->behind)
        drop_gathered(k);
}

/* ---- beginning again */

static void take_file(struct keeper *k, enum metric_scope scope, const char *label)
{
    char *path = keeper_path(k, scope, label);
    int64_t last = rrdfile_last(path, scope);
    if (last >= 0 && last == k->stand.minute * 60) {
        file_of(fold_series(k->fold, scope, label))->last = last / 60;
    } else {
        if (!k->damaged && !k->said)
            log_warn("metrics", "%s: %s; it is rebuilt from the journal", path,
                     last < 0 ? "not readable" : "not as far as the others");
        k->damaged = true;
        unlink(path);
    }
    free(path);
}

static void new_fold(struct keeper *k)
{
    if (k->fold)
        drop_gathered(k);
    fold_free(k->fold);
    k->fold = fold_new(gather, k);
    k->next = k->stand;
    k->gathered = k->behind = false;
}

static void forget_all(struct keeper *k)
{
    each_file(k, remove_file);
    stand_remove(k->dir);
    k->stand = (struct stand){0};
}

/* From the beginning if a file is missing, else from the morning of the last day that is in the files. */
static void begin(struct keeper *k)
{
    new_fold(k);
    k->said = k->damaged;
    k->damaged = false;
    each_file(k, take_file);
    size_t there = 0;
    for (size_t i = 0; i < fold_series_count(k->fold); i++)
        there += fold_series_at(k->fold, i)->file != NULL;
    if (there < k->stand.files && !k->damaged && !k->said)
        log_warn("metrics", "%s: files are missing; they are rebuilt from the journal", k->dir);
    bool whole = there >= k->stand.files && !k->damaged && k->stand.day_seq && strcmp(k->stand.carried, "?") != 0;
    if (whole && !fold_carry(k->fold, k->stand.carried)) {
        forget_all(k);
        new_fold(k);
        whole = false;
    }
    k->damaged = false;
    fold_begin_after(k->fold, whole ? k->stand.day_seq - 1 : 0);
}

void keeper_rebuild(struct keeper *k)
{
    forget_all(k);
    k->stopped = false;
    k->repairs = 0;
    begin(k);
}

/* Does what is in the folder continue this journal? */
static bool fits_journal(const struct keeper *k)
{
    uint8_t head[JOURNAL_HEAD];
    return journal_head(k->journal, k->stand.seq, head) && memcmp(head, k->stand.head, sizeof head) == 0;
}

static void find_stand(struct keeper *k)
{
    char why[200];
    bool sound = stand_read(k->dir, &k->stand, why);
    if (sound && fits_journal(k))
        return;
    if (sound)
        snprintf(why, sizeof why, "they are of another journal");
    if (why[0])
        log_warn("metrics", "%s: %s; everything is rebuilt from the journal", k->dir, why);
    forget_all(k);
}

/* ---- going on */

static int take_event(void *arg, const Halld__Event *event)
{
    fold_event(arg, event);
    return 0;
}

static void read_journal(struct keeper *k, uint64_t target, size_t most)
{
    struct journal_fault fault;
    uint64_t from = fold_seq(k->fold) + 1, to = target - from >= most ? from + most - 1 : target;
    if (journal_read(k->journal, from, to, take_event, k->fold, &fault) == 0)
        return;
    log_error("metrics", "event %" PRIu64 ": %s; the series stop here", fault.seq, fault.text);
    k->stopped = true;
}

/* After a damaged file, or when what stood in the way of writing is gone. */
static void begin_again_if_needed(struct keeper *k)
{
    if (k->damaged && k->repairs++ >= REPAIRS_MOST) {
        log_error("metrics", "%s: the files break again and again; the series stop here", k->dir);
        k->stopped = true;
    } else if (k->damaged || (k->behind && !is_in_future(k) && has_room(k, 0))) {
        begin(k);
    }
}

bool keeper_advance(struct keeper *k, uint64_t target, size_t most)
{
    if (k->stopped)
        return true;
    if (fold_seq(k->fold) < target)
        read_journal(k, target, most);
    write_gathered(k);
    begin_again_if_needed(k);
    return k->stopped || fold_seq(k->fold) >= target;
}

bool keeper_is_behind(const struct keeper *k, uint64_t target)
{
    return k->stopped || target > fold_seq(k->fold) + BEHIND_MANY;
}

enum keeper_trouble keeper_trouble(const struct keeper *k)
{
    return k->stopped ? KEEPER_BROKEN : k->no_room ? KEEPER_NO_ROOM : KEEPER_WELL;
}

const struct fold *keeper_fold(const struct keeper *k)
{
    return k->fold;
}

/* ---- the daemon's own readings */

void keeper_write_daemon(struct keeper *k, int64_t end_s, const int64_t *values)
{
    char *path = keeper_path(k, SCOPE_DAEMON, "");
    int64_t last = rrdfile_last(path, SCOPE_DAEMON);
    struct rrdfile_update update = {.text = BUF_INIT};
    if (last < 0 || last > end_s) { /* not there, not readable, or of a later journal */
        unlink(path);
        last = has_room(k, rrdfile_bytes(SCOPE_DAEMON)) && rrdfile_create(path, SCOPE_DAEMON, end_s - 60) == 0
                   ? end_s - 60
                   : INT64_MAX;
    }
    if (end_s > last && (k->simulated || end_s <= (int64_t)time(NULL) + AHEAD_MOST_S)) {
        rrdfile_update_add(&update, end_s, values, catalogue_scope_count(SCOPE_DAEMON));
        rrdfile_update_write(&update, path);
    }
    rrdfile_update_fini(&update);
    free(path);
}

/* ---- life */

static bool is_folder(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(st.st_mode) && access(path, W_OK | X_OK) == 0;
}

int keeper_open(const struct keeper_options *o, struct keeper **ret, char why[200])
{
    struct keeper *k = alloc_zero(sizeof *k);
    k->dir = alloc_text(o->dir);
    k->simulated = o->simulated;
    k->spare_mib = o->spare_mib;
    if ((mkdir(k->dir, 0700) != 0 && errno != EEXIST) || !is_folder(k->dir)) {
        snprintf(why, 200, "%.150s: %s", k->dir, strerror(errno));
    } else if (journal_open(o->journal, &k->journal, why) == 0) {
        find_stand(k);
        begin(k);
        *ret = k;
        return 0;
    }
    free(k->dir);
    free(k);
    return HALL_E_STORE_FAILED;
}

/* What is on the disk is whole: a power cut after this loses nothing. */
static void close_stand(struct keeper *k)
{
    int fd = open(k->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (k->stand.minute && !k->stand.writing && syncfs(fd) == 0) {
        k->stand.clean = true;
        stand_write(k->dir, &k->stand);
    }
    close(fd);
}

void keeper_close(struct keeper *k)
{
    if (!k)
        return;
    close_stand(k);
    drop_gathered(k);
    fold_free(k->fold);
    journal_close(k->journal);
    free(k->dir);
    free(k);
}
