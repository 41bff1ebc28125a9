#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "store/journal.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "tests/lib/suite.h"

/* Each case has a folder of its own; the store stands in folder/data, which it makes. */
static char folder[64], dir[80], file[100];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_store.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(dir, sizeof dir, "%s/data", folder);
    snprintf(file, sizeof file, "%s/journal.db", dir);
}

static void remove_folder(void)
{
    char *command = alloc_format("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static struct store *open_store(void)
{
    struct store *s = NULL;
    char why[200] = "";
    int code = store_open(dir, &s, why);
    ck_assert_msg(code == 0, "%s", why);
    return s;
}

static void add_event(struct store_batch *b, uint64_t seq)
{
    Halld__Event event = HALLD__EVENT__INIT;
    Halld__TicketCancelled body = HALLD__TICKET_CANCELLED__INIT;
    char reason[40];
    snprintf(reason, sizeof reason, "reason %llu", (unsigned long long)seq);
    body.ticket = seq;
    body.reason = reason;
    event.seq = seq;
    event.at = 1795396323000 + (int64_t)seq;
    event.day = 20261123;
    event.body_case = HALLD__EVENT__BODY_TICKET_CANCELLED;
    event.ticket_cancelled = &body;
    store_batch_add_event(b, &event);
}

static int write_events(struct store *s, uint64_t from, uint64_t to)
{
    struct store_batch *b = store_batch_new();
    for (uint64_t seq = from; seq <= to; seq++)
        add_event(b, seq);
    store_write_take(s, b);
    ck_assert(store_is_busy(s));
    return store_wait(s);
}

struct seen {
    uint64_t n, first, last, stop_at;
};

static int see_event(void *arg, const Halld__Event *event)
{
    struct seen *seen = arg;
    char reason[40];
    snprintf(reason, sizeof reason, "reason %llu", (unsigned long long)event->seq);
    ck_assert_int_eq(event->body_case, HALLD__EVENT__BODY_TICKET_CANCELLED);
    ck_assert_str_eq(event->ticket_cancelled->reason, reason);
    if (seen->n++ == 0)
        seen->first = event->seq;
    seen->last = event->seq;
    return event->seq == seen->stop_at ? 77 : 0;
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    char *error = NULL;
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
    sqlite3_close(db);
}

/* ---- events ---- */

START_TEST(events_come_back_in_order_after_reopening)
{
    struct store *s = open_store();
    ck_assert_uint_eq(store_last_seq(s), 0);
    ck_assert_int_eq(write_events(s, 1, 3), 0);
    ck_assert(!store_is_busy(s));
    ck_assert_int_eq(write_events(s, 4, 100), 0);
    ck_assert_uint_eq(store_last_seq(s), 100);
    store_close(s);
    s = open_store();
    ck_assert_uint_eq(store_last_seq(s), 100);
    ck_assert_int_eq(write_events(s, 101, 101), 0);
    struct seen seen = {0};
    ck_assert_int_eq(store_read(s, 1, UINT64_MAX, see_event, &seen), 0);
    ck_assert_uint_eq(seen.n, 101);
    ck_assert_uint_eq(seen.last, 101);
    store_close(s);
}
END_TEST

START_TEST(reading_keeps_to_its_range_and_stops_when_told)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 1, 50), 0);
    struct seen some = {0}, stopped = {.stop_at = 20}, none = {0};
    ck_assert_int_eq(store_read(s, 10, 12, see_event, &some), 0);
    ck_assert_uint_eq(some.first, 10);
    ck_assert_uint_eq(some.n, 3);
    ck_assert_int_eq(store_read(s, 1, 50, see_event, &stopped), 77);
    ck_assert_uint_eq(stopped.n, 20);
    ck_assert_int_eq(store_read(s, 51, UINT64_MAX, see_event, &none), 0);
    ck_assert_int_eq(store_read(s, 12, 10, see_event, &none), 0);
    ck_assert_uint_eq(none.n, 0);
    store_close(s);
}
END_TEST

START_TEST(a_batch_that_leaves_a_gap_is_refused_and_changes_nothing)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 2, 3), HALL_E_INTERNAL);
    ck_assert_int_eq(write_events(s, 1, 3), 0);
    ck_assert_int_eq(write_events(s, 3, 4), HALL_E_INTERNAL);
    struct store_batch *b = store_batch_new();
    add_event(b, 4);
    add_event(b, 6);
    store_write_take(s, b);
    ck_assert_int_eq(store_wait(s), HALL_E_INTERNAL);
    ck_assert_uint_eq(store_last_seq(s), 3);
    ck_assert_int_eq(store_state(s), 0);
    ck_assert_int_eq(write_events(s, 4, 4), 0);
    store_close(s);
}
END_TEST

