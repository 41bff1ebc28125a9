/*
 * A disk that is full, and one that fails, under the real store. The program starts itself again with failsync.so
 * preloaded; what fails is said in a control file. The full disk is also tried with a real small tmpfs where the
 * machine allows to mount one.
 */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "store/journal.h"
#include "store/snapshot.h"
#include "tests/crash/events.h"
#include "tests/lib/suite.h"

static char folder[64], dir[80], control[80], mounted[80];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_faults.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(dir, sizeof dir, "%s/data", folder);
    snprintf(control, sizeof control, "%s/control", folder);
    mounted[0] = '\0';
    setenv("FAILSYNC_DIR", dir, 1);
    setenv("FAILSYNC_CONTROL", control, 1);
}

static void remove_folder(void)
{
    if (*mounted)
        umount(mounted);
    char *command = alloc_format("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static void plan(const char *text)
{
    int fd = open(control, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static struct store *open_store(void)
{
    struct store *s = NULL;
    char why[200] = "";
    int code = store_open(dir, &s, why);
    ck_assert_msg(code == 0, "%s", why);
    return s;
}

static int write_many(struct store *s, int n)
{
    struct store_batch *b = store_batch_new();
    for (int i = 1; i <= n; i++)
        events_add(b, store_last_seq(s) + (uint64_t)i);
    store_write_take(s, b);
    return store_wait(s);
}

static int check_event(void *arg, const Halld__Event *event)
{
    uint64_t *next = arg;
    return event->seq == (*next)++ && events_is_right(event) ? 0 : 1;
}

/* Everything up to the last event is there and right; how many there are. */
static uint64_t read_all(struct store *s)
{
    uint64_t next = 1;
    ck_assert_int_eq(store_read(s, 1, UINT64_MAX, check_event, &next), 0);
    return next - 1;
}

static bool probe_until_it_came_out(struct store *s)
{
    struct pollfd p = {.fd = store_fd(s), .events = POLLIN};
    if (store_probe(s))
        return true;
    ck_assert_int_eq(poll(&p, 1, 20000), 1);
    ck_assert_ptr_null(store_finished(s));
    return store_state(s) == 0;
}

static void count_row(void *arg, const struct security_row *row)
{
    (void)row;
    ++*(int *)arg;
}

/* Refused and rolled back; reading goes on; room again is found by a probe; nothing is lost or doubled. */
static void check_full_and_back(struct store *s, void (*make_room)(void))
{
    uint64_t before = store_last_seq(s);
    ck_assert_int_eq(store_state(s), HALL_E_DISK_FULL);
    ck_assert_uint_eq(read_all(s), before);
    ck_assert_int_eq(write_many(s, 1), HALL_E_DISK_FULL);
    ck_assert(!probe_until_it_came_out(s));
    store_log_security(s, 5, "login_refused", "waits for room", "", "");
    make_room();
    ck_assert(probe_until_it_came_out(s));
    ck_assert(store_probe(s));
    ck_assert_int_eq(write_many(s, 30), 0);
    ck_assert_uint_eq(store_last_seq(s), before + 30);
    store_flush(s);
    int n = 0;
    ck_assert_int_eq(store_read_security(s, 0, 10, 100, count_row, &n), 0);
    ck_assert_int_ge(n, 1);
    store_close(s);
    s = open_store();
    ck_assert_uint_eq(read_all(s), before + 30);
    ck_assert_int_eq(write_many(s, 1), 0);
    store_close(s);
}

static void plan_nothing(void)
{
    plan("");
}

START_TEST(no_room_and_no_quota_are_a_full_disk)
{
    static const char *const plans[] = {"write ENOSPC", "write EDQUOT", "write ENOSPC journal.db-wal"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct store *s = open_store();
        ck_assert_int_eq(write_many(s, 10), 0);
        plan(plans[i]);
        ck_assert_msg(write_many(s, 200) == HALL_E_DISK_FULL, "%s", plans[i]);
        check_full_and_back(s, plan_nothing);
    }
}
END_TEST

START_TEST(no_room_for_the_wals_shared_index_is_a_full_disk)
{
    struct store *s = open_store();
    int code = 0;
    ck_assert_int_eq(write_many(s, 10), 0);
    plan("write ENOSPC journal.db-shm");
    for (int i = 0; i < 20000 && !code; i++) /* the index grows every 4096 pages */
        code = write_many(s, 2000);
    ck_assert_int_eq(code, HALL_E_DISK_FULL);
    check_full_and_back(s, plan_nothing);
}
END_TEST

START_TEST(a_failed_sync_stops_the_store_for_ever_and_loses_nothing_acknowledged)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_many(s, 10), 0);
    plan("sync EIO");
    ck_assert_int_eq(write_many(s, 5), HALL_E_STORE_FAILED);
    plan("");
    ck_assert_int_eq(store_state(s), HALL_E_STORE_FAILED);
    ck_assert_int_eq(write_many(s, 5), HALL_E_STORE_FAILED);
    ck_assert(!store_probe(s));
    store_log_security(s, 5, "login_refused", "", "", "");
    store_flush(s);
    ck_assert_uint_eq(store_last_seq(s), 10);
    store_close(s);
    s = open_store();
    uint64_t n = read_all(s);
    ck_assert(n == 10 || n == 15); /* the batch that was not acknowledged is there whole or not at all */
    ck_assert_int_eq(write_many(s, 1), 0);
    store_close(s);
}
END_TEST

START_TEST(a_sync_that_finds_no_room_is_a_failure_and_not_a_full_disk)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_many(s, 10), 0);
    plan("sync ENOSPC");
    ck_assert_int_eq(write_many(s, 5), HALL_E_STORE_FAILED);
    plan("");
    store_close(s);
    store_close(open_store());
}
END_TEST

