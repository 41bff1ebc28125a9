/* The command line, the config file, and a first start on a real engine. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "app/first.h"
#include "app/options.h"
#include "auth/generate.h"
#include "base/alloc.h"
#include "base/file.h"
#include "core/setup.h"
#include "tests/lib/suite.h"
#include "tests/unit/engine_fixture.h"

/* ---- options */

static int parse(const char *line, struct options *o)
{
    char text[200], *argv[16] = {(char *)"halld"}, why[200] = "";
    int argc = 1;
    snprintf(text, sizeof text, "%s", line);
    static char kept[16][64];
    for (char *at = strtok(text, " "); at; at = strtok(NULL, " ")) {
        snprintf(kept[argc], sizeof kept[argc], "%s", at);
        argv[argc] = kept[argc];
        argc++;
    }
    int code = options_parse(argc, argv, o, why);
    ck_assert_int_eq(code != 0, *why != '\0');
    return code;
}

START_TEST(options_are_read_in_both_forms)
{
    struct options o;
    ck_assert_int_eq(parse("--config a.json --ready-fd=7", &o), 0);
    ck_assert_str_eq(o.config, "a.json");
    ck_assert_int_eq(o.ready_fd, 7);
    ck_assert_int_eq(o.action, OPTIONS_RUN);
    ck_assert(!o.simulated);
    ck_assert_int_eq(parse("--config=a --clock-start 2026-11-23T08:00:00+08:00 --clock-rate 2.5", &o), 0);
    ck_assert(o.simulated);
    ck_assert_int_eq(o.clock_start, FIXTURE_MONDAY_9 - 3600000);
    ck_assert(o.clock_rate > 2.49 && o.clock_rate < 2.51);
    ck_assert_int_eq(o.ready_fd, -1);
    ck_assert_int_eq(parse("--config a --restore b --restore-last 120", &o), 0);
    ck_assert_str_eq(o.restore, "b");
    ck_assert_int_eq(o.restore_last, 120);
    ck_assert_int_eq(parse("--version", &o), 0);
    ck_assert_int_eq(o.action, OPTIONS_VERSION);
    ck_assert_int_eq(parse("--check-config --config a", &o), 0);
    ck_assert_int_eq(o.action, OPTIONS_CHECK_CONFIG);
}
END_TEST

START_TEST(what_is_no_option_is_refused)
{
    static const char *const bad[] = {"",
                                      "a",
                                      "--config",
                                      "--config=",
                                      "--confi a",
                                      "--config a --nothing",
                                      "--help=yes",
                                      "--check-config",
                                      "--config a --ready-fd x",
                                      "--config a --ready-fd -1",
                                      "--config a --clock-rate 60",
                                      "--config a --clock-start 2026-11-23T08:00:00+08:00",
                                      "--config a --clock-start now --clock-rate 1",
                                      "--config a --clock-start 2026-11-23T08:00:00+08:00 --clock-rate 0",
                                      "--config a --clock-start 2026-11-23T08:00:00+08:00 --clock-rate inf",
                                      "--config a --restore-last 5"};
    struct options o = {.ready_fd = 5};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(parse(bad[i], &o) != 0, "%s", bad[i]);
    ck_assert_int_eq(o.ready_fd, 5);
}
END_TEST

/* ---- config */

static char folder[] = "/tmp/halld-app-XXXXXX";

