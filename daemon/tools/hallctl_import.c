/* hallctl's imports: items, a whole hall, calendars. Each file is read and checked to its end before anything is sent.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/message.h"
#include "codec/holiday.h"
#include "codec/pbjson.h"
#include "tools/hallctl_http.h"
#include "tools/hallctl_items.h"
#include "tools/hallctl_put.h"

int hallctl_import_items(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    struct setup *now = NULL;
    Halld__Settings *put = NULL;
    char n[TEXT_NUMBER];
    int code = hallctl_put_fetch(ctl, &now);
    if (code == 0)
        code = hallctl_items_read(ctl, now, argv[0], &put);
    if (code == 0)
        code = hallctl_put_send(ctl, put);
    if (code == 0)
        SAY(ctl, stdout, W_IMPORTED_ITEMS, ARG("n", text_number((int64_t)put->n_items, n)));
    if (put)
        halld__settings__free_unpacked(put, NULL);
    if (now)
        setup_free(now);
    return code;
}

/* ---- a hall */

static int say_file_wrong(const struct hallctl *ctl, const char *file, const struct refusal *r)
{
    char *why =
        alloc_format("%s%s%s", ctl->zh ? err_text_zh(r->code) : err_text_en(r->code), *r->value ? " " : "", r->value);
    SAY(ctl, stderr, W_FILE_WRONG, ARG("file", file), ARG("where", *r->field ? r->field : "-"), ARG("why", why));
    SAY(ctl, stderr, W_NOTHING_IMPORTED, ARG("what", ""));
    free(why);
    return EXIT_FILE;
}

static int read_hall(const struct hallctl *ctl, const char *file, Halld__Settings **ret)
{
    struct buf text = BUF_INIT;
    struct refusal r = {0};
    ProtobufCMessage *m = NULL;
    int code = hallctl_read_file(ctl, file, &text);
    if (code == 0 && pbjson_read(&halld__settings__descriptor, buf_text(&text), text.len, &PBJSON_FILE, &m, &r) != 0)
        code = say_file_wrong(ctl, file, &r);
    buf_fini(&text);
    *ret = (Halld__Settings *)m;
    return code;
}

/* Passwords and tokens are never in a file, so people and machines without one would be no use. */
static void leave_out_people(const struct hallctl *ctl, Halld__Settings *s)
{
    if (s->n_users + s->n_devices > 0)
        SAY(ctl, stderr, W_PEOPLE_LEFT_OUT, ARG("what", ""));
    for (size_t i = 0; i < s->n_users; i++)
        halld__user__free_unpacked(s->users[i], NULL);
    for (size_t i = 0; i < s->n_devices; i++)
        halld__device__free_unpacked(s->devices[i], NULL);
    s->n_users = s->n_devices = 0;
}

static size_t row_count(const Halld__Settings *s)
{
    return s->n_queues + s->n_groups + s->n_items + s->n_classes + s->n_windows + s->n_hours + s->n_special +
           s->n_calendars + s->n_screens + s->n_notices + s->n_duty;
}

static int put_hall(struct hallctl *ctl, const char *file, const struct setup *now, Halld__Settings *put)
{
    struct refusal r = {0};
    char n[TEXT_NUMBER];
    leave_out_people(ctl, put);
    if (hallctl_put_check(now, put, &r) != 0)
        return say_file_wrong(ctl, file, &r);
    int code = hallctl_put_send(ctl, put);
    if (code == 0)
        SAY(ctl, stdout, W_IMPORTED_HALL, ARG("n", text_number((int64_t)row_count(put), n)));
    return code;
}

int hallctl_import_hall(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    struct setup *now = NULL;
    Halld__Settings *put = NULL;
    int code = read_hall(ctl, argv[0], &put);
    if (code == 0)
        code = hallctl_put_fetch(ctl, &now);
    if (code == 0)
        code = put_hall(ctl, argv[0], now, put);
    if (put)
        halld__settings__free_unpacked(put, NULL);
    if (now)
        setup_free(now);
    return code;
}

/* ---- calendars */

static int is_year_file(const struct dirent *d)
{
    size_t digits = strspn(d->d_name, "0123456789");
    return digits == 4 && strcmp(d->d_name + 4, ".json") == 0;
}

static int read_year(const struct hallctl *ctl, const char *file, Halld__Settings *all)
{
    struct buf text = BUF_INIT;
    struct refusal r = {0};
    Halld__Calendar *c = NULL;
    int code = hallctl_read_file(ctl, file, &text);
    if (code == 0 && holiday_read(buf_text(&text), text.len, &c, &r) != 0)
        code = say_file_wrong(ctl, file, &r);
    buf_fini(&text);
    if (code != 0)
        return code;
    all->calendars = alloc_grow(all->calendars, all->n_calendars + 1, sizeof *all->calendars);
    all->calendars[all->n_calendars++] = c;
    return 0;
}

static int read_years(const struct hallctl *ctl, const char *dir, Halld__Settings *all)
{
    struct dirent **names = NULL;
    int code = 0, n = scandir(dir, &names, is_year_file, alphasort);
    if (n < 0)
        SAY(ctl, stderr, W_CANNOT_READ, ARG("what", dir), ARG("why", strerror(errno)));
    else if (n == 0)
        SAY(ctl, stderr, W_NO_CALENDARS, ARG("what", dir));
    for (int i = 0; i < n; i++) {
        char *file = alloc_format("%s/%s", dir, names[i]->d_name);
        if (code == 0)
            code = read_year(ctl, file, all);
        free(file);
        free(names[i]);
    }
    free(names);
    return n > 0 ? code : EXIT_FILE;
}

/* A year without days has no notice yet: said, and left out, so that its deadlines stay provisional. */
static void say_years(const struct hallctl *ctl, Halld__Settings *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->n_calendars; i++) {
        Halld__Calendar *c = all->calendars[i];
        char year[TEXT_NUMBER], off[TEXT_NUMBER], work[TEXT_NUMBER];
        bool known = c->n_off > 0;
        SAY(ctl, stdout, known ? W_IMPORTED_YEAR : W_YEAR_UNKNOWN, ARG("year", text_number(c->year, year)),
            ARG("off", text_number((int64_t)c->n_off, off)), ARG("work", text_number((int64_t)c->n_work, work)));
        if (known)
            all->calendars[kept++] = c;
        else
            halld__calendar__free_unpacked(c, NULL);
    }
    all->n_calendars = kept;
}

int hallctl_import_calendar(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    struct setup *now = NULL;
    struct refusal r = {0};
    Halld__Settings *all = MESSAGE_NEW(Halld__Settings, &halld__settings__descriptor);
    int code = read_years(ctl, argv[0], all);
    if (code == 0)
        code = hallctl_put_fetch(ctl, &now);
    if (code == 0) {
        say_years(ctl, all);
        code = hallctl_put_check(now, all, &r) == 0 ? hallctl_put_send(ctl, all) : say_file_wrong(ctl, argv[0], &r);
    }
    halld__settings__free_unpacked(all, NULL);
    if (now)
        setup_free(now);
    return code;
}
