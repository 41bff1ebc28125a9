/* Full disks, failing disks, backups. tests/lib/failsync.c is linked in: it stands before libc for SQLite's writes. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "tests/lib/suite.h"
#include "tests/unit/engine_fixture.h"

static const char ISSUE[] = "{\"issue_ticket\":{\"queue\":\"A\",\"channel\":\"kiosk\"}}";
static const char ISSUE_B[] = "{\"issue_ticket\":{\"queue\":\"B\",\"channel\":\"kiosk\"}}";
static const char ACCEPT[] = "{\"accept_clock\":{\"reason\":\"looked at a watch\"}}";

static char control[] = "/tmp/halld-control-XXXXXX";

static void open_failing(struct fixture *f)
{
    fixture_init(f);
    int fd = mkstemp(control);
    ck_assert_int_ge(fd, 0);
    close(fd);
    setenv("FAILSYNC_CONTROL", control, 1);
    setenv("FAILSYNC_DIR", f->dir, 1);
    fixture_must_open(f);
}

static void disk(const char *plan)
{
    FILE *out = fopen(control, "w");
    ck_assert_ptr_nonnull(out);
    fputs(plan, out);
    fclose(out);
}

static void close_failing(struct fixture *f)
{
    disk("");
    fixture_fini(f);
    unlink(control);
}

static void fill(struct fixture *f, int n)
{
    for (int i = 0; i < n; i++)
        fixture_do(f, "li", ISSUE, NULL);
}

START_TEST(a_full_disk_undoes_the_batch_and_what_was_decided_after_it)
{
    struct fixture f;
    open_failing(&f);
    fill(&f, 3);
    struct buf before = fixture_state(&f);
    disk("write ENOSPC");
    struct said said[3];
    fixture_submit(&f, "li", ISSUE, "k0", &said[0]);
    engine_turn(f.engine); /* in flight */
    for (int i = 1; i < 3; i++)
        fixture_submit(&f, "li", ISSUE, "k1", &said[i]); /* the second waits for the first's commit */
    engine_turn(f.engine);
    engine_flush(f.engine);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(said[i].times, 1);
        ck_assert_int_eq(said[i].code, HALL_E_DISK_FULL);
        ck_assert_uint_eq(said[i].n, 0);
    }
    fixture_check_same(before, fixture_state(&f));
    ck_assert_uint_eq(hall_seq(f.engine->decided), hall_seq(f.engine->committed));
    ck_assert_int_eq(f.fatal, 0);
    close_failing(&f);
}
END_TEST

static void wait_for_room(struct fixture *f)
{
    for (int n = 0; n < 100 && f->engine->stop[ENGINE_FULL]; n++) {
        engine_look(f->engine);
        struct pollfd p = {.fd = store_fd(f->engine->store), .events = POLLIN};
        poll(&p, 1, 100);
        engine_on_store(f->engine);
    }
}

START_TEST(with_a_full_disk_reads_go_on_and_writes_come_back_with_room)
{
    struct fixture f;
    open_failing(&f);
    fixture_do(&f, "li", ISSUE, "before");
    disk("write ENOSPC");
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, "k").code, HALL_E_DISK_FULL);
    ck_assert(engine_is_read_only(f.engine));
    ck_assert_str_eq(engine_read_only_why(f.engine), "the disk is full");
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, "k").code, HALL_E_DISK_FULL);
    struct said again = fixture_do(&f, "li", ISSUE, "before"); /* was done: is still answered */
    ck_assert_int_eq(again.code, 0);
    ck_assert_str_eq(again.number, "A001");
    engine_look(f.engine);
    ck_assert(engine_is_read_only(f.engine));
    disk("");
    wait_for_room(&f);
    ck_assert(!engine_is_read_only(f.engine));
    struct said now = fixture_do(&f, "li", ISSUE, "k"); /* the key was forgotten with its batch */
    ck_assert_int_eq(now.code, 0);
    ck_assert(!now.repeated);
    ck_assert_str_eq(now.number, "A002");
    struct buf live = fixture_state(&f);
    fixture_kill(&f);
    fixture_must_open(&f);
    fixture_check_same(live, fixture_state(&f));
    close_failing(&f);
}
END_TEST

