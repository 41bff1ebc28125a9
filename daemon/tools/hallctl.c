/* hallctl's command line: options, the table of subcommands, languages. */
#include "tools/hallctl.h"

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "tools/columns.h"
#include "tools/hallctl_http.h"

#define DEFAULT_SOCKET "/run/halld/http.sock"
enum { FILE_MAX = 64 * 1024 * 1024 };

static const struct {
    const char *zh, *en;
} words[W_COUNT] = {
#define X(id, zh, en) {zh, en},
    HALLCTL_WORDS(X)
#undef X
};

static const struct hallctl_command commands[] = {
    {"status", "", 0, 0, hallctl_status, "大厅和守护进程的状态", "the hall and its daemon"},
    {"tickets", "[--state S] [--queue Q] [--number N] [--q TEXT] [--after ID] [--most N]", 0, 0, hallctl_tickets,
     "今天的排队号", "today's tickets"},
    {"windows", "", 0, 0, hallctl_windows, "窗口", "the windows"},
    {"user add", "NAME --role ROLE [--display TEXT] [--groups A,B] [--password-stdin]", 1, 1, hallctl_user_add,
     "添加用户", "add a user"},
    {"device add", "NAME --role ROLE [--place TEXT] [--days N]", 1, 1, hallctl_device_add, "添加设备", "add a device"},
    {"screen add", "NAME [--place TEXT] [--public-key KEY]", 1, 1, hallctl_screen_add, "允许一块屏收听显示总线",
     "let a screen listen to the display bus"},
    {"screen list", "", 0, 0, hallctl_screen_list, "可以收听的屏", "the screens that may listen"},
    {"screen revoke", "NAME", 1, 1, hallctl_screen_revoke, "不再允许一块屏收听", "let a screen listen no more"},
    {"import items", "FILE.csv", 1, 1, hallctl_import_items, "导入事项", "import items"},
    {"import hall", "HALL.json", 1, 1, hallctl_import_hall, "导入大厅设置", "import a hall's settings"},
    {"import calendar", "DIR", 1, 1, hallctl_import_calendar, "导入节假日安排", "import holiday arrangements"},
    {"flow check", "DIR PROFILE", 2, 2, hallctl_flow_check, "检查流程定义和参数表（不需要守护进程）",
     "check definitions of flows and a profile; needs no daemon"},
    {"flow reload", "", 0, 0, hallctl_flow_reload, "重新读流程定义和参数表", "read the definitions of flows anew"},
    {"flow migrate", "NAME [--yes]", 1, 1, hallctl_flow_migrate, "在办件迁移到最新版定义；没有 --yes 只说会怎样",
     "let open matters follow the newest version; without --yes only say what it would do"},
    {"trace", "DATE|today", 1, 1, hallctl_trace, "打印一天的叫号记录（CSV）", "print a day's calls as CSV"},
    {"clock accept", "[--reason TEXT]", 0, 0, hallctl_clock_accept, "确认机器时间", "accept the machine's clock"},
    {"rebuild-rrd", "", 0, 0, hallctl_rebuild_rrd, "从日志重建全部指标序列", "make every series anew from the journal"},
    {"backup", "FILE", 1, 1, hallctl_backup, "在守护进程的机器上备份日志",
     "back up the journal, on the daemon's machine"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* Options: an offset into struct hallctl_options; a flag takes no value. */
static const struct {
    const char *name, *value;
    size_t offset;
    const char *zh, *en;
} options[] = {
#define TEXT(name, field, value, zh, en)                             \
    {                                                                \
        name, value, offsetof(struct hallctl_options, field), zh, en \
    }
#define FLAG(name, field, zh, en)                                   \
    {                                                               \
        name, NULL, offsetof(struct hallctl_options, field), zh, en \
    }
    TEXT("socket", socket, "PATH", "守护进程的套接字（" DEFAULT_SOCKET "）",
         "the daemon's socket (" DEFAULT_SOCKET ")"),
    TEXT("url", url, "URL", "改用网络地址", "use this address instead"),
    TEXT("token", token, "TOKEN", "设备令牌，也可用 HALLCTL_TOKEN", "a device's token, or HALLCTL_TOKEN"),
    TEXT("credentials", credentials, "FILE", "用登录文件登录", "log in with a file of credentials"),
    TEXT("user", user, "NAME", "登录文件里的哪个用户", "which user of that file"),
    TEXT("lang", lang, "zh|en", "语言", "the language"),
    FLAG("json", json, "打印守护进程的 JSON 回答", "print the daemon's answer as JSON"),
    FLAG("help", help, "列出命令和选项", "list commands and options"),
    FLAG("version", version, "版本", "the version"),
    TEXT("state", state, "STATE", NULL, NULL),
    TEXT("queue", queue, "LETTER", NULL, NULL),
    TEXT("q", q, "TEXT", NULL, NULL),
    TEXT("number", number, "NUMBER", NULL, NULL),
    TEXT("after", after, "ID", NULL, NULL),
    TEXT("most", most, "N", NULL, NULL),
    TEXT("role", role, "ROLE", NULL, NULL),
    TEXT("display", display, "TEXT", NULL, NULL),
    TEXT("groups", groups, "A,B", NULL, NULL),
    TEXT("place", place, "TEXT", NULL, NULL),
    TEXT("days", days, "N", NULL, NULL),
    TEXT("public-key", public_key, "KEY", NULL, NULL),
    TEXT("reason", reason, "TEXT", NULL, NULL),
    FLAG("password-stdin", password_stdin, NULL, NULL),
    FLAG("yes", yes, NULL, NULL),
#undef TEXT
#undef FLAG
};
enum { OPTIONS = sizeof options / sizeof *options };

const char *hallctl_word(const struct hallctl *ctl, enum hallctl_word word)
{
    return ctl->zh ? words[word].zh : words[word].en;
}

void hallctl_say(const struct hallctl *ctl, FILE *to, enum hallctl_word word, const struct text_arg *args, size_t n)
{
    char *text = text_fill(hallctl_word(ctl, word), args, n, ctl->zh);
    fprintf(to, "%s%s\n", to == stderr ? "hallctl: " : "", text);
    free(text);
}

int hallctl_read_file(const struct hallctl *ctl, const char *file, struct buf *ret)
{
    if (file_read(file, FILE_MAX, ret))
        return 0;
    SAY(ctl, stderr, W_CANNOT_READ, ARG("what", file), ARG("why", strerror(errno)));
    return EXIT_FILE;
}

static bool prefers_chinese(const char *lang)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (lang)
        return strncmp(lang, "zh", 2) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

static void print_help(const struct hallctl *ctl)
{
    struct buf out = BUF_INIT;
    struct columns *c = columns_new("ll");
    printf("%s\n\n%s\n", hallctl_word(ctl, W_USAGE), hallctl_word(ctl, W_COMMANDS));
    for (size_t i = 0; i < COMMANDS; i++) {
        char *line = alloc_format("  %s %s", commands[i].words, commands[i].usage);
        columns_add(c, line);
        columns_add(c, ctl->zh ? commands[i].zh : commands[i].en);
        free(line);
    }
    columns_write(c, &out);
    columns_free(c);
    printf("%s\n%s\n", buf_text(&out), hallctl_word(ctl, W_OPTIONS));
    buf_clear(&out);
    c = columns_new("ll");
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!options[i].en)
            continue;
        char *line = alloc_format("  --%s %s", options[i].name, options[i].value ? options[i].value : "");
        columns_add(c, line);
        columns_add(c, ctl->zh ? options[i].zh : options[i].en);
        free(line);
    }
    columns_write(c, &out);
    columns_free(c);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
}