START_TEST(the_head_is_the_hash_of_the_head_before_and_the_bytes)
{
    struct store *s = open_store();
    uint8_t head[32], zeros[32] = {0}, expected[32];
    struct store_batch *b = store_batch_new();
    add_event(b, 1);
    journal_chain(zeros, b->rows[0].data, b->rows[0].len, expected);
    store_write_take(s, b);
    ck_assert_int_eq(store_wait(s), 0);
    ck_assert(store_head(s, 0, head));
    ck_assert_mem_eq(head, zeros, 32);
    ck_assert(store_head(s, 1, head));
    ck_assert_mem_eq(head, expected, 32);
    ck_assert(!store_head(s, 2, head));
    ck_assert(!store_head(s, UINT64_MAX, head));
    store_close(s);
}
END_TEST

START_TEST(an_event_larger_than_the_reading_arena_comes_back)
{
    struct store *s = open_store();
    struct store_batch *b = store_batch_new();
    Halld__Event event = HALLD__EVENT__INIT;
    Halld__TicketCancelled body = HALLD__TICKET_CANCELLED__INIT;
    body.reason = alloc_zero(100001);
    memset(body.reason, 'x', 100000);
    event.seq = 1;
    event.body_case = HALLD__EVENT__BODY_TICKET_CANCELLED;
    event.ticket_cancelled = &body;
    store_batch_add_event(b, &event);
    add_event(b, 2);
    store_write_take(s, b);
    ck_assert_int_eq(store_wait(s), 0);
    struct seen seen = {0};
    free(body.reason);
    ck_assert_int_eq(store_read(s, 2, 2, see_event, &seen), 0);
    struct journal *j;
    char why[200];
    ck_assert_int_eq(journal_open(file, &j, why), 0);
    journal_close(j);
    store_close(s);
}
END_TEST

/* ---- who may open it ---- */

START_TEST(the_folder_and_its_files_belong_to_their_owner_alone)
{
    struct store *s = open_store();
    static const char *const names[] = {"journal.db", "journal.db-wal", "lock"};
    struct stat st;
    ck_assert_int_eq(stat(dir, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0700);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *name = alloc_format("%s/%s", dir, names[i]);
        ck_assert_msg(stat(name, &st) == 0, "%s", name);
        ck_assert_int_eq(st.st_mode & 0777, 0600);
        free(name);
    }
    store_close(s);
}
END_TEST

START_TEST(a_second_daemon_is_refused_and_told_the_first_ones_pid)
{
    struct store *s = open_store(), *second = NULL;
    char why[200] = "", pid[32];
    snprintf(pid, sizeof pid, "pid %d", (int)getpid());
    ck_assert_int_eq(store_open(dir, &second, why), HALL_E_IN_USE);
    ck_assert_msg(strstr(why, pid) != NULL, "%s", why);
    ck_assert_int_eq(store_restore(dir, file, why), HALL_E_IN_USE);
    store_close(s);
    store_close(open_store());
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_told)
{
    struct store *s = NULL;
    char why[200] = "", *name = alloc_format("%s/none/data", folder);
    ck_assert_int_eq(store_open(name, &s, why), HALL_E_STORE_FAILED);
    ck_assert_msg(strstr(why, name) != NULL, "%s", why);
    ck_assert_ptr_null(s);
    free(name);
}
END_TEST

START_TEST(an_empty_file_of_version_0_becomes_a_journal)
{
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    run_sql("PRAGMA user_version=0");
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 1, 1), 0);
    store_close(s);
}
END_TEST

START_TEST(a_file_of_a_newer_version_or_of_something_else_is_refused)
{
    struct store *s = NULL;
    char why[200] = "";
    store_close(open_store());
    run_sql("PRAGMA user_version=1000");
    ck_assert_int_eq(store_open(dir, &s, why), HALL_E_STORE_FAILED);
    ck_assert_msg(strstr(why, "newer") != NULL, "%s", why);
    run_sql("PRAGMA application_id=7");
    ck_assert_int_eq(store_open(dir, &s, why), HALL_E_STORE_FAILED);
    ck_assert_msg(strstr(why, "not a journal") != NULL, "%s", why);
    ck_assert_ptr_null(s);
}
END_TEST

/* ---- damage ---- */

