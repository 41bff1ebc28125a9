#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/dedupe.h"
#include "tests/lib/suite.h"

static const int64_t NOW = 1795396323000;

static void key_of(unsigned n, uint8_t key[DEDUPE_KEY])
{
    memset(key, 0, DEDUPE_KEY);
    unsigned spread = n * 2654435761u;
    memcpy(key, &spread, sizeof spread);
    memcpy(key + 8, &n, sizeof n);
}

static void note(struct dedupe *d, unsigned n, uint64_t seq, int64_t at)
{
    uint8_t key[DEDUPE_KEY], request[DEDUPE_REQUEST] = {(uint8_t)n};
    key_of(n, key);
    Halld__Event e = HALLD__EVENT__INIT;
    e.seq = seq;
    e.at = at;
    e.of = 2;
    e.key = (ProtobufCBinaryData){sizeof key, key};
    e.request = (ProtobufCBinaryData){sizeof request, request};
    dedupe_apply(d, &e);
}

static const struct dedupe_entry *find(const struct dedupe *d, unsigned n, int64_t now)
{
    uint8_t key[DEDUPE_KEY];
    key_of(n, key);
    return dedupe_find(d, key, now);
}

START_TEST(a_noted_command_is_found_again)
{
    struct dedupe *d = dedupe_new(100);
    note(d, 7, 41, NOW);
    const struct dedupe_entry *e = find(d, 7, NOW);
    ck_assert_ptr_nonnull(e);
    ck_assert_uint_eq(e->first, 41);
    ck_assert_uint_eq(e->count, 2);
    ck_assert_uint_eq(e->request[0], 7);
    ck_assert_ptr_null(find(d, 8, NOW));
    dedupe_free(d);
}
END_TEST

START_TEST(an_event_without_a_key_is_passed_over)
{
    struct dedupe *d = dedupe_new(100);
    Halld__Event e = HALLD__EVENT__INIT;
    e.seq = 1;
    dedupe_apply(d, &e);
    ck_assert_uint_eq(dedupe_count(d), 0);
    dedupe_free(d);
}
END_TEST

START_TEST(the_oldest_goes_when_there_are_too_many)
{
    struct dedupe *d = dedupe_new(5000);
    for (unsigned n = 1; n <= 20000; n++)
        note(d, n, n, NOW + n);
    ck_assert_uint_eq(dedupe_count(d), 5000);
    ck_assert_ptr_null(find(d, 15000, NOW));
    for (unsigned n = 15001; n <= 20000; n++)
        ck_assert_uint_eq(find(d, n, NOW)->first, n);
    dedupe_free(d);
}
END_TEST

START_TEST(after_two_days_it_is_forgotten)
{
    const int64_t two_days = (int64_t)DEDUPE_HOURS * 3600000;
    struct dedupe *d = dedupe_new(100);
    note(d, 1, 1, NOW);
    ck_assert_ptr_nonnull(find(d, 1, NOW + two_days));
    ck_assert_ptr_null(find(d, 1, NOW + two_days + 1000));
    note(d, 1, 9, NOW + two_days + 1000);
    ck_assert_uint_eq(find(d, 1, NOW + two_days + 1000)->first, 9);
    ck_assert_uint_eq(dedupe_count(d), 1);
    dedupe_free(d);
}
END_TEST

START_TEST(what_never_reached_the_disk_is_forgotten)
{
    struct dedupe *d = dedupe_new(5000);
    for (unsigned n = 1; n <= 3000; n++)
        note(d, n, n * 2, NOW);
    dedupe_forget_after(d, 4000);
    ck_assert_uint_eq(dedupe_count(d), 2000);
    for (unsigned n = 1; n <= 3000; n++)
        ck_assert_int_eq(find(d, n, NOW) != NULL, n <= 2000);
    note(d, 2500, 4002, NOW);
    ck_assert_uint_eq(find(d, 2500, NOW)->first, 4002);
    dedupe_free(d);
}
END_TEST

START_TEST(it_is_written_up_to_an_event_and_read_back)
{
    struct dedupe *d = dedupe_new(5000), *other = dedupe_new(5000);
    for (unsigned n = 1; n <= 3000; n++)
        note(d, n, n, NOW);
    struct buf data = BUF_INIT, again = BUF_INIT;
    dedupe_write(d, 2000, &data);
    ck_assert_uint_eq(data.len, 2000 * sizeof(struct dedupe_entry));
    note(other, 9999, 1, NOW);
    ck_assert(dedupe_read(other, data.data, data.len));
    ck_assert_uint_eq(dedupe_count(other), 2000);
    ck_assert_ptr_null(find(other, 9999, NOW));
    ck_assert_uint_eq(find(other, 2000, NOW)->first, 2000);
    dedupe_write(other, UINT64_MAX, &again);
    ck_assert_mem_eq(data.data, again.data, data.len);
    ck_assert(!dedupe_read(other, data.data, data.len - 1));
    buf_fini(&data);
    buf_fini(&again);
    dedupe_free(d);
    dedupe_free(other);
}
END_TEST

/* Against a plain table: additions, expiry and roll-backs in any order. */
START_TEST(it_agrees_with_a_plain_table)
{
    enum { KEYS = 400, MOST = 150 };
    struct dedupe *d = dedupe_new(MOST);
    uint64_t seq = 0, when[KEYS] = {0};
    srand(5);
    for (int step = 0; step < 100000; step++) {
        unsigned n = (unsigned)rand() % KEYS;
        if (rand() % 50 == 0 && seq > 10) {
            uint64_t keep = seq - (uint64_t)(rand() % 10);
            dedupe_forget_after(d, keep);
            for (int i = 0; i < KEYS; i++)
                if (when[i] > keep)
                    when[i] = 0;
        } else if (!find(d, n, NOW)) {
            when[n] = ++seq;
            note(d, n, seq, NOW);
        }
        const struct dedupe_entry *e = find(d, n, NOW);
        ck_assert(!e || e->first == when[n]);
    }
    ck_assert_uint_le(dedupe_count(d), MOST);
    dedupe_free(d);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dedupe");
    TCase *t = tcase_create("dedupe");
    tcase_add_test(t, a_noted_command_is_found_again);
    tcase_add_test(t, an_event_without_a_key_is_passed_over);
    tcase_add_test(t, the_oldest_goes_when_there_are_too_many);
    tcase_add_test(t, after_two_days_it_is_forgotten);
    tcase_add_test(t, what_never_reached_the_disk_is_forgotten);
    tcase_add_test(t, it_is_written_up_to_an_event_and_read_back);
    tcase_add_test(t, it_agrees_with_a_plain_table);
    suite_add_tcase(s, t);
    return suite_run(s);
}
