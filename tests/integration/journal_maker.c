/* Writes a small real journal for the tests of halljournal: journal_maker DIR. Commands decided by the real core. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/moment.h"
#include "store/store.h"
#include "tests/lib/play.h"

static const char SETTINGS[] =
    "{\"hall\":{\"name\":\"试验大厅\"},\"queues\":[{\"queue\":\"A\",\"name\":\"综合\",\"default_item\":\"a1\"}],"
    "\"groups\":[{\"group\":\"g1\",\"name\":\"一局\"}],"
    "\"items\":[{\"item\":\"a1\",\"name\":\"办证\",\"queue\":\"A\",\"group\":\"g1\"}],"
    "\"classes\":[{\"class\":\"normal\",\"name\":\"普通\"}],"
    "\"windows\":[{\"window\":7,\"name\":\"综合窗口\",\"all\":true}]}";

static const char *const commands[] = {
    "{\"issue_ticket\":{\"queue\":\"A\"}}",
    "{\"issue_ticket\":{\"queue\":\"A\"}}",
    "{\"issue_ticket\":{\"item\":\"a1\"}}",
    "{\"open_window\":{\"n\":7}}",
    "{\"next_ticket\":{\"n\":7}}",
    "{\"start_service\":{\"n\":7}}",
    "{\"finish_ticket\":{\"n\":7,\"outcome\":\"handled\"}}",
    "{\"next_ticket\":{\"n\":7}}",
};

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "journal_maker: %s: %s\n", what, err_name(code));
    exit(1);
}

static void write_journal(const char *dir, const struct play *p)
{
    struct store *s;
    char why[200] = "";
    must(store_open(dir, &s, why), why);
    struct store_batch *b = store_batch_new();
    for (size_t i = 0; i < p->n_journal; i++)
        store_batch_add_event(b, p->journal[i]);
    store_write_take(s, b);
    struct pollfd wait = {.fd = store_fd(s), .events = POLLIN};
    do
        poll(&wait, 1, -1);
    while (!(b = store_finished(s)));
    must(b->code, "writing");
    store_batch_free(b);
    store_close(s);
}

int main(int argc, char **argv)
{
    struct play p;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    must(argc == 2 ? 0 : HALL_E_FIELD_MISSING, "journal_maker DIR");
    play_init(&p, SETTINGS, moment_of_date(20261123, 600));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        must(play(&p, commands[i]), commands[i]);
        p.now += 1000;
    }
    write_journal(argv[1], &p);
    play_fini(&p);
    return 0;
}