START_TEST(a_flipped_byte_is_found_and_what_follows_is_not_served)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 1, 500), 0);
    store_close(s);
    run_sql("UPDATE event SET data = replace(data, CAST('reason 300' AS BLOB), CAST('reason 3oo' AS BLOB))"
            " WHERE seq = 300");
    s = open_store();
    struct seen seen = {0}, after = {0};
    ck_assert_int_eq(store_read(s, 1, UINT64_MAX, see_event, &seen), HALL_E_STORE_FAILED);
    ck_assert_uint_eq(seen.last, 299);
    ck_assert_int_eq(store_read(s, 300, 300, see_event, &after), HALL_E_STORE_FAILED);
    ck_assert_uint_eq(after.n, 0);
    struct journal *j;
    struct journal_fault fault;
    char why[200];
    ck_assert_int_eq(journal_open(file, &j, why), 0);
    ck_assert_int_eq(journal_read(j, 1, 500, see_event, &after, &fault), HALL_E_STORE_FAILED);
    ck_assert_uint_eq(fault.seq, 300);
    journal_close(j);
    store_close(s);
}
END_TEST

/* Any byte of the file may flip: what is read is either right or refused. */
START_TEST(no_flipped_byte_anywhere_in_the_file_is_served)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 1, 150), 0);
    store_close(s);
    int fd = open(file, O_RDWR);
    struct stat st;
    ck_assert_int_eq(fstat(fd, &st), 0);
    int refused = 0;
    for (off_t at = 0; at < st.st_size; at += 97) {
        uint8_t byte, flipped;
        ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
        flipped = byte ^ 0x10;
        ck_assert_int_eq(pwrite(fd, &flipped, 1, at), 1);
        struct journal *j = NULL;
        struct journal_fault fault;
        struct seen seen = {0};
        char why[200];
        if (journal_open(file, &j, why) != 0 || journal_read(j, 1, 150, see_event, &seen, &fault) != 0)
            refused++;
        else if (seen.n != 150)
            refused++; /* a shorter journal is seen by its head */
        journal_close(j);
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    ck_assert_int_gt(refused, 50);
}
END_TEST

START_TEST(a_missing_row_is_found)
{
    struct store *s = open_store();
    ck_assert_int_eq(write_events(s, 1, 9), 0);
    store_close(s);
    run_sql("DELETE FROM event WHERE seq = 4");
    s = open_store();
    struct seen seen = {0};
    ck_assert_int_eq(store_read(s, 1, 9, see_event, &seen), HALL_E_STORE_FAILED);
    ck_assert_uint_eq(seen.last, 3);
    ck_assert_int_eq(store_read(s, 5, 9, see_event, &seen), HALL_E_STORE_FAILED);
    store_close(s);
}
END_TEST

START_TEST(nothing_is_chained_to_a_damaged_last_event)
{
    struct store *s = open_store();
    char why[200] = "";
    ck_assert_int_eq(write_events(s, 1, 9), 0);
    store_close(s);
    run_sql("UPDATE event SET chain = zeroblob(32) WHERE seq = 9");
    s = NULL;
    ck_assert_int_eq(store_open(dir, &s, why), HALL_E_STORE_FAILED);
    ck_assert_msg(strstr(why, "event 9:") != NULL, "%s", why);
}
END_TEST

/* ---- beside the events ---- */

static void count_session(void *arg, const struct session_row *row)
{
    int *n = arg;
    ck_assert_str_eq(row->user, "chuangkou1");
    ck_assert_str_eq(row->csrf, "c");
    ck_assert_int_eq(row->hash[0], 1);
    ++*n;
}

START_TEST(secrets_and_sessions_survive)
{
    struct store *s = open_store();
    struct store_batch *b = store_batch_new();
    uint8_t ref[16] = {7}, other[16] = {8};
    add_event(b, 1);
    store_batch_add_secret(b, ref, "old");
    store_batch_add_secret(b, ref, "$argon2id$...");
    store_write_take(s, b);
    ck_assert_int_eq(store_wait(s), 0);
    struct session_row stays = {{1}, "chuangkou1", "c", 1000, 9000}, goes = {{2}, "x", "y", 1000, 9000};
    struct session_row over = {{3}, "x", "y", 10, 1000};
    store_put_session(s, &over);
    store_put_session(s, &goes);
    store_put_session(s, &stays);
    store_drop_session(s, goes.hash);
    store_close(s);
    s = open_store();
    char *value = store_secret_find(s, ref);
    ck_assert_str_eq(value, "$argon2id$...");
    free(value);
    ck_assert_ptr_null(store_secret_find(s, other));
    int n = 0;
    ck_assert_int_eq(store_read_sessions(s, count_session, &n), 0);
    ck_assert_int_eq(n, 1);
    store_close(s);
}
END_TEST