START_TEST(a_failed_write_stops_the_store)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_many(s, 10), 0);
    plan("write EIO");
    ck_assert_int_eq(write_many(s, 5), HALL_E_STORE_FAILED);
    ck_assert_uint_eq(read_all(s), 10);
    plan("");
    store_close(s);
    s = open_store();
    ck_assert_uint_eq(read_all(s), 10);
    store_close(s);
}
END_TEST

START_TEST(a_failed_sync_in_a_checkpoint_wakes_the_loop_with_nothing_in_flight)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_many(s, 10), 0);
    plan("sync EIO journal.db");
    ck_assert_int_eq(write_many(s, 40000), 0);
    struct pollfd p = {.fd = store_fd(s), .events = POLLIN};
    ck_assert_int_eq(poll(&p, 1, 20000), 1);
    ck_assert_ptr_null(store_finished(s));
    ck_assert_int_eq(store_state(s), HALL_E_STORE_FAILED);
    plan("");
    store_close(s);
    s = open_store();
    ck_assert_uint_eq(read_all(s), 40010);
    store_close(s);
}
END_TEST

START_TEST(a_snapshot_that_cannot_be_written_harms_nothing)
{
    struct store *s = open_store();
    Halld__Snapshot hall = HALLD__SNAPSHOT__INIT;
    struct snapshot_file f = {0};
    uint8_t head[32];
    ck_assert_int_eq(write_many(s, 3), 0);
    ck_assert(store_head(s, 3, head));
    hall.seq = 3;
    plan("write ENOSPC");
    ck_assert_int_eq(snapshot_save(dir, &hall, head, "", 0), HALL_E_DISK_FULL);
    plan("sync EIO");
    ck_assert_int_eq(snapshot_save(dir, &hall, head, "", 0), HALL_E_STORE_FAILED);
    plan("");
    ck_assert(!snapshot_load(dir, s, &f));
    ck_assert_int_eq(store_state(s), 0);
    ck_assert_int_eq(write_many(s, 3), 0);
    store_close(s);
}
END_TEST

