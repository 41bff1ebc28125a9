/*
 * Writes a small real journal, decided by the real core, with every kind of event: journal_maker DIR. For the tests
 * of halljournal; the one that a release makes is kept in tests/golden/journals/ and must replay for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/moment.h"
#include "tests/lib/play.h"

static const char SETTINGS[] =
    "{\"hall\":{\"name\":\"试验大厅\"},\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"a1\"},"
    "{\"queue\":\"B\",\"name\":\"不动产\",\"default_item\":\"b1\"}],"
    "\"groups\":[{\"group\":\"g1\",\"name\":\"一局\"},{\"group\":\"g2\",\"name\":\"二局\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"办证\",\"queue\":\"A\",\"group\":\"g1\"},"
    "{\"item\":\"b1\",\"name\":\"过户\",\"queue\":\"B\",\"group\":\"g2\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"},{\"class\":\"senior\",\"name\":\"70 岁以上\","
    "\"head_start_s\":1200,\"kiosk\":true}],"
    "\"windows\":[{\"window\":3,\"name\":\"不动产窗口\",\"role\":\"special\",\"groups\":[\"g2\"]},"
    "{\"window\":7,\"name\":\"综合窗口\",\"all\":true}],"
    "\"devices\":[{\"name\":\"k1\",\"role\":\"kiosk\"}]}";

/* Who speaks in a row. */
static const struct speaker {
    Halld__ActorKind__E kind;
    const char *id;
    Halld__Role__E role;
} KIOSK = {HALLD__ACTOR_KIND__E__device, "k1", HALLD__ROLE__E__kiosk},
  LI = {HALLD__ACTOR_KIND__E__user, "li", HALLD__ROLE__E__clerk},
  WANG = {HALLD__ACTOR_KIND__E__user, "wang", HALLD__ROLE__E__manager},
  ADMIN = {HALLD__ACTOR_KIND__E__peer, "root", HALLD__ROLE__E__admin},
  ENGINE = {HALLD__ACTOR_KIND__E__engine, "", HALLD__ROLE__E__admin};

/* A day with every kind of event; the numbers of tickets are those of the events before. */
static const struct row {
    const struct speaker *who;
    int after_s;
    const char *command;
} rows[] = {
    {&KIOSK, 1, "{\"issue_ticket\":{\"queue\":\"A\",\"channel\":\"kiosk\"}}"}, /* 4: A001 */
    {&KIOSK, 1, "{\"issue_ticket\":{\"queue\":\"A\",\"channel\":\"kiosk\"}}"}, /* 5: A002 */
    {&KIOSK, 1, "{\"issue_ticket\":{\"item\":\"a1\",\"class\":\"senior\"}}"},  /* 6: A003 */
    {&KIOSK, 1, "{\"issue_ticket\":{\"item\":\"b1\"}}"},                       /* 7: B001 */
    {&KIOSK, 0, "{\"report_print\":{\"id\":6,\"reason\":\"paper\"}}"},
    {&KIOSK, 0, "{\"report_device\":{\"printer\":\"out\"}}"},
    {&KIOSK, 1, "{\"call_help\":{}}"},
    {&LI, 1, "{\"answer_help\":{\"device\":\"k1\"}}"},
    {&LI, 1, "{\"change_class\":{\"id\":6,\"class\":\"normal\",\"reason\":\"no card\"}}"},
    {&LI, 1, "{\"open_window\":{\"n\":7}}"},
    {&LI, 1, "{\"next_ticket\":{\"n\":7}}"},
    {&LI, 50, "{\"repeat_call\":{\"n\":7}}"},
    {&LI, 100, "{\"miss_ticket\":{\"n\":7}}"},
    {&LI, 5, "{\"report_back\":{\"id\":4}}"},
    {&LI, 5, "{\"next_ticket\":{\"n\":7}}"},
    {&LI, 5, "{\"start_service\":{\"n\":7}}"},
    {&LI, 60, "{\"hold_ticket\":{\"n\":7}}"},
    {&LI, 60, "{\"unhold_ticket\":{\"n\":7,\"ticket\":5}}"},
    {&LI, 5, "{\"next_ticket\":{\"n\":7}}"},
    {&LI, 30, "{\"finish_ticket\":{\"n\":7,\"outcome\":\"supplement\",\"missing\":[\"照片\"]}}"},
    {&LI, 5, "{\"next_ticket\":{\"n\":7}}"},
    {&LI, 20, "{\"transfer_ticket\":{\"n\":7,\"item\":\"b1\"}}"},
    {&LI, 5, "{\"break_window\":{\"n\":7,\"reason\":\"午饭\",\"planned_s\":1800}}"},
    {&LI, 1800, "{\"resume_window\":{\"n\":7}}"},
    {&LI, 5, "{\"suspend_window\":{\"n\":7,\"reason\":\"设备故障\"}}"},
    {&LI, 60, "{\"resume_window\":{\"n\":7}}"},
    {&WANG, 5, "{\"take_over_window\":{\"n\":7,\"reason\":\"换班\"}}"},
    {&WANG, 5, "{\"call_ticket\":{\"n\":7,\"ticket\":7,\"reason\":\"病人\"}}"},
    {&WANG, 20, "{\"drain_window\":{\"n\":7}}"},
    {&WANG, 20, "{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}"},
    {&KIOSK, 5, "{\"issue_ticket\":{\"queue\":\"B\"}}"},
    {&WANG, 5, "{\"cancel_ticket\":{\"id\":6,\"reason\":\"left\"}}"},
    {&ADMIN, 5, "{\"accept_clock\":{\"wall_at\":\"2026-11-23T12:00:00+08:00\",\"reason\":\"set by hand\"}}"},
    {&ADMIN, 5, "{\"put_settings\":{\"put\":{\"hall\":{\"name\":\"试验大厅\",\"notice\":\"请有序\"}}}}"},
    {&ENGINE, 5,
     "{\"move_counters\":{\"counters\":[{\"queue\":\"A\",\"next\":200}],\"epoch\":\"1311768467463790320\"}}"},
    {&LI, 5, "{\"open_window\":{\"n\":3}}"},
    {&LI, 5, "{\"close_window\":{\"n\":3}}"},
    {&ENGINE, 86400, "{\"tick\":{}}"},
    {&ENGINE, 0, "{\"tick\":{}}"},
};

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "journal_maker: %s: %s\n", what, err_name(code));
    exit(1);
}

int main(int argc, char **argv)
{
    char why[200] = "writing";
    struct play p;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    must(argc == 2 ? 0 : HALL_E_FIELD_MISSING, "journal_maker DIR");
    play_init(&p, SETTINGS, moment_of_date(20261123, 600));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        p.now += rows[i].after_s * 1000LL;
        play_as(&p, rows[i].who->kind, rows[i].who->id, rows[i].who->role);
        must(play(&p, rows[i].command), rows[i].command);
    }
    must(play_write(&p, argv[1], why), why);
    play_fini(&p);
    return 0;
}
