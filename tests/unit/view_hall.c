#include "view_hall.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "codec/pbjson.h"

static const char SETTINGS[] =
    "{\"hall\":{\"name\":\"试验大厅\",\"name_en\":\"Test hall\",\"notice\":\"请有序\",\"source\":\"test\"},"
    "\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"name_en\":\"General\",\"default_item\":\"a1\"},"
    "{\"queue\":\"B\",\"name\":\"不动产\",\"default_item\":\"b1\"}],"
    "\"groups\":[{\"group\":\"g1\",\"name\":\"一局\"},{\"group\":\"g2\",\"name\":\"二局\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"办证\",\"queue\":\"A\",\"group\":\"g1\",\"initials\":\"bz\"},"
    "{\"item\":\"a2\",\"name\":\"补换证件\",\"queue\":\"A\",\"group\":\"g1\",\"initials\":\"bhzj\","
    "\"promised\":{\"n\":7}},"
    "{\"item\":\"b1\",\"name\":\"过户\",\"name_en\":\"Transfer of a home\",\"queue\":\"B\",\"group\":\"g2\","
    "\"initials\":\"gh\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"},{\"class\":\"senior\",\"name\":\"70 岁以上\","
    "\"name_en\":\"70 and over\",\"head_start_s\":1200,\"kiosk\":true}],"
    "\"windows\":[{\"window\":7,\"name\":\"综合窗口\",\"all\":true},{\"window\":3,\"name\":\"不动产窗口\","
    "\"role\":\"special\",\"groups\":[\"g2\"]}],"
    "\"users\":[{\"name\":\"wang\",\"role\":\"manager\",\"secret\":\"AAECAwQFBgcICQoLDA0ODw==\"}],"
    "\"devices\":[{\"name\":\"k1\",\"role\":\"kiosk\","
    "\"token_hash\":\"AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8=\"}],"
    "\"hours\":[{\"weekday\":2,\"open\":[\"09:00-12:00\",\"13:30-17:00\"]}]}";

struct play p;

void view_hall_setup(void)
{
    int64_t now;
    ck_assert(moment_from_text("2026-11-23T10:00:00+08:00", &now));
    play_init(&p, SETTINGS, now);
}

void view_hall_teardown(void)
{
    play_fini(&p);
}

void did(const char *command)
{
    int code = play(&p, command);
    ck_assert_msg(code == 0, "%s: %s %s=%s", command, err_name(code), p.refusal.field, p.refusal.value);
    p.now += SECOND;
}

uint64_t issued(const char *command)
{
    did(command);
    ck_assert_int_eq(p.answer.events[0]->body_case, HALLD__EVENT__BODY_TICKET_ISSUED);
    return p.answer.events[0]->seq;
}

void gone(void *m)
{
    protobuf_c_message_free_unpacked(m, NULL);
}

char *json_of(const void *m)
{
    struct buf out = BUF_INIT;
    pbjson_write(m, &out);
    return buf_take(&out);
}

void has(const void *m, const char *part)
{
    char *json = json_of(m);
    ck_assert_msg(strstr(json, part) != NULL, "no %s in %s", part, json);
    free(json);
}

void lacks(const void *m, const char *part)
{
    char *json = json_of(m);
    ck_assert_msg(!strstr(json, part), "%s in %s", part, json);
    free(json);
}

const struct ticket *ticket(uint64_t id)
{
    return queue_ticket_find(hall_queue(p.hall), id);
}