struct security_seen {
    int n;
    int64_t first_at;
    char what[500];
};

static void see_security(void *arg, const struct security_row *row)
{
    struct security_seen *seen = arg;
    if (seen->n++ == 0) {
        seen->first_at = row->at;
        snprintf(seen->what, sizeof seen->what, "%s", row->what);
    }
    ck_assert_str_eq(row->kind, "login_refused");
}

static struct security_seen read_security(struct store *s, int64_t from, int64_t to, size_t most)
{
    struct security_seen seen = {0};
    ck_assert_int_eq(store_read_security(s, from, to, most, see_security, &seen), 0);
    return seen;
}

START_TEST(the_security_log_is_written_without_a_batch_within_a_second)
{
    struct store *s = open_store();
    struct pollfd p = {.fd = store_fd(s), .events = POLLIN};
    store_log_security(s, 5000, "login_refused", "zhang", "10.0.0.1", "wrong password");
    ck_assert_int_eq(poll(&p, 1, 1000), 1);
    ck_assert_ptr_null(store_finished(s));
    ck_assert_int_eq(read_security(s, 0, 10000, 10).n, 1);
    store_close(s);
}
END_TEST

START_TEST(the_security_log_rides_with_a_batch_and_gives_the_newest_first)
{
    struct store *s = open_store();
    for (int i = 1; i <= 5; i++)
        store_log_security(s, i, "login_refused", "zhang", "", "");
    ck_assert_int_eq(write_events(s, 1, 1), 0);
    ck_assert_int_eq(read_security(s, 0, 10000, 10).n, 5);
    struct security_seen seen = read_security(s, 2, 4, 2);
    ck_assert_int_eq(seen.n, 2);
    ck_assert_int_eq(seen.first_at, 4);
    store_close(s);
}
END_TEST

START_TEST(the_security_log_is_kept_180_days_and_not_for_ever)
{
    struct store *s = open_store();
    const int64_t day = 86400000;
    for (int i = 0; i <= 200; i++)
        store_log_security(s, 1000 * day + i * day, "login_refused", "", "", "");
    store_flush(s);
    struct security_seen seen = read_security(s, 0, INT64_MAX, 1000);
    ck_assert_int_ge(seen.n, 181);
    ck_assert_int_le(seen.n, 192);
    ck_assert_int_eq(seen.first_at, 1200 * day);
    store_close(s);
}
END_TEST

START_TEST(an_over_long_text_in_the_security_log_is_cut_between_characters)
{
    struct store *s = open_store();
    char text[1200] = "";
    for (int i = 0; i < 300; i++)
        strcat(text, "窗");
    store_log_security(s, 1, "login_refused", "", "", text);
    store_flush(s);
    struct security_seen seen = read_security(s, 0, 10, 10);
    ck_assert_uint_eq(strlen(seen.what), 399);
    ck_assert(memcmp(seen.what, text, 399) == 0);
    store_log_security(s, 2, "login_refused", NULL, NULL, text + 1);
    store_flush(s);
    ck_assert_uint_eq(strlen(read_security(s, 2, 10, 10).what) % 3, 2);
    store_close(s);
}
END_TEST

START_TEST(a_flood_of_security_rows_neither_blocks_nor_grows_without_end)
{
    struct store *s = open_store();
    for (int i = 0; i < 30000; i++)
        store_log_security(s, i, "login_refused", "flood", "", "");
    store_flush(s);
    ck_assert_int_ge(read_security(s, 0, 100000, 100000).n, 10000);
    store_close(s);
}
END_TEST

/* ---- backups ---- */