static void check_doubt(const struct fixture *f, bool doubtful)
{
    ck_assert_int_eq(f->engine->stop[ENGINE_DOUBTFUL], doubtful);
}

static void check_nothing_accepted(struct fixture *f, bool doubtful, int64_t hall)
{
    check_doubt(f, doubtful);
    ck_assert_int_ne(f->engine->clock.stepped, 0);
    ck_assert_int_eq(clock_now(&f->engine->clock), hall);
    ck_assert_uint_eq(hall_seq(f->engine->decided), hall_seq(f->engine->committed));
}

START_TEST(a_clock_is_accepted_only_when_that_is_on_disk)
{
    struct fixture f;
    bool doubtful = _i == 0;
    open_failing(&f);
    fixture_do(&f, "li", ISSUE, NULL);
    fixture_wall += doubtful ? -3600000 : 3600000;
    if (doubtful) {
        fixture_kill(&f);
        fixture_must_open(&f);
    }
    int64_t hall = clock_now(&f.engine->clock);
    disk("write ENOSPC");
    ck_assert_int_eq(fixture_do(&f, "admin", ACCEPT, "k").code, HALL_E_DISK_FULL);
    check_nothing_accepted(&f, doubtful, hall);
    disk("");
    wait_for_room(&f);
    check_nothing_accepted(&f, doubtful, hall);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, doubtful ? HALL_E_CLOCK_DOUBTFUL : 0);
    struct said accepted;
    fixture_submit(&f, "admin", ACCEPT, "k", &accepted);
    engine_turn(f.engine);
    check_doubt(&f, doubtful); /* in flight */
    engine_flush(f.engine);
    ck_assert_int_eq(accepted.code, 0);
    check_doubt(&f, false);
    ck_assert_int_eq(f.engine->clock.stepped, 0);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, 0);
    close_failing(&f);
}
END_TEST

START_TEST(a_clock_accepted_at_every_start_is_accepted_when_there_is_room_again)
{
    struct fixture f;
    open_failing(&f);
    fixture_kill(&f);
    fixture_pass(INT64_C(30) * 86400000);
    f.options.accept_clock = true;
    f.loop = loop_new();
    char why[200];
    ck_assert_int_eq(engine_open(f.loop, &f.options, &f.engine, why), 0);
    disk("write ENOSPC");
    ck_assert_int_eq(engine_start(f.engine, why), 0);
    check_doubt(&f, true);
    disk("");
    wait_for_room(&f);
    fixture_turn(&f);
    check_doubt(&f, false);
    ck_assert_int_eq(fixture_day(&f), 20261223);
    close_failing(&f);
}
END_TEST

START_TEST(little_space_left_refuses_before_deciding)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    f.engine->min_free_mib = INT64_MAX;
    engine_look(f.engine);
    uint64_t seq = hall_seq(f.engine->decided);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, HALL_E_DISK_FULL);
    ck_assert_uint_eq(hall_seq(f.engine->decided), seq);
    f.engine->min_free_mib = 0;
    engine_look(f.engine);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, 0);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_failing_sync_ends_the_process_and_the_disk_decides)
{
    struct fixture f;
    open_failing(&f);
    fill(&f, 2);
    disk("sync EIO");
    struct said lost[2];
    fixture_submit(&f, "li", ISSUE, NULL, &lost[0]);
    engine_turn(f.engine);
    fixture_submit(&f, "li", ISSUE, NULL, &lost[1]);
    engine_turn(f.engine);
    engine_flush(f.engine);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(lost[i].code, HALL_E_STORE_FAILED);
    ck_assert_int_eq(f.fatal, 75);
    ck_assert_int_eq(fixture_do(&f, "li", ISSUE, NULL).code, HALL_E_STORE_FAILED);
    fixture_close(&f);
    disk("");
    fixture_must_open(&f);
    struct said next = fixture_do(&f, "li", ISSUE, NULL);
    ck_assert_int_eq(next.code, 0);
    ck_assert_ptr_null(hall_check(f.engine->committed));
    close_failing(&f);
}
END_TEST