START_TEST(a_backup_onto_a_full_disk_fails_and_leaves_nothing)
{
    struct store *s = open_store();
    char why[200] = "", *copy = alloc_format("%s/copy.db", dir), *part = alloc_format("%s.part", copy);
    ck_assert_int_eq(write_many(s, 300), 0);
    plan("write ENOSPC copy.db.part");
    ck_assert_int_ne(store_backup(s, copy, why), 0);
    ck_assert_int_eq(access(copy, F_OK), -1);
    ck_assert_int_eq(access(part, F_OK), -1);
    plan("sync EIO copy.db.part");
    ck_assert_int_eq(store_backup(s, copy, why), HALL_E_STORE_FAILED);
    ck_assert_int_eq(access(copy, F_OK), -1);
    plan("");
    ck_assert_int_eq(store_backup(s, copy, why), 0);
    ck_assert_int_eq(write_many(s, 1), 0);
    store_close(s);
    free(part);
    free(copy);
}
END_TEST

/* ---- a real full disk ---- */

static void remove_filler(void)
{
    char *filler = alloc_format("%s/filler", mounted);
    ck_assert_int_eq(unlink(filler), 0);
    free(filler);
}

static void fill_mounted(void)
{
    char *filler = alloc_format("%s/filler", mounted), bytes[4096] = {0};
    int fd = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < 300; i++) /* most of the room; the journal takes the rest */
        ck_assert_int_eq(write(fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    close(fd);
    free(filler);
}

/* In a name space of its own, so that nothing is left mounted whatever happens. */
static bool mount_small(void)
{
    snprintf(mounted, sizeof mounted, "%s", folder);
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    return mount("tmpfs", folder, "tmpfs", 0, "size=2m") == 0;
}

START_TEST(a_tmpfs_that_runs_full_is_refused_read_and_resumed)
{
    if (!mount_small()) {
        mounted[0] = '\0';
        fprintf(stderr, "check_faults: no tmpfs can be mounted here: left out\n");
        return;
    }
    struct store *s = open_store();
    fill_mounted();
    int code = 0;
    for (int i = 0; i < 10000 && !code; i++)
        code = write_many(s, 20);
    ck_assert_int_eq(code, HALL_E_DISK_FULL);
    ck_assert_int_eq(store_free_mib(s), 0);
    check_full_and_back(s, remove_filler);
}
END_TEST

static int run_cases(void)
{
    log_set_level(0); /* the cases provoke what would be logged */
    Suite *suite = suite_create("faults");
    TCase *t = tcase_create("faults");
    tcase_add_checked_fixture(t, make_folder, remove_folder);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, no_room_and_no_quota_are_a_full_disk);
    tcase_add_test(t, no_room_for_the_wals_shared_index_is_a_full_disk);
    tcase_add_test(t, a_failed_sync_stops_the_store_for_ever_and_loses_nothing_acknowledged);
    tcase_add_test(t, a_sync_that_finds_no_room_is_a_failure_and_not_a_full_disk);
    tcase_add_test(t, a_failed_write_stops_the_store);
    tcase_add_test(t, a_failed_sync_in_a_checkpoint_wakes_the_loop_with_nothing_in_flight);
    tcase_add_test(t, a_snapshot_that_cannot_be_written_harms_nothing);
    tcase_add_test(t, a_backup_onto_a_full_disk_fails_and_leaves_nothing);
    tcase_add_test(t, a_tmpfs_that_runs_full_is_refused_read_and_resumed);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}

int main(int argc, char **argv)
{
    if (getenv("FAILSYNC_CONTROL"))
        return run_cases();
    const char *builddir = getenv("top_builddir"), *asan = getenv("ASAN_OPTIONS");
    char *path = realpath(builddir ? builddir : ".", NULL);
    (void)argc;
    setenv("FAILSYNC_CONTROL", "/nonexistent", 1);
    setenv("ASAN_OPTIONS", alloc_format("%s:verify_asan_link_order=0", asan ? asan : ""), 1);
    setenv("LD_PRELOAD", alloc_format("%s/tests/lib/failsync.so", path), 1);
    execv("/proc/self/exe", argv);
    perror("check_faults");
    return EXIT_FAILURE;
}
