#include <check.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/caller.h"
#include "auth/roles.h"
#include "auth/users.h"
#include "base/err.h"
#include "base/loop.h"
#include "tests/lib/suite.h"

static struct setup *hall;
static struct devices *devices;
static struct sessions *sessions;
static char token[GENERATE_TOKEN_TEXT];

static struct setup *with_rows(const struct setup *old, Halld__Device *device, Halld__User *user)
{
    Halld__Settings put = HALLD__SETTINGS__INIT;
    if (device) {
        put.n_devices = 1;
        put.devices = &device;
    }
    if (user) {
        put.n_users = 1;
        put.users = &user;
    }
    return setup_change(old, &put, 0, NULL);
}

static void setup(void)
{
    struct setup *none = setup_new();
    uint8_t hash[GENERATE_HASH];
    Halld__Device device = HALLD__DEVICE__INIT;
    Halld__User user = HALLD__USER__INIT;
    generate_token(token);
    generate_token_hash(token, hash);
    device.name = (char *)"kiosk1";
    device.role = HALLD__ROLE__E__kiosk;
    device.token_hash = (ProtobufCBinaryData){sizeof hash, hash};
    device.expires_at = 5000;
    user.name = (char *)"jingli";
    user.role = HALLD__ROLE__E__manager;
    hall = with_rows(none, &device, &user);
    setup_free(none);
    devices = devices_new();
    sessions = sessions_new(NULL, 1000, 0);
}

static void teardown(void)
{
    devices_free(devices);
    sessions_free(sessions);
    setup_free(hall);
}

static int find(struct credentials from, int64_t now, struct caller *ret)
{
    return caller_find(&from, devices, sessions, hall, now, ret);
}

START_TEST(every_role_includes_itself_and_the_public)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        Halld__Role__E again;
        ck_assert(role_includes((Halld__Role__E)i) & ROLE_BIT(i));
        ck_assert(role_includes((Halld__Role__E)i) & ROLE_PUBLIC);
        ck_assert(role_from_name(role_name((Halld__Role__E)i), &again));
        ck_assert_int_eq(again, i);
    }
    ck_assert_uint_eq(role_includes(HALLD__ROLE__E__admin), (1u << ROLE_COUNT) - 1);
    ck_assert(!(role_includes(HALLD__ROLE__E__manager) & (ROLE_ADMIN | ROLE_AUDITOR | ROLE_KIOSK)));
    ck_assert_uint_eq(role_includes((Halld__Role__E)99), ROLE_PUBLIC);
    ck_assert_uint_eq(protobuf_c_enum_descriptor_get_value(&halld__role__e__descriptor, ROLE_COUNT) == NULL, 1);
}
END_TEST

START_TEST(whoever_brings_nothing_is_the_public)
{
    struct caller c;
    ck_assert_int_eq(find((struct credentials){0}, 0, &c), 0);
    ck_assert(!c.is_known);
    ck_assert_uint_eq(c.roles, ROLE_PUBLIC);
    ck_assert_int_eq(find((struct credentials){.session = "x", .device = "y"}, 0, &c), 0);
    ck_assert(!c.is_known);
}
END_TEST

START_TEST(a_token_is_its_device_until_it_expires)
{
    struct caller c;
    ck_assert_int_eq(find((struct credentials){.bearer = token}, 4999, &c), 0);
    ck_assert_str_eq(c.id, "kiosk1");
    ck_assert_int_eq(c.kind, HALLD__ACTOR_KIND__E__device);
    ck_assert(!c.by_cookie);
    ck_assert_int_eq(find((struct credentials){.bearer = token}, 5000, &c), HALL_E_TOKEN_EXPIRED);
    ck_assert_str_eq(c.id, "kiosk1");
    ck_assert_int_eq(find((struct credentials){.bearer = "nobody's"}, 0, &c), HALL_E_NO_SESSION);
    ck_assert_int_eq(find((struct credentials){.device = token}, 4999, &c), 0);
    ck_assert(c.by_cookie);
    ck_assert_int_eq(find((struct credentials){.device = token}, 5000, &c), 0);
    ck_assert(!c.is_known);
}
END_TEST