static char *in_folder(const char *name)
{
    return alloc_format("%s/%s", folder, name);
}

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char *command = alloc_format("rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static char *written(const char *name, const char *text)
{
    char *path = in_folder(name);
    ck_assert(file_write_private(path, text, strlen(text)));
    return path;
}

static int read_config(const char *text, Halld__Config **ret, char why[200])
{
    char *path = written("halld.json", text);
    int code = config_read(path, ret, why);
    free(path);
    return code;
}

START_TEST(a_config_gets_its_defaults)
{
    Halld__Config *c;
    char why[200];
    ck_assert_int_eq(
        read_config("{\"hall_id\":\"h\",\"zone\":\"Asia/Shanghai\",\"data_dir\":\"/d\",\"run_dir\":\"/r\"}", &c, why),
        0);
    ck_assert_str_eq(c->listen, "127.0.0.1:8080");
    ck_assert_str_ne(c->web_dir, "");
    ck_assert_int_eq(config_min_free_mib(c), 64);
    halld__config__free_unpacked(c, NULL);
    ck_assert_int_eq(read_config("{\"hall_id\":\"h\",\"zone\":\"Asia/Shanghai\",\"data_dir\":\"/d\",\"run_dir\":\"/r\","
                                 "\"listen\":\"[::1]:0\",\"limits\":{\"min_free_mib\":0}}",
                                 &c, why),
                     0);
    ck_assert_str_eq(c->listen, "[::1]:0");
    ck_assert_int_eq(config_min_free_mib(c), 0);
    halld__config__free_unpacked(c, NULL);
}
END_TEST

START_TEST(what_is_wrong_with_a_config_is_told)
{
    static const struct {
        const char *text, *told;
    } bad[] = {
        {"{", "line 1"},
        {"{\"hall\":1}", "hall"},
        {"{\"zone\":\"Asia/Shanghai\",\"data_dir\":\"/d\",\"run_dir\":\"/r\"}", "hall_id"},
        {"{\"hall_id\":\"a b\",\"zone\":\"Asia/Shanghai\",\"data_dir\":\"/d\",\"run_dir\":\"/r\"}", "hall_id"},
        {"{\"hall_id\":\"h\",\"zone\":\"Asia/Atlantis\",\"data_dir\":\"/d\",\"run_dir\":\"/r\"}", "zone"},
        {"{\"hall_id\":\"h\",\"zone\":\"../passwd\",\"data_dir\":\"/d\",\"run_dir\":\"/r\"}", "zone"},
        {"{\"hall_id\":\"h\",\"zone\":\"Asia/Shanghai\",\"run_dir\":\"/r\"}", "data_dir"},
        {"{\"hall_id\":\"h\",\"zone\":\"Asia/Shanghai\",\"data_dir\":\"/d\"}", "run_dir"},
    };
    char why[200];
    Halld__Config *c = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_ne(read_config(bad[i].text, &c, why), 0);
        ck_assert_msg(strstr(why, bad[i].told) != NULL, "%s: %s", bad[i].told, why);
        ck_assert_ptr_null(c);
    }
    ck_assert_int_ne(config_read("/nowhere/halld.json", &c, why), 0);
    ck_assert_ptr_nonnull(strstr(why, "/nowhere"));
}
END_TEST

START_TEST(a_private_file_is_replaced_whole_and_readable_by_its_owner_alone)
{
    char *path = written("secret", "one");
    free(written("secret", "two"));
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    struct buf text = BUF_INIT;
    ck_assert(file_read(path, 100, &text));
    ck_assert_str_eq(buf_text(&text), "two");
    ck_assert(!file_read(path, 2, &text));
    buf_fini(&text);
    free(path);
}
END_TEST

/* ---- the first start */

static const char HALL[] =
    "{\"hall\":{\"name\":\"厅\"},\"groups\":[{\"group\":\"a\",\"name\":\"甲\"}],"
    "\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"a1\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"甲一\",\"queue\":\"A\",\"group\":\"a\"}%s],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"}],\"windows\":[{\"window\":1,\"name\":\"一\",\"all\":true}],"
    "\"users\":[{\"name\":\"li\",\"role\":\"clerk\"},{\"name\":\"guanli\",\"role\":\"admin\"}],"
    "\"hours\":[{\"weekday\":1,\"open\":[\"09:00-17:00\"]}],"
    "\"devices\":[{\"name\":\"kiosk\",\"role\":\"kiosk\"}]}";

/* Opens a new engine with the file imported; the caller frees *ret. */
static void import(struct fixture *f, const char *path, struct first **ret)
{
    char why[200] = "";
    fixture_init(f);
    f->options.fatal_arg = f;
    f->loop = loop_new();
    ck_assert_int_eq(engine_open(f->loop, &f->options, &f->engine, why), 0);
    ck_assert_msg(first_new(path, ret, why) == 0, "%s", why);
    struct submit_port port = engine_port(f->engine);
    first_submit(*ret, &port);
    ck_assert_int_eq(engine_start(f->engine, why), 0);
    ck_assert_msg(first_outcome(*ret, why) == 0, "%s", why);
}

static void check_login(const struct fixture *f, const Halld__Credentials *c, const char *name, const char *role)
{
    for (size_t i = 0; i < c->n_users; i++) {
        if (strcmp(c->users[i]->name, name) != 0)
            continue;
        ck_assert_str_eq(c->users[i]->role, role);
        const Halld__User *u = setup_user_find(hall_setup(f->engine->committed), name);
        ck_assert_ptr_nonnull(u);
        ck_assert_uint_eq(u->secret.len, 16);
        char *hash = store_secret_find(f->engine->store, u->secret.data);
        ck_assert_ptr_nonnull(hash);
        ck_assert_int_eq(strncmp(hash, "$argon2id$", 10), 0);
        free(hash);
        return;
    }
    ck_abort_msg("%s has no login", name);
}

