#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/person.h"
#include "base/alloc.h"
#include "tests/lib/suite.h"

static char folder[] = "/tmp/check_person.XXXXXX";
static char *path;

static void set_up(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = alloc_format("%s/person.key", folder);
}

static void tear_down(void)
{
    unlink(path);
    rmdir(folder);
    free(path);
}

START_TEST(the_key_is_made_once_and_is_nobody_elses)
{
    uint8_t first[PERSON_HASH_BYTES], again[PERSON_HASH_BYTES], other[PERSON_HASH_BYTES];
    struct stat st;
    struct person_key *k = person_key_open(path);
    ck_assert_ptr_nonnull(k);
    ck_assert(person_hash(k, "13800000001", first));
    person_key_free(k);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(st.st_size, 32);
    k = person_key_open(path);
    ck_assert(person_hash(k, "13800000001", again));
    ck_assert_mem_eq(first, again, sizeof first);
    person_key_free(k);
    unlink(path);
    k = person_key_open(path);
    ck_assert(person_hash(k, "13800000001", other));
    ck_assert_mem_ne(first, other, sizeof first);
    person_key_free(k);
}
END_TEST

START_TEST(a_key_that_is_cut_is_not_replaced)
{
    person_key_free(person_key_open(path));
    ck_assert_int_eq(truncate(path, 31), 0);
    ck_assert_ptr_null(person_key_open(path));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_ptr_null(person_key_open("/nowhere/person.key"));
}
END_TEST

START_TEST(blanks_dashes_and_case_do_not_count)
{
    uint8_t a[PERSON_HASH_BYTES], b[PERSON_HASH_BYTES];
    struct person_key *k = person_key_open(path);
    ck_assert(person_hash(k, "51160219900101123X", a));
    ck_assert(person_hash(k, "  511602-1990 0101-123x\t", b));
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert(person_hash(k, "51160219900101123Y", b));
    ck_assert_mem_ne(a, b, sizeof a);
    ck_assert(!person_hash(k, "", a));
    ck_assert(!person_hash(k, " 1-2-3-4 ", a));
    ck_assert(person_hash(k, "一二三四五", a));
    ck_assert(!person_hash(k, "一二三四", a));
    ck_assert(person_hash(k, "1234567890123456789012345678901234567890", a));
    ck_assert(!person_hash(k, "12345678901234567890123456789012345678901", a));
    person_key_free(k);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("person");
    TCase *tc = tcase_create("person");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, the_key_is_made_once_and_is_nobody_elses);
    tcase_add_test(tc, a_key_that_is_cut_is_not_replaced);
    tcase_add_test(tc, blanks_dashes_and_case_do_not_count);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