START_TEST(a_device_taken_out_of_the_settings_is_nobody)
{
    struct caller c;
    Halld__SettingRef ref = HALLD__SETTING_REF__INIT, *refs = &ref;
    Halld__Settings put = HALLD__SETTINGS__INIT;
    ref.table = (char *)"devices";
    ref.key = (char *)"kiosk1";
    ck_assert_int_eq(find((struct credentials){.bearer = token}, 0, &c), 0);
    struct setup *next = setup_change(hall, &put, 1, &refs);
    setup_free(hall);
    hall = next;
    ck_assert_int_eq(find((struct credentials){.bearer = token}, 0, &c), HALL_E_NO_SESSION);
}
END_TEST

START_TEST(a_session_lasts_as_long_as_it_is_used)
{
    struct caller c;
    char cookie[SESSION_TOKEN_SIZE];
    sessions_open(sessions, "jingli", 0, cookie);
    ck_assert_int_eq(find((struct credentials){.session = cookie}, 900, &c), 0);
    ck_assert_str_eq(c.id, "jingli");
    ck_assert_int_eq(c.role, HALLD__ROLE__E__manager);
    ck_assert(c.by_cookie && c.session);
    ck_assert_int_eq(find((struct credentials){.session = cookie, .device = token}, 1800, &c), 0);
    ck_assert(c.is_known);
    ck_assert_str_eq(c.device, "kiosk1");
    ck_assert_int_eq(find((struct credentials){.session = cookie}, 2800, &c), 0);
    ck_assert(!c.is_known);
}
END_TEST

START_TEST(a_disabled_person_has_no_session)
{
    struct caller c;
    char cookie[SESSION_TOKEN_SIZE];
    Halld__User user = HALLD__USER__INIT;
    user.name = (char *)"jingli";
    user.role = HALLD__ROLE__E__manager;
    user.disabled = true;
    sessions_open(sessions, "jingli", 0, cookie);
    struct setup *next = with_rows(hall, NULL, &user);
    setup_free(hall);
    hall = next;
    ck_assert_int_eq(find((struct credentials){.session = cookie}, 1, &c), 0);
    ck_assert(!c.is_known);
}
END_TEST

START_TEST(a_change_needs_the_sessions_second_secret)
{
    char cookie[SESSION_TOKEN_SIZE];
    const struct session *s = sessions_open(sessions, "jingli", 0, cookie);
    ck_assert(session_csrf_fits(s, s->csrf));
    ck_assert(!session_csrf_fits(s, NULL));
    ck_assert(!session_csrf_fits(s, ""));
    ck_assert(!session_csrf_fits(s, cookie));
}
END_TEST