START_TEST(a_first_start_imports_the_hall_and_makes_its_logins)
{
    struct fixture f;
    struct first *first;
    char *text = alloc_format(HALL, ""), *path = written("hall.json", text);
    import(&f, path, &first);
    const Halld__Credentials *c = first_credentials(first);
    ck_assert_uint_eq(c->n_users, 2);
    check_login(&f, c, "li", "clerk");
    check_login(&f, c, "guanli", "admin");
    ck_assert_uint_eq(c->n_tokens, 1);
    ck_assert_str_eq(c->tokens[0]->key, "kiosk");
    uint8_t hash[GENERATE_HASH];
    generate_token_hash(c->tokens[0]->value, hash);
    const Halld__Device *d = setup_device_find(hall_setup(f.engine->committed), "kiosk");
    ck_assert_uint_eq(d->token_hash.len, sizeof hash);
    ck_assert_mem_eq(d->token_hash.data, hash, sizeof hash);
    ck_assert_int_eq(fixture_do(&f, "li", "{\"issue_ticket\":{\"queue\":\"A\"}}", NULL).code, 0);
    first_free(first);
    fixture_fini(&f);
    free(text);
    free(path);
}
END_TEST

START_TEST(a_large_hall_is_imported_in_events_of_a_bounded_size)
{
    struct buf items = BUF_INIT;
    for (int i = 0; i < 3000; i++)
        buf_add_format(
            &items,
            ",{\"item\":\"x%d\",\"name\":\"一个相当长的事项名称，为了凑够字节数\",\"queue\":\"A\",\"group\":\"a\"}", i);
    struct fixture f;
    struct first *first;
    char *text = alloc_format(HALL, buf_text(&items)), *path = written("hall.json", text);
    import(&f, path, &first);
    ck_assert_uint_eq(setup_settings(hall_setup(f.engine->committed))->n_items, 3001);
    ck_assert_uint_gt(hall_seq(f.engine->committed), 5);
    first_free(first);
    fixture_fini(&f);
    buf_fini(&items);
    free(text);
    free(path);
}
END_TEST

START_TEST(a_hall_without_a_file_has_one_administrator)
{
    struct fixture f;
    struct first *first;
    import(&f, "", &first);
    ck_assert_uint_eq(first_credentials(first)->n_users, 1);
    check_login(&f, first_credentials(first), "admin", "admin");
    first_free(first);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_hall_file_with_a_fault_is_told_and_imports_nothing)
{
    struct first *first = NULL;
    char why[200];
    char *text = alloc_format(HALL, ",{\"item\":\"x\",\"name\":\"x\",\"queue\":\"X\",\"group\":\"a\"}");
    char *path = written("hall.json", text);
    ck_assert_int_eq(first_new(path, &first, why), HALL_E_UNKNOWN_QUEUE);
    ck_assert_ptr_nonnull(strstr(why, "items.queue"));
    free(path);
    path = written("hall.json", "{\"queues\":7}");
    ck_assert_int_ne(first_new(path, &first, why), 0);
    ck_assert_int_ne(first_new("/nowhere.json", &first, why), 0);
    ck_assert_ptr_null(first);
    free(path);
    free(text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("app");
    TCase *t = tcase_create("app");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, make_folder, remove_folder);
    tcase_add_test(t, options_are_read_in_both_forms);
    tcase_add_test(t, what_is_no_option_is_refused);
    tcase_add_test(t, a_config_gets_its_defaults);
    tcase_add_test(t, what_is_wrong_with_a_config_is_told);
    tcase_add_test(t, a_private_file_is_replaced_whole_and_readable_by_its_owner_alone);
    tcase_add_test(t, a_first_start_imports_the_hall_and_makes_its_logins);
    tcase_add_test(t, a_large_hall_is_imported_in_events_of_a_bounded_size);
    tcase_add_test(t, a_hall_without_a_file_has_one_administrator);
    tcase_add_test(t, a_hall_file_with_a_fault_is_told_and_imports_nothing);
    suite_add_tcase(s, t);
    return suite_run(s);
}
