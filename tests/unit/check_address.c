#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>

#include "net/address.h"
#include "tests/lib/suite.h"

static struct address address(const char *text)
{
    struct address a;
    ck_assert_msg(address_from_text(text, &a), "%s", text);
    return a;
}

static struct address_prefix prefix(const char *text)
{
    struct address_prefix p;
    ck_assert_msg(address_prefix_from_text(text, &p), "%s", text);
    return p;
}

START_TEST(texts_come_back_as_they_were)
{
    static const char *const TEXTS[] = {"127.0.0.1", "10.0.0.7", "::1", "2001:db8::1"};
    char text[ADDRESS_TEXT];
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct address a = address(TEXTS[i]);
        address_to_text(&a, text);
        ck_assert_str_eq(text, TEXTS[i]);
    }
    struct address a;
    ck_assert(!address_from_text("10.0.0", &a));
    ck_assert(!address_from_text("[::1]", &a));
    ck_assert(!address_from_text("", &a));
}
END_TEST

START_TEST(a_prefix_holds_its_addresses_and_no_others)
{
    struct address_prefix ten = prefix("10.0.0.0/8"), one = prefix("192.168.1.1"), odd = prefix("10.1.2.0/23"),
                          six = prefix("2001:db8::/33"), all = prefix("0.0.0.0/0");
    struct address a = address("10.9.9.9"), b = address("11.0.0.1"), c = address("10.1.3.255"), d = address("10.1.4.0");
    ck_assert(address_is_within(&a, &ten) && !address_is_within(&b, &ten));
    ck_assert(address_is_within(&c, &odd) && !address_is_within(&d, &odd));
    a = address("192.168.1.1"), b = address("192.168.1.2");
    ck_assert(address_is_within(&a, &one) && !address_is_within(&b, &one));
    a = address("2001:db8:7fff::1"), b = address("2001:db8:8000::1");
    ck_assert(address_is_within(&a, &six) && !address_is_within(&b, &six));
    ck_assert(!address_is_within(&a, &all)); /* IPv6 is not within all of IPv4 */
    struct address_prefix p;
    ck_assert(!address_prefix_from_text("10.0.0.0/33", &p));
    ck_assert(!address_prefix_from_text("10.0.0.0/", &p));
    ck_assert(!address_prefix_from_text("10.0.0.0/-1", &p));
    ck_assert(!address_prefix_from_text("10.0.0.0/8x", &p));
}
END_TEST

START_TEST(loopback_is_this_machine_only)
{
    struct address a = address("127.8.0.1"), b = address("::1"), c = address("::2"), d = address("128.0.0.1");
    ck_assert(address_is_loopback(&a) && address_is_loopback(&b));
    ck_assert(!address_is_loopback(&c) && !address_is_loopback(&d));
}
END_TEST

START_TEST(a_household_of_ipv6_is_one_party)
{
    struct address a = address("2001:db8::1"), b = address("2001:db8::ffff"), c = address("2001:db8:0:1::1"),
                   d = address("10.0.0.1"), e = address("10.0.0.2"), zero = address("::");
    ck_assert_uint_eq(address_party(&a), address_party(&b));
    ck_assert_uint_ne(address_party(&a), address_party(&c));
    ck_assert_uint_ne(address_party(&d), address_party(&e));
    ck_assert_uint_ne(address_party(&zero), 0);
}
END_TEST

static void assert_forwarded(const char *peer, const char *forwarded, const char *expected)
{
    struct address_prefix trusted[] = {prefix("127.0.0.1"), prefix("10.0.0.0/8")};
    struct address a = address(peer);
    char text[ADDRESS_TEXT];
    address_forwarded(forwarded, trusted, 2, &a);
    address_to_text(&a, text);
    ck_assert_str_eq(text, expected);
}

START_TEST(only_trusted_proxies_say_who_is_behind_them)
{
    assert_forwarded("127.0.0.1", "1.2.3.4", "1.2.3.4");
    assert_forwarded("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.1",
                     "1.2.3.4"); /* what the caller itself sent is not believed */
    assert_forwarded("9.9.9.9", "1.2.3.4", "9.9.9.9");
    assert_forwarded("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1");
    assert_forwarded("127.0.0.1", "nonsense", "127.0.0.1");
    assert_forwarded("127.0.0.1", "", "127.0.0.1");
    assert_forwarded("127.0.0.1", " ,\t, ", "127.0.0.1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("address");
    TCase *tc = tcase_create("address");
    tcase_add_test(tc, texts_come_back_as_they_were);
    tcase_add_test(tc, a_prefix_holds_its_addresses_and_no_others);
    tcase_add_test(tc, loopback_is_this_machine_only);
    tcase_add_test(tc, a_household_of_ipv6_is_one_party);
    tcase_add_test(tc, only_trusted_proxies_say_who_is_behind_them);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
