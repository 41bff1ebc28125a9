/* Personal data beside the journal: sealed, opened, erased, let go of. */
#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "store/sealed.h"
#include "tests/lib/suite.h"

enum { TODAY = 20261123 };

static const uint8_t ANNA[SEALED_REF] = {1, 2, 3}, BERTA[SEALED_REF] = {9};
static const char NAME[] = "欧阳娜娜，天桥街三号";

static char folder[64], dir[80], file[100];
static struct store *store;

static void open_again(void)
{
    char why[200] = "";
    if (store)
        store_close(store);
    ck_assert_msg(store_open(dir, &store, why) == 0, "%s", why);
}

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_sealed.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(dir, sizeof dir, "%s/data", folder);
    snprintf(file, sizeof file, "%s/journal.db", dir);
    log_set_level(0); /* the cases provoke what would be logged */
    open_again();
}

static void teardown(void)
{
    store_close(store);
    store = NULL;
    char *command = alloc_format("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static int finish(struct store_batch *b)
{
    store_write_take(store, b);
    return store_wait(store);
}

static void seal(const uint8_t *ref, const char *field, int32_t day, int64_t expires_at, const char *text)
{
    struct store_batch *b = store_batch_new();
    struct sealing what = {.ref = ref, .field = field, .day = day, .expires_at = expires_at, .text = text};
    ck_assert_int_eq(store_seal(store, b, &what), 0);
    ck_assert_int_eq(finish(b), 0);
}

static void erase(const uint8_t *ref, const char *field)
{
    struct store_batch *b = store_batch_new();
    store_batch_add_erasure(b, ref, field);
    ck_assert_int_eq(finish(b), 0);
}

static void opens(const uint8_t *ref, const char *field, const char *text)
{
    char *clear = NULL;
    ck_assert_int_eq(store_unseal(store, ref, field, &clear), 0);
    ck_assert_str_eq(clear, text);
    sealed_free(clear);
}

static void opens_not(const uint8_t *ref, const char *field, int code)
{
    char *clear = NULL;
    ck_assert_int_eq(store_unseal(store, ref, field, &clear), code);
    ck_assert_ptr_null(clear);
}

/* As somebody with the file would do it. */
static void run_sql(const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
    sqlite3_close(db);
}

static int count(const char *table)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    char *sql = alloc_format("SELECT count(*) FROM %s", table);
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
    int n = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    free(sql);
    return n;
}

/* The writer may be behind: a day's first row is not on disk when the next day is sealed and then this one again. */
START_TEST(a_day_has_one_key_while_its_first_row_is_on_its_way)
{
    const int32_t days[] = {TODAY, TODAY + 1, TODAY};
    const char *fields[] = {"a", "b", "c"};
    struct store_batch *b[3];
    for (int i = 0; i < 3; i++) {
        b[i] = store_batch_new();
        struct sealing what = {.ref = ANNA, .field = fields[i], .day = days[i], .expires_at = INT64_MAX, .text = NAME};
        ck_assert_int_eq(store_seal(store, b[i], &what), 0);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(finish(b[i]), 0);
    ck_assert_int_eq(count("day_key"), 2);
    for (int i = 0; i < 3; i++)
        opens(ANNA, fields[i], NAME);
    open_again();
    for (int i = 0; i < 3; i++)
        opens(ANNA, fields[i], NAME);
}
END_TEST

START_TEST(what_is_sealed_opens_also_after_a_restart)
{
    seal(ANNA, "name", TODAY, INT64_MAX, NAME);
    opens(ANNA, "name", NAME);
    open_again();
    opens(ANNA, "name", NAME);
    opens_not(ANNA, "phone", HALL_E_NOT_FOUND);
    opens_not(BERTA, "name", HALL_E_NOT_FOUND);
    seal(ANNA, "name", TODAY, INT64_MAX, ""); /* given again: the last one counts */
    opens(ANNA, "name", "");
}
END_TEST

START_TEST(no_file_has_the_clear_text_and_the_key_is_the_machines_own)
{
    struct stat st;
    seal(ANNA, "name", TODAY, INT64_MAX, NAME);
    char *command = alloc_format("grep -rqa '天桥街' %s", folder), *key = alloc_format("%s/machine.key", dir);
    ck_assert_int_ne(system(command), 0);
    ck_assert_int_eq(stat(key, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(st.st_size, 32);
    store_close(store);
    store = NULL;
    ck_assert_int_ne(system(command), 0);
    ck_assert_int_eq(unlink(key), 0); /* another machine, with the journal's backup */
    open_again();
    opens_not(ANNA, "name", HALL_E_STORE_FAILED);
    free(command);
    free(key);
}
END_TEST

START_TEST(a_row_that_is_changed_or_moved_does_not_open)
{
    seal(ANNA, "name", TODAY, INT64_MAX, NAME);
    seal(ANNA, "phone", TODAY, INT64_MAX, "13800000000");
    run_sql("UPDATE sealed SET field = 'address' WHERE field = 'phone'");
    opens_not(ANNA, "address", HALL_E_STORE_FAILED);
    run_sql("UPDATE sealed SET ref = x'09000000000000000000000000000000' WHERE field = 'name'");
    opens_not(BERTA, "name", HALL_E_STORE_FAILED);
    run_sql(
        "UPDATE sealed SET ref = x'01020300000000000000000000000000', ciphertext = zeroblob(40) WHERE field = 'name'");
    opens_not(ANNA, "name", HALL_E_STORE_FAILED);
    run_sql("UPDATE sealed SET ciphertext = x'00' WHERE field = 'name'");
    opens_not(ANNA, "name", HALL_E_STORE_FAILED);
}
END_TEST

START_TEST(what_is_erased_is_gone_and_may_be_erased_again)
{
    seal(ANNA, "name", TODAY, INT64_MAX, NAME);
    seal(ANNA, "phone", TODAY, INT64_MAX, "13800000000");
    seal(BERTA, "name", TODAY, INT64_MAX, "郭");
    erase(ANNA, "phone");
    opens_not(ANNA, "phone", HALL_E_NOT_FOUND);
    opens(ANNA, "name", NAME);
    erase(ANNA, "");
    erase(ANNA, "");
    opens_not(ANNA, "name", HALL_E_NOT_FOUND);
    opens(BERTA, "name", "郭");
}
END_TEST

/* Long things are copied by the writer: from the disk, and from what the same batch seals or copies. */
START_TEST(what_is_copied_opens_for_its_new_owner_alone)
{
    static const uint8_t carl[SEALED_REF] = {7};
    char bytes[] = "a\0b\0c", *clear = NULL;
    size_t len = 0;
    struct store_batch *b = store_batch_new();
    struct sealing what = {ANNA, "file", TODAY - 1, 5000, bytes, sizeof bytes};
    struct sealing to_berta = {BERTA, "file", TODAY, INT64_MAX, NULL, 0},
                   to_carl = {carl, "file", TODAY, INT64_MAX, NULL, 0};
    ck_assert_int_eq(store_batch_add_copy(store, b, NULL, &to_berta, ANNA), HALL_E_NOT_FOUND);
    ck_assert_int_eq(store_seal(store, b, &what), 0);
    ck_assert_int_eq(finish(b), 0);
    ck_assert(store_is_sealed(store, ANNA, "file") && !store_is_sealed(store, ANNA, "name"));
    ck_assert(store_is_sealed_until(store, ANNA, "file", 5000) && !store_is_sealed_until(store, ANNA, "file", 5001));
    b = store_batch_new();
    ck_assert_int_eq(store_batch_add_copy(store, b, NULL, &to_berta, ANNA), 0);
    ck_assert_int_eq(store_batch_add_copy(store, b, NULL, &to_carl, BERTA), 0);
    store_batch_add_erasure(b, ANNA, "");
    ck_assert_int_eq(store_batch_add_copy(store, b, NULL, &to_carl, ANNA), HALL_E_NOT_FOUND);
    ck_assert_int_eq(finish(b), 0);
    open_again();
    opens_not(ANNA, "file", HALL_E_NOT_FOUND);
    const uint8_t *owners[] = {BERTA, carl};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(store_unseal_bytes(store, owners[i], "file", &clear, &len), 0);
        ck_assert_uint_eq(len, sizeof bytes);
        ck_assert_mem_eq(clear, bytes, len);
        sealed_free_bytes(clear, len);
    }
    ck_assert(store_is_sealed(store, BERTA, "file") && !store_is_sealed(store, ANNA, "file"));
    run_sql("UPDATE sealed SET ciphertext = zeroblob(40) WHERE ref = x'09000000000000000000000000000000'");
    b = store_batch_new();
    ck_assert_int_eq(store_batch_add_copy(store, b, NULL, &to_carl, BERTA), 0);
    ck_assert_int_eq(finish(b), 0); /* said in the log; what is there stays */
    ck_assert_int_eq(store_unseal_bytes(store, carl, "file", &clear, &len), 0);
    sealed_free_bytes(clear, len);
}
END_TEST

START_TEST(keys_of_many_days_stay_right)
{
    enum { DAYS = 300 };
    struct store_batch *b = store_batch_new();
    char field[16], *clear;
    for (int i = 0; i < DAYS; i++) {
        snprintf(field, sizeof field, "f%d", i);
        struct sealing what = {ANNA, field, 20200000 + i, INT64_MAX, field, 0};
        ck_assert_int_eq(store_seal(store, b, &what), 0);
    }
    ck_assert_int_eq(finish(b), 0);
    ck_assert_int_eq(count("day_key"), DAYS);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < DAYS; i++) {
            snprintf(field, sizeof field, "f%d", i * 7 % DAYS);
            ck_assert_int_eq(store_unseal(store, ANNA, field, &clear), 0);
            ck_assert_str_eq(clear, field);
            sealed_free(clear);
        }
        open_again();
    }
}
END_TEST

START_TEST(what_has_expired_goes_and_with_the_last_row_the_days_key)
{
    seal(ANNA, "phone", TODAY - 2, 1000, "13800000000");
    seal(ANNA, "name", TODAY - 1, INT64_MAX, NAME);
    seal(BERTA, "phone", TODAY, 1000, "1");
    ck_assert_int_eq(count("day_key"), 3);
    store_forget_expired(store, 999, TODAY);
    store_flush(store);
    ck_assert_int_eq(count("sealed"), 3);
    store_forget_expired(store, 1000, TODAY);
    store_flush(store);
    ck_assert_int_eq(count("sealed"), 1);
    ck_assert_int_eq(count("day_key"), 2); /* that of today may be in use already */
    opens(ANNA, "name", NAME);
    seal(BERTA, "phone", TODAY - 2, INT64_MAX, "2"); /* a late one finds a key again */
    open_again();
    opens(BERTA, "phone", "2");
}
END_TEST

START_TEST(a_batch_that_is_refused_leaves_nothing)
{
    Halld__Event event = HALLD__EVENT__INIT;
    struct store_batch *b = store_batch_new();
    struct sealing what = {.ref = ANNA, .field = "name", .day = TODAY, .expires_at = INT64_MAX, .text = NAME};
    ck_assert_int_eq(store_seal(store, b, &what), 0);
    event.seq = 7; /* does not continue the journal */
    store_batch_add_event(b, &event);
    ck_assert_int_eq(finish(b), HALL_E_INTERNAL);
    opens_not(ANNA, "name", HALL_E_NOT_FOUND);
    ck_assert_int_eq(count("day_key"), 0);
    seal(ANNA, "name", TODAY, INT64_MAX, NAME); /* under the key that was made for the one refused */
    open_again();
    opens(ANNA, "name", NAME);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed");
    TCase *tc = tcase_create("sealed");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_day_has_one_key_while_its_first_row_is_on_its_way);
    tcase_add_test(tc, what_is_sealed_opens_also_after_a_restart);
    tcase_add_test(tc, no_file_has_the_clear_text_and_the_key_is_the_machines_own);
    tcase_add_test(tc, a_row_that_is_changed_or_moved_does_not_open);
    tcase_add_test(tc, what_is_erased_is_gone_and_may_be_erased_again);
    tcase_add_test(tc, what_is_copied_opens_for_its_new_owner_alone);
    tcase_add_test(tc, keys_of_many_days_stay_right);
    tcase_add_test(tc, what_has_expired_goes_and_with_the_last_row_the_days_key);
    tcase_add_test(tc, a_batch_that_is_refused_leaves_nothing);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
