#include "random_matters.h"

#include <stdio.h>

#include "core/flow/flow.h"
#include "core/queue/queue.h"
#include "random_hall.h"

/* A filing that holds its ticket, locks an outcome, opens and tells another, pauses, levels up, and runs out. */
static const char DEFINITION[] =
    "{\"name\":\"filing\",\"version\":%d,\"zh\":\"报备\",\"en\":\"Filing\",\"levels\":[\"clerk\",\"manager\"],"
    "\"read\":[\"clerk\"],\"keep_days\":180,\"fields\":["
    "{\"name\":\"ticket\",\"zh\":\"号\",\"en\":\"Ticket\",\"type\":\"ticket\",\"hold_in\":[\"more\"],\"outcome\":"
    "\"denied\","
    "\"outcome_in\":[\"agreed\"]},"
    "{\"name\":\"next\",\"zh\":\"续\",\"en\":\"Next\",\"type\":\"matter\",\"of\":\"filing\",\"most\":3},"
    "{\"name\":\"until\",\"zh\":\"期限\",\"en\":\"Until\",\"type\":\"date\"}],"
    "\"states\":[{\"name\":\"asked\",\"zh\":\"问\",\"en\":\"Asked\"},{\"name\":\"more\",\"zh\":\"补\",\"en\":\"More\"},"
    "{\"name\":\"agreed\",\"zh\":\"准\",\"en\":\"Agreed\"},{\"name\":\"over\",\"zh\":\"完\",\"en\":\"Over\",\"end\":"
    "true}],"
    "\"transitions\":["
    "{\"name\":\"ask\",\"zh\":\"问\",\"en\":\"Ask\",\"to\":\"asked\",\"roles\":[\"clerk\",\"matter\"],\"may\":["
    "\"ticket\"],"
    "\"then\":[\"ticket_to ticket special\",\"notify level\"]},"
    "{\"name\":\"want\",\"zh\":\"补\",\"en\":\"Want\",\"from\":[\"asked\"],\"to\":\"more\",\"roles\":[\"clerk\","
    "\"matter\"],"
    "\"then\":[\"raise\"]},"
    "{\"name\":\"bring\",\"zh\":\"交\",\"en\":\"Bring\",\"from\":[\"more\"],\"to\":\"asked\",\"roles\":[\"clerk\"]},"
    "{\"name\":\"agree\",\"zh\":\"准\",\"en\":\"Agree\",\"from\":[\"asked\"],\"to\":\"agreed\",\"roles\":[\"clerk\"],"
    "\"need\":[\"until\"],\"then\":[\"tell next want\"]},"
    "{\"name\":\"again\",\"zh\":\"续\",\"en\":\"Again\",\"from\":[\"asked\",\"agreed\"],\"roles\":[\"clerk\"],"
    "\"then\":[\"open next ask\"]},"
    "{\"name\":\"longer\",\"zh\":\"延\",\"en\":\"Longer\",\"from\":[\"asked\"],\"roles\":[\"clerk\"],\"times\":2,"
    "\"then\":[\"extend live filing.live\"]},"
    "{\"name\":\"close\",\"zh\":\"完\",\"en\":\"Close\",\"from\":[\"asked\",\"more\",\"agreed\"],\"to\":\"over\","
    "\"roles\":[\"clerk\",\"clock\"]}],"
    "\"clocks\":[{\"name\":\"live\",\"zh\":\"等\",\"en\":\"Live\",\"in\":[\"asked\"],\"pause\":[\"more\"],"
    "\"limit\":\"filing.live\",\"marks\":[{\"percent\":50,\"raise\":true,\"notify\":[\"level\"]},"
    "{\"percent\":100,\"take\":\"close\"}]},"
    "{\"name\":\"by\",\"zh\":\"期\",\"en\":\"By\",\"in\":[\"agreed\"],\"limit\":\"field.until\",\"marks\":["
    "{\"percent\":100,\"take\":\"close\"}]}],"
    "\"migrations\":[%s]}";

static const char PROFILE[] = "{\"name\":\"here\",\"zh\":\"本地\",\"en\":\"Here\",\"limits\":[{\"key\":\"filing.live\","
                              "\"n\":40,\"unit\":\"hall_minutes\",\"yellow\":5,\"source\":\"local\"}]}";

static void define(struct random_hall *r, int version)
{
    char text[4096];
    snprintf(text, sizeof text, DEFINITION, version, version > 1 ? "{\"from_version\":1}" : "");
    random_hall_send(r, "{\"set_profile\":{\"profile\":%s}}", PROFILE);
    random_hall_send(r, "{\"define_flow\":{\"flow\":%s}}", text);
    random_hall_send(r, "{\"migrate_flow\":{\"flow\":\"filing\"}}");
}

static void opens(struct random_hall *r)
{
    const struct window *w =
        queue_window_find(hall_queue(r->play.hall), 1 + (int)random_hall_roll(r, (uint32_t)r->windows));
    if (!w || !w->ticket)
        return;
    random_hall_send(
        r,
        "{\"open_matter\":{\"flow\":\"filing\",\"transition\":\"ask\",\"window\":%d,\"fields\":[{\"field\":"
        "\"ticket\",\"texts\":[\"%llu\"]}]}}",
        w->window, (unsigned long long)w->ticket->id);
}

static void moves_on(struct random_hall *r, uint64_t n)
{
    static const char *const transitions[] = {"want", "bring", "again", "longer", "close", "ask"};
    unsigned long long matter = 1 + random_hall_roll(r, (uint32_t)n);
    if (random_hall_roll(r, 3) == 0)
        random_hall_send(r,
                         "{\"take_transition\":{\"matter\":\"%llu\",\"transition\":\"agree\",\"fields\":[{\"field\":"
                         "\"until\",\"texts\":[\"2026-03-%02d\"]}]}}",
                         matter, 9 + (int)random_hall_roll(r, 4));
    else
        random_hall_send(r, "{\"take_transition\":{\"matter\":\"%llu\",\"transition\":\"%s\"}}", matter,
                         transitions[random_hall_roll(r, 6)]);
}

/* The hall's hours on the date become others, and with them the deadlines. */
static void changes_hours(struct random_hall *r)
{
    play_as(&r->play, HALLD__ACTOR_KIND__E__device, "office", HALLD__ROLE__E__admin);
    random_hall_send(
        r, "{\"put_settings\":{\"put\":{\"special\":[{\"date\":\"%04d-%02d-%02d\",\"open\":[\"08:00-%02d:00\"]}]}}}",
        r->date / 10000, r->date / 100 % 100, r->date % 100, 12 + (int)random_hall_roll(r, 8));
}

void random_matters_do(struct random_hall *r)
{
    const struct flow *f = hall_flow(r->play.hall);
    uint64_t n = flow_matter_count(f);
    uint32_t rolled = random_hall_roll(r, 100);
    if (!flow_definition(f, "filing"))
        define(r, 1);
    else if (rolled < 1)
        define(r, 2);
    else if (rolled < 4)
        changes_hours(r);
    else if (!n || rolled < 40)
        opens(r);
    else
        moves_on(r, n);
}
