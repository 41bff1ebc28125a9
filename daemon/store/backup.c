/*
 * Copies of the journal: out while the daemon runs, and back in before it starts. A copy has a temporary name until
 * it is whole and synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/folder.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/writer.h"

static int fail(char why[200], const char *name)
{
    snprintf(why, 200, "%s: %s", name, strerror(errno));
    return HALL_E_STORE_FAILED;
}

static int make_private(const char *file, char why[200])
{
    unlink(file); /* left by a copy that was cut short */
    int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(why, file);
    close(fd);
    return 0;
}

/* In one step: one read transaction, so the copy is the journal of one moment. */
static int copy_pages(sqlite3 *from, const char *to, char why[200])
{
    sqlite3 *db;
    int code = 0;
    if (sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        db_why(db, to, why);
        code = HALL_E_STORE_FAILED;
        goto out;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_backup *backup = sqlite3_backup_init(db, "main", from, "main");
    int rc = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR; /* finishing calls a busy source no error */
    if (!backup || sqlite3_backup_finish(backup) != SQLITE_OK || rc != SQLITE_DONE) {
        db_why(db, to, why);
        code = db_code(db);
    }
out:
    sqlite3_close(db);
    return code;
}

static int sync_file(const char *file, char why[200])
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(why, file);
    int code = fsync(fd) == 0 ? 0 : fail(why, file);
    close(fd);
    return code;
}

static int copy_journal(struct journal *from, const char *to, char why[200])
{
    int code = make_private(to, why);
    if (!code)
        code = copy_pages(journal_db(from), to, why);
    if (!code)
        code = sync_file(to, why);
    return code;
}

static int rename_synced(const char *from, const char *to, char why[200])
{
    if (rename(from, to) != 0 || folder_sync_of(to) != 0)
        return fail(why, to);
    return 0;
}

/* What is there and is no backup of an earlier time stays: a slip of the hand must cost neither the journal that the
 * daemon writes to nor a file of the machine. */
static int check_target(const struct store *s, const char *file, char why[200])
{
    struct stat own, there;
    struct journal *backup;
    if (stat(file, &there) != 0)
        return 0;
    if (stat(store_file(s), &own) == 0 && own.st_dev == there.st_dev && own.st_ino == there.st_ino) {
        snprintf(why, 200, "%.120s is the journal in use", file);
        return HALL_E_BAD_VALUE;
    }
    if (S_ISREG(there.st_mode) && there.st_size == 0)
        return 0;
    if (!S_ISREG(there.st_mode) || journal_open(file, &backup, why) != 0) {
        snprintf(why, 200, "%.120s is there and is no backup of a journal", file);
        return HALL_E_BAD_VALUE;
    }
    journal_close(backup);
    return 0;
}

int store_backup(const struct store *s, const char *file, char why[200])
{
    struct journal *from;
    int code = check_target(s, file, why);
    if (!code)
        code = journal_open(store_file(s), &from, why);
    if (code)
        return code;
    char *part = alloc_format("%s.part", file);
    code = copy_journal(from, part, why);
    if (!code)
        code = rename_synced(part, file, why);
    if (code)
        unlink(part);
    free(part);
    journal_close(from);
    return code;
}

static int ignore_row(void *arg, const struct journal_row *row)
{
    (void)arg, (void)row;
    return 0;
}

/* All that a start relies on, so that a start never fails on what has already taken the journal's place. */
static int verify(struct journal *j, const char *file, char why[200])
{
    struct journal_fault fault;
    int code = db_check_schema(journal_db(j), file, why);
    if (code)
        return code;
    code = journal_check_file(j, &fault);
    if (code) {
        snprintf(why, 200, "%.100s: %.90s", file, fault.text);
        return code;
    }
    code = journal_read_rows(j, 1, UINT64_MAX, ignore_row, NULL, &fault);
    if (code)
        snprintf(why, 200, "%s: event %llu: %s", file, (unsigned long long)fault.seq, fault.text);
    return code;
}

/*
 * A WAL belongs to the file it was written for, so the old pair moves away, WAL first, before the new file takes the
 * name. A second name rather than a move for the old journal: at no moment is there none.
 */
static int put_in_place(const char *file, const char *part, char why[200])
{
    char *old = alloc_format("%s.before-%lld", file, (long long)time(NULL));
    char *wal = alloc_format("%s-wal", file), *old_wal = alloc_format("%s-wal", old);
    char *shm = alloc_format("%s-shm", file);
    int code = 0;
    if (access(file, F_OK) == 0) {
        if ((rename(wal, old_wal) != 0 && errno != ENOENT) || link(file, old) != 0 || folder_sync_of(file) != 0)
            code = fail(why, old);
        else
            log_info("store", "the journal that was here is kept as %s", old);
    }
    unlink(shm);
    if (!code)
        code = rename_synced(part, file, why);
    free(shm);
    free(old_wal);
    free(wal);
    free(old);
    return code;
}

/* Whoever logged out since, or was logged out with a new password, must not be in again. */
static int forget_sessions(const char *file, char why[200])
{
    sqlite3 *db = NULL;
    int code = 0;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        db_run(db, "PRAGMA secure_delete=ON; DELETE FROM session") != 0) {
        db_why(db, file, why);
        code = HALL_E_STORE_FAILED;
    }
    sqlite3_close(db);
    return code ? code : sync_file(file, why);
}

static int restore_locked(const char *dir, const char *file, char why[200])
{
    struct journal *from;
    int code = journal_open(file, &from, why);
    if (code)
        return code;
    char *to = alloc_format("%s/journal.db", dir), *part = alloc_format("%s.part", to);
    code = verify(from, file, why);
    if (!code)
        code = copy_journal(from, part, why);
    if (!code)
        code = forget_sessions(part, why);
    if (!code)
        code = put_in_place(to, part, why);
    if (code)
        unlink(part);
    free(part);
    free(to);
    journal_close(from);
    return code;
}

int store_restore(const char *dir, const char *file, char why[200])
{
    int lock;
    if (folder_make(dir) != 0)
        return fail(why, dir);
    int code = lock_take(dir, &lock, why);
    if (code)
        return code;
    code = restore_locked(dir, file, why);
    close(lock);
    return code;
}