START_TEST(a_new_password_ends_all_sessions_of_its_person)
{
    char a[SESSION_TOKEN_SIZE], b[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
    sessions_open(sessions, "jingli", 0, a);
    sessions_open(sessions, "jingli", 0, b);
    sessions_open(sessions, "other", 0, other);
    sessions_end_user(sessions, "jingli");
    ck_assert_ptr_null(sessions_find(sessions, a, 1));
    ck_assert_ptr_null(sessions_find(sessions, b, 1));
    ck_assert_ptr_nonnull(sessions_find(sessions, other, 1));
}
END_TEST

START_TEST(sessions_are_bounded)
{
    char cookie[SESSION_TOKEN_SIZE], last[SESSION_TOKEN_SIZE];
    sessions_open(sessions, "first", 0, cookie);
    for (int i = 0; i < SESSIONS_MOST; i++)
        sessions_open(sessions, "jingli", 1, last);
    ck_assert_ptr_null(sessions_find(sessions, cookie, 1));
    ck_assert_ptr_nonnull(sessions_find(sessions, last, 1));
}
END_TEST

START_TEST(a_neighbour_is_an_administrator_by_the_machines_name)
{
    struct caller c;
    struct passwd *me = getpwuid(getuid());
    ck_assert_int_eq(find((struct credentials){.is_peer = true, .uid = getuid()}, 0, &c), 0);
    ck_assert_int_eq(c.role, HALLD__ROLE__E__admin);
    ck_assert_int_eq(c.kind, HALLD__ACTOR_KIND__E__peer);
    if (me)
        ck_assert_str_eq(c.id, me->pw_name);
}
END_TEST

START_TEST(a_code_pairs_once_and_not_for_ever)
{
    char code[PAIR_CODE_SIZE], again[PAIR_CODE_SIZE], got[GENERATE_TOKEN_TEXT];
    devices_pair(devices, "kiosk1", token, 0, code);
    ck_assert_uint_eq(strspn(code, "0123456789"), 8);
    ck_assert(!devices_redeem(devices, "", 1, got));
    ck_assert(!devices_redeem(devices, "1234567", 1, got));
    ck_assert(devices_redeem(devices, code, 1, got));
    ck_assert_str_eq(got, token);
    ck_assert(!devices_redeem(devices, code, 1, got));
    devices_pair(devices, "kiosk1", token, 0, code);
    ck_assert(!devices_redeem(devices, code, 10 * 60 * 1000, got));
    devices_pair(devices, "kiosk1", token, 0, code);
    devices_pair(devices, "kiosk1", token, 0, again);
    ck_assert(strcmp(code, again) == 0 || !devices_redeem(devices, code, 1, got));
    ck_assert(devices_redeem(devices, again, 1, got));
}
END_TEST

static struct loop *loop;
static int right, wrong;

static void on_verified(void *arg, bool is_right)
{
    *(int *)arg += is_right ? 1 : 100;
    if (right && wrong && right + wrong >= 201)
        loop_stop(loop, 0);
}

START_TEST(passwords_are_verified_beside_the_loop)
{
    char made[GENERATE_PASSWORD_TEXT];
    generate_password(made);
    char *hash = generate_password_hash(made);
    loop = loop_new();
    struct passwords *p = passwords_new(loop);
    right = wrong = 0;
    ck_assert(passwords_verify(p, NULL, made, on_verified, &wrong)); /* nobody's */
    ck_assert(passwords_verify(p, hash, "wrong", on_verified, &wrong));
    ck_assert(passwords_verify(p, hash, made, on_verified, &right));
    loop_run(loop);
    ck_assert_int_eq(right, 1);
    ck_assert_int_eq(wrong, 200);
    for (int i = 0; i < 64; i++)
        ck_assert(passwords_verify(p, hash, made, on_verified, &right));
    ck_assert(!passwords_verify(p, hash, made, on_verified, &right)); /* too many wait */
    passwords_free(p);
    loop_free(loop);
    free(hash);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("caller");
    TCase *tc = tcase_create("caller");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_role_includes_itself_and_the_public);
    tcase_add_test(tc, whoever_brings_nothing_is_the_public);
    tcase_add_test(tc, a_token_is_its_device_until_it_expires);
    tcase_add_test(tc, a_device_taken_out_of_the_settings_is_nobody);
    tcase_add_test(tc, a_session_lasts_as_long_as_it_is_used);
    tcase_add_test(tc, a_disabled_person_has_no_session);
    tcase_add_test(tc, a_change_needs_the_sessions_second_secret);
    tcase_add_test(tc, a_new_password_ends_all_sessions_of_its_person);
    tcase_add_test(tc, sessions_are_bounded);
    tcase_add_test(tc, a_neighbour_is_an_administrator_by_the_machines_name);
    tcase_add_test(tc, a_code_pairs_once_and_not_for_ever);
    tcase_add_test(tc, passwords_are_verified_beside_the_loop);
    tcase_set_timeout(tc, 30);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
