#include "engine/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/message.h"
#include "core/hall.h"
#include "core/setup.h"
#include "port/command.h"
#include "store/journal.h"
#include "store/store.h"

static const char JOURNAL[] = "journal.db", MARK[] = "restored";

static char *path_of(const char *dir, const char *name)
{
    return alloc_format("%s/%s", dir, name);
}

static void remove_in(const char *dir, const char *name)
{
    char *path = path_of(dir, name);
    unlink(path);
    free(path);
}

static bool sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool write_mark(const char *dir, int32_t last)
{
    char *path = path_of(dir, MARK), text[16];
    int len = snprintf(text, sizeof text, "%d\n", last);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return ok && sync_dir(dir);
}

bool restore_is_marked(const char *dir, int32_t *ret_last)
{
    char *path = path_of(dir, MARK);
    FILE *f = fopen(path, "re");
    free(path);
    if (!f)
        return false;
    char text[16] = "";
    if (fgets(text, sizeof text, f))
        *ret_last = (int32_t)strtol(text, NULL, 10);
    else
        *ret_last = 0;
    fclose(f);
    return true;
}

void restore_unmark(const char *dir)
{
    remove_in(dir, MARK);
    sync_dir(dir);
}

/* A journal without events may be replaced. One with events may hold tickets that the backup lacks: whoever wants to
 * be rid of it says so by moving it, and a restart with the same arguments takes nothing back. */
static int check_empty(const char *dir, char why[200])
{
    char *path = path_of(dir, JOURNAL);
    struct journal *j = NULL;
    struct journal_tail tail = {.seq = 0};
    struct journal_fault fault;
    struct stat st;
    bool there = stat(path, &st) == 0 && st.st_size > 0;
    bool empty = !there || (journal_open(path, &j, why) == 0 && journal_last(j, &tail, &fault) == 0 && !tail.seq);
    if (j)
        journal_close(j);
    if (!empty)
        snprintf(why, 200,
                 "%.80s has a journal already; to restore, stop halld and move it to journal.db.before-1 "
                 "with its -wal file",
                 dir);
    free(path);
    return empty ? 0 : HALL_E_IN_USE;
}

int restore_backup(const char *dir, const char *file, int32_t last, char why[200])
{
    int code = check_empty(dir, why);
    if (code)
        return code;
    if ((mkdir(dir, 0700) != 0 && errno != EEXIST) || !write_mark(dir, last)) {
        snprintf(why, 200, "cannot write to %.100s: %s", dir, strerror(errno));
        return HALL_E_STORE_FAILED;
    }
    code = store_restore(dir, file, why);
    if (code)
        restore_unmark(dir);
    return code;
}

/* ---- the counters */

struct highest {
    const Halld__Settings *settings;
    int32_t *no; /* of each queue of the settings */
};

static int note_number(void *arg, const Halld__Event *event)
{
    struct highest *h = arg;
    if (event->body_case != HALLD__EVENT__BODY_TICKET_ISSUED)
        return 0;
    const Halld__TicketIssued *t = event->ticket_issued;
    for (size_t i = 0; i < h->settings->n_queues; i++)
        if (strcmp(h->settings->queues[i]->queue, t->queue) == 0 && h->no[i] < t->no)
            h->no[i] = t->no;
    return 0;
}

static Halld__Counter *counter_new(const char *queue, int32_t highest, int32_t last)
{
    Halld__Counter *c = MESSAGE_NEW(Halld__Counter, &halld__counter__descriptor);
    c->queue = alloc_text(queue);
    c->next = (highest / 100 + 1) * 100 + 100;
    if (c->next <= last)
        c->next = last + 1;
    return c;
}

static Halld__Command *command_of(const struct highest *h, int32_t last, uint64_t epoch)
{
    Halld__Command *c = command_new(HALLD__COMMAND__BODY_MOVE_COUNTERS, NULL);
    Halld__MoveCounters *m = c->move_counters;
    m->epoch = epoch;
    m->n_counters = h->settings->n_queues;
    m->counters = alloc_zero((m->n_counters ? m->n_counters : 1) * sizeof *m->counters);
    for (size_t i = 0; i < m->n_counters; i++)
        m->counters[i] = counter_new(h->settings->queues[i]->queue, h->no[i], last);
    return c;
}

/* As far as it can be read: it was moved aside for a reason. */
static void note_old(const char *path, struct highest *h)
{
    struct journal *j;
    struct journal_fault fault;
    char why[200];
    if (journal_open(path, &j, why) != 0) {
        log_warn("engine", "%s", why);
        return;
    }
    if (journal_read(j, 1, UINT64_MAX, note_number, h, &fault) != 0)
        log_warn("engine", "%s can be read up to event %llu only", path, (unsigned long long)fault.seq);
    journal_close(j);
}

/* The folder's own name is no pattern, whatever stands in it. */
static char *pattern_in(const char *dir, const char *names)
{
    struct buf pattern = BUF_INIT;
    for (; *dir; dir++) {
        if (strchr("*?[]\\", *dir))
            buf_add_char(&pattern, '\\');
        buf_add_char(&pattern, *dir);
    }
    buf_add_format(&pattern, "/%s", names);
    return buf_take(&pattern);
}

static void note_all_old(const char *dir, struct highest *h)
{
    char *pattern = pattern_in(dir, "journal.db.before-*");
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *name = found.gl_pathv[i] + strlen(dir);
            if (!strstr(name, "-wal") && !strstr(name, "-shm"))
                note_old(found.gl_pathv[i], h);
        }
        globfree(&found);
    }
    free(pattern);
}

Halld__Command *restore_counters(const struct hall *hall, struct store *store, const char *dir, int32_t last,
                                 uint64_t epoch)
{
    struct highest h = {.settings = setup_settings(hall_setup(hall))};
    h.no = alloc_zero((h.settings->n_queues ? h.settings->n_queues : 1) * sizeof *h.no);
    Halld__Command *c = NULL;
    note_all_old(dir, &h);
    if (store_read(store, 1, store_last_seq(store), note_number, &h) == 0)
        c = command_of(&h, last, epoch);
    free(h.no);
    return c;
}