START_TEST(a_first_start_without_room_leaves_no_half_imported_hall)
{
    struct fixture f;
    fixture_init(&f);
    int fd = mkstemp(control);
    close(fd);
    setenv("FAILSYNC_CONTROL", control, 1);
    setenv("FAILSYNC_DIR", f.dir, 1);
    fixture_must_open(&f); /* makes the files */
    fixture_kill(&f);
    char *command = alloc_format("rm -rf %s/*", f.dir);
    ck_assert_int_eq(system(command), 0);
    free(command);
    char why[200];
    struct loop *loop = loop_new();
    struct engine *e;
    ck_assert_int_eq(engine_open(loop, &f.options, &e, why), 0);
    disk("write ENOSPC");
    ck_assert_int_eq(engine_start(e, why), HALL_E_STORE_FAILED);
    engine_close(e);
    loop_free(loop);
    disk("");
    fixture_must_open(&f);
    ck_assert(engine_is_new(f.engine));
    close_failing(&f);
}
END_TEST

/* ---- backups and restores */

static char *backed_up(struct fixture *f)
{
    char *file = alloc_format("%s.backup", f->dir), why[200];
    ck_assert_int_eq(store_backup(f->engine->store, file, why), 0);
    return file;
}

static void on_copied(void *arg, int code, const char *why)
{
    ck_assert_msg(code == 0, "%s", why);
    loop_stop(arg, 7);
}

START_TEST(a_backup_is_made_beside_the_work_one_at_a_time)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 20);
    char *file = alloc_format("%s.backup", f.dir);
    ck_assert_int_eq(engine_backup(f.engine, file, on_copied, f.loop), 0);
    ck_assert_int_eq(engine_backup(f.engine, file, on_copied, f.loop), HALL_E_IN_USE);
    fill(&f, 1);
    ck_assert_int_eq(loop_run(f.loop), 7);
    ck_assert_int_eq(access(file, R_OK), 0);
    ck_assert_int_eq(engine_backup(f.engine, file, on_copied, f.loop), 0);
    fixture_close(&f); /* waits, and tells nobody */
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

