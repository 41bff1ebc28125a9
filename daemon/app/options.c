#include "app/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/why.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/moment.h"

struct option_row {
    const char *name, *value; /* value NULL: a plain switch */
    bool (*take)(struct options *o, const char *value);
    const char *zh, *en;
};

static bool take_config(struct options *o, const char *value)
{
    o->config = value;
    return *value;
}

static bool take_restore(struct options *o, const char *value)
{
    o->restore = value;
    return *value;
}

static bool whole_number(const char *text, long most, int *ret)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (!*text || *end || n < 0 || n > most)
        return false;
    *ret = (int)n;
    return true;
}

static bool take_restore_last(struct options *o, const char *value)
{
    return whole_number(value, 1000000, &o->restore_last);
}

static bool take_ready_fd(struct options *o, const char *value)
{
    return whole_number(value, 1000000, &o->ready_fd);
}

static bool take_clock_start(struct options *o, const char *value)
{
    return moment_from_text(value, &o->clock_start);
}

static bool take_clock_rate(struct options *o, const char *value)
{
    char *end;
    double rate = strtod(value, &end);
    if (!*value || *end || !isfinite(rate) || rate < 0.01 || rate > 100000)
        return false;
    o->clock_rate = rate;
    return true;
}

static bool take_check_config(struct options *o, const char *value)
{
    (void)value;
    o->action = OPTIONS_CHECK_CONFIG;
    return true;
}

static bool take_print_openapi(struct options *o, const char *value)
{
    (void)value;
    o->action = OPTIONS_PRINT_OPENAPI;
    return true;
}

static bool take_version(struct options *o, const char *value)
{
    (void)value;
    o->action = OPTIONS_VERSION;
    return true;
}

static bool take_help(struct options *o, const char *value)
{
    (void)value;
    o->action = OPTIONS_HELP;
    return true;
}

static const struct option_row rows[] = {
    {"config", "FILE", take_config, "配置文件（JSON）", "the config file (JSON)"},
    {"check-config", NULL, take_check_config, "只检查配置文件", "only check the config file"},
    {"ready-fd", "N", take_ready_fd, "就绪后向描述符 N 写一行 \"ready URL\"",
     "write a line \"ready URL\" to descriptor N when serving"},
    {"restore", "FILE", take_restore, "先把备份放进空的数据目录", "first put a backup into the empty data folder"},
    {"restore-last", "N", take_restore_last, "恢复后的新号都大于 N", "after a restore, give only numbers beyond N"},
    {"clock-start", "T", take_clock_start, "模拟：大厅时间从 T 开始（RFC 3339）",
     "simulation: hall time starts at T (RFC 3339)"},
    {"clock-rate", "N", take_clock_rate, "模拟：大厅时间快 N 倍", "simulation: hall time runs N times as fast"},
    {"print-openapi", NULL, take_print_openapi, "打印接口说明（OpenAPI）", "print the API's description (OpenAPI)"},
    {"version", NULL, take_version, "打印版本", "print the version"},
    {"help", NULL, take_help, "打印这些说明", "print this"},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* "--name", "--name=value"; ret_value: after the equals sign, or NULL. */
static const struct option_row *row_find(const char *arg, const char **ret_value)
{
    if (strncmp(arg, "--", 2) != 0)
        return NULL;
    const char *name = arg + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) != len || strncmp(rows[i].name, name, len) != 0)
            continue;
        *ret_value = equals ? equals + 1 : NULL;
        return &rows[i];
    }
    return NULL;
}

static int bad(char why[200], const char *what, const char *zh, const char *en)
{
    why_say(why, "%s: %s / %s", what, zh, en);
    return HALL_E_BAD_VALUE;
}

static int check(const struct options *o, bool has_start, bool has_rate, char why[200])
{
    if (o->action >= OPTIONS_PRINT_OPENAPI)
        return 0;
    if (!o->config)
        return bad(why, "--config FILE", "必填", "required");
    if (has_start != has_rate)
        return bad(why, "--clock-start, --clock-rate", "要一起用", "both or neither");
    if (o->restore_last && !o->restore)
        return bad(why, "--restore-last", "只和 --restore 一起用", "only with --restore");
    return 0;
}

int options_parse(int argc, char *const *argv, struct options *ret, char why[200])
{
    struct options o = {.action = OPTIONS_RUN, .ready_fd = -1, .clock_rate = 1};
    bool has_start = false, has_rate = false;
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        const struct option_row *row = row_find(argv[i], &value);
        if (!row || (value && !row->value))
            return bad(why, argv[i], "没有这个选项", "no such option");
        if (row->value && !value && !(value = argv[++i]))
            return bad(why, argv[i - 1], "缺少值", "a value is missing");
        if (!row->take(&o, value))
            return bad(why, row->name, "值不能接受", "the value is not acceptable");
        has_start |= row->take == take_clock_start;
        has_rate |= row->take == take_clock_rate;
    }
    int code = check(&o, has_start, has_rate, why);
    if (code)
        return code;
    o.simulated = has_start;
    *ret = o;
    return 0;
}

void options_help(struct buf *out)
{
    buf_add_text(out, "halld --config FILE [...]\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        char left[32];
        snprintf(left, sizeof left, "--%s %s", rows[i].name, rows[i].value ? rows[i].value : "");
        buf_add_format(out, "  %-20s %s\n  %-20s %s\n", left, rows[i].zh, "", rows[i].en);
    }
    buf_add_text(out, "\n退出码 exit codes: 0 正常 ok, 1 流程定义 flows, 64 命令行 usage, 75 存储出错 storage failed, "
                      "78 配置或数据 config or data\n");
}
