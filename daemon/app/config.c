#include "app/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "app/why.h"
#include "base/alloc.h"
#include "codec/pbjson.h"

enum { CONFIG_BYTES = 1 << 20, HALL_ID_MAX = 60, MIN_FREE_MIB = 64 };

static int bad(char why[200], const char *field, const char *zh, const char *en)
{
    why_say(why, "%s: %s / %s", field, zh, en);
    return HALL_E_BAD_VALUE;
}

/* Without its file the C library would silently take UTC for the hall's zone. */
static bool zone_is_known(const char *zone)
{
    if (!*zone || zone[0] == '/' || strstr(zone, ".."))
        return false;
    char *path = alloc_format("/usr/share/zoneinfo/%s", zone);
    bool known = access(path, R_OK) == 0;
    free(path);
    return known;
}

static bool hall_id_is_sound(const char *id)
{
    size_t n = strlen(id);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)id[i] <= ' ')
            return false;
    return n > 0 && n <= HALL_ID_MAX;
}

/* The empty text that protobuf-c gives to unset fields is not the heap's. */
static void set_default(char **field, const char *value)
{
    if (**field)
        return;
    if (*field != protobuf_c_empty_string)
        free(*field);
    *field = alloc_text(value);
}

static int check(Halld__Config *c, char why[200])
{
    if (!hall_id_is_sound(c->hall_id))
        return bad(why, "hall_id", "1 到 60 个非空白字符", "1 to 60 characters without blanks");
    if (!zone_is_known(c->zone))
        return bad(why, "zone", "不认识的时区（需要 tzdata）", "no such time zone (is tzdata installed?)");
    if (!*c->data_dir)
        return bad(why, "data_dir", "必填", "required");
    if (!*c->run_dir)
        return bad(why, "run_dir", "必填", "required");
    if (c->tls && (!*c->tls->certificate || !*c->tls->key))
        return bad(why, "tls", "要有 certificate 和 key", "needs both certificate and key");
    if (*c->flows_dir && !*c->profile)
        return bad(why, "profile", "有 flows_dir 时必填", "required with flows_dir");
    if (config_min_free_mib(c) < 0)
        return bad(why, "limits.min_free_mib", "不能小于 0", "must not be below 0");
    return 0;
}

static int parse(const struct buf *text, const char *file, Halld__Config **ret, char why[200])
{
    ProtobufCMessage *m;
    struct refusal r = {0};
    int code = pbjson_read(&halld__config__descriptor, buf_text(text), text->len, &PBJSON_FILE, &m, &r);
    if (code) {
        why_say_refused(why, file, code, &r);
        return code;
    }
    Halld__Config *c = (Halld__Config *)m;
    code = check(c, why);
    if (code) {
        halld__config__free_unpacked(c, NULL);
        return code;
    }
    set_default(&c->listen, "127.0.0.1:8080");
    set_default(&c->web_dir, WEB_DIR);
    *ret = c;
    return 0;
}

int config_read(const char *file, Halld__Config **ret, char why[200])
{
    struct buf text = BUF_INIT;
    int code = HALL_E_BAD_VALUE;
    if (file_read(file, CONFIG_BYTES, &text))
        code = parse(&text, file, ret, why);
    else
        why_say(why, "%s: %s", file, strerror(errno));
    buf_fini(&text);
    return code;
}

int config_min_free_mib(const Halld__Config *c)
{
    bool set = c->limits && c->limits->has_free_case == HALLD__CONFIG_LIMITS__HAS_FREE_MIN_FREE_MIB;
    return set ? c->limits->min_free_mib : MIN_FREE_MIB;
}