static void run(const char *format, const char *dir)
{
    char *command = alloc_format(strcmp(format, "aside") == 0
                                     ? "cd %s && mv journal.db journal.db.before-1 && "
                                       "{ test ! -f journal.db-wal || mv journal.db-wal journal.db.before-1-wal; }"
                                     : "cd %s && rm -rf journal.db* snapshot restored",
                                 dir);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static int number_of(struct said said)
{
    ck_assert_int_eq(said.code, 0);
    return atoi(said.number + 1);
}

static void restore(struct fixture *f, const char *file)
{
    f->options.restore = file;
    fixture_must_open(f);
    f->options.restore = NULL;
}

START_TEST(a_restored_hall_begins_an_epoch_and_jumps_over_what_may_be_printed)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 5);
    uint64_t epoch = hall_epoch(f.engine->committed);
    char *file = backed_up(&f);
    fill(&f, 120); /* printed, and lost with the disk */
    fixture_kill(&f);
    run("gone", f.dir);
    restore(&f, file);
    ck_assert_uint_ne(hall_epoch(f.engine->committed), epoch);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 200);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE_B, NULL)), 200);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 201);
    struct buf live = fixture_state(&f);
    epoch = hall_epoch(f.engine->committed);
    fixture_kill(&f);
    fixture_must_open(&f); /* and only once */
    fixture_check_same(live, fixture_state(&f));
    ck_assert_uint_eq(hall_epoch(f.engine->committed), epoch);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(yesterdays_backup_restored_never_repeats_todays_numbers)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 250);
    char *file = backed_up(&f);
    fixture_pass((int64_t)86400000);
    fill(&f, 330); /* today's, lost */
    fixture_kill(&f);
    run("gone", f.dir);
    restore(&f, file);
    ck_assert_int_gt(number_of(fixture_do(&f, "li", ISSUE, NULL)), 330);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_journal_that_was_moved_aside_tells_the_last_number)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 5);
    char *file = backed_up(&f);
    fill(&f, 700);
    fixture_kill(&f);
    run("aside", f.dir);
    restore(&f, file);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 900);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(the_operator_may_say_the_last_number)
{
    struct fixture f;
    fixture_init(&f);
    fixture_must_open(&f);
    char *file = backed_up(&f);
    fixture_kill(&f);
    run("gone", f.dir);
    f.options.restore_last = 1234;
    restore(&f, file);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 1235);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_journal_with_events_is_never_replaced)
{
    struct fixture f;
    char why[200];
    fixture_init(&f);
    fixture_must_open(&f);
    char *file = backed_up(&f);
    fill(&f, 1);
    struct buf live = fixture_state(&f);
    fixture_kill(&f);
    f.options.restore = file;
    ck_assert_int_eq(fixture_open(&f, why), HALL_E_IN_USE);
    f.options.restore = NULL;
    fixture_must_open(&f);
    fixture_check_same(live, fixture_state(&f));
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_crash_between_the_copy_and_the_jump_forgets_nothing)
{
    struct fixture f;
    char why[200];
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 5);
    char *file = backed_up(&f);
    fixture_kill(&f);
    run("gone", f.dir);
    f.options.restore = file;
    struct loop *loop = loop_new();
    struct engine *e;
    ck_assert_int_eq(engine_open(loop, &f.options, &e, why), 0);
    e->stop[ENGINE_FAILED] = true; /* as if killed here */
    engine_close(e);
    loop_free(loop);
    f.options.restore = NULL;
    fixture_must_open(&f);
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 200);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_damaged_backup_is_refused_and_leaves_the_folder_empty)
{
    struct fixture f;
    char why[200];
    fixture_init(&f);
    fixture_must_open(&f);
    fill(&f, 50);
    char *file = backed_up(&f);
    fixture_kill(&f);
    run("gone", f.dir);
    FILE *out = fopen(file, "r+");
    ck_assert_ptr_nonnull(out);
    fseek(out, -3000, SEEK_END);
    fputs("nobody was here before me", out);
    fclose(out);
    f.options.restore = file;
    ck_assert_int_ne(fixture_open(&f, why), 0);
    f.options.restore = NULL;
    fixture_must_open(&f);
    ck_assert(engine_is_new(f.engine));
    ck_assert_int_eq(number_of(fixture_do(&f, "li", ISSUE, NULL)), 1);
    unlink(file);
    free(file);
    fixture_fini(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("engine_disk");
    TCase *t = tcase_create("engine_disk");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_full_disk_undoes_the_batch_and_what_was_decided_after_it);
    tcase_add_test(t, with_a_full_disk_reads_go_on_and_writes_come_back_with_room);
    tcase_add_loop_test(t, a_clock_is_accepted_only_when_that_is_on_disk, 0, 2);
    tcase_add_test(t, a_clock_accepted_at_every_start_is_accepted_when_there_is_room_again);
    tcase_add_test(t, little_space_left_refuses_before_deciding);
    tcase_add_test(t, a_failing_sync_ends_the_process_and_the_disk_decides);
    tcase_add_test(t, a_first_start_without_room_leaves_no_half_imported_hall);
    tcase_add_test(t, a_backup_is_made_beside_the_work_one_at_a_time);
    tcase_add_test(t, a_restored_hall_begins_an_epoch_and_jumps_over_what_may_be_printed);
    tcase_add_test(t, yesterdays_backup_restored_never_repeats_todays_numbers);
    tcase_add_test(t, a_journal_that_was_moved_aside_tells_the_last_number);
    tcase_add_test(t, the_operator_may_say_the_last_number);
    tcase_add_test(t, a_journal_with_events_is_never_replaced);
    tcase_add_test(t, a_crash_between_the_copy_and_the_jump_forgets_nothing);
    tcase_add_test(t, a_damaged_backup_is_refused_and_leaves_the_folder_empty);
    suite_add_tcase(s, t);
    return suite_run(s);
}