START_TEST(a_backup_is_complete_and_opens)
{
    struct store *s = open_store();
    char why[200] = "", *copy = alloc_format("%s/copy.db", folder), *part = alloc_format("%s.part", copy);
    ck_assert_int_eq(write_events(s, 1, 700), 0);
    ck_assert_msg(store_backup(s, copy, why) == 0, "%s", why);
    ck_assert_int_eq(write_events(s, 701, 702), 0);
    ck_assert_int_eq(access(part, F_OK), -1);
    struct stat st;
    ck_assert_int_eq(stat(copy, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    struct journal *j;
    struct journal_tail tail;
    struct journal_fault fault;
    struct seen seen = {0};
    uint8_t head[32];
    ck_assert_msg(journal_open(copy, &j, why) == 0, "%s", why);
    ck_assert_int_eq(journal_last(j, &tail, &fault), 0);
    ck_assert_uint_eq(tail.seq, 700);
    ck_assert(store_head(s, 700, head));
    ck_assert_mem_eq(head, tail.head, 32);
    ck_assert_int_eq(journal_read(j, 1, UINT64_MAX, see_event, &seen, &fault), 0);
    ck_assert_uint_eq(seen.n, 700);
    journal_close(j);
    ck_assert_int_eq(store_backup(s, "/none/copy.db", why), HALL_E_STORE_FAILED);
    store_close(s);
    free(part);
    free(copy);
}
END_TEST

START_TEST(a_restored_backup_replaces_the_journal_and_keeps_the_old_one)
{
    struct store *s = open_store();
    char why[200] = "", *copy = alloc_format("%s/copy.db", folder);
    ck_assert_int_eq(write_events(s, 1, 10), 0);
    ck_assert_int_eq(store_backup(s, copy, why), 0);
    ck_assert_int_eq(write_events(s, 11, 20), 0);
    store_close(s);
    ck_assert_msg(store_restore(dir, copy, why) == 0, "%s", why);
    s = open_store();
    ck_assert_uint_eq(store_last_seq(s), 10);
    ck_assert_int_eq(write_events(s, 11, 11), 0);
    store_close(s);
    char *old = alloc_format("test $(ls %s | grep -c before-) = 1", dir);
    ck_assert_int_eq(system(old), 0);
    free(old);
    free(copy);
}
END_TEST

START_TEST(a_damaged_backup_is_not_restored)
{
    struct store *s = open_store();
    char why[200] = "", *copy = alloc_format("%s/copy.db", folder), *damage;
    ck_assert_int_eq(write_events(s, 1, 10), 0);
    ck_assert_int_eq(store_backup(s, copy, why), 0);
    store_close(s);
    damage = alloc_format("sed -i 's/reason 5/reason 6/' %s", copy);
    ck_assert_int_eq(system(damage), 0);
    ck_assert_int_eq(store_restore(dir, copy, why), HALL_E_STORE_FAILED);
    ck_assert_msg(strstr(why, "event 5") != NULL, "%s", why);
    s = open_store();
    ck_assert_uint_eq(store_last_seq(s), 10);
    store_close(s);
    free(damage);
    free(copy);
}
END_TEST

/* ---- snapshots ---- */

static int save(struct store *s, uint64_t seq, const char *extra)
{
    Halld__Snapshot hall = HALLD__SNAPSHOT__INIT;
    uint8_t head[32];
    hall.seq = seq;
    hall.at = 4711 + (int64_t)seq;
    ck_assert(store_head(s, seq, head));
    return snapshot_save(dir, &hall, head, extra, strlen(extra));
}

START_TEST(the_newest_snapshot_comes_back_with_its_second_part)
{
    struct store *s = open_store();
    struct snapshot_file f = {0};
    ck_assert(!snapshot_load(dir, s, &f));
    ck_assert_int_eq(write_events(s, 1, 30), 0);
    ck_assert_int_eq(save(s, 9, "nine"), 0);
    ck_assert_int_eq(save(s, 10, "ten"), 0);
    ck_assert_int_eq(save(s, 30, ""), 0);
    ck_assert(snapshot_load(dir, s, &f));
    ck_assert_uint_eq(f.hall->seq, 30);
    ck_assert_uint_eq(f.extra_len, 0);
    snapshot_file_fini(&f);
    char *newest = alloc_format("%s/snapshot/30.snap", dir), *oldest = alloc_format("%s/snapshot/9.snap", dir);
    ck_assert_int_eq(access(oldest, F_OK), -1);
    ck_assert_int_eq(unlink(newest), 0);
    ck_assert(snapshot_load(dir, s, &f));
    ck_assert_uint_eq(f.hall->seq, 10);
    ck_assert_int_eq(f.hall->at, 4721);
    ck_assert_uint_eq(f.extra_len, 3);
    ck_assert_mem_eq(f.extra, "ten", 3);
    snapshot_file_fini(&f);
    free(newest);
    free(oldest);
    store_close(s);
}
END_TEST

START_TEST(a_snapshot_that_does_not_match_the_journal_is_ignored)
{
    struct store *s = open_store();
    struct snapshot_file f = {0};
    Halld__Snapshot hall = HALLD__SNAPSHOT__INIT;
    uint8_t wrong[32] = {1};
    ck_assert_int_eq(write_events(s, 1, 5), 0);
    hall.seq = 5;
    ck_assert_int_eq(snapshot_save(dir, &hall, wrong, "", 0), 0);
    ck_assert(!snapshot_load(dir, s, &f));
    hall.seq = 6; /* ahead of the journal */
    ck_assert_int_eq(snapshot_save(dir, &hall, wrong, "", 0), 0);
    ck_assert(!snapshot_load(dir, s, &f));
    ck_assert_int_eq(save(s, 4, "fits"), 0); /* older than both: removed at once, they are the newest two */
    ck_assert(!snapshot_load(dir, s, &f));
    store_close(s);
}
END_TEST

START_TEST(a_snapshot_with_a_flipped_or_missing_byte_is_ignored)
{
    struct store *s = open_store();
    struct snapshot_file f = {0};
    char *name = alloc_format("%s/snapshot/5.snap", dir);
    ck_assert_int_eq(write_events(s, 1, 5), 0);
    ck_assert_int_eq(save(s, 5, "extra"), 0);
    struct stat st;
    ck_assert_int_eq(stat(name, &st), 0);
    int fd = open(name, O_RDWR);
    for (off_t at = 0; at < st.st_size; at++) {
        uint8_t byte, flipped;
        ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
        flipped = byte ^ 1;
        ck_assert_int_eq(pwrite(fd, &flipped, 1, at), 1);
        ck_assert(!snapshot_load(dir, s, &f));
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
    ck_assert(snapshot_load(dir, s, &f));
    snapshot_file_fini(&f);
    for (off_t len = st.st_size - 1; len >= 0; len--) {
        ck_assert_int_eq(ftruncate(fd, len), 0);
        ck_assert(!snapshot_load(dir, s, &f));
    }
    close(fd);
    free(name);
    store_close(s);
}
END_TEST

int main(void)
{
    log_set_level(0); /* the cases provoke what would be logged */
    Suite *suite = suite_create("store");
    TCase *t = tcase_create("store");
    tcase_add_checked_fixture(t, make_folder, remove_folder);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, events_come_back_in_order_after_reopening);
    tcase_add_test(t, reading_keeps_to_its_range_and_stops_when_told);
    tcase_add_test(t, a_batch_that_leaves_a_gap_is_refused_and_changes_nothing);
    tcase_add_test(t, the_head_is_the_hash_of_the_head_before_and_the_bytes);
    tcase_add_test(t, an_event_larger_than_the_reading_arena_comes_back);
    tcase_add_test(t, the_folder_and_its_files_belong_to_their_owner_alone);
    tcase_add_test(t, a_second_daemon_is_refused_and_told_the_first_ones_pid);
    tcase_add_test(t, a_folder_that_cannot_be_made_is_told);
    tcase_add_test(t, an_empty_file_of_version_0_becomes_a_journal);
    tcase_add_test(t, a_file_of_a_newer_version_or_of_something_else_is_refused);
    tcase_add_test(t, a_flipped_byte_is_found_and_what_follows_is_not_served);
    tcase_add_test(t, no_flipped_byte_anywhere_in_the_file_is_served);
    tcase_add_test(t, a_missing_row_is_found);
    tcase_add_test(t, nothing_is_chained_to_a_damaged_last_event);
    tcase_add_test(t, secrets_and_sessions_survive);
    tcase_add_test(t, the_security_log_is_written_without_a_batch_within_a_second);
    tcase_add_test(t, the_security_log_rides_with_a_batch_and_gives_the_newest_first);
    tcase_add_test(t, the_security_log_is_kept_180_days_and_not_for_ever);
    tcase_add_test(t, an_over_long_text_in_the_security_log_is_cut_between_characters);
    tcase_add_test(t, a_flood_of_security_rows_neither_blocks_nor_grows_without_end);
    tcase_add_test(t, a_backup_is_complete_and_opens);
    tcase_add_test(t, a_restored_backup_replaces_the_journal_and_keeps_the_old_one);
    tcase_add_test(t, a_damaged_backup_is_not_restored);
    tcase_add_test(t, the_newest_snapshot_comes_back_with_its_second_part);
    tcase_add_test(t, a_snapshot_that_does_not_match_the_journal_is_ignored);
    tcase_add_test(t, a_snapshot_with_a_flipped_or_missing_byte_is_ignored);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
