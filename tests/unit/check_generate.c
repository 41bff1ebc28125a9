#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/generate.h"
#include "tests/lib/suite.h"

START_TEST(a_password_is_four_readable_groups)
{
    for (int n = 0; n < 100; n++) {
        char text[GENERATE_PASSWORD_TEXT];
        generate_password(text);
        ck_assert_int_eq((int)strlen(text), 19);
        for (int i = 0; i < 19; i++)
            ck_assert(i % 5 == 4 ? text[i] == '-' : strchr("abcdefghjkmnpqrstuvwxyz23456789", text[i]) != NULL);
    }
}
END_TEST

START_TEST(two_passwords_or_tokens_are_never_the_same)
{
    char a[GENERATE_PASSWORD_TEXT], b[GENERATE_PASSWORD_TEXT], c[GENERATE_TOKEN_TEXT], d[GENERATE_TOKEN_TEXT];
    generate_password(a);
    generate_password(b);
    ck_assert_str_ne(a, b);
    generate_token(c);
    generate_token(d);
    ck_assert_str_ne(c, d);
    ck_assert_int_eq((int)strlen(c), 43);
}
END_TEST

START_TEST(its_hash_verifies_as_any_argon2id)
{
    char text[GENERATE_PASSWORD_TEXT];
    generate_password(text);
    char *hash = generate_password_hash(text);
    ck_assert_int_eq(strncmp(hash, "$argon2id$", 10), 0);
    ck_assert_int_eq(crypto_pwhash_str_verify(hash, text, strlen(text)), 0);
    ck_assert_int_ne(crypto_pwhash_str_verify(hash, "x", 1), 0);
    free(hash);
}
END_TEST

START_TEST(a_tokens_hash_depends_on_the_token_alone)
{
    uint8_t a[GENERATE_HASH], b[GENERATE_HASH], c[GENERATE_HASH];
    generate_token_hash("one", a);
    generate_token_hash("one", b);
    generate_token_hash("two", c);
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert_mem_ne(a, c, sizeof a);
}
END_TEST

int main(void)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    Suite *s = suite_create("generate");
    TCase *t = tcase_create("generate");
    tcase_add_test(t, a_password_is_four_readable_groups);
    tcase_add_test(t, two_passwords_or_tokens_are_never_the_same);
    tcase_add_test(t, its_hash_verifies_as_any_argon2id);
    tcase_add_test(t, a_tokens_hash_depends_on_the_token_alone);
    suite_add_tcase(s, t);
    return suite_run(s);
}
