#include "forecast_hall.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/moment.h"

struct play p;
struct learn *learn;
static size_t learned;

static const char settings[] =
    "{\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"one\",\"planned_windows\":1}],"
    "\"groups\":[{\"group\":\"g1\",\"name\":\"一\"},{\"group\":\"g2\",\"name\":\"二\"}],"
    "\"items\":[{\"item\":\"one\",\"name\":\"一\",\"queue\":\"A\",\"group\":\"g1\",\"mean_service_s\":360},"
    "{\"item\":\"two\",\"name\":\"二\",\"queue\":\"A\",\"group\":\"g2\",\"mean_service_s\":180}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"},"
    "{\"class\":\"senior\",\"name\":\"老年\",\"head_start_s\":1200,\"kiosk\":true}],"
    "\"windows\":[{\"window\":1,\"name\":\"综合\",\"all\":true},{\"window\":2,\"name\":\"一\",\"groups\":[\"g1\"]},"
    "{\"window\":3,\"name\":\"二\",\"groups\":[\"g2\"]}],"
    "\"hours\":[{\"weekday\":1,\"open\":[\"08:00-18:00\"]}],\"calendars\":[{\"year\":2026,\"off\":[\"2026-10-01\"]}]}";

static void learn_new_events(void)
{
    for (; learned < p.n_journal; learned++)
        learn_event(learn, p.journal[learned]);
}

void forecast_hall_setup(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    learn = learn_new();
    learned = 0;
    play_init(&p, settings, moment_of_date(20261123, 600));
    learn_new_events();
}

void forecast_hall_teardown(void)
{
    learn_free(learn);
    play_fini(&p);
}

void did(const char *command, ...)
{
    char text[512];
    va_list args;
    va_start(args, command);
    vsnprintf(text, sizeof text, command, args);
    va_end(args);
    ck_assert_msg(play(&p, text) == 0, "%s: %s", text, err_name(p.answer.code));
    learn_new_events();
}

uint64_t issued(const char *item, const char *class_name)
{
    did("{\"issue_ticket\":{\"item\":\"%s\",\"class\":\"%s\"}}", item, class_name);
    return p.answer.events[0]->seq;
}

void know_laws(double cv)
{
    laws_fix(learn->laws, "one", 6 * MINUTE, cv);
    laws_fix(learn->laws, "two", 3 * MINUTE, cv);
}

struct forecast_quote *quoted(const struct forecast_quote *before)
{
    struct plan *plan = plan_new(p.hall, learn, p.now);
    struct rollout *r = rollout_new(plan, ROLLOUT_RUNS, 7);
    struct forecast_quote *q = forecast_quote_new(plan, r, before);
    rollout_free(r);
    plan_free(plan);
    return q;
}

int starts_in(const struct forecast_quote *q, uint64_t ticket)
{
    const struct quote_ticket *t = quote_ticket_find(forecast_quote_table(q), ticket);
    return t ? (int)((t->p50_at - p.now + 500) / 1000) : -1;
}