static bool read_options(struct hallctl_options *o, int argc, char **argv)
{
    struct option table[OPTIONS + 1] = {{0}};
    int found, i = 0;
    for (size_t k = 0; k < OPTIONS; k++)
        table[k] = (struct option){options[k].name, options[k].value ? required_argument : no_argument, NULL, 1};
    while ((found = getopt_long(argc, argv, "", table, &i)) != -1) {
        if (found != 1)
            return false;
        char *field = (char *)o + options[i].offset;
        if (options[i].value)
            *(const char **)(void *)field = optarg;
        else
            *(bool *)(void *)field = true;
    }
    return true;
}

/* How many of the arguments are the words of this command; 0: it is another. */
static int words_fit(const char *expected, int argc, char **argv)
{
    int n = 0;
    while (*expected) {
        size_t len = strcspn(expected, " ");
        if (n == argc || strlen(argv[n]) != len || strncmp(argv[n], expected, len) != 0)
            return 0;
        expected += len + (expected[len] == ' ');
        n++;
    }
    return n;
}

static int run(struct hallctl *ctl, int argc, char **argv)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct hallctl_command *c = &commands[i];
        int n = words_fit(c->words, argc, argv);
        if (n == 0)
            continue;
        if (argc - n >= c->least && argc - n <= c->most)
            return c->run(ctl, argc - n, argv + n);
        char *usage = alloc_format("%s %s", c->words, c->usage);
        SAY(ctl, stderr, W_WRONG_ARGUMENTS, ARG("what", usage));
        free(usage);
        return EXIT_USAGE;
    }
    SAY(ctl, stderr, W_UNKNOWN_COMMAND, ARG("what", argc > 0 ? argv[0] : ""));
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct hallctl ctl = {.options = {.socket = DEFAULT_SOCKET}};
    if (!read_options(&ctl.options, argc, argv))
        return EXIT_USAGE;
    ctl.zh = prefers_chinese(ctl.options.lang);
    if (ctl.options.help) {
        print_help(&ctl);
        return 0;
    }
    if (ctl.options.version) {
        printf("hallctl %s\n", PACKAGE_VERSION);
        return 0;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int code = run(&ctl, argc - optind, argv + optind);
    if (fflush(stdout) != 0 && code == 0) {
        SAY(&ctl, stderr, W_CANNOT_WRITE, ARG("what", "stdout"), ARG("why", strerror(errno)));
        code = EXIT_FILE;
    }
    hallctl_http_free(ctl.http);
    curl_global_cleanup();
    return code;
}
